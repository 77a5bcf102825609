"""The part of an earlier picture to repaint, and what is kept of that picture. Values only, without torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.errors import SettingsError, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

GROW = 3
"""Default number of cells by which every rectangle is enlarged, so that outlines and close shadows fit in."""
MAX_GROW = 45
FEATHER = 3
"""Width in cells of the transition from the repainted to the kept part."""
MIN_STRENGTH = 0.05
MAX_RECTS = 400


@dataclass(frozen=True, slots=True)
class Repaint:
    """The part to repaint, in cells of the layout grid.

    rects: at least one, none empty. grow: 0 to 45, cells added on every side of each. strength: 0.05 to 1, the share of
    the steps in which the part is free to change; before that it is replaced by the earlier picture with the noise of
    the step. 1 starts from pure noise.

    Raises SettingsError for a value of the wrong type or out of range.
    """

    rects: tuple[Rect, ...]
    grow: int = GROW
    strength: float = 1.0

    def __post_init__(self) -> None:
        if not self.rects or any(not rect.area for rect in self.rects):
            raise SettingsError("There is nothing to repaint: no part of the picture is given.")
        if len(self.rects) > MAX_RECTS:
            raise SettingsError(f"At most {MAX_RECTS} rectangles can be repainted at once.")
        if type(self.grow) is not int or not 0 <= self.grow <= MAX_GROW:
            raise SettingsError(
                f"The growth must be a whole number of cells from 0 to {MAX_GROW}, not {shown(self.grow)}."
            )
        number = isinstance(self.strength, int | float) and not isinstance(self.strength, bool)
        if not number or not MIN_STRENGTH <= self.strength <= 1:  # also false for NaN
            raise SettingsError(f"The strength must be a number from {MIN_STRENGTH} to 1, not {shown(self.strength)}.")

    def cover(self, width: int, height: int) -> NDArray[np.float32]:
        """The mask of the part for a picture of this size, [height, width] in 0 to 1.

        It is 1 in the enlarged rectangles and falls to 0 within `FEATHER` cells of the nearest one by the smoothstep
        polynomial 3 t^2 - 2 t^3, evaluated at the centres of the pixels. A rectangle has no feather where it reaches
        the edge of the grid.
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
        """The (row, column) of every cell that is repainted at least in part."""
        made = self.cover(GRID, GRID)
        return frozenset(zip(*(axis.tolist() for axis in made.nonzero()), strict=True))

    @property
    def percent(self) -> int:
        """The repainted share of the picture in percent, 1 to 100; the feather counts by its mask values."""
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
            raise SettingsError("The part to repaint must be given as rectangles of the layout grid.") from error


@dataclass(frozen=True, slots=True)
class Keep:
    """An earlier picture, and the part of it to repaint.

    image: RGB, in the size of the new picture. latents: [C, h, w], from which the image was decoded; if None, the
    painter encodes the image.
    """

    image: Image
    repaint: Repaint
    latents: NDArray[np.float16] | None = field(default=None, compare=False, repr=False)


def pasted(kept: Image, painted: Image, repaint: Repaint) -> Image:
    """`painted` in the repainted part, and the unchanged pixels of `kept` elsewhere. Both are RGB pictures of the same
    size."""
    import numpy as np
    from PIL import Image as Images

    cover = repaint.cover(*kept.size)[..., None]
    before, after = (np.asarray(picture.convert("RGB"), np.float32) for picture in (kept, painted))
    return Images.fromarray(np.rint(before + cover * (after - before)).astype(np.uint8))


def _rect(value: Any) -> Rect:
    if len(value) != 4 or not all(type(edge) is int for edge in value):
        raise ValueError("a rectangle is four whole numbers")
    return Rect(*value)
