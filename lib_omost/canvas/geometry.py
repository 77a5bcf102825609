"""Rectangles on the layout grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

GRID = 90
"""Cells along each side of the layout grid, whatever the picture's aspect ratio."""


@dataclass(frozen=True, slots=True, order=True)
class Rect:
    """A rectangle of grid cells, half-open: rows `top..bottom - 1`, columns `left..right - 1`; x to the right, y down.

    Every edge is an integer in 0..GRID with `top <= bottom` and `left <= right`; an empty rectangle is allowed.
    Raises ValueError otherwise, which is a bug, since rectangles come from tables and validated input.
    """

    top: int
    bottom: int
    left: int
    right: int

    FULL: ClassVar[Rect]

    def __post_init__(self) -> None:
        for edge in (self.top, self.bottom, self.left, self.right):
            if type(edge) is not int:
                raise ValueError(f"a rectangle's edges are integers, not {edge!r}")
        if not (0 <= self.top <= self.bottom <= GRID and 0 <= self.left <= self.right <= GRID):
            raise ValueError(f"edges {self.as_tuple} (top, bottom, left, right) are not ordered within 0..{GRID}")

    @property
    def height(self) -> int:
        """Number of rows, 0..GRID."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Number of columns, 0..GRID."""
        return self.right - self.left

    @property
    def area(self) -> int:
        """Number of cells, 0..GRID * GRID."""
        return self.height * self.width

    @property
    def as_tuple(self) -> tuple[int, int, int, int]:
        """(top, bottom, left, right)."""
        return self.top, self.bottom, self.left, self.right

    def intersection(self, other: Rect) -> Rect | None:
        """The cells that both share; None if there are none."""
        top, bottom = max(self.top, other.top), min(self.bottom, other.bottom)
        left, right = max(self.left, other.left), min(self.right, other.right)
        if top >= bottom or left >= right:
            return None
        return Rect(top, bottom, left, right)


Rect.FULL = FULL = Rect(0, GRID, 0, GRID)


def centred_rect(x: int, y: int, width: int, height: int) -> Rect:
    """The rectangle of `width` x `height` cells around (x, y), each edge clamped to the grid."""

    def clamp(edge: int) -> int:
        return max(0, min(GRID, edge))

    half_width, half_height = width // 2, height // 2
    return Rect(clamp(y - half_height), clamp(y + half_height), clamp(x - half_width), clamp(x + half_width))
