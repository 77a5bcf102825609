"""The help for the first lines of a canvas."""

from __future__ import annotations

import torch

from lib_omost.llm.steering.opening import OPENING, OpeningBias
from lib_omost.llm.steering.stretches import CERTAIN

WORDS = ["```python\n", OPENING[len("```python\n") : -1], "'", "Imagine", "A fox"]


def helped(*written: str) -> str | None:
    """The word that is helped behind what is written."""
    bias = OpeningBias(lambda token: WORDS[token].encode(), [0, 1, 2])
    for word in written:
        bias.accept(WORDS.index(word))
    raised = bias.adjust(torch.zeros(len(WORDS)))
    found = raised.nonzero().flatten().tolist()
    assert all(raised[at] == CERTAIN for at in found)
    return WORDS[found[0]] if found else None


def test_the_first_lines_are_helped_and_nothing_else() -> None:
    assert helped() == WORDS[0]
    assert helped(WORDS[0]) == WORDS[1]
    assert helped(*WORDS[:2]) == "'"
    assert helped(*WORDS[:3]) is None, "the description is the model's own"
    assert helped(*WORDS[:3], "A fox") is None


def test_who_begins_otherwise_is_left_alone() -> None:
    assert helped("Imagine") is None
    assert helped("Imagine", "```python\n") is None
