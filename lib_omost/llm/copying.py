"""Helps a small model to copy, in an edit, what the request is not about.

A published model repeats the untouched regions of a canvas word for word. A small one wants to, and slips. While a
reply goes on exactly as the canvas before it, the token that continues the copy gets a bonus: a large one inside a
region of which the request names nothing and where the global description speaks of its subject, a small one in the
rest of that description, none in a region that the request names, where the change is to happen. A region counts as
copied from its comment on, so that a new region borrows nothing. The bonus is no rule: a model that is sure of a change
makes it. Behind a region that is new, the copy goes on with the region that would have come next.

An edit also has to change something. Until it has, copying costs a little where changes are to be expected, and ending
the canvas costs much, so that at least one more region follows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

UNNAMED = 5.0
"""Nats for going on with the copy of a region that the request does not name."""
TONE = 2.5
"""The same in its atmosphere, style and quality, which a new style or mood changes everywhere."""
GLOBAL = 0.3
"""Nats for going on with the copy of the global description, which most edits touch."""
RESTLESS = 0.8
"""Nats against copying the global description or a region that is named, as long as nothing has been changed."""
ENDING = 8.0
"""Nats against ending a canvas in which nothing has been changed."""
SWEEPING = 1.0
"""Nats in every region when the request speaks of everything."""

_SWEEPING = re.compile(r"\b(all|both|each|every|everything|everyone|everybody|them|they|whole|style|mood)\b")
_TONES = (b"    atmosphere=", b"    style=", b"    quality_meta=")
_COMMENT = b"# Add "
_SMALL_WORDS = """
    a about above again all also and are as at away back be behind below beside big bit both bottom bright but by can
    center change color colour corner could dark down each edge far for from front get give has have he her high him his
    how i in into is it its just keep large left less let like little look low lower make me middle more move much must
    my near next no not now of off on one only other out over paint part picture place please put remove rest right
    scene set she shift should show side slightly small so some standing take than that the their them then there these
    they this to too top turn two under up upper very want was way we where which with without would you your
"""
_EMPTY = frozenset(_SMALL_WORDS.split())
"""Words that name no thing."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Bytes [begin, end) of the earlier reply and the bonus for copying them, before and after the first change."""

    begin: int
    end: int
    before: float
    after: float


class CopyBias:
    """For one reply; sees each of its tokens once, in order.

    spell: the bytes of a token. earlier: the ids of the reply that is edited. request: what the user asked.
    """

    def __init__(self, spell: Callable[[int], bytes], earlier: Sequence[int], request: str) -> None:
        self._spell = spell
        self._tokens: dict[int, int] = {}  # the token that begins at a byte of the earlier reply
        text = b""
        for token in earlier:
            self._tokens[len(text)] = token
            text += spell(token)
        self._old = text
        self._stretches = _stretches(text, request)
        self._place: int | None = 0  # the byte of the earlier reply up to which this one copies it
        self._region: int | None = 0  # where the copied region begins there
        self._next = text.find(b"\n)\n") + 3  # where the regions that are still to be copied begin
        self._line = b""
        self._changed = False

    def accept(self, token: int) -> None:
        """Moves on by a token of the reply."""
        piece = self._spell(token)
        if self._place is not None:
            end = self._place + len(piece)
            same = self._old[self._place : end] == piece
            self._place, self._changed = end if same else None, self._changed or not same
        *finished, rest = (self._line + piece).split(b"\n")
        self._line = rest
        for line in finished:
            if line.startswith(_COMMENT):
                found = _find_line(self._old, line)
                self._region = found
                if found is not None:
                    self._next = self._old.find(b"\n)\n", found) + 3
                    if self._place is None and not rest:
                        self._place = found + len(line) + 1
            elif line == b")" and self._place is None and not rest:
                self._place = self._next
            elif self._place is None and self._region is not None and not rest:
                self._place = self._after(line)

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary], higher or lower for the token that goes on with the copy."""
        if self._place is None or self._place not in self._tokens:
            return logits
        found = next((stretch for stretch in self._stretches if stretch.begin <= self._place < stretch.end), None)
        bonus = 0.0 if found is None else found.after if self._changed else found.before
        if not bonus:
            return logits
        logits = logits.clone()
        logits[self._tokens[self._place]] += bonus
        return logits

    def _after(self, line: bytes) -> int | None:
        """Where the copy goes on behind a line that differs: after the line of the same keyword in the same region."""
        assert self._region is not None
        keyword = re.match(rb"    (\w+=|\],)", line)
        if keyword is None:
            return None
        end = self._old.find(b"\n)\n", self._region)
        begin = self._old.find(b"\n" + keyword[0], self._region, end if end >= 0 else None)
        if begin < 0:
            return None
        return self._old.index(b"\n", begin + 1) + 1


def named(request: str, description: str) -> bool:
    """Whether a request and a description have a word in common that names something, singular or plural."""
    return bool(_words(request) & _words(description))


def _words(text: str) -> set[str]:
    found = re.findall(r"\w+", text.lower())
    return {re.sub(r"(es|s)$", "", word)[:7] for word in found if len(word) > 2 and word not in _EMPTY}


def _find_line(text: bytes, line: bytes) -> int | None:
    found = (b"\n" + text).find(b"\n" + line + b"\n")
    return None if found < 0 else found


def _stretches(text: bytes, request: str) -> list[_Stretch]:
    """The earlier reply in pieces; an empty line before a region is part of it, for the region may be left out."""
    strength = SWEEPING if _SWEEPING.search(request.lower()) else UNNAMED
    head = text[: max(0, text.find(_COMMENT))]
    stretches: list[_Stretch] = []
    place, before, after = 0, -RESTLESS, GLOBAL
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        end = place + len(line)
        if line.startswith(_COMMENT):
            subject = _subject(line, head)
            free = named(request, (subject or line[len(_COMMENT) :]).decode(errors="replace"))
            before, after = (-RESTLESS, 0.0) if free else (strength, strength)
            if stretches and lines[number - 1] == b"\n":
                stretches[-1] = _Stretch(stretches[-1].begin, place, before, after)
            if subject and not free:
                stretches = _mentions(head, subject, strength) + stretches  # found before the lines that hold them
        if line.startswith(b"```"):
            stretches.append(_Stretch(place, end, -ENDING if number else 0.0, 0.0))
        elif line.startswith(_TONES):
            stretches.append(_Stretch(place, end, min(before, TONE), min(after, TONE)))
        elif b"'" not in line and not line.startswith(_COMMENT):  # layout, which no edit changes
            stretches.append(_Stretch(place, end, max(before, 0.0), max(after, 0.0)))
        else:
            stretches.append(_Stretch(place, end, before, after))
        place = end
    return stretches


def _subject(comment: bytes, head: bytes) -> bytes:
    """What a region shows: the longest beginning of its comment that the global description repeats; empty for none."""
    words = comment[len(_COMMENT) :].rstrip(b".\n").split(b" ")
    for count in range(min(len(words), 6), 1, -1):
        subject = b" ".join(words[:count])
        if subject.lower() in head.lower():
            return subject
    return b""


def _mentions(head: bytes, subject: bytes, strength: float) -> list[_Stretch]:
    """Where the global description speaks of a subject, with its article or, as in tags, without."""
    bare = re.sub(rb"^(an?|the|some|two|three|four|five|six) ", b"", subject, flags=re.IGNORECASE)
    pattern = re.compile(rb"[ '](%s|%s)\b" % (re.escape(subject), re.escape(bare)), re.IGNORECASE)
    return [_Stretch(match.start(), match.end(), strength, strength) for match in pattern.finditer(head)]
