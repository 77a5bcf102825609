"""When a reply counts as running in a circle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.llm.runaway import CYCLE, PERIOD, SHORTEST, TAIL, TIMES, Runaway
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


def numbered(count: int, length: int = SHORTEST) -> list[str]:
    """Lines that differ."""
    return [f"{number:0{length}}" for number in range(count)]


@pytest.mark.parametrize("cycle", range(1, CYCLE + 1))
def test_lines_are_detected_with_the_last_of_so_many_rounds(cycle: int) -> None:
    text = "".join(f"{line}\n" for line in numbered(cycle) * TIMES)
    assert told_after(text, 1) == len(text)
    assert told_after(f"{numbered(9)[8]}\n{text}", 1) == len(text) + SHORTEST + 1, "whatever stood before"


def test_a_longer_circle_of_lines_is_none() -> None:
    assert told_after("".join(f"{line}\n" for line in numbered(CYCLE + 1) * TIMES * 2)) is None


def test_lines_count_from_a_length_and_without_their_margins() -> None:
    assert told_after(2 * TIMES * f"  {'x' * (SHORTEST - 1)}  \n") is None
    assert told_after("".join(f"{' ' * (n % 3)}{'x' * SHORTEST}{' ' * (n % 2)}\n" for n in range(TIMES))) is not None
    assert told_after(TIMES * f"{'x' * SHORTEST}\n)\n\n") is not None, "short lines between them do not hide them"


@pytest.mark.parametrize(("period", "told"), [(1, True), (PERIOD, True), (PERIOD + 1, False)])
def test_a_line_is_detected_by_its_tail_and_its_period(period: int, told: bool) -> None:
    once = "".join(chr(0x4E00 + number) for number in range(period))
    before = "".join(chr(0x6E00 + number) for number in range(PERIOD))
    assert told_after((once * TAIL)[: 2 * TAIL], 1) == (TAIL if told else None)
    assert told_after(before + (once * TAIL)[: 2 * TAIL], 1) == (PERIOD + TAIL if told else None)


def test_a_line_that_is_not_periodic_to_its_end_is_none() -> None:
    assert told_after("x" * (TAIL - 1) + "y", 1) is None


def test_a_long_line_before_delays_nothing() -> None:
    before = "".join(chr(0x4E00 + number) for number in range(2 * TAIL)) + "\n"
    assert told_after(before + "x" * 2 * TAIL, 1) == len(before) + TAIL


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
