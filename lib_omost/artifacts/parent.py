"""The parent picture of an edit: its pixels, the record of how it was made, and what a new layout changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from ..canvas import Canvas
from ..canvas.difference import Difference, difference
from ..errors import CanvasError, PictureError, shown
from ..render.repaint import GROW, Keep, Repaint
from ..render.settings import RenderSettings
from .latents import latents_of, pixel_hash
from .png import opened_png
from .record import Origin, PictureMetadata, Record, read_record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Parent:
    """A picture of which an edit keeps a part.

    image: RGB. pixels: the hash of its pixels. name: its name in messages. latents: [C, h, w], None if the file has
    none that belong to it. metadata: how it was made, None for a picture of another program.
    """

    image: Image.Image
    pixels: str
    name: str
    latents: NDArray[np.float16] | None = field(default=None, compare=False, repr=False)
    metadata: PictureMetadata | None = None

    @property
    def record(self) -> Record:
        """How it was made. Raises PictureError for a picture of another program."""
        if self.metadata is None:
            raise PictureError(
                f"{self.name} has no metadata of this program, so its layout is unknown. Paint the whole picture."
            )
        return self.metadata.record

    @property
    def canvas(self) -> Canvas:
        """The layout that it was painted from. Raises as `record` does."""
        return self.record.canvas

    @property
    def settings(self) -> RenderSettings:
        """The settings that it was painted with. Raises as `record` does."""
        return self.record.settings

    def other_size(self, settings: RenderSettings) -> str:
        """A sentence if `settings` give another size than this picture has, so that nothing of it can be kept, or "".
        Raises as `record` does."""
        sizes = [(item.width, item.height, item.hires_scale) for item in (self.settings, settings)]
        if sizes[0] == sizes[1]:
            return ""
        had, asked = (f"{width} x {height}" + (f" x {scale:g}" if scale > 1 else "") for width, height, scale in sizes)
        return f"{self.name} has {had} pixels, not {asked}, so the whole picture is painted anew."

    def keep(self, repaint: Repaint, painter_hash: str) -> Keep:
        """What a painter with this fingerprint keeps; without the latents if another painter made them."""
        own = self.metadata is not None and self.metadata.record.painter_hash == painter_hash
        return Keep(self.image, repaint, self.latents if own else None)

    def origin(self, repaint: Repaint) -> Origin:
        """The origin for the record of a picture that repaints this one."""
        seed = None if self.metadata is None else self.metadata.record.settings.seed
        return Origin(self.pixels, seed, repaint)


def read_parent(path: Path) -> Parent:
    """Read all of the PNG at `path`. Raises PictureError if it cannot be read or is not a PNG."""
    try:
        with path.open("rb") as file:
            with opened_png(file, path.name) as opened:
                opened.load()
                image, latents = opened.convert("RGB"), latents_of(opened)
            try:
                metadata = read_record(file, path.name)
            except PictureError:
                metadata = None
    except OSError as error:
        raise PictureError(f"{path} cannot be read: {error.strerror or error}.") from error
    return Parent(image, pixel_hash(image), path.name, latents, metadata)


def changed_part(before: Canvas, after: Canvas, grow: int = GROW, strength: float = 1.0) -> tuple[Repaint, Difference]:
    """The part to repaint so that a picture of `before` becomes one of `after`: the whole picture if a change concerns
    all of it (`Difference.whole` has the reasons). Raises CanvasError if nothing changed."""
    found = difference(before, after)
    if found.empty:
        raise CanvasError(
            "The layout has not changed since this picture, so there is nothing to repaint. Repaint one region, or "
            "paint the whole picture."
        )
    return Repaint(found.rects, grow, strength), found


def region_part(canvas: Canvas, named: str, grow: int = GROW, strength: float = 1.0) -> Repaint:
    """The part to repaint for one region, given by its number (from 1, in the order of the code) or by words of its
    description.

    Raises CanvasError if no region or more than one matches.
    """
    regions = canvas.regions
    if named.strip().isdecimal():
        number = int(named.strip()[:6])
        found = [regions[number - 1]] if 0 < number <= len(regions) else []
    else:
        words = named.casefold().split()
        found = [region for region in regions if words and all(word in region.description.casefold() for word in words)]
    if len(found) != 1:
        listed = "; ".join(f"{place}: {region.description}" for place, region in enumerate(regions, 1))
        what = "Several regions match" if found else "No region matches"
        raise CanvasError(f"{what} {shown(named)}. The regions are {listed or 'none'}."[:1000])
    return Repaint((found[0].rect,), grow, strength)
