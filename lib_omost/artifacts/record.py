"""Metadata in PNG files: everything that is needed to make a picture again.

The record is one JSON object in an international text chunk (iTXt) under the keyword `omost`::

    {"version": 1, "program": "omost 0.1.0", "prompt": "...", "prompts": ["...", "..."], "code": "```python ...",
     "canvas": {...}, "settings": {...}, "seed": 12345, "composer": "...", "composer_hash": "sha256:...",
     "painter": "...", "painter_hash": "sha256:...", "loras": ["mine.safetensors:0.8"], "training": "",
     "precision": "float16",
     "kept": {"pixels": "sha256:...", "seed": 1234, "rects": [[10, 40, 20, 60]], "grow": 3, "strength": 1.0}}

`code` is the canvas as Canvas code, and the authoritative form; `canvas` is the same as JSON, for programs that do not
read Canvas code. `settings` are those that reproduce this one picture. `prompts` are all prompts of the conversation,
`prompt` is the last of them. `loras` are those that the user added to the painter, as FILE:WEIGHT, and `training` is
what the user said of its training, such as "v_prediction", in place of what its files say. `precision` is that of the
painter's weights, "" if it is unknown. `kept` is present if only
a part was repainted: the hash of the earlier picture's pixels, its seed, and the part. The hashes are those of
`lib_omost.artifacts.fingerprint`; models on the user's disk are named without their folder. A reader ignores unknown
members and refuses later versions.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from PIL.PngImagePlugin import PngInfo

from .. import __version__
from ..canvas import Canvas, as_json, interpret, write
from ..errors import PictureError, RenderError, SettingsError
from ..render.repaint import Repaint
from ..render.settings import MAX_SEED, Picture, RenderSettings
from .atomic import replacing
from .latents import add_latents
from .png import opened_png

KEYWORD = "omost"
VERSION = 1
MAX_RECORD = 2_000_000
"""Maximum length of a record in characters."""
MAX_PROMPTS = 200
MAX_PROMPT = 20_000
MAX_NAME = 500
MAX_LORAS = 50
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Origin:
    """The earlier picture of which a part was painted anew: the hash of its pixels (`latents.pixel_hash`), its seed if
    that is known, and the part."""

    pixels: str
    seed: int | None
    repaint: Repaint

    def to_json(self) -> dict[str, Any]:
        return {"pixels": self.pixels, "seed": self.seed, **self.repaint.to_json()}


@dataclass(frozen=True, slots=True)
class Record:
    """What a render was made from: canvas, settings, names and fingerprints of the models, and the user's prompts."""

    canvas: Canvas
    settings: RenderSettings
    painter: str
    composer: str = ""
    prompts: tuple[str, ...] = ()
    painter_hash: str = ""
    composer_hash: str = ""
    loras: tuple[str, ...] = ()
    training: str = ""
    precision: str = ""
    origin: Origin | None = None

    @property
    def prompt(self) -> str:
        """The user's last prompt."""
        return self.prompts[-1] if self.prompts else ""

    def to_json(self, picture: Picture) -> dict[str, object]:
        """The record of one picture of this render, as JSON."""
        return {
            "version": VERSION,
            "program": f"omost {__version__}",
            "prompt": self.prompt,
            "prompts": list(self.prompts[-MAX_PROMPTS:]),
            "code": write(self.canvas),
            "canvas": as_json(self.canvas),
            "settings": asdict(self.settings.alone(picture.index)),
            "seed": picture.seed,
            "composer": self.composer,
            "composer_hash": self.composer_hash,
            "painter": self.painter,
            "painter_hash": self.painter_hash,
            "loras": list(self.loras),
            "training": self.training,
            "precision": self.precision,
            **({} if self.origin is None else {"kept": self.origin.to_json()}),
        }


@dataclass(frozen=True, slots=True)
class PictureMetadata:
    """The metadata of a picture: its record and code, the program that wrote it, and sentences about what could not be
    read."""

    record: Record
    code: str
    program: str
    notices: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        record = self.record
        return {
            "program": self.program,
            "prompts": list(record.prompts),
            "code": self.code,
            "canvas": as_json(record.canvas),
            "settings": asdict(record.settings),
            "seed": record.settings.seed,
            "composer": record.composer,
            "composer_hash": record.composer_hash,
            "painter": record.painter,
            "painter_hash": record.painter_hash,
            "loras": list(record.loras),
            "training": record.training,
            "precision": record.precision,
            "kept": None if record.origin is None else record.origin.to_json(),
            "notices": list(self.notices),
        }


def read_record(file: BinaryIO, name: str) -> PictureMetadata:
    """The metadata of the PNG in `file`; `name` is its name in messages.

    Raises PictureError for a file that is not a PNG, is damaged before its record, or has no valid record.
    """
    with opened_png(file, name) as image:
        text = image.info.get(KEYWORD)
    notices: list[str] = []
    try:
        with opened_png(file, name) as image:
            image.verify()
    except PictureError:
        notices.append(f"The picture in {name} is damaged or was cut off; its metadata could be read.")
    if not isinstance(text, str):
        raise PictureError(
            f"{name} has no metadata of this program: another program made it, or the metadata has been removed."
        )
    if len(text) > MAX_RECORD:
        raise PictureError(f"The metadata of {name} has {len(text):,} characters; at most {MAX_RECORD:,} can be read.")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PictureError(f"The metadata of {name} is damaged: it is not JSON.") from error
    if not isinstance(value, dict) or not isinstance(value.get("version"), int):
        raise PictureError(f"The metadata of {name} is damaged, or another program wrote it.")
    if value["version"] > VERSION:
        raise PictureError(f"{name} was made by a later version of this program: use that one to open it.")
    return _parsed(value, name, notices)


def read_record_file(path: Path) -> PictureMetadata:
    """As `read_record`, for a path. Raises PictureError also if the file cannot be opened."""
    try:
        with path.open("rb") as file:
            return read_record(file, path.name)
    except OSError as error:
        raise PictureError(f"{path} cannot be read: {error.strerror or error}.") from error


def png_info(picture: Picture, record: Record) -> PngInfo:
    """The text chunk for Pillow's PNG writer, and the latents if the painter gave any."""
    info = PngInfo()
    info.add_itxt(KEYWORD, json.dumps(record.to_json(picture), ensure_ascii=False))
    if picture.latents is not None:
        add_latents(info, picture.image, picture.latents)
    return info


def save_png(path: Path, picture: Picture, record: Record) -> Path:
    """Write one picture with its record to `path`, whole or not at all; missing folders are created.

    Raises RenderError if it cannot be written.
    """
    try:
        with replacing(path) as file:
            picture.image.save(file, format="PNG", pnginfo=png_info(picture, record))
    except OSError as error:
        raise RenderError(
            f"The picture could not be written to {path}: {error.strerror or error}. "
            "Make room there, or choose another place with --outputs (-o on the command line)."
        ) from error
    return path


def save_picture(folder: Path, picture: Picture, record: Record) -> Path:
    """Write one picture into `folder` under a name made of day, time, seed and 64 random bits, so that nobody can guess
    the address of another user's picture; returns the path."""
    now = datetime.now()
    stem = f"{now:%H%M%S}-{now.microsecond // 1000:03d}-seed{picture.seed}-{secrets.token_hex(8)}"
    return save_png(folder / f"{now:%Y-%m-%d}" / f"{stem}.png", picture, record)


def _parsed(value: dict[str, Any], name: str, notices: list[str]) -> PictureMetadata:
    code = _text(value.get("code"), MAX_RECORD)
    interpretation = interpret(code)
    if interpretation.canvas is None:
        raise PictureError(f"The metadata of {name} is damaged: there is no canvas in it.")
    notices += [f"Its canvas, line {note.line}: {note.message}" for note in interpretation.notes]
    stored = value.get("settings")
    stored = stored if isinstance(stored, dict) else {}
    known = {field.name for field in fields(RenderSettings)}
    unknown = sorted(_text(key, 40) for key in stored if key not in known)
    if unknown:
        notices.append(f"Settings that this version does not know were left out: {', '.join(unknown[:10])}.")
    try:
        settings = RenderSettings(**{key: item for key, item in stored.items() if key in known})
    except SettingsError as error:
        raise PictureError(f"The metadata of {name} has an invalid setting. {error}") from error
    texts = value.get("prompts")
    texts = texts if isinstance(texts, list) else [value.get("prompt")]
    prompts = tuple(prompt for item in texts[-MAX_PROMPTS:] if (prompt := _text(item, MAX_PROMPT).strip()))
    names = {key: _text(value.get(key), MAX_NAME) for key in ("painter", "composer", "painter_hash", "composer_hash")}
    loras = tuple(_text(item, MAX_NAME) for item in _list(value.get("loras"))[:MAX_LORAS])
    names["training"] = _text(value.get("training"), MAX_NAME)
    names["precision"] = _text(value.get("precision"), MAX_NAME)
    origin = _origin(value["kept"], notices) if value.get("kept") is not None else None
    record = Record(interpretation.canvas, settings, prompts=prompts, loras=loras, origin=origin, **names)
    return PictureMetadata(record, code, _text(value.get("program"), MAX_NAME), tuple(notices))


def _origin(value: Any, notices: list[str]) -> Origin | None:
    try:
        repaint = Repaint.from_json(value)
    except SettingsError:
        notices.append("Which part of an earlier picture was painted anew is damaged in its record.")
        return None
    seed = value.get("seed")
    known = type(seed) is int and 0 <= seed <= MAX_SEED
    return Origin(_text(value.get("pixels"), MAX_NAME), seed if known else None, repaint)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object, limit: int) -> str:
    """`value` as a string that can be encoded and printed on a terminal; "" for anything that is not a string."""
    if not isinstance(value, str):
        return ""
    return _CONTROL.sub(" ", value[:limit]).encode("utf-8", "replace").decode("utf-8")
