"""From conversations to passages: token ids, and the tokens to train on."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from lib_omost.canvas.prompt import system_prompt
from lib_omost.llm.base import Message
from lib_omost.llm.templates import render
from training.corpus.lessons import Lesson
from training.network import Passage

FAMILY = "chatml"
FIRST = 0.6
"""Weight of a first round in a lesson with edits."""
CLOSING = "<|im_end|>\n"
_UNIT = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Mark:
    """How often a token is trained on (0 to 1), and with which weight."""

    share: float
    weight: float


LAYOUT = Mark(0.3, 0.8)
"""Fences, keywords and indents, which are the same in every canvas."""
TEXT = Mark(1.0, 1.0)
CHOICE = Mark(1.0, 0.5)
"""Places, sizes and distances, which are largely a matter of taste."""
TONE = Mark(0.5, 0.5)
"""Atmosphere, style and quality, which are much the same in every region."""
END = Mark(1.0, 1.0)
"""Whether another region follows."""

COPIED = Mark(0.12, 1.5)
"""Tokens that an edit copies. The product of share and weight matters: if it is not far below that of a turn, the model
makes changes where it should not.
"""
DECISION = Mark(0.7, 1.3)
"""Copied tokens at which another edit would differ."""
CHANGED = Mark(1.0, 1.0)
TURN = Mark(1.0, 5.0)
"""The first token of an edit that differs from the previous canvas."""

CUT = 0.65
"""Share of the edits that are cut off soon after their last change."""
AFTER = 60
"""Number of characters that they continue after it."""


def prefix_text() -> str:
    """The system message as the chat template renders it, the same for every conversation."""
    return render(FAMILY, [Message("system", system_prompt())], generation_prompt=False)


def passages(lesson: Lesson, tokenizer: Any, rng: random.Random) -> list[Passage]:
    """The rounds of a lesson, each after its parent.

    Most edits that are not followed by another one are cut off after their last change: what follows is copied, and the
    other edits teach that.
    """
    found = [_passage(lesson.asked, lesson.reply, -1, _first_marks(lesson.reply), tokenizer, rng)]
    parents = {change.parent for change in lesson.changes}
    for index, change in enumerate(lesson.changes, 1):
        before = lesson.reply if change.parent == 0 else lesson.changes[change.parent - 1].reply
        marks = edit_marks(change.reply, before)
        cut = None
        if index not in parents and rng.random() < CUT:
            last = max(at for at, mark in enumerate(marks) if mark in (TURN, CHANGED))
            cut = last + AFTER
        found.append(_passage(change.asked, change.reply, change.parent, marks, tokenizer, rng, cut))
    return found


def _passage(
    asked: str,
    reply: str,
    parent: int,
    marks: list[Mark],
    tokenizer: Any,
    rng: random.Random,
    cut: int | None = None,
) -> Passage:
    shown = render(FAMILY, [Message("system", system_prompt()), Message("user", asked)], generation_prompt=True)
    ids = list(tokenizer(shown[len(prefix_text()) :], add_special_tokens=False).input_ids)
    active = set(range(len(ids)))  # a request is short, and an edit depends on how it is read
    targets: list[tuple[int, float]] = []
    soft: set[int] = set()
    answer = tokenizer(reply + CLOSING, add_special_tokens=False, return_offsets_mapping=True)
    for token, (begin, end) in zip(answer.input_ids, answer.offset_mapping, strict=True):
        if cut is not None and begin > cut:
            break
        near = marks[begin:end] or [END]
        share, weight = max(mark.share for mark in near), max(mark.weight for mark in near)
        if share >= 1.0 or rng.random() < share:
            targets.append((len(ids), weight if parent >= 0 else FIRST * weight))
            if parent < 0 and all(mark in (TEXT, TONE) for mark in near):
                soft.add(len(ids))
            active.add(len(ids) - 1)
        ids.append(token)
    return Passage(ids, parent, sorted(active), targets, frozenset(soft))


def _first_marks(reply: str) -> list[Mark]:
    """A mark for each character of a first reply."""
    marks: list[Mark] = []
    said = ""
    for line in reply.splitlines(keepends=True):
        name, quote, _ = line.partition("'")
        keyword = name.strip().rstrip("=")
        if line.startswith("# Add"):
            marks += [TEXT] * len(line)
            said = line[6:].strip().lower()
        elif (line.startswith("```") and marks) or line == "\n":
            marks += [END] * len(line)
        elif keyword.startswith("distance_to_viewer"):
            marks += [LAYOUT] * 23 + [CHOICE] * (len(line) - 23)
        elif not quote:
            marks += [LAYOUT] * len(line)
        else:
            kind = (
                CHOICE
                if keyword in ("location", "offset", "area", "HTML_web_color_name")
                else TONE
                if keyword in ("atmosphere", "style", "quality_meta")
                else TEXT
            )
            if keyword == "description" and line[len(name) + 1 :].lower().startswith(said.rstrip(".") or "\0"):
                kind = Mark(0.3, 0.5)  # the comment already contained it
            last = line.rfind("'")
            marks += [kind if len(name) < at <= last else LAYOUT for at in range(len(line))]
    return marks


def edit_marks(reply: str, before: str) -> list[Mark]:
    """A mark for each character of a reply that edits the canvas of ``before``.

    A reader who copies ``before`` word by word, and finds the position again after each difference, meets words that
    could not be copied: those make up the edit.
    """
    old, new = _units(before)[0], _units(reply)[0]
    twin = _alignment(before, reply)
    decisions = _decisions(reply)
    marks: list[Mark] = []
    place: int | None = 0
    copying = True
    for index, unit in enumerate(new):
        if place is not None and place < len(old) and old[place] == unit:
            mark = DECISION if decisions[len(marks)] else COPIED
            place, copying = place + 1, True
        else:
            mark = TURN if copying else CHANGED
            copying = False
            place = None if twin[index] is None else twin[index] + 1
        marks += [mark] * len(unit)
    assert len(marks) == len(reply)
    return marks


def _units(text: str) -> tuple[list[str], list[int]]:
    """Words, spaces and punctuation line by line, and the index of the first unit of each line."""
    units: list[str] = []
    starts: list[int] = []
    for line in text.splitlines(keepends=True):
        starts.append(len(units))
        units += _UNIT.findall(line)
    starts.append(len(units))
    return units, starts


def _alignment(before: str, after: str) -> list[Any]:
    """For each unit of ``after`` the index of the equal unit in ``before``, or None."""
    old, old_starts = _units(before)
    new, new_starts = _units(after)
    twins: list[Any] = [None] * len(new)
    lines = SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    for kind, i1, i2, j1, j2 in lines.get_opcodes():
        a, b, c, d = old_starts[i1], old_starts[i2], new_starts[j1], new_starts[j2]
        if kind == "equal":
            for step in range(d - c):
                twins[c + step] = a + step
        elif kind == "replace":
            for match in SequenceMatcher(None, old[a:b], new[c:d], autojunk=False).get_matching_blocks():
                for step in range(match.size):
                    twins[c + match.b + step] = a + match.a + step
    return twins


def _decisions(reply: str) -> list[bool]:
    """For each character whether some edit could start to differ there."""
    flags: list[bool] = []
    regions = 0
    for line in reply.splitlines(keepends=True):
        row = [False] * len(line)
        regions += line.startswith("canvas.add_local")
        name, quote, _ = line.partition("'")
        keyword = name.strip().rstrip("=")
        begin, count = 0, 0
        if line.startswith(("        '", "    ],")):  # a sentence could have been inserted or left out here
            row[:10] = [True] * min(10, len(line))
        if line.startswith("# Add "):
            begin, count = 6, 4
        elif line == "\n" or line.startswith("```"):
            row = [True] * len(line)
        elif keyword.startswith("distance_to_viewer"):
            begin, count = line.index("=") + 1, 2
        elif quote and keyword in ("location", "HTML_web_color_name", "area", "description"):
            begin, count = len(name) + 1, 5
        elif quote and keyword == "tags":
            begin, count = len(name) + 1, 3 if regions else 99
        for word in list(re.finditer(r"\w+", line[begin:]))[:count]:
            row[begin + word.start() : begin + word.end()] = [True] * len(word[0])
        flags += row
    return flags
