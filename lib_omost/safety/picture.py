"""The picture check: an image classifier that sees every finished picture before it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from lib_omost.safety.checks import THRESHOLD
from lib_omost.safety.classifier import Classifier, load_classifier, load_part


class PictureCheck:
    """Decides whether a picture is unsafe: whether its score, 0 to 1, reaches `threshold`."""

    def __init__(self, classifier: Classifier, processor: Any, threshold: float) -> None:
        self.name = classifier.name
        self.threshold = threshold
        self._classifier = classifier
        self._processor = processor

    @classmethod
    def load(cls, folder: Path, *, name: str, named: Sequence[str] = (), threshold: float = THRESHOLD) -> PictureCheck:
        """Load the check from a folder in transformers' layout. `named` are the labels that mean unsafe, if their names
        are not known. Raises ModelError if it is not an image classifier with known or named labels."""
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
