"""How the time for a text grows with its length, for every construct that the scanner knows.

    python -m tests.attack.growth [NAME ...]

repeats each hostile unit of test_parser.py to 1 kB, 2 kB, ... 128 kB, to the limit of a reply and to 1 MB, and prints,
as one line of JSON, the longest time of each, and by how much the time grows when the length doubles: the steepest
slope of a straight line through four successive lengths, on a logarithmic scale. Times are those of the process, each
the shortest of two rounds; a construct above the bound is measured again, because only noise goes away. It fails if a
doubled text takes more than 2.1 times the time, or a text beyond the limit more than a fifth longer than one of that
length.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Sequence

from lib_omost.canvas import interpret
from lib_omost.canvas.limits import MAX_REPLY_CHARS
from tests.attack.test_parser import UNITS, VALUES, repeated

LENGTHS = [*(1_000 * 2**step for step in range(8)), MAX_REPLY_CHARS, 1_000_000]
BOUND = 2.1
BEYOND = 1.2
LEAST = 0.004
"""Seconds below which a time is mostly that of the measurement."""
ROUNDS = 2
AGAIN = 4
WINDOW = 4
"""Lengths through which a line is laid."""


def seconds(text: str) -> float:
    start = time.process_time()
    interpret(text)
    return time.process_time() - start


def measured(unit: str, rounds: int, times: list[float]) -> list[float]:
    """The shortest time for each of LENGTHS, of those in `times` and of more rounds. A round takes all lengths, so that
    a disturbance does not hit all readings of one."""
    for _ in range(rounds):
        times = [min(best, seconds(repeated(unit, length))) for best, length in zip(times, LENGTHS, strict=True)]
    return times


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the straight line that is nearest to the points."""
    middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
    across = sum((x - middle[0]) ** 2 for x, _ in points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / across


def growth(unit: str, times: list[float]) -> float:
    """By how much the time grows when the length doubles. A text shorter than two units is another text."""
    points = [
        (math.log2(length), math.log2(taken))
        for length, taken in zip(LENGTHS, times, strict=True)
        if 2 * len(unit) <= length <= MAX_REPLY_CHARS and taken >= LEAST
    ]
    if len(points) < 2:
        return 1.0
    windows = [points[at : at + WINDOW] for at in range(max(1, len(points) - WINDOW + 1))]
    return max(2.0 ** slope(window) for window in windows)


def main() -> None:
    report: dict[str, tuple[float, float, float]] = {}
    worse: list[str] = []
    for name, unit in (UNITS | VALUES).items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        times = [math.inf] * len(LENGTHS)
        for rounds in (ROUNDS, *[1] * AGAIN):
            times = measured(unit, rounds, times)
            found, beyond = growth(unit, times), times[-1] / max(times[-2], LEAST)
            if found <= BOUND and beyond <= BEYOND:
                break
        else:
            worse.append(name)
        report[name] = (round(max(times), 3), round(found, 2), round(beyond, 2))
        print(name, report[name], file=sys.stderr, flush=True)
    slowest = max(report, key=lambda name: report[name][0])
    fastest_growing = max(report, key=lambda name: report[name][1])
    print(
        json.dumps(
            {
                "constructs": len(report),
                "characters": [LENGTHS[0], LENGTHS[-1]],
                "slowest": {slowest: report[slowest]},
                "fastest growing": {fastest_growing: report[fastest_growing]},
                "above 2": {name: values[1] for name, values in report.items() if values[1] > 2.0},
                "worse than linear": worse,
            }
        )
    )
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
