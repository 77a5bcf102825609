"""Region attention as an attention processor of a stock diffusers UNet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from lib_omost.render.conditioning import NOTHING, Joined
from lib_omost.render.regions import RenderRegions


class RegionAttention:
    """Cross-attention in which every pixel attends to the conditions that cover it.

    The rows of a batch are [negative; positive] under guidance, else all positive. Negative rows attend to their own
    tokens, unmasked, or those of regions that have negatives of their own; positive rows attend to the regions by their
    formula. The encoder states handed in by the UNet are not read: their keys and values were computed once for the
    render (see `RenderRegions`). What further conditionings say is added.
    """

    def __init__(self, regions: RenderRegions, joined: Joined = NOTHING) -> None:
        self._regions = regions
        self._joined = joined

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
        **kwargs: Any,
    ) -> Tensor:
        """hidden_states: [rows, H * W, channels]; the same shape comes back."""
        # What the cross-attention of an SDXL UNet does not have is not imitated.
        assert attn.spatial_norm is None
        assert attn.group_norm is None
        assert not attn.residual_connection
        query = attn.to_q(hidden_states).unflatten(-1, (attn.heads, -1)).transpose(1, 2)
        if attn.norm_q is not None:
            query = attn.norm_q(query)
        beside = self._joined.attended(attn, query)
        # The output takes the place of the query, which saves the memory of a second tensor.
        if self._regions.guided:
            negative, positive = query.chunk(2)
            if self._regions.region_negatives is None:
                self._regions.answer_negative(attn, negative)
            else:
                self._regions.region_negatives.answer(attn, negative)
            self._regions.answer(attn, positive)
        else:
            self._regions.answer(attn, query)
        if beside is not None:
            query.add_(beside)
        states: Tensor = attn.to_out[1](attn.to_out[0](query.transpose(1, 2).flatten(2)))
        return states if attn.rescale_output_factor == 1.0 else states.div(attn.rescale_output_factor)


def _apart(regions: RenderRegions, joined: Joined) -> RegionAttention:
    """For a network that torch.compile compiles: what changes with every canvas is left out of the compiled code."""
    # Only here, as torch loads its compiler for it.
    apart: Any = torch.compiler.disable
    made: RegionAttention = type("_Apart", (RegionAttention,), {"__call__": apart(RegionAttention.__call__)})(
        regions, joined
    )
    return made


@contextmanager
def installed(unet: Any, regions: RenderRegions, *, compiled: bool = False, joined: Joined = NOTHING) -> Iterator[None]:
    """Let the cross-attention of `unet` (a UNet2DConditionModel or a ControlNetModel) hear `regions` for a while, and
    what is `joined`.

    On leaving, also by an exception, the very processors that were there before are back. `compiled` says that the
    blocks of `unet` are compiled by torch.compile.
    """
    before = dict(unet.attn_processors)
    ours = _apart(regions, joined) if compiled else RegionAttention(regions, joined)
    # diffusers empties the dictionaries that it is given, hence the copies.
    crossing = {name for name, part in unet.named_modules() if getattr(part, "is_cross_attention", False)}
    unet.set_attn_processor(
        {name: ours if name.removesuffix(".processor") in crossing else stock for name, stock in before.items()}
    )
    try:
        yield
    finally:
        unet.set_attn_processor(dict(before))
