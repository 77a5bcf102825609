"""Trains the painter's reader: a small CLIP text model, and linear maps from its states to classes.

    python -m training.train_reader --minutes 12      # resumes from RUNS/reader.pt

A classifier, trained with cross-entropy: the thing of a region's text (or none), its colour and its number; the ground,
hour and weather of a whole picture. The embeddings of nouns start as the codes of their things, which the lexicon
gives, so that the model has to learn only which of the nouns is meant. Prints the accuracy on texts that training does
not use.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from lib_omost.embedded.lexicon import lexicon
from lib_omost.embedded.painter.conditioning import WEATHERS
from lib_omost.embedded.painter.reading import BAG, REGION
from lib_omost.embedded.painter.reading import HEADS as NAMES
from lib_omost.render.sdxl.tokens import bags
from training.art import DEFAULT_CACHE
from training.grounds import GROUNDS, HOURS
from training.readings import NO_TINT, NOTHING, Reading, Readings
from training.subjects import SUBJECTS, plural
from training.wordnet import FOLDER, WordNet

WIDTHS = (192, 16)
POOLED = 16
CLASSES = {
    "thing": NOTHING + 1,
    "tint": NO_TINT + 1,
    "count": 4,
    "ground": len(GROUNDS) + 2,
    "hour": len(HOURS),
    "weather": len(WEATHERS),
    "color": NO_TINT + 1,
}
_CODE = 0.5
"""Norm of the codes with which the embeddings of nouns start; what is learned in addition is smaller."""
_SLOW = 1.0
"""Learning rate of the embeddings, relative to the others'."""
_SHARES = {"thing": 1.0, "tint": 0.3, "count": 0.3, "ground": 1.0, "hour": 0.5, "weather": 0.5, "color": 0.3}


def build_text_encoders(tokens: int, bos: int, eos: int) -> tuple[CLIPTextModel, CLIPTextModelWithProjection]:
    """The reader with random weights, and the second encoder, which SDXL's format requires and which is not used.

    The last layer of each is never read.
    """

    def config(width: int, layers: int, heads: int) -> CLIPTextConfig:
        return CLIPTextConfig(
            vocab_size=tokens,
            hidden_size=width,
            intermediate_size=3 * width,
            projection_dim=POOLED,
            num_hidden_layers=layers,
            num_attention_heads=heads,
            max_position_embeddings=BAG,
            hidden_act="quick_gelu",
            bos_token_id=bos,
            eos_token_id=eos,
            pad_token_id=eos,
        )

    second = CLIPTextModelWithProjection(config(WIDTHS[1], 1, 1))
    for parameter in second.parameters():
        nn.init.zeros_(parameter)
    return CLIPTextModel(config(WIDTHS[0], 3, 6)), second


def states(encoder: CLIPTextModel, ids: Tensor) -> Tensor:
    """The hidden states before the last layer, [B, L, C], computed without running the last layer."""
    hidden = encoder.embeddings(input_ids=ids)
    mask = torch.full((ids.shape[1], ids.shape[1]), -torch.inf).triu(1)[None, None]
    for layer in encoder.encoder.layers[:-1]:
        made = layer(hidden, mask)
        hidden = made[0] if isinstance(made, tuple) else made
    return hidden


class ReaderModel(nn.Module):
    """The text encoder and the classification heads."""

    def __init__(self, tokenizer: CLIPTokenizer) -> None:
        super().__init__()
        self.encoder = build_text_encoders(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id)[0]
        self.heads = nn.ModuleDict({name: nn.Linear(WIDTHS[0], count) for name, count in CLASSES.items()})

    @torch.no_grad()
    def begin(self, readings: Readings, tokenizer: CLIPTokenizer) -> None:
        """Initialise the embeddings of nouns that are single tokens with the codes of their things."""
        codes = F.normalize(torch.randn(CLASSES["thing"], WIDTHS[0]), dim=1)
        table = self.encoder.embeddings.token_embedding.weight
        table.normal_(0, 0.1)
        self.encoder.embeddings.position_embedding.weight.normal_(0, 0.1)
        words = [(word, thing) for word, thing, _ in readings.drawn] + [(word, NOTHING) for word, _ in readings.empty]
        for word, thing in words:
            for form in (word, plural(word)):
                ids = tokenizer(form).input_ids[1:-1]
                if len(ids) == 1:
                    table[ids[0]] += _CODE * codes[thing]
        head = self.heads["thing"]
        assert isinstance(head, nn.Linear)
        head.weight.copy_(codes)
        for layer in self.encoder.encoder.layers:  # attention passes values through unchanged at first
            turned = torch.linalg.qr(torch.randn(WIDTHS[0], WIDTHS[0]))[0]
            layer.self_attn.v_proj.weight.copy_(turned)
            layer.self_attn.out_proj.weight.copy_(turned.T)

    @torch.no_grad()
    def share(self, readings: Readings, tokenizer: CLIPTokenizer) -> int:
        """Copy the embedding of a thing's name, which is trained far more often, to the nouns that the thing
        represents.

        Names of things and nouns of several tokens do not change. Returns the number of changed nouns.
        """

        def token(word: str) -> int | None:
            ids = tokenizer(word).input_ids[1:-1]
            return ids[0] if len(ids) == 1 else None

        table = self.encoder.embeddings.token_embedding.weight
        named = {
            word.lower() for subject in SUBJECTS for name in (subject.name, *subject.words) for word in name.split()
        }
        named |= {plural(word) for word in named}
        count = 0
        for word, thing, _ in readings.drawn:
            names = [n for n in (SUBJECTS[thing].name, *SUBJECTS[thing].words) if token(n) is not None]
            for form, name in ((word, names[:1]), (plural(word), [plural(n) for n in names[:1]])):
                own = token(form)
                source = next((token(n) for n in (*name, *names[:1]) if token(n) is not None), None)
                if own is not None and source is not None and form not in named:
                    table[own] = table[source]
                    count += 1
        return count

    def forward(self, ids: Tensor, position: int) -> dict[str, Tensor]:
        state = states(self.encoder, ids)[:, position]
        return {name: head(state) for name, head in self.heads.items()}


def token_ids(readings: Sequence[Reading], tokenizer: CLIPTokenizer, rng: random.Random, length: int) -> Tensor:
    """int64 [B, length]: one bag of each reading's texts."""
    rows = []
    for reading in readings:
        found = bags(reading.caption.prefixes, reading.caption.suffixes, [tokenizer], BAG - 2).ids[0]
        rows.append((found[0] if length == REGION + 1 else rng.choice(found))[:length])
    return torch.tensor(rows)


def losses(found: dict[str, Tensor], readings: Sequence[Reading]) -> tuple[Tensor, dict[str, tuple[int, int]]]:
    """(loss, for each head the numbers of right and of all answers)."""
    loss, right = torch.zeros(()), {}
    for name in NAMES:
        wanted = torch.tensor([getattr(reading, name) for reading in readings])
        if bool((asked := wanted >= 0).any()):
            loss = loss + _SHARES[name] * F.cross_entropy(found[name][asked], wanted[asked])
            right[name] = int((found[name][asked].argmax(1) == wanted[asked]).sum()), int(asked.sum())
    return loss, right


@torch.no_grad()
def accuracy(
    model: ReaderModel, readings: Readings, tokenizer: CLIPTokenizer, seed: int, count: int, gists: bool = False
) -> str:
    """Accuracy on texts of a seed, or on gists."""
    rng = random.Random(seed)
    totals: dict[str, list[int]] = {}
    region, whole = (readings.gist, readings.setting_gist) if gists else (readings.region, readings.whole)
    for make, position, share in ((region, REGION, 1.0), (whole, BAG - 1, 0.4)):
        for _ in range(round(count * share) // 50):
            texts = [make(rng) for _ in range(50)]
            _, right = losses(model(token_ids(texts, tokenizer, rng, position + 1), position), texts)
            for name, (good, asked) in right.items():
                had = totals.setdefault(name, [0, 0])
                had[0], had[1] = had[0] + good, had[1] + asked
    return " ".join(f"{name} {good / asked:.3f}" for name, (good, asked) in totals.items())


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--steps", type=int, default=10**9, help="stop after this number of steps in total")
    parser.add_argument("--gists", type=float, default=0.3, help="share of the texts that are gists")
    parser.add_argument(
        "--share", action="store_true", help="first copy the embeddings of things' names to their nouns"
    )
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    tokenizer = CLIPTokenizer.from_pretrained(options.runs / "tokenizer")
    readings = Readings(lexicon(), WordNet(FOLDER))
    model = ReaderModel(tokenizer)
    path: Path = options.runs / "reader.pt"
    step = 0
    if path.exists():
        saved = torch.load(path)
        model.load_state_dict(saved["model"])
        step = saved["step"]
    else:
        model.begin(readings, tokenizer)
    if options.share:
        print(f"{model.share(readings, tokenizer)} nouns got the embedding of the name of their thing", flush=True)
    table = model.encoder.embeddings.token_embedding.weight
    groups = [
        {"params": [p for p in model.parameters() if p is not table], "share": 1.0},
        {"params": [table], "share": _SLOW},
    ]
    optimizer = torch.optim.AdamW(groups, lr=options.lr, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    rng = random.Random(options.seed + step)

    def save() -> None:
        torch.save({"model": model.state_dict(), "step": step}, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    began = saved_at = time.monotonic()
    first, seen = step, {}
    while step < options.steps and (gone := (time.monotonic() - began) / (60 * options.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = (
                group["share"] * options.lr * min(1.0, (step - first + 1) / 50) * max(0.02, min(1.0, 1.4 * (1 - gone)))
            )
        whole = step % 4 == 3
        count = options.batch // 3 if whole else options.batch
        makers = (readings.whole, readings.setting_gist) if whole else (readings.region, readings.gist)
        texts = [makers[rng.random() < options.gists](rng) for _ in range(count)]
        position = BAG - 1 if whole else REGION
        loss, right = losses(model(token_ids(texts, tokenizer, rng, position + 1), position), texts)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        for name, (good, asked) in right.items():
            had = seen.get(name, (0, 0))
            seen[name] = had[0] + good, had[1] + asked
        if step % 40 == 0:
            print(f"step {step} " + " ".join(f"{name} {a / b:.3f}" for name, (a, b) in seen.items()), flush=True)
            seen = {}
        if time.monotonic() - saved_at > 90:
            save()
            saved_at = time.monotonic()
    save()
    for name, gists in (("unseen texts", False), ("gists", True)):
        print(f"step {step} {name}: {accuracy(model, readings, tokenizer, 4242, 2000, gists)}", flush=True)


if __name__ == "__main__":
    main()
