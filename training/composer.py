"""Trains the embedded composer: SmolLM2-135M-Instruct with LoRA, on one core, resumable and seeded.

    python -m training.composer --base PATH_OF_THE_CONVERTED_BASE --folder PATH_FOR_CHECKPOINTS --minutes 60

Run the same command again to go on from the last checkpoint. The conversations come from ``training.corpus.examples``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads starve a shared machine

import peft
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

from lib_omost.canvas.prompt import system_prompt
from lib_omost.llm.base import Message
from lib_omost.llm.templates import render
from training.corpus.examples import Example, examples

FAMILY = "chatml"
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True)
class Recipe:
    """What decides the adapter. ``first_layer``: layers below it stay as they are, which saves their backward pass.

    The keys and values of the system message are computed without gradient once in ``refresh`` steps.
    ``fixed_share`` is the share of the tokens of the layout (fences, keywords, indents) and ``kept_share`` that of the
    lines an edit leaves alone whose loss is computed: both are soon learned, and the vocabulary's head is dear.
    """

    seed: int = 12345
    rank: int = 16
    alpha: int = 32
    learning_rate: float = 5e-4
    warmup: float = 0.04
    first_layer: int = 8
    batch: int = 1
    refresh: int = 8
    edited: float = 0.6
    fixed_share: float = 0.5
    kept_share: float = 0.8


@dataclass(frozen=True)
class Sample:
    """Token ids after the system message, and the positions (of ``ids``) whose prediction counts."""

    ids: list[int]
    targets: list[int]


def prefix_text() -> str:
    """The system message as the chat template renders it: the same for every conversation."""
    return render(FAMILY, [Message("system", system_prompt())], generation_prompt=False)


def tokenize(example: Example, tokenizer: Any, recipe: Recipe, rng: random.Random) -> Sample:
    """The conversation after the system message, with the positions to learn from."""
    messages = [Message("system", system_prompt())]
    text = prefix_text()
    ids: list[int] = []
    targets: list[int] = []
    earlier: set[str] = set()
    for asked, reply in example.turns:
        messages.append(Message("user", asked))
        shown = render(FAMILY, messages, generation_prompt=True)
        ids += tokenizer(shown[len(text) :], add_special_tokens=False).input_ids
        messages.append(Message("assistant", reply))
        text = render(FAMILY, messages, generation_prompt=False)
        answer = tokenizer(text[len(shown) :], add_special_tokens=False, return_offsets_mapping=True)
        shares = _shares(reply, earlier, recipe)
        for token, (begin, end) in zip(answer.input_ids, answer.offset_mapping, strict=True):
            share = max(shares[begin:end], default=1.0)
            if share >= 1.0 or rng.random() < share:
                targets.append(len(ids))
            ids.append(token)
        earlier = set(reply.splitlines())
    return Sample(ids, targets)


def _shares(reply: str, earlier: set[str], recipe: Recipe) -> list[float]:
    """For each character of a reply the share with which its token is learned from."""
    shares: list[float] = []
    for number, line in enumerate(reply.split("\n")):
        kept = line in earlier and "'" in line
        if line.startswith("#") or number < 3:  # the opening decides whether there is a canvas at all
            row = [1.0] * len(line)
        else:
            first, last = line.find("'"), line.rfind("'")
            row = [1.0 if first < at <= last else recipe.fixed_share for at in range(len(line))]
        if kept:
            row = [min(share, recipe.kept_share) for share in row]
        shares += [*row, 1.0 if number < 3 else recipe.fixed_share]
    return shares


def batches(recipe: Recipe, tokenizer: Any, skip: int) -> Iterator[list[Sample]]:
    """Batches of samples of like length; the first ``skip`` are left out, so that a resumed run sees new ones."""
    rng = random.Random(recipe.seed)
    stream = examples(recipe.seed, recipe.edited)
    seen = 0
    while True:
        pool = [next(stream) for _ in range(recipe.batch * 12)]
        pool.sort(key=lambda example: sum(len(reply) for _, reply in example.turns))
        groups = [pool[at : at + recipe.batch] for at in range(0, len(pool), recipe.batch)]
        rng.shuffle(groups)
        for group in groups:
            seen += 1
            if seen > skip:
                yield [
                    tokenize(example, tokenizer, recipe, random.Random(f"{recipe.seed} {seen}")) for example in group
                ]


@torch.no_grad()
def read_prefix(model: Any, prefix: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Keys and values of the system message, one pair a layer."""
    inner = model.get_base_model()
    cache = DynamicCache(config=inner.config)
    inner.model(input_ids=prefix, past_key_values=cache, use_cache=True)
    return [(layer.keys, layer.values) for layer in cache.layers]


def loss_of(model: Any, read: list[tuple[torch.Tensor, torch.Tensor]], samples: list[Sample], pad: int) -> torch.Tensor:
    """Mean loss (nats a token) over the target positions, after the system message given by its keys and values."""
    inner = model.get_base_model()
    cache = DynamicCache(config=inner.config)
    for index, (keys, values) in enumerate(read):
        cache.update(keys.expand(len(samples), -1, -1, -1), values.expand(len(samples), -1, -1, -1), index)
    length = read[0][0].shape[2]
    longest = max(len(sample.ids) for sample in samples)
    device = read[0][0].device
    ids = torch.full((len(samples), longest), pad, device=device)
    mask = torch.zeros((len(samples), length + longest), dtype=torch.long, device=device)
    mask[:, :length] = 1
    rows, columns = [], []
    for row, sample in enumerate(samples):
        ids[row, : len(sample.ids)] = torch.tensor(sample.ids)
        mask[row, length : length + len(sample.ids)] = 1
        rows += [row] * len(sample.targets)
        columns += sample.targets
    hidden = inner.model(input_ids=ids, attention_mask=mask, past_key_values=cache, use_cache=True).last_hidden_state
    chosen = hidden[torch.tensor(rows), torch.tensor(columns) - 1]
    return torch.nn.functional.cross_entropy(
        inner.lm_head(chosen).float(), ids[torch.tensor(rows), torch.tensor(columns)]
    )


def rate(recipe: Recipe, progress: float) -> float:
    """Learning rate at ``progress`` (0..1) of the run: linear warm-up, then a cosine down to a twentieth."""
    if progress < recipe.warmup:
        return recipe.learning_rate * (progress + 0.002) / (recipe.warmup + 0.002)
    wave = 0.5 + 0.5 * math.cos(math.pi * min(1.0, (progress - recipe.warmup) / (1 - recipe.warmup)))
    return recipe.learning_rate * (0.05 + 0.95 * wave)


def adapted(base: Path, recipe: Recipe) -> Any:
    """The base with a fresh adapter on every linear layer from ``first_layer`` up."""
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


def save(folder: Path, model: Any, optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Write a checkpoint; the previous one stays until the new one is complete."""
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
    dtype: torch.dtype,
    steps: int | None = None,
    device: str = "cpu",
) -> Path:
    """Train for ``minutes`` in all (earlier runs in the same folder included) and return the checkpoint."""
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
    prefix = torch.tensor([tokenizer(prefix_text(), add_special_tokens=False).input_ids], device=device)
    pad = tokenizer.pad_token_id or tokenizer.eos_token_id
    model.train()
    read: list[tuple[torch.Tensor, torch.Tensor]] = []
    recent: list[float] = []
    saved_at = time.monotonic()
    for samples in batches(recipe, tokenizer, state["step"]):
        started = time.monotonic()
        progress = state["seconds"] / (60 * minutes) if steps is None else state["step"] / steps
        if progress >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = rate(recipe, progress)
        with torch.autocast(device.split(":")[0], dtype=dtype, enabled=dtype != torch.float32):
            if not read or state["step"] % recipe.refresh == 0:
                read = read_prefix(model, prefix)
            loss = loss_of(model, read, samples, pad)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seconds = time.monotonic() - started
        state["step"] += 1
        state["seconds"] += seconds
        state["tokens"] += sum(len(sample.ids) for sample in samples)
        recent = [*recent[-19:], float(loss.detach())]
        line = {
            "step": state["step"],
            "loss": round(recent[-1], 3),
            "mean": round(sum(recent) / len(recent), 3),
            "seconds": round(seconds, 1),
            "progress": round(progress, 3),
            "tokens": state["tokens"],
        }
        print(json.dumps(line), flush=True)
        if time.monotonic() - saved_at > 240:
            save(folder, model, optimizer, state)
            saved_at = time.monotonic()
    save(folder, model, optimizer, state)
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--steps", type=int, help="train this many steps instead of a time")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--learning-rate", type=float, default=Recipe.learning_rate)
    parser.add_argument("--edited", type=float, default=Recipe.edited, help="share of conversations with an edit round")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, default=Recipe.batch, help="conversations a step; 16 and up on a GPU")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recipe = Recipe(seed=options.seed, batch=options.batch, learning_rate=options.learning_rate, edited=options.edited)
    train(
        options.base,
        options.folder,
        options.minutes,
        recipe,
        dtype=getattr(torch, options.dtype),
        steps=options.steps,
        device=options.device,
    )


if __name__ == "__main__":
    main()
