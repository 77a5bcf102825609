"""The poll of the models' state."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from lib_omost.ui.widgets.status.widget import make_status
from tests.ui.studios import PAGE, open_handlers, play


def test_nothing_is_polled_until_the_page_was_restored(tmp_path: Path) -> None:
    """A poll of the empty page whose answer came after the restored chat said that there is nothing to render."""
    with gr.Blocks():
        panel = make_status()
    assert panel.timer.active is False
    opened, _ = play(open_handlers(tmp_path).opened(PAGE, None))
    assert panel.updates(opened)[panel.timer].active is not opened["loaded"]
