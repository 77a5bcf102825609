"""Trains the embedded composer: SmolLM2-135M-Instruct with LoRA, on one core, resumable and seeded.

    python -m training.composer --base PATH_OF_THE_CONVERTED_BASE --folder PATH_FOR_CHECKPOINTS --minutes 60

Run the same command again to continue from the last checkpoint. The lessons come from ``training.corpus.lessons``;
``training.passages`` and ``training.network`` decide which of their tokens are trained on, and how.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads starve a shared machine

import peft
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from training.corpus.lessons import lessons
from training.network import Network, Pair, Passage, Teacher
from training.passages import TURN, passages, prefix_text

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
FREQUENT = 6000
"""The number of first ids of the tokenizer, its most frequent words, that are always part of the softmax."""


@dataclass(frozen=True)
class Recipe:
    """The hyperparameters. ``first_layer``: the lowest layer with an adapter, which saves the backward pass below it.

    The keys and values of the system message are recomputed, without gradient, every ``refresh`` steps. ``changes``:
    edits that share a first canvas. ``plain``: share of the lessons without edits. ``batch``: lessons per step.
    ``taught``: for descriptions in first rounds, the share of the loss that is the divergence from a teacher: the model
    with which the run starts, with its adapter scaled by ``faint``. A model between base and adapter writes
    more plausible texts than either (https://arxiv.org/abs/2109.01903), but does not keep the format.
    """

    seed: int = 12345
    rank: int = 16
    alpha: float = 32
    learning_rate: float = 6e-4
    warmup: float = 0.02
    constant: float = 0.6
    first_layer: int = 8
    batch: int = 1
    refresh: int = 6
    changes: int = 3
    plain: float = 0.25
    taught: float = 0.0
    faint: float = 0.4


def steps_of(recipe: Recipe, tokenizer: Any, skip: int) -> Iterator[list[Passage]]:
    """The passages of each step; the first ``skip`` steps are left out, so that a resumed run gets new ones."""
    stream = lessons(recipe.seed, recipe.changes, recipe.plain)
    for step in range(1 << 60):
        drawn = list(islice(stream, recipe.batch))
        if step < skip:
            continue
        rng = random.Random(f"{recipe.seed} {step}")
        found: list[Passage] = []
        for lesson in drawn:
            start = len(found)
            for passage in passages(lesson, tokenizer, rng):
                parent = passage.parent + start if passage.parent >= 0 else -1
                found.append(replace(passage, parent=parent))
        yield found


def vocabulary(tokenizer: Any, recipe: Recipe, size: int, count: int = 300) -> torch.Tensor:
    """The tokens in the softmax: those of a sample of lessons, and the most frequent ones."""
    found = set(range(min(FREQUENT, size)))
    for lesson in islice(lessons(recipe.seed + 1, 1, 0.5), count):
        texts = [lesson.asked, lesson.reply, *[change.reply for change in lesson.changes]]
        for ids in tokenizer(texts, add_special_tokens=False).input_ids:
            found.update(ids)
    return torch.tensor(sorted(found))


def rate(recipe: Recipe, progress: float) -> float:
    """Learning rate at ``progress`` (0..1) of the run: warm-up, constant, then a cosine down to a twentieth."""
    if progress < recipe.warmup:
        return recipe.learning_rate * (progress + 0.002) / (recipe.warmup + 0.002)
    late = max(0.0, progress - recipe.constant) / (1 - recipe.constant)
    wave = 0.5 + 0.5 * math.cos(math.pi * min(1.0, late))
    return recipe.learning_rate * (0.05 + 0.95 * wave)


def adapted(base: Path, recipe: Recipe) -> Any:
    """The base with a new adapter on every linear layer from ``first_layer`` up."""
    torch.manual_seed(recipe.seed)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    layers = list(range(recipe.first_layer, model.config.num_hidden_layers))
    config = peft.LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        target_modules=TARGETS,
        layers_to_transform=layers,
        task_type="CAUSAL_LM",
    )
    return peft.get_peft_model(model, config)


def teacher_of(base: Path, start: Path, recipe: Recipe, prefix: list[int], device: str) -> Teacher:
    """The model of a checkpoint with its adapter scaled by ``faint``."""
    model = adapted(base, replace(recipe, alpha=recipe.faint * recipe.alpha)).to(device)
    peft.set_peft_model_state_dict(model, torch.load(start, weights_only=True, map_location=device)["weights"])
    network = Network(model)
    network.merge()
    return Teacher(network, network.read(prefix), recipe.taught)


def save(folder: Path, model: Any, optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Write a checkpoint; the previous one is kept until the new one is complete."""
    fresh = folder / "checkpoint.new"
    weights = peft.get_peft_model_state_dict(model)
    torch.save({"weights": weights, "optimizer": optimizer.state_dict(), "state": state}, fresh)
    fresh.replace(folder / "checkpoint.pt")


def train(
    base: Path,
    folder: Path,
    minutes: float,
    recipe: Recipe,
    *,
    steps: int | None = None,
    device: str = "cpu",
    start: Path | None = None,
) -> Path:
    """Train for ``minutes`` in total (including earlier runs in the same folder) and return the checkpoint.

    start: a checkpoint of another run whose weights are the initial ones. The signal TERM ends the run after the
    current step, with a checkpoint.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = adapted(base, recipe).to(device)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=recipe.learning_rate, weight_decay=0.01, betas=(0.9, 0.98))
    state: dict[str, Any] = {"step": 0, "seconds": 0.0, "tokens": 0}
    target = folder / "checkpoint.pt"
    if target.exists():
        saved = torch.load(target, weights_only=True, map_location=device)
        peft.set_peft_model_state_dict(model, saved["weights"])
        optimizer.load_state_dict(saved["optimizer"])
        state = saved["state"]
    elif start is not None:
        peft.set_peft_model_state_dict(model, torch.load(start, weights_only=True, map_location=device)["weights"])
    network = Network(model)
    words: torch.Tensor | None = vocabulary(tokenizer, recipe, len(network.head)).to(device)
    prefix_ids = tokenizer(prefix_text(), add_special_tokens=False).input_ids
    teacher = None
    if recipe.taught:
        if start is None:
            raise ValueError("A teacher is a checkpoint to start from, and none is named.")
        teacher, words = teacher_of(base, start, recipe, prefix_ids, device), None
    read: list[Pair] = []
    recent: list[tuple[float, float]] = []
    saved_at = time.monotonic()
    told = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda number, frame: told.set())
    for found in steps_of(recipe, tokenizer, state["step"]):
        started = time.monotonic()
        progress = state["seconds"] / (60 * minutes) if steps is None else state["step"] / steps if steps else 1.0
        if progress >= 1 or told.is_set():
            break
        for group in optimizer.param_groups:
            group["lr"] = rate(recipe, progress)
        network.merge()
        if not read or state["step"] % recipe.refresh == 0:
            read = network.read(prefix_ids)
        losses, weights = network.losses(found, read, words, teacher)
        loss = (losses * weights).sum() / weights.sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seconds = time.monotonic() - started
        tokens = sum(len(passage.ids) for passage in found)
        state = {
            "step": state["step"] + 1,
            "seconds": state["seconds"] + seconds,
            "tokens": state["tokens"] + tokens,
        }
        recent = [*recent[-19:], _means(found, losses.detach(), weights)]
        print(json.dumps(_line(state, recent, tokens, seconds, progress)), flush=True)
        if time.monotonic() - saved_at > 240:
            save(folder, model, optimizer, state)
            saved_at = time.monotonic()
    save(folder, model, optimizer, state)
    return target


def _means(found: list[Passage], losses: torch.Tensor, weights: torch.Tensor) -> tuple[float, float]:
    """Mean loss of the first rounds, and of the tokens at which edits first differ from the copy (NaN if there are
    none)."""
    first = [passage.parent < 0 for passage in found for _ in passage.targets]
    begins = torch.tensor(first, device=losses.device)
    turns = weights >= TURN.weight
    return float(losses[begins].mean()), float(losses[turns].mean())


def _line(
    state: dict[str, Any], recent: list[tuple[float, float]], tokens: int, seconds: float, progress: float
) -> dict[str, Any]:
    turns = [turn for _, turn in recent if not math.isnan(turn)]
    return {
        "step": state["step"],
        "first": round(sum(first for first, _ in recent) / len(recent), 3),
        "turns": round(sum(turns) / max(1, len(turns)), 3),
        "seconds": round(seconds, 1),
        "speed": round(tokens / seconds),
        "progress": round(progress, 3),
        "tokens": state["tokens"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--steps", type=int, help="train for this number of steps instead of --minutes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--learning-rate", type=float, default=Recipe.learning_rate)
    parser.add_argument("--changes", type=int, default=Recipe.changes, help="number of edits per first canvas")
    parser.add_argument("--plain", type=float, default=Recipe.plain, help="share of first canvases without edits")
    parser.add_argument("--start", type=Path, help="start with the weights of this checkpoint")
    parser.add_argument(
        "--taught", type=float, default=Recipe.taught, help="share of the loss against a teacher made from --start"
    )
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, default=Recipe.batch, help="lessons per step; 8 or more on a GPU")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recipe = Recipe(
        seed=options.seed,
        batch=options.batch,
        learning_rate=options.learning_rate,
        changes=options.changes,
        plain=options.plain,
        taught=options.taught,
    )
    train(
        options.base,
        options.folder,
        options.minutes,
        recipe,
        steps=options.steps,
        device=options.device,
        start=options.start,
    )


if __name__ == "__main__":
    main()
