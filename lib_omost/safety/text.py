"""The text check: a text classifier that reads long texts in pieces, so that length hides nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from lib_omost.errors import ModelError
from lib_omost.safety.checks import THRESHOLD
from lib_omost.safety.classifier import Classifier, load_classifier, load_part

WINDOW = 96
"""Maximum length of a piece in tokens. The models' windows are longer, but a harmful sentence in a long harmless text
is only found if it is a large part of a piece."""
OVERLAP = 32
"""Tokens that consecutive pieces share, so that a sentence is whole in one of them."""
BATCH = 16
CACHED = 4096
"""Texts whose scores are cached, because an edit changes few texts of a canvas."""


class TextCheck:
    """Decides which of several texts is unsafe: whose score, 0 to 1, reaches `threshold`."""

    def __init__(self, classifier: Classifier, tokenizer: Any, threshold: float) -> None:
        self.name = classifier.name
        self.threshold = threshold
        self._classifier = classifier
        self._tokenizer = tokenizer
        self._window = min(WINDOW, _window(classifier.model, tokenizer))
        self._cached_score = lru_cache(CACHED)(self._score)

    @classmethod
    def load(cls, folder: Path, *, name: str, named: Sequence[str] = (), threshold: float = THRESHOLD) -> TextCheck:
        """Load the check from a folder in transformers' layout. `named` are the labels that mean unsafe, if their names
        are not known. Raises ModelError if it is not a text classifier with known or named labels."""
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        model = load_classifier(AutoModelForSequenceClassification, folder, name, "texts")
        tokenizer = load_part(AutoTokenizer, folder, name, "texts")
        if not tokenizer.is_fast:
            raise ModelError(f"{name} has no tokenizer.json, without which long texts cannot be cut into pieces.")
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
            model.config.pad_token_id = tokenizer.pad_token_id
        return cls(Classifier(model, name, named), tokenizer, threshold)

    def score(self, text: str) -> float:
        """The score of the most unsafe piece of the text, 0 to 1."""
        return self._cached_score(_plain(text))

    def first_unsafe(self, texts: Sequence[str], stopped: Callable[[], bool] = lambda: False) -> str | None:
        """The first of `texts` that is unsafe, or None; also None if `stopped` becomes true first."""
        for text in dict.fromkeys(texts):
            if stopped():
                return None
            if text.strip() and self.score(text) >= self.threshold:
                return text
        return None

    def _score(self, text: str) -> float:
        pieces = self._tokenizer(
            text,
            truncation=True,
            max_length=self._window,
            stride=min(OVERLAP, self._window // 3),
            return_overflowing_tokens=True,
            return_tensors="pt",
            padding=True,
        )
        accepted = self._tokenizer.model_input_names
        inputs = {key: value for key, value in pieces.items() if key in accepted}
        count = len(inputs["input_ids"])
        worst = 0.0
        for start in range(0, count, BATCH):
            batch = {key: value[start : start + BATCH] for key, value in inputs.items()}
            worst = max(worst, *self._classifier.scores(batch))
        return worst


def _plain(text: str) -> str:
    """The text without invisible characters and compatibility forms, which would hide a word from a tokenizer."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")


def _window(model: Any, tokenizer: Any) -> int:
    """The length of the model's window in tokens, including special tokens."""
    positions = getattr(model.config, "max_position_embeddings", None)
    if not positions:  # as in models whose positions have no end
        return int(tokenizer.model_max_length)
    # RoBERTa models number positions from 2.
    return int(min(positions - 2, tokenizer.model_max_length))
