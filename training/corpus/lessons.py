"""What the composer learns from at once: a first round, and several edits that start from it.

python -m training.corpus.lessons --count 1
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass

from training.corpus import heldout
from training.corpus.edits import draw_contrast, draw_edit
from training.corpus.examples import first_round
from training.corpus.layout import write
from training.corpus.scenes import Scene


@dataclass(frozen=True)
class Change:
    """An edit. ``parent``: the round that it follows, 0 for the first round, n for the lesson's n-th edit."""

    parent: int
    kind: str
    asked: str
    reply: str


@dataclass(frozen=True)
class Lesson:
    """A prompt, its canvas, and edits."""

    asked: str
    reply: str
    changes: tuple[Change, ...] = ()


def draw_lesson(rng: random.Random, changes: int) -> Lesson:
    """A lesson with ``changes`` edits of the first canvas.

    Half of the lessons have edits that differ in one aspect each. In the others one in six edits follows another edit.
    """
    asked, director, scene = first_round(rng, edited=changes > 0)
    reply = write(scene.canvas())
    scenes: list[Scene] = [scene]
    found: list[Change] = []
    kinds: set[str] = set()
    contrast = draw_contrast(scene, director, rng) if changes and rng.random() < 0.5 else []
    for edit in rng.sample(contrast, min(changes, len(contrast))):
        after = write(edit.scene.canvas())
        if after != reply:
            scenes.append(edit.scene)
            found.append(Change(0, edit.kind, edit.request, after))
    while len(found) < changes:
        parent = rng.randrange(1, len(scenes)) if len(scenes) > 1 and rng.random() < 0.17 else 0
        edit = draw_edit(scenes[parent], director, rng)
        if edit.kind in kinds and rng.random() < 0.5:
            continue
        after = write(edit.scene.canvas())
        if after == (reply if parent == 0 else found[parent - 1].reply):
            continue
        kinds.add(edit.kind)
        scenes.append(edit.scene)
        found.append(Change(parent, edit.kind, edit.request, after))
    return Lesson(asked, reply, tuple(found))


def lessons(seed: int, changes: int, plain: float = 0.25) -> Iterator[Lesson]:
    """An endless stream of lessons, reproducible by seed, without held-out texts. plain: the share of first rounds
    without edits, which are longer."""
    rng = random.Random(seed)
    withheld = heldout.texts()
    while True:
        lesson = draw_lesson(rng, 0 if rng.random() < plain else changes)
        if not any(text.lower() in withheld for text in (lesson.asked, *[change.asked for change in lesson.changes])):
            yield lesson


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--changes", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for _, lesson in zip(range(options.count), lessons(options.seed, options.changes), strict=False):
        print(f"### {lesson.asked}\n{lesson.reply}\n")
        for change in lesson.changes:
            print(f"### (after round {change.parent}: {change.kind}) {change.asked}\n{change.reply}\n")


if __name__ == "__main__":
    main()
