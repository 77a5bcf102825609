"""The folded code of the replies, in a real browser."""

from __future__ import annotations

from tests.scripted import REPLY
from tests.ui.visitor import ONE_BOX, Stage, Visitor, expect, needs_browser

pytestmark = needs_browser


def test_code_is_folded_and_shown_a_line_at_a_time_while_it_is_written(visitor: Visitor, stage: Stage) -> None:
    stage.direct(hold=ONE_BOX)
    visitor.say("a harbour")
    expect(visitor.boxes).to_have_count(1)
    fold = visitor.page.locator("#chat details.fold")
    title = fold.locator("summary")
    expect(title).to_contain_text("1 region so far")
    shown = fold.locator("pre").text_content().rstrip().split("\n")[-1]
    expect(title.locator("span").last).to_have_text(shown)
    expect(visitor.replies).to_be_hidden()
    assert fold.bounding_box()["height"] < 40, "one line"
    title.click()
    stage.go_on()
    visitor.finished()
    expect(visitor.replies).to_be_visible()  # a fold that was opened stays open while more is written
    expect(title).to_have_text("2 regionshide code")
    assert visitor.replies.text_content().strip() == REPLY.strip().removeprefix("```python\n").removesuffix("\n```")
    visitor.talk("make it night")
    expect(visitor.replies.last).to_be_hidden()
    expect(visitor.replies.first).to_be_visible()
    last = fold.last.locator("summary")
    last.focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.replies.last).to_be_visible()
    expect(last).to_contain_text("hide code")


def test_only_the_chat_scrolls(visitor: Visitor) -> None:
    visitor.talk()
    visitor.page.locator("#chat summary").click()
    scrolling = visitor.page.evaluate(
        "[...document.querySelectorAll('#chat, #chat *')].filter((node) => node.scrollHeight > node.clientHeight + 1"
        " && ['auto', 'scroll'].includes(getComputedStyle(node).overflowY)).map((node) => node.className)"
    )
    assert len(scrolling) == 1, scrolling
