"""The columns of the page at the sizes that people have, in light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.scripted import REPLY
from tests.ui.visitor import Stage, Visitor, expect, needs_browser

pytestmark = needs_browser
CONTRAST = """node => {
  const parts = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  let behind = node;
  const solid = (at) => { const c = parts(getComputedStyle(at).backgroundColor); return c.length === 3 || c[3] === 1; };
  while (behind && !solid(behind)) behind = behind.parentElement;
  const [a, b] = [light(parts(getComputedStyle(node).color)), light(parts(getComputedStyle(behind).backgroundColor))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768)])
def test_settings_stand_beside_render(visit: Callable[..., Visitor], width: int, height: int) -> None:
    visitor = visit(width, height)
    visitor.talk()
    expect(visitor.render).to_be_in_viewport(ratio=1)
    for name in ("#aspect", "#quality", "#style"):
        expect(visitor.page.locator(name)).to_be_in_viewport(ratio=1)
    expect(visitor.page.get_by_label("Seed", exact=True)).to_be_in_viewport(ratio=1)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width


def test_branches_push_nothing_off(visit: Callable[..., Visitor], stage: Stage) -> None:
    visitor = visit(1024, 700)
    visitor.talk()
    for prompt in ("more boats", "more light", "a gull"):
        visitor.talk(prompt)
        stage.direct(REPLY.replace("A red boat.", prompt))
        visitor.page.locator("#chat button[title=Retry]").click()
        versions = visitor.page.locator("#branches .version")
        expect(versions.last).to_have_text("2/2")
        visitor.finished()
        expect(versions).to_have_count(visitor.replies.count() - 1)
    for name in ("#prompt textarea", "#new-chat", "#edit-last"):
        expect(visitor.page.locator(name)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [pytest.param(1440, marks=pytest.mark.slow), 390])
def test_nothing_is_typed_behind_the_bar(visit: Callable[..., Visitor], width: int) -> None:
    visitor = visit(width, 760)
    visitor.talk()
    visitor.page.locator("#layout .legend .pick").nth(1).click()
    bar = visitor.page.locator("#actions")
    for field in visitor.page.locator("#layout .fields textarea").all():
        field.focus()
        visitor.page.keyboard.press("End")
        visitor.page.keyboard.type("\n".join("abcdefgh") + ".")
        for _ in range(50):  # the page scrolls in a later frame
            visitor.page.wait_for_timeout(100)
            box, edge = field.bounding_box(), bar.bounding_box()
            if box["y"] + box["height"] <= edge["y"] + 1:
                break
        assert box["y"] + box["height"] <= edge["y"] + 1
        assert box["y"] >= 0
    prompt = visitor.page.locator("#prompt textarea")
    prompt.fill("\n".join("abcdefgh"))
    visitor.page.wait_for_timeout(100)
    box, edge = prompt.bounding_box(), bar.bounding_box()
    assert box["x"] + box["width"] <= edge["x"] or box["y"] + box["height"] <= edge["y"] + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_that_is_pointed_at_can_be_read(visit: Callable[..., Visitor], scheme: str) -> None:
    visitor = visit(1440, 900, color_scheme=scheme)
    visitor.talk()
    visitor.page.locator("#layout .legend .pick").nth(1).click()
    found = {}
    buttons = "#talk button, #work button, #side button, #side .chips label, #chat summary"
    for button in visitor.page.locator(buttons).all():
        if button.is_visible() and button.is_enabled() and button.inner_text().strip():
            button.hover(force=True)
            visitor.page.wait_for_timeout(250)  # gradio's colours change slowly
            found[button.inner_text().strip()] = button.evaluate(CONTRAST)
    assert len(found) > 12
    assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}


def test_the_list_of_colours_has_swatches(visitor: Visitor, stage: Stage) -> None:
    visitor.talk()
    visitor.page.locator("#layout .legend .pick").nth(1).click()
    select = visitor.page.locator("#layout .color_name select")
    swatches = select.locator("option .swatch")
    assert swatches.count() == select.locator("option").count() > 100
    select.click()
    option = select.locator("option", has_text=re.compile("^gold$"))
    expect(option.locator(".swatch")).to_have_css("background-color", "rgb(255, 215, 0)")
    expect(option.locator(".swatch")).to_have_js_property("offsetWidth", 14)
    option.click()
    expect(select).to_have_value("gold")
    expect(visitor.page.locator("#layout .legend li").nth(1)).to_contain_text("gold")
