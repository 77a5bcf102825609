"""The handlers of the models on the page: what can be loaded, and switching to it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from lib_omost.errors import OmostError
from lib_omost.opening.options import MAX_WEIGHT
from lib_omost.opening.switching import LoraUse, Offer, Switchboard

from .conversation import Conversation
from .handlers import Handlers
from .page_state import Changes, line

MAX_NAME = 1000
"""Maximum length of a model's name from a browser, in characters."""
MAX_LORAS = 200
_GUIDE = {"auto": None, "on": True, "off": False}


class Switching:
    """The handlers of the models; one object serves all open pages."""

    def __init__(self, handlers: Handlers, switchboard: Switchboard) -> None:
        self._handlers = handlers
        self._switchboard = switchboard

    def composers(self) -> list[tuple[str, str]]:
        """Title and name of every layout model that can be loaded, the present one first."""
        return _pairs(self._switchboard.composers())

    def painters(self) -> list[tuple[str, str]]:
        """The same for the image models."""
        return _pairs(self._switchboard.painters())

    def guide(self) -> str:
        """Which layout models are guided: "auto", "on" or "off"."""
        guide = self._switchboard.guide
        return next(name for name, value in _GUIDE.items() if value is guide)

    def loras(self) -> dict[str, Any]:
        """The LoRAs of the folder as JSON for `LoraList`."""
        folder = self._switchboard.folders[0] / "loras"
        return {
            "loras": [asdict(lora) for lora in self._switchboard.loras()],
            "folder": folder.name,
            "most": MAX_WEIGHT,
        }

    def switch(
        self, page: str, chat: Conversation, composer: Any, painter: Any, loras: list[LoraUse], guide: Any = "auto"
    ) -> Iterator[Changes]:
        """Load other models. The names and `guide` come from a browser; what runs is finished first."""
        before = self._handlers.studio.painter_preset.name
        yield {"progress": line("Switching models: work in progress is finished first …", "busy")}
        try:
            guided = _GUIDE.get(guide) if isinstance(guide, str) else None
            changed = self._switchboard.switch(_name(composer), _name(painter), loras, guided)
        except OmostError as error:
            yield {"warning": str(error), "progress": line("")}
            return
        if not changed:
            yield {"progress": line("These models are already loaded.")}
            return
        preset = self._handlers.studio.painter_preset
        changes: Changes = {
            **self._handlers.status(page, chat),
            "loaded": False,
            "progress": line("Loading the models …"),
        }
        if preset.name != before:
            changes |= {"settings": {"render": asdict(preset.settings)}, "lacking": preset.lacking}
        yield changes


def read_loras(value: Any) -> list[LoraUse]:
    """The LoRAs and weights that a browser sends; invalid ones are left out."""
    items = value.get("loras") if isinstance(value, dict) else None
    found = []
    for item in items[:MAX_LORAS] if isinstance(items, list) else ():
        name, weight = (item.get("name"), item.get("weight")) if isinstance(item, dict) else (None, None)
        if isinstance(name, str) and isinstance(weight, int | float) and math.isfinite(weight):
            found.append(LoraUse(name[:MAX_NAME], min(max(float(weight), -MAX_WEIGHT), MAX_WEIGHT)))
    return found


def _pairs(offers: list[Offer]) -> list[tuple[str, str]]:
    return [(offer.title, offer.name) for offer in offers]


def _name(value: Any) -> str:
    return value.strip()[:MAX_NAME] if isinstance(value, str) else ""
