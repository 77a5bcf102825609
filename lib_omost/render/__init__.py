"""From region conditions to pictures: what all families of image models share, and a subpackage for each family.

Importing this package does not load torch.
"""

from __future__ import annotations

from lib_omost.render.settings import Notice, Picture, Preview, RenderEvent, RenderSettings, Step

__all__ = ["Notice", "Picture", "Preview", "RenderEvent", "RenderSettings", "Step"]
