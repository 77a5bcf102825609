"""Prints what the embedded painter draws for the descriptions of the lists, and what of it is wrong.

    python -m training.evaluate_descriptions open
    python -m training.evaluate_descriptions unseen

A row of a list holds a description and everything that would be right: for a region its things, colours and numbers,
for a whole picture its grounds, hours and weathers. The descriptions are processed as in a render, up to the layout.
"unseen" are 400 texts of regions of the kind on which the reader was trained, from a seed that training never used;
each `--seed` gives others.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.canvas.geometry import Rect
from lib_omost.embedded.lexicon import lexicon
from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.conditioning import WEATHERS, Layout
from lib_omost.embedded.painter.loading import ATLAS, READER, components
from lib_omost.embedded.painter.reading import Reader
from lib_omost.render.sdxl.encode import PromptEncoder
from training.readings import NOTHING, TINT_NAMES, Readings
from training.scenes import TINTS
from training.subjects import SUBJECTS
from training.wordnet import FOLDER, WordNet

LISTS = Path(__file__).resolve().parent / "lists"
_PLACE = Rect(10, 80, 10, 80)
_COLUMNS = {"descriptions": ("thing", "tint", "count"), "settings": ("ground", "hour", "weather")}


class Described:
    """What the painter in a folder draws for a text."""

    def __init__(self, folder: Path) -> None:
        self._atlas, self._reader = Atlas.load(folder / ATLAS), Reader.load(folder / READER)
        tokenizers = [CLIPTokenizer.from_pretrained(folder / f"tokenizer{end}") for end in ("", "_2")]
        encoders = [
            CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32),
            CLIPTextModelWithProjection.from_pretrained(folder / "text_encoder_2", dtype=torch.float32),
        ]
        self._encode = PromptEncoder(tokenizers, encoders)
        self._prepare = components(folder)["prepare"]
        self._tints = {tuple(color): name for color, name in zip(self._reader.colors.tolist(), TINTS, strict=True)}

    def region(self, text: str, *details: str) -> tuple[str, str, str]:
        """Thing, tint and count."""
        layout = self._layout(
            [
                RegionCondition(Rect.FULL, ("A picture.",), (), (0, 0, 0), None),
                RegionCondition(_PLACE, ("A picture.", text), details, (0, 0, 0), 5.0),
            ]
        )
        if not layout.things:
            return "nothing", "-", ""
        (thing,) = layout.things
        return self._atlas.things[thing.thing], self._tints[thing.color] if thing.color else "-", str(thing.count)

    def whole(self, text: str) -> tuple[str, str, str]:
        """Ground, hour and weather."""
        layout = self._layout(
            [
                RegionCondition(Rect.FULL, (text,), (), (0, 0, 0), None),
                RegionCondition(_PLACE, (text, "A cat."), (), (0, 0, 0), 5.0),
            ]
        )
        if not isinstance(layout.setting, int):
            return "plain", "", ""
        ground, hour = self._atlas.settings[layout.setting].split()
        return ground, hour, WEATHERS[layout.weather]

    @torch.no_grad()
    def _layout(self, told: Sequence[RegionCondition]) -> Layout:
        given = self._prepare(told)
        prompts = self._encode(given, None)
        return self._reader.layout([condition.rect for condition in given], [rows.float() for rows in prompts.embeds])


def unseen(described: Described, seed: int, count: int = 400) -> str:
    """How many things, tints and numbers of random texts are right, with and without what the lexicon says."""
    readings, rng = Readings(lexicon(), WordNet(FOLDER)), random.Random(seed)
    asked: dict[str, int] = Counter()
    right: dict[str, int] = Counter()
    for _ in range(count):
        reading = readings.region(rng)
        thing, tint, number = described.region(*reading.caption.prefixes, *reading.caption.suffixes)
        wanted = {"thing": "nothing" if reading.thing == NOTHING else SUBJECTS[reading.thing].name}
        if reading.count >= 0:
            wanted |= {"tint": (*TINT_NAMES, "-")[reading.tint], "count": str(reading.count + 1)}
        for name, said in zip(("thing", "tint", "count"), (thing, tint, number), strict=True):
            if name in wanted and (name == "thing" or thing != "nothing"):
                asked[name] += 1
                right[name] += said == wanted[name]
        if wanted["thing"] != thing:
            print(f"  {reading.caption.prefixes[0]!r}: {thing!r}, not {wanted['thing']!r}")
    return ", ".join(f"{name} {100 * right[name] / asked[name]:.1f}% of {asked[name]}" for name in asked)


def rows(name: str) -> list[list[str]]:
    """The rows of a list, split into columns."""
    lines = (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [[column.strip() for column in line.split("|")] for line in lines if line and not line.startswith("#")]


def main() -> None:
    """Command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", choices=("open", "closed", "unseen"))
    parser.add_argument("--painter", type=Path, default=Path("models/painter"))
    parser.add_argument("--seed", type=int, default=4242, help="seed of the unseen texts")
    options = parser.parse_args()
    torch.set_num_threads(1)
    described = Described(options.painter)
    if options.list == "unseen":
        print(f"unseen texts: {unseen(described, options.seed)}")
        return
    for kind, columns in _COLUMNS.items():
        right = dict.fromkeys(columns, 0)
        asked = dict.fromkeys(columns, 0)
        for text, *wanted in rows(f"{kind}-{options.list}"):
            found = described.region(text) if kind == "descriptions" else described.whole(text)
            wrong = []
            for column, said, accepted in zip(columns, found, wanted, strict=True):
                if said or column in ("thing", "ground"):
                    asked[column] += 1
                    right[column] += said in accepted.split("/")
                    if said not in accepted.split("/"):
                        wrong.append(f"{column} {said!r}")
            if wrong:
                print(f"  {text} {', '.join(wrong)}")
        print(f"{kind}: " + ", ".join(f"{column} {right[column]} of {asked[column]}" for column in columns))


if __name__ == "__main__":
    main()
