"""The region editor in a real browser: mouse, keyboard and touch, and what its edits do to the chat."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lib_omost.canvas import Canvas, Rect, Region, interpret, nearest_phrases
from lib_omost.canvas.vocabulary import rect_of
from tests.scripted import REPLY
from tests.ui.visitor import ONE_BOX, Stage, Visitor, expect, needs_browser

pytestmark = needs_browser
FIRST = interpret(REPLY).canvas
assert FIRST is not None
BOAT, LIGHT = FIRST.regions


class Hands:
    """What a visitor does in the editor."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page
        self.editor = visitor.page.locator("#layout")

    def canvas(self) -> Canvas:
        """The canvas of the reply in the chat."""
        canvas = interpret(self.code()).canvas
        assert canvas is not None, self.code()
        return canvas

    def code(self) -> str:
        return str(self.page.locator("#chat pre").last.text_content())

    def comes_to(self, expected: Callable[[Canvas], bool]) -> Canvas:
        """Wait until the chat's canvas is as expected."""
        for _ in range(600):
            canvas = interpret(self.code()).canvas  # None while the reply is being exchanged
            if canvas is not None and expected(canvas):
                return canvas
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the chat says: {self.code()}")

    def box(self, number: int) -> Any:
        return self.editor.locator(f".box[data-index='{number - 1}']")

    def select(self, number: int) -> None:
        self.editor.locator(".legend .pick").nth(number).click()
        expect(self.editor.locator(".frame")).to_have_count(1)

    def tool(self, name: str) -> None:
        self.editor.locator(f".tools .{name}").click()

    def step(self, name: str) -> None:
        """Undo or redo."""
        self.page.locator(f"#{name}").click()

    def field(self, name: str) -> Any:
        return self.editor.locator(f".fields [data-field='{name}']")

    def rect(self, number: int) -> tuple[int, ...]:
        """Where a box is drawn, in cells: top, bottom, left, right."""
        box = self.box(number).evaluate("b => [b.style.top, b.style.left, b.style.height, b.style.width]")
        top, left, height, width = (round(float(part.removesuffix("%")) * 0.9) for part in box)
        return top, top + height, left, left + width

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A cell of the layout as a place on the screen."""
        plane = self.editor.locator(".stage").bounding_box()
        return plane["x"] + plane["width"] * x / 90, plane["y"] + plane["height"] * y / 90

    def drag(self, start: tuple[float, float], by: tuple[float, float]) -> None:
        self.editor.locator(".stage").scroll_into_view_if_needed()
        x, y = self.point(*start)
        to_x, to_y = self.point(start[0] + by[0], start[1] + by[1])
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move((x + to_x) / 2, (y + to_y) / 2)
        mouse.move(to_x, to_y)
        mouse.up()


@pytest.fixture
def hands(visitor: Visitor) -> Hands:
    visitor.talk()
    return Hands(visitor)


def moved(rect: Rect, x: int, y: int) -> Rect:
    return Rect(rect.top + y, rect.bottom + y, rect.left + x, rect.right + x)


def center(rect: Rect) -> tuple[float, float]:
    return (rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2


def phrases(region: Region) -> tuple[str, str, str]:
    return region.location, region.offset, region.area


def test_a_mouse_moves_resizes_draws_copies_orders_and_deletes_boxes(hands: Hands, visitor: Visitor) -> None:
    # The boat's box is 35..75, 0..45. No phrase gives this size in the middle, so the box gets exact cells there.
    hands.drag((20, 60), (11, -20))
    goal = moved(BOAT.rect, 11, -20)
    canvas = hands.comes_to(lambda canvas: canvas.regions[0].free_rect == goal)
    assert hands.rect(1) == goal.as_tuple
    expect(hands.editor.locator(".fields h2")).to_have_text("Region 1")
    expect(hands.field("free")).to_be_checked()
    hands.field("free").click()
    goal = nearest_phrases(goal)
    canvas = hands.comes_to(lambda canvas: canvas.regions[0].free_rect is None)
    assert canvas == replace(FIRST, regions=(replace(BOAT, location=goal[0], offset=goal[1], area=goal[2]), LIGHT))
    assert hands.rect(1) == rect_of(*goal).as_tuple, "the box lies where the words say"
    # Where phrases give its size, it snaps to them.
    size = canvas.regions[0].rect.width, canvas.regions[0].rect.height
    hands.drag(center(canvas.regions[0].rect), (8, 12))
    canvas = hands.comes_to(lambda canvas: canvas.regions[0].rect != rect_of(*goal))
    assert canvas.regions[0].free_rect is None
    assert (canvas.regions[0].rect.width, canvas.regions[0].rect.height) == size

    handle = hands.editor.locator(".handle.se").bounding_box()
    before = canvas.regions[0].rect
    visitor.page.mouse.move(handle["x"] + 11, handle["y"] + 11)
    visitor.page.mouse.down()
    visitor.page.mouse.move(*hands.point(before.right + 20, before.bottom + 20))
    visitor.page.mouse.up()
    goal = nearest_phrases(Rect(before.top, before.bottom + 20, before.left, before.right + 20))
    hands.comes_to(lambda canvas: phrases(canvas.regions[0]) == goal)

    hands.tool("add")
    expect(hands.editor.locator(".hint")).to_have_text("Draw the new region on the layout.")
    hands.drag((2, 2), (44, 52))
    canvas = hands.comes_to(lambda canvas: len(canvas.regions) == 3)
    assert phrases(canvas.regions[2]) == nearest_phrases(Rect(2, 54, 2, 46))
    assert canvas.regions[2].distance < min(BOAT.distance, LIGHT.distance), "a new box lies nearest"
    expect(hands.field("description")).to_be_focused()

    hands.tool("farther")
    canvas = hands.comes_to(lambda canvas: canvas.regions[2].distance > BOAT.distance)
    assert canvas.regions[2].distance < LIGHT.distance
    assert [box.get_attribute("data-index") for box in visitor.boxes.all()] == ["1", "2", "0"], "drawn far to near"
    hands.tool("nearer")
    hands.comes_to(lambda canvas: canvas.regions[2].distance < BOAT.distance)

    hands.select(1)
    hands.tool("duplicate")
    canvas = hands.comes_to(lambda canvas: len(canvas.regions) == 4)
    assert canvas.regions[3].description == BOAT.description
    assert canvas.regions[3].rect != canvas.regions[0].rect
    hands.tool("delete")
    hands.comes_to(lambda canvas: len(canvas.regions) == 3)
    for _ in range(9):
        hands.step("undo")
    hands.comes_to(lambda canvas: canvas == FIRST)
    hands.step("redo")
    hands.comes_to(lambda canvas: canvas != FIRST)


def test_boxes_that_lie_below_others_can_be_reached(hands: Hands, visitor: Visitor) -> None:
    hands.select(2)
    hands.tool("nearer")  # the lighthouse now covers a part of the boat
    canvas = hands.comes_to(lambda canvas: canvas.regions[1].distance < canvas.regions[0].distance)
    shared = canvas.regions[0].rect.intersection(canvas.regions[1].rect)
    if shared is None:
        hands.drag((75, 45), (-20, 0))
        canvas = hands.comes_to(lambda canvas: canvas.regions[0].rect.intersection(canvas.regions[1].rect) is not None)
        shared = canvas.regions[0].rect.intersection(canvas.regions[1].rect)
    assert shared is not None
    place = hands.point((shared.left + shared.right) / 2, (shared.top + shared.bottom) / 2)
    for number in (1, 2, 1):
        visitor.page.mouse.click(*place)
        expect(hands.editor.locator(".fields h2")).to_have_text(f"Region {number}")


def test_a_keyboard_is_enough(hands: Hands, visitor: Visitor) -> None:
    keys = visitor.page.keyboard
    hands.editor.locator(".tools .add").focus()
    keys.press("Tab")  # the other tools are off, or come first
    for _ in range(8):
        if visitor.page.evaluate("document.activeElement.className").startswith("box"):
            break
        keys.press("Tab")
    expect(hands.box(2)).to_be_focused()
    assert hands.box(2).evaluate("box => getComputedStyle(box).outlineStyle") != "none", "focus can be seen"
    expect(hands.box(2)).to_have_attribute("aria-label", re.compile("Region 2 A white lighthouse., .* depth 9"))
    keys.press("ArrowLeft")
    hands.comes_to(lambda canvas: canvas.regions[1].rect == moved(LIGHT.rect, -10, 0))
    keys.press("Shift+ArrowUp")
    hands.comes_to(lambda canvas: canvas.regions[1].rect.height < LIGHT.rect.height)
    expect(hands.box(2)).to_be_focused()
    keys.press("Tab")
    expect(hands.box(1)).to_be_focused()
    keys.press("PageDown")
    keys.press("PageDown")
    hands.comes_to(lambda canvas: canvas.regions[0].distance > LIGHT.distance)
    keys.press("Delete")
    hands.comes_to(lambda canvas: len(canvas.regions) == 1)
    keys.press("Control+z")
    hands.comes_to(lambda canvas: len(canvas.regions) == 2)
    keys.press("Control+Shift+z")
    hands.comes_to(lambda canvas: len(canvas.regions) == 1)
    hands.editor.locator(".tools .add").focus()
    keys.press("Enter")
    hands.comes_to(lambda canvas: len(canvas.regions) == 2)
    expect(hands.field("description")).to_be_focused()
    keys.type("A moon.")
    hands.comes_to(lambda canvas: canvas.regions[1].description == "A moon.")
    keys.press("Control+z")
    hands.comes_to(lambda canvas: canvas.regions[1].description == "")
    expect(hands.field("description")).to_be_focused()


def test_every_text_and_value_of_an_element_can_be_changed(hands: Hands, visitor: Visitor) -> None:
    hands.select(1)
    hands.field("description").fill("A <b>green</b> boat, it's old.")
    hands.field("detailed_descriptions").fill("Its paint is peeling.\n\nA gull sits on it.")
    hands.field("tags").fill("boat")
    hands.field("atmosphere").fill("Tense.")
    hands.field("style").fill("Bold.")
    hands.field("quality_meta").fill("Sharp.")
    hands.field("negative_prompt").fill("people")
    hands.field("color_name").select_option("seagreen")
    hands.field("distance").fill("12.5")
    hands.field("weight").fill("1.75")
    hands.field("weight").fill("99")  # out of range: the field says so, and nothing is taken
    expect(hands.field("weight")).to_have_attribute("aria-invalid", "true")
    hands.field("enabled").uncheck()
    changed = replace(
        BOAT,
        description="A <b>green</b> boat, it's old.",
        detailed_descriptions=("Its paint is peeling.", "A gull sits on it."),
        tags="boat",
        atmosphere="Tense.",
        style="Bold.",
        quality_meta="Sharp.",
        color_name="seagreen",
        distance=12.5,
        weight=1.75,
        negative_prompt="people",
        enabled=False,
    )
    hands.comes_to(lambda canvas: canvas.regions[0] == changed)
    expect(hands.editor.locator(".legend li").nth(1)).to_contain_text("weight 1.75 · off")
    expect(hands.box(1)).to_have_class(re.compile(r"\boff\b"))
    hands.editor.locator(".legend .pick").first.click()
    expect(hands.editor.locator(".fields h2")).to_have_text("The whole picture")
    hands.field("description").fill("A harbour at noon.")
    hands.field("color_name").select_option("skyblue")
    canvas = hands.comes_to(lambda canvas: canvas.global_description.color_name == "skyblue")
    assert canvas.global_description.description == "A harbour at noon."
    expect(hands.editor.locator(".stage")).to_have_css("background-color", "rgb(135, 206, 235)")
    assert visitor.page.evaluate("window.pwned") is None


def test_words_and_boxes_follow_each_other(hands: Hands, visitor: Visitor, stage: Stage) -> None:
    hands.select(2)
    hands.field("free").check()
    hands.drag((75, 45), (-12, 3))
    free = moved(LIGHT.rect, -12, 3)
    hands.comes_to(lambda canvas: canvas.regions[1].free_rect == free)
    expect(hands.editor.locator(".where")).to_have_text("free placement: 40 × 80 at 38, 8")
    # The next round goes on from it, in words that the composer knows.
    stage.direct(REPLY.replace("A quiet harbour", "A loud harbour"))
    visitor.talk("louder")
    shown = stage.composer.asked[0][2].text
    assert interpret(shown).canvas.regions[1].location == nearest_phrases(free)[0]
    assert "rect=" not in shown
    expect(visitor.page.locator("#chat pre").first).to_contain_text(f"rect={list(free.as_tuple)}")

    # And the other way: the code is changed, and the boxes are drawn anew.
    visitor.page.get_by_role("button", name="Canvas code").click()
    code = visitor.page.locator("#code .cm-content")
    expect(code).to_contain_text("A loud harbour")
    code.fill(REPLY.replace("'on the left'", "'on the top-right'").replace("A red boat.", "A tall ship."))
    expect(visitor.boxes.last).to_contain_text("A tall ship.")
    ship = rect_of("on the top-right", BOAT.offset, BOAT.area)
    assert hands.rect(1) == ship.as_tuple
    assert hands.comes_to(lambda canvas: canvas.regions[0].description == "A tall ship.")
    code.fill("canvas = nothing")
    expect(visitor.boxes).to_have_count(0)
    expect(visitor.page.locator("#notes")).to_contain_text("No canvas could be made")
    hands.step("undo")
    expect(visitor.boxes).to_have_count(2)
    hands.comes_to(lambda canvas: canvas.regions[0].description == "A tall ship.")
    expect(code).to_contain_text("A tall ship.")


def test_what_was_typed_a_moment_ago_is_rendered_and_sent(hands: Hands, visitor: Visitor, stage: Stage) -> None:
    hands.select(1)
    hands.field("description").fill("A blue whale.")
    visitor.set_steps(1)
    visitor.render.click()
    expect(visitor.pictures).to_have_count(1)
    visitor.finished()
    hands.comes_to(lambda canvas: canvas.regions[0].description == "A blue whale.")
    # The picture can lie behind the boxes.
    visitor.show_layout()
    hands.tool("backdrop")
    behind = hands.editor.locator(".stage img")
    expect(behind).to_have_js_property("naturalWidth", 64)
    hands.tool("backdrop")
    expect(behind).to_have_count(0)
    hands.field("description").fill("A white whale.")
    stage.direct()
    visitor.say("make it night")
    visitor.finished()
    expect(visitor.replies).to_have_count(3)
    expect(visitor.page.locator("#chat [data-testid=user]").nth(1)).to_contain_text("Edited by hand.")
    assert "A white whale." in stage.composer.asked[0][2].text


def test_a_canvas_is_laid_out_before_anybody_writes(visitor: Visitor) -> None:
    hands = Hands(visitor)
    expect(hands.editor.locator(".stage.empty")).to_have_count(1)
    hands.editor.locator(".tools .add").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.type("A lonely tree.")
    expect(visitor.replies).to_contain_text("A lonely tree.")
    expect(visitor.page.locator("#chat [data-testid=user]")).to_contain_text("laid out by hand")
    assert hands.comes_to(lambda canvas: canvas.regions[0].description == "A lonely tree.")


def test_boxes_come_while_a_reply_streams_and_hands_wait(visitor: Visitor, stage: Stage) -> None:
    hands = Hands(visitor)
    stage.direct(hold=ONE_BOX)
    visitor.say("a harbour")
    expect(visitor.boxes).to_have_count(1)
    expect(hands.editor.locator(".tools .add")).to_be_disabled()
    hands.editor.locator(".legend .pick").nth(1).click()
    expect(hands.field("description")).to_be_disabled()
    expect(hands.editor.locator(".frame")).to_have_count(0)
    stage.go_on()
    visitor.finished()
    expect(visitor.boxes).to_have_count(2)
    expect(hands.field("description")).to_be_enabled()
    expect(hands.editor.locator(".frame")).to_have_count(1)


def test_what_a_round_replaces_stays_a_step_away(visitor: Visitor, stage: Stage) -> None:
    visitor.talk()
    stage.direct(REPLY.replace("dusk", "night"))
    visitor.page.locator("#retry").click()
    expect(visitor.replies).to_contain_text("harbour at night")
    visitor.finished()
    bar = visitor.page.locator("#branches li")
    expect(bar).to_contain_text("2/2")
    bar.get_by_role("button", name="Reply: previous version").click()
    expect(visitor.replies).to_contain_text("harbour at dusk")
    expect(bar).to_contain_text("1/2")
    expect(visitor.page.locator("#layout .legend li").first).to_contain_text("dusk")
    # A reply in the middle is edited: what was asked after it is asked again, and the old way stays.
    visitor.talk("add a moon")
    stage.direct(REPLY.replace("harbour", "bay"))
    visitor.page.get_by_role("button", name="Edit", exact=True).nth(1).click()
    visitor.page.locator("#chat textarea").last.fill(REPLY.replace("A red boat.", "A tall ship."))
    visitor.page.get_by_role("button", name="Submit").click()
    expect(visitor.replies.last).to_contain_text("A quiet bay")
    visitor.finished()
    asked = stage.composer.asked[0]
    assert "A tall ship." in asked[2].text
    assert asked[3].text == "add a moon"
    expect(bar).to_contain_text("3/3")
    visitor.page.locator("#undo").click()
    expect(visitor.replies).to_have_count(1)
    visitor.page.locator("#redo").click()
    expect(visitor.replies.last).to_contain_text("A quiet bay")


def test_steps_stay_with_their_version_and_outlast_a_reload(hands: Hands, visitor: Visitor, stage: Stage) -> None:
    hands.select(1)
    hands.tool("delete")
    hands.comes_to(lambda canvas: len(canvas.regions) == 1)
    visitor.page.reload()
    expect(visitor.boxes).to_have_count(1)
    hands.step("undo")
    hands.comes_to(lambda canvas: canvas == FIRST)
    hands.step("redo")
    hands.comes_to(lambda canvas: len(canvas.regions) == 1)
    # In another chat the same keys take back what happened there.
    visitor.page.locator("#new-chat").click()
    expect(visitor.replies).to_have_count(0)
    stage.direct(REPLY.replace("A red boat.", "A green boat."))
    visitor.talk("another harbour")
    visitor.page.locator("#layout .stage").click(position={"x": 3, "y": 3})
    visitor.page.keyboard.press("Control+z")
    expect(visitor.replies).to_have_count(0)
    expect(visitor.boxes).to_have_count(0)
    visitor.page.keyboard.press("Control+Shift+z")
    expect(visitor.replies).to_contain_text("A green boat.")
    expect(visitor.boxes).to_have_count(2)


def test_undo_takes_back_edits_and_pictures_in_their_order(hands: Hands, visitor: Visitor) -> None:
    hands.select(1)
    hands.tool("delete")
    hands.comes_to(lambda canvas: len(canvas.regions) == 1)
    visitor.set_steps(1, count=2)
    visitor.render.click()
    expect(visitor.pictures).to_have_count(2)
    visitor.finished()
    visitor.show_layout()
    hands.tool("delete")  # the other one is selected now
    expect(visitor.replies).to_have_count(2)
    hands.comes_to(lambda canvas: not canvas.regions)
    hands.step("undo")
    hands.comes_to(lambda canvas: len(canvas.regions) == 1)
    expect(visitor.pictures).to_have_count(2)
    for left in (1, 0):
        hands.step("undo")
        expect(visitor.pictures).to_have_count(left)
    expect(visitor.replies).to_have_count(1)
    hands.step("undo")
    hands.comes_to(lambda canvas: canvas == FIRST)
    hands.step("redo")
    hands.comes_to(lambda canvas: len(canvas.regions) == 1)
    for made in (1, 2):
        hands.step("redo")
        expect(visitor.pictures).to_have_count(made)
    # As fast as one can press: both pictures.
    for _ in range(2):
        hands.step("undo")
    expect(visitor.pictures).to_have_count(0)
    expect(visitor.replies).to_have_count(1)
    hands.step("undo")
    hands.comes_to(lambda canvas: canvas == FIRST)
    hands.step("undo")
    expect(visitor.replies).to_have_count(0)


def test_depth_changes_one_region_alone(visitor: Visitor, stage: Stage) -> None:
    stage.direct(REPLY.replace("distance_to_viewer=9", "distance_to_viewer=3"))
    visitor.talk()
    hands = Hands(visitor)
    first = hands.canvas()
    hands.select(1)
    hands.tool("nearer")
    canvas = hands.comes_to(lambda canvas: canvas != first)
    assert canvas.regions[1] == first.regions[1]
    assert canvas.regions[0].distance < first.regions[1].distance


def test_a_finger_on_a_phone_is_enough(visit: Callable[..., Visitor]) -> None:
    visitor = visit(390, 844, is_mobile=True, has_touch=True, color_scheme="dark")
    visitor.talk()
    hands = Hands(visitor)
    page = visitor.page
    hands.editor.locator(".stage").scroll_into_view_if_needed()
    touch = page.context.new_cdp_session(page)

    def swipe(start: tuple[float, float], end: tuple[float, float]) -> None:
        steps = [
            start,
            *((start[0] + (end[0] - start[0]) * i / 4, start[1] + (end[1] - start[1]) * i / 4) for i in range(1, 5)),
        ]
        for kind, place in [("touchStart", steps[0]), *(("touchMove", step) for step in steps[1:])]:
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": place[0], "y": place[1]}]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    page.touchscreen.tap(*hands.point(20, 60))
    expect(hands.editor.locator(".fields h2")).to_have_text("Region 1")
    swipe(hands.point(20, 60), hands.point(20 + 11, 60 - 20))
    goal = nearest_phrases(moved(BOAT.rect, 11, -20))
    hands.comes_to(lambda canvas: phrases(canvas.regions[0]) == goal)
    handle = hands.editor.locator(".handle.se").bounding_box()
    assert min(handle["width"], handle["height"]) >= 24, "a finger can hit it"
    hands.tool("add")
    swipe(hands.point(3, 3), hands.point(40, 40))
    hands.comes_to(lambda canvas: len(canvas.regions) == 3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
