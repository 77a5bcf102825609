"""Another family of painters joins without a change of studio, page, API or command line."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib_omost import cli
from lib_omost.artifacts.record import read_record_file
from lib_omost.canvas import Rect, conditions, interpret, write
from lib_omost.canvas.conditions import RegionCondition, color_picture
from lib_omost.render.painter import Painter
from lib_omost.render.repaint import Keep, Repaint
from lib_omost.render.settings import Notice, Picture, RenderSettings
from tests.color_painter import ColorPainter
from tests.scripted import REPLY
from tests.ui.studios import open_studio

CANVAS = interpret(REPLY).canvas
SIZE = {"width": 64, "height": 96}


def expected() -> np.ndarray:
    assert CANVAS is not None
    return color_picture(conditions(CANVAS), SIZE["width"], SIZE["height"])


def test_it_is_a_painter_to_the_studio() -> None:
    painter: Painter = ColorPainter()
    assert CANVAS is not None
    events = list(open_studio(painter=painter).render(CANVAS, RenderSettings(**SIZE, count=2, negative_prompt="fog")))
    pictures = [event for event in events if isinstance(event, Picture)]
    assert [picture.seed for picture in pictures] == [12345, 12346]
    assert all((np.asarray(picture.image) == expected()).all() for picture in pictures)
    notices = [event.message for event in events if isinstance(event, Notice)]
    assert notices == ["colours takes no negative prompts, so they are left out."]
    without = open_studio(painter=painter).render(CANVAS, RenderSettings(**SIZE, negative_prompt=""))
    assert not any(isinstance(event, Notice) for event in without)


def test_a_painter_may_say_what_it_does_not_know() -> None:
    class Limited(ColorPainter):
        def unknown(self, given: Sequence[RegionCondition]) -> tuple[str, ...]:
            return tuple(condition.prefixes[-1] for condition in given[1:])

    assert CANVAS is not None
    settings = RenderSettings(**SIZE, negative_prompt="")
    plain, limited = open_studio(painter=ColorPainter()), open_studio(painter=Limited())
    assert limited.unknown(CANVAS) == (), "not loaded yet"
    for studio in (plain, limited):
        studio.load()
    assert plain.unknown(CANVAS) == ()
    assert limited.unknown(CANVAS) == ("A white lighthouse.", "A red boat.")
    first = next(limited.render(CANVAS, settings))
    assert first == Notice("The image model does not know: A white lighthouse., A red boat.")


def test_it_says_that_it_keeps_no_part_of_a_picture() -> None:
    assert CANVAS is not None
    keep = Keep(Image.new("RGB", (64, 96)), Repaint((Rect(0, 9, 0, 9),)))
    settings = RenderSettings(**SIZE, negative_prompt="")
    events = list(open_studio(painter=ColorPainter()).render(CANVAS, settings, keep=keep))
    notices = [event.message for event in events if isinstance(event, Notice)]
    assert notices == ["colours cannot keep parts of a picture: all of it is painted anew."]
    assert any(isinstance(event, Picture) for event in events)


def test_the_command_line_renders_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lib_omost.opening.studio.open_studio", lambda options: open_studio(painter=ColorPainter()))
    (tmp_path / "reply.txt").write_text(REPLY, encoding="utf-8")
    arguments = ["render", str(tmp_path / "reply.txt"), "-o", str(tmp_path / "out.png"), "--json"]
    assert cli.main([*arguments, "--width", "64", "--height", "96"]) == 0
    assert json.loads(capsys.readouterr().out)
    with Image.open(tmp_path / "out.png") as image:
        assert (np.asarray(image.convert("RGB")) == expected()).all()


def test_a_picture_painted_anew_by_it_has_no_earlier_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CANVAS is not None
    monkeypatch.setattr("lib_omost.opening.studio.open_studio", lambda options: open_studio(painter=ColorPainter()))
    reply, first, second = tmp_path / "reply.txt", tmp_path / "a.png", tmp_path / "b.png"
    reply.write_text(REPLY, encoding="utf-8")
    assert cli.main(["render", str(reply), "--width", "64", "--height", "96", "-o", str(first)]) == 0
    fewer = replace(CANVAS, regions=CANVAS.regions[1:])
    reply.write_text(write(fewer), encoding="utf-8")
    assert cli.main(["render", str(reply), "--keep", str(first), "-o", str(second)]) == 0
    assert read_record_file(second).record.origin is None
    with Image.open(second) as image:
        assert (np.asarray(image) == color_picture(conditions(fewer), 64, 96)).all()


def test_the_page_serves_it_by_the_api(tmp_path: Path) -> None:
    from gradio_client import Client

    from lib_omost.ui.serving.app import build_page, launch

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    blocks = build_page(open_studio(painter=ColorPainter()), tmp_path / "outputs")
    launch(blocks, server_name="127.0.0.1", server_port=port)
    try:
        client = Client(f"http://127.0.0.1:{port}/", verbose=False, download_files=tmp_path / "downloads")
        client.predict(REPLY, **SIZE, api_name="/render")
    finally:
        blocks.close(verbose=False)
    (picture,) = (tmp_path / "outputs").rglob("*.png")
    with Image.open(picture) as image:
        assert (np.asarray(image.convert("RGB")) == expected()).all()


def test_a_flux_checkpoint_of_this_disk_is_switched_to(tmp_path: Path) -> None:
    """The options, the switchboard and the studio with a stand-in of the second real family."""
    from lib_omost.opening.options import Options
    from lib_omost.opening.switching import Switchboard
    from tests.render.flux2 import tiny

    folder = tmp_path / "tiny-klein"
    tiny.pipeline().save_pretrained(folder)
    board = Switchboard.open(Options(composer="embedded", painter="embedded", device="cpu"))
    assert board.switch("", str(folder), [])
    preset = board.studio.painter_preset
    assert (preset.family.name, preset.settings.sampler) == ("flux2", "flow")
    assert CANVAS is not None
    events = list(board.studio.render(CANVAS, replace(preset.settings, **SIZE, steps=1, previews=False)))
    (picture,) = [event for event in events if isinstance(event, Picture)]
    assert picture.image.size == (64, 96)
    assert not any(isinstance(event, Notice) for event in events)
    assert board.studio.abilities == {"kept pictures"}
