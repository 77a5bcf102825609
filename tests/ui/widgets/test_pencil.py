"""What stands beside the prompt about a picture, and the pencil that leads back to its prompt, in a real browser."""

from __future__ import annotations

import re

from tests.ui.visitor import Stage, Visitor, expect, needs_browser

pytestmark = needs_browser
PENCIL = "Edit the prompt of this picture"


def test_what_the_painter_does_not_know_stands_beside_the_prompt(visitor: Visitor, stage: Stage) -> None:
    line = visitor.page.locator("#unknown")
    expect(line).to_be_hidden()
    stage.unknown = ("neon sign", "gear")
    visitor.talk()
    expect(line).to_have_text("The image model does not know: neon sign, gear.")
    expect(line).to_be_in_viewport()
    visitor.page.locator("#new-chat").click()
    expect(line).to_be_hidden()


def test_the_pencil_of_a_picture_edits_the_prompt_of_the_picture(visitor: Visitor, stage: Stage) -> None:
    visitor.talk("a harbour")
    visitor.set_steps(1)
    visitor.render.click()
    expect(visitor.pictures).to_have_count(1)
    visitor.finished()
    visitor.show_layout()
    visitor.boxes.first.click()
    visitor.page.keyboard.press("ArrowLeft")  # a round of the program, whose prompt is none of the user's
    expect(visitor.page.locator("#chat")).to_contain_text("Edited by hand.")
    visitor.render.click()
    expect(visitor.pictures).to_have_count(2)
    visitor.finished()
    expect(visitor.page.locator("#filmstrip button").last).to_have_attribute("title", re.compile("Edited by hand"))
    visitor.page.get_by_role("button", name=PENCIL).last.click()
    box = visitor.page.locator("#chat textarea")
    expect(box).to_have_value("a harbour")
    box.fill("a lake")
    stage.composer.asked.clear()
    visitor.page.get_by_role("button", name="Submit").click()
    expect(visitor.page.locator("#chat")).to_contain_text("a lake")
    expect(visitor.pictures).to_have_count(0)
    visitor.finished()
    assert [message.text for message in stage.composer.asked[0][1:]] == ["a lake"]
    expect(visitor.page.locator("#branches .name").first).to_have_text("You: a lake")
    expect(visitor.page.locator("#branches button").first).to_have_attribute("title", re.compile("You: a harbour"))
