"""Fixed layouts, which all benchmarks share."""

from __future__ import annotations

import torch
from torch import Tensor

from lib_omost.canvas import Canvas, GlobalDescription, Region, write
from lib_omost.canvas.geometry import Rect
from lib_omost.canvas.vocabulary import rect_of

TOKENS = 77
"""Tokens of one bag, CLIP's context length."""

_PLACES = (
    ("on the top", "no offset", "a large horizontal area"),
    ("on the right", "slightly to the upper", "a medium-sized vertical area"),
    ("in the center", "no offset", "a large square area"),
    ("on the left", "slightly to the lower", "a medium-sized square area"),
    ("on the bottom", "no offset", "a medium-sized horizontal area"),
    ("on the bottom-left", "slightly to the upper-right", "a small square area"),
    ("on the top-left", "no offset", "a small vertical area"),
    ("on the bottom-right", "no offset", "a medium-sized square area"),
    ("in the center", "slightly to the right", "a small horizontal area"),
    ("on the top-right", "slightly to the lower", "a small square area"),
    ("on the left", "no offset", "a medium-sized vertical area"),
    ("on the bottom", "slightly to the left", "a small vertical area"),
)


def scene(regions: int, bags: int) -> tuple[list[Rect], list[int]]:
    """Rectangles of the global condition and `regions` regions, far to near, and the tokens of each.

    `bags` bags of 77 tokens are distributed evenly among them.
    """
    rects = [Rect.FULL, *(rect_of(*place) for place in _PLACES[:regions])]
    dealt = [bags // len(rects) + (number < bags % len(rects)) for number in range(len(rects))]
    return rects, [TOKENS * count for count in dealt]


def canvas_code(regions: int) -> str:
    """A reply with the scene's regions, as a composer writes it."""
    made = Canvas(
        GlobalDescription("A quiet lake in the mountains.", ("Snow on the peaks.",), "lake, snow", "steelblue"),
        tuple(
            Region(
                *place,
                5.0,
                "A sailing boat.",
                ("Its sail is white.",),
                "boat, sail",
                "calm",
                "painting",
                "fine",
                "white",
            )
            for place in _PLACES[:regions]
        ),
    )
    return write(made)


def texts(lengths: list[int], width: int, *, device: str, dtype: torch.dtype) -> list[Tensor]:
    """Random embeddings, [T_r, width], of conditions with so many tokens."""
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(length, width, generator=generator).to(device, dtype) for length in lengths]
