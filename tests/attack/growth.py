"""How the time for a text grows with its length, for every construct that the scanner knows.

    python -m tests.attack.growth

repeats each hostile unit of test_parser.py to 1 kB, 2 kB, ... 1 MB and prints, as one line of JSON, the longest time of
each, and by how much the time grew at most when the length doubled. A length beyond the limit of a reply must take no
longer. It fails if a doubled text takes more than twice the time, with a fifth and 20 ms more for the measurement.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise

from lib_omost.canvas import interpret
from tests.attack.test_parser import UNITS, VALUES, repeated

LENGTHS = [1_000 * 2**step for step in range(11)]
SPARE = 0.02
"""Seconds that a measurement may be wrong by."""


def seconds(text: str) -> float:
    """The shorter of two readings."""
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        interpret(text)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    report: dict[str, tuple[float, float]] = {}
    worse: list[str] = []
    for name, unit in (UNITS | VALUES).items():
        times = [seconds(repeated(unit, length)) for length in LENGTHS]
        growth = max((after - SPARE) / max(before, SPARE / 2) for before, after in pairwise(times))
        report[name] = (round(max(times), 3), round(growth, 2))
        if growth > 2.4:
            worse.append(name)
    slowest = max(report, key=lambda name: report[name][0])
    fastest_growing = max(report, key=lambda name: report[name][1])
    print(
        json.dumps(
            {
                "constructs": len(report),
                "characters": [LENGTHS[0], LENGTHS[-1]],
                "slowest": {slowest: report[slowest]},
                "fastest growing": {fastest_growing: report[fastest_growing]},
                "worse than linear": worse,
            }
        )
    )
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
