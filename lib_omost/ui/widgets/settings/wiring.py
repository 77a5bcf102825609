"""The events of the settings: the editor takes the picture's aspect ratio, without a call of the server."""

from __future__ import annotations

import gradio as gr

from .widget import Controls

PROPORTIONS = """(width, height) => {
  if (width > 0 && height > 0) document.documentElement.style.setProperty('--picture-ratio', width / height);
  return [];
}"""


def wire_settings(controls: Controls) -> None:
    gr.on(
        [controls.width.change, controls.height.change],  # type: ignore[attr-defined]
        None,
        [controls.width, controls.height],
        None,
        js=PROPORTIONS,
        show_progress="hidden",
        api_visibility="private",
    )
