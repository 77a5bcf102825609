"""The page as axe-core sees it, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scripted import REPLY
from tests.ui.barriers import barriers
from tests.ui.visitor import Stage, Visitor, expect, needs_browser

pytestmark = needs_browser


def test_nothing_on_an_empty_page_is_a_barrier(visitor: Visitor) -> None:
    assert barriers(visitor.page) == []
    visitor.page.evaluate("document.body.append(document.createElement('button'))")
    (planted,) = barriers(visitor.page)
    assert planted.startswith("button-name (critical): <button></button>")
    visitor.page.evaluate("document.body.lastElementChild.remove()")


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_nothing_beside_a_layout_and_a_picture_is_a_barrier(
    visit: Callable[..., Visitor], stage: Stage, scheme: str
) -> None:
    visitor = visit(width=1440, color_scheme=scheme)
    stage.direct(REPLY.replace("'on the left'", "'in the middle'"))  # for a note
    stage.unknown = ("neon sign",)
    visitor.talk()
    visitor.set_steps(1)
    visitor.render.click()
    expect(visitor.pictures).to_have_count(1)
    visitor.finished()
    visitor.page.get_by_role("button", name="Toggle Sidebar").click()
    visitor.page.locator("#chat summary").click()
    for fold in ("Layout settings", "Canvas code", "Download"):
        visitor.page.get_by_role("button", name=fold).first.click()
    visitor.page.get_by_role("button", name="Edit the prompt of this picture").click()
    if scheme == "dark":
        visitor.show_layout()
        visitor.boxes.last.click()
    expect(visitor.page.locator("#chat textarea")).to_be_visible()
    assert barriers(visitor.page) == []
