from __future__ import annotations

from dataclasses import asdict
from typing import Any

import gradio as gr

from lib_omost.presets import PAINTERS
from lib_omost.ui.state.page_state import Changes
from lib_omost.ui.widgets.settings.widget import make_controls
from tests.ui.studios import open_studio
from tests.ui.visitor import Visitor, expect, needs_browser


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


def test_what_a_painter_has_no_choice_of_is_hidden() -> None:
    studio = open_studio()
    preset = PAINTERS["flux2-klein"]
    with gr.Blocks():
        controls, _ = make_controls(studio.composer_preset.sampling, preset.settings, preset.lacking)
    hidden = {controls.sampler, controls.formula, controls.guidance_scale, controls.negative_prompt}
    assert {widget for widget in controls.outputs if not widget.visible} == hidden
    sdxl = PAINTERS["realvisxl"]
    changes: Changes = {"settings": {"render": asdict(sdxl.settings)}, "lacking": sdxl.lacking}
    shown = controls.updates(changes)
    assert all(shown[widget]["visible"] is True for widget in hidden)
    assert shown[controls.sampler]["value"] == "dpm++"
    assert shown[controls.steps] == 25


@needs_browser
def test_shortcuts_fill_in_the_settings_and_sizes_are_rounded(visitor: Visitor) -> None:
    page = visitor.page
    visitor.set_steps(2)

    def value(label: str) -> Any:
        return page.get_by_label(f"number input for {label}").first

    page.locator("#aspect").get_by_label("16:9").check()
    expect(value("Width")).to_have_value("512")
    expect(value("Height")).to_have_value("288")
    page.locator("#quality").get_by_label("Best").check()
    expect(value("Steps")).to_have_value("32")
    visitor.set_steps(1)
    expect(page.locator("#aspect").get_by_label("1:1")).to_be_checked()
    visitor.talk()
    box = value("Width")
    box.fill("101")
    box.press("Tab")
    visitor.render.click()
    expect(visitor.pictures).to_have_count(1)
    visitor.finished()
    expect(page.locator("#chat")).to_contain_text("104 × 64")
    expect(box).to_have_value("104")


@needs_browser
def test_a_style_is_chosen_and_one_of_ones_own_survives_a_reload(visitor: Visitor) -> None:
    page = visitor.page
    visitor.set_steps(1)
    page.get_by_role("button", name="Prompt style").click()
    prefix = page.get_by_label("Prompt prefix")
    style = page.locator("#style input")
    style.click()
    page.get_by_role("option", name="Watercolour").click()
    expect(prefix).to_have_value("watercolour painting, soft washes, paper texture")
    expect(page.get_by_label("Negative prompt").first).to_have_value("photograph, 3d render")
    prefix.fill("charcoal on rough paper")
    page.locator("#style-name textarea, #style-name input").first.fill("My charcoal")
    page.locator("#style-save").click()
    expect(style).to_have_value("My charcoal")
    page.reload()
    expect(page.locator("#models .ready")).to_have_count(2)
    page.wait_for_timeout(500)  # the list takes the styles from the browser's storage; nothing tells when
    style.click()
    page.get_by_role("option", name="My charcoal").click()
    page.get_by_role("button", name="Image settings").click()
    page.get_by_role("button", name="Prompt style").click()
    expect(prefix).to_have_value("charcoal on rough paper")
    page.locator("#style-delete").click()
    expect(style).to_have_value("None")
    page.locator("#quality").get_by_label("Normal").check()
