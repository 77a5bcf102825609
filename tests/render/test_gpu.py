"""What only a CUDA device can show; run with -m gpu."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from lib_omost.render.regions import RenderRegions
from lib_omost.render.sdxl.attention import installed
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import FORMULAS, Formula, Picture, Preview, Step
from lib_omost.runtime.device import limit_memory
from lib_omost.runtime.plan import PLANS, SMALLEST
from tests.render import tiny
from tests.render.sdxl.test_attention import OVERLAPPING, unet_inputs
from tests.render.sdxl.test_painter import CONDITIONS, SMALL, events, pictures, same

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


@pytest.mark.parametrize("formula", FORMULAS)
@torch.no_grad()
def test_a_unet_with_regions_agrees_with_the_cpu(formula: Formula) -> None:
    results = []
    for device in ("cpu", "cuda"):
        unet = tiny.unet().to(device)
        torch.manual_seed(9)
        embeds = [torch.randn(77, 2 * tiny.TEXT).to(device) for _ in OVERLAPPING]
        regions = RenderRegions(OVERLAPPING, embeds, torch.randn(77, 2 * tiny.TEXT).to(device), formula)
        regions.resize(13, 19)
        inputs = unet_inputs(13, 19, rows=2)
        added = {name: value.to(device) for name, value in inputs.pop("added_cond_kwargs").items()}
        with installed(unet, regions):
            sample = unet(**{name: value.to(device) for name, value in inputs.items()}, added_cond_kwargs=added).sample
        results.append(sample.cpu())
    torch.testing.assert_close(results[1], results[0], atol=1e-3, rtol=1e-3)


def test_a_painter_in_half_precision_reports_every_step_and_moves_out_and_in() -> None:
    pipeline = tiny.pipeline()
    pipeline.to(torch.float16)
    painter = SDXLPainter(pipeline, "half").to("cuda")
    settings = replace(SMALL, previews=True, hires_scale=1.5, hires_steps=2)
    found = events(painter, settings)
    assert [type(event) for event in found] == [Step, Preview] * 5 + [Picture]
    assert [event.step for event in found if isinstance(event, Step)] == [1, 2, 3, 1, 2]
    first = pictures(painter, settings)[0].image
    painter.to("cpu")
    assert painter.pipeline.unet.device.type == "cpu"
    painter.to("cuda")
    assert same(pictures(painter, settings)[0].image, first)
    full = pictures(SDXLPainter(tiny.pipeline(), "full"), settings, CONDITIONS)[0].image
    assert np.abs(np.array(first).astype(int) - np.array(full)).mean() < 12


def test_the_smallest_plan_paints_with_the_text_encoders_out_of_the_device() -> None:
    pipeline = tiny.pipeline()
    pipeline.to(torch.float16)
    painter = SDXLPainter(pipeline, "half", plan=SMALLEST).to("cuda")
    assert painter.pipeline.unet.device.type == "cuda"
    settings = replace(SMALL, width=256, height=256)
    first = pictures(painter, settings)[0].image
    assert {encoder.device.type for encoder in (pipeline.text_encoder, pipeline.text_encoder_2)} == {"cpu"}
    painter.forget()
    assert same(pictures(painter, settings)[0].image, first)
    full = pictures(SDXLPainter(tiny.pipeline(), "full"), settings, CONDITIONS)[0].image
    assert np.abs(np.array(first).astype(int) - np.array(full)).mean() < 16


def test_a_real_shortage_of_memory_ends_in_the_next_plan() -> None:
    pipeline = tiny.pipeline()
    painter = SDXLPainter(pipeline, "short", plan=PLANS[1]).to("cuda")
    fillers = []

    def fill(module: object, given: tuple[torch.Tensor, ...]) -> None:
        if len(given[0]) == 2:  # both passes of guidance at once
            fillers.append(torch.empty(2**50, dtype=torch.uint8, device="cuda"))

    handle = pipeline.unet.mid_block.register_forward_pre_hook(fill)
    found = events(painter, SMALL)
    handle.remove()
    assert isinstance(found[-1], Picture)
    assert painter.plan is SMALLEST


def test_a_process_that_is_held_to_less_runs_out_of_memory_there() -> None:
    limit_memory("cuda", torch.cuda.memory_reserved() + 2**28)
    try:
        with pytest.raises(torch.OutOfMemoryError):
            torch.empty(2**29, dtype=torch.uint8, device="cuda")
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
