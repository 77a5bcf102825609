"""Teach the painter's two text encoders what the words mean before any painting.

    python -m training.train_text --minutes 10

Both are tiny CLIP text models over the vocabulary of `training.train_tokenizer`. From the hidden states that SDXL reads
(the one before the last, of both, side by side) a few attention queries must tell which subjects a condition's text is
about, what they look like (the principal components of their sprites) and which background is meant; the pooled vector
of the second must tell the background. The painter then reads them frozen: its text costs no backward pass.
Resumes from ``RUNS/text.pt``.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from lib_omost.render.sdxl.tokens import bags
from training.art import DEFAULT_CACHE, load_sprites
from training.captions import Caption, global_caption, region_caption
from training.scenes import BACKGROUNDS, sample_scene
from training.subjects import SUBJECTS, Subject

WIDTHS = (96, 160)
POOLED = 128
INDEX = {subject.key: number for number, subject in enumerate(SUBJECTS)}
GROUND = {name: len(SUBJECTS) + number for number, name in enumerate(BACKGROUNDS)}
CLASSES = len(SUBJECTS) + len(BACKGROUNDS)


def build_text_encoders(tokens: int, bos: int, eos: int) -> tuple[CLIPTextModel, CLIPTextModelWithProjection]:
    """The two encoders with random weights; together their hidden states are 256 wide."""
    models = []
    for width, kind in zip(WIDTHS, (CLIPTextModel, CLIPTextModelWithProjection), strict=True):
        config = CLIPTextConfig(
            vocab_size=tokens,
            hidden_size=width,
            intermediate_size=4 * width,
            projection_dim=POOLED,
            num_hidden_layers=3,
            num_attention_heads=4,
            max_position_embeddings=77,
            hidden_act="quick_gelu",
            bos_token_id=bos,
            eos_token_id=eos,
            pad_token_id=eos,
        )
        models.append(kind(config))
    return models[0], models[1]


def encode(first: CLIPTextModel, second: CLIPTextModelWithProjection, ids: Tensor) -> tuple[Tensor, Tensor]:
    """(hidden [B, L, 256], pooled [B, 128]) of token ids [B, L], read as SDXL reads them."""
    hidden = first(ids, output_hidden_states=True).hidden_states[-2]
    out = second(ids, output_hidden_states=True)
    return torch.cat([hidden, out.hidden_states[-2]], dim=-1), out.text_embeds


class Reader(nn.Module):
    """Attention queries over token states, as the painter's cross-attention has: to class scores and to looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        width = sum(WIDTHS)
        self.queries = nn.Parameter(torch.randn(8, width) / width**0.5)
        self.value = nn.Linear(width, 64)
        self.classes = nn.Linear(8 * 64, CLASSES)
        self.looks = nn.Linear(8 * 64, looks)
        self.pooled = nn.Linear(POOLED, CLASSES)

    def forward(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        scores = torch.softmax(hidden @ self.queries.T, dim=1)  # [B, L, 8]
        seen = torch.einsum("blq,blv->bqv", scores, self.value(hidden)).flatten(1)
        return self.classes(seen), self.looks(seen)


def sprite_looks(cache: Path, components: int = 48) -> Tensor:
    """float32 [subjects, components]: whitened principal components of 20 x 20 premultiplied sprites."""
    sprites = load_sprites((subject.key for subject in SUBJECTS), cache)
    rows = []
    for subject in SUBJECTS:
        square = np.asarray(sprites[subject.key].resize((20, 20))).astype(np.float32) / 255
        rows.append((np.dstack([square[..., :3] * square[..., 3:], square[..., 3:]])).ravel())
    data = np.stack(rows)
    data -= data.mean(0)
    u, _, _ = np.linalg.svd(data, full_matrices=False)
    return torch.from_numpy(u[:, :components] * len(rows) ** 0.5).float()


def example(rng: random.Random) -> tuple[Caption, list[int], list[int]]:
    """A caption, the classes it is about, and the subject numbers among them (empty for a global caption)."""
    scene = sample_scene(rng, regions=rng.choice((1, 2, 3)))
    if rng.random() < 0.3:
        classes = [GROUND[scene.background]]
        classes += [INDEX[s.key] for place in scene.placements for s in place.subjects]
        return global_caption(scene, rng, alone=rng.random() < 0.5), classes, []
    place = scene.placements[0]
    if rng.random() < 0.5:  # every subject often, whatever its weight in scenes
        swapped = tuple(rng.choice(SUBJECTS) for _ in place.subjects)
        place = type(place)(place.location, place.offset, place.area, swapped, place.count)
    others: tuple[Subject, ...] = tuple(s for p in scene.placements[1:] for s in p.subjects)
    subjects = [INDEX[s.key] for s in place.subjects]
    return region_caption(place, rng, others), subjects, subjects


def shorten(caption: Caption, rng: random.Random) -> Caption:
    """Half of the captions become a few words: short texts are cheap and say the most."""
    return Caption(caption.prefixes, caption.suffixes[:1] if rng.random() < 0.3 else ())


def main() -> None:
    """Command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--tokens", type=int, default=4096, help="tokens in a batch")
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    tokenizer = CLIPTokenizer.from_pretrained(options.runs / "tokenizer")
    first, second = build_text_encoders(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id)
    looks = sprite_looks(options.cache)
    reader = Reader(looks.shape[1])
    parts = nn.ModuleDict({"first": first, "second": second, "reader": reader})
    path = options.runs / "text.pt"
    step = 0
    if path.exists():
        saved = torch.load(path)
        parts.load_state_dict(saved["parts"])
        step = saved["step"]
    optimizer = torch.optim.AdamW(parts.parameters(), lr=options.lr, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    rng = random.Random(options.seed + step)

    def save() -> None:
        torch.save({"parts": parts.state_dict(), "step": step}, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    began = saved_at = time.monotonic()
    begun_at, hit, count = step, 0.0, 0
    while (gone := (time.monotonic() - began) / (60 * options.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.lr * min(1.0, (step - begun_at + 1) / 60) * max(0.02, 1 - gone)
        length = rng.choice((20, 20, 48, 77))
        rows, targets, whose = [], [], []
        for _ in range(options.tokens // length):
            caption, classes, subjects = example(rng)
            if length == 20:
                caption = shorten(caption, rng)
            row = bags(caption.prefixes, caption.suffixes, [tokenizer], 75).ids[0][0]
            if length < 77:
                row = (
                    row[:length]
                    if row[length - 1] == tokenizer.eos_token_id
                    else (*row[: length - 1], tokenizer.eos_token_id)
                )
            rows.append(row)
            target = torch.zeros(CLASSES)
            target[classes] = 1.0
            targets.append(target)
            whose.append(subjects)
        hidden, pooled = encode(first, second, torch.tensor(rows))
        scores, seen = reader(hidden)
        truth = torch.stack(targets)
        share = truth / truth.sum(1, keepdim=True)
        loss = F.cross_entropy(scores, share) + 0.3 * F.cross_entropy(reader.pooled(pooled), share)
        single = [i for i, subjects in enumerate(whose) if len(subjects) == 1]
        if single:
            loss = loss + 3.0 * F.mse_loss(seen[single], looks[[whose[i][0] for i in single]])
            hit += float((scores[single].argmax(1) == torch.tensor([whose[i][0] for i in single])).sum())
            count += len(single)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parts.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 20 == 0:
            print(f"step {step} loss {loss.item():.3f} subject named {hit / max(count, 1):.3f}", flush=True)
            hit, count = 0.0, 0
        if time.monotonic() - saved_at > 60:
            save()
            saved_at = time.monotonic()
    save()
    print(f"step {step} done", flush=True)


if __name__ == "__main__":
    main()
