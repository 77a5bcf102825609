"""Runaway: a reply that says the same thing over and over and would do so until its last token.

Small models, and large ones whose sampling does not suit them, fall into such a circle. Nobody is to wait for its end.
"""

from __future__ import annotations

from collections import deque

TIMES = 12
"""How often the same lines come in turn before the reply counts as running in a circle."""
CYCLE = 4
"""Lines that such a circle has at most."""
TAIL = 480
"""Characters of one line that repeat themselves before it counts as running in a circle."""
PERIOD = 80
"""Characters of the longest repetition inside a line."""
SHORTEST = 8
"""Characters of a line that counts; code has many short lines that are alike."""


class Runaway:
    """Reads one reply piece by piece."""

    def __init__(self) -> None:
        self._line = ""
        self._looked = 0  # length of the line when it was last looked at
        self._lines: deque[str] = deque(maxlen=TIMES * CYCLE)

    def feed(self, piece: str) -> bool:
        """Whether the reply, with this piece of it, runs in a circle."""
        *finished, self._line = (self._line + piece).split("\n")
        if finished:
            self._looked = 0
        for line in finished:
            if len(line.strip()) >= SHORTEST:
                self._lines.append(line.strip())
                if self._circling():
                    return True
        if len(self._line) - self._looked < PERIOD:
            return False
        self._looked = len(self._line)
        return len(self._line) >= TAIL and _periodic(self._line[-TAIL:])

    def _circling(self) -> bool:
        lines = list(self._lines)
        for cycle in range(1, CYCLE + 1):
            last = lines[-TIMES * cycle :]
            if len(last) == TIMES * cycle and last[cycle:] == last[:-cycle]:
                return True
        return False


def _periodic(text: str) -> bool:
    return any(text[period:] == text[:-period] for period in range(1, PERIOD + 1))
