"""What the page is for those who use no mouse, hear it, or see it small or in the dark.

`OMOST_AXE=.../axe.min.js python -m pytest tests/ui/test_access.py -s` also runs axe (the npm package `axe-core`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ui.visitor import Visitor, expect, needs_browser

pytestmark = needs_browser
AXE = os.environ.get("OMOST_AXE")
ON_TOP = """node => {
  const box = node.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return node === top || node.contains(top);
}"""


def test_the_keyboard_reaches_what_scrolls(visitor: Visitor) -> None:
    assert visitor.page.locator("#chat .examples").get_attribute("role") == "group"
    visitor.talk()
    expect(visitor.replies.first).to_be_hidden()
    visitor.page.locator("#chat summary").first.focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.replies.first).to_be_visible()
    visitor.page.keyboard.press("End")
    scrolled = "[...document.querySelectorAll('#chat, #chat *')].some((node) => node.scrollTop > 0)"
    visitor.page.wait_for_function(scrolled)


def test_the_side_bars_button_lies_over_nothing(visitor: Visitor) -> None:
    visitor.talk()
    button = visitor.page.locator("#sidebar .toggle-button").bounding_box()
    for part in ("#title h1", "#chat", "#prompt"):
        assert visitor.page.locator(part).bounding_box()["x"] >= button["x"] + button["width"]


def test_the_plane_stays_and_what_has_the_focus_is_seen(visitor: Visitor) -> None:
    page = visitor.page
    visitor.talk()
    visitor._number("Width", 512)
    visitor._number("Height", 1024)
    page.evaluate("scrollTo(0, 0)")
    pick = page.locator("#layout .legend .pick")
    for number in range(3):
        assert pick.nth(number).evaluate(ON_TOP), "a tall picture hides the list below it"
    pick.nth(1).click()
    field = "#layout .fields [data-field='%s']"
    page.locator(field % "quality_meta").focus()
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    assert page.locator(field % "negative_prompt").evaluate(ON_TOP)
    expect(page.locator("#layout .stage")).to_be_in_viewport(ratio=1)
    plane = page.locator("#layout .plane").bounding_box()
    column = page.locator("#layout .fields").bounding_box()
    assert (plane["x"], plane["width"]) == (column["x"], column["width"]), "what passes behind it is seen beside it"
    page.locator(field % "detailed_descriptions").focus()
    page.evaluate("scrollBy(0, 300)")
    page.keyboard.press("Shift+Tab")
    page.wait_for_timeout(300)
    assert page.locator(field % "description").evaluate(ON_TOP), "the focus is behind the plane"
    visitor._number("Width", 1024)


@pytest.mark.skipif(AXE is None, reason="OMOST_AXE does not name axe.min.js of the npm package axe-core")
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Callable[..., Visitor], scheme: str, width: int) -> None:
    phone: dict[str, Any] = {"is_mobile": True, "has_touch": True} if width < 700 else {}
    visitor = visit(width, 844, color_scheme=scheme, **phone)
    page = visitor.page
    page.evaluate(Path(AXE or "").read_text("utf-8"))

    def look(what: str) -> None:
        page.wait_for_timeout(700)
        seen = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found = {violation["id"]: violation for violation in seen["violations"]}
        print(f"{scheme}, {width} px, {what}: {len(seen['passes'])} rules hold, not: {list(found)}")
        grave = {name: it["nodes"][0]["html"] for name, it in found.items() if it["impact"] in ("serious", "critical")}
        assert grave == {}

    look("an empty chat")
    visitor.talk()
    page.locator("#layout .legend .pick").nth(1).click()
    look("a region selected")
    visitor.set_steps(1)
    visitor.render.click()
    expect(visitor.pictures).to_have_count(1)
    visitor.finished()
    page.locator("#layout .tools .backdrop").click()
    for fold in ("Canvas code", "Download", "Compare layout and picture"):
        page.get_by_role("button", name=fold).first.click()
    look("a picture, everything unfolded")
    page.evaluate("scrollTo(0, 0)")
    page.locator("#sidebar .toggle-button").click()
    look("the conversations")
