"""HTML views with a static template: values reach the page as data and become text there, never markup."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

ASSETS = Path(__file__).parent


class View(gr.HTML):
    """A view whose value is JSON and is drawn by a script below this folder, or by several, one after another.

    gradio's templates are programs: a value that is put into one could run. So the template is one empty element, and
    the script fills it with `textContent` and style properties only.
    """

    def __init__(self, scripts: str | Sequence[str], value: Any = None, **options: Any) -> None:
        names = ["view.js", *([scripts] if isinstance(scripts, str) else scripts)]
        super().__init__(
            value,
            html_template='<div class="view"></div>',
            js_on_load="".join((ASSETS / name).read_text("utf-8") for name in names),
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


class NoteList(View):
    """What was corrected, dropped or defaulted in the last reply."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__("canvas_code/notes.js", value, **options)


class BranchBar(View):
    """Where other ways part from the chat, as `branches.forks` gives it; says by the event `switched` where to go."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__("chat/branches.js", value, **options)


class ModelStatus(View):
    """Which models run, how far they are, and why these."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__("status/status.js", value, **options)


class Progress(View):
    """What the program is doing just now: a sentence and, where it is known, how far it is."""

    def __init__(self, value: Any = None, **options: Any) -> None:
        super().__init__("render/progress.js", value, **options)
