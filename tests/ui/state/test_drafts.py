from __future__ import annotations

import pytest
from PIL import Image

from lib_omost.render.settings import Picture, Step
from lib_omost.ui.state import drafts
from lib_omost.ui.state.drafts import RenderDraft, duration
from tests.canvas.replies import CANVAS


def test_a_render_says_its_step_and_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(drafts.time, "monotonic", lambda: now)
    draft = RenderDraft(CANVAS)
    assert draft.progress()["text"] == "The image model prepares the regions …"
    draft.take(Step(0, 2, "base", 1, 10))
    assert draft.progress() == {"text": "Painting picture 1 of 2, step 1 of 10", "kind": "busy", "fraction": 0.1}
    now = 104.0
    draft.take(Step(0, 2, "base", 2, 10))
    # 4 s a step: 8 more of this picture and 10 of the other.
    assert draft.progress()["text"] == "Painting picture 1 of 2, step 2 of 10, about 72 s left"
    draft.take(Picture(0, 1, Image.new("RGB", (8, 8)), 60.0))
    draft.take(Step(1, 2, "hires", 5, 10))
    assert draft.progress()["text"].endswith("step 5 of 10 of the high-resolution pass, about 10 s left")


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (89, "89 s"), (170, "3 min"), (3599, "1 h 0 min"), (4800, "1 h 20 min")]
)
def test_times_are_written_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said
