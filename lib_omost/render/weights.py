"""The weights of a painter: on which device and in which precision they are, as the memory plan demands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from lib_omost.errors import RenderError
from lib_omost.render.settings import Notice
from lib_omost.runtime.device import is_out_of_memory, release
from lib_omost.runtime.plan import Plan, smaller, smaller_for_painting
from lib_omost.runtime.residence import Residence


class Weights:
    """The networks of a painter under a memory plan. Weights that were packed into 8 bits stay packed.

    network: the one that denoises, a UNet or a transformer. in_turns: whether it leaves the device while the text
    encoders are there, for encoders about as large as the network. packed: whether the network was loaded in 4 bits,
    so that no plan packs it into 8. in_8_bits: whether a plan has packed it.
    """

    def __init__(
        self,
        network: Any,
        vae: Any,
        encoders: Sequence[Any],
        plan: Plan,
        *,
        in_turns: bool = False,
        packed: bool = False,
    ) -> None:
        self._network = network
        # Not pipeline.to: it warns about half precision on the CPU, where nothing is computed with these weights.
        self._painting = Residence(network, vae)
        self._encoders = Residence(*encoders)
        self._in_turns = in_turns
        self._packed = packed
        self.in_8_bits = False
        self.plan = plan
        self.follow(plan)

    def follow(self, plan: Plan) -> None:
        """Follow `plan` from now on."""
        self.plan = plan
        # Metal has no float8, so a Mac skips this part of the plan.
        if plan.float8 and not self._packed and not self.in_8_bits and not torch.backends.mps.is_available():
            self._network.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=self._network.dtype)
            self.in_8_bits = True
            self._painting.forget()
        if plan.encoders_out:
            self._encoders.to("cpu")

    def to(self, device: str | torch.device) -> None:
        """Move the weights to `device`; text encoders stay on the CPU if the plan keeps them there."""
        self._painting.to(device)
        self._encoders.to("cpu" if self.plan.encoders_out else device)

    def forget(self) -> None:
        """Drop the copies on the host; needed after weights were changed in place."""
        self._painting.forget()
        self._encoders.forget()

    @property
    def copied(self) -> int:
        """Bytes copied between host and device so far."""
        return self._painting.copied + self._encoders.copied

    @contextmanager
    def encoding(self) -> Iterator[None]:
        """Within this context the text encoders are on the painter's device."""
        if not self.plan.encoders_out:
            yield
            return
        device = self._network.device
        try:
            if self._in_turns:
                self._painting.to("cpu")
            self._encoders.to(device)
            yield
        finally:
            self._encoders.to("cpu")
            release(device)
            if self._in_turns:
                self._painting.to(device)

    def with_smaller_plan(
        self, attempt: Callable[[], None], make_room: Callable[[], bool], emit: Callable[[Notice], None]
    ) -> None:
        """Run `attempt`; if memory runs out, run it again under the next smaller plan, with a notice. The smaller plan
        stays.

        make_room: moves other models off the device and returns whether there were any. If there were none, a plan
        that only gives up keeping two models side by side would free nothing, so it is skipped. Raises RenderError if
        memory runs out again.
        """
        try:
            attempt()
            return
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            less = self._smaller(make_room())
            if less is None:
                raise _out_of_memory(self.plan) from error
        # Not in the except block: there the error still holds every tensor of the attempt.
        release(self._network.device)
        self.follow(less)
        message = f"The memory of the device ran out, so the plan for {less.memory} GB is tried: {less.description}."
        emit(Notice(message))
        try:
            attempt()
        except Exception as error:
            if is_out_of_memory(error):
                raise _out_of_memory(less) from error
            raise

    def _smaller(self, room_was_made: bool) -> Plan | None:
        """The next plan that leaves more memory for the picture, or None."""
        return smaller(self.plan) if room_was_made else smaller_for_painting(self.plan)


def _out_of_memory(plan: Plan) -> RenderError:
    less = smaller(plan)
    advice = "" if less is None else f" Or start with --memory {less.memory}."
    return RenderError(
        f"The memory of the device ran out by the plan for {plan.memory} GB. "
        f"Choose a smaller picture or hires scale, or close other programs that use the device.{advice}"
    )
