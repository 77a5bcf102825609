"""What text and picture checks share: a classifier from a folder, and how unsafe it says that its inputs are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from lib_omost.errors import ModelError
from lib_omost.safety.labels import unsafe_labels


class Classifier:
    """A classifier with labels of which some mean unsafe. It runs on the CPU: it is small, and works while the
    accelerator is somebody else's."""

    def __init__(self, model: Any, name: str, named: Sequence[str] = ()) -> None:
        self.model = model.eval().float()
        self.name = name
        self._unsafe = list(unsafe_labels(model.config.id2label, name, named))
        # Labels that exclude each other share one probability; others each have their own.
        self._several = model.config.problem_type == "multi_label_classification"

    @torch.no_grad()
    def scores(self, inputs: Any) -> list[float]:
        """How unsafe each input of a batch is, 0 to 1. Raises ModelError if the model gives no number."""
        logits = self.model(**inputs).logits.float()
        if self._several:
            scores = logits.sigmoid()[:, self._unsafe].amax(dim=1)
        else:
            scores = logits.softmax(dim=1)[:, self._unsafe].sum(dim=1)
        if not bool(scores.isfinite().all()):
            raise ModelError(f"The check {self.name} gives no sound answer, so nothing is let through: use another.")
        found: list[float] = scores.tolist()
        return found


def load_classifier(auto: Any, folder: Path, name: str, what: str) -> Any:
    """The classifier of `what` in a folder. Raises ModelError if there is none, or only some of its weights: the
    library would make up the rest by chance."""
    model, told = load_part(auto, folder, name, what, use_safetensors=True, output_loading_info=True)
    if told["missing_keys"] or told["mismatched_keys"]:
        raise ModelError(f"{name} is no whole check of {what}: weights of its classifier are missing. Choose another.")
    return model


def load_part(auto: Any, folder: Path, name: str, what: str, **options: Any) -> Any:
    """`auto.from_pretrained(folder)` without code of the folder's own. Raises ModelError with a sentence for `what`."""
    try:
        return auto.from_pretrained(folder, trust_remote_code=False, local_files_only=True, **options)
    except Exception as error:  # the libraries raise what they like for a broken folder
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            f"{name} could not be loaded as a check of {what} ({type(error).__name__}: {reason}): it must be a whole "
            f"folder or repository of a classifier of {what} with .safetensors weights."
        ) from error
