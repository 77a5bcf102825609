"""Region attention patch by patch: pixels in the same set of regions attend only to the tokens of those regions.

The rectangles of the regions divide a picture into patches, each of which lies in one set of rectangles. If every pixel
attends to every token under a mask, more than half of the work goes into pairs that the mask then discards. Computing
each patch separately avoids that work and gives the same result. Since each patch needs a kernel call, patches too
small to be worth one are merged and need a mask again. A small picture may end up as a single patch, which is the same
as one masked call.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

CPU_CALL_COST = 40_000.0
"""Cost of one more kernel call on a CPU, in query-key products: about 0.2 ms with all overhead, against 5 ns."""

EDGE = 12
"""Extra cost of a patch, in pixels: its tokens have to be gathered, and the kernel works in blocks of pixels."""


@dataclass(frozen=True, slots=True)
class Level:
    """What R regions add to plain attention over T tokens at one resolution of N = H * W pixels.

    shares: float32 [R, N], added to the scaled scores of region r's tokens. key_factor: float32 [T] or None, multiplied
    into the keys. tokens: int64 [T], indices into the concatenated tokens, without those of regions that have no pixel.
    owner: int64 [T], the region of each token.
    """

    shares: Tensor
    key_factor: Tensor | None
    tokens: Tensor
    owner: Tensor

    def bias(self) -> Tensor:
        """float32 [N, T], added to the scaled scores."""
        return self.shares[self.owner].T.contiguous()


@dataclass(frozen=True, slots=True)
class Patch:
    """One call of the attention kernel.

    pixels: their number; patches follow one another in the layout's order. tokens: the tokens they attend to, a range
    or int64 [T]. bias: added to the scaled scores; [pixels, T], or [1, T] if it is the same for all pixels, or None if
    it is zero. key_factor: [T, 1], multiplied into the keys, or None.
    """

    pixels: int
    tokens: slice | Tensor
    bias: Tensor | None
    key_factor: Tensor | None


@dataclass(frozen=True, slots=True)
class PatchLayout:
    """The division of one resolution into patches. order: int64 [N], the pixels patch by patch."""

    order: Tensor
    patches: tuple[Patch, ...]

    def attend(self, query: Tensor, keys: Tensor, values: Tensor) -> None:
        """Overwrite the query [rows, heads, N, width] with the attention output of every pixel; keys and values are
        those of all tokens, [rows, heads, tokens, width]."""
        ordered = query.index_select(2, self.order)
        start = 0
        for patch in self.patches:
            queries = ordered.narrow(2, start, patch.pixels)
            start += patch.pixels
            patch_keys, patch_values = (_select(part, patch.tokens) for part in (keys, values))
            if patch.key_factor is not None:
                patch_keys = patch_keys * patch.key_factor
            queries.copy_(scaled_dot_product_attention(queries, patch_keys, patch_values, attn_mask=patch.bias))
        query.index_copy_(2, self.order, ordered)


def layout(level: Level, heads: int, call_cost: float, dtype: torch.dtype) -> PatchLayout | None:
    """The cheapest division of a level into patches, or None if one masked call is cheapest.

    call_cost: the cost of a kernel call, see `CPU_CALL_COST`; math.inf always gives None.
    """
    if math.isinf(call_cost):
        return None
    attended = level.shares > -torch.inf
    sets, member, pixels = torch.unique(attended.T, dim=0, return_inverse=True, return_counts=True)
    lengths = level.owner.bincount(minlength=len(attended)).float()
    labels, of_set = torch.unique(_merged(sets, pixels.float(), lengths, call_cost / heads), return_inverse=True)
    if len(labels) == 1:
        return None
    of_pixel = of_set[member]
    order = of_pixel.argsort(stable=True)
    patches, start = [], 0
    for number, count in enumerate(of_pixel.bincount().tolist()):
        inside = order[start : start + count]
        start += count
        of_tokens = sets[of_set == number].any(0)[level.owner].nonzero().flatten()
        # All pixels of one set have the same shares.
        uniform = int((of_set == number).sum()) == 1
        rows = inside[:1] if uniform else inside
        bias = level.shares.T[rows].index_select(1, level.owner[of_tokens]).to(dtype)
        factor = None
        if level.key_factor is not None:
            factor = level.key_factor[of_tokens, None].to(dtype)
        patches.append(
            Patch(
                count,
                _range(level.tokens[of_tokens]),
                bias if bias.any() else None,
                None if factor is None or (factor == 1).all() else factor,
            )
        )
    return PatchLayout(order, tuple(patches))


def _merged(sets: Tensor, pixels: Tensor, lengths: Tensor, call_cost: float) -> Tensor:
    """int64 [G]: the patch of each of G sets of regions.

    sets: bool [G, R]. pixels: [G], the number of pixels in each. lengths: [R], tokens of each region. The smallest
    patch is merged into the one that saves most, as long as that saves anything.
    """

    def cost(attended: Tensor, size: Tensor) -> Tensor:
        return call_cost + (attended.float() @ lengths) * (size + EDGE)

    sets, size = sets.clone(), pixels.clone()
    patch = torch.arange(len(sets))
    final = torch.zeros(len(sets), dtype=torch.bool)  # merging it would save nothing
    gone = final.clone()
    while not bool((final | gone).all()):
        small = int(size.masked_fill(final | gone, torch.inf).argmin())
        separate = cost(sets, size) + cost(sets[small], size[small])
        saved = (separate - cost(sets | sets[small], size + size[small])).masked_fill(gone, -torch.inf)
        saved[small] = -torch.inf
        best = int(saved.argmax())
        if saved[best] <= 0:
            final[small] = True
            continue
        sets[best] |= sets[small]
        size[best] += size[small]
        gone[small], final[best] = True, False
        patch[patch == small] = best
    separate = cost(sets[~gone], size[~gone]).sum()
    if cost(sets.any(0), size[~gone].sum()) <= separate:
        return torch.zeros_like(patch)
    return patch


def _range(tokens: Tensor) -> slice | Tensor:
    """A slice if the tokens are consecutive, which saves gathering them."""
    first, last = int(tokens[0]), int(tokens[-1])
    return slice(first, last + 1) if last - first + 1 == len(tokens) else tokens


def _select(part: Tensor, tokens: slice | Tensor) -> Tensor:
    return part[:, :, tokens] if isinstance(tokens, slice) else part.index_select(2, tokens)
