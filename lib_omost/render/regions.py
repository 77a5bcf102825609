"""Region masks and weights: which pixel attends to which condition, and how strongly.

Three formulas turn rectangles into attention. For the pixel p and a token t of condition r, with q, k and the usual
scale, and softmax over the tokens of all conditions:

- 'layered' (ours):  score = q.k * scale + log w[r, p], with the weights of `region_weights`. The weight multiplies the
  token's softmax numerator, so a weight above 1 always strengthens a region, and distance decides overlaps.
- 'omost' (the reference):  score = q.k * scale * H * W / area[r] inside the rectangle, minus infinity outside. The
  factor multiplies the logit, so it makes a negative logit more negative. It is the default for SDXL checkpoints,
  since no other formula has been compared with it on real weights.
- 'omost-layered' (both):  score = q.k * scale * H * W / area[r] + log of the share that nearer conditions leave, so
  that distance decides overlaps under the reference's scores, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import pad, scaled_dot_product_attention

from lib_omost.canvas.conditions import COLOR_OPACITY
from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.render.patches import CPU_CALL_COST, Level, PatchLayout, layout
from lib_omost.render.settings import Formula


def region_masks(rects: Sequence[Rect], height: int, width: int) -> Tensor:
    """bool [R, H, W]: pixel (y, x) lies in rectangle r.

    Nearest-exact resize of the grid's masks, in integers: pixel i takes grid cell floor((i + 1/2) * 90 / n).
    """
    rows = (2 * torch.arange(height) + 1) * GRID // (2 * height)
    columns = (2 * torch.arange(width) + 1) * GRID // (2 * width)
    edges = torch.tensor([(rect.top, rect.bottom, rect.left, rect.right) for rect in rects], dtype=torch.long)
    top, bottom, left, right = edges.reshape(-1, 4, 1).unbind(1)
    inside_rows = (rows >= top) & (rows < bottom)
    inside_columns = (columns >= left) & (columns < right)
    return inside_rows[:, :, None] & inside_columns[:, None, :]


def area_factors(masks: Tensor) -> Tensor:
    """float32 [R]: H * W / number of pixels in mask r; 0 for a mask without a pixel. `masks` is bool [R, H, W]."""
    pixels = masks.sum(dim=(1, 2))
    return torch.where(pixels > 0, masks[0].numel() / pixels.clamp(min=1).float(), 0.0)


def region_weights(rects: Sequence[Rect], height: int, width: int) -> Tensor:
    """float32 [R, H, W]: the weight of condition r at each pixel in the 'layered' formula.

    ``w[r] = mask[r] * (H * W / area[r]) * product over nearer conditions s of (1 - 0.7 * mask[s])``, where `rects` go
    from the farthest (the global condition, the whole grid) to the nearest. So a small region outweighs the whole
    picture, and the nearer of two overlapping regions prevails: at a pixel under n nearer regions, a farther region
    keeps 0.3**n of its weight, as in the colour picture. A region without a pixel at this resolution has weight 0
    everywhere.
    """
    masks = region_masks(rects, height, width)
    return area_factors(masks)[:, None, None] * visible_shares(masks)


def visible_shares(masks: Tensor) -> Tensor:
    """float32 [R, H, W]: ``mask[r] * product over nearer conditions s of (1 - 0.7 * mask[s])``, the share of condition
    r that nearer ones leave at each pixel. masks: bool [R, H, W], from the farthest to the nearest."""
    behind = 1.0 - COLOR_OPACITY * masks.float()
    # Product over the conditions after r, excluding r.
    nearer = torch.cat([behind[1:], torch.ones_like(behind[:1])])
    return masks * nearer.flip(0).cumprod(0).flip(0)


def level(
    rects: Sequence[Rect],
    lengths: Sequence[int],
    height: int,
    width: int,
    formula: Formula,
    weights: Sequence[float] | None = None,
) -> Level:
    """The terms of `formula` at height x width. lengths[r]: tokens of condition r. weights[r]: above 0, multiplies the
    softmax numerators of the tokens of condition r, in either formula."""
    masks = region_masks(rects, height, width)
    factors = area_factors(masks)
    owner = torch.arange(len(rects)).repeat_interleave(torch.tensor(lengths))
    tokens = torch.nonzero(factors[owner] > 0).flatten()
    owner = owner[tokens]
    if formula == "layered":
        shares, key_factor = region_weights(rects, height, width).log(), None
    else:
        weights_there = masks.float() if formula == "omost" else visible_shares(masks)
        shares, key_factor = weights_there.log(), factors[owner]
    if weights is not None:
        shares = shares + torch.tensor(weights, dtype=torch.float32).log()[:, None, None]
    return Level(shares.flatten(1), key_factor, tokens, owner)


class RegionsFactory(Protocol):
    """Builds a `RenderRegions`, or a subclass of it, from the same arguments."""

    def __call__(
        self,
        rects: Sequence[Rect],
        embeds: Sequence[Tensor],
        negative: Tensor | None,
        formula: Formula,
        *,
        cached: bool,
        weights: Sequence[float] | None,
        region_negatives: RenderRegions | None,
    ) -> RenderRegions: ...


class RenderRegions:
    """The regions of one render, with the biases, keys and values that its attention layers share.

    embeds[r]: [T_r, C], in the UNet's precision, the prompt embeds of rects[r]; the global condition first, then far to
    near. negative: [T_n, C], or None for a render without guidance. weights: see `level`. region_negatives: if regions
    have negative prompts, those as regions, the shared negative first; negative rows then attend to them instead of to
    `negative`. multiple: the number of tokens is padded to a multiple of this, by default 8 on an accelerator.
    call_cost: the cost of one kernel call (see `patches.layout`). On a CPU, where calls are cheap, pixels with the same
    regions are computed in patches; math.inf means one masked call. cached: keep keys and values; without it, to save
    memory, they are computed again in every layer and step.

    Biases are built once per resolution, keys and values once per layer; they stay the same for all steps and phases of
    a render. They depend on the UNet's weights, so one object serves one render.
    """

    def __init__(
        self,
        rects: Sequence[Rect],
        embeds: Sequence[Tensor],
        negative: Tensor | None,
        formula: Formula = "layered",
        *,
        multiple: int | None = None,
        call_cost: float | None = None,
        cached: bool = True,
        weights: Sequence[float] | None = None,
        region_negatives: RenderRegions | None = None,
    ) -> None:
        assert len(rects) == len(embeds) > 0
        assert rects[0] == Rect.FULL
        # Fused kernels on accelerators need rows of a multiple of 8 elements; the padding is masked.
        on_cpu = embeds[0].device.type == "cpu"
        self._multiple = multiple or (1 if on_cpu else 8)
        self._cached = cached
        self._call_cost = (CPU_CALL_COST if on_cpu else inf) if call_cost is None else call_cost
        tokens = torch.cat(list(embeds))
        self.embeds = pad(tokens, (0, 0, 0, -len(tokens) % self._multiple))
        self.negative = negative
        self.region_negatives = region_negatives
        self._weights = None if weights is None or all(weight == 1.0 for weight in weights) else tuple(weights)
        self._rects = tuple(rects)
        self._lengths = tuple(len(rows) for rows in embeds)
        self._formula = formula
        self._sizes: dict[int, tuple[int, int]] = {}
        self._levels: dict[tuple[int, int], Level] = {}
        self._biases: dict[tuple[int, int, torch.dtype], Tensor] = {}
        self._layouts: dict[tuple[int, int, int, torch.dtype], PatchLayout | None] = {}
        self._projected: dict[Any, tuple[Tensor, Tensor]] = {}

    @property
    def guided(self) -> bool:
        """Whether a batch has [negative; positive] halves."""
        return self.negative is not None

    def resize(self, height: int, width: int) -> None:
        """Set the size of the latents. Each level of a UNet halves it, rounding up, so the number of pixels identifies
        the level."""
        self._sizes = {height * width: (height, width)}
        while height > 1 or width > 1:
            height, width = -(-height // 2), -(-width // 2)
            self._sizes[height * width] = (height, width)
        if self.region_negatives is not None:
            self.region_negatives._sizes = self._sizes

    def attend(self, attn: Any, query: Tensor) -> None:
        """Overwrite the query [rows, heads, pixels, head width] with the attention output of every pixel."""
        pixels = query.shape[2]
        patches = self.layout(pixels, attn.heads, query.dtype)
        if patches is not None:
            patches.attend(query, *(_rows(part, query) for part in self.all_keys_values(attn)))
            return
        keys, values = (_rows(part, query) for part in self.keys_values(attn, pixels))
        bias = self.bias(pixels, query.dtype)
        query.copy_(scaled_dot_product_attention(query, keys, values, attn_mask=bias))

    def attend_negative(self, attn: Any, query: Tensor) -> None:
        """As `attend`, for the rows of the negative prompt that all regions share."""
        keys, values = (_rows(part, query) for part in self.negative_keys_values(attn))
        query.copy_(scaled_dot_product_attention(query, keys, values))

    def bias(self, pixels: int, dtype: torch.dtype) -> Tensor:
        """[pixels, T] for the level with this number of pixels."""
        name = (*self._sizes[pixels], dtype)
        if name not in self._biases:
            bias = self._level(self._sizes[pixels]).bias()
            filled = pad(bias, (0, -bias.shape[-1] % self._multiple), value=-torch.inf)
            self._biases[name] = filled.to(self.embeds.device, dtype)
        return self._biases[name]

    def layout(self, pixels: int, heads: int, dtype: torch.dtype) -> PatchLayout | None:
        """The patches of the level with this number of pixels, or None if one masked call is cheapest, see `bias`."""
        name = (*self._sizes[pixels], heads, dtype)
        if name not in self._layouts:
            self._layouts[name] = layout(self._level(self._sizes[pixels]), heads, self._call_cost, dtype)
        return self._layouts[name]

    def keys_values(self, attn: Any, pixels: int) -> tuple[Tensor, Tensor]:
        """[1, heads, T, head width] each, for this attention layer and the level with this number of pixels; they
        belong to `bias`."""
        terms = self._level(self._sizes[pixels])
        whole = terms.key_factor is None and len(terms.tokens) == sum(self._lengths)
        name = (attn, None if whole else self._sizes[pixels])
        if name in self._projected:
            return self._projected[name]
        keys, values = self.all_keys_values(attn)
        if not whole:
            if len(terms.tokens) < keys.shape[2]:
                keys, values = (part[:, :, terms.tokens.to(part.device)] for part in (keys, values))
            if terms.key_factor is not None:
                keys = keys * terms.key_factor.to(keys)[:, None]
            missing = -len(terms.tokens) % self._multiple
            if missing:
                keys, values = (pad(part, (0, 0, 0, missing)) for part in (keys, values))
        return self._kept(name, keys, values)

    def all_keys_values(self, attn: Any) -> tuple[Tensor, Tensor]:
        """[1, heads, tokens, head width] each, for this attention layer and all tokens; they belong to `layout`."""
        return self._plain(attn, "positive", self.embeds)

    def negative_keys_values(self, attn: Any) -> tuple[Tensor, Tensor]:
        """[1, heads, T_n, head width] each, for this attention layer."""
        assert self.negative is not None
        return self._plain(attn, "negative", self.negative)

    def _level(self, size: tuple[int, int]) -> Level:
        if size not in self._levels:
            self._levels[size] = level(self._rects, self._lengths, *size, self._formula, self._weights)
        return self._levels[size]

    def _plain(self, attn: Any, side: str, embeds: Tensor) -> tuple[Tensor, Tensor]:
        name = (attn, side)
        if name in self._projected:
            return self._projected[name]
        texts = embeds[None]
        if attn.norm_cross is not None:
            texts = attn.norm_encoder_hidden_states(texts)
        keys, values = (
            part.unflatten(-1, (attn.heads, -1)).transpose(1, 2).contiguous()
            for part in (attn.to_k(texts), attn.to_v(texts))
        )
        if attn.norm_k is not None:
            keys = attn.norm_k(keys)
        return self._kept(name, keys, values)

    def _kept(self, name: Any, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        if self._cached:
            self._projected[name] = keys, values
        return keys, values


def _rows(part: Tensor, query: Tensor) -> Tensor:
    return part.expand(query.shape[0], -1, -1, -1)
