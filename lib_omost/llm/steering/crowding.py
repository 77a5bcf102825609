"""Keeps a small model from laying its regions over each other, where it might as well have given each a place.

While the place of a new region is written, the words that would lay it over earlier regions become less likely, by how
much of the smaller of the two would be shared; and as long as things are expected that have no region yet, so do the
middle and large areas, which would leave them no room. What a model is sure of it writes all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import torch

from ...canvas.geometry import Rect
from ...canvas.vocabulary import AREAS, LOCATIONS, OFFSETS, rect_of
from .stretches import COMMENT

SHARED = 5.0
"""Nats that a place costs which lies wholly over, or under, an earlier region."""
ROOM = 12.0
"""Nats that a region would cost which filled the whole canvas, while others are expected; none up to its fair share."""
FAIR = 0.45
"""Share of the canvas that a region may have then: a medium-sized one, rather than a large one."""
MIDDLE = 2.5
"""Nats that the middle costs while others are expected."""
CANDIDATES = 32
"""Likeliest tokens that are looked at."""
USUAL = "a small square area"
"""The area that is assumed while the location is written."""

_BEGIN = b"canvas.add_local_description("
_VALUE = re.compile(rb"    (location|offset|area)='([^']*)',\Z")
_LOCATION, _AREA = b"    location='", b"    area='"


class CrowdGuard:
    """For one reply; sees each of its tokens once, in order.

    spell: the bytes of a token. expected: the number of things that should have a region. earlier: the reply that is
    edited, whose regions stay where they are.
    """

    def __init__(self, spell: Callable[[int], bytes], expected: int = 0, earlier: str = "") -> None:
        self._spell = spell
        self._expected = expected
        self._known = {line for line in earlier.encode().split(b"\n") if line.startswith(COMMENT)}
        self._copied = False
        self._line = b""
        self._said: dict[str, str] = {}
        self._taken: list[Rect] = []

    def accept(self, token: int) -> None:
        """Moves on by a token of the reply."""
        *finished, self._line = (self._line + self._spell(token)).split(b"\n")
        for line in finished:
            if line.startswith(COMMENT):
                self._copied = line in self._known
            elif line.startswith(_BEGIN):
                self._said = {}
            elif found := _VALUE.match(line):
                self._said[found[1].decode()] = found[2].decode()
                if found[1] == b"area":
                    self._taken += self._rect(**self._said)

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary], lower where a token leads to places that are taken."""
        costs = self._costs() if not self._copied and (self._taken or self._others) else {}
        if not costs:
            return logits
        logits = logits.clone()
        for token in logits.topk(min(CANDIDATES, logits.numel())).indices.tolist():
            text = self._line + self._spell(token)
            lines = [cost for line, cost in costs.items() if line.startswith(text) or text.startswith(line)]
            logits[token] -= min(lines, default=0.0)
        return logits

    def _costs(self) -> dict[bytes, float]:
        """The lines that may be meant, and what each costs in nats; none where no place is being written."""
        if self._line.startswith(_LOCATION):
            return {_LOCATION + place.encode() + b"'": self._cost(location=place) for place in LOCATIONS}
        if self._line.startswith(_AREA):
            return {_AREA + area.encode() + b"'": self._cost(**{**self._said, "area": area}) for area in AREAS}
        return {}

    @property
    def _others(self) -> bool:
        """Whether regions are expected beside the one whose place is being written."""
        return len(self._taken) + 1 < self._expected

    def _cost(self, **said: str) -> float:
        cost = 0.0
        for rect in self._rect(**said):
            cost = SHARED * max((shared(rect, one) for one in self._taken), default=0.0)
            if self._others:
                cost += ROOM * max(0.0, rect.area / Rect.FULL.area - FAIR)
                cost += MIDDLE * (said["location"] == "in the center")
        return cost

    @staticmethod
    def _rect(location: str = "", offset: str = "no offset", area: str = USUAL) -> Iterator[Rect]:
        """The rectangle of these words; nothing where one is not of the vocabulary."""
        if location in LOCATIONS and offset in OFFSETS and area in AREAS:
            yield rect_of(location, offset, area)


def shared(one: Rect, other: Rect) -> float:
    """The part of the smaller rectangle that the other covers, 0 to 1."""
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    width = min(one.right, other.right) - max(one.left, other.left)
    smaller = min(one.height * one.width, other.height * other.width)
    return max(0, height) * max(0, width) / smaller if smaller else 0.0
