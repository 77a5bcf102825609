"""The queue of the page, in a real browser."""

from __future__ import annotations

from tests.scripted import REPLY
from tests.ui.visitor import ONE_BOX, Stage, Visitor, expect, needs_browser

pytestmark = needs_browser


def test_what_is_asked_while_the_page_is_busy_waits_and_can_be_removed(visitor: Visitor, stage: Stage) -> None:
    visitor.set_steps(1)
    stage.direct(hold=ONE_BOX)
    visitor.say("a harbour")
    expect(visitor.boxes).to_have_count(1)
    waiting = visitor.page.locator("#queue li")
    visitor.say("make it night")
    expect(waiting).to_have_count(1)
    expect(visitor.page.locator("#prompt textarea")).to_have_value("")
    visitor.render.click()
    expect(waiting).to_have_count(2)
    visitor.say("a mistake")
    expect(waiting).to_have_count(3)
    expect(waiting.nth(1)).to_contain_text("Render")
    waiting.nth(2).get_by_role("button", name="Remove from the queue: a mistake").click()
    expect(waiting).to_have_count(2)
    stage.go_on()
    expect(visitor.replies).to_have_count(2)
    expect(visitor.pictures).to_have_count(1)
    visitor.finished()
    expect(waiting).to_have_count(0)
    assert [message.text for message in stage.composer.asked[1][1:]] == ["a harbour", REPLY, "make it night"]
    assert len(stage.composer.asked) == 2


def test_after_a_stop_the_queue_waits_until_it_is_continued(visitor: Visitor, stage: Stage) -> None:
    stage.direct(hold=ONE_BOX)
    visitor.say("a harbour")
    expect(visitor.boxes).to_have_count(1)
    visitor.say("make it night")
    queue = visitor.page.locator("#queue")
    expect(queue).to_contain_text("1 waiting")
    visitor.stop.click()
    stage.go_on()
    visitor.finished()
    expect(queue).to_contain_text("Queue (paused)")
    expect(visitor.replies).to_have_count(1)
    queue.get_by_role("button", name="Continue").click()
    expect(visitor.replies).to_have_count(2)
    visitor.finished()
    expect(queue).to_be_hidden()
