"""Pixels in the same set of regions attend to the tokens of those regions alone.

Regions cut a picture into patches: the pixels of a patch lie in the same set of rectangles. Where every pixel attends
to every token under a mask, more than half of the work goes into pairs that the mask then strikes out; patch by patch
that work is not done, and the result is the same. Each patch is a call of the attention kernel of its own, so patches
that are too small to be worth one are joined, and keep a mask among themselves; in the end a small picture may be left
with a single patch, which is the masked form again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

CPU_CALL = 40_000.0
"""What one more kernel call costs on a CPU, in products of a query with a key: about 0.2 ms, with all that is done
around it, against 5 ns."""

EDGE = 12
"""Pixels that a patch seems larger by: its tokens are gathered first, and the kernel works in blocks of pixels."""


@dataclass(frozen=True, slots=True)
class Level:
    """What R regions add to plain attention over T tokens at one resolution, N = H * W pixels.

    shares: float32 [R, N], added to the scaled scores of region r's tokens. key_factor: float32 [T] or None, multiplied
    into the keys. tokens: int64 [T], the concatenated tokens that are attended to here; a region without a pixel is
    left out. owner: int64 [T], the region of each.
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

    pixels: how many, the next ones in the layout's order. tokens: what they attend to, a range or int64 [T]. bias: what
    is added to the scaled scores, [pixels, T], [1, T] where it is the same for all of them, None where it is nothing.
    key_factor: [T, 1], what the keys are multiplied by, or None.
    """

    pixels: int
    tokens: slice | Tensor
    bias: Tensor | None
    key_factor: Tensor | None


@dataclass(frozen=True, slots=True)
class Layout:
    """All pixels of one resolution in patches. order: int64 [N], the pixels patch by patch."""

    order: Tensor
    patches: tuple[Patch, ...]

    def answer(self, query: Tensor, keys: Tensor, values: Tensor) -> None:
        """Put the attention output of every pixel in the place of its query [rows, heads, N, width]; keys and values
        are those of all tokens, [rows, heads, tokens, width]."""
        ordered = query.index_select(2, self.order)
        start = 0
        for patch in self.patches:
            asking = ordered.narrow(2, start, patch.pixels)
            start += patch.pixels
            near, told = (_taken(part, patch.tokens) for part in (keys, values))
            if patch.key_factor is not None:
                near = near * patch.key_factor
            asking.copy_(scaled_dot_product_attention(asking, near, told, attn_mask=patch.bias))
        query.index_copy_(2, self.order, ordered)


def layout(level: Level, heads: int, call: float, dtype: torch.dtype) -> Layout | None:
    """The patches of a level that cost least, or None where one masked call over everything does.

    call: the price of a kernel call, see `CPU_CALL`; math.inf for one call.
    """
    if math.isinf(call):
        return None
    heard = level.shares > -torch.inf
    sets, member, pixels = torch.unique(heard.T, dim=0, return_inverse=True, return_counts=True)
    lengths = level.owner.bincount(minlength=len(heard)).float()
    names, of_set = torch.unique(_joined(sets, pixels.float(), lengths, call / heads), return_inverse=True)
    if len(names) == 1:
        return None
    of_pixel = of_set[member]
    order = of_pixel.argsort(stable=True)
    patches, start = [], 0
    for number, count in enumerate(of_pixel.bincount().tolist()):
        inside = order[start : start + count]
        start += count
        of_tokens = sets[of_set == number].any(0)[level.owner].nonzero().flatten()
        # In one set the shares are those of any of its pixels.
        alike = int((of_set == number).sum()) == 1
        asked = inside[:1] if alike else inside
        bias = level.shares.T[asked].index_select(1, level.owner[of_tokens]).to(dtype)
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
    return Layout(order, tuple(patches))


def _joined(sets: Tensor, pixels: Tensor, lengths: Tensor, call: float) -> Tensor:
    """int64 [G]: which patch each of G sets of regions (bool [G, R], with so many pixels each) belongs to.

    The smallest patch joins the one with which it costs least, while that costs less than apart.
    """

    def cost(heard: Tensor, size: Tensor) -> Tensor:
        return call + (heard.float() @ lengths) * (size + EDGE)

    sets, size = sets.clone(), pixels.clone()
    patch = torch.arange(len(sets))
    alone = torch.zeros(len(sets), dtype=torch.bool)  # nothing is gained by joining it
    gone = alone.clone()
    while not bool((alone | gone).all()):
        small = int(size.masked_fill(alone | gone, torch.inf).argmin())
        apart = cost(sets, size) + cost(sets[small], size[small])
        saved = (apart - cost(sets | sets[small], size + size[small])).masked_fill(gone, -torch.inf)
        saved[small] = -torch.inf
        best = int(saved.argmax())
        if saved[best] <= 0:
            alone[small] = True
            continue
        sets[best] |= sets[small]
        size[best] += size[small]
        gone[small], alone[best] = True, False
        patch[patch == small] = best
    apart = cost(sets[~gone], size[~gone]).sum()
    if cost(sets.any(0), size[~gone].sum()) <= apart:
        return torch.zeros_like(patch)
    return patch


def _range(tokens: Tensor) -> slice | Tensor:
    """Neighbours need not be gathered."""
    first, last = int(tokens[0]), int(tokens[-1])
    return slice(first, last + 1) if last - first + 1 == len(tokens) else tokens


def _taken(part: Tensor, tokens: slice | Tensor) -> Tensor:
    return part[:, :, tokens] if isinstance(tokens, slice) else part.index_select(2, tokens)
