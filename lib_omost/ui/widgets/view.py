"""HTML views with a static template: values reach the page as data and become text there, never markup."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

BASE = Path(__file__).with_name("view.js")
"""What every script finds: `root`, `make`, `rgb` and `show`."""


class View(gr.HTML):
    """A view whose value is JSON and is drawn by scripts, one after another.

    gradio's templates are programs: a value that is put into one could run. So the template is one empty element, and
    the scripts fill it with `textContent` and style properties only.
    """

    def __init__(self, scripts: Sequence[Path], value: Any = None, **options: Any) -> None:
        super().__init__(
            value,
            html_template='<div class="view"></div>',
            js_on_load="".join(path.read_text("utf-8") for path in (BASE, *scripts)),
            apply_default_css=False,
            **options,
        )

    def preprocess(self, payload: Any) -> Any:
        """Nothing that the page sends back is used."""
        return None

    def postprocess(self, value: Any) -> Any:
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
