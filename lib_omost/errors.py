"""The errors that a user may see.

Each message is a full sentence that says what is wrong and what to do about it. Every other exception is a bug.
"""

from __future__ import annotations

MAX_SHOWN = 60
"""Characters of a value that a message quotes."""


def shown(value: object) -> str:
    """`value` as a message quotes it."""
    text = repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


class OmostError(Exception):
    """Shown to the user unchanged: `str(error)` is a full sentence."""


class CanvasError(OmostError):
    """No canvas could be made."""


class ModelError(OmostError):
    """A model is missing, is broken, or has failed."""


class RenderError(OmostError):
    """A picture could not be rendered."""


class SettingsError(OmostError):
    """A setting is out of its range, or two settings contradict each other."""


class SessionError(OmostError):
    """A conversation on disk cannot be read, written or found."""


class PictureError(OmostError):
    """A picture file cannot be read, or lacks the expected metadata."""


class RefusedError(OmostError):
    """A safety check refuses a text or a picture."""


class LimitError(OmostError):
    """A visitor asks for more than a public page allows, or asks again while others wait."""
