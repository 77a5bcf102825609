"""The weights of a painter: where they are, and in what form, by the memory plan that is followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from lib_omost.errors import RenderError
from lib_omost.render.settings import Notice
from lib_omost.runtime.device import is_out_of_memory, release
from lib_omost.runtime.plan import Plan, less_painting, smaller
from lib_omost.runtime.residence import Residence


class Weights:
    """The networks of an SDXL pipeline under a plan. Weights that are in 8 bits once stay so.

    in_8_bits: whether the UNet's are.
    """

    def __init__(self, pipeline: Any, plan: Plan) -> None:
        self._unet = pipeline.unet
        # Not pipeline.to: that warns about half precision on the CPU, where the weights only wait.
        self._painting = Residence(pipeline.unet, pipeline.vae)
        self._encoders = Residence(pipeline.text_encoder, pipeline.text_encoder_2)
        self.in_8_bits = False
        self.plan = plan
        self.follow(plan)

    def follow(self, plan: Plan) -> None:
        """Save what `plan` saves from now on."""
        self.plan = plan
        # Metal has no such type, so a Mac does with what the plan saves beside it.
        if plan.float8 and not self.in_8_bits and not torch.backends.mps.is_available():
            self._unet.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=self._unet.dtype)
            self.in_8_bits = True
            self._painting.forget()
        if plan.encoders_out:
            self._encoders.to("cpu")

    def to(self, device: str | torch.device) -> None:
        """Move them to `device`; by a plan that has them out the text encoders wait on the CPU."""
        self._painting.to(device)
        self._encoders.to("cpu" if self.plan.encoders_out else device)

    def forget(self) -> None:
        """Drop what is kept on the host: weights were changed in place."""
        self._painting.forget()
        self._encoders.forget()

    @property
    def copied(self) -> int:
        """Bytes that have been copied between host and device."""
        return self._painting.copied + self._encoders.copied

    @contextmanager
    def reading(self) -> Iterator[None]:
        """The text encoders are beside the UNet for a while."""
        if not self.plan.encoders_out:
            yield
            return
        self._encoders.to(self._unet.device)
        try:
            yield
        finally:
            self._encoders.to("cpu")
            release(self._unet.device)

    def sparing(
        self, attempt: Callable[[], None], make_room: Callable[[], bool], tell: Callable[[Notice], None]
    ) -> None:
        """Run `attempt`; where memory runs out, once more by the next smaller plan, which is told and kept.

        `make_room` takes others' weights off the device and says whether there were any: without them a plan that has
        nobody beside it is no smaller. Raises RenderError if memory runs out again.
        """
        try:
            attempt()
            return
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            less = self._smaller(make_room())
            if less is None:
                raise _ran_out(self.plan) from error
        # Only here: the error held on to every tensor of the attempt.
        release(self._unet.device)
        self.follow(less)
        message = f"The memory of the device ran out, so the plan for {less.memory} GB is tried: {less.description}."
        tell(Notice(message))
        try:
            attempt()
        except Exception as error:
            if is_out_of_memory(error):
                raise _ran_out(less) from error
            raise

    def _smaller(self, room: bool) -> Plan | None:
        """The next plan by which the picture has more memory than now."""
        return smaller(self.plan) if room else less_painting(self.plan)


def _ran_out(plan: Plan) -> RenderError:
    less = smaller(plan)
    advice = "" if less is None else f" Or start with --memory {less.memory}."
    return RenderError(
        f"The memory of the device ran out by the plan for {plan.memory} GB. "
        f"Choose a smaller picture or hires scale, or close other programs that use the device.{advice}"
    )
