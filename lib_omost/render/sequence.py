"""Regions in a joint sequence [texts | pixels]: the additive mask of its attention.

The texts of the conditions stand one after the other, each isolated from the others. A text and the pixels of its
rectangle attend to each other, the global text and all pixels do, and pixels attend to all pixels, as in EliGen and
InvokeAI. How strongly a pixel attends to a text is log w, with the weights of the 'layered' formula in
`lib_omost.render.regions`: softmax over the tokens of all texts and all pixels with scores
``q.k * scale + log w[r, p]``.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lib_omost.canvas.geometry import Rect
from lib_omost.render.regions import region_masks, region_weights

_ALIGNED = 8
"""Fused kernels need rows of the mask that start at a multiple of this many elements."""


class RegionSequence:
    """The texts of one render for one pass of guidance.

    embeds[r]: the texts of rects[r], each [T, C]; the global condition first, then far to near. weights[r]: above 0,
    multiplies w of condition r. multiple: every text and the pixels are padded to a multiple of this, for models that
    were trained with pads. Those of a text belong to it; those of the pixels attend to the global text and all pixels,
    which attend to them. Masks are built once per size of the latents. A region without a
    pixel at a size has no text in that sequence.
    """

    def __init__(
        self,
        rects: Sequence[Rect],
        embeds: Sequence[Sequence[Tensor]],
        weights: Sequence[float] | None = None,
        *,
        multiple: int = 1,
    ) -> None:
        assert len(rects) == len(embeds) > 0
        assert rects[0] == Rect.FULL
        self._rects = tuple(rects)
        self._embeds = tuple(tuple(texts) for texts in embeds)
        self._weights = torch.tensor(weights or [1.0] * len(rects), dtype=torch.float32)
        self._multiple = multiple
        self._size = (0, 0)
        self._present: list[int] = []
        self._built: dict[tuple[int, int], tuple[list[int], Tensor | None]] = {}

    def resize(self, height: int, width: int) -> None:
        """Set the size of the latents from now on."""
        self._size = height, width
        if self._size not in self._built:
            inside = region_masks(self._rects, height, width).flatten(1).any(dim=1).tolist()
            present = [r for r, some in enumerate(inside) if some and self._embeds[r]]
            self._present = present
            self._built[self._size] = present, self._mask() if self._masked else None
        self._present = self._built[self._size][0]

    @property
    def texts(self) -> list[Tensor]:
        """The texts in the sequence, in order."""
        return [text for r in self._present for text in self._embeds[r]]

    @property
    def padding(self) -> int:
        """Number of pads after the pixels."""
        return -(self._size[0] * self._size[1]) % self._multiple

    @property
    def lengths(self) -> list[int]:
        """Tokens of each text with its pads."""
        return [len(text) + -len(text) % self._multiple for text in self.texts]

    @property
    def mask(self) -> Tensor | None:
        """[1, 1, S, S] for the texts, the pixels in reading order, and the pads, to be added to the scores (rows:
        queries), in the precision and on the device of the texts; None if every token attends to every other alike."""
        return self._built[self._size][1]

    @property
    def _masked(self) -> bool:
        return len(self.texts) > 1 or float(self._weights[0]) != 1.0

    def _mask(self) -> Tensor:
        height, width = self._size
        first = self._embeds[self._present[0]][0]
        owners = [r for r in self._present for _ in self._embeds[r]]
        lengths = torch.tensor(self.lengths)
        pads = torch.zeros(len(self._rects), self.padding)
        pads[0] = 1.0
        weights = torch.cat([region_weights(self._rects, height, width).flatten(1), pads], dim=1)
        shares = (weights * self._weights[:, None]).log()
        inside = torch.cat([region_masks(self._rects, height, width).flatten(1), pads.bool()], dim=1)
        count, pixels = int(lengths.sum()), inside.shape[1]
        side = count + pixels
        mask = torch.zeros(side, side + -side % _ALIGNED, dtype=first.dtype, device=first.device)[:, :side]
        rows = torch.tensor(owners).repeat_interleave(lengths)  # the condition of every text token
        text = torch.arange(len(owners)).repeat_interleave(lengths)
        apart = torch.zeros(count, count).masked_fill_(text[:, None] != text[None, :], -torch.inf)
        mask[:count, :count] = apart.to(mask)
        outside = torch.zeros(len(self._rects), pixels).masked_fill_(~inside, -torch.inf)
        mask[:count, count:] = outside.to(mask)[rows.to(mask.device)]
        mask[count:, :count] = shares.to(mask)[rows.to(mask.device)].T
        return mask[None, None]
