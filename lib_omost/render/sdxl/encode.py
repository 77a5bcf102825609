"""Texts to the embeddings that SDXL reads, with a small memory for texts that did not change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.render.sdxl.tokens import CAPACITY, Bags, Tokenizer, bags, window

REMEMBERED = 64
"""Conditions whose embeddings are kept between renders: at most about 60 MB for a full-size SDXL in half precision."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """Everything that one render reads.

    embeds[r]: [T_r, C] of condition r, its bags side by side (T_r a multiple of 77). pooled: [P], of the global
    condition's first bag. negative: [T_n, C] and negative_pooled: [P], or None without guidance. region_negatives[r]:
    [T, C] of the negative prompt that condition r has of its own, T = 0 where it has none; empty if none has.
    """

    embeds: tuple[Tensor, ...]
    pooled: Tensor
    negative: Tensor | None
    negative_pooled: Tensor | None
    notices: tuple[str, ...]
    region_negatives: tuple[Tensor, ...] = ()


class PromptEncoder:
    """SDXL's two tokenizers and text encoders: hidden state -2 of both side by side, pooled by the second.

    deepest_skip: layers before the last that can be left out.

    The pooled vector is the second encoder's projected one (`text_embeds`), as SDXL was trained; `projected=False`
    gives the unprojected one, which the Omost reference used, for comparison with it.
    Every condition is encoded as a batch of its own bags, so that its embedding does not depend on its neighbours and
    a picture can be made again bit for bit, whatever was remembered.
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
        self._known: OrderedDict[tuple[object, ...], tuple[Tensor, Tensor]] = OrderedDict()
        self._adapters = self._adapter_state()

    def forget(self) -> None:
        """Drop every remembered embedding: to free memory, or because the encoders' weights were changed."""
        self._known.clear()

    @torch.no_grad()
    def __call__(
        self,
        conditions: Sequence[RegionCondition],
        negative_prompt: str | None,
        *,
        repeat_scene: bool = False,
        skip: int = 0,
    ) -> Prompts:
        """Encode `conditions` (the global one first); `negative_prompt` None means a render without guidance.

        `skip` layers before the last are left out, too, up to `deepest_skip`, but not for negative prompts, as
        diffusers does it. A region's prefix is its own description, with `repeat_scene` the global one before it. An
        empty negative prompt is all zeros where the checkpoint says so (``force_zeros_for_empty_prompt``), else an
        empty text.
        """
        adapters = self._adapter_state()
        if adapters != self._adapters:
            self.forget()
            self._adapters = adapters
        found = [
            bags(
                condition.prefixes if repeat_scene else condition.prefixes[-1:],
                condition.suffixes,
                self._tokenizers,
                self._capacity,
            )
            for condition in conditions
        ]
        notices = [notice for bag in found for notice in bag.notices]
        encoded = [self._encode(bag, skip) for bag in found]
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
        return Prompts(
            tuple(embeds for embeds, _ in encoded),
            encoded[0][1],
            negative,
            negative_pooled,
            _once(notices),
            region_negatives,
        )

    def _region_negative(self, condition: RegionCondition, like: Tensor, notices: list[str]) -> Tensor:
        if not condition.negative:
            return like[:0]
        bag = window(condition.negative, self._tokenizers, self._capacity)
        notices += [f"The negative prompt of a region is long: {notice}" for notice in bag.notices]
        return self._encode(bag)[0]

    def _encode(self, bag: Bags, skip: int = 0) -> tuple[Tensor, Tensor]:
        """([T, C], [P]) on the CPU, where memory is cheap and a model that moves does not leave them behind."""
        name = (bag.ids, skip)
        known = self._known.get(name)
        if known is None:
            hidden = []
            for encoder, rows in zip(self._encoders, bag.ids, strict=True):
                ids = torch.tensor(rows, device=encoder.device)
                output = encoder(ids, output_hidden_states=True)
                hidden.append(output.hidden_states[-2 - skip])
            pooled = output.text_embeds[0] if self._projected else encoder.text_model(ids[:1]).pooler_output[0]
            known = (torch.cat(hidden, dim=-1).flatten(0, 1).cpu(), pooled.cpu())
            self._known[name] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(name)
        return known

    def _adapter_state(self) -> tuple[object, ...]:
        """What changes when a LoRA is added to a text encoder, removed, switched or scaled."""
        return tuple(
            (index, name, tuple(layer.active_adapters), tuple(layer.scaling.items()), layer.disable_adapters)
            for index, encoder in enumerate(self._encoders)
            for name, layer in encoder.named_modules()
            if hasattr(layer, "scaling") and hasattr(layer, "active_adapters")
        )


def _once(notices: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notices))
