"""The regions of the embedded painter: every latent pixel attends to its cell of the conditioning picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, pad

from lib_omost.canvas.geometry import Rect
from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.conditioning import CELL, conditioning_picture, conditioning_tokens
from lib_omost.embedded.painter.reading import Reader
from lib_omost.render.regions import RenderRegions
from lib_omost.render.settings import Formula


class CellRegions(RenderRegions):
    """Regions whose latent pixels attend to their cells of a conditioning picture.

    The reader extracts the layout from the prompt embeds once: the thing, colour and count of each region, and the
    setting of the whole picture. Cross-attention then has a single token per pixel, so its weight is always one.
    Negative prompts have no effect.
    """

    def __init__(
        self,
        rects: Sequence[Rect],
        embeds: Sequence[Tensor],
        negative: Tensor | None,
        formula: Formula = "layered",
        *,
        atlas: Atlas,
        reader: Reader,
        **options: Any,
    ) -> None:
        super().__init__(rects, embeds, negative, formula, **options)
        self._atlas = atlas
        self._layout = reader.layout(rects, [rows.float().cpu() for rows in embeds])
        self._tokens_by_size: dict[tuple[int, int], Tensor] = {}

    def attend(self, attn: Any, query: Tensor) -> None:
        size = self._sizes[query.shape[2]]
        name = (attn, size)
        if name not in self._projected:
            tokens = self._tokens(size).to(self.embeds)
            values = attn.to_v(tokens[None]).unflatten(-1, (attn.heads, -1)).transpose(1, 2)
            self._projected[name] = values, values
        query.copy_(self._projected[name][0].expand_as(query))

    def attend_negative(self, attn: Any, query: Tensor) -> None:
        query.zero_()

    def _tokens(self, size: tuple[int, int]) -> Tensor:
        """[h * w, width of the prompt embeds] at a level; those of coarser levels are averages of the finest."""
        if size not in self._tokens_by_size:
            height, width = max(self._sizes.values())
            picture = conditioning_picture(self._atlas, self._layout, width * CELL, height * CELL)
            finest = conditioning_tokens(picture, self._layout).permute(2, 0, 1)
            tokens = adaptive_avg_pool2d(finest, size).flatten(1).T
            self._tokens_by_size[size] = pad(tokens, (0, self.embeds.shape[1] - tokens.shape[1]))
        return self._tokens_by_size[size]
