"""Picks one token from a row of logits."""

from __future__ import annotations

import math

import torch

from ..errors import ModelError
from .base import Sampling

SHORTLIST = 256
"""Tokens sorted at first; hardly ever do more take part, and sorting a whole vocabulary costs milliseconds."""

LEAST_TEMPERATURE = 1e-6
"""Below this the likeliest token is as good as certain, and single precision no longer divides by it."""


class Sampler:
    """Temperature and nucleus (top-p) sampling with a random generator of its own.

    One number is drawn for every token picked at a temperature above 0, and none at temperature 0. The vocabulary is
    weighed and sorted on the device of the logits, from where one copy brings the shortlist; the rest is done on the
    CPU. A device that has no double precision (MPS) is not asked for it.
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
        if self._temperature < LEAST_TEMPERATURE:
            greatest, likeliest = _fetched(best, logits.argmax()).tolist()
            _require_number(greatest)
            return int(likeliest)
        weights = ((logits - best) / self._temperature).exp()  # the likeliest token has 1
        count = min(SHORTLIST, weights.numel())
        precise = torch.float64 if logits.device.type == "cpu" else torch.float32
        numbers = _fetched(best, weights.sum(dtype=precise), *weights.topk(count))
        _require_number(float(numbers[0]))
        enough = self._top_p * float(numbers[1])
        top, ids = numbers[2:].split(count)
        if float(top.sum()) < enough:
            top, ids = _fetched(*weights.sort(descending=True)).chunk(2)
        running = top.cumsum(0)
        complete = int(torch.searchsorted(running, enough))  # first place where the nucleus is complete
        nucleus = running[: complete + 1]
        drawn = torch.rand((), generator=self._random, dtype=torch.float64) * nucleus[-1]
        place = min(int(torch.searchsorted(nucleus, drawn, right=True)), len(nucleus) - 1)
        return int(ids[place])


def _fetched(*parts: torch.Tensor) -> torch.Tensor:
    """The numbers of the parts one after the other, [count] in float64 on the CPU, for one copy from their device.

    It is made in float32, which holds every id of a vocabulary below 2**24.
    """
    if parts[0].device.type == "cpu":
        return torch.cat([part.reshape(-1).double() for part in parts])
    return torch.cat([part.reshape(-1).float() for part in parts]).cpu().double()


def _require_number(greatest: float) -> None:
    if not math.isfinite(greatest):
        raise ModelError(
            "The language model computed numbers that make no sense (NaN or infinity). "
            "Its weights may be damaged, or its number format may not suit this device."
        )
