"""The page in a real browser: a real studio and painter behind it, and a composer that speaks what it is told to."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from tests.scripted import REPLY
from tests.ui.visitor import ONE_BOX, Stage, Visitor, expect, needs_browser

pytestmark = needs_browser


def test_text_and_boxes_appear_while_the_reply_is_written(visitor: Visitor, stage: Stage) -> None:
    expect(visitor.reason).to_have_text("Nothing to render yet: describe a picture or draw a box.")
    expect(visitor.page.locator("#layout")).to_contain_text("The layout appears here")
    stage.direct(hold=ONE_BOX)
    visitor.say("a harbour")
    expect(visitor.boxes).to_have_count(1)
    expect(visitor.stop).to_be_visible()
    expect(visitor.reason).to_contain_text("The layout model is writing")
    expect(visitor.progress).to_contain_text("Writing")
    expect(visitor.replies).to_contain_text("A red boat.")
    expect(visitor.replies).not_to_contain_text("'snow'")
    stage.go_on()
    visitor.finished()
    expect(visitor.boxes).to_have_count(2)
    expect(visitor.replies).to_contain_text("'snow'")
    legend = visitor.page.locator("#layout .legend li")
    expect(legend).to_have_count(3)
    expect(legend.nth(1)).to_contain_text("A red boat.")
    expect(legend.nth(1)).to_contain_text("firebrick")
    expect(visitor.page.locator("#prompt textarea")).to_have_value("")
    # The nearest box lies on top, with seven tenths of its colour over what is behind it.
    assert visitor.boxes.last.inner_text().split() == ["1", "A", "red", "boat."]
    assert "rgba(178, 34, 34, 0.7)" in visitor.boxes.last.evaluate("box => getComputedStyle(box).backgroundColor")


def test_the_layout_takes_the_pictures_shape(visitor: Visitor) -> None:
    visitor.talk()
    visitor.set_steps(2, side=256)

    def shape() -> float:
        box = visitor.page.locator("#layout .stage").bounding_box()
        return float(round(box["width"] / box["height"], 2))

    assert shape() == 1.0
    visitor._number("Width", 1024)
    visitor._number("Height", 512)
    expect(visitor.page.locator("#layout .stage")).to_have_css("aspect-ratio", re.compile(r"^2\b"))
    assert shape() == 2.0
    expect(visitor.boxes).to_have_count(2)


def test_corrections_are_listed_with_their_lines(visitor: Visitor, stage: Stage) -> None:
    stage.direct(REPLY.replace("'on the left'", "'in the middle'"))
    visitor.talk()
    notes = visitor.page.locator("#notes")
    line = REPLY.splitlines().index("    location='on the left',") + 1
    expect(notes).to_contain_text(f"Line {line}")
    expect(notes.locator(".written")).to_contain_text("in the middle")
    expect(notes.locator(".made")).to_contain_text("in the center")


def test_render_paints_into_the_chat(visitor: Visitor) -> None:
    visitor.render.click()
    expect(visitor.page.get_by_test_id("toast-body").filter(has_text="Nothing to render yet")).to_be_visible()
    visitor.talk()
    expect(visitor.reason).to_have_text("")
    visitor.set_steps(2, count=2)
    visitor.render.focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.pictures).to_have_count(2)
    visitor.finished()
    expect(visitor.pictures.first).to_have_js_property("naturalWidth", 64)
    expect(visitor.pictures.first).to_have_attribute("alt", "Rendered picture: A quiet harbour at dusk.")
    expect(visitor.page.locator("#chat")).to_contain_text("Seed 12345 · 64 × 64")
    expect(visitor.page.locator("#chat")).to_contain_text("Seed 12346 · 64 × 64")
    expect(visitor.progress).to_contain_text("2 pictures in")
    expect(visitor.page.locator("#layout .preview")).to_have_count(0)


def test_a_render_shows_its_progress_and_can_be_stopped(visitor: Visitor) -> None:
    visitor.talk()
    visitor.set_steps(60, count=12, side=128)
    visitor.render.click()
    expect(visitor.progress).to_contain_text(re.compile(r"picture 1 of 12, step \d+ of 60"))
    expect(visitor.page.locator("#layout .preview")).to_be_visible()
    expect(visitor.boxes).to_have_count(2)
    visitor.stop.click()
    visitor.finished()
    expect(visitor.progress).to_contain_text("Stopped")
    assert visitor.pictures.count() < 12
    expect(visitor.page.locator("#layout .preview")).to_have_count(0)


@pytest.mark.parametrize("button", ["#stop", "#prompt button"])
def test_a_chat_can_be_stopped_and_keeps_what_is_there(visitor: Visitor, stage: Stage, button: str) -> None:
    stage.direct(hold=ONE_BOX)
    visitor.say("a harbour")
    expect(visitor.boxes).to_have_count(1)
    visitor.page.locator(button).last.click()
    expect(visitor.progress).to_contain_text("Stopping")
    stage.go_on()
    visitor.finished()
    expect(visitor.page.locator("#chat")).to_contain_text("What was written so far is kept.")
    expect(visitor.replies).to_contain_text("A red boat.")
    expect(visitor.boxes).to_have_count(1)
    expect(visitor.reason).to_have_text("")


def test_an_edit_round_sees_the_earlier_rounds_without_pictures(visitor: Visitor, stage: Stage) -> None:
    visitor.talk()
    visitor.set_steps(1)
    visitor.render.click()
    expect(visitor.pictures).to_have_count(1)
    visitor.finished()
    stage.direct(REPLY.replace("A red boat.", "A green boat."))
    visitor.talk("make the boat green")
    assert [message.text for message in stage.composer.asked[0][1:]] == ["a harbour", REPLY, "make the boat green"]
    expect(visitor.boxes.last).to_contain_text("A green boat.")
    expect(visitor.pictures).to_have_count(1)


def test_retry_undo_edit_last_and_new_chat(visitor: Visitor, stage: Stage) -> None:
    visitor.talk()
    stage.direct(REPLY.replace("A red boat.", "A green boat."))
    visitor.page.locator("#retry").click()
    expect(visitor.boxes.last).to_contain_text("A green boat.")
    visitor.finished()
    assert [message.text for message in stage.composer.asked[0][1:]] == ["a harbour"]
    expect(visitor.page.get_by_label("Seed", exact=True)).to_have_value("12346")
    stage.direct(REPLY.replace("A red boat.", "A blue boat."))
    visitor.page.locator("#chat button[title=Retry]").click()
    expect(visitor.boxes.last).to_contain_text("A blue boat.")
    visitor.finished()
    visitor.talk("more boats")
    visitor.page.locator("#undo").click()
    expect(visitor.replies).to_have_count(1)
    visitor.talk("more boats")
    visitor.page.locator("#edit-last").click()
    expect(visitor.page.locator("#prompt textarea")).to_have_value("more boats")
    expect(visitor.replies).to_have_count(1)
    visitor.page.locator("#new-chat").click()
    expect(visitor.replies).to_have_count(0)
    expect(visitor.boxes).to_have_count(0)
    visitor.page.locator("#undo").click()
    expect(visitor.replies).to_have_count(1)
    expect(visitor.boxes).to_have_count(2)
    visitor.page.locator("#undo").click()
    expect(visitor.replies).to_have_count(0)


def test_an_example_is_one_click(visitor: Visitor, stage: Stage) -> None:
    visitor.page.locator("#chat button.example").first.click()
    expect(visitor.boxes).to_have_count(2)
    visitor.finished()
    assert "dragon" in stage.composer.asked[0][1].text


def test_a_reply_can_be_edited_in_the_chat(visitor: Visitor, stage: Stage) -> None:
    visitor.talk()
    visitor.page.get_by_role("button", name="Edit", exact=True).last.click()
    box = visitor.page.locator("#chat textarea").last
    assert box.input_value() == REPLY
    box.fill(REPLY.replace("A red boat.", "A <b>yellow</b> boat."))
    visitor.page.get_by_role("button", name="Submit").click()
    expect(visitor.boxes.last).to_contain_text("A <b>yellow</b> boat.")
    expect(visitor.replies).to_contain_text("A <b>yellow</b> boat.")
    stage.direct()
    visitor.talk("and now?")
    assert "A <b>yellow</b> boat." in stage.composer.asked[0][2].text, "the next round sees the edit"


def test_a_reload_keeps_the_chat_and_its_pictures(visitor: Visitor, stage: Stage) -> None:
    visitor.talk()
    visitor.set_steps(1)
    visitor.render.click()
    expect(visitor.pictures).to_have_count(1)
    visitor.finished()
    visitor.page.reload()
    expect(visitor.replies).to_contain_text("A red boat.")
    expect(visitor.pictures).to_have_count(1)
    expect(visitor.pictures).to_have_js_property("naturalWidth", 64)
    expect(visitor.boxes).to_have_count(2)
    visitor.talk("make it night")
    assert [message.text for message in stage.composer.asked[-1][1:]] == ["a harbour", REPLY, "make it night"]


def test_a_tab_closed_while_a_reply_streams_stops_the_work(visit: Callable[..., Visitor], stage: Stage) -> None:
    visitor = visit()
    pieces: list[int] = []
    stage.direct(REPLY * 1000, hook=lambda number: pieces.append(number) or time.sleep(0.05))
    visitor.say("a harbour")
    expect(visitor.progress).to_contain_text("Writing")
    visitor.page.close()
    deadline = time.monotonic() + 60
    count = -1
    while len(pieces) != count and time.monotonic() < deadline:
        count = len(pieces)
        time.sleep(1)
    assert len(pieces) == count, "the composer still writes for nobody"


def test_two_pages_take_turns_with_a_message(visitor: Visitor, visit: Callable[..., Visitor], stage: Stage) -> None:
    first, second = visitor, visit()
    stage.direct(hold=20)
    first.say("a harbour")
    expect(first.progress).to_contain_text("Writing")
    second.say("a castle")
    expect(second.progress).to_contain_text("Waiting for the composer")
    expect(second.page.locator("#chat")).not_to_contain_text("a harbour")
    stage.go_on()
    first.finished()
    second.finished()
    expect(second.boxes).to_have_count(2)


HOSTILE = "<script>window.pwned=1</script><img src=x onerror='window.pwned=2'> ${window.pwned=3} {{window.pwned=4}}"


def test_what_a_model_writes_is_shown_as_text(visitor: Visitor, stage: Stage) -> None:
    reply = REPLY.replace("A red boat.", HOSTILE.replace("'", '"')).replace("'slightly to the lower'", f'"{HOSTILE}"')
    stage.direct(f"{HOSTILE} ![x](http://127.0.0.2:9/x.png)\n{reply}\n{HOSTILE}")
    visitor.talk(HOSTILE)
    text = HOSTILE.replace("'", '"')
    expect(visitor.page.locator("#layout .legend li").nth(1)).to_contain_text(text)
    expect(visitor.boxes.last).to_contain_text(text)
    expect(visitor.page.locator("#notes")).to_contain_text("<script>window.pwned=1</script>")
    chat = visitor.page.locator("#chat")
    expect(chat.locator("[data-testid=user]")).to_contain_text("<script>window.pwned=1</script><img src=x onerror=")
    expect(chat.locator("[data-testid=bot]").first).to_contain_text("${window.pwned=3} {{window.pwned=4}} ![x]")
    visitor.set_steps(1)
    visitor.render.click()
    expect(visitor.pictures).to_have_count(1)
    visitor.page.reload()
    expect(visitor.boxes).to_have_count(2)
    assert visitor.page.evaluate("window.pwned") is None


def test_a_phone_in_the_dark_is_enough(visit: Callable[..., Visitor]) -> None:
    visitor = visit(390, 844, is_mobile=True, has_touch=True, color_scheme="dark")
    expect(visitor.render).to_be_in_viewport(ratio=1)
    expect(visitor.page.locator("#prompt textarea")).to_be_in_viewport(ratio=1)
    visitor.talk()
    visitor.set_steps(1)
    visitor.render.tap()
    expect(visitor.pictures).to_have_count(1)
    visitor.finished()
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(visitor.render).to_be_in_viewport(ratio=1)
    back, fore = (
        visitor.page.evaluate(f"getComputedStyle(document.querySelector('{where}')).{what}")
        for where, what in (("#actions", "backgroundColor"), ("#layout .legend .text", "color"))
    )
    assert sum(map(int, re.findall(r"\d+", back)[:3])) < 150 < sum(map(int, re.findall(r"\d+", fore)[:3]))
    covered = visitor.page.evaluate(
        "() => { window.scrollTo(0, document.body.scrollHeight);"
        " const bar = document.querySelector('#actions').getBoundingClientRect();"
        " return document.querySelector('#models').getBoundingClientRect().bottom > bar.top + 1; }"
    )
    assert not covered, "the fixed Render bar hides the end of the page"
