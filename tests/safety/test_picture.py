"""The picture check with a real, tiny classifier that was trained on one colour."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from lib_omost.errors import ModelError
from lib_omost.safety.picture import PictureCheck


def test_pictures_are_told_apart(picture_check_folder: Path) -> None:
    check = PictureCheck.load(picture_check_folder, name="tiny")
    assert check.is_unsafe(Image.new("RGB", (64, 48), (230, 90, 90)))
    assert not check.is_unsafe(Image.new("RGB", (64, 48), (30, 90, 90)))
    assert not check.is_unsafe(Image.new("L", (64, 48), 20)), "whatever its mode"


def test_what_is_no_picture_check_is_one_sentence(text_check_folder: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, text_check_folder):
        with pytest.raises(ModelError, match="check of pictures"):
            PictureCheck.load(folder, name="none")
