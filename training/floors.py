"""Rules that judge the embedded composer on the lists of prompts and edits as people type them: ``training/lists``.

They judge a reply by its canvas alone and share nothing with the composer's reader: a thing is shown if it is the head
of a region's description, which is the last word before the first preposition or participle.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from lib_omost.canvas.colors import match_color
from lib_omost.canvas.model import Canvas, Region
from lib_omost.embedded.composer.layout import overlap
from lib_omost.embedded.composer.palette import colors_of
from lib_omost.embedded.lexicon import lexicon

LISTS = Path(__file__).resolve().parent / "lists"
MAX_OVERLAP = 1 / 3
_ENDS = re.compile(
    r"\b(?:with|in|on|at|under|by|from|for|to|made|wearing|holding|and|called|named|against|near|over)\b|[,.;]"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt and the things that it names by their head words ("a/b" are alternatives), and what may also have a
    region."""

    prompt: str
    things: tuple[str, ...]
    allowed: tuple[str, ...]
    english: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """An edit: the prompt of the layout, the request, and the changes as rows of words ("recolor", "cat", "black")."""

    prompt: str
    request: str
    changes: tuple[tuple[str, ...], ...]


def prompts(name: str) -> list[Asked]:
    """The prompts of a list: "open", "closed", "sealed", "unseen" or "last", which has only edits."""
    if not (LISTS / f"prompts-{name}.txt").exists():
        return []
    found = []
    for prompt, gold in _rows(f"prompts-{name}"):
        allowed = tuple(word.strip() for group in re.findall(r"\((.*?)\)", gold) for word in group.split(","))
        named = [word.strip() for word in re.sub(r"\(.*?\)", "", gold).split(";")]
        things = tuple(word for word in named if word and word != "!")
        found.append(Asked(prompt, things, allowed, gold != "!"))
    return found


def edits(name: str) -> list[Wanted]:
    """The edits of a list."""
    found = []
    for row in _rows(f"edits-{name}"):
        prompt, request, gold = row
        changes = tuple(tuple(change.replace(" by ", " ").split()) for change in gold.split(";"))
        found.append(Wanted(prompt, request, changes))
    return found


def _rows(name: str) -> list[list[str]]:
    lines = (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [[part.strip() for part in line.split("|")] for line in lines if line.strip() and not line.startswith("#")]


def heads(description: str) -> set[str]:
    """The head word of a description; two words for "a stack of books"."""
    found = set()
    for part in description.split(" of ")[:2]:
        words = re.findall(r"[\w’'-]+", _ENDS.split(part.lower())[0])
        found |= set(words[-1:])
    return found


def shows(region: Region, word: str) -> bool:
    """Whether a region's head is a word, or one of "a/b", in the singular or plural."""
    return any(_bases(head) & _bases(one) for head in heads(region.description) for one in word.split("/"))


def _bases(word: str) -> set[str]:
    noun = lexicon().noun(word)
    return {word.lower(), word.lower().removesuffix("s")} | ({noun.word} if noun else set())


def missing(canvas: Canvas, asked: Asked) -> list[str]:
    """The things of a prompt that no region shows."""
    return [word for word in asked.things if not any(shows(region, word) for region in canvas.regions)]


def unrequested(canvas: Canvas, asked: Asked) -> list[str]:
    """The descriptions of regions that show nothing from the prompt."""
    words = (*asked.things, *asked.allowed)
    return [region.description for region in canvas.regions if not any(shows(region, word) for word in words)]


def overlapping(canvas: Canvas, reasons: Sequence[tuple[str, str]] = ()) -> tuple[int, int]:
    """The number of pairs of regions that overlap by more than a third of the smaller one, except those in `reasons`
    (heads of two things that hold, ride or carry each other), and the number of all pairs."""
    pairs = list(combinations(canvas.regions, 2))
    wrong = 0
    for one, other in pairs:
        if overlap(one.rect, other.rect) > MAX_OVERLAP:
            ordered = ((one, other), (other, one))
            wrong += not any(shows(first, a) and shows(second, b) for a, b in reasons for first, second in ordered)
    return wrong, len(pairs)


def done(change: Sequence[str], before: Canvas, after: Canvas) -> bool:
    """Whether a change was made, by rules."""
    kind, word, *rest = change
    was = [region for region in before.regions if shows(region, word)]
    now = [region for region in after.regions if shows(region, word)]
    match kind:
        case "add":
            return len(now) > len(was)
        case "remove":
            return not now and not any(_says(after, one) for one in word.split("/"))
        case "replace":
            return not now and any(shows(region, rest[0]) for region in after.regions)
        case "recolor":
            wanted = {name for one in rest[0].split("/") for name in (*colors_of(one), match_color(one).value)}
            return (
                bool(now)
                and any(one in now[0].description.lower() for one in rest[0].split("/"))
                and now[0].color_name in wanted
            )
        case "move":
            return bool(was and now) and _moved(was[0], now[0], rest[0])
        case "resize":
            if not (was and now):
                return False
            bigger = now[0].rect.area > was[0].rect.area
            return bigger if rest[0] == "bigger" else now[0].rect.area < was[0].rect.area
        case "whole":
            said = after.global_description.description.lower()
            return any(one in said for one in word.split("/")) and after.global_description != before.global_description
    raise ValueError(kind)


def _says(canvas: Canvas, word: str) -> bool:
    return bool(re.search(rf"\b{re.escape(word)}\b", canvas.global_description.description.lower()))


def _moved(was: Region, now: Region, where: str) -> bool:
    old, new = was.rect, now.rect
    dx, dy = new.left + new.right - old.left - old.right, new.top + new.bottom - old.top - old.bottom
    centred = abs(new.left + new.right - 90) <= 20 and abs(new.top + new.bottom - 90) <= 20
    return {"left": dx < 0, "right": dx > 0, "top": dy < 0, "bottom": dy > 0, "center": centred}[where]


def kept(changes: Sequence[Sequence[str]], before: Canvas, after: Canvas) -> tuple[int, int]:
    """Of the regions that no change is about: how many are unchanged word for word, and how many there are."""
    touched = [change[1] for change in changes if change[0] not in ("add", "whole")]
    alone = [region for region in before.regions if not any(shows(region, word) for word in touched)]
    return sum(region in after.regions for region in alone), len(alone)
