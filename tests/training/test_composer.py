"""The composer's training on a toy model: what it learns from, its loss, and (slow) every stage once."""

from __future__ import annotations

import random
import threading
from itertools import islice
from pathlib import Path

import peft
import pytest
import torch

from lib_omost.canvas.prompt import system_prompt
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.local import LocalChatModel
from lib_omost.llm.templates import render
from tests.llm import tiny
from training.composer import TARGETS, Recipe, Sample, loss_of, prefix_text, read_prefix, tokenize, train
from training.corpus.examples import examples
from training.export_composer import export

RECIPE = Recipe(rank=4, alpha=8, first_layer=0, fixed_share=1.0, kept_share=1.0)


def _model() -> peft.PeftModel:
    model = peft.get_peft_model(tiny.llama(), peft.LoraConfig(r=4, target_modules=TARGETS, task_type="CAUSAL_LM"))
    return model.eval()  # type: ignore[no-any-return]


def test_only_replies_are_learned_and_all_of_them() -> None:
    tokenizer = tiny.tokenizer()
    for example in islice(examples(seed=4), 6):
        sample = tokenize(example, tokenizer, RECIPE, random.Random(0))
        learned = tokenizer.decode([sample.ids[at] for at in sample.targets])
        assert learned == "".join(reply + "<|im_end|>\n" for _, reply in example.turns)
        whole = [Message("system", system_prompt())]
        for asked, reply in example.turns:
            whole += [Message("user", asked), Message("assistant", reply)]
        assert prefix_text() + tokenizer.decode(sample.ids) == render("chatml", whole, generation_prompt=False)


def test_shares_leave_out_layout_but_never_the_opening() -> None:
    example = next(iter(examples(seed=4, edited=1.0)))
    recipe = Recipe(fixed_share=0.0, kept_share=0.0)
    sample = tokenize(example, tiny.tokenizer(), recipe, random.Random(0))
    learned = tiny.tokenizer().decode([sample.ids[at] for at in sample.targets])
    assert learned.count("```python\n# Initialize the canvas\ncanvas = Canvas()\n") == 2
    assert "distance_to_viewer" not in learned
    first = example.canvases[0].regions[0]
    assert learned.count(first.detailed_descriptions[-1]) == 1  # the edit's copy of it is left out


def test_the_shared_prefix_gives_the_loss_of_the_whole_text() -> None:
    torch.manual_seed(0)
    model = _model()
    prefix = torch.randint(20, 400, (1, 9))
    samples = [Sample([30, 31, 32, 33, 34, 35], [2, 3, 5]), Sample([40, 41, 42], [1, 2])]
    with torch.no_grad():
        got = loss_of(model, read_prefix(model, prefix), samples, pad=0)
        losses = []
        for sample in samples:
            ids = torch.cat([prefix, torch.tensor([sample.ids])], dim=1)
            logits = model(input_ids=ids).logits[0]
            for at in sample.targets:
                place = prefix.shape[1] + at
                losses.append(torch.nn.functional.cross_entropy(logits[place - 1], ids[0, place]))
    torch.testing.assert_close(got, torch.stack(losses).mean(), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_every_stage_runs_and_resumes(tmp_path: Path) -> None:
    base = tmp_path / "base"
    tiny.llama(window=8192).save_pretrained(base)
    tiny.tokenizer().save_pretrained(base)
    recipe = Recipe(rank=4, alpha=8, first_layer=0)
    train(base, tmp_path / "run", 1.0, recipe, dtype=torch.float32, steps=2)
    checkpoint = train(base, tmp_path / "run", 1.0, recipe, dtype=torch.float32, steps=4)
    saved = torch.load(checkpoint, weights_only=True)
    assert saved["state"]["step"] == 4
    assert any(value.abs().sum() > 0 for name, value in saved["weights"].items() if "lora_B" in name)
    export(checkpoint, tmp_path / "adapter", recipe, layers=2)
    model = LocalChatModel.load(base, family="chatml", device="cpu", adapter=tmp_path / "adapter")
    reply = model.stream(
        [Message("system", "s"), Message("user", "u")],
        Sampling(max_new_tokens=5),
        grammar=False,
        stop=threading.Event(),
    )
    assert isinstance("".join(reply), str)
    assert reply.finished in ("length", "end")
