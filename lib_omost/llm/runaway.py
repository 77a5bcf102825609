"""Detection of runaway replies, which repeat the same text until the token limit.

Small models, and large ones with unsuitable sampling settings, fall into such loops.
"""

from __future__ import annotations

from collections import deque

TIMES = 12
"""Number of repetitions of the same lines that count as a loop."""
CYCLE = 4
"""Maximum number of lines that repeat."""
TAIL = 480
"""Length in characters of a repetition inside one line that counts as a loop."""
PERIOD = 80
"""Maximum length in characters of what repeats inside a line."""
SHORTEST = 8
"""Minimum length of a line that counts, because code has many equal short lines."""


class Runaway:
    """Watches one reply for loops."""

    def __init__(self) -> None:
        self._line = ""
        self._checked = 0  # length of the line when it was last checked
        self._lines: deque[str] = deque(maxlen=TIMES * CYCLE)

    def feed(self, piece: str) -> bool:
        """Take the next piece; returns whether the reply is in a loop."""
        *finished, self._line = (self._line + piece).split("\n")
        if finished:
            self._checked = 0
        for line in finished:
            if len(line.strip()) >= SHORTEST:
                self._lines.append(line.strip())
                if self._in_loop():
                    return True
        if len(self._line) - self._checked < PERIOD:
            return False
        self._checked = len(self._line)
        return len(self._line) >= TAIL and _periodic(self._line[-TAIL:])

    def _in_loop(self) -> bool:
        lines = list(self._lines)
        for cycle in range(1, CYCLE + 1):
            last = lines[-TIMES * cycle :]
            if len(last) == TIMES * cycle and last[cycle:] == last[:-cycle]:
                return True
        return False


def _periodic(text: str) -> bool:
    return any(text[period:] == text[:-period] for period in range(1, PERIOD + 1))
