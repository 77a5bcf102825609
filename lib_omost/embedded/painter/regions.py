"""The regions of the embedded painter: read, laid out, and heard cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, pad

from lib_omost.canvas.geometry import Rect
from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.heard import CELL, heard_picture, tokens
from lib_omost.embedded.painter.reading import Reader
from lib_omost.render.regions import RenderRegions
from lib_omost.render.settings import Formula


class HeardRegions(RenderRegions):
    """Regions of which every latent pixel hears the cell of the laid out picture that is its own.

    The texts' embeddings are read once (`reader`): which thing each region shows, in which colour and how often, and
    the setting of the whole. Cross-attention then has one token a pixel, so that its weights are all one. A negative
    prompt that names nothing is silence.
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
        self._read = reader.layout(rects, [rows.float().cpu() for rows in embeds])
        self._told: dict[tuple[int, int], Tensor] = {}

    def attend(self, attn: Any, query: Tensor) -> None:
        size = self._sizes[query.shape[2]]
        name = (attn, size)
        if name not in self._projected:
            heard = self._tokens(size).to(self.embeds)
            values = attn.to_v(heard[None]).unflatten(-1, (attn.heads, -1)).transpose(1, 2)
            self._projected[name] = values, values
        query.copy_(self._projected[name][0].expand_as(query))

    def attend_negative(self, attn: Any, query: Tensor) -> None:
        query.zero_()

    def _tokens(self, size: tuple[int, int]) -> Tensor:
        """[h * w, width of the embeddings] at a level; the coarser ones are means of the finest."""
        if size not in self._told:
            height, width = max(self._sizes.values())
            picture = heard_picture(self._atlas, self._read, width * CELL, height * CELL)
            made = adaptive_avg_pool2d(tokens(picture, self._read).permute(2, 0, 1), size).flatten(1).T
            self._told[size] = pad(made, (0, self.embeds.shape[1] - made.shape[1]))
        return self._told[size]
