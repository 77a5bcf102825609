"""The composers and painters that the program knows by name, with their settings.

Any other model that a user names (a hub repository, a folder, a file, a server) is turned into a preset by
`composer_preset` or `painter_preset`, so the rest of the program sees only presets.
"""

from .composers import (
    BIG_COMPOSER,
    COMPOSERS,
    EMBEDDED_COMPOSER,
    SMALLER_COMPOSERS,
    ComposerPreset,
    composer_preset,
)
from .families import FAMILIES, FLUX2, SDXL, ZIMAGE, PainterFamily, family_of
from .fitting import completed, fitted
from .footprint import footprint
from .painters import BIG_PAINTER, EMBEDDED_PAINTER, PAINTERS, PainterPreset, painter_preset
from .sources import ROOT

__all__ = [
    "BIG_COMPOSER",
    "BIG_PAINTER",
    "COMPOSERS",
    "EMBEDDED_COMPOSER",
    "EMBEDDED_PAINTER",
    "FAMILIES",
    "FLUX2",
    "PAINTERS",
    "ROOT",
    "SDXL",
    "SMALLER_COMPOSERS",
    "ZIMAGE",
    "ComposerPreset",
    "PainterFamily",
    "PainterPreset",
    "completed",
    "composer_preset",
    "family_of",
    "fitted",
    "footprint",
    "painter_preset",
]
