"""Encoding of texts to SDXL's prompt embeds, with a small cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.render.sdxl.tokens import CAPACITY, Bags, Tokenizer, bags, window

CACHED = 64
"""Conditions whose embeddings are cached between renders: at most about 60 MB for a full-size SDXL in half precision.
"""


@dataclass(frozen=True, slots=True)
class PromptEmbeds:
    """All prompt embeds of one render.

    embeds[r]: [T_r, C], of condition r, its bags concatenated (T_r a multiple of 77). pooled: [P], of the first bag of
    the global condition. negative: [T_n, C] and negative_pooled: [P]; None without guidance. notices: sentences for the
    user. region_negatives[r]: [T, C], of the negative prompt of condition r, T = 0 if it has none; an empty tuple if no
    condition has one.
    """

    embeds: tuple[Tensor, ...]
    pooled: Tensor
    negative: Tensor | None
    negative_pooled: Tensor | None
    notices: tuple[str, ...]
    region_negatives: tuple[Tensor, ...] = ()


class PromptEncoder:
    """SDXL's two tokenizers and text encoders: hidden state -2 of both, concatenated, and the pooled vector of the
    second.

    deepest_skip: the largest number of layers that `skip` may leave out.

    The pooled vector is the projected one of the second encoder (`text_embeds`), as in SDXL's training;
    `projected=False` gives the unprojected one that the Omost reference uses, for comparison with it.
    Each condition is encoded as a separate batch of bags, so its embedding does not depend on the other conditions or
    on the state of the cache, and a picture can be reproduced bit for bit.
    """

    def __init__(
        self,
        tokenizers: Sequence[Tokenizer],
        text_encoders: Sequence[nn.Module],
        *,
        zero_empty_negative: bool = True,
        projected: bool = True,
    ) -> None:
        self._tokenizers = tuple(tokenizers)
        self._encoders: tuple[Any, ...] = tuple(text_encoders)
        self._zero_empty_negative = zero_empty_negative
        self._projected = projected
        self.deepest_skip: int = min(encoder.config.num_hidden_layers for encoder in self._encoders) - 1
        self._capacity = min([CAPACITY, *(encoder.config.max_position_embeddings - 2 for encoder in self._encoders)])
        self._cache: OrderedDict[tuple[object, ...], tuple[Tensor, Tensor]] = OrderedDict()
        self._adapters = self._adapter_state()

    def forget(self) -> None:
        """Empty the cache, to free memory or after the encoders' weights were changed."""
        self._cache.clear()

    @torch.no_grad()
    def __call__(
        self,
        conditions: Sequence[RegionCondition],
        negative_prompt: str | None,
        *,
        repeat_scene: bool = False,
        skip: int = 0,
    ) -> PromptEmbeds:
        """Encode `conditions` (the global one first); `negative_prompt` is None for a render without guidance.

        `skip` further layers are left out, up to `deepest_skip`; as in diffusers, not for negative prompts. The prefix
        of a region is its description, preceded by the global description if `repeat_scene` is set. An empty negative
        prompt gives zeros if the checkpoint says so (``force_zeros_for_empty_prompt``), otherwise the embedding of an
        empty text.
        """
        adapters = self._adapter_state()
        if adapters != self._adapters:
            self.forget()
            self._adapters = adapters
        condition_bags = [
            bags(
                condition.prefixes if repeat_scene else condition.prefixes[-1:],
                condition.suffixes,
                self._tokenizers,
                self._capacity,
            )
            for condition in conditions
        ]
        notices = [notice for bag in condition_bags for notice in bag.notices]
        encoded = [self._encode(bag, skip) for bag in condition_bags]
        negative = negative_pooled = None
        if negative_prompt is not None:
            bag = window(negative_prompt, self._tokenizers, self._capacity)
            notices += [f"The negative prompt is long: {notice}" for notice in bag.notices]
            negative, negative_pooled = self._encode(bag)
            if self._zero_empty_negative and not negative_prompt.strip():
                negative, negative_pooled = torch.zeros_like(negative), torch.zeros_like(negative_pooled)
        region_negatives: tuple[Tensor, ...] = ()
        if any(condition.negative for condition in conditions):
            if negative is None:
                notices.append(
                    "Negative prompts of regions have no effect without guidance: raise the guidance scale above 1."
                )
            else:
                region_negatives = tuple(
                    self._region_negative(condition, negative, notices) for condition in conditions
                )
        return PromptEmbeds(
            tuple(embeds for embeds, _ in encoded),
            encoded[0][1],
            negative,
            negative_pooled,
            _unique(notices),
            region_negatives,
        )

    def _region_negative(self, condition: RegionCondition, negative: Tensor, notices: list[str]) -> Tensor:
        if not condition.negative:
            return negative[:0]
        bag = window(condition.negative, self._tokenizers, self._capacity)
        notices += [f"The negative prompt of a region is long: {notice}" for notice in bag.notices]
        return self._encode(bag)[0]

    def _encode(self, bag: Bags, skip: int = 0) -> tuple[Tensor, Tensor]:
        """The embeds [T, C] and the pooled vector [P], on the CPU, so that they take no device memory and stay valid
        when the model moves."""
        key = (bag.ids, skip)
        cached = self._cache.get(key)
        if cached is None:
            hidden = []
            for encoder, rows in zip(self._encoders, bag.ids, strict=True):
                ids = torch.tensor(rows, device=encoder.device)
                output = encoder(ids, output_hidden_states=True)
                hidden.append(output.hidden_states[-2 - skip])
            pooled = output.text_embeds[0] if self._projected else encoder.text_model(ids[:1]).pooler_output[0]
            cached = (torch.cat(hidden, dim=-1).flatten(0, 1).cpu(), pooled.cpu())
            self._cache[key] = cached
            if len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        self._cache.move_to_end(key)
        return cached

    def _adapter_state(self) -> tuple[object, ...]:
        """A value that changes if a LoRA of a text encoder is added, removed, switched or scaled."""
        return tuple(
            (index, name, tuple(layer.active_adapters), tuple(layer.scaling.items()), layer.disable_adapters)
            for index, encoder in enumerate(self._encoders)
            for name, layer in encoder.named_modules()
            if hasattr(layer, "scaling") and hasattr(layer, "active_adapters")
        )


def _unique(notices: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notices))
