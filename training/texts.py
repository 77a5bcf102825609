"""Texts: how the painter hears conditions in training, through the product's own region weights and mosaic."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from lib_omost.canvas.geometry import Rect
from lib_omost.render.regions import region_masks, region_weights
from lib_omost.render.sdxl.tokens import bags
from training.captions import Caption
from training.conditions import Words
from training.looks import FIRST, MOSAIC, PATCHES
from training.train_memory import remember


class BiasedAttention:
    """Cross-attention with an additive bias [B, offsets, N, T] a resolution, found by the number N of pixels.

    Head k has the bias of offset k mod offsets.
    """

    def __init__(self, biases: dict[int, Tensor]) -> None:
        self.biases = biases

    def __call__(
        self, attn: Any, hidden_states: Tensor, encoder_hidden_states: Tensor | None = None, *_: Any, **__: Any
    ) -> Tensor:
        batch, pixels, _width = hidden_states.shape
        source = hidden_states if encoder_hidden_states is None else encoder_hidden_states

        def heads(x: Tensor) -> Tensor:
            return x.view(batch, -1, attn.heads, x.shape[-1] // attn.heads).transpose(1, 2)

        def heads_of_source(layer: Any) -> Tensor:
            # Texts come once a scene, pixels once a scene and noise draw.
            made: Tensor = layer(source)
            made = made.view(len(source), -1, attn.heads, made.shape[-1] // attn.heads).transpose(1, 2)
            return made.repeat(batch // len(source), 1, 1, 1)

        q, k, v = heads(attn.to_q(hidden_states)), heads_of_source(attn.to_k), heads_of_source(attn.to_v)
        bias = None
        if encoder_hidden_states is not None:
            bias = self.biases[pixels]
            bias = bias.repeat(1, attn.heads // bias.shape[1], 1, 1)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=attn.scale)
        out = out.transpose(1, 2).reshape(batch, pixels, -1)
        made: Tensor = attn.to_out[1](attn.to_out[0](out))
        return made


def install(unet: UNet2DConditionModel, biases: dict[int, Tensor]) -> None:
    """Give every cross-attention layer the biased processor (self-attention keeps the stock one)."""
    processors = dict(unet.attn_processors)
    for name in processors:
        if name.endswith("attn2.processor"):
            processors[name] = BiasedAttention(biases)
    unet.set_attn_processor(processors)


def level_sizes(height: int, width: int) -> list[tuple[int, int]]:
    """(height, width) of the three levels for latents of that size."""
    half = (-(-height // 2), -(-width // 2))
    return [(height, width), half, (-(-half[0] // 2), -(-half[1] // 2))]


class Texts:
    """Frozen text encoders: captions to tokens of every condition and to the biases that place them."""

    def __init__(self, first: CLIPTextModel, second: CLIPTextModelWithProjection, tokenizer: CLIPTokenizer) -> None:
        self.first, self.second, self.tokenizer = first.eval(), second.eval(), tokenizer

    @torch.no_grad()
    def __call__(
        self, samples: list[Words | str], height: int, width: int, *, whole: bool
    ) -> tuple[Tensor, Tensor, dict[int, Tensor]]:
        """(tokens [B, T, C], pooled [B, 128], bias [B, offsets, N, T] by N) of samples; a str is a negative prompt.

        `whole` keeps all 77 positions of each bag, as the product does; else all that is beyond the text and the
        first round of patches is left out.
        """
        rows: list[tuple[int, ...]] = []
        owners: list[list[tuple[int, int]]] = []  # per sample: (row, condition)
        for sample in samples:
            mine: list[tuple[int, int]] = []
            captions = (Caption((sample,), ()),) if isinstance(sample, str) else sample.captions
            limit = 1 if isinstance(sample, str) else sample.bag_limit
            for condition, caption in enumerate(captions):
                for ids in bags(caption.prefixes, caption.suffixes, [self.tokenizer], 75).ids[0][:limit]:
                    mine.append((len(rows), condition))
                    rows.append(ids)
            owners.append(mine)
        eos = self.tokenizer.eos_token_id
        used = [row.index(eos) + 1 for row in rows]
        kept = [77 if whole else min(77, max(n + 2, FIRST + PATCHES)) for n in used]
        longest = max(kept)
        ids = torch.tensor([row[:longest] for row in rows])
        out = self.second(ids, output_hidden_states=True)
        pooled = out.text_embeds
        hidden = torch.cat([remember(self.first, ids), out.hidden_states[-2]], dim=-1)
        length = max(sum(kept[row] for row, _ in mine) for mine in owners)
        tokens = torch.zeros(len(samples), length, hidden.shape[-1])
        sizes = level_sizes(height, width)
        biases = {h * w: torch.full((len(samples), MOSAIC.offsets, h * w, length), -torch.inf) for h, w in sizes}
        for b, (sample, mine) in enumerate(zip(samples, owners, strict=True)):
            rects = (Rect.FULL,) if isinstance(sample, str) else sample.rects
            tokens[b, : sum(kept[row] for row, _ in mine)] = torch.cat([hidden[row, : kept[row]] for row, _ in mine])
            for h, w in sizes:
                log = region_weights(rects, h, w).log().flatten(1)
                log = log + MOSAIC.depth_bias(region_masks(rects, h, w).flatten(1))
                placed = [MOSAIC.region_bias(rect, h, w) for rect in rects[1:]]
                at = 0
                for row, condition in mine:
                    bias = log[condition].expand(MOSAIC.offsets, kept[row], -1)
                    if condition:
                        bias = bias + placed[condition - 1][:, : kept[row]]
                    biases[h * w][b, :, :, at : at + kept[row]] = bias.mT
                    at += kept[row]
        return tokens, torch.stack([pooled[mine[0][0]] for mine in owners]), biases
