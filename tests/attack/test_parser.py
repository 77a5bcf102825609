"""Texts made to keep the interpreter busy: its work grows in proportion to their length and ends at the limit.

Work is counted in calls of functions, which no other process disturbs. Time is looked at only with a wide margin, for
what a single call of a library could do to a long text.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from lib_omost.canvas import interpret
from lib_omost.canvas.limits import MAX_ARGUMENTS, MAX_REPLY_CHARS
from tests.canvas.fuzz import HOSTILE_VALUES, check

ADD = "\ncanvas.add_local_description("
SET = "\ncanvas.set_global_description("
SECONDS = 20.0
"""For the longest reply on a machine that does other things as well; it takes about 3 alone."""

UNITS = {
    "arguments that nobody knows": f"{ADD}{'a=1,' * 900})",
    "as many as are read": f"{ADD}description='x',{'a=1,' * (MAX_ARGUMENTS - 1)})",
    "misspelt arguments": f"{ADD}description='x',{'atmosphre=1,' * (MAX_ARGUMENTS - 1)})",
    "arguments given again": f"{ADD}description='x',{'style=1,' * (MAX_ARGUMENTS - 1)})",
    "values without a name": f"{ADD}{'1,' * 900})",
    "values that go on with a text": f"{ADD}tags='x'," + f"'{'y' * 800}'," * 60 + ")",
    "many short ones of them": f"{ADD}tags='x',{'1,' * (MAX_ARGUMENTS - 1)})",
    "unpacked values": f"{ADD}description='x',{'*a,' * 60})",
    "long sums": f"{ADD}tags={'1+' * 1500}1)",
    "long lists": f"{ADD}description='x',detailed_descriptions=[{'1,' * 1500}])",
    "nested lists": f"{ADD}description='x',detailed_descriptions={'[' * 15}{'1,' * 1500}{']' * 15})",
    "signs": f"{ADD}description='x',distance_to_viewer={'-' * 90}1)",
    "digits": f"{ADD}description='x',distance_to_viewer={'9' * 3900})",
    "colours": f"{ADD}description='x',HTML_web_color_name='{'lightlight ' * 10}')",
    "places": f"{ADD}description='x',location='{'abcdef ' * 17}')",
    "texts that end nowhere": f"{ADD}'x\n",
    "quotes within texts": f"{ADD}description='it's x',{'a=1,' * 60})\n",
    "lone quotes": f"{ADD}description='it's" + " 'x" * 300 + ")\n",
    "lines that may end a call": f"{ADD}description='it's x'," + "\n(a)\n" * 900,
    "triple quotes": f"{ADD}'''" + "a\n" * 9000,
    "prefixes": f"{ADD}" + "r'' b'' f'{x}' " * 200 + ")\n",
    "escapes": f"{ADD}tags='" + "\\x41\\u0041\\" * 2000 + "')\n",
    "comments": f"{ADD}" + "# it's\n" * 2000 + ")\n",
    "brackets": f"{ADD}x'y " + "[]{}()" * 600 + "\n",
    "blanks": f"{ADD}'it's'" + " " * 20_000 + "\n",
    "typographic quotes": f"{ADD}tags=“" + "a” " * 2000 + "\n",
    "full-width signs": f"{ADD}tags＝“a”，" + "，、；" * 800 + "）\n",
    "beginnings": ADD,
    "other beginnings": SET + "'x')",
    "canvases": "\ncanvas = Canvas()",
    "fences": "\n```python\n",
    "names of methods": "\n" + "a." * 90 + "(",
    "carriage returns": "\r\n\r" + ADD,
    "names": f"\nx = [{'1,' * 600}]{ADD}description='a',detailed_descriptions=[{'x,' * 600}])",
    "names in a loop": f"\nx = [{'1,' * 300}]\nfor i in range(32):\n    {ADD[1:]}description='a',tags=[{'x,' * 300}])",
    "names in short calls": f"\nx = [{'1,' * 600}]" + f"{ADD}description='a',tags=[x,x])" * 20,
    "loops over names": f"\nx = [{'1,' * 300}]" + f"\nfor i in [{'x,' * 300}]:" * 20,
    "loops in loops": "".join(f"\n{' ' * n}for a{n} in range(32):" for n in range(40)) + f"\n{' ' * 41}{ADD[1:]}'x')",
    "formatted texts": f"\nx = '{'y' * 3000}'\nfor i in range(32):\n    {ADD[1:]}description=f'{'{x}' * 900}')",
    "sums of names": f"\nx = [1]{ADD}description='a',tags={'x+' * 1500}1)",
    "calls in calls": f"\nx = [1]{ADD}description='a',tags={'str(' * 15}x{')' * 15})",
}
VALUES = {f"value {index}": f"{ADD}description='x',tags={value})\n" for index, value in enumerate(HOSTILE_VALUES)}


def repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


def work(text: str) -> int:
    """Calls of functions, Python's and C's, while `text` is read."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        result = interpret(text)
    finally:
        sys.setprofile(before)
    check(result)
    return calls


def seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


@pytest.mark.parametrize("unit", (UNITS | VALUES).values(), ids=UNITS | VALUES)
def test_twice_the_text_is_at_most_twice_the_work(unit: str) -> None:
    short = max(1_000, 2 * len(unit))
    for length in (short, 4 * short):
        once, twice = (work(repeated(unit, size)) for size in (length, 2 * length))
        assert twice <= 2.2 * once + 2_000


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_the_longest_reply_takes_bounded_time_and_a_longer_one_no_more(unit: str) -> None:
    longest, longer = repeated(unit, MAX_REPLY_CHARS), repeated(unit, 1_000_000)
    taken = seconds(lambda: interpret(longest))
    assert taken < SECONDS
    assert seconds(lambda: interpret(longer)) < 2 * taken + 2.0


PIECES = [
    *"'\"\\()[]{},:;=+-*#.\n\r\t `~@x1’“（，＝",
    ADD, SET, "canvas = Canvas(", "description=", "tags='x'", "'''", "```", "\n```\n", "**", "f'", "r'", "a=1,", "\\N{",
    "        ", ")\n", "'x',", "lambda:", "not ", "x.y(", "[1,", "9" * 30, "' '", "it's ",
]  # fmt: skip
LENGTH = 4_000


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12), st.integers(1, 40), st.booleans())
def test_no_repeated_pieces_do_more_than_linear_work(pieces: list[str], times: int, called: bool) -> None:
    """Hypothesis looks for the text with the most work for its length."""
    unit = (ADD if called else "") + "".join(pieces) * times
    once, twice = (work(repeated(unit, size)) for size in (LENGTH, 2 * LENGTH))
    target(float(twice), label="work")
    target(twice / max(once, 1_000), label="growth")
    assert twice <= 3.0 * once + 8_000  # one call more or less may fit into so short a text
    assert twice <= 150 * 2 * LENGTH


@pytest.mark.parametrize("digits", [40, 400, 4_000, 40_000])
@pytest.mark.parametrize("field", ["location", "distance_to_viewer", "weight", "rect", "HTML_web_color_name", "tags"])
def test_an_endless_integer_is_a_note(field: str, digits: int) -> None:
    number = "9" * digits
    value = f"[{number}, 1, 2, 3]" if field == "rect" else number
    result = interpret(f"canvas.add_local_description(description='A boat.', {field}={value})")
    assert result.canvas is not None
    assert any((note.message.endswith(".") and field in note.message) or note.written for note in result.notes)
    assert all(len(note.written) <= 120 for note in result.notes)
