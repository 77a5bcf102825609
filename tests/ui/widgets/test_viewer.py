"""The viewer of the pictures, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from tests.ui.visitor import Stage, Visitor, expect, needs_browser

pytestmark = needs_browser


def rendered(visitor: Visitor, count: int = 1, prompt: str = "a harbour") -> None:
    visitor.talk(prompt)
    visitor.set_steps(1, count=count)
    visitor.render.click()
    expect(visitor.pictures).to_have_count(count)
    visitor.finished()


def test_the_picture_stays_large_and_the_layout_is_one_key_away(visitor: Visitor, stage: Stage) -> None:
    expect(visitor.page.locator("#viewer")).to_be_hidden()
    rendered(visitor)
    layout, large = visitor.page.locator("#layout"), visitor.page.locator("#viewer .large img")
    expect(large).to_be_visible()
    expect(large).to_have_attribute("alt", "Rendered picture: A quiet harbour at dusk.")
    expect(visitor.page.locator("#viewer figcaption")).to_contain_text("Seed 12345 · 64 × 64")
    assert large.bounding_box()["width"] > 300, "a small picture is enlarged"
    expect(layout).to_be_hidden()
    visitor.page.locator("#viewer .views button").first.focus()
    visitor.page.keyboard.press("l")
    expect(layout).to_be_visible()
    expect(large).to_have_count(0)
    visitor.page.keyboard.press("l")
    expect(large).to_be_visible()
    visitor.page.fill("#prompt textarea", "")
    visitor.page.press("#prompt textarea", "l")
    expect(large).to_be_visible()
    visitor.page.reload()
    expect(large).to_be_visible()
    visitor.talk("make it night")
    expect(layout).to_be_visible()  # what is written is shown
    visitor.page.locator("#new-chat").click()
    expect(visitor.page.locator("#viewer")).to_be_hidden()


def test_several_pictures_are_a_grid_and_one_of_them_is_chosen(visitor: Visitor) -> None:
    rendered(visitor, count=3, prompt="a harbour with many boats, a lighthouse and a house on a hill")
    view = visitor.page.locator("#viewer")
    expect(view.locator(".grid img")).to_have_count(3)
    view.get_by_role("button", name="Show picture 2 in large").press("Enter")
    expect(view.locator("figcaption")).to_contain_text("Picture 2 of 3 · Rendered again · Seed 12346")
    view.get_by_role("button", name="Next picture").press("ArrowLeft")
    expect(view.locator("figcaption")).to_contain_text("Picture 1 of 3 · You: a harbour with many boats")
    view.get_by_role("button", name="Continue from this picture").click()
    expect(visitor.page.locator("#filmstrip [aria-current]")).to_have_attribute("data-name", view_name(visitor, 0))
    expect(view.locator("figcaption")).to_contain_text("Picture 1 of 3")
    view.get_by_role("button", name="Show all new pictures").click()
    expect(view.locator(".grid img")).to_have_count(3)
    view.get_by_role("button", name="Compare two pictures").click()
    expect(view.locator(".comparison img")).to_have_count(2)
    box = view.locator(".picture-frame").bounding_box()
    column = visitor.page.locator("#work").bounding_box()
    assert box["x"] + box["width"] <= column["x"] + column["width"] + 1, "however long the names of the pictures"
    visitor.page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 20)
    expect(view.locator(".over")).to_have_css("clip-path", "inset(0px 0px 0px 25%)")


def view_name(visitor: Visitor, index: int) -> str:
    return str(visitor.page.locator("#filmstrip .frame").nth(index).get_attribute("data-name"))


def test_on_a_phone_the_picture_is_on_screen(visit: Callable[..., Visitor]) -> None:
    visitor = visit(390, 844, is_mobile=True, has_touch=True)
    visitor.talk()
    visitor.set_steps(1)
    visitor.page.evaluate("window.scrollTo(0, 0)")
    visitor.render.tap()
    expect(visitor.pictures).to_have_count(1)
    visitor.finished()
    expect(visitor.page.locator("#viewer .large img")).to_be_in_viewport(ratio=1)
    visitor.page.locator("#to-settings").tap()
    expect(visitor.page.locator("#aspect")).to_be_in_viewport(ratio=1)


def test_seeds_are_random_until_one_is_reused(visitor: Visitor) -> None:
    visitor.random_seed.check()
    rendered(visitor)
    seed = visitor.page.get_by_label("Seed", exact=True)
    drawn = seed.input_value()
    assert drawn != "12345"
    caption = visitor.page.locator("#viewer figcaption")
    expect(caption).to_contain_text(f"Seed {drawn} ")
    visitor.render.click()
    expect(visitor.pictures).to_have_count(2)
    visitor.finished()
    expect(caption).not_to_contain_text(f"Seed {drawn} ")
    visitor.page.locator("#viewer").get_by_role("button", name="Previous picture").click()
    caption.get_by_role("button", name="Use the seed of this picture").click()
    expect(seed).to_have_value(drawn)
    expect(visitor.random_seed).not_to_be_checked()
