"""Conversations on disk: plain files that survive a reload, a restart and a kill. No torch, no gradio."""

from __future__ import annotations

from .model import Session, Settings, StoredMessage, Summary
from .place import default_folder
from .store import Store
from .stores import Stores

__all__ = ["Session", "Settings", "Store", "StoredMessage", "Stores", "Summary", "default_folder"]
