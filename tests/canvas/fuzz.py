"""Generated programs for the interpreter: valid, mutated, cut and hostile ones.

    python -m tests.canvas.fuzz 100000 [--seed N]

reads that many and prints, as one line of JSON, their count by kind, the slowest one and the peak memory. It fails if
anything is raised, imported, opened or executed.
"""

from __future__ import annotations

import argparse
import builtins
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator

from lib_omost.canvas import Interpretation, interpret
from lib_omost.canvas.limits import MAX_NOTES, MAX_REGIONS
from lib_omost.canvas.model import GlobalDescription, Region
from lib_omost.canvas.prompt import published
from lib_omost.canvas.vocabulary import AREAS, COLORS, LOCATIONS, OFFSETS

WORDS = "a the dragon knight castle river storm tall dark ship's sky “old” tower’s moon, rain. (two) 龙 é".split()  # noqa: SIM905
LOCATION_WORDS = [*LOCATIONS, "in the middle", "top left", "on the moon", "center", ""]
OFFSET_WORDS = [*OFFSETS, "slightly to the top", "none", "up", "far"]
AREA_WORDS = [*AREAS, "a big square area", "large", "huge area"]
COLOR_WORDS = [*COLORS, "burgundy", "#8899aa", "rgb(1,2,3)", "gray-blue", "light brown", "rainbow", "rgb(1e9,2,3)"]

HOSTILE_VALUES = [
    "__import__('os').system('touch /tmp/owned')",
    "().__class__.__bases__[0].__subclasses__()",
    "open('/etc/passwd').read()",
    "exec('import os')",
    "eval('1+1')",
    "compile('1', '', 'exec')",
    "[x for x in range(10**9)]",
    "{x: x for x in ().__class__.__mro__}",
    "(x for x in [])",
    "(lambda: 1)()",
    "lambda: (yield)",
    "f'{__import__(\"os\").getcwd()}'",
    "f'{1:{2}}' f'{{}}'",
    "(x := 5)",
    "10**10**10",
    "'a' * 10**10",
    "1 << 10**9",
    "{" * 90 + "}" * 90,
    "1e999",
    "-1e999",
    "float('nan')",
    "1j",
    "True",
    "None",
    "...",
    "*args",
    "**kwargs",
    "*['a'] * 3",
    "await x",
    "print",
    "SENTINEL",
    "SENTINEL.attribute",
    "SENTINEL[0]",
    "SENTINEL()",
    "x",
    "[x, y, x]",
    "x[1]",
    "f'{x} {y}'",
    "x + y + str(x)",
    "str(str(str(y)))",
    "b'bytes'",
    "'\\x00\\ud800\\U0010ffff\\N{BULLET}\\777'",
    "'\\U00110000\\x\\u12'",
    "'\x00\ud800\udfff\u2028\x85\x0c'",
    "r'\\'",
    "'''",
    "\\",
    "'\\",
    "x if y else z",
    "a.b.c.d",
    "a[b][c]",
    "1 < 2 < 3",
    "canvas.add_local_description(canvas.add_local_description(",
    "=" * 50,
    ":" * 50,
    "\ufeff\u200b\u00a0\u3000",
    "```",
]
HUGE_VALUES = [
    "-" * 3000 + "1",
    "not " * 900 + "1",
    "[" + "x," * 600 + "]",
    "f'" + "{y}" * 900 + "'",
    "x" + "[0]" * 300,
    "+".join(["y"] * 300),
    "+".join(["'a'"] * 300),
    "'a'" * 400,
    "[" * 700,
    "[" * 300 + "]" * 300,
    "(" * 600 + ")" * 600,
    "9" * 4999,
    "9" * 60_000,
    "0x" + "f" * 4000,
    '"""' + "x" * 500,
    ";" * 100,
    "‘" * 200,
    "'" * 201,
    "' " * 400,
    "', " * 300,
    "\n" * 400,
    "'" + "\n" * 400,
    "'" + " " * 30_000,
    "'x',\n" * 300,
    "#" * 3000,
    "\\\n" * 500,
]
HOSTILE_LINES = [
    "import os",
    "from os import system as add_local_description",
    "__import__('os').system('touch /tmp/owned')",
    "exec('canvas = 5')",
    "canvas.__class__ = 5",
    "canvas.__dict__['x'](1)",
    "del canvas",
    "@property",
    "class Canvas:\n    def __init__(self): import os",
    "while True: pass",
    "x = [1, 'a', 2.5]",
    "y = 'a text'",
    "a = [[], [], ()]",
    "for x in range(3):",
    "for x, y in zip(a, [1, 2]):",
    "for y in enumerate(x):",
    "for args in [x, y, a]:",
    "raise SystemExit",
    "assert False",
    "def canvas(): pass",
    "canvas = __import__('os')",
    "setattr(canvas, 'add_local_description', print)",
    "getattr(canvas, 'add_' + 'local_description')('x')",
    "async def f(): await canvas.add_local_description('x')",
    "globals()['canvas'] = None",
    "[canvas.add_local_description('x') for _ in range(3)]",
    "# -*- coding: utf-7 -*-",
    "\x00",
    "\ud800",
    "canvas.add_local_description",
    "canvas.add_local_description(",
    "canvas . set_global_description (",
    "canvas = Canvas(",
    "```",
    "~~~",
    "'''",
    "it's",
]
PIECES = [
    *"'\"\\()[]{},:;=+-*#.\n\r\t `~@$%&|<>?!",
    "’",
    "“",
    "\x00",
    "\ud800",
    "\u2028",
    "'''",
    "```",
    "**",
    "f'",
    "rb'",
]


def _text(rng: random.Random) -> str:
    text = " ".join(rng.choices(WORDS, k=rng.randint(0, 8)))
    form = rng.random()
    if form < 0.75:
        return repr(text)
    if form < 0.85:
        return "'" + text + "'"
    if form < 0.9:
        return "‘" + text + "’"
    if form < 0.95:
        return "'''" + text + "'''"
    return "f" + repr(text) + " + " + repr(text)


def _list(rng: random.Random) -> str:
    items = ", ".join(_text(rng) for _ in range(rng.randint(0, 4)))
    return rng.choice(["[{}]", "[{},]", "({},)", "{{{}}}", "[{}", "{}"]).format(items)


def _values(rng: random.Random) -> list[str]:
    return [
        repr(rng.choice(LOCATION_WORDS)),
        repr(rng.choice(OFFSET_WORDS)),
        repr(rng.choice(AREA_WORDS)),
        rng.choice(["5.0", "'7'", "-1", "0", "1e9", "far", f"{rng.random() * 20:.1f}"]),
        _text(rng),
        _list(rng),
        _text(rng),
        _text(rng),
        _text(rng),
        _text(rng),
        repr(rng.choice(COLOR_WORDS)),
    ]


NAMES = [*published(Region)]


def _call(rng: random.Random, hostile: float) -> str:
    values = dict(zip(NAMES, _values(rng), strict=True))
    method = "add_local_description"
    if rng.random() < 0.2:
        method = "set_global_description"
        values = {name: value for name, value in values.items() if name in published(GlobalDescription)}
    arguments = []
    for name, value in values.items():
        if rng.random() < hostile:
            value = rng.choice(HUGE_VALUES if rng.random() < 0.06 else HOSTILE_VALUES)
        if rng.random() < 0.03:
            continue
        arguments.append(value if rng.random() < 0.1 else f"{name}={value}")
    separator = rng.choice([",\n    ", ",\n    ", ", ", "\n"])
    name = rng.choice(["canvas", "canvas", "c", "self.canvas"])
    return f"{name}.{method}(\n    {separator.join(arguments)}{rng.choice([',', ''])}\n)"


def _program(rng: random.Random, hostile: float) -> str:
    lines = ["canvas = Canvas()"] if rng.random() < 0.8 else []
    for _ in range(rng.randint(1, 4)):
        lines.append(_call(rng, hostile))
        if rng.random() < hostile * 3:
            lines.append(rng.choice(HOSTILE_LINES))
    code = rng.choice(["\n", "\n\n", "\n# Add it.\n", "; "]).join(lines)
    start = rng.choice(["```python\n", "```py\n", "```\n", "", "Here's it:\n```python\n"])
    return f"{start}{code}{rng.choice(['', chr(10) + '```', chr(10) + '```' + chr(10) + 'That is it.'])}"


def _mutated(rng: random.Random, program: str) -> str:
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(program) + 1)
        until = min(len(program), at + rng.choice([0, 0, 1, 1, 2, 5, 40]))
        program = program[:at] + rng.choice(["", rng.choice(PIECES), rng.choice(PIECES)]) + program[until:]
    return program


def _flood(rng: random.Random) -> str:
    """One construct very often."""
    unit = rng.choice([*HOSTILE_VALUES, *HOSTILE_LINES, *PIECES, _call(rng, 0.0), "canvas.add_local_description(x='"])
    return (unit + rng.choice(["", "\n", " "])) * min(2000, max(1, rng.choice([3_000, 30_000]) // (len(unit) + 1)))


def programs(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """`count` programs as (kind, text); the same for the same seed."""
    rng = random.Random(seed)
    for index in range(count):
        kind = ("valid", "mutated", "cut", "hostile", "hostile", "mutated", "cut", "noise")[index % 8]
        if kind == "noise":
            yield (
                (kind, _flood(rng))
                if rng.random() < 0.1
                else (kind, "".join(rng.choices([*PIECES, *NAMES, *WORDS], k=200)))
            )
            continue
        program = _program(rng, 0.15 if kind == "hostile" else 0.0)
        if kind == "mutated":
            program = _mutated(rng, program)
        elif kind == "cut":
            program = program[: rng.randrange(len(program) + 1)]
        yield kind, program


def check(result: Interpretation) -> None:
    """What holds for any reply."""
    assert (result.canvas is None) == (result.error is not None)
    assert len(result.notes) <= MAX_NOTES
    assert all(note.line >= 1 and note.message and len(note.written) <= 120 for note in result.notes)
    if result.canvas is not None:
        assert len(result.canvas.regions) <= MAX_REGIONS


class Sentinel:
    """Stands among the builtins under names that the programs use; whatever reaches it is counted."""

    def __init__(self, touched: Counter[str]) -> None:
        object.__setattr__(self, "touched", touched)

    def __getattribute__(self, name: str) -> object:
        object.__getattribute__(self, "touched")[f"attribute {name}"] += 1
        return self

    def __call__(self, *_: object, **__: object) -> object:
        object.__getattribute__(self, "touched")["call"] += 1
        return self

    def __getitem__(self, _: object) -> object:
        object.__getattribute__(self, "touched")["item"] += 1
        return self


class Watch:
    """Sees what is imported, opened and executed, and what touches a sentinel, while it is on."""

    WATCHED = ("import", "exec", "open", "os.", "subprocess.", "socket.", "ctypes.", "shutil.", "tempfile.", "marshal.")
    NAMES = ("SENTINEL", "canvas", "x", "y", "a", "args", "kwargs")

    def __init__(self) -> None:
        self.on = False
        self.seen: Counter[str] = Counter()
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and event.startswith(self.WATCHED):
            self.seen[f"{event} {str(arguments)[:80]}"] += 1

    def __enter__(self) -> Watch:
        for name in self.NAMES:
            setattr(builtins, name, Sentinel(self.seen))
        self.on = True
        return self

    def __exit__(self, *_: object) -> None:
        self.on = False
        for name in self.NAMES:
            delattr(builtins, name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    import resource  # Unix only, and only the command needs it

    interpret("canvas.add_local_description('x")  # whatever loads lazily loads here
    watch = Watch()
    kinds: Counter[str] = Counter()
    canvases = 0
    slowest, slowest_kind, slowest_chars = 0.0, "", 0
    began = time.perf_counter()
    for kind, program in programs(options.seed, options.count):
        start = time.process_time()
        with watch:
            result = interpret(program)
        seconds = time.process_time() - start
        check(result)
        kinds[kind] += 1
        canvases += result.canvas is not None
        if seconds > slowest:
            slowest, slowest_kind, slowest_chars = seconds, kind, len(program)
    report = {
        "programs": sum(kinds.values()),
        "kinds": dict(kinds),
        "canvases": canvases,
        "raised": 0,
        "seen": dict(watch.seen),
        "seconds": round(time.perf_counter() - began, 1),
        "slowest_seconds": round(slowest, 4),
        "slowest_kind": slowest_kind,
        "slowest_chars": slowest_chars,
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    print(json.dumps(report))
    sys.exit(1 if watch.seen else 0)


if __name__ == "__main__":
    main()
