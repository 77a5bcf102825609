"""Guesses how a reply goes on from what stands in the conversation already.

An edit repeats most of the canvas before it word for word. The longest ending of the text that occurred earlier is
looked up, and what followed it there is the draft. (Prompt lookup decoding, https://github.com/apoorvumang/prompt-lookup-decoding,
with the longest match in place of the first.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

GRAM = 3
"""Tokens that must at least match."""
LONGEST_MATCH = 48
"""Tokens compared backwards; a longer match says nothing more."""
CANDIDATES = 96
"""Earlier places looked at, the latest first."""
LENGTHS = (0, 3, 6, 10, 16, 24, 40, 64)
"""Tokens drafted at once."""
BUCKETS = (4, 8, 16)
"""Lengths of the match between which acceptance is counted apart."""
EXPECTED = (0.5, 0.7, 0.85, 0.95)
"""Share of drafted tokens that is right, assumed of each bucket before anything is known."""
TRUST = 8.0
"""Tokens of experience that the assumption counts for."""
FADING = 0.9
"""Weight of all experience before the last pass."""
PROBE = 24
"""Passes without a draft after which one is tried again."""


@dataclass(frozen=True, slots=True)
class PassCost:
    """What checking drafted tokens adds to a pass, as shares of a pass for one token: once, and for each of them."""

    once: float
    each: float


ACCELERATOR = PassCost(0.0, 0.01)
CPU_BFLOAT16 = PassCost(0.0, 0.025)
CPU_FLOAT32 = PassCost(0.8, 0.075)


@dataclass(slots=True)
class _Record:
    right: float
    wrong: float

    @property
    def share(self) -> float:
        return self.right / (self.right + self.wrong)

    def add(self, right: int, wrong: int) -> None:
        self.right = FADING * self.right + right
        self.wrong = FADING * self.wrong + wrong


class PromptLookup:
    """A drafter for one reply, see `decoding.Drafter`.

    cost: of drafts, on this device. How much is drafted follows from that and from how often drafts were right, and
    never from a clock: the same request goes through the same passes, so that the same seed gives the same reply in
    low precision too.
    """

    def __init__(self, cost: PassCost) -> None:
        self._cost = cost
        self._places: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        self._indexed = GRAM - 1
        self._cursor = 0  # where the last draft was taken from, as far as it was right
        self._bucket = 0
        self._records = [_Record(TRUST * share, TRUST * (1 - share)) for share in EXPECTED]
        self._idle = 0

    def propose(self, context: Sequence[int]) -> Sequence[int]:
        """What followed the longest earlier occurrence of the context's ending; empty when it does not pay."""
        place, length = self._find(context)
        if not place:
            return ()
        self._cursor = place
        self._bucket = sum(length >= limit for limit in BUCKETS)
        count = self._best_count(self._records[self._bucket].share)
        if count == 0 and self._idle >= PROBE:
            count = LENGTHS[1]
        return context[place : place + count]

    def observe(self, proposed: int, accepted: int) -> None:
        """Learns what became of a draft."""
        self._idle = 0 if proposed else self._idle + 1
        self._cursor += accepted
        if proposed:
            self._records[self._bucket].add(accepted, accepted < proposed)

    def _best_count(self, share: float) -> int:
        """The length whose tokens a unit of time are most, were every token right with this probability."""

        def speed(count: int) -> float:
            right = sum(share**place for place in range(1, count + 1))
            return (1 + right) / (1 + bool(count) * self._cost.once + self._cost.each * count)

        return max(LENGTHS, key=speed)

    def _find(self, context: Sequence[int]) -> tuple[int, int]:
        """Where the longest match ends and how long it is; (0, 0) for none. Among equals the first behind the last
        draft, for an edit goes through the old text in order, else the latest."""
        end = len(context)
        for place in range(self._indexed + 1, end):
            self._places[tuple(context[place - GRAM : place])].append(place)
        self._indexed = max(self._indexed, end - 1)
        best = (0, False, 0)
        for place in self._places[tuple(context[-GRAM:])][-CANDIDATES:]:
            length = GRAM
            while length < min(LONGEST_MATCH, place) and context[place - length - 1] == context[end - length - 1]:
                length += 1
            ahead = place >= self._cursor
            best = max(best, (length, ahead, -place if ahead else place))
        return abs(best[2]), best[0]
