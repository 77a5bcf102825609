"""An endless, seeded stream of training conversations, and a look at them.

python -m training.corpus.examples --count 3
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass

from lib_omost.canvas.model import Canvas
from training.corpus import heldout, setting
from training.corpus.briefs import Brief, Wish, draw_brief
from training.corpus.director import Director
from training.corpus.edits import Edit, draw_edit
from training.corpus.layout import write
from training.corpus.scenes import Scene
from training.corpus.things import thing
from training.corpus.wording import NOTHING_VISUAL, prompt

# Friendly scenes for prompts that ask for nothing visual.
_FRIENDLY = (
    ("robot", "waving with one hand"),
    ("sun", ""),
    ("rose", ""),
    ("dog", "wagging its tail"),
    ("hot air balloon", "rising at dawn"),
    ("butterfly", "fluttering above the flowers"),
    ("girl", "holding a red balloon"),
    ("cup of tea", "steaming beside an open book"),
    ("cat", "curled up in a tight ball"),
    ("cake", ""),
    ("lighthouse", ""),
    ("owl", ""),
    ("rainbow", ""),
    ("panda", "rolling down a slope"),
    ("snowman", ""),
    ("astronaut", "floating weightlessly"),
)


@dataclass(frozen=True)
class Example:
    """A conversation: prompts and replies in turn. ``canvases`` are the replies as values, ``edit`` the last edit."""

    turns: tuple[tuple[str, str], ...]
    canvases: tuple[Canvas, ...]
    scenes: tuple[Scene, ...] = ()
    edit: Edit | None = None


def first_round(rng: random.Random, edited: bool) -> tuple[str, Director, Scene]:
    """A prompt and its scene; a terse one if edits follow."""
    if rng.random() < (0.03 if edited else 0.12):
        name, doing = rng.choice(_FRIENDLY)
        brief = Brief(
            (Wish(thing(name), doing=doing),), mood=setting.all_moods()[rng.choice(("joyful", "calm", "cozy"))]
        )
        asked = rng.choice(NOTHING_VISUAL)
    else:
        brief = draw_brief(rng, most=2 if edited else 4, related=0.2 if edited else 0.38)
        asked = prompt(brief, rng)
    terse = edited or rng.random() < 0.5
    director = Director(rng, brief, short=terse or rng.random() < 0.4, terse=terse)
    usual = (2, 2, 2, 3, 3, 4) if edited else (2, 3, 3, 4) if terse else (2, 3, 3, 3)
    return asked, director, director.scene(max(len(brief.wishes), rng.choice(usual)))


def draw_example(rng: random.Random, edited: bool) -> Example:
    """One conversation; with ``edited`` a second round that changes the first canvas."""
    asked, director, scene = first_round(rng, edited)
    canvas = scene.canvas()
    if not edited:
        return Example(((asked, write(canvas)),), (canvas,), (scene,))
    edit = draw_edit(scene, director, rng)
    after = edit.scene.canvas()
    return Example(((asked, write(canvas)), (edit.request, write(after))), (canvas, after), (scene, edit.scene), edit)


def examples(seed: int, edited: float = 0.6) -> Iterator[Example]:
    """An endless stream of conversations, reproducible by seed; none contains a held-out text."""
    rng = random.Random(seed)
    withheld = heldout.texts()
    while True:
        example = draw_example(rng, rng.random() < edited)
        if not any(text.lower() in withheld for text, _ in example.turns):
            yield example


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for _, example in zip(range(options.count), examples(options.seed), strict=False):
        for asked, reply in example.turns:
            print(f"### {asked}\n{reply}\n")


if __name__ == "__main__":
    main()
