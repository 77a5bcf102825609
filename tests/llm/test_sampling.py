"""Token choice: greedy, nucleus, seeds."""

from __future__ import annotations

import pytest
import torch

from lib_omost.errors import ModelError
from lib_omost.llm.base import Sampling
from lib_omost.llm.sampling import TokenSampler


def frequencies(logits: torch.Tensor, sampling: Sampling, draws: int = 1500) -> torch.Tensor:
    sampler = TokenSampler(sampling)
    picked = torch.tensor([sampler.pick(logits) for _ in range(draws)])
    return torch.bincount(picked, minlength=len(logits)) / draws


def test_temperature_zero_takes_the_likeliest() -> None:
    assert TokenSampler(Sampling(temperature=0)).pick(torch.tensor([0.0, 3.0, 2.9])) == 1
    assert TokenSampler(Sampling(temperature=1e-320)).pick(torch.tensor([0.0, 3.0, 2.9])) == 1


def test_frequencies_are_the_softmax_at_the_temperature() -> None:
    logits = torch.tensor([1.0, 0.0, -1.0, float("-inf")])
    for temperature in (0.5, 1.0, 2.0):
        found = frequencies(logits, Sampling(temperature=temperature, top_p=1.0))
        assert torch.allclose(found, (logits / temperature).softmax(0), atol=0.05)


def test_the_nucleus_is_the_smallest_set_that_reaches_top_p() -> None:
    logits = torch.tensor([0.1, 0.5, 0.15, 0.25]).log()
    found = frequencies(logits, Sampling(temperature=1, top_p=0.7))
    assert torch.allclose(found, torch.tensor([0, 2 / 3, 0, 1 / 3]), atol=0.05)
    assert frequencies(logits, Sampling(temperature=1, top_p=0.001))[1] == 1


def test_a_wide_nucleus_reaches_beyond_the_shortlist() -> None:
    found = frequencies(torch.zeros(2000), Sampling(temperature=1, top_p=0.9), draws=3000)
    assert (found > 0).sum() > 1200


def test_seeds() -> None:
    logits = torch.zeros(100)
    first, same, other = (TokenSampler(Sampling(seed=seed)) for seed in (1, 1, 2))
    picks = [first.pick(logits) for _ in range(20)]
    assert picks == [same.pick(logits) for _ in range(20)]
    assert picks != [other.pick(logits) for _ in range(20)]


@pytest.mark.parametrize("logits", [[float("nan"), 1.0], [float("-inf")] * 2, [float("inf"), 1.0]])
def test_numbers_that_make_no_sense_are_an_error(logits: list[float]) -> None:
    with pytest.raises(ModelError, match="invalid numbers"):
        TokenSampler(Sampling()).pick(torch.tensor(logits))
