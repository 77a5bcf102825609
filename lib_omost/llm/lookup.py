"""Drafts the continuation of a reply from the conversation so far.

An edit repeats most of the earlier canvas word for word. The longest suffix of the text that occurred earlier is looked
up, and its continuation there is the draft. (Prompt lookup decoding, https://github.com/apoorvumang/prompt-lookup-decoding,
with the longest match instead of the first.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

GRAM = 3
"""Minimum length of a match in tokens."""
LONGEST_MATCH = 48
"""Maximum length of a match in tokens; longer ones are not more reliable."""
CANDIDATES = 96
"""Number of latest occurrences that are compared."""
LENGTHS = (0, 3, 6, 10, 16, 24, 40, 64)
"""Possible lengths of a draft in tokens."""
BUCKETS = (4, 8, 16)
"""Limits between the lengths of matches for which acceptance is counted separately."""
EXPECTED = (0.5, 0.7, 0.85, 0.95)
"""Prior acceptance rate of each bucket."""
TRUST = 8.0
"""Weight of the prior in tokens."""
FADING = 0.9
"""Factor by which each pass reduces the weight of earlier passes."""
PROBE = 24
"""Passes without a draft after which one is tried again."""


@dataclass(frozen=True, slots=True)
class PassCost:
    """The cost of verifying drafted tokens, as fractions of a pass for one token: fixed, and for each of them."""

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

    cost: of drafts on this device. The length of a draft depends on that and on the acceptance rate, never on a clock:
    the same request runs the same passes, so the same seed gives the same reply even in low precision.
    """

    def __init__(self, cost: PassCost) -> None:
        self._cost = cost
        self._places: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        self._indexed = GRAM - 1
        self._cursor = 0  # the end of the accepted part of the last draft, in the earlier text
        self._bucket = 0
        self._records = [_Record(TRUST * share, TRUST * (1 - share)) for share in EXPECTED]
        self._idle = 0

    def propose(self, context: Sequence[int]) -> Sequence[int]:
        """The continuation of the longest earlier occurrence of the context's suffix; empty if a draft does not pay."""
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
        """Update the acceptance rate after a pass."""
        self._idle = 0 if proposed else self._idle + 1
        self._cursor += accepted
        if proposed:
            self._records[self._bucket].add(accepted, accepted < proposed)

    def _best_count(self, share: float) -> int:
        """The draft length that maximises the expected throughput if each token is right with this probability."""

        def speed(count: int) -> float:
            right = sum(share**place for place in range(1, count + 1))
            return (1 + right) / (1 + bool(count) * self._cost.once + self._cost.each * count)

        return max(LENGTHS, key=speed)

    def _find(self, context: Sequence[int]) -> tuple[int, int]:
        """The end and the length of the longest match; (0, 0) if there is none. Among matches of equal length, the
        first one after the last draft is preferred, because an edit follows the old text in order, else the latest."""
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
