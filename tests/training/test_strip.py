"""The README's strip: a layout and a picture for every round, with what was said above them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.scripted import REPLY
from training.strip import SIDE, main, strip


def test_every_round_is_its_layout_and_its_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reply.txt").write_text(REPLY, encoding="utf-8")
    Image.new("RGB", (192, 256), "red").save(tmp_path / "one.png")
    Image.new("RGB", (128, 128), "blue").save(tmp_path / "two.png")
    files = [str(tmp_path / name) for name in ("reply.txt", "one.png", "reply.txt", "two.png", "strip.png")]
    said = "a harbour with very many boats that are all described at length in this prompt"
    monkeypatch.setattr("sys.argv", ["strip", said, *files[:2], "louder", *files[2:4], "-o", files[4]])
    main()
    with Image.open(files[4]) as made:
        assert made.size == (2 * 192 + 2 * SIDE + 5 * 12, SIDE + 48)
        assert made.getpixel((12 + 192 + 12 + 96, 36 + 128)) == (255, 0, 0)
        assert made.getpixel((made.width - 20, 36 + 128)) == (0, 0, 255)
        layout = made.crop((12, 36, 12 + 192, 36 + SIDE))
        assert len(layout.getcolors(100_000)) > 3
        head = made.crop((0, 0, made.width, 36)).convert("L")
        assert head.getextrema()[0] < 128, "the words"


def test_a_reply_without_a_canvas_is_refused() -> None:
    with pytest.raises(ValueError, match="no canvas"):
        strip([("a", "I cannot.", Image.new("RGB", (8, 8)))])
