"""Encoding of texts by the language model of a transformer painter, with a small cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.errors import ModelError
from lib_omost.render.prose import prose

WINDOW = 512
"""Tokens that the model reads at once, its chat template included: `max_sequence_length` of diffusers' pipelines."""
_MARK = "MARK"
CACHED = 64
"""Texts whose embeddings are cached between renders: about 2 MB each in half precision at 100 tokens."""


@dataclass(frozen=True, slots=True)
class TextEmbeds:
    """embeds[r]: the texts of condition r, each [T, C]. negatives: the same of the negative pass, the shared negative
    prompt first; empty without one. notices: sentences for the user."""

    embeds: tuple[tuple[Tensor, ...], ...]
    negatives: tuple[tuple[Tensor, ...], ...]
    notices: tuple[str, ...]


class LanguageEncoder:
    """Tokenizer and language model, such as Qwen3. Every text is read alone and without padding, so its embedding does
    not depend on the other texts.

    layers: the hidden states that are joined to one embedding. thinking: whether the chat template leaves room for
    thoughts. Raises ModelError if the model has fewer layers, or a template without the user's text.
    """

    def __init__(self, tokenizer: Any, text_encoder: Any, layers: Sequence[int], *, thinking: bool = False) -> None:
        self._tokenizer = tokenizer
        self._encoder = text_encoder
        self._layers = tuple(layers)
        self._thinking = thinking
        self._cache: OrderedDict[str, Tensor] = OrderedDict()
        self._before, self._after = self._template()
        self._capacity = WINDOW - len(self._before) - len(self._after)
        if text_encoder.config.num_hidden_layers < max(self._layers):
            raise ModelError(
                f"The text encoder has {text_encoder.config.num_hidden_layers} layers, but the image model reads layer "
                f"{max(self._layers)}: choose another painter."
            )

    def forget(self) -> None:
        """Empty the cache, to free memory or after the encoder's weights were changed."""
        self._cache.clear()

    @torch.no_grad()
    def __call__(
        self,
        conditions: Sequence[RegionCondition],
        negative_prompt: str | None,
        *,
        repeat_scene: bool = False,
        able: bool = True,
    ) -> TextEmbeds:
        """Encode `conditions` (the global one first); `negative_prompt` is None for a render without guidance. able:
        whether the model takes guidance at all; if not, the caller says so."""
        notices: list[str] = []
        embeds = []
        for condition in conditions:
            prefixes = condition.prefixes if repeat_scene else condition.prefixes[-1:]
            embeds.append(self._texts(prefixes, condition.suffixes, notices))
        negatives: tuple[tuple[Tensor, ...], ...] = ()
        if negative_prompt is not None:
            held = any(condition.negative for condition in conditions)
            others = conditions[1:] if held else ()
            negatives = (
                self._texts((negative_prompt,), (), notices),
                *(self._texts((one.negative,), (), notices) if one.negative else () for one in others),
            )
        elif able and any(condition.negative for condition in conditions):
            notices.append("Negative prompts of regions have no effect without guidance.")
        return TextEmbeds(tuple(embeds), negatives, tuple(dict.fromkeys(notices)))

    def _texts(self, prefixes: Sequence[str], suffixes: Sequence[str], notices: list[str]) -> tuple[Tensor, ...]:
        made = prose(prefixes, suffixes, self._count, self._capacity)
        notices += made.notices
        return tuple(self._encode(text) for text in made.texts)

    def _encode(self, text: str) -> Tensor:
        """[T, C] on the CPU, so that it takes no device memory and stays valid when the model moves."""
        cached = self._cache.get(text)
        if cached is None:
            ids = torch.tensor([self._ids(text)], device=self._encoder.device)
            output = self._encoder(
                input_ids=ids, attention_mask=torch.ones_like(ids), output_hidden_states=True, use_cache=False
            )
            cached = torch.cat([output.hidden_states[layer][0] for layer in self._layers], dim=-1).cpu()
            self._cache[text] = cached
            if len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        self._cache.move_to_end(text)
        return cached

    def _count(self, text: str) -> int:
        return len(self._plain(text))

    def _ids(self, text: str) -> list[int]:
        """The ids of `text` in the chat template, as the stock pipeline writes it. Control tokens that are spelled out
        in the text, such as the end of a message, are ordinary characters."""
        return [*self._before, *self._plain(text), *self._after]

    def _plain(self, text: str) -> list[int]:
        options = {"add_special_tokens": False, "split_special_tokens": True, "verbose": False}
        return list(self._tokenizer(text, **options)["input_ids"])

    def _template(self) -> tuple[list[int], list[int]]:
        """The ids before and after the text."""
        written = self._tokenizer.apply_chat_template(
            [{"role": "user", "content": _MARK}],
            tokenize=False,
            add_generation_prompt=True,
            enable_thinking=self._thinking,
        )
        before, found, after = written.partition(_MARK)
        if not found:
            raise ModelError(
                "The chat template of the text encoder leaves out the user's text: choose another painter."
            )
        options = {"add_special_tokens": False, "verbose": False}
        return self._tokenizer(before, **options)["input_ids"], self._tokenizer(after, **options)["input_ids"]
