"""From regional conditions to pictures.

Importing this package loads no torch; :mod:`lib_omost.render.loading` and :mod:`lib_omost.render.pipeline` do.
"""

from __future__ import annotations

from lib_omost.render.settings import Notice, Picture, Preview, RenderEvent, RenderSettings, Step

__all__ = ["Notice", "Picture", "Preview", "RenderEvent", "RenderSettings", "Step"]
