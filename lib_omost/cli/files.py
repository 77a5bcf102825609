"""The command `open`, and `render --like`: pictures with metadata, layouts and exported conversations."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from lib_omost.canvas import Canvas, Note, as_json, write
from lib_omost.canvas.layouts import read_layout
from lib_omost.cli.console import print_json, progress, read_text
from lib_omost.cli.models import open_studio_for
from lib_omost.errors import SettingsError

if TYPE_CHECKING:
    from lib_omost.artifacts.record import PictureMetadata, Record
    from lib_omost.sessions import Store
    from lib_omost.studio import Studio


def open_file(options: argparse.Namespace) -> int:
    """Print the metadata of a picture, or the code of a layout; import an exported conversation."""
    if _begins(options.file, b"PK\x03\x04", b"PK\x05\x06"):
        return _import_archive(options)
    if options.file.is_file() and not _begins(options.file, b"\x89PNG"):
        layout = read_layout(read_text(str(options.file), options.encoding))
        if layout.canvas is not None:
            return _print_layout(options, layout.canvas, layout.notes)
    metadata = recall(options.file)
    answer: dict[str, object] = {"ok": True, **metadata.to_json()}
    if options.keep:
        answer["session"] = _keep(options, metadata)
    if options.json:
        print_json(answer)
        return 0
    print(metadata.code)
    record, settings = metadata.record, metadata.record.settings
    for prompt in record.prompts:
        progress(f"prompt: {prompt}")
    progress(f"settings: {', '.join(f'{name} {value!r}' for name, value in _notable_settings(metadata).items())}")
    progress(f"seed: {settings.seed}")
    progress(f"painter: {record.painter} {record.painter_hash}".rstrip())
    if record.loras:
        progress(f"with: {' '.join(record.loras)}")
    if record.training:
        progress(f"noise: {record.training}")
    if record.precision:
        progress(f"precision: {record.precision}")
    progress(f"composer: {record.composer} {record.composer_hash}".rstrip())
    progress(f"program: {metadata.program}")
    return 0


def recall(path: Path) -> PictureMetadata:
    """The metadata of the PNG at `path`; prints its notices. Raises PictureError if there is none."""
    from lib_omost.artifacts.record import read_record_file

    metadata = read_record_file(path)
    for notice in metadata.notices:
        progress(notice)
    return metadata


def open_like(options: argparse.Namespace, record: Record) -> Studio:
    """A studio with the painter of the recorded picture, or the one that the user names; prints what differs from the
    record."""
    from lib_omost.artifacts.fingerprint import fingerprint

    if options.painter is None:
        options.painter = record.painter or None
    try:
        studio = open_studio_for(options)
    except SettingsError as error:
        if options.painter != record.painter:
            raise
        raise SettingsError(
            f"This picture was painted with {record.painter!r}, which is not here under that name: "
            "name the same image model with --painter."
        ) from error
    found = fingerprint(studio.painter_preset.source, options.models)
    if record.painter_hash and found and found != record.painter_hash:
        progress("The weights of this image model differ from those that made the picture: it will look different.")
    here = studio.record(record.canvas, record.settings)
    if here.loras != record.loras:
        named = " ".join(f"--lora {lora}" for lora in record.loras) or "no --lora"
        progress(f"This picture was painted with {named}: without the same it will look different.")
    if here.training != record.training:
        progress(f"This picture was painted with a different kind of noise ({record.training or 'as the files say'}).")
    return studio


def _notable_settings(metadata: PictureMetadata) -> dict[str, object]:
    """The size, the steps, and all settings that differ from their defaults."""
    from dataclasses import fields

    settings = metadata.record.settings
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    defaults = {field.name: field.default for field in fields(settings)}
    return {
        name: value
        for name, value in values.items()
        if name != "seed" and (name in ("width", "height", "steps") or value != defaults[name])
    }


def _keep(options: argparse.Namespace, metadata: PictureMetadata) -> str:
    from lib_omost.sessions.pictures import import_picture

    session = import_picture(_store(options), options.file, metadata)
    progress(f"Kept as the conversation “{session.shown_title}”.")
    return session.id


def _import_archive(options: argparse.Namespace) -> int:
    from lib_omost.sessions.archive import import_archive

    session, notices = import_archive(_store(options), options.file)
    for notice in notices:
        progress(notice)
    if options.json:
        print_json({"ok": True, "session": session.id, "title": session.shown_title, "notices": list(notices)})
    else:
        print(f"Imported as “{session.shown_title}” ({session.id}).")
    return 0


def _store(options: argparse.Namespace) -> Store:
    from lib_omost.sessions import Store, default_folder

    return Store(options.sessions or default_folder())


def _print_layout(options: argparse.Namespace, canvas: Canvas, notes: tuple[Note, ...]) -> int:
    for note in notes:
        progress(f"line {note.line}: {note.message}")
    if options.json:
        code = write(canvas)
        print_json({"ok": True, "code": code, "canvas": as_json(canvas), "notes": [note.to_json() for note in notes]})
    else:
        print(write(canvas))
    return 0


def _begins(path: Path, *marks: bytes) -> bool:
    """Whether the file begins with one of `marks`, four bytes each; False if it cannot be read, because the next reader
    reports that."""
    try:
        with path.open("rb") as file:
            return file.read(4) in marks
    except OSError:
        return False
