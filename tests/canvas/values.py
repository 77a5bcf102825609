"""Hypothesis strategies for canvases."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import strategies as st

from lib_omost.canvas import Canvas, GlobalDescription, Rect, Region
from lib_omost.canvas.geometry import GRID
from lib_omost.canvas.limits import MAX_DISTANCE, MAX_WEIGHT, MIN_DISTANCE, MIN_WEIGHT
from lib_omost.canvas.vocabulary import AREAS, COLORS, LOCATIONS, OFFSETS

# Texts lean on what breaks a quoted string: quotes, backslashes, brackets, odd separators, code.
PIECES = [
    *"'\"\\()[],=+#’“é",
    "'''",
    "```",
    "{x}",
    "\\N{DASH}",
    "\\x4",
    "\\u00e9",
    "canvas.add_local_description(",
    "tags=",
]
SEPARATORS = ["\n", "\r", "\t", "\x00", "\x0b", "\x85", "\u2028", "\ud800", "\ufeff", "\n```\n", "\n)\n"]
awkward = st.sampled_from([*PIECES, *SEPARATORS, "a dragon", " "])
texts = st.lists(st.one_of(st.text(max_size=8), awkward), max_size=6).map("".join)
colors = st.sampled_from(sorted(COLORS))
text_lists = st.lists(texts, max_size=4).map(tuple)
globals_ = st.builds(GlobalDescription, texts, text_lists, texts, colors)
spans = st.tuples(st.integers(0, GRID - 1), st.integers(1, GRID)).map(sorted).filter(lambda span: span[0] < span[1])
rects = st.builds(lambda rows, columns: Rect(*rows, *columns), spans, spans)
plain_regions = st.builds(
    Region,
    st.sampled_from(sorted(LOCATIONS)),
    st.sampled_from(sorted(OFFSETS)),
    st.sampled_from(sorted(AREAS)),
    st.floats(MIN_DISTANCE, MAX_DISTANCE),
    texts,
    text_lists,
    texts,
    texts,
    texts,
    texts,
    colors,
)
regions = st.builds(
    replace,
    plain_regions,
    free_rect=st.none() | rects,
    weight=st.just(1.0) | st.floats(MIN_WEIGHT, MAX_WEIGHT),
    negative_prompt=st.just("") | texts,
    enabled=st.booleans(),
)
plain_canvases = st.builds(Canvas, globals_, st.lists(plain_regions, max_size=6).map(tuple))
canvases = st.builds(Canvas, globals_, st.lists(regions, max_size=6).map(tuple))


def random_canvas(rng: random.Random) -> Canvas:
    """A canvas with awkward texts, the extension and all, much quicker than a strategy gives one."""

    def text() -> str:
        pieces = [*PIECES, *SEPARATORS, "a dragon", " ", chr(rng.randrange(0x3000))]
        return "".join(rng.choice(pieces) for _ in range(rng.randrange(6)))

    def details() -> tuple[str, ...]:
        return tuple(text() for _ in range(rng.randrange(4)))

    def span() -> tuple[int, int]:
        start = rng.randrange(GRID)
        return start, rng.randrange(start + 1, GRID + 1)

    def region() -> Region:
        return Region(
            rng.choice(list(LOCATIONS)),
            rng.choice(list(OFFSETS)),
            rng.choice(list(AREAS)),
            rng.choice([rng.uniform(0.1, 20), MIN_DISTANCE, MAX_DISTANCE, 10 ** rng.uniform(-3, 6)]),
            text(),
            details(),
            *(text() for _ in range(4)),
            rng.choice(list(COLORS)),
            free_rect=Rect(*span(), *span()) if rng.random() < 0.5 else None,
            weight=rng.choice([1.0, rng.uniform(MIN_WEIGHT, MAX_WEIGHT)]),
            negative_prompt=rng.choice(["", text()]),
            enabled=rng.random() < 0.8,
        )

    scene = GlobalDescription(text(), details(), text(), rng.choice(list(COLORS)))
    return Canvas(scene, tuple(region() for _ in range(rng.randrange(6))))
