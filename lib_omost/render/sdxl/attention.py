"""Region attention as an attention processor for a stock diffusers UNet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from lib_omost.render.conditioning import NO_CONDITIONINGS, Conditionings
from lib_omost.render.regions import RenderRegions


class RegionAttention:
    """Cross-attention in which every pixel attends to the conditions that cover it.

    The rows of a batch are [negative; positive] under guidance, otherwise all positive. Positive rows attend to the
    regions by the chosen formula. Negative rows attend to the shared negative prompt without a mask or, if regions have
    negative prompts, to those by the same formula. The encoder states that the UNet passes are ignored: keys and values
    are computed once per render (see `RenderRegions`). The terms of further conditionings are added.
    """

    def __init__(self, regions: RenderRegions, conditionings: Conditionings = NO_CONDITIONINGS) -> None:
        self._regions = regions
        self._conditionings = conditionings

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
        **kwargs: Any,
    ) -> Tensor:
        """hidden_states: [rows, H * W, channels]; the result has the same shape."""
        # Features that the cross-attention of an SDXL UNet lacks are not implemented.
        assert attn.spatial_norm is None
        assert attn.group_norm is None
        assert not attn.residual_connection
        query = attn.to_q(hidden_states).unflatten(-1, (attn.heads, -1)).transpose(1, 2)
        if attn.norm_q is not None:
            query = attn.norm_q(query)
        added = self._conditionings.attended(attn, query)
        # The output overwrites the query, which saves the memory of a second tensor.
        if self._regions.guided:
            negative, positive = query.chunk(2)
            if self._regions.region_negatives is None:
                self._regions.attend_negative(attn, negative)
            else:
                self._regions.region_negatives.attend(attn, negative)
            self._regions.attend(attn, positive)
        else:
            self._regions.attend(attn, query)
        if added is not None:
            query.add_(added)
        states: Tensor = attn.to_out[1](attn.to_out[0](query.transpose(1, 2).flatten(2)))
        return states if attn.rescale_output_factor == 1.0 else states.div(attn.rescale_output_factor)


def _uncompiled(regions: RenderRegions, conditionings: Conditionings) -> RegionAttention:
    """Region attention that torch.compile leaves out of the graphs of a compiled network, because it changes with every
    canvas."""
    # Applied here and not at import, because it makes torch load its compiler.
    disable: Any = torch.compiler.disable
    made: RegionAttention = type("_Uncompiled", (RegionAttention,), {"__call__": disable(RegionAttention.__call__)})(
        regions, conditionings
    )
    return made


@contextmanager
def installed(
    unet: Any, regions: RenderRegions, *, compiled: bool = False, conditionings: Conditionings = NO_CONDITIONINGS
) -> Iterator[None]:
    """Within this context the cross-attention of `unet` (a UNet2DConditionModel or ControlNetModel) attends to
    `regions` and to `conditionings`.

    On leaving, even through an exception, the previous processors are restored. `compiled` says whether torch.compile
    has compiled the blocks of `unet`.
    """
    before = dict(unet.attn_processors)
    ours = _uncompiled(regions, conditionings) if compiled else RegionAttention(regions, conditionings)
    # diffusers empties the dictionary that it is given, hence the copies.
    cross = {name for name, part in unet.named_modules() if getattr(part, "is_cross_attention", False)}
    unet.set_attn_processor(
        {name: ours if name.removesuffix(".processor") in cross else stock for name, stock in before.items()}
    )
    try:
        yield
    finally:
        unet.set_attn_processor(dict(before))
