"""What is told after every step of a pass, without making the device wait for the host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lib_omost.render.preview import LatentPreview
from lib_omost.render.settings import Preview, RenderEvent


class StepReport:
    """A `callback_on_step_end` of the stock pipelines: reports steps and previews, and interrupts when stopped.

    On a CUDA device a step is reported when the next one has been queued, so that the device is never idle; the last
    one by `flush`.
    """

    def __init__(
        self,
        step: Callable[[int], None],
        emit: Callable[[RenderEvent], None],
        stopped: Callable[[], bool],
        preview: LatentPreview | None,
        picture: int,
    ) -> None:
        self._step = step
        self._emit = emit
        self._stopped = stopped
        self._preview = preview
        self._picture = picture
        self._done: tuple[int, Tensor | None, torch.cuda.Event | None] | None = None

    def __call__(self, pipeline: Any, index: int, timestep: Tensor, tensors: dict[str, Any]) -> dict[str, Any]:
        latents = tensors["latents"]
        colors = self._look(pipeline.scheduler, latents) if self._preview else None
        queued = None
        if latents.device.type == "cuda":
            if colors is not None:
                waiting = torch.empty(colors.shape, dtype=colors.dtype, pin_memory=True)
                colors = waiting.copy_(colors, non_blocking=True)
            queued = torch.cuda.Event()  # type: ignore[no-untyped-call]
            queued.record()
            self.flush()
        self._done = (index + 1, colors, queued)
        if queued is None:
            self.flush()
        if self._stopped():
            # The pipelines' own way to end a loop early; it is cleared when they are called again.
            pipeline._interrupt = True
        return {}

    def flush(self) -> None:
        """Report the step that is still held back, if there is one."""
        if self._done is None:
            return
        step, colors, queued = self._done
        self._done = None
        if queued is not None:
            queued.synchronize()
        self._step(step)
        if colors is not None and self._preview is not None:
            self._emit(Preview(self._preview.image(colors.cpu()), self._picture))

    def _look(self, scheduler: Any, latents: Tensor) -> Tensor:
        """Colours of the solver's present guess at the clean picture, where it keeps one, else of the noisy latents."""
        assert self._preview is not None
        guesses = [guess for guess in getattr(scheduler, "model_outputs", ()) if guess is not None]
        if guesses:
            return self._preview.colors(guesses[-1])
        if hasattr(scheduler, "sigmas") and scheduler.step_index is not None:
            # Euler solvers let the latents grow with the noise.
            latents = latents / (scheduler.sigmas[scheduler.step_index] ** 2 + 1) ** 0.5
        return self._preview.colors(latents)
