"""The seam for whatever joins a render beside its texts: a ControlNet, a T2I-Adapter, an IP-Adapter.

A render is given conditionings, see `Painter.render`; each is asked at every call of the UNet. Neither the sampling
loop nor the region attention has to know what they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor

Side = Literal["negative", "positive"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the UNet. sample: [rows, C, h, w], noisy latents as the UNet reads them, of whichever pass and size
    the render is at; timestep: as the scheduler gives it; sides[r]: the pass of guidance that row r belongs to;
    given: the other arguments by keyword, such as ``encoder_hidden_states`` and ``added_cond_kwargs``."""

    sample: Tensor
    timestep: Any
    sides: tuple[Side, ...]
    given: Mapping[str, Any]


class Conditioning:
    """What is asked of a conditioning; by itself it changes nothing.

    networks: further networks, such as a ControlNet, whose cross-attention attends to the regions while the render
    runs. They are on the UNet's device and in its precision.
    """

    networks: Sequence[Any] = ()

    def arguments(self, call: Call) -> Mapping[str, Any]:
        """Further keyword arguments of this call of the UNet: ``down_block_additional_residuals`` and
        ``mid_block_additional_residual`` (of several conditionings these are added up),
        ``down_intrablock_additional_residuals`` (likewise), or ``added_cond_kwargs`` (joined with what is there)."""
        return {}

    def attended(self, attn: Any, query: Tensor, sides: tuple[Side, ...]) -> Tensor | None:
        """What the cross-attention layer `attn` of the UNet adds to its output beside the texts, None for nothing:
        added to what the regions say, before the layer's output projection.

        query: [rows, heads, pixels, head width]; what is returned has the same shape.
        """
        return None


@dataclass(frozen=True, slots=True)
class Joined:
    """All conditionings of a render, for calls whose rows belong to `sides`."""

    conditionings: tuple[Conditioning, ...] = ()
    sides: tuple[Side, ...] = ()

    @property
    def networks(self) -> list[Any]:
        return [network for conditioning in self.conditionings for network in conditioning.networks]

    def arguments(self, sample: Tensor, timestep: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        """The keyword arguments of a call with what the conditionings bring."""
        call = Call(sample, timestep, self.sides, given)
        found = dict(given)
        for conditioning in self.conditionings:
            for name, value in conditioning.arguments(call).items():
                found[name] = _both(found.get(name), value)
        return found

    def attended(self, attn: Any, query: Tensor) -> Tensor | None:
        """The sum of what the conditionings say in this layer, or None."""
        total: Tensor | None = None
        for conditioning in self.conditionings:
            term = conditioning.attended(attn, query, self.sides)
            if term is not None:
                total = term if total is None else total + term
        return total


NOTHING = Joined()


def _both(one: Any, other: Any) -> Any:
    if one is None:
        return other
    if isinstance(one, Mapping):
        return {**one, **other}
    if isinstance(one, (tuple, list)):
        return tuple(first + second for first, second in zip(one, other, strict=True))
    return one + other
