"""Helps a small model to copy, in an edit, what the request is not about.

A published model repeats the untouched regions of a canvas word for word. A small one wants to, and slips. While a
reply goes on exactly as the canvas before it, the token that continues the copy gets a bonus: a large one inside a
region of which the request names nothing and where the global description speaks of its subject, a small one in the
rest of that description, none in a region that the request names, where the change is to happen. A region counts as
copied from its comment on, so that a new region borrows nothing. The bonus is no rule: a model that is sure of a change
makes it. Behind a region that is new, the copy goes on with the region that would have come next.

An edit also has to change something. Until it has, copying costs a little where changes are to be expected, and ending
the canvas costs much, so that at least one more region follows. And the regions have to agree with the description that
the reply gives of the whole: a region that the request names and the new description does not is left out, and the
canvas does not end before a new subject of the description has its region, and before the regions are copied that the
request does not name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from lib_omost.llm.requests import content_words, named, removed

UNNAMED = 8.0
"""Nats for going on with the copy of a region that the request does not name."""
TONE = 7.0
"""The same in its atmosphere, style and quality, which a new style or mood changes everywhere."""
GLOBAL = 0.3
"""Nats for going on with the copy of the global description, which most edits touch."""
RESTLESS = 0.8
"""Nats against copying the global description or a region that is named, as long as nothing has been changed."""
REMOVED = 4.0
"""Nats against speaking, in the global description, of what the request wants gone."""
RESUME = 2.5
"""Nats for going on, behind a subject that was exchanged, with what followed it in the description."""
OPENING = 1.5
"""Nats for going on with what the global description says before it names a subject."""
ENDING = 8.0
"""Nats against ending a canvas in which nothing has been changed."""
SWEEPING = 1.0
"""Nats in every region when the request speaks of everything."""

_SWEEPING = re.compile(r"\b(all|both|each|every|everything|everyone|everybody|them|they|whole|style|mood)\b")
_LISTED = re.compile(
    r"(?:'|, |and |of |with |featuring |shows |between )(?:an?|some|two|three|four|five|six) ((?:[\w-]+ ?){1,3})",
    re.IGNORECASE,
)
"""A subject as a description lists it, and not, as in "on a sunny day", a circumstance."""
_TONES = (b"    atmosphere=", b"    style=", b"    quality_meta=")
_COMMENT = b"# Add "


@dataclass(frozen=True, slots=True)
class _Region:
    """A region of the earlier reply: its bytes from the empty line before its comment, its subject, whether the request
    names it, and whether it wants it gone."""

    begin: int
    end: int
    subject: bytes
    named: bool
    removed: bool


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
        self._request = request
        self._regions = _regions(text, request)
        self._stretches = _stretches(text, request, self._regions)
        head = text[: max(0, text.find(_COMMENT))]
        subjects = [region.subject for region in self._regions if region.named and region.subject]
        self._exchangeable = [(one.begin, one.end) for subject in subjects for one in _mentions(head, subject, 0.0)]
        self._place: int | None = 0  # the byte of the earlier reply up to which this one copies it
        self._region: int | None = 0  # where the copied region begins there
        self._next = 0  # index of the region that is to be copied next
        self._dropped = {at for at, region in enumerate(self._regions) if region.removed}
        self._awaited: set[str] = set()  # words of the new description's new subjects that no region shows yet
        self._described = False
        self._line = b""
        self._changed = False
        self._boundary = False  # whether a call has just been closed
        self._resume: int | None = None

    def accept(self, token: int) -> None:
        """Moves on by a token of the reply."""
        piece = self._spell(token)
        if self._place is not None:
            end = self._place + len(piece)
            same = self._old[self._place : end] == piece
            if not same:
                self._resume = self._behind(self._place)
            self._place, self._changed = end if same else None, self._changed or not same
        elif self._resume is not None and self._old.startswith(piece, self._resume):
            self._place = self._resume + len(piece)
        *finished, rest = (self._line + piece).split(b"\n")
        self._line = rest
        if finished or self._place is not None:
            self._resume = None
        if piece:
            self._boundary = not rest and finished[-1:] == [b")"]
        for number, line in enumerate(finished, 1):
            place = self._finish(line)
            if number == len(finished) and place is not None and self._old[place:].startswith(rest):
                self._place = place + len(rest)

    def _finish(self, line: bytes) -> int | None:
        """Takes note of a line. Where the copy goes on behind it, if that is known and not as it went."""
        if line.startswith(b"    description=") and not self._described:
            self._described = True
            self._plan(line)
        if line.startswith(_COMMENT):
            words = content_words(line[len(_COMMENT) :].decode(errors="replace"))
            self._awaited -= words
            self._region = _find_line(self._old, line)
            if self._region is None:
                self._retold(words)
                return None
            self._next = next(at for at, region in enumerate(self._regions, 1) if self._region < region.end)
            return self._region + len(line) + 1 if self._place is None else None
        if line == b")":
            passed = self._next
            while self._next in self._dropped:
                self._next += 1
            if self._next > passed and self._awaited:  # something new comes instead
                self._place = None
                return None
            if self._next > passed or self._place is None:
                return self._regions[self._next].begin if self._next < len(self._regions) else self._fence
        if self._place is None and self._region is not None:
            return self._after(line)
        return None

    def _retold(self, words: set[str]) -> None:
        """Takes a region with a new comment for the one that the request names, if it shows the same thing."""
        for at, region in enumerate(self._regions[self._next :], self._next):
            if region.named and content_words(region.subject.decode(errors="replace").rpartition(" ")[2]) & words:
                self._next, self._region = at + 1, self._old.find(_COMMENT, region.begin)
                return

    def _behind(self, place: int) -> int | None:
        """Where the subject ends that the description names at a place, if the request names it too."""
        return next((end for begin, end in self._exchangeable if begin <= place < end), None)

    @property
    def _fence(self) -> int:
        return self._regions[-1].end if self._regions else len(self._old)

    def _plan(self, line: bytes) -> None:
        """Reads off the new description what is dropped and what is new."""
        old = re.search(rb"^    description=.*", self._old, re.MULTILINE)
        if old is None:
            return
        before, now = (content_words(text.decode(errors="replace")) for text in (old[0], line))
        for index, region in enumerate(self._regions):
            name = content_words(region.subject.decode(errors="replace").rpartition(" ")[2])
            if region.named and name and name <= before and not name & now:
                self._dropped.add(index)
        new = {word for phrase in _LISTED.findall(line.decode(errors="replace")) for word in content_words(phrase)}
        self._awaited = (new - before) & content_words(
            self._request
        )  # a colour is awaited too, and comes with its region

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary], higher or lower for the token that goes on with the copy."""
        if self._resume is not None and self._resume in self._tokens:
            logits = logits.clone()
            logits[self._tokens[self._resume]] += RESUME
            return logits
        if self._boundary and not all(region.named for region in self._regions[self._next :]):
            fence = self._tokens.get(self._fence)
            if fence is not None:
                logits = logits.clone()
                logits[fence] -= ENDING
        if self._place is None or self._place not in self._tokens:
            return logits
        found = next((stretch for stretch in self._stretches if stretch.begin <= self._place < stretch.end), None)
        bonus = 0.0 if found is None else found.after if self._changed else found.before
        if self._place == self._fence and self._awaited:
            bonus = -ENDING
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


def _find_line(text: bytes, line: bytes) -> int | None:
    found = (b"\n" + text).find(b"\n" + line + b"\n")
    return None if found < 0 else found


def _regions(text: bytes, request: str) -> list[_Region]:
    """The regions of the earlier reply in order."""
    head = text[: max(0, text.find(_COMMENT))]
    found: list[_Region] = []
    begin = text.find(b"\n)\n") + 3
    for match in re.finditer(rb"^# Add .*$", text, re.MULTILINE):
        end = text.find(b"\n)\n", match.start()) + 3
        if end < match.start():
            break
        subject = _subject(match[0], head)
        words = (subject or match[0][len(_COMMENT) :]).decode(errors="replace")
        found.append(_Region(begin, end, subject, named(request, words), removed(request, words)))
        begin = end
    return found


def _stretches(text: bytes, request: str, regions: Sequence[_Region]) -> list[_Stretch]:
    """The earlier reply in pieces, those first that lie inside others."""
    strength = SWEEPING if _SWEEPING.search(request.lower()) else UNNAMED
    head = text[: max(0, text.find(_COMMENT))]
    mentions = [(region, _mentions(head, region.subject, strength)) for region in regions if region.subject]
    stretches = [one for region, found in mentions if not region.named for one in found]
    for region, found in mentions:
        if region.removed:
            stretches += [_Stretch(one.begin, one.end, -REMOVED, -REMOVED) for one in found]
    begun = min((one.begin for _, found in mentions for one in found), default=0)
    if begun:
        stretches.append(_Stretch(head.find(b"    description="), begun, OPENING, OPENING))
    place = 0
    for line in text.splitlines(keepends=True):
        end = place + len(line)
        region = next((one for one in regions if one.begin <= place < one.end), None)
        before, after = -RESTLESS, GLOBAL
        if region is not None:
            before, after = (-RESTLESS, 0.0) if region.named else (strength, strength)
        if line.startswith(b"```"):
            before, after = -ENDING if place else 0.0, 0.0
        elif line.startswith(_TONES):
            before, after = min(before, TONE), min(after, TONE)
        elif b"'" not in line and not line.startswith(_COMMENT):  # layout, which no edit changes
            layout = 0.0 if line == b"\n" and region is not None and region.named else max(before, 0.0)
            before, after = layout, max(after, 0.0)
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
