"""What is said to be lost when the code of a reply is written anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib_omost.canvas import interpret, replace_canvas
from lib_omost.canvas.losses import losses
from tests.scripted import REPLY


def lost(reply: str, *, comments: bool = True) -> tuple[str, ...]:
    """The losses of `reply` if the first region of its canvas is taken away."""
    canvas = interpret(reply).canvas
    assert canvas is not None
    return losses(reply, replace_canvas(reply, replace(canvas, regions=canvas.regions[1:])), comments=comments)


def with_line(line: str) -> str:
    return REPLY.replace("# Add a lighthouse.", f"{line}\n# Add a lighthouse.")


def test_what_the_program_writes_itself_is_never_lost() -> None:
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    assert losses(REPLY, replace_canvas(REPLY, canvas), comments=True) == ("the comment “# Add a lighthouse.”",)
    own = replace_canvas(REPLY, canvas)
    assert lost(own) == ()


def test_comments_are_named_and_may_be_left_out() -> None:
    assert "“# the old harbour”" in lost(with_line("# the old harbour"))[0]
    assert lost(with_line("# the old harbour"), comments=False) == ()
    inside = REPLY.replace("description='A red boat.',", "description='A red boat.',  # as in 1920")
    assert "“# as in 1920”" in lost(inside)[0]
    assert lost(REPLY.replace("'A red boat.'", "'A red # boat.'"), comments=False) == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("print(1)  # why", "the statement “print(1)”"),
        ("a = '#1'  # why\nb = '#2'", "the statements “a = '#1'” and “b = '#2'”"),
        ("depth = 3.0\nside = 2", "the statements “depth = 3.0” and “side = 2”"),
        ("values = [\n    1,\n]", "the statement “values = [ …”"),
        ("x = 1\nx = 2\nx = 3\nx = 4\nx = 5", "the statements “x = 1”, “x = 2”, “x = 3” and 2 more"),
        ("x = " + "1" * 99, f"the statement “x = {'1' * 54} …”"),
    ],
)
def test_statements_are_named_shortly(line: str, said: str) -> None:
    assert lost(with_line(line), comments=False) == (said,)


def test_calls_that_were_not_understood_are_named_by_their_lines() -> None:
    number = REPLY[: REPLY.index("# Add a lighthouse.")].count("\n") + 1
    reply = with_line("canvas.add_local_description(location='on the left')")
    assert lost(reply, comments=False) == (f"what could not be read in line {number}",)


def test_text_is_lost_only_between_several_blocks() -> None:
    assert lost(f"Here it is:\n{REPLY}\nEnjoy.", comments=False) == ()
    first, second = REPLY.split("# Add a lighthouse.")
    assert lost(f"{first}```\nNow the tower:\n```python\n{second}", comments=False) == ("the text around the code",)


@pytest.mark.parametrize("line", ["x = 'open", "x = (((", "\tx = 1\n  y = 2", "x = '''", "\x00", "```"])
def test_what_is_no_python_is_no_error(line: str) -> None:
    lost(with_line(line))
