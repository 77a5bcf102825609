"""What a preset's painter does not know of a canvas, as far as that can be said without loading it."""

from __future__ import annotations

from ..canvas import Canvas
from ..canvas.conditions import conditions
from ..presets import PainterPreset


def unknown_to(preset: PainterPreset, canvas: Canvas) -> tuple[str, ...]:
    """What the painter of `preset` does not know of `canvas`, see `LimitedPainter`. Only the embedded painter says
    so; it takes 0.1 s the first time, for its list of words."""
    if not preset.embedded:
        return ()
    from ..embedded.painter.unknown import unknown

    return unknown(conditions(canvas, preset.settings.wording, preset.settings.opening))
