"""What text and picture checks share: loading a classifier, and its scores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from lib_omost.errors import ModelError
from lib_omost.safety.labels import unsafe_labels


class Classifier:
    """A classifier some of whose labels mean unsafe. It runs on the CPU, because it is small and works while a model
    uses the accelerator."""

    def __init__(self, model: Any, name: str, named: Sequence[str] = ()) -> None:
        self.model = model.eval().float()
        self.name = name
        self._unsafe = list(unsafe_labels(model.config.id2label, name, named))
        # Exclusive labels share one probability distribution; otherwise each label has a separate probability.
        self._multi_label = model.config.problem_type == "multi_label_classification"

    @torch.no_grad()
    def scores(self, inputs: Any) -> list[float]:
        """The score of each input of a batch, 0 (safe) to 1. Raises ModelError if one is not a number."""
        logits = self.model(**inputs).logits.float()
        if self._multi_label:
            scores = logits.sigmoid()[:, self._unsafe].amax(dim=1)
        else:
            scores = logits.softmax(dim=1)[:, self._unsafe].sum(dim=1)
        if not bool(scores.isfinite().all()):
            raise ModelError(f"The check {self.name} gives invalid scores, so nothing is let through: use another.")
        found: list[float] = scores.tolist()
        return found


def load_classifier(auto: Any, folder: Path, name: str, what: str) -> Any:
    """The classifier of `what` in a folder. Raises ModelError if there is none or if weights are missing, which the
    library would initialise randomly."""
    model, info = load_part(auto, folder, name, what, use_safetensors=True, output_loading_info=True)
    if info["missing_keys"]:
        raise ModelError(f"{name} is not a complete check of {what}: weights are missing. Choose another.")
    return model


def load_part(auto: Any, folder: Path, name: str, what: str, **options: Any) -> Any:
    """`auto.from_pretrained(folder)` without running code from the folder. Raises ModelError for a check of `what`."""
    try:
        return auto.from_pretrained(folder, trust_remote_code=False, local_files_only=True, **options)
    except Exception as error:  # a broken folder can make the libraries raise anything
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            f"{name} could not be loaded as a check of {what} ({type(error).__name__}: {reason}): it must be a whole "
            f"folder or repository of a classifier of {what} with .safetensors weights."
        ) from error
