"""HTML views with a static template: values reach the page as data and are inserted as text, never as markup."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

BASE = Path(__file__).with_name("view.js")
"""The definitions that all scripts share: `root`, `make`, `rgb` and `show`."""


class View(gr.HTML):
    """A view whose value is JSON and is drawn by scripts, which run in order.

    gradio's templates are programs, so a value inserted into one could run. Therefore the template is a single empty
    element, which the scripts fill by means of `textContent` and style properties only.
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
        """Ignores the value that the page sends back."""
        return None

    def postprocess(self, value: Any) -> Any:
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}
