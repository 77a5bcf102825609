"""The picture check: an image classifier that looks at a finished picture before anybody else does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from lib_omost.safety.classifier import Classifier, load_classifier, load_part


class PictureCheck:
    """Tells whether a picture is unsafe. `threshold` is the score, 0 to 1, from which on it is."""

    def __init__(self, classifier: Classifier, processor: Any, threshold: float) -> None:
        self.name = classifier.name
        self.threshold = threshold
        self._classifier = classifier
        self._processor = processor

    @classmethod
    def load(cls, folder: Path, *, name: str, named: Sequence[str] = (), threshold: float = 0.5) -> PictureCheck:
        """From a folder in transformers' layout. Raises ModelError if it holds no image classifier whose labels are
        understood; `named` are the labels that mean unsafe."""
        from transformers import AutoImageProcessor, AutoModelForImageClassification

        model = load_classifier(AutoModelForImageClassification, folder, name, "pictures")
        processor = load_part(AutoImageProcessor, folder, name, "pictures")
        return cls(Classifier(model, name, named), processor, threshold)

    def score(self, image: Image.Image) -> float:
        """How unsafe the picture is, 0 to 1."""
        (score,) = self._classifier.scores(self._processor(image.convert("RGB"), return_tensors="pt"))
        return score

    def is_unsafe(self, image: Image.Image) -> bool:
        return self.score(image) >= self.threshold
