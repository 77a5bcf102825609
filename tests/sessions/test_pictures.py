"""From a picture that remembers how it was made back to a conversation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from lib_omost.artifacts.record import PictureMetadata, Record, read_record_file, save_png
from lib_omost.canvas import interpret
from lib_omost.render.settings import Picture, RenderSettings
from lib_omost.sessions import Store
from lib_omost.sessions.pictures import import_picture, last_round_from_record, picture_file
from tests.scripted import REPLY


@pytest.fixture
def metadata(tmp_path: Path) -> PictureMetadata:
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    record = Record(canvas, RenderSettings(width=64, height=72, seed=7), "embedded", prompts=("a lake", "make it dusk"))
    save_png(tmp_path / "a lake_1.png", Picture(0, 7, Image.new("RGB", (64, 72)), 1.0), record)
    return read_record_file(tmp_path / "a lake_1.png")


def test_a_picture_becomes_a_conversation_of_one_round(tmp_path: Path, metadata: PictureMetadata) -> None:
    store = Store(tmp_path / "sessions")
    session = import_picture(store, tmp_path / "a lake_1.png", metadata)
    asked, written, shown = store.load(session.id).path()
    scene = metadata.record.canvas.global_description.description
    assert (asked.kind, asked.text) == ("prompt", "make it dusk")
    assert (written.kind, written.text) == ("reply", metadata.code.strip())
    assert (shown.kind, shown.text, shown.file) == ("picture", f"Rendered picture: {scene}"[:300], "a-lake_1.png")
    assert shown.caption == "Seed 7 · 64 × 72"
    assert store.load(session.id).settings["render"]["seed"] == 7
    kept = store.picture(session.id, "a-lake_1.png")
    assert kept is not None
    assert kept.read_bytes() == (tmp_path / "a lake_1.png").read_bytes()


def test_what_was_not_asked_in_words_is_described_by_the_scene(metadata: PictureMetadata) -> None:
    silent = replace(metadata, record=replace(metadata.record, prompts=()))
    scene = metadata.record.canvas.global_description.description.rstrip(".")
    assert last_round_from_record(silent) == (f"generate an image of {scene}", metadata.code)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("harbour_1-2", "harbour_1-2.png"),
        ("../../etc/passwd", "etc-passwd.png"),
        ("  a  b\\c\x00d ", "a-b-c-d.png"),
        ("-_x_-", "x.png"),
        ("XyX", "XyX.png"),
        ("…", "picture.png"),
        ("", "picture.png"),
        ("x" * 200, "x" * 90 + ".png"),
    ],
)
def test_any_name_becomes_the_name_of_a_file(name: str, file: str) -> None:
    assert picture_file(name) == file
