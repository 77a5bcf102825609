"""Which part of an earlier picture is painted anew, and what of that picture is kept. Values only: no torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.errors import SettingsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

GROW = 3
"""Cells by which every rectangle is enlarged unless the user says otherwise: room for outlines and near shadows."""
MAX_GROW = 45
FEATHER = 3
"""Cells over which what is painted anew passes into what is kept."""
MIN_STRENGTH = 0.05
MAX_RECTS = 400


@dataclass(frozen=True, slots=True)
class Repaint:
    """The part that is painted anew, in cells of the layout grid.

    rects: at least one, none empty. grow: 0 to 45, cells added on every side of each. strength: 0.05 to 1, the share of
    the steps in which the part is free to change; until then it is held at the earlier picture with the noise of the
    step, and 1 starts from pure noise.

    Raises SettingsError for a value of the wrong type or out of range.
    """

    rects: tuple[Rect, ...]
    grow: int = GROW
    strength: float = 1.0

    def __post_init__(self) -> None:
        if not self.rects or any(not rect.area for rect in self.rects):
            raise SettingsError("There is nothing to repaint: no part of the picture is named.")
        if len(self.rects) > MAX_RECTS:
            raise SettingsError(f"At most {MAX_RECTS} rectangles can be repainted at once.")
        if type(self.grow) is not int or not 0 <= self.grow <= MAX_GROW:
            raise SettingsError(f"The growth must be a whole number of cells from 0 to {MAX_GROW}, not {self.grow!r}.")
        number = isinstance(self.strength, int | float) and not isinstance(self.strength, bool)
        if not number or not MIN_STRENGTH <= self.strength <= 1:  # also false for NaN
            raise SettingsError(f"The strength must be a number from {MIN_STRENGTH} to 1, not {self.strength!r}.")

    def cover(self, width: int, height: int) -> NDArray[np.float32]:
        """[height, width]: how far each pixel of a picture of this size belongs to the part, 0 to 1.

        It is 1 in the grown rectangles and falls to 0 at `FEATHER` cells from the nearest of them, by the smoothstep
        polynomial 3 t^2 - 2 t^3. A pixel counts by its centre; a rectangle that reaches the edge of the grid has no
        feather there.
        """
        import numpy as np

        x = (np.arange(width) + 0.5) * (GRID / width)
        y = (np.arange(height) + 0.5) * (GRID / height)
        made = np.zeros((height, width), np.float64)
        for rect in self.rects:
            across = np.maximum(rect.left - self.grow - x, x - rect.right - self.grow).clip(min=0)
            down = np.maximum(rect.top - self.grow - y, y - rect.bottom - self.grow).clip(min=0)
            near = 1 - np.hypot(across[None, :], down[:, None]) / FEATHER
            np.maximum(made, near, out=made)
        return (made * made * (3 - 2 * made)).astype(np.float32)

    def cells(self) -> frozenset[tuple[int, int]]:
        """The (row, column) of every cell of which any part is painted anew."""
        made = self.cover(GRID, GRID)
        return frozenset(zip(*(axis.tolist() for axis in made.nonzero()), strict=True))

    @property
    def percent(self) -> int:
        """The share of the picture that is repainted, 1 to 100; the feather counts in part."""
        return max(1, round(100 * float(self.cover(GRID, GRID).mean())))

    def to_json(self) -> dict[str, Any]:
        rects = [list(rect.as_tuple) for rect in self.rects]
        return {"rects": rects, "grow": self.grow, "strength": self.strength}

    @classmethod
    def from_json(cls, value: Any) -> Repaint:
        """Reads what `to_json` gives. Raises SettingsError for anything else."""
        try:
            rects = tuple(_rect(item) for item in value["rects"][: MAX_RECTS + 1])
            return cls(rects, value.get("grow", GROW), value.get("strength", 1.0))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise SettingsError("The part to be repainted is not given as rectangles of the layout grid.") from error


@dataclass(frozen=True, slots=True)
class Keep:
    """An earlier picture of which a render repaints a part.

    image: RGB, of the size of the picture to be made. latents: [C, h, w], those that it was decoded from; None has the
    painter encode the image.
    """

    image: Image
    repaint: Repaint
    latents: NDArray[np.float16] | None = field(default=None, compare=False, repr=False)


def pasted(kept: Image, painted: Image, repaint: Repaint) -> Image:
    """`painted` in the part that is painted anew, and the very pixels of `kept` everywhere else. Both are RGB pictures
    of one size."""
    import numpy as np
    from PIL import Image as Images

    cover = repaint.cover(*kept.size)[..., None]
    before, after = (np.asarray(picture.convert("RGB"), np.float32) for picture in (kept, painted))
    return Images.fromarray(np.rint(before + cover * (after - before)).astype(np.uint8))


def _rect(value: Any) -> Rect:
    if len(value) != 4 or not all(type(edge) is int for edge in value):
        raise ValueError("a rectangle has four whole edges")
    return Rect(*value)
