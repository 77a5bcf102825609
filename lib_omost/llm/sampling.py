"""Sampling of one token from a row of logits."""

from __future__ import annotations

import math

import torch

from ..errors import ModelError
from .base import Sampling

SHORTLIST = 256
"""Tokens sorted at first; the nucleus is rarely larger, and sorting a whole vocabulary takes milliseconds."""

LEAST_TEMPERATURE = 1e-6
"""Below this the most likely token is practically certain, and dividing by it would overflow in single precision."""


class TokenSampler:
    """Temperature and nucleus (top-p) sampling with a separate random generator.

    One random number is drawn for every token at a temperature above 0, and none at temperature 0. Weights are computed
    and sorted on the device of the logits; one copy transfers the shortlist, and the rest is done on the CPU. Double
    precision is not used on devices that lack it (MPS).
    Nucleus sampling: Holtzman et al. 2020, https://arxiv.org/abs/1904.09751.
    """

    def __init__(self, sampling: Sampling) -> None:
        self._temperature = sampling.temperature
        self._top_p = sampling.top_p
        self._random = torch.Generator("cpu").manual_seed(sampling.seed)

    def pick(self, logits: torch.Tensor) -> int:
        """The id sampled from logits [vocabulary], in which -inf marks forbidden tokens. Raises ModelError if the
        logits are not numbers."""
        logits = logits.float()
        best = logits.max()
        if self._temperature < LEAST_TEMPERATURE:
            greatest, most_likely = _fetched(best, logits.argmax()).tolist()
            _require_number(greatest)
            return int(most_likely)
        weights = ((logits - best) / self._temperature).exp()  # the most likely token has weight 1
        count = min(SHORTLIST, weights.numel())
        precise = torch.float64 if logits.device.type == "cpu" else torch.float32
        numbers = _fetched(best, weights.sum(dtype=precise), *weights.topk(count))
        _require_number(float(numbers[0]))
        enough = self._top_p * float(numbers[1])
        top, ids = numbers[2 : 2 + count], numbers[2 + count :]
        if float(top.sum()) < enough:
            top, ids = _fetched(*weights.sort(descending=True)).chunk(2)
        running = top.cumsum(0)
        complete = int(torch.searchsorted(running, enough))  # the first index at which the nucleus is complete
        nucleus = running[: complete + 1]
        drawn = torch.rand((), generator=self._random, dtype=torch.float64) * nucleus[-1]
        place = min(int(torch.searchsorted(nucleus, drawn, right=True)), len(nucleus) - 1)
        return int(ids[place])


def _fetched(*parts: torch.Tensor) -> torch.Tensor:
    """The concatenated parts, [count] in float64 on the CPU, transferred from their device in one copy.

    The transfer uses float32, which represents every id of a vocabulary below 2**24 exactly.
    """
    if parts[0].device.type == "cpu":
        return torch.cat([part.reshape(-1).double() for part in parts])
    return torch.cat([part.reshape(-1).float() for part in parts]).cpu().double()


def _require_number(greatest: float) -> None:
    if not math.isfinite(greatest):
        raise ModelError(
            "The language model computed invalid numbers (NaN or infinity). "
            "Its weights may be damaged, or its number format may not suit this device."
        )
