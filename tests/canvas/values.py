"""Hypothesis strategies for canvases."""

from __future__ import annotations

from hypothesis import strategies as st

from lib_omost.canvas import Canvas, GlobalDescription, Region
from lib_omost.canvas.limits import MAX_DISTANCE, MIN_DISTANCE
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
regions = st.builds(
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
canvases = st.builds(Canvas, globals_, st.lists(regions, max_size=6).map(tuple))
