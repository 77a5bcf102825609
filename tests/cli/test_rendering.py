from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lib_omost import cli
from lib_omost.artifacts.parent import read_parent
from lib_omost.artifacts.record import read_record_file
from lib_omost.canvas import Canvas, Rect, interpret, write
from lib_omost.render.repaint import Repaint
from tests.scripted import REPLY
from tests.ui.studios import open_studio, tiny_painter

SIZE = ["--width", "128", "--height", "128", "--steps", "3", "--seed", "11"]


@pytest.fixture(scope="module")
def painter() -> Any:
    return tiny_painter()


@pytest.fixture(autouse=True)
def studio(monkeypatch: pytest.MonkeyPatch, painter: Any) -> None:
    monkeypatch.setattr("lib_omost.opening.studio.open_studio", lambda options: open_studio(painter=painter))


def canvas_of(text: str) -> Canvas:
    canvas = interpret(text).canvas
    assert canvas is not None
    return canvas


BEFORE = canvas_of(REPLY)
NEW = replace(BEFORE.regions[0], description="A red kite.", free_rect=Rect(4, 16, 60, 76), distance=1.0)
AFTER = replace(BEFORE, regions=(*BEFORE.regions, NEW))
DARK = replace(BEFORE, global_description=replace(BEFORE.global_description, color_name="black"))


@pytest.fixture
def before(tmp_path: Path) -> Path:
    reply = tmp_path / "before.txt"
    reply.write_text(write(BEFORE), encoding="utf-8")
    assert cli.main(["render", str(reply), *SIZE, "-o", str(tmp_path / "before.png")]) == 0
    return tmp_path / "before.png"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    path = tmp_path / "edited.txt"
    path.write_text(write(AFTER), encoding="utf-8")
    return path


def pixels(path: Path) -> Any:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert cli.main([*arguments, "--json"]) != 0
    return str(json.loads(capsys.readouterr().out)["error"])


def test_keep_repaints_what_changed_and_no_other_byte(
    before: Path, edited: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "after.png"
    capsys.readouterr()
    assert cli.main(["render", str(edited), "--keep", str(before), "-o", str(target), "--json"]) == 0
    printed = capsys.readouterr()
    assert "Repainted: added red kite." in printed.err
    part = Repaint((NEW.rect,))
    origin = read_record_file(target).record.origin
    assert origin is not None
    assert (origin.repaint, origin.seed, origin.pixels) == (part, 11, read_parent(before).pixels)
    assert json.loads(printed.out)["kept"] == origin.to_json()
    old, new, cover = pixels(before), pixels(target), part.cover(128, 128)
    assert np.array_equal(old[cover == 0], new[cover == 0])
    assert np.abs(old - new)[cover == 1].mean() > 1
    record = read_record_file(target).record
    assert record.canvas == AFTER
    assert record.settings.width == 128, "the size and steps are those of the earlier picture"


def test_like_with_from_makes_the_edited_picture_again(before: Path, edited: Path, tmp_path: Path) -> None:
    first, again = tmp_path / "a.png", tmp_path / "b.png"
    more = ["--grow", "1", "--strength", "0.8", "--seed", "5"]
    assert cli.main(["render", str(edited), "--keep", str(before), *more, "-o", str(first)]) == 0
    assert cli.main(["render", "--like", str(first), "--from", str(before), "-o", str(again)]) == 0
    assert np.array_equal(pixels(first), pixels(again))
    assert read_record_file(again).record == read_record_file(first).record


def test_like_needs_the_right_earlier_picture(
    before: Path, edited: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child, other = str(tmp_path / "a.png"), str(tmp_path / "other.png")
    assert cli.main(["render", str(edited), "--keep", str(before), "-o", child]) == 0
    assert cli.main(["render", str(edited), *SIZE, "-o", other]) == 0
    assert "--from" in refused(capsys, "render", "--like", child, "-o", str(tmp_path / "x.png"))
    assert "is not the picture" in refused(capsys, "render", "--like", child, "--from", other)
    assert "needs no --from" in refused(capsys, "render", "--like", other, "--from", str(before))
    assert "cannot be read" in refused(capsys, "render", "--like", child, "--from", str(tmp_path / "gone.png"))
    assert not (tmp_path / "x.png").exists()
    assert cli.main(["render", "--like", child, "--all", "-o", str(tmp_path / "x.png")]) == 0
    assert read_record_file(tmp_path / "x.png").record.origin is None


def test_all_paints_the_whole_picture(before: Path, edited: Path, tmp_path: Path) -> None:
    kept, whole = tmp_path / "a.png", tmp_path / "b.png"
    assert cli.main(["render", str(edited), *SIZE, "-o", str(kept)]) == 0
    assert cli.main(["render", str(edited), "--keep", str(before), "--all", "-o", str(whole)]) == 0
    assert np.array_equal(pixels(kept), pixels(whole))


def test_a_change_of_the_whole_picture_is_reported(
    before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night = tmp_path / "night.txt"
    night.write_text(write(DARK), encoding="utf-8")
    target = tmp_path / "night.png"
    assert cli.main(["render", str(night), "--keep", str(before), "-o", str(target)]) == 0
    told = capsys.readouterr().err
    assert "colour of the whole picture" in told
    assert "whole picture is painted anew" in told
    assert read_record_file(target).record.origin is None
    assert cli.main(["render", str(night), "--keep", str(before), "--strength", "0.3", "-o", str(target)]) == 0
    origin = read_record_file(target).record.origin
    assert origin is not None
    assert (origin.repaint.rects, origin.repaint.strength) == ((Rect.FULL,), 0.3)


def test_nothing_changed_is_a_sentence(before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    same = str(tmp_path / "before.txt")
    assert "nothing to repaint" in refused(capsys, "render", same, "--keep", str(before))


def test_a_picture_of_another_program_is_a_sentence(
    edited: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = tmp_path / "foreign.png"
    Image.new("RGB", (128, 128)).save(foreign)
    assert "no metadata of this program" in refused(capsys, "render", str(edited), "--keep", str(foreign))
    (tmp_path / "no.png").write_bytes(b"GIF89a")
    assert "not a PNG" in refused(capsys, "render", str(edited), "--keep", str(tmp_path / "no.png"))


def test_another_size_is_reported_and_painted_whole(
    before: Path, edited: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "a.png")
    assert cli.main(["render", str(edited), "--keep", str(before), "--width", "192", "-o", target]) == 0
    assert "128 x 128 pixels, not 192 x 128" in capsys.readouterr().err
    assert read_record_file(Path(target)).record.origin is None
    assert "leave out the size" in refused(capsys, "repaint", str(before), "1", "--width", "192")


def test_repaint_paints_one_region_with_other_seeds(before: Path, tmp_path: Path) -> None:
    arguments = ["--count", "2", "-o", str(tmp_path / "r.png")]
    name = BEFORE.regions[1].description.strip(".").split()[-1]
    assert cli.main(["repaint", str(before), "2", *arguments]) == 0
    first, second = (read_record_file(tmp_path / f"r-{number}.png").record for number in (1, 2))
    assert (first.settings.seed, second.settings.seed) == (12, 13)
    assert first.origin is not None
    assert first.origin.repaint.rects == (BEFORE.regions[1].rect,)
    cover = first.origin.repaint.cover(128, 128)
    images = [pixels(tmp_path / file) for file in ("before.png", "r-1.png", "r-2.png")]
    assert all(np.array_equal(images[0][cover == 0], image[cover == 0]) for image in images[1:])
    assert all(not np.array_equal(images[0], image) for image in images[1:])
    assert cli.main(["repaint", str(before), name.upper(), "-o", str(tmp_path / "named.png")]) == 0
    assert np.array_equal(pixels(tmp_path / "named.png"), images[1])


@pytest.mark.parametrize("named", ["0", "3", "unicorn", "", " "])
def test_a_region_that_is_not_there_is_a_sentence(before: Path, capsys: pytest.CaptureFixture[str], named: str) -> None:
    assert "The regions are 1: " in refused(capsys, "repaint", str(before), named)


@pytest.mark.parametrize("more", [["--grow", "46"], ["--grow", "-1"], ["--strength", "0"], ["--strength", "nan"]])
def test_values_out_of_range_are_wrong_usage(before: Path, edited: Path, more: list[str]) -> None:
    assert cli.main(["render", str(edited), "--keep", str(before), *more]) == 2
