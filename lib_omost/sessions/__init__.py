"""Conversations on disk: plain files that outlast a reload, a restart and a kill. No torch and no gradio."""

from __future__ import annotations

from .model import Message, Session, Settings, Summary
from .place import default_folder
from .store import Store

__all__ = ["Message", "Session", "Settings", "Store", "Summary", "default_folder"]
