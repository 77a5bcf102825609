from __future__ import annotations

from hypothesis import settings

# A busy machine is no failure: time is bounded where a test says so.
settings.register_profile("canvas", deadline=None)
settings.load_profile("canvas")
