"""The events of the exports: download a file, compare layout and picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from lib_omost.errors import OmostError

from ...state.downloads import Downloads
from ...state.page_state import Changes
from ..events import Binding, Updates, Values, page_of
from ..settings.controls import Controls
from .widget import Exports


def wire_exports(binding: Binding, exports: Exports, controls: Controls, downloads: Downloads) -> None:
    """Bind the events; `controls` hold the size of the picture."""
    inputs = binding.conversation_inputs | controls.size_inputs

    def changes(page: str, values: Values) -> Iterator[Changes]:
        chat, form = binding.conversation(values), values[exports.form]
        with binding.handlers.jobs.admitted(page, "file"):
            yield from downloads.hand_out(page, chat, form, *controls.size(values))

    def download(request: gr.Request, values: Values) -> Iterator[Updates]:
        yield from binding.play(changes(binding.worker(request), values))

    def compare(request: gr.Request, values: Values) -> Any:
        try:
            return downloads.comparison(page_of(request), binding.conversation(values), *controls.size(values))
        except OmostError as error:
            return {"hint": str(error)}

    exports.download.click(download, {exports.form, *inputs}, **binding.quick)
    gr.on(
        [exports.fold.expand, exports.refresh.click],
        compare,
        inputs,
        **{**binding.quick, "outputs": [exports.compare]},
    )
