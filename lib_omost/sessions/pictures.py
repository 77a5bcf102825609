"""Turning a picture with metadata back into a conversation."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from lib_omost.artifacts.record import PictureMetadata

from .model import Session, StoredMessage
from .store import Store

_UNSAFE = re.compile(r"[^0-9A-Za-z_-]+")


def last_round_from_record(metadata: PictureMetadata) -> tuple[str, str]:
    """The last round that led to the picture: the prompt (or a substitute for it) and the reply."""
    scene = metadata.record.canvas.global_description.description.rstrip(".")
    return metadata.record.prompt or f"generate an image of {scene}", metadata.code


def import_picture(store: Store, path: Path, metadata: PictureMetadata) -> Session:
    """Store a new conversation of one round and the picture at `path`. Raises SessionError if it cannot be stored."""
    prompt, reply = last_round_from_record(metadata)
    record = metadata.record
    size = f"{record.settings.width} × {record.settings.height}"
    shown = StoredMessage(
        "picture",
        f"Rendered picture: {record.canvas.global_description.description or prompt}"[:300],
        file=picture_file(path.stem),
        caption=f"Seed {record.settings.seed} · {size}",
    )
    chat = [StoredMessage("prompt", prompt), StoredMessage("reply", reply), shown]
    return store.keep(None, chat, {"render": asdict(record.settings)}, {shown.file: path})


def picture_file(name: str) -> str:
    """`name` as a valid name of a PNG in a conversation's folder."""
    return f"{_UNSAFE.sub('-', name).strip('-_')[:90] or 'picture'}.png"
