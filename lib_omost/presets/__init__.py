"""Which composers and painters the program knows by name, and what each one likes.

A preset is a value: the faces show its title and note, the studio reads its settings. Anything that a user names
and that is not a preset (a hub repository, a folder, a file, a server) becomes a preset through `composer_preset` or
`painter_preset`, so that the rest of the program sees presets only.
"""

from .composers import (
    BIG_COMPOSER,
    COMPOSERS,
    EMBEDDED_COMPOSER,
    SMALLER_COMPOSERS,
    ComposerPreset,
    composer_preset,
)
from .footprint import footprint
from .painters import BIG_PAINTER, EMBEDDED_PAINTER, PAINTERS, PainterPreset, painter_preset
from .sources import ROOT

__all__ = [
    "BIG_COMPOSER",
    "BIG_PAINTER",
    "COMPOSERS",
    "EMBEDDED_COMPOSER",
    "EMBEDDED_PAINTER",
    "PAINTERS",
    "ROOT",
    "SMALLER_COMPOSERS",
    "ComposerPreset",
    "PainterPreset",
    "composer_preset",
    "footprint",
    "painter_preset",
]
