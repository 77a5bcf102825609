"""Teach the painter's first text encoder what every subject looks like.

    python -m training.train_memory --minutes 14

A CLIP text model whose hidden state before the last layer, which is what SDXL reads, holds at every token position one
patch of the sprite that the text is about (`training.looks`). Its first layers learn by gradient descent to work out
from the text, at every position, a code of the sprite (its principal components). The memory itself is then written,
not learnt: in the third layer's MLP each hidden unit belongs to one number of one patch, opens at the positions that
hold the patch, and reads that number off the code. The rest of the time polishes all of it together.
Reads RUNS/text.pt (for the meaning of the tokens) and resumes from RUNS/memory.pt.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import argparse
import random
import time
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from lib_omost.render.sdxl.tokens import bags
from training.art import DEFAULT_CACHE, load_sprites
from training.captions import Caption, backdrop_caption, global_caption, region_caption
from training.looks import (
    FEATURES,
    FIRST,
    HERE,
    KNOWN,
    PATCH_WIDTH,
    PATCHES,
    POSITION,
    TINT,
    patch_of,
    subject_looks,
    token_features,
)
from training.scenes import TINTS, WEIGHTS, sample_scene
from training.subjects import SUBJECTS

MEMORY_WIDTH = 320
CODE = 200  # principal components of the sprites' patches
LINEAR = 5  # numbers that the memory passes on as they are: KNOWN and the four of TINT
OPEN = 7.0  # how far a unit is open at its patch's positions and closed elsewhere
INDEX = {subject.key: number for number, subject in enumerate(SUBJECTS)}
NEGATIVES = ("", "lowres, bad anatomy, bad hands, cropped, worst quality", "blurry, ugly, low quality", "worst quality")


def build_memory(tokens: int, bos: int, eos: int) -> CLIPTextModel:
    """The encoder with random weights but for the positions; the last layer is never read."""
    config = CLIPTextConfig(
        vocab_size=tokens,
        hidden_size=MEMORY_WIDTH,
        intermediate_size=1792,
        num_hidden_layers=4,
        num_attention_heads=5,
        max_position_embeddings=77,
        hidden_act="quick_gelu",
        bos_token_id=bos,
        eos_token_id=eos,
        pad_token_id=eos,
    )
    encoder = CLIPTextModel(config)
    with torch.no_grad():
        embeddings = encoder.embeddings
        embeddings.token_embedding.weight.normal_(0, 0.5)
        embeddings.position_embedding.weight.normal_(0, 0.3)
        keep_clear(encoder)
    return encoder


@torch.no_grad()
def keep_clear(encoder: CLIPTextModel) -> None:
    """Let nothing but the memory write to the features: called after every step."""
    embeddings = encoder.embeddings
    embeddings.token_embedding.weight[:, :FEATURES] = 0
    positions = embeddings.position_embedding.weight
    positions[:, :FEATURES] = 0
    for position in range(len(positions)):
        positions[position, POSITION + patch_of(position)] = HERE
    for layer in encoder.encoder.layers[:3]:
        writers = [layer.self_attn.out_proj]
        if layer is not encoder.encoder.layers[2]:
            writers.append(layer.mlp.fc2)
        for writer in writers:
            writer.weight[:FEATURES] = 0
            writer.bias[:FEATURES] = 0


def borrow_meaning(encoder: CLIPTextModel, text: Path) -> None:
    """Begin with the token embeddings of RUNS/text.pt: their leading principal components."""
    saved = torch.load(text)["parts"]
    tables = ("first.embeddings.token_embedding.weight", "second.text_model.embeddings.token_embedding.weight")
    rows = torch.cat([saved[name] for name in tables], dim=1)
    rows = rows - rows.mean(0)
    room = MEMORY_WIDTH - FEATURES
    _, _, v = torch.linalg.svd(rows, full_matrices=False)
    made = rows @ v[:room].T
    with torch.no_grad():
        encoder.embeddings.token_embedding.weight[:, FEATURES:] = 0.5 * made / made.std()


@dataclass(frozen=True, slots=True)
class Example:
    """A bag of token ids, whose sprite (None: the whole picture's text, or a backdrop's) in which colour, where it was
    named, and whether it is a region's."""

    ids: tuple[int, ...]
    subject: int | None
    color: str | None
    said: int
    region: bool


def example(rng: random.Random, tokenizer: CLIPTokenizer, length: int) -> Example:
    """A text as regions, whole pictures and negative prompts have them, cut or padded to `length` tokens."""
    subject, color, said, region = None, None, 0, False
    scene = sample_scene(rng, regions=rng.choice((1, 2, 3, 4)))
    chance = rng.random()
    if chance < 0.04:
        caption = Caption((rng.choice(NEGATIVES),), ())
    elif chance < 0.14:
        caption = global_caption(scene, rng, alone=rng.random() < 0.1)
    elif chance < 0.22:
        caption, region = backdrop_caption(scene.placements[0], rng), True
    else:
        place = scene.placements[0]
        if rng.random() < 0.6:  # every subject often, whatever its weight in scenes
            place = replace(place, subjects=(rng.choice(SUBJECTS), *place.subjects[1:]), color=None)
        # Real texts are crowded: "a group of warriors fighting a dinosaur", and then sentences about either.
        other = rng.choices(SUBJECTS, WEIGHTS)[0]
        if rng.random() < 0.25:
            place = replace(place, subjects=(place.subjects[0], other), count=1)
        elif rng.random() < 0.25:
            place = replace(place, subjects=place.subjects[:1], count=rng.choice((2, 3)))
        others = tuple(s for p in scene.placements[1:] for s in p.subjects)
        caption = region_caption(place, rng, others)
        if rng.random() < 0.4:
            beside = list(region_caption(replace(place, subjects=(other,), color=None), rng).suffixes[:3])
            suffixes = [*caption.suffixes, *beside]
            caption = Caption(caption.prefixes, tuple(rng.sample(suffixes, len(suffixes))))
        subject, color = INDEX[place.subjects[0].key], TINTS[place.color] if place.color else None
        region = True
        said = len(tokenizer(caption.prefixes[0]).input_ids) - 2
    if length <= 48:
        caption = Caption(caption.prefixes, caption.suffixes[:1] if rng.random() < 0.5 else ())
    row = rng.choice(bags(caption.prefixes, caption.suffixes, [tokenizer], 75).ids[0][:2])
    if length < 77 and row[length - 1] != tokenizer.eos_token_id:
        row = (*row[: length - 1], tokenizer.eos_token_id)
    return Example(row[:length], subject, color, said, region)


def before_memory(encoder: CLIPTextModel, ids: Tensor) -> tuple[Tensor, Tensor]:
    """(hidden [B, L, C], normalised hidden) where the third layer's MLP reads."""
    layers = encoder.encoder.layers
    hidden = encoder.embeddings(input_ids=ids)
    mask = torch.full((ids.shape[1], ids.shape[1]), -torch.inf).triu(1)[None, None]
    for layer in layers[:2]:
        made = layer(hidden, mask)
        hidden = made[0] if isinstance(made, tuple) else made
    third = layers[2]
    hidden = hidden + third.self_attn(third.layer_norm1(hidden), attention_mask=mask)[0]
    return hidden, third.layer_norm2(hidden)


def remember(encoder: CLIPTextModel, ids: Tensor) -> Tensor:
    """The hidden state before the last layer [B, L, C], without running the last layer."""
    hidden, normal = before_memory(encoder, ids)
    return hidden + encoder.encoder.layers[2].mlp(normal)


class Memory(nn.Module):
    """The encoder and the readout of the code that its memory is written with."""

    def __init__(self, encoder: CLIPTextModel, looks: Tensor) -> None:
        super().__init__()
        self.encoder = encoder
        self.readout = nn.Linear(MEMORY_WIDTH, CODE + LINEAR)
        flat = looks.flatten(1)
        _, spread, v = torch.linalg.svd(flat, full_matrices=False)
        self.axes: Tensor
        self.register_buffer("axes", v[:CODE].clone(), persistent=False)  # [CODE, 64 * 20]
        self.weights: Tensor
        self.register_buffer("weights", (spread[:CODE].mean() / spread[:CODE]).clone(), persistent=False)

    def forward(self, ids: Tensor, *, with_memory: bool) -> tuple[Tensor, Tensor | None]:
        """(code and linear numbers [B, L, CODE + 5], features [B, L, FEATURES] if the memory is written)."""
        hidden, normal = before_memory(self.encoder, ids)
        features = None
        if with_memory:
            features = (hidden + self.encoder.encoder.layers[2].mlp(normal))[..., :FEATURES]
        return self.readout(normal), features

    @torch.no_grad()
    def write(self, ids: Tensor) -> None:
        """Write the third layer's MLP from the readout; token ids [B, 77] tell how positions look from there."""
        _, normal = before_memory(self.encoder, ids)
        states = torch.cat([normal.flatten(0, 1), torch.ones(normal[..., 0].numel(), 1)], dim=1)
        here = torch.zeros(ids.shape[1], PATCHES)
        here[torch.arange(len(here)), [patch_of(p) for p in range(len(here))]] = 1.0
        square = states.T @ states + 1e-2 * torch.eye(states.shape[1])
        gates = torch.linalg.solve(square, states.T @ here.repeat(len(ids), 1)).T  # [64, C + 1]
        gates = 2 * OPEN * gates
        gates[:, -1] -= OPEN
        read = torch.cat([self.readout.weight, self.readout.bias[:, None]], dim=1)
        numbers = self.axes.T @ read[:CODE]  # [64 * 20, C + 1]
        units = torch.cat([gates.repeat_interleave(PATCH_WIDTH, 0) + numbers, gates, read[CODE:], -read[CODE:]])
        mlp = self.encoder.encoder.layers[2].mlp
        for parameter in mlp.parameters():
            parameter.zero_()
        mlp.fc1.weight[: len(units)] = units[:, :-1]
        mlp.fc1.bias[: len(units)] = units[:, -1]
        # What the spare units start from, so that they can learn.
        nn.init.normal_(mlp.fc1.weight[len(units) :], std=0.02)
        for patch in range(PATCHES):
            at = patch * PATCH_WIDTH
            mlp.fc2.weight[torch.arange(PATCH_WIDTH), at + torch.arange(PATCH_WIDTH)] = 1.0
            mlp.fc2.weight[:PATCH_WIDTH, PATCHES * PATCH_WIDTH + patch] = -1.0  # less what opening alone gives
        at = PATCHES * (PATCH_WIDTH + 1)
        for number, feature in enumerate((KNOWN, *range(TINT, TINT + 4))):
            mlp.fc2.weight[feature, at + number] = 1.0
            mlp.fc2.weight[feature, at + LINEAR + number] = -1.0


def main() -> None:
    """Command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument("--minutes", type=float, default=14.0)
    parser.add_argument("--tokens", type=int, default=3000, help="tokens in a batch")
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=9)
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    tokenizer = CLIPTokenizer.from_pretrained(options.runs / "tokenizer")
    looks = subject_looks(load_sprites((subject.key for subject in SUBJECTS), options.cache))
    encoder = build_memory(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id)
    memory = Memory(encoder, looks)
    path: Path = options.runs / "memory.pt"
    step, written = 0, False
    if path.exists():
        saved = torch.load(path)
        encoder.load_state_dict(saved["encoder"])
        memory.readout.load_state_dict(saved["readout"])
        step, written = saved["step"], saved["written"]
    else:
        borrow_meaning(encoder, options.runs / "text.pt")
        keep_clear(encoder)
    optimizer = torch.optim.AdamW(memory.parameters(), lr=options.lr, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    rng = random.Random(options.seed + step)

    def save() -> None:
        state = {"encoder": encoder.state_dict(), "readout": memory.readout.state_dict(), "step": step}
        torch.save({**state, "written": written}, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    began = saved_at = time.monotonic()
    begun_at = step
    while (gone := (time.monotonic() - began) / (60 * options.minutes)) < 1:
        if gone > 0.65 and not written:
            memory.write(torch.tensor([example(rng, tokenizer, 77).ids for _ in range(60)]))
            written = True
            save()
        lr = options.lr * min(1.0, (step - begun_at + 1) / 50) * max(0.02, 1 - gone)
        for group in optimizer.param_groups:
            group["lr"] = lr * (0.5 if written else 1.0)
        length = rng.choice((20, 44, 44, 77, 77))
        rows = [example(rng, tokenizer, length) for _ in range(options.tokens // length)]
        wanted = torch.stack([token_features(looks, row.subject, row.color, length) for row in rows])
        weights = torch.ones(len(rows), length)
        code = torch.zeros(len(rows), CODE)
        for i, row in enumerate(rows):
            weights[i, :FIRST] = 0.0
            weights[i, FIRST : max(FIRST, row.said + 1)] = 0.1
            if not row.region:
                # Many could as well be a region's ("a warrior and a dinosaur"), which then must not be unsure.
                weights[i] *= 0.05
            if row.subject is not None:
                code[i] = memory.axes @ looks[row.subject].flatten()
        weights = weights / weights.sum()
        found, features = memory(torch.tensor([row.ids for row in rows]), with_memory=written)
        off = (found[..., :CODE] - code[:, None]).pow(2) @ memory.weights
        linear = (found[..., CODE:] - wanted[..., KNOWN : KNOWN + LINEAR]).pow(2).sum(-1)
        loss = (weights * (off + 3 * linear)).sum() / 50
        if features is not None:
            missed = (features - wanted)[..., :POSITION].pow(2).sum(-1)
            loss = 0.3 * loss + (weights * missed).sum() / 20
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(memory.parameters(), 1.0)
        optimizer.step()
        keep_clear(encoder)
        step += 1
        if step % 20 == 0:
            with torch.no_grad():
                whose = torch.tensor([-1 if row.subject is None else row.subject for row in rows])
                known = whose >= 0
                codes = looks.flatten(1) @ memory.axes.T
                named = torch.cdist(found[known][:, -1, :CODE], codes).argmin(1)
                power = (weights[known] * code[known][:, None].pow(2).sum(-1)).sum()
                left = (weights[known] * (found[known][..., :CODE] - code[known][:, None]).pow(2).sum(-1)).sum() / power
                text = f"step {step} loss {loss.item():.3f} named {(named == whose[known]).float().mean():.3f}"
                text += f" code missed {left:.3f}"
                if features is not None:
                    power = (weights * wanted[..., :PATCH_WIDTH].pow(2).sum(-1)).sum()
                    missed = (features - wanted)[..., :PATCH_WIDTH].pow(2).sum(-1)
                    text += f" patches missed {(weights * missed).sum() / power:.3f}"
            print(text, flush=True)
        if time.monotonic() - saved_at > 120:
            save()
            saved_at = time.monotonic()
    save()
    print(f"step {step} done", flush=True)


if __name__ == "__main__":
    main()
