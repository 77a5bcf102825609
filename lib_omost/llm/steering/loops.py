"""Keeps a small model from running in circles: "mountains, mountains, mountains", or a region told twice.

Where a canvas says the same again, it does so inside one line (tags that loop), or with a line that begins like an
earlier line of its kind (a region or a sentence that comes twice), or it is a line of any kind for the third time in
turn. There the token that would go on with the repetition becomes less likely, the more the longer the repetition is.
A list of sentences that finds no end is brought to it in the same way. Nothing else is touched: a style that every
region shares may be repeated, and a line of the reply before may be copied whatever it holds, which is what edits do,
though not more often than it stands there.

(The growing penalty is that of DRY, https://github.com/oobabooga/text-generation-webui/pull/5677, on other stretches.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import torch

WITHIN = 1.6
"""Nats for each token of a repetition inside a line."""
ACROSS = 0.7
"""Nats for each token in which a line goes on like an earlier one, beyond the first `FREE`."""
FREE = 4
"""Tokens in which two sentences, or two regions' comments, may begin alike."""
MOST = 12.0
"""Nats that a token loses at most."""
LONGEST = 8
"""Tokens of a repetition that count."""

MANY = 12
"""Sentences that an element may say; beyond them another becomes less likely with each, by `RUNNING` nats."""
RUNNING = 1.5
CANDIDATES = 32
"""Likeliest tokens that are looked at for another sentence."""

_COMMENT = b"# Add "
_ITEM = b"        '"
_DEEPER = b"     "
"""How a line of a list begins at least; the lines around the list begin with less."""
_TAGS = b"    tags='"


class LoopGuard:
    """For one reply; sees each of its tokens once, in order.

    spell: the bytes of a token. earlier: the reply before, whose lines may be copied.
    """

    def __init__(self, spell: Callable[[int], bytes], earlier: str = "") -> None:
        self._spell = spell
        self._known = Counter(earlier.encode().split(b"\n"))
        self._line = b""
        self._tokens: list[int] = []
        self._told: dict[bytes, list[list[int]]] = {_COMMENT: [], _ITEM: []}
        self._last: tuple[list[int], list[int]] = ([], [])
        self._items = 0  # sentences in a row

    def accept(self, token: int) -> None:
        """Moves on by a token of the reply."""
        self._tokens.append(token)
        *finished, rest = (self._line + self._spell(token)).split(b"\n")
        self._known.subtract(finished)
        if finished:
            kind = self._kind(finished[0])
            if kind in self._told:
                self._told[kind].append(self._tokens)
            self._items = self._items + 1 if kind == _ITEM else 0
            self._last = (self._last[1], self._tokens)
            self._tokens = []
        self._line = rest

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary], lower where a token would go on with a repetition."""
        costs = {token: cost for token, cost in self._costs().items() if not self._copied(token)}
        if self._items >= MANY and self._line.strip()[-1:] in (b"", b","):
            costs.update(dict.fromkeys(self._beginnings(logits), min(MOST, RUNNING * (self._items - MANY + 1))))
        if not costs:
            return logits
        logits = logits.clone()
        ids = torch.tensor(list(costs), device=logits.device)
        logits[ids] -= torch.tensor(list(costs.values()), dtype=logits.dtype, device=logits.device)
        return logits

    def _costs(self) -> dict[int, float]:
        """What each token that would go on with a repetition shall lose, in nats."""
        kind = self._kind(self._line)
        found: dict[int, float] = {}
        line = self._tokens
        before, last = self._last
        if before == last and line and last[: len(line)] == line and len(line) < len(last):
            found[last[len(line)]] = min(MOST, WITHIN * (1 + len(line)))
        if kind is None:
            return found
        for place in range(1, len(line)):
            length = _alike_before(line, place)
            # One token is no repetition, but behind a comma the same tag may begin.
            if length > 1 or (length == 1 and kind == _TAGS):
                token = line[place]
                found[token] = max(found.get(token, 0.0), WITHIN * length)
        for told in self._told.get(kind, ()):
            if FREE <= len(line) < len(told) and told[: len(line)] == line:
                token = told[len(line)]
                found[token] = max(found.get(token, 0.0), ACROSS * (len(line) - FREE + 1))
        return {token: min(cost, MOST) for token, cost in found.items()}

    def _beginnings(self, logits: torch.Tensor) -> list[int]:
        """The likeliest tokens with which another sentence of the list would begin."""
        likely = logits.topk(min(CANDIDATES, logits.numel())).indices.tolist()
        lines = ((token, (self._line + self._spell(token)).rpartition(b"\n")) for token in likely)
        return [
            token for token, (_, _, line) in lines if line.startswith((_DEEPER, b"    '")) and not line.strip(b" '")
        ]

    def _copied(self, token: int) -> bool:
        """Whether the line goes on, with this token, like a line of the reply before."""
        line, end, _ = (self._line + self._spell(token)).partition(b"\n")
        return any(known == line if end else known.startswith(line) for known, left in self._known.items() if left > 0)

    @staticmethod
    def _kind(line: bytes) -> bytes | None:
        if line.startswith(b"    ") and line.lstrip(b" ").startswith(b"'"):
            return _ITEM  # however far it is indented
        return next((kind for kind in (_COMMENT, _TAGS) if line.startswith(kind)), None)


def _alike_before(line: Sequence[int], place: int) -> int:
    """How many tokens before ``place`` equal, one by one, those at the end of the line."""
    length = 0
    while length < min(place, LONGEST) and line[place - 1 - length] == line[len(line) - 1 - length]:
        length += 1
    return length
