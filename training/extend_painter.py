"""Gives a painter the things at the end of `SUBJECTS` that it does not have, without training anything else anew.

    python -m training.extend_painter --painter models/painter

The looks are written in the atlas's own components. The reader gets a class for each new thing; only these classes and
the embeddings of the words of their names are trained, on the plain texts that the program makes of descriptions, mixed
with the plain texts of all other things and settings, which must stay right.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, unfold
from transformers import CLIPTextModel, CLIPTokenizer

from lib_omost.embedded.lexicon import lexicon
from lib_omost.embedded.painter.atlas import BLOCK, Atlas
from lib_omost.embedded.painter.gist import thing_text
from lib_omost.embedded.painter.loading import ATLAS, READER
from lib_omost.embedded.painter.reading import BAG, REGION, Reader
from training.art import DEFAULT_CACHE
from training.captions import Caption
from training.make_atlas import looks_of
from training.readings import NO_TINT, TINT_NAMES, Reading, Readings
from training.subjects import SUBJECTS
from training.train_reader import states, token_ids


def extended_atlas(atlas: Atlas, cache: Path) -> Atlas:
    """The atlas with the looks of the subjects that it lacks."""
    new = SUBJECTS[len(atlas.things) :]
    looks = looks_of([subject.key for subject in new], cache)
    basis, mean = atlas.basis.float(), atlas.mean.float()
    blocks = torch.stack([unfold(look[None], BLOCK, stride=BLOCK)[0].T for look in looks]) - mean
    codes = torch.linalg.lstsq(basis.T, blocks.flatten(0, 1).T).solution.T.round().clamp(-127, 127)
    codes = codes.unflatten(0, (len(new), -1)).to(torch.int8)
    names = (*atlas.things, *(subject.name for subject in new))
    return Atlas(torch.cat([atlas.codes, codes]), atlas.basis, atlas.mean, atlas.grounds, names, atlas.settings)


def extended_head(head: Tensor, count: int) -> Tensor:
    """The classifier of things with `count` more classes before the last one, which means nothing."""
    rows = head[:-1].float()
    fresh = torch.randn(count, head.shape[1]) * rows.std(0)
    fresh[:, -1] = rows[:, -1].mean()
    return torch.cat([rows, fresh, head[-1:].float()])


def text_of(thing: int, rng: random.Random) -> Reading:
    """The plain text of a thing, in a colour or none, one to four times."""
    tint = rng.randrange(len(TINT_NAMES)) if rng.random() < 0.4 else NO_TINT
    count = rng.randrange(4)
    text = thing_text(SUBJECTS[thing].name, "" if tint == NO_TINT else TINT_NAMES[tint], count + 1)
    return Reading(Caption((text,), ()), thing=thing, tint=tint, count=count)


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--painter", type=Path, default=Path("models/painter"))
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=64)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(3)
    rng = random.Random(3)
    atlas, reader = Atlas.load(options.painter / ATLAS), Reader.load(options.painter / READER)
    first = len(atlas.things)
    if first == len(SUBJECTS):
        print("nothing is missing")
        return
    tokenizer = CLIPTokenizer.from_pretrained(options.painter / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(options.painter / "text_encoder", dtype=torch.float32)
    encoder.requires_grad_(False)
    heads = {name: head.float() for name, head in reader.heads.items()}
    things = extended_head(heads["thing"], len(SUBJECTS) - first).requires_grad_(True)
    heads["thing"] = things
    table = encoder.embeddings.token_embedding.weight.requires_grad_(True)
    named = [token for subject in SUBJECTS[first:] for token in tokenizer(subject.name).input_ids[1:-1]]
    trained = torch.zeros(len(table), 1)
    trained[named] = 1
    table.register_hook(lambda gradient: gradient * trained)
    new_rows = torch.zeros(len(things), 1)
    new_rows[first:-1] = 1
    things.register_hook(lambda gradient: gradient * new_rows)
    optimizer = torch.optim.Adam([{"params": [things], "lr": 0.02}, {"params": [table], "lr": 0.004}])
    readings = Readings(lexicon(), None)
    for step in range(options.steps):
        for group in optimizer.param_groups:
            group["lr"] *= 1 if step < options.steps // 2 else 0.99
        texts = [text_of(rng.randrange(first, len(SUBJECTS)), rng) for _ in range(options.batch // 2)]
        texts += [text_of(rng.randrange(first), rng) for _ in range(options.batch // 2)]
        loss = _loss(encoder, heads, texts, tokenizer, rng, REGION)
        if step % 4 == 0:
            settings = [readings.setting_gist(rng) for _ in range(options.batch // 4)]
            loss = loss + _loss(encoder, heads, settings, tokenizer, rng, BAG - 1)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if step % 50 == 0 or step == options.steps - 1:
            print(f"step {step} loss {loss.item():.4f}", flush=True)
    with torch.no_grad():
        texts = [text_of(thing, rng) for thing in range(len(SUBJECTS)) for _ in range(1 if thing < first else 8)]
        ids = token_ids(texts, tokenizer, rng, REGION + 1)
        seen = torch.cat([states(encoder, part)[:, REGION] for part in ids.split(256)])
        found = (seen @ things[:, :-1].T + things[:, -1]).argmax(1)
        right = sum(int(one) == text.thing for one, text in zip(found, texts, strict=True))
    print(f"plain texts read rightly: {right} of {len(texts)}")
    extended_atlas(atlas, options.cache).save(options.painter / ATLAS)
    heads = {name: head.detach().half() for name, head in heads.items()}
    Reader(heads, reader.colors, reader.grounds, reader.hours, reader.settings).save(options.painter / READER)
    encoder.half().save_pretrained(options.painter / "text_encoder")


def _loss(
    encoder: CLIPTextModel,
    heads: dict[str, Tensor],
    texts: list[Reading],
    tokenizer: CLIPTokenizer,
    rng: random.Random,
    position: int,
) -> Tensor:
    state = states(encoder, token_ids(texts, tokenizer, rng, position + 1))[:, position]
    total = torch.zeros(())
    for name, head in heads.items():
        wanted = torch.tensor([getattr(text, name) for text in texts])
        if bool((wanted >= 0).all()):
            total = total + cross_entropy(state @ head[:, :-1].T + head[:, -1], wanted)
    return total


if __name__ == "__main__":
    main()
