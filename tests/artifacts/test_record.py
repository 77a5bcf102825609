from __future__ import annotations

import io
import json
import re
import struct
import zlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lib_omost.artifacts import record as record_module
from lib_omost.artifacts.fingerprint import fingerprint
from lib_omost.artifacts.record import KEYWORD, Origin, Record, png_info, read_record, save_picture, save_png
from lib_omost.canvas import Canvas, Rect, interpret
from lib_omost.errors import PictureError
from lib_omost.render.repaint import Repaint
from lib_omost.render.settings import Picture, RenderSettings
from tests.canvas.values import canvases
from tests.scripted import REPLY

HARBOUR = interpret(REPLY).canvas
assert HARBOUR is not None
RECORD = Record(
    HARBOUR,
    RenderSettings(width=64, height=64, steps=3, seed=7, count=3, negative_prompt="fog"),
    painter="embedded",
    composer="embedded",
    prompts=("a harbour", "make it dusk – “quiet”"),
    painter_hash="sha256:ab",
    loras=("style.safetensors:0.8", "owner/model/x.safetensors:1"),
    training="v_prediction",
    precision="float16",
)


def picture(index: int = 0) -> Picture:
    return Picture(index, 7 + index, Image.new("RGB", (64, 64), "navy"), 1.0)


def png(text: str | None, *, compressed: bool = False) -> bytes:
    info = PngInfo()
    if text is not None:
        info.add_itxt(KEYWORD, text, zip=compressed)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def record(**changes: Any) -> str:
    return json.dumps({**RECORD.to_json(picture()), **changes})


def test_a_picture_records_everything(tmp_path: Path) -> None:
    path = save_png(tmp_path / "a.png", picture(1), RECORD)
    with path.open("rb") as file:
        metadata = read_record(file, "a.png")
    assert metadata.record.canvas == HARBOUR
    assert metadata.record.settings == RenderSettings(
        width=64, height=64, steps=3, seed=8, count=1, negative_prompt="fog"
    ), "the settings of this one picture"
    assert metadata.record.prompts == RECORD.prompts
    assert (metadata.record.painter, metadata.record.painter_hash) == ("embedded", "sha256:ab")
    assert metadata.record.loras == RECORD.loras
    assert metadata.record.training == "v_prediction"
    assert metadata.record.precision == "float16"
    assert metadata.record.composer == "embedded"
    assert metadata.program.startswith("omost ")
    assert metadata.notices == ()


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(canvases)
def test_every_canvas_is_recorded(canvas: Canvas) -> None:
    buffer = io.BytesIO()
    made = Record(canvas, RenderSettings(width=64, height=64), painter="embedded")
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=png_info(picture(), made))
    assert read_record(buffer, "a.png").record.canvas == canvas


def test_a_truncated_picture_still_has_its_record(tmp_path: Path) -> None:
    data = png(record())
    metadata = read_record(io.BytesIO(data[:-20]), "a.png")
    assert metadata.record.canvas == HARBOUR
    assert "cut off" in metadata.notices[0]


def test_what_a_later_version_adds_is_left_out_and_reported() -> None:
    text = record(settings={"width": 64, "height": 64, "aura": 3}, mood="calm")
    metadata = read_record(io.BytesIO(png(text)), "a.png")
    assert "aura" in metadata.notices[0]


def test_what_is_shown_cannot_command_a_terminal() -> None:
    metadata = read_record(io.BytesIO(png(record(prompts=["\x1b[2Jred\x07"], painter="x\x1b]0;y"))), "a.png")
    assert metadata.record.prompts == ("[2Jred",)
    assert metadata.record.painter == "x ]0;y"


def chunk(kind: bytes, data: bytes, length: int | None = None) -> bytes:
    return struct.pack(">L", len(data) if length is None else length) + kind + data + struct.pack(
        ">L", zlib.crc32(kind + data)
    )  # fmt: skip


SIGNATURE = b"\x89PNG\r\n\x1a\n"


def header(width: int, height: int) -> bytes:
    return SIGNATURE + chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0))


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG")
    return buffer.getvalue()


BOMB = b"omost\0\1\0\0\0" + zlib.compress(bytes(80 * 2**20), 9)
HOSTILE = {
    "empty": (b"", "not a PNG"),
    "text": (b"hello" * 20, "not a PNG"),
    "a JPEG": (jpeg(), "not a PNG"),
    "a signature alone": (SIGNATURE, "damaged"),
    "another first chunk": (SIGNATURE + chunk(b"tEXt", b"a\0b" * 9), "damaged"),
    "a foreign PNG": (png(None), "has no metadata of this program"),
    "a billion pixels": (header(32_000, 32_000), "32000 x 32000"),
    "the most pixels": (header(2**31 - 1, 2**31 - 1), "2147483647"),
    "no pixels": (header(0, 8), "0 x 8"),
    "two headers": (header(8, 8) + header(30_000, 30_000)[8:], "damaged"),
    "cut off before its record": (png(record())[:60], "damaged"),
    "a chunk longer than the file": (header(8, 8) + chunk(b"iTXt", b"omost\0", 2**31 - 1), "damaged"),
    "a text that unpacks to 80 MB": (header(8, 8) + chunk(b"iTXt", BOMB) + chunk(b"IEND", b""), "damaged"),
    "a long record": (png('"' + "x" * 2_000_001 + '"'), "has 2,000,003 characters"),
    "no JSON": (png("```python"), "not JSON"),
    "deep JSON": (png("[" * 100_000), "not JSON"),
    "a list": (png("[1]"), "damaged"),
    "another program's": (png('{"prompt": "x"}'), "another program"),
    "a later version's": (png(record(version=2)), "later version"),
    "no canvas": (png(record(code="print(1)")), "no canvas"),
    "a wrong setting": (png(record(settings={"width": 10**9})), "invalid setting"),
    "a wrong type": (png(record(settings={"steps": [1]})), "invalid setting"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_a_file_without_a_record_is_reported(data: bytes, sentence: str) -> None:
    with pytest.raises(PictureError, match=sentence) as told:
        read_record(io.BytesIO(data), "a.png")
    assert "a.png" in str(told.value)
    assert str(told.value).endswith(".")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(header(8, 8))
    with path.open("r+b") as file:
        file.truncate(200 * 2**20)  # a hole: it takes no room
        with pytest.raises(PictureError, match="bytes"):
            read_record(file, "a.png")


def test_a_fingerprint_distinguishes_weights(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        (folder / "unet").mkdir(parents=True)
        (folder / "unet" / "model.safetensors").write_bytes(b"weights")
        (folder / "config.json").write_text(folder.name)
    same = fingerprint(str(first))
    assert same.startswith("sha256:")
    assert fingerprint(str(second)) == same, "only weights count"
    (second / "unet" / "model.safetensors").write_bytes(b"others!")
    assert fingerprint(str(second)) != same
    assert fingerprint(str(first / "unet" / "model.safetensors")).startswith("sha256:")
    assert fingerprint(str(tmp_path / "absent")) == ""
    assert fingerprint("owner/model", tmp_path) == ""


def test_a_repositorys_commit_is_its_fingerprint(tmp_path: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    folder = tmp_path / "models--owner--model"
    (folder / "snapshots" / commit).mkdir(parents=True)
    (folder / "snapshots" / commit / "model_index.json").write_text("{}")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(commit)
    assert fingerprint("owner/model", tmp_path) == f"commit:{commit}"


def test_a_large_model_is_known_by_its_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("lib_omost.artifacts.fingerprint.WHOLE", 10)
    monkeypatch.setattr("lib_omost.artifacts.fingerprint.END", 4)
    path = tmp_path / "a.safetensors"
    path.write_bytes(b"begin" + bytes(10) + b"end.")
    first = fingerprint(str(path))
    assert first.startswith("ends:")
    path.write_bytes(b"begin" + bytes(10) + b"End.")
    assert fingerprint(str(path)) != first


def test_two_pictures_of_one_moment_have_different_unguessable_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Stopped:
            return cls(2026, 1, 31, 23, 59, 59, 123456)

    monkeypatch.setattr(record_module, "datetime", Stopped)
    paths = {save_picture(tmp_path, picture(), RECORD) for _ in range(20)}
    assert len(paths) == 20
    tokens = {path.stem.rpartition("-")[2] for path in paths}
    assert all(re.fullmatch("[0-9a-f]{16}", token) for token in tokens)
    assert {path.parent.name for path in paths} == {"2026-01-31"}


def test_a_kept_edit_is_recorded(tmp_path: Path) -> None:
    origin = Origin("sha256:ab", 5, Repaint((Rect(1, 20, 3, 40),), 2, 0.5))
    path = save_png(tmp_path / "a.png", picture(), replace(RECORD, origin=origin))
    with path.open("rb") as file:
        metadata = read_record(file, "a.png")
    assert metadata.record.origin == origin
    assert metadata.to_json()["kept"] == origin.to_json()


@pytest.mark.parametrize("kept", [5, {}, {"rects": [[0, 0, 0, 0]]}, {"rects": "x" * 1000}])
def test_a_damaged_note_of_a_kept_edit_is_reported(kept: Any) -> None:
    metadata = read_record(io.BytesIO(png(record(kept=kept))), "a.png")
    assert metadata.record.origin is None
    assert any("painted anew" in notice for notice in metadata.notices)
    odd = {"rects": [[0, 9, 0, 9]], "seed": True, "pixels": 5}
    origin = read_record(io.BytesIO(png(record(kept=odd))), "a.png").record.origin
    assert origin == Origin("", None, Repaint((Rect(0, 9, 0, 9),)))
