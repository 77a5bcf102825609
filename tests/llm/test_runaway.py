"""When a reply counts as running in a circle."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lib_omost.llm.runaway import TIMES, Runaway
from tests.scripted import REPLY


def told_after(text: str, size: int = 3) -> int | None:
    """Characters after which it is told, fed in pieces of that size."""
    runaway = Runaway()
    for start in range(0, len(text), size):
        if runaway.feed(text[start : start + size]):
            return start + size
    return None


def test_the_same_sentence_over_and_over() -> None:
    before = REPLY + "\n"
    line = "        'The battle is fought on a large scale.',\n"
    assert told_after(before + (TIMES - 1) * line) is None
    reached = told_after(before + 100 * line)
    assert reached is not None
    assert abs(reached - len(before) - TIMES * len(line)) <= 3


def test_lines_that_take_turns() -> None:
    assert told_after(40 * "        'A large boat lies there.',\n        'A small boat lies there.',\n") is not None


def test_a_line_without_end() -> None:
    assert told_after("    tags='" + 100 * "mountain, sea, ") is not None
    assert told_after("    tags='" + ", ".join(f"thing {number}" for number in range(300)) + "',\n") is None


def test_what_code_repeats_is_no_circle() -> None:
    assert told_after(REPLY + 40 * "\n" + 40 * ")\n") is None
    regions = "".join(
        f"canvas.add_local_description(\n    location='in the center',\n    description='Boat {number}.',\n)\n\n"
        for number in range(60)
    )
    assert told_after(regions) is None


@given(st.lists(st.text(alphabet="ab \n", max_size=30), max_size=60))
def test_the_pieces_do_not_matter_for_lines(pieces: list[str]) -> None:
    text = "".join(pieces)
    runaway = Runaway()
    told = any(runaway.feed(piece) for piece in pieces)
    repeated = any(
        lines[at : at + TIMES * cycle][cycle:] == lines[at : at + TIMES * cycle][:-cycle]
        for lines in [[line.strip() for line in text.split("\n")[:-1] if len(line.strip()) >= 8]]
        for cycle in range(1, 5)
        for at in range(len(lines) - TIMES * cycle + 1)
    )
    assert not repeated or told
