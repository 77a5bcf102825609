"""Models from the hub: what is needed of a repository (`wanted`), fetched or found (`download`), and what stands in the
way (`obstacles`)."""

from __future__ import annotations

from .download import fetch
from .wanted import Wanted, hub_file, is_repository

__all__ = ["Wanted", "fetch", "hub_file", "is_repository"]
