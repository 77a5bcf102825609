"""The interface for further inputs of a render: a ControlNet, a T2I-Adapter, an IP-Adapter.

The caller of `Painter.render` hands in conditionings, which take part in every UNet call. Neither the sampling loop nor
the region attention has to know what they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor

Side = Literal["negative", "positive"]


@dataclass(frozen=True, slots=True)
class UNetCall:
    """The inputs of one UNet call.

    sample: [rows, C, h, w], the scaled noisy latents, at the size of the current phase. timestep: from the scheduler.
    sides[r]: the pass of guidance that row r belongs to. kwargs: the keyword arguments, such as
    ``encoder_hidden_states`` and ``added_cond_kwargs``.
    """

    sample: Tensor
    timestep: Any
    sides: tuple[Side, ...]
    kwargs: Mapping[str, Any]


class Conditioning:
    """Base class of conditionings; it changes nothing.

    networks: further networks, such as a ControlNet, whose cross-attention attends to the regions during the render.
    They have to be on the UNet's device and in its precision.
    """

    networks: Sequence[Any] = ()

    def arguments(self, call: UNetCall) -> Mapping[str, Any]:
        """Keyword arguments to add to this UNet call: ``down_block_additional_residuals``,
        ``mid_block_additional_residual`` or ``down_intrablock_additional_residuals``, which are summed over all
        conditionings, or ``added_cond_kwargs``, whose entries are added to those present."""
        return {}

    def attended(self, attn: Any, query: Tensor, sides: tuple[Side, ...]) -> Tensor | None:
        """A term to add to the attention output of the cross-attention layer `attn`, before the layer's output
        projection; None for nothing.

        query: [rows, heads, pixels, head width]; the result has the same shape.
        """
        return None


@dataclass(frozen=True, slots=True)
class Conditionings:
    """All conditionings of a render, for UNet calls whose rows belong to `sides`."""

    members: tuple[Conditioning, ...] = ()
    sides: tuple[Side, ...] = ()

    @property
    def networks(self) -> list[Any]:
        return [network for conditioning in self.members for network in conditioning.networks]

    def arguments(self, sample: Tensor, timestep: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """`kwargs` of a UNet call, extended by the conditionings."""
        call = UNetCall(sample, timestep, self.sides, kwargs)
        extended = dict(kwargs)
        for conditioning in self.members:
            for name, value in conditioning.arguments(call).items():
                extended[name] = _combined(extended.get(name), value)
        return extended

    def attended(self, attn: Any, query: Tensor) -> Tensor | None:
        """The sum of the conditionings' terms in this layer, or None."""
        total: Tensor | None = None
        for conditioning in self.members:
            term = conditioning.attended(attn, query, self.sides)
            if term is not None:
                total = term if total is None else total + term
        return total


NO_CONDITIONINGS = Conditionings()


def _combined(one: Any, other: Any) -> Any:
    if one is None:
        return other
    if isinstance(one, Mapping):
        return {**one, **other}
    if isinstance(one, (tuple, list)):
        return tuple(first + second for first, second in zip(one, other, strict=True))
    return one + other
