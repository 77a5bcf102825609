"""The errors that a user may see.

Their text is a whole sentence: what was wrong, and what to do about it. Every other exception is a bug.
"""

from __future__ import annotations


class OmostError(Exception):
    """Shown to the user as it is: `str(error)` is a full sentence."""


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
    """A picture's file cannot be read, or does not hold what was looked for."""


class RefusedError(OmostError):
    """A safety check refuses a text or a picture."""


class LimitError(OmostError):
    """Somebody asks for more than an open page grants, or for something while others wait."""
