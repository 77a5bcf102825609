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

import torch

from lib_omost.llm.steering.requests import added, content_words, directions
from lib_omost.llm.steering.stretches import COMMENT, ENDING, UNNAMED, cut, find_regions, mentions_of, whole

RESUME = 2.5
"""Nats for going on, behind a subject that was exchanged, with what followed it in the description."""

_LISTED = re.compile(
    r"(?:'|, |and |of |with |featuring |shows |between )(?:an?|some|two|three|four|five|six) ((?:[\w-]+ ?){1,3})",
    re.IGNORECASE,
)
"""A subject as a description lists it, and not, as in "on a sunny day", a circumstance."""


class CopyBias:
    """For one reply; sees each of its tokens once, in order.

    spell: the bytes of a token. earlier: the ids of the reply that is edited. request: what the user asked. done: the
    earlier reply shows it already (see `recoloring.py` and `removing.py`), so that all of it is to be copied.
    """

    def __init__(self, spell: Callable[[int], bytes], earlier: Sequence[int], request: str, done: bool = False) -> None:
        self._spell = spell
        self._tokens: dict[int, int] = {}  # the token that begins at a byte of the earlier reply
        text = b""
        for token in earlier:
            self._tokens[len(text)] = token
            text += spell(token)
        self._old = text
        self._request = request
        self._regions = find_regions(text, request)
        self._stretches = whole(text) if done else cut(text, request, self._regions)
        head = text[: max(0, text.find(COMMENT))]
        subjects = [region.subject for region in self._regions if region.named and region.subject]
        self._exchangeable = [(one.begin, one.end) for subject in subjects for one in mentions_of(head, subject, 0.0)]
        self._place: int | None = 0  # the byte of the earlier reply up to which this one copies it
        self._region: int | None = 0  # where the copied region begins there
        self._next = 0  # index of the region that is to be copied next
        self._removed = {at for at, region in enumerate(self._regions) if region.removed}
        self._dropped = set(self._removed)
        self._stays = done or bool(directions(request))  # every region does, and so has its place in the copy
        self._awaited: set[str] = set()  # words of the new description's new subjects that no region shows yet
        self._described = False
        self._line = b""
        self._changed = done
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
        if line.startswith(COMMENT):
            words = content_words(line[len(COMMENT) :].decode(errors="replace"))
            self._awaited -= words
            # Two regions may be called the same: the next one is meant.
            ahead = self._regions[self._next].begin if self._next < len(self._regions) else 0
            self._region = _find_line(self._old, line, ahead)
            if self._region is None:
                self._region = _find_line(self._old, line, 0)
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
                self._next, self._region = at + 1, self._old.find(COMMENT, region.begin)
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
        # A colour is awaited too, and comes with its region.
        self._awaited = (new - before) & content_words(self._request) | (added(self._request) - before)

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary], higher or lower for the token that goes on with the copy."""
        if self._resume is not None and self._resume in self._tokens:
            logits = logits.clone()
            logits[self._tokens[self._resume]] += RESUME
            return logits
        logits = self._shun(logits)
        if self._boundary and not all(region.named and not self._stays for region in self._regions[self._next :]):
            fence = self._tokens.get(self._fence)
            if fence is not None:
                logits = logits.clone()
                logits[fence] -= ENDING
        if self._place is None or self._place not in self._tokens:
            return logits
        found = next((stretch for stretch in self._stretches if stretch.begin <= self._place < stretch.end), None)
        bonus = 0.0 if found is None else found.after if self._changed else found.before
        if self._place == self._fence:
            if self._awaited:
                bonus = -ENDING
            elif self._removed:  # what was left out was the change
                bonus = UNNAMED
        if not bonus:
            return logits
        logits = logits.clone()
        logits[self._tokens[self._place]] += bonus
        return logits

    def _shun(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits, lower for the comment of a region that the request wants gone."""
        for at in self._removed:
            begin = self._old.find(COMMENT, self._regions[at].begin)
            place = begin + len(self._line)
            if (
                len(self._line) > len(COMMENT)
                and place in self._tokens
                and self._old.startswith(self._line, begin)
                and (self._place is None or self._tokens.get(self._place) != self._tokens[place])
            ):
                logits = logits.clone()
                logits[self._tokens[place]] -= ENDING
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


def _find_line(text: bytes, line: bytes, start: int) -> int | None:
    """Where a line begins in a text, from `start` on, which is the beginning of a line."""
    found = (b"\n" + text).find(b"\n" + line + b"\n", start)
    return None if found < 0 else found
