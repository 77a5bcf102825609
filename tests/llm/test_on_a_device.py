"""Replies written on a device that has no double precision and makes the host wait for what it asks."""

from __future__ import annotations

import pytest
import torch

from lib_omost.errors import ModelError
from lib_omost.llm.base import Sampling
from lib_omost.llm.decoding import Bias, Decoding, Engine
from lib_omost.llm.sampling import TokenSampler
from tests.llm.pretend import Pretended
from tests.llm.test_grammar import grammar
from tests.llm.tiny import llama, phi3

KINDS = ("cuda", "mps")
SAMPLINGS = (Sampling(temperature=0), Sampling(seed=1), Sampling(seed=2, temperature=2.0, top_p=1.0))
LIMIT = 40


class Favour(Bias):
    """Looks at single tokens, as the biases of small models do."""

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        logits = logits.clone()
        for token in logits.topk(8).indices.tolist():
            logits[token] += float(logits[token]) * 0.1
        return logits

    def accept(self, token: int) -> None:
        pass


def write(model: torch.nn.Module, sampling: Sampling, *, held: bool = False, biased: bool = False) -> Decoding:
    decoding = Decoding(
        Engine(model),
        list(range(20, 50)),
        limit=LIMIT,
        sampler=TokenSampler(sampling),
        stop_ids=(),
        stopped=lambda: False,
        constraint=grammar().start(LIMIT) if held else None,
        biases=[Favour()] if biased else (),
    )
    for _ in decoding:
        pass
    return decoding


@pytest.mark.parametrize("architecture", [llama, phi3])
@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_reply_is_the_one_of_the_cpu(kind: str, sampling: Sampling, architecture) -> None:  # type: ignore[no-untyped-def]
    expected = [write(architecture(), sampling, held=held).reply for held in (False, True)]
    with Pretended(kind):  # float64 raises there
        model = architecture().to(kind)
        assert [write(model, sampling, held=held).reply for held in (False, True)] == expected


@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("sampling", SAMPLINGS[:2])
def test_the_host_waits_once_a_token(sampling: Sampling, held: bool, biased: bool) -> None:
    with Pretended("cuda") as card:
        model = llama().to("cuda")
        write(model, sampling, held=held, biased=biased)  # what is sent once stays
        card.waits = 0
        written = write(model, sampling, held=held, biased=biased)
        assert card.waits == written.statistics.passes > 10


def test_elsewhere_what_is_sent_makes_it_wait_too() -> None:
    """MPS does not promise to have read pageable memory when a copy returns."""
    with Pretended("mps") as device:
        model = llama().to("mps")
        write(model, SAMPLINGS[0], held=True)
        device.waits = 0
        written = write(model, SAMPLINGS[0], held=True)
        assert device.waits == 3 * written.statistics.passes


def test_a_wide_nucleus_costs_one_more_wait() -> None:
    with Pretended("cuda") as card:
        logits = torch.zeros(2000).to("cuda")
        card.waits = 0
        sampler = TokenSampler(Sampling(temperature=1, top_p=0.9))
        picked = {sampler.pick(logits) for _ in range(50)}
        assert card.waits == 100
    same = TokenSampler(Sampling(temperature=1, top_p=0.9))
    assert picked == {same.pick(torch.zeros(2000)) for _ in range(50)}


@pytest.mark.parametrize("temperature", [0.0, 0.6])
@pytest.mark.parametrize("worst", [float("nan"), float("inf")])
def test_numbers_that_make_no_sense_are_seen_there(worst: float, temperature: float) -> None:
    with Pretended("mps"), pytest.raises(ModelError, match="invalid numbers"):
        TokenSampler(Sampling(temperature=temperature)).pick(torch.tensor([worst, 1.0]).to("mps"))


def test_the_pretended_device_sees_what_it_is_for() -> None:
    with Pretended("mps") as device:
        there = torch.ones(4, device="mps")
        assert (there.device.type, there.cpu().device.type, device.bytes()) == ("mps", "cpu", 16)
        with pytest.raises(TypeError, match="float64"):
            there.sum(dtype=torch.float64)
        with pytest.raises(RuntimeError, match="same device"):
            there + torch.ones(4)
        waits = device.waits
        assert float(there.sum()) == there.tolist()[0] * 4 == 4
        assert device.waits == waits + 2
        del there
        assert device.bytes() == 0


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("held", [False, True])
def test_a_card_is_waited_for_once_a_token(held: bool) -> None:
    from torch.profiler import ProfilerActivity, profile

    model = llama().to("cuda")
    write(model, SAMPLINGS[1], held=held)
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as trace:
        written = write(model, SAMPLINGS[1], held=held)
    waits = sum(event.count for event in trace.key_averages() if event.key == "cudaStreamSynchronize")
    assert waits <= written.statistics.passes + 2
