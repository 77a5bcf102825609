from __future__ import annotations

import gradio as gr

from lib_omost.ui.widgets.settings.widget import make_controls
from tests.ui.studios import open_studio


def test_kept_settings_move_the_controls_and_unsound_ones_do_not() -> None:
    studio = open_studio()
    with gr.Blocks():
        controls, _ = make_controls(studio.composer_preset.sampling, studio.painter_preset.settings)
    shown = controls.stored(
        {
            "sampling": {"temperature": 1.5, "seed": 3},
            "render": {
                "width": 640,
                "height": 63,
                "steps": 150,
                "color_strength": 0.0,
                "formula": "x",
                "aura": 1,
                "seed": 9,
            },
        }
    )
    assert shown == {
        controls.temperature: 1.5,
        controls.seed: 9,
        controls.width: 640,
        controls.steps: 100,
        controls.color_start: False,
    }
