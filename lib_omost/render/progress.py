"""Reports after every solver step, without making the device wait for the host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lib_omost.render.preview import LatentPreview
from lib_omost.render.settings import Preview, RenderEvent


class StepReport:
    """A `callback_on_step_end` for the stock pipelines: reports steps and previews, and interrupts when stopped.

    On a CUDA device a step is reported when the next one has been queued, so that the device is never idle; `flush`
    reports the last one.
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
        colors = self._colors(pipeline.scheduler, tensors) if self._preview else None
        queued = None
        if latents.device.type == "cuda":
            if colors is not None:
                pinned = torch.empty(colors.shape, dtype=colors.dtype, pin_memory=True)
                colors = pinned.copy_(colors, non_blocking=True)
            queued = torch.cuda.Event()  # type: ignore[no-untyped-call]
            queued.record()
            self.flush()
        self._done = (index + 1, colors, queued)
        if queued is None:
            self.flush()
        if self._stopped():
            # This ends the pipelines' loop early; they clear it at the next call.
            pipeline._interrupt = True
        return {}

    def flush(self) -> None:
        """Report the step that is still pending, if there is one."""
        if self._done is None:
            return
        step, colors, queued = self._done
        self._done = None
        if queued is not None:
            queued.synchronize()
        self._step(step)
        if colors is not None and self._preview is not None:
            self._emit(Preview(self._preview.image(colors.cpu()), self._picture))

    def _colors(self, scheduler: Any, tensors: dict[str, Any]) -> Tensor:
        """Preview colours of the estimate of the clean latents, if it is among the tensors or the solver keeps one,
        otherwise of the noisy latents."""
        assert self._preview is not None
        if "estimate" in tensors:
            return self._preview.colors(tensors["estimate"])
        latents = tensors["latents"]
        estimates = [output for output in getattr(scheduler, "model_outputs", ()) if output is not None]
        if estimates:
            return self._preview.colors(estimates[-1])
        if hasattr(scheduler, "sigmas") and scheduler.step_index is not None:
            # In Euler solvers the latents grow with sigma.
            latents = latents / (scheduler.sigmas[scheduler.step_index] ** 2 + 1) ** 0.5
        return self._preview.colors(latents)
