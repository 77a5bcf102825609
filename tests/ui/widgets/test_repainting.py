"""The way of an edit in a real browser: what changed is hatched and painted alone, varied, chosen and taken back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lib_omost.canvas import Rect, interpret, write
from lib_omost.render.repaint import Repaint
from tests.scripted import REPLY
from tests.ui.visitor import Stage, Visitor, expect, needs_browser

pytestmark = needs_browser
BEFORE = interpret(REPLY).canvas
assert BEFORE is not None
KITE = replace(BEFORE.regions[0], description="A red kite.", free_rect=Rect(4, 16, 60, 76), distance=1.0)
EDITED = write(replace(BEFORE, regions=(*BEFORE.regions, KITE)))
NIGHT = REPLY.replace("midnightblue", "black")


class Desk:
    """What a visitor does who edits a picture."""

    def __init__(self, visitor: Visitor, stage: Stage) -> None:
        self.visitor = visitor
        self.stage = stage
        self.page = visitor.page
        self.layout = visitor.page.locator("#layout")
        self.all = visitor.page.locator("#render-all")
        self.part = visitor.page.locator("#part")
        self.strip = visitor.page.locator("#filmstrip .strip .frame")

    def paint(self, pictures: int) -> None:
        self.visitor.render.click()
        self.painted(pictures)

    def painted(self, pictures: int) -> None:
        expect(self.visitor.pictures).to_have_count(pictures)
        self.visitor.finished()

    def edit(self, reply: str = EDITED) -> None:
        self.stage.direct(reply)
        self.visitor.talk("a change")

    def begun(self) -> None:
        """A first picture, and a kite that was asked for."""
        self.visitor.talk()
        self.visitor.set_steps(2, side=128)
        self.paint(1)
        self.edit()

    def hatched(self) -> list[tuple[int, ...]]:
        """The rectangles that are hatched, in cells: top, bottom, left, right."""
        edges = "['y', 'height', 'x', 'width'].map((name) => Number(rect.getAttribute(name)) * 90)"
        found = self.layout.locator(".stage clipPath rect").evaluate_all(f"all => all.map((rect) => {edges})")
        return [tuple(round(edge) for edge in (y, y + height, x, x + width)) for y, height, x, width in found]

    def comes_to(self, rects: list[Rect], grow: int) -> None:
        wanted = [
            (max(0, r.top - grow), min(90, r.bottom + grow), max(0, r.left - grow), min(90, r.right + grow))
            for r in rects
        ]
        for _ in range(300):
            if self.hatched() == wanted:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{self.hatched()} is hatched and not {wanted}")

    def grow(self, cells: int) -> None:
        box = self.page.get_by_label("number input for Grow")
        box.fill(str(cells))
        box.press("Tab")

    def select(self, number: int) -> None:
        self.visitor.show_layout()
        self.layout.locator(".legend .pick").nth(number).click()
        expect(self.layout.locator(".fields h2")).to_have_text(f"Region {number}")

    def pixels(self, number: int) -> Any:
        """The picture of this number in the chat, from 1."""
        source = self.visitor.pictures.nth(number - 1).get_attribute("src")
        with Image.open(io.BytesIO(self.page.request.get(source).body())) as image:
            return np.asarray(image.convert("RGB")).astype(int)

    def current(self, number: int, of: int) -> None:
        expect(self.strip).to_have_count(of)
        expect(self.strip.nth(number - 1)).to_have_attribute("aria-current", "true")
        expect(self.page.locator("#filmstrip [aria-current]")).to_have_count(1)


@pytest.fixture
def desk_of(stage: Stage) -> Callable[[Visitor], Desk]:
    return lambda visitor: Desk(visitor, stage)


@pytest.fixture
def edits(visitor: Visitor, desk_of: Callable[[Visitor], Desk]) -> Desk:
    return desk_of(visitor)


def test_a_change_is_hatched_and_painted_alone_then_varied_chosen_and_taken_back(edits: Desk, visitor: Visitor) -> None:
    expect(edits.all).to_be_hidden()
    edits.begun()
    expect(visitor.render).to_have_text("Render the change")
    expect(edits.all).to_be_visible()
    part = Repaint((KITE.rect,))
    expect(edits.part).to_have_text(f"Repaints {part.percent}% of the picture: added red kite.")
    expect(edits.part.locator("[role=status]")).to_have_count(1)
    edits.comes_to([KITE.rect], 3)
    expect(edits.layout.locator(".hatch")).to_be_visible()
    expect(edits.layout.locator(".box[data-index='2']")).to_have_attribute(
        "aria-label", re.compile("will be repainted")
    )
    edits.paint(2)
    cover = part.cover(128, 128)
    first, second = edits.pixels(1), edits.pixels(2)
    assert np.array_equal(first[cover == 0], second[cover == 0]), "outside of the part no byte differs"
    assert np.abs(first - second)[cover == 1].mean() > 1
    expect(visitor.render).to_have_text("Render")
    expect(edits.all).to_be_hidden()
    expect(edits.layout.locator(".hatch")).to_be_hidden()
    edits.current(2, of=2)

    # One region again, in two variations beside each other.
    edits.select(2)
    edits.layout.get_by_role("group", name="Repaint this region").get_by_label("Variations").select_option("2")
    edits.layout.get_by_role("button", name="Repaint", exact=True).click()
    edits.painted(4)
    edits.current(4, of=4)
    expect(edits.page.locator("#filmstrip .variation")).to_have_count(2)
    lighthouse = Repaint((BEFORE.regions[1].rect,)).cover(128, 128)
    varied = [edits.pixels(3), edits.pixels(4)]
    assert all(np.array_equal(second[lighthouse == 0], image[lighthouse == 0]) for image in varied)
    assert not np.array_equal(*varied)

    # The first of them is chosen by the keyboard, the other stays.
    edits.strip.nth(3).focus()
    edits.page.keyboard.press("ArrowLeft")
    edits.page.keyboard.press("Enter")
    edits.current(3, of=4)
    edits.painted(5)
    assert np.array_equal(edits.pixels(5), varied[0])
    expect(edits.strip.nth(2)).to_be_focused()

    # An undo brings the first picture back as what is kept, and the branch brings the chosen one back.
    for left in (4, 3, 2, 1):
        visitor.page.locator("#undo").click()
        expect(visitor.pictures).to_have_count(left)
    expect(visitor.render).to_have_text("Render the change")
    visitor.page.locator("#undo").click()
    expect(visitor.replies).to_have_count(1)
    expect(visitor.render).to_have_text("Render")
    edits.edit(write(replace(BEFORE, regions=BEFORE.regions[:1])))
    expect(edits.part).to_contain_text("removed white lighthouse.")
    visitor.page.locator("#branches").get_by_role("button", name="previous version").first.click()
    expect(visitor.pictures).to_have_count(5)
    edits.current(3, of=4)

    # A reload knows all of it again.
    visitor.page.reload()
    edits.current(3, of=4)
    expect(visitor.render).to_have_text("Render")
    edits.edit(EDITED.replace("A red kite.", "A green kite."))
    expect(visitor.render).to_have_text("Render the change")
    expect(edits.part).to_contain_text("green kite.")


def test_what_is_repainted_follows_hands_and_sliders(edits: Desk, visitor: Visitor) -> None:
    edits.begun()
    edits.comes_to([KITE.rect], 3)
    edits.grow(7)
    edits.comes_to([KITE.rect], 7)
    edits.grow(2)
    edits.comes_to([KITE.rect], 2)
    edits.select(2)
    too = edits.layout.get_by_label("Repaint too")
    too.check()
    edits.comes_to([KITE.rect, BEFORE.regions[1].rect], 2)
    expect(edits.part).to_contain_text("added red kite, white lighthouse again.")
    expect(edits.layout.locator(".legend li").nth(2)).to_contain_text("will be repainted")
    too.uncheck()
    edits.comes_to([KITE.rect], 2)
    edits.select(3)
    expect(too).to_be_checked()
    expect(too).to_be_disabled()
    box = edits.layout.locator(".box[data-index='2']")
    box.focus()
    edits.page.keyboard.press("ArrowDown")
    moved = Rect(5, 17, 60, 76)
    edits.comes_to([moved], 2)
    expect(edits.layout.locator(".fields h2")).to_have_text("Region 3")
    expect(edits.part).to_contain_text("added red kite.")
    # While a box is under the hand the hatching goes along.
    plane = edits.layout.locator(".stage").bounding_box()
    cell = plane["width"] / 90
    x, y = plane["x"] + 68 * cell, plane["y"] + 11 * cell
    edits.page.mouse.move(x, y)
    edits.page.mouse.down()
    edits.page.mouse.move(x - 20 * cell, y + 10 * cell, steps=4)
    dragged = Rect(15, 27, 40, 56)
    edits.comes_to([moved, moved, dragged], 2)
    edits.page.mouse.up()
    edits.comes_to([dragged], 2)


def test_render_all_paints_all(edits: Desk) -> None:
    edits.begun()
    edits.all.click()
    edits.painted(2)
    assert np.abs(edits.pixels(1) - edits.pixels(2))[110:, :40].max() > 0
    expect(edits.page.locator("#chat")).not_to_contain_text("repainted")


def test_the_page_says_why_all_is_painted_and_a_strength_keeps_the_things(edits: Desk, visitor: Visitor) -> None:
    edits.begun()
    edits.edit(NIGHT)
    expect(edits.part).to_contain_text("from midnightblue to black, so all of it is painted anew")
    expect(visitor.render).to_have_text("Render")
    box = edits.page.get_by_label("number input for Strength")
    box.fill("0.4")
    box.press("Tab")
    expect(visitor.render).to_have_text("Render the change")
    box.fill("1")
    box.press("Tab")
    expect(visitor.render).to_have_text("Render")
    visitor._number("Width", 192)
    expect(edits.part).to_contain_text(
        "The last picture has 128 × 128 pixels, not 192 × 128, so Render paints the whole"
    )


def test_an_earlier_picture_comes_back_with_its_layout_and_is_compared(edits: Desk, visitor: Visitor) -> None:
    edits.begun()
    edits.paint(2)
    edits.strip.first.click()
    edits.current(1, of=2)
    expect(visitor.boxes).to_have_count(2)
    expect(edits.page.locator("#chat")).to_contain_text("Return to picture 1.")
    edits.strip.nth(1).click()
    edits.current(2, of=2)
    expect(visitor.boxes).to_have_count(3)
    expect(visitor.render).to_have_text("Render")
    edits.page.locator("#viewer").get_by_role("button", name="Compare two pictures").click()
    compared = edits.page.locator("#viewer .comparison")
    expect(compared.locator("img")).to_have_count(2)
    before, after = compared.locator("img").first, compared.locator("img").last
    expect(before).to_have_js_property("naturalWidth", 128)
    assert before.get_attribute("src") != after.get_attribute("src")
    compared.get_by_label("Position of the divider").focus()
    edits.page.keyboard.press("End")
    expect(after).to_have_css("clip-path", "inset(0px 0px 0px 100%)")
    compared.get_by_label("Right").select_option(index=0)
    expect(compared.get_by_label("Right")).to_be_focused()
    assert before.get_attribute("src") == after.get_attribute("src")


def test_a_phone_is_enough(visit: Callable[..., Visitor], desk_of: Callable[[Visitor], Desk]) -> None:
    visitor = visit(390, 844, is_mobile=True, has_touch=True, color_scheme="dark")
    edits = desk_of(visitor)
    edits.begun()
    expect(visitor.render).to_have_text("Render the change")
    assert visitor.render.bounding_box()["height"] < 60, "its words stand on one line"
    visitor.render.tap()
    edits.painted(2)
    visitor.show_layout()
    edits.layout.locator(".legend .pick").nth(1).tap()
    again = edits.layout.get_by_role("button", name="Repaint", exact=True)
    assert again.bounding_box()["height"] >= 40, "a finger can hit it"
    again.tap()
    edits.painted(3)
    edits.strip.first.tap()
    edits.current(1, of=3)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
