"""From a picture that remembers how it was made back to a conversation."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from lib_omost.artifacts.record import Remembered

from .model import Message, Session
from .store import Store

_UNSAFE = re.compile(r"[^0-9A-Za-z_-]+")


def last_round_from_record(remembered: Remembered) -> tuple[str, str]:
    """The last round that led to the picture: what was asked (or what stands for it), and the reply."""
    scene = remembered.record.canvas.global_description.description.rstrip(".")
    return remembered.record.prompt or f"generate an image of {scene}", remembered.code


def import_picture(store: Store, path: Path, remembered: Remembered) -> Session:
    """A new conversation of one round with the picture at `path` below it. Raises SessionError if it cannot be
    kept."""
    prompt, reply = last_round_from_record(remembered)
    record = remembered.record
    size = f"{record.settings.width} × {record.settings.height}"
    shown = Message(
        "picture",
        f"Rendered picture: {record.canvas.global_description.description or prompt}"[:300],
        file=picture_file(path.stem),
        caption=f"Seed {record.settings.seed} · {size}",
    )
    said = [Message("prompt", prompt), Message("reply", reply), shown]
    return store.keep(None, said, {"render": asdict(record.settings)}, {shown.file: path})


def picture_file(name: str) -> str:
    """`name`, wherever it comes from, as the name of a PNG in a conversation's folder."""
    return f"{_UNSAFE.sub('-', name).strip('-_')[:90] or 'picture'}.png"
