from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from lib_omost import cli
from lib_omost.artifacts.record import Record, read_record_file, save_png
from lib_omost.canvas import interpret
from lib_omost.render.settings import Picture, RenderSettings
from lib_omost.sessions import Store
from lib_omost.sessions.archive import export
from tests.scripted import REPLY
from tests.ui.studios import open_studio, tiny_painter


@pytest.fixture(scope="module")
def painter() -> Any:
    return tiny_painter()


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch, painter: Any) -> list[Any]:
    """Every command opens a studio with the tiny painter; the options that it was requested."""
    asked: list[Any] = []

    def opened(options: Any) -> Any:
        asked.append(options)
        return open_studio(painter=painter)

    monkeypatch.setattr("lib_omost.opening.studio.open_studio", opened)
    return asked


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    record = Record(
        canvas, RenderSettings(width=64, height=64, steps=2, seed=7), "embedded", "embedded", ("a harbour",)
    )
    return save_png(tmp_path / "a.png", Picture(0, 7, Image.new("RGB", (64, 64)), 1.0), record)


def test_open_prints_the_code_and_the_rest_of_the_record(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["open", str(picture)]) == 0
    printed = capsys.readouterr()
    assert interpret(printed.out).canvas == interpret(REPLY).canvas
    for words in ("prompt: a harbour", "width 64", "seed: 7", "painter: embedded", "program: omost"):
        assert words in printed.err
    assert cli.main(["open", str(picture), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is True
    assert (answer["seed"], answer["prompts"], answer["settings"]["steps"]) == (7, ["a harbour"], 2)
    assert len(answer["canvas"]["regions"]) == 2


def test_open_can_make_a_picture_a_conversation(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "sessions"
    assert cli.main(["open", str(picture), "--keep", "--sessions", str(folder), "--json"]) == 0
    session = Store(folder).load(json.loads(capsys.readouterr().out)["session"])
    assert [message.kind for message in session.path()] == ["prompt", "reply", "picture"]
    assert session.settings["render"]["seed"] == 7
    assert Store(folder).picture(session.id, "a.png") is not None


def test_open_takes_in_an_exported_conversation(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert cli.main(["open", str(picture), "--keep", "--sessions", str(first), "--json"]) == 0
    name = json.loads(capsys.readouterr().out)["session"]
    path = export(Store(first), name, tmp_path / "x.zip")
    assert cli.main(["open", str(path), "--sessions", str(second)]) == 0
    assert "Imported as “a harbour”" in capsys.readouterr().out
    (item,) = Store(second).summaries()
    assert item.pictures == 1


@pytest.mark.parametrize(
    ("data", "sentence"), [(b"", "not a PNG"), (b"PK\x03\x04junk", "not a zip file"), (b"\x89PNG\r\n\x1a\n", "damaged")]
)
def test_a_file_that_cannot_be_opened_is_status_1(
    data: bytes, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    assert cli.main(["open", str(path), "--json", "--sessions", str(tmp_path / "sessions")]) == 1
    printed = capsys.readouterr()
    assert sentence in json.loads(printed.out)["error"]
    assert cli.main(["open", str(tmp_path / "absent")]) == 1
    assert not (tmp_path / "sessions").exists()


def test_render_like_makes_the_same_picture(
    named: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = tmp_path / "reply.txt"
    reply.write_text(REPLY, encoding="utf-8")
    size = ["--width", "64", "--height", "64", "--steps", "3", "--seed", "11"]
    assert cli.main(["render", str(reply), *size, "--count", "2", "-o", str(tmp_path / "a.png")]) == 0
    assert cli.main(["render", "--like", str(tmp_path / "a-2.png"), "-o", str(tmp_path / "b.png")]) == 0
    with Image.open(tmp_path / "a-2.png") as first, Image.open(tmp_path / "b.png") as second:
        assert ImageChops.difference(first, second).getbbox() is None
        assert first.info["omost"] == second.info["omost"]
    with Image.open(tmp_path / "a-1.png") as other, Image.open(tmp_path / "b.png") as second:
        assert ImageChops.difference(other, second).getbbox() is not None
    assert named[-1].painter == "embedded", "the painter that the picture names"
    assert cli.main(["render", "--like", str(tmp_path / "b.png"), "--seed", "3", "-o", str(tmp_path / "c.png")]) == 0
    assert read_record_file(tmp_path / "c.png").record.settings.seed == 3


def test_render_like_tells_other_weights(
    named: list[Any], picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = replace(read_record_file(picture).record, painter_hash="sha256:other")
    save_png(picture, Picture(0, 7, Image.new("RGB", (64, 64)), 1.0), record)
    assert cli.main(["render", "--like", str(picture), "-o", str(tmp_path / "b.png")]) == 0
    assert "weights of this image model differ" in capsys.readouterr().err
    assert read_record_file(tmp_path / "b.png").record.prompts == ("a harbour",)


def test_render_like_prints_the_notes_about_the_painter(
    named: list[Any], picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = replace(read_record_file(picture).record, loras=("style.safetensors:0.8",), training="v_prediction")
    save_png(picture, Picture(0, 7, Image.new("RGB", (64, 64)), 1.0), record)
    assert cli.main(["render", "--like", str(picture), "-o", str(tmp_path / "b.png")]) == 0
    told = capsys.readouterr().err
    assert "--lora style.safetensors:0.8" in told
    assert "v_prediction" in told
    assert cli.main(["open", str(picture)]) == 0
    told = capsys.readouterr().err
    assert "with: style.safetensors:0.8" in told
    assert "noise: v_prediction" in told


def test_render_like_an_unknown_painter_says_what_to_do(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = replace(read_record_file(picture).record, painter="mine.safetensors")
    save_png(picture, Picture(0, 7, Image.new("RGB", (64, 64)), 1.0), record)
    assert cli.main(["render", "--like", str(picture), "--json"]) == 2
    assert "--painter" in json.loads(capsys.readouterr().out)["error"]


@pytest.mark.parametrize("arguments", [[], ["x.txt", "--like", "a.png"]])
def test_render_wants_a_reply_or_a_picture(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["render", *arguments]) == 2
    assert "--like" in capsys.readouterr().err


@pytest.mark.slow
def test_the_embedded_painter_makes_the_same_picture_again(tmp_path: Path) -> None:
    reply = tmp_path / "reply.txt"
    reply.write_text(REPLY, encoding="utf-8")
    first, second = tmp_path / "a.png", tmp_path / "b.png"
    assert cli.main(["render", str(reply), "--painter", "embedded", "--device", "cpu", "-o", str(first)]) == 0
    assert cli.main(["render", "--like", str(first), "--device", "cpu", "-o", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    assert read_record_file(first).record.painter_hash.startswith("sha256:")
