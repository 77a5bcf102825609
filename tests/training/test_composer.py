"""The composer's training on a toy model: what it learns from, and (slow) every stage once."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch

from lib_omost.canvas.prompt import system_prompt
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.local import LocalChatModel
from lib_omost.llm.templates import render
from tests.llm import tiny
from training.composer import Recipe, steps_of, train
from training.corpus.lessons import Lesson, lessons
from training.export_composer import export
from training.passages import CHANGED, TURN, edit_marks, passages, prefix_text


def _lesson() -> Lesson:
    return next(lesson for lesson in lessons(seed=4, changes=3) if lesson.changes)


def test_a_round_reads_as_the_chat_template_renders_it() -> None:
    tokenizer = tiny.tokenizer()
    for lesson in islice(lessons(seed=4, changes=2), 4):
        rounds = passages(lesson, tokenizer, random.Random(0))
        assert len(rounds) == 1 + len(lesson.changes)
        talk = [Message("system", system_prompt()), Message("user", lesson.asked), Message("assistant", lesson.reply)]
        assert prefix_text() + tokenizer.decode(rounds[0].ids) == render("chatml", talk, generation_prompt=False)
        for change, passage in zip(lesson.changes, rounds[1:], strict=True):
            assert passage.parent == change.parent
            text = tokenizer.decode(passage.ids)
            whole = render("chatml", [Message("user", change.asked), Message("assistant", change.reply)], False)
            assert text in whole  # the rest of it may be cut off, but not the beginning
            assert whole.endswith(text) or whole.index(text) == whole.index("<|im_start|>user")


def test_what_is_learned_from_is_active_and_a_reply() -> None:
    tokenizer = tiny.tokenizer()
    for passage in passages(_lesson(), tokenizer, random.Random(0)):
        active = set(passage.active)
        asked = tokenizer.decode(passage.ids).index("<|im_start|>assistant\n")
        for position, weight in passage.targets:
            assert position - 1 in active
            assert weight > 0
            assert len(tokenizer.decode(passage.ids[: position + 1])) > asked
        assert len(active) < len(passage.ids)


def test_an_edit_is_where_a_reader_could_not_have_copied() -> None:
    before = "# Add a red fox.\n    tags='fox, red',\n\n# Add an owl.\n    tags='owl',\n```"
    without = "# Add an owl.\n    tags='owl',\n```"
    marks = edit_marks(without, before)
    assert [without[at] for at, mark in enumerate(marks) if mark == TURN] == ["a", "n"]
    assert CHANGED not in marks
    added = before[:-3] + "\n# Add a hat.\n    tags='hat',\n```"
    marks = edit_marks(added, before)
    assert marks[len(before) - 3] == TURN
    blue = before.replace("red", "blue")
    changed = "".join(
        text if mark in (TURN, CHANGED) else "." for text, mark in zip(blue, edit_marks(blue, before), strict=True)
    )
    assert changed.strip(".").startswith("blue")
    assert changed.count("blue") == 2
    assert changed.count(".") > len(blue) - 14  # the words themselves, and a sign or two behind them


def test_a_resumed_run_goes_on_with_the_next_step() -> None:
    tokenizer, recipe = tiny.tokenizer(), Recipe(batch=2, changes=1)
    whole = list(islice(steps_of(recipe, tokenizer, 0), 3))
    assert next(steps_of(recipe, tokenizer, 2)) == whole[2]


@pytest.mark.slow
def test_every_stage_runs_and_resumes(tmp_path: Path) -> None:
    base = tmp_path / "base"
    tiny.llama(window=8192).save_pretrained(base)
    tiny.tokenizer().save_pretrained(base)
    recipe = Recipe(rank=4, alpha=8, first_layer=0)
    train(base, tmp_path / "run", 1.0, recipe, steps=2)
    checkpoint = train(base, tmp_path / "run", 1.0, recipe, steps=4)
    saved = torch.load(checkpoint, weights_only=True)
    assert saved["state"]["step"] == 4
    assert any(value.abs().sum() > 0 for name, value in saved["weights"].items() if "lora_B" in name)
    other = train(base, tmp_path / "other", 1.0, recipe, steps=0, start=checkpoint)
    begun = torch.load(other, weights_only=True)["weights"]
    assert all(torch.equal(begun[name], value) for name, value in saved["weights"].items())
    taught = train(base, tmp_path / "taught", 1.0, replace(recipe, taught=0.5), steps=1, start=checkpoint)
    learnt = torch.load(taught, weights_only=True)["weights"]
    assert not all(torch.equal(learnt[name], value) for name, value in saved["weights"].items())
    export(checkpoint, tmp_path / "adapter", recipe, layers=2, strength=0.5)
    assert json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())["lora_alpha"] == recipe.alpha / 2
    model = LocalChatModel.load(base, family="chatml", device="cpu", adapter=tmp_path / "adapter")
    reply = model.stream(
        [Message("system", "s"), Message("user", "u")],
        Sampling(max_new_tokens=5),
        grammar=False,
        stop=threading.Event(),
    )
    assert isinstance("".join(reply), str)
    assert reply.finished in ("length", "end")
