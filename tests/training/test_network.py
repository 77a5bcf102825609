"""The training's own forward pass against transformers' and peft's."""

from __future__ import annotations

from typing import Any

import peft
import pytest
import torch
from transformers import DynamicCache

from tests.llm import tiny
from training.composer import TARGETS
from training.network import Network, Passage, Teacher

SYSTEM = torch.randint(20, 400, (9,), generator=torch.Generator().manual_seed(1)).tolist()
FIRST = torch.randint(20, 400, (12,), generator=torch.Generator().manual_seed(2)).tolist()
EDITS = [torch.randint(20, 400, (n,), generator=torch.Generator().manual_seed(n)).tolist() for n in (8, 5)]


@pytest.fixture(params=[[0, 1], [1]], ids=["all layers", "upper layer"])
def model(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    config = peft.LoraConfig(r=4, target_modules=TARGETS, layers_to_transform=request.param, task_type="CAUSAL_LM")
    adapted = peft.get_peft_model(tiny.llama(), config)
    for name, parameter in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    return adapted


def _expected(model: Any, ids: list[int], places: list[int]) -> list[torch.Tensor]:
    logits = model(input_ids=torch.tensor([ids])).logits[0]
    return [torch.nn.functional.cross_entropy(logits[at - 1], torch.tensor(ids[at])) for at in places]


def test_losses_are_those_of_each_conversation_read_alone(model: Any) -> None:
    network = Network(model)
    network.merge()
    rounds = [
        Passage(FIRST, -1, [2, 3, 5], [(3, 1.0), (6, 2.0)]),
        Passage(EDITS[0], 0, [0, 1, 4], [(5, 3.0)]),
        Passage(EDITS[1], 1, [1, 2], [(2, 1.0), (3, 1.0)]),
    ]
    with torch.no_grad():
        losses, weights = network.losses(rounds, network.read(SYSTEM))
        a, b = len(SYSTEM), len(SYSTEM) + len(FIRST)
        c = b + len(EDITS[0])
        expected = _expected(model, SYSTEM + FIRST, [a + 3, a + 6])
        expected += _expected(model, SYSTEM + FIRST + EDITS[0], [b + 5])
        expected += _expected(model, SYSTEM + FIRST + EDITS[0] + EDITS[1], [c + 2, c + 3])
        torch.testing.assert_close(losses, torch.stack(expected), rtol=1e-4, atol=1e-5)
        assert weights.tolist() == [1, 2, 3, 1, 1]
        fewer, _ = network.losses(rounds, network.read(SYSTEM), torch.arange(0, 430, 3))
        assert (fewer < losses).all()
        assert (fewer > losses - 2.5).all()


def test_with_all_tokens_active_the_gradient_is_the_whole_one(model: Any) -> None:
    network = Network(model)
    network.merge()
    prefix = network.read(SYSTEM)
    losses, weights = network.losses([Passage(FIRST, -1, list(range(12)), [(3, 1.0), (6, 2.0)])], prefix)
    (losses * weights).sum().backward()
    found = {name: parameter.grad.clone() for name, parameter in model.named_parameters() if parameter.requires_grad}
    model.zero_grad()
    cache = DynamicCache(config=model.config)
    with torch.no_grad():
        model(input_ids=torch.tensor([SYSTEM]), past_key_values=cache, use_cache=True)
    logits = model(input_ids=torch.tensor([FIRST]), past_key_values=cache, use_cache=True).logits[0]
    entropy = torch.nn.functional.cross_entropy
    (entropy(logits[2], torch.tensor(FIRST[3])) + 2 * entropy(logits[5], torch.tensor(FIRST[6]))).backward()
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            torch.testing.assert_close(found[name], parameter.grad, rtol=1e-3, atol=1e-5)


def test_a_merge_takes_over_what_the_optimizer_changed(model: Any) -> None:
    network = Network(model)
    network.merge()
    before = network.read(SYSTEM)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_A" in name:
                parameter.mul_(3)
    network.merge()
    after = network.read(SYSTEM)
    assert not torch.allclose(before[-1][0], after[-1][0])


def test_a_teacher_counts_at_the_soft_targets_alone(model: Any) -> None:
    student = Network(model)
    student.merge()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.mul_(-1)
        other = Network(model)
        other.merge()
        rounds = [Passage(FIRST, -1, [2, 5], [(3, 1.0), (6, 2.0)], frozenset({6}))]
        teacher = Teacher(other, other.read(SYSTEM), 0.25)
        alone, _ = student.losses(rounds, student.read(SYSTEM))
        taught, _ = student.losses(rounds, student.read(SYSTEM), teacher=teacher)
        opinion = model(input_ids=torch.tensor([SYSTEM + FIRST])).logits[0, len(SYSTEM) + 5]
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.mul_(-1)
        own = model(input_ids=torch.tensor([SYSTEM + FIRST])).logits[0, len(SYSTEM) + 5]
        difference = opinion.log_softmax(0) - own.log_softmax(0)
        divergence = (opinion.softmax(0) * difference).sum()
        assert divergence > 0.01
        torch.testing.assert_close(taught[0], alone[0])
        torch.testing.assert_close(taught[1], 0.75 * alone[1] + 0.25 * divergence, rtol=1e-4, atol=1e-5)
