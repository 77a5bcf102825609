from __future__ import annotations

import sys
import time

import pytest

from lib_omost.canvas import interpret
from lib_omost.canvas.limits import MAX_REPLY_CHARS
from tests.canvas.fuzz import Watch, check, programs

CALL = "canvas.add_local_description("
# Texts that would take long if anything in the interpreter took more than linear time.
FLOODS = {
    "lone brackets": CALL + "description='it's x" + "a'b)\n" * 20_000,
    "lines that may end the call": (CALL + "description='it's x',\n" + "'a' 'b' (c)\n" * 4_500 + "\n") * 3,
    "quotes": (CALL + "description='it's x',\n" + "' " * 29_000 + "\n") * 3,
    "lines within a text": (CALL + "description=‘it" + "\n" * 58_000 + "x\n") * 3,
    "blanks": (CALL + "description='it's x',\n" + " " * 58_000 + "\n") * 3,
    "beginnings": CALL * 6_800,
    "backslashes": CALL + "description='" + "\\" * 59_000,
    "triple quotes": CALL + "x'y'''" + "\\'''" * 14_000,
    "pairs of brackets": (CALL + "x'y " + "[]" * 29_000 + "\n") * 3,
    "opening brackets": "(" * 199_000,
    "joined texts": (CALL + "'a'" * 19_000 + ")\n") * 3,
    "small calls": (CALL + "'x'," * 2 + ")\n") * 5_000,
    "names": ("\n" + "a." * 90 + "(") * 1_000,
    "canvases": "canvas = Canvas(" * 13_000,
}


def test_generated_programs_are_read_and_nothing_else_happens() -> None:
    interpret("canvas.add_local_description('x')")
    watch = Watch()
    kinds = set()
    found = 0
    for kind, program in programs(seed=11, count=2_000):
        with watch:
            result = interpret(program)
        check(result)
        kinds.add(kind)
        found += result.canvas is not None
    assert not watch.seen
    assert kinds == {"valid", "mutated", "cut", "hostile", "noise"}
    assert found > 1_000


def test_the_watch_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    # Other tests' libraries may have imported it already, and then nothing would be imported here.
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    watch = Watch()
    with watch:
        exec("import colorsys; open('/dev/null').close(); SENTINEL.x()")
    assert {name.split()[0] for name in watch.seen} >= {"exec", "import", "open", "attribute", "call"}


@pytest.mark.parametrize("reply", FLOODS.values(), ids=FLOODS)
def test_floods_take_bounded_time(reply: str) -> None:
    start = time.process_time()
    check(interpret(reply[:MAX_REPLY_CHARS]))
    assert time.process_time() - start < 5.0
