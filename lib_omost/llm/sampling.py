"""Picks one token from a row of logits."""

from __future__ import annotations

import torch

from ..errors import ModelError
from .base import Sampling

SHORTLIST = 256
"""Tokens sorted at first; hardly ever do more take part, and sorting a whole vocabulary costs milliseconds."""

LEAST_TEMPERATURE = 1e-6
"""Below this the likeliest token is as good as certain, and single precision no longer divides by it."""


class Sampler:
    """Temperature and nucleus (top-p) sampling with a random generator of its own.

    One number is drawn for every token picked at a temperature above 0, and none at temperature 0.
    Nucleus sampling: Holtzman et al. 2020, https://arxiv.org/abs/1904.09751.
    """

    def __init__(self, sampling: Sampling) -> None:
        self._temperature = sampling.temperature
        self._top_p = sampling.top_p
        self._random = torch.Generator("cpu").manual_seed(sampling.seed)

    def pick(self, logits: torch.Tensor) -> int:
        """The id picked from logits [vocabulary], in which -inf marks what is not allowed. Raises ModelError when
        the logits are not numbers."""
        logits = logits.float()
        best = logits.max()
        if not torch.isfinite(best):
            raise ModelError(
                "The language model computed numbers that make no sense (NaN or infinity). "
                "Its weights may be damaged, or its number format may not suit this device."
            )
        if self._temperature < LEAST_TEMPERATURE:
            return int(logits.argmax())
        weights = ((logits - best) / self._temperature).exp()  # the likeliest token has 1
        total = weights.sum(dtype=torch.float64).item()
        top, ids = weights.topk(min(SHORTLIST, weights.numel()))
        if top.sum(dtype=torch.float64).item() < self._top_p * total:
            top, ids = weights.sort(descending=True)
        running = top.cpu().double().cumsum(0)
        enough = int(torch.searchsorted(running, self._top_p * total))  # first place where the nucleus is complete
        nucleus = running[: enough + 1]
        drawn = torch.rand((), generator=self._random, dtype=torch.float64) * nucleus[-1]
        place = min(int(torch.searchsorted(nucleus, drawn, right=True)), len(nucleus) - 1)
        return int(ids[place])
