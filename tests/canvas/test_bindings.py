from __future__ import annotations

import time

import pytest

from lib_omost.canvas import CanvasStream, interpret
from lib_omost.canvas.layouts import read_layout
from lib_omost.canvas.substitution import MAX_PASSES

HEAD = "canvas = Canvas()\ncanvas.set_global_description(description='A street.', HTML_web_color_name='red')\n"
CALL = "canvas.add_local_description(location='on the left', description={})"


def read(code: str) -> list[str]:
    reply = HEAD + code
    stream = CanvasStream()
    for char in reply:
        stream.feed(char)
    found = stream.result()
    assert found == interpret(reply)
    assert found.canvas is not None
    return [region.description for region in found.canvas.regions]


@pytest.mark.parametrize(
    ("code", "descriptions"),
    [
        ("for i in range(3):\n    " + CALL.format("f'Lamp {i}.'"), ["Lamp 0.", "Lamp 1.", "Lamp 2."]),
        ("for i in range(2): " + CALL.format("f'Lamp {i + 1}.'"), ["Lamp 1.", "Lamp 2."]),
        ("for i in range(4, 0, -2):\n    " + CALL.format("'Lamp ' + str(i)"), ["Lamp 4", "Lamp 2"]),
        ("for a in ['cat', \"dog\"]:\n\n  # each\n  " + CALL.format('f"A {a}."') + "\n", ["A cat.", "A dog."]),
        ("for a, b in [('x', 1), ('y', 2)]:\n\t" + CALL.format("f'{a}{b}{{}}'"), ["x1{}", "y2{}"]),
        ("for n, a in enumerate(['x', 'y'], 1):\n    " + CALL.format("f'{n}{a}'"), ["1x", "2y"]),
        ("for a, b in zip(['x', 'y'], ['v', 'w']):\n    " + CALL.format("f'{a}{b}'"), ["xv", "yw"]),
        ("for a, b in [('x', 'v'), ('y', 'w')]:\n    " + CALL.format("f'{a}{b}'"), ["xv", "yw"]),
        ("names = [\n    'x',\n    'y',\n]\nfor a in names:\n    " + CALL.format("a"), ["x", "y"]),
        ("names = ['x', 'y']\nfor i in range(3):\n    " + CALL.format("f'{names[i]}'"), ["x", "y"]),
        ("names = ['x', 'y']\nfor i in range(3):\n    " + CALL.format("names[i % 2]"), ["x", "y", "x"]),
        ("Fun :(\n# (a draft\nfor i in range(2):\n    " + CALL.format("f'Lamp {i}.'"), ["Lamp 0.", "Lamp 1."]),
        ("for a in ['fox', 'cat']:\n    " + CALL.format("f'A {a.upper()}.'"), []),
        ("for a in ['fox', 'cat']:\n    " + CALL.format("f'A {a:>5}.'"), []),
        ("names = ['x', 'y']\nfor i in range(2):\n    " + CALL.format("f'A {names[i]}.'"), ["A x.", "A y."]),
        (
            "for a in ['x', 'y']:\n    for b in ['v', 'w']:\n        " + CALL.format("f'{a}{b}'"),
            ["xv", "xw", "yv", "yw"],
        ),
        (
            "for a in ['x', 'y']:\n    " + CALL.format("a") + "\n    " + CALL.format("f'{a}!'") + "\n"
            + CALL.format("'last'"),
            ["x", "y", "x!", "y!", "last"],
        ),
        ("what = 'A dragon.'\n" + CALL.format("what"), ["A dragon."]),
        ("for i in range(0):\n    " + CALL.format("f'{i}'"), []),
    ],
)  # fmt: skip
def test_a_loop_over_literals_is_read_once_per_pass(code: str, descriptions: list[str]) -> None:
    assert read(code) == descriptions


def test_numbers_are_computed_and_the_loop_is_told() -> None:
    found = interpret(
        HEAD + "for i in range(2):\n    canvas.add_local_description(description=f'{i}', distance_to_viewer=2.0 + i)\n"
    )
    assert found.canvas is not None
    assert [region.distance for region in found.canvas.regions] == [2.0, 3.0]
    assert found.notes[0].message == "This call stands in a loop; it was read 2 times."


@pytest.mark.parametrize(
    "loop",
    [
        "for i in things():", "for i in open('/etc/passwd'):", "for i in __import__('os').environ:",
        "for i in range(1, 5, 0):", "for i in range('x'):", "for i in [[f() for f in x]]:", "for i, j in [1, 2]:",
    ],
)  # fmt: skip
def test_other_loops_are_told_and_nothing_is_executed(loop: str) -> None:
    found = interpret(f"{HEAD}{loop}\n    {CALL.format(repr('A lamp.'))}")
    assert found.canvas is not None
    assert [region.description for region in found.canvas.regions] == ["A lamp."]
    assert "values that are no literals; it was read once" in found.notes[0].message


def test_long_loops_are_cut_and_told() -> None:
    reply = f"{HEAD}for i in range(10**9):\n    {CALL.format(repr('x'))}\nfor i in range(1000000000):\n    "
    found = interpret(reply + CALL.format("f'Lamp {i}.'"))
    assert found.canvas is not None
    assert len(found.canvas.regions) == MAX_PASSES
    assert any(f"only the first {MAX_PASSES} passes" in note.message for note in found.notes)


def test_time_is_bounded() -> None:
    began = time.process_time()
    body = "".join(f"    {CALL.format('f' + repr('{i}{j}' * 20))}\n" for _ in range(300))
    interpret(f"for i in range(99):\n for j in range(99):\n{body}")
    interpret("x = [" * 20_000)
    interpret("for i in " + "[" * 5_000 + ":\n")
    interpret("a = [1]\n" * 20_000)
    assert time.process_time() - began < 10


def test_a_name_of_an_argument_that_is_cut_off_is_left_out() -> None:
    found = interpret(HEAD + "canvas.add_local_description(\n    description='A stall.',\n    detailed_descr")
    assert found.canvas is not None
    assert found.canvas.regions[0].description == "A stall."
    assert [note.message for note in found.notes if note.written == "detailed_descr"] == [
        "A text that was cut off was left out."
    ]


CODE = HEAD + CALL.format('"It\'s a stall."') + "\n"


@pytest.mark.parametrize(
    "reply",
    [
        '"' + CODE.replace('"', '\\"').replace("\n", "\\n") + '"',
        '{"code": "' + CODE.replace('"', '\\"').replace("\n", "\\n") + '", "more": 1}',
        CODE.replace("\n", "\\n"),
        CODE.replace("\n", "\\r\\n"),
        CODE.replace('"', '\\"').replace("'", "\\'").replace("\n", "\\n"),
        CODE.replace('"', '\\\\\\"').replace("\n", "\\\\n"),
        "Here is it: " + CODE.replace("canvas = Canvas()\n", "").replace("(d", "(\n d").replace("\n", "\\n"),
        '"' + CODE.replace('"', "\\u0022").replace("\n", "\\n") + '"',
    ],
)
def test_escaped_code_is_read_also_while_it_streams(reply: str) -> None:
    stream = CanvasStream()
    for char in reply:
        stream.feed(char)
    assert stream.canvas is not None, "before the end"
    found = stream.result()
    assert found == interpret(reply)
    assert found.canvas is not None
    assert found.canvas.global_description.description == "A street."
    assert [region.description for region in found.canvas.regions] == ["It's a stall."]


def test_what_the_original_prints_is_read() -> None:
    mask = "array([[0., 1.],\n       [0., 1.]], dtype=float32)"
    printed = (
        "{'initial_latent': array([[[1, 1]]], dtype=uint8), 'bag_of_conditions': [{'mask': array([[1.]]), "
        "'prefixes': ['A boy\\'s boat.'], 'suffixes': ['Calm.']}, "
        f"{{'mask': {mask}, 'prefixes': ['A boat.', 'Lake.'], 'suffixes': []}}, "
        "{'mask': array([[0., ..., 1.]]), 'prefixes': ['A boat.', 'Sun.'], 'suffixes': []}]}"
    )
    for text in (printed, f"The result:\n{printed}\n", printed.replace("array(", "tensor(")):
        canvas = read_layout(text).canvas
        assert canvas is not None
        assert canvas.global_description.description == "A boy's boat."
        assert [region.description for region in canvas.regions] == ["Lake.", "Sun."]
        assert canvas.regions[0].location == "on the right"
    assert read_layout("{'a': __import__('os').system('x')}").canvas is None
    assert read_layout("[{'a': " * 50_000).canvas is None


@pytest.mark.parametrize(
    "value",
    ["1+" * 1500 + "1", "-" * 1500 + "1", "x" + "[0]" * 400, "str(" * 15 + "x" + ")" * 15, "f'{" + "(" * 14 + "x"],
)
def test_a_name_before_a_deep_expression_costs_nothing(value: str) -> None:
    began = time.process_time()
    found = interpret(f"{HEAD}x = [1]\ncanvas.add_local_description(description='A lamp.', tags={value})\n")
    assert found.canvas is not None
    assert time.process_time() - began < 0.2


def test_names_are_replaced_until_there_are_too_many() -> None:
    call = "canvas.add_local_description(description=x)\n"
    found = interpret(HEAD + "x = 'A lamp.'\n" + call * 3)
    assert found.canvas is not None
    assert [region.description for region in found.canvas.regions] == ["A lamp."] * 3
    many = f"x = [{'1,' * 500}]\ncanvas.add_local_description(description='A.', tags=[{'x,' * 500}])\n"
    began = time.process_time()
    found = interpret(HEAD + many * 20 + "x = 'A lamp.'\n" + call)
    assert time.process_time() - began < 5
    assert found.canvas is not None
    assert [region.description for region in found.canvas.regions] == ["A."] * 20
