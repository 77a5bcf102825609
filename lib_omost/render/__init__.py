"""From regional conditions to pictures: what every family of image models needs, and a room for each family.

Importing this package loads no torch.
"""

from __future__ import annotations

from lib_omost.render.settings import Notice, Picture, Preview, RenderEvent, RenderSettings, Step

__all__ = ["Notice", "Picture", "Preview", "RenderEvent", "RenderSettings", "Step"]
