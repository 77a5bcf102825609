from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import EulerDiscreteScheduler
from torch.utils._python_dispatch import TorchDispatchMode

from lib_omost.render.preview import SDXL
from lib_omost.render.progress import StepReport
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import Preview, RenderEvent
from tests.render import tiny
from tests.render.sdxl.test_painter import SMALL, events

WAITING = {"_local_scalar_dense", "nonzero", "masked_select", "is_nonzero", "equal", "unique_dim", "_unique2"}
"""Operations whose result the host must have before it can go on: on an accelerator it waits for all that is queued."""


class NoWaiting(TorchDispatchMode):
    """Notes the operations for which the host would wait for the device."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[str] = []
        self.seen = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.seen += 1
        if func.__name__.split(".")[0] in WAITING:
            self.waits.append(str(func))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("previews", [False, True])
def test_nothing_waits_for_the_device_within_a_step(previews: bool) -> None:
    painter = SDXLPainter(tiny.pipeline(), "tiny")
    watch = NoWaiting()
    steps: list[int] = []

    def before(*_: Any) -> None:
        steps.append(1)
        # The first step builds what the render keeps; a mode belongs to a thread, here the painter's.
        if len(steps) == 2:
            watch.__enter__()

    def after(*_: Any) -> None:
        if len(steps) == 4:
            watch.__exit__(None, None, None)

    painter.pipeline.unet.register_forward_pre_hook(before)
    painter.pipeline.unet.register_forward_hook(after)
    events(painter, replace(SMALL, steps=4, previews=previews))
    assert len(steps) == 4
    assert watch.seen > 100, "or nothing was watched"
    assert watch.waits == []


def test_the_watch_sees_a_wait() -> None:
    with NoWaiting() as watch:
        float(torch.ones(3).sum())
        torch.ones(3).nonzero()
    assert len(watch.waits) == 2


def test_a_preview_of_latents_that_grow_with_the_noise_is_not_burnt_out() -> None:
    scheduler = EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    scheduler.set_timesteps(4)
    scheduler.set_begin_index(0)
    noise = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(0))
    found: list[RenderEvent] = []

    class Pipeline:
        pass

    pipeline: Any = Pipeline()
    pipeline.scheduler = scheduler
    scheduler.scale_model_input(noise, scheduler.timesteps[0])
    scheduler.step(noise, scheduler.timesteps[0], noise * scheduler.init_noise_sigma)
    report = StepReport(lambda step: None, found.append, lambda: False, SDXL, 0)
    report(pipeline, 0, scheduler.timesteps[0], {"latents": noise * scheduler.sigmas[1]})
    assert isinstance(found[0], Preview)
    colors = torch.frombuffer(bytearray(found[0].image.tobytes()), dtype=torch.uint8)
    assert ((colors > 0) & (colors < 255)).float().mean() > 0.7
