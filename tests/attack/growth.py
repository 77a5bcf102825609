"""How the time for a text grows with its length, for every construct that the scanner knows.

    python -m tests.attack.growth [NAME ...]

repeats each hostile unit of test_parser.py to 4 kB, 8 kB, ... 128 kB, and to the limit of a reply, and prints, as one
line of JSON, the longest time of each, and by how much the time grows when the length doubles: the steepest slope of a
straight line through four successive lengths, on a logarithmic scale. Each time is compared with that of a text that is
always the same, read before and after, so that other work on the machine cancels; the median of several rounds counts,
of more rounds if it is above the bound, because only noise goes away. It fails if a doubled text takes more than 2.2
times the time, or if a text of 1 MB takes more in addition to one at the limit than the search for thinking needs.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Sequence
from statistics import median

from lib_omost.canvas import interpret
from lib_omost.canvas.limits import MAX_REPLY_CHARS
from tests.attack.test_parser import UNITS, VALUES, repeated

LENGTHS = [*(4_000 * 2**step for step in range(6)), MAX_REPLY_CHARS]
BOUND = 2.2
LONG = 1_000_000
BEYOND = 0.4
"""Seconds that a text of LONG may take in addition."""
LEAST = 0.004
"""Seconds below which a time is mostly that of the measurement."""
ROUNDS = 3
AGAIN = 4
WINDOW = 4
"""Lengths through which a line is laid."""
USUAL = repeated(UNITS["as many as are read"], 16_000)


def seconds(text: str) -> float:
    start = time.process_time()
    interpret(text)
    return time.process_time() - start


def round_of(unit: str) -> list[tuple[float, float]]:
    """For each of LENGTHS the time in seconds, and compared with that of USUAL."""
    found: list[tuple[float, float]] = []
    before = seconds(USUAL)
    for length in LENGTHS:
        taken, after = seconds(repeated(unit, length)), seconds(USUAL)
        found.append((taken, 2 * taken / (before + after)))
        before = after
    return found


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the straight line that is nearest to the points."""
    middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
    across = sum((x - middle[0]) ** 2 for x, _ in points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / across


def growth(unit: str, rounds: list[list[tuple[float, float]]]) -> float:
    """By how much the time grows when the length doubles. A text shorter than two units is another text."""
    points = []
    for length, readings in zip(LENGTHS, zip(*rounds, strict=True), strict=True):
        taken, compared = (median(values) for values in zip(*readings, strict=True))
        if 2 * len(unit) <= length and taken >= LEAST:
            points.append((math.log2(length), math.log2(compared)))
    if len(points) < 2:
        return 1.0
    windows = [points[at : at + WINDOW] for at in range(max(1, len(points) - WINDOW + 1))]
    return max(2.0 ** slope(window) for window in windows)


def main() -> None:
    report: dict[str, tuple[float, float]] = {}
    worse: list[str] = []
    for name, unit in (UNITS | VALUES).items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        rounds = [round_of(unit) for _ in range(ROUNDS)]
        for _ in range(AGAIN):
            if growth(unit, rounds) > BOUND:
                rounds += [round_of(unit), round_of(unit)]
        longest = min(taken[-1][0] for taken in rounds)
        beyond = seconds(repeated(unit, LONG)) - longest
        report[name] = (round(longest, 3), round(growth(unit, rounds), 2))
        if report[name][1] > BOUND or beyond > BEYOND + longest / 2:
            worse.append(name)
        print(name, *report[name], round(beyond, 2), file=sys.stderr, flush=True)
    slowest = max(report, key=lambda name: report[name][0])
    fastest_growing = max(report, key=lambda name: report[name][1])
    print(
        json.dumps(
            {
                "constructs": len(report),
                "characters": [LENGTHS[0], LENGTHS[-1]],
                "slowest": {slowest: report[slowest]},
                "fastest growing": {fastest_growing: report[fastest_growing]},
                "above 2.1": {name: values[1] for name, values in report.items() if values[1] > 2.1},
                "worse than linear": worse,
            }
        )
    )
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
