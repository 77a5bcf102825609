"""The region attention of the published program in its simplest form: the baseline.

For every layer, step and half of the guided batch it computes the masks, the keys and the values again, and
materialises the scores of all pixels against all tokens before and after the softmax.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from lib_omost.canvas.geometry import GRID, Rect


class ReferenceAttention:
    """An attention processor for rows [negative; positive]. size_of(pixels): returns height and width."""

    def __init__(
        self,
        rects: Sequence[Rect],
        embeds: Sequence[Tensor],
        negative: Tensor,
        size_of: Callable[[int], tuple[int, int]],
    ) -> None:
        self._positive = list(zip(rects, embeds, strict=True))
        self._negative = [(Rect.FULL, negative)]
        self._size_of = size_of

    def __call__(self, attn: Any, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        negative, positive = hidden_states.chunk(2)
        return torch.cat([self._half(attn, negative, self._negative), self._half(attn, positive, self._positive)])

    def _half(self, attn: Any, hidden_states: Tensor, conditions: list[tuple[Rect, Tensor]]) -> Tensor:
        height, width = self._size_of(hidden_states.shape[1])
        texts = torch.cat([embeds for _, embeds in conditions])[None]
        query, key, value = (
            part.unflatten(-1, (attn.heads, -1)).transpose(1, 2)
            for part in (attn.to_q(hidden_states), attn.to_k(texts), attn.to_v(texts))
        )
        inside, factors = [], []
        for rect, embeds in conditions:
            grid = torch.zeros(1, 1, GRID, GRID, device=query.device)
            grid[..., rect.top : rect.bottom, rect.left : rect.right] = 1
            mask = interpolate(grid, (height, width), mode="nearest-exact").flatten() > 0.5
            inside.append(mask[:, None].expand(-1, len(embeds)))
            factors.append((height * width / mask.sum()).expand(len(embeds)))
        scores = query @ key.transpose(-1, -2) * attn.scale
        scores = scores * torch.cat(factors).to(scores)
        scores = scores.masked_fill(~torch.cat(inside, 1), -torch.inf)
        heard = scores.softmax(-1) @ value
        states: Tensor = attn.to_out[0](heard.transpose(1, 2).flatten(2))
        return states
