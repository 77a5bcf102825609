"""The picture check with a real, tiny classifier that was trained on one colour."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest
from PIL import Image

from lib_omost.errors import ModelError
from lib_omost.safety.picture import PictureCheck


def test_unsafe_pictures_are_distinguished_from_safe_ones(picture_check_folder: Path) -> None:
    check = PictureCheck.load(picture_check_folder, name="tiny")
    assert check.is_unsafe(Image.new("RGB", (64, 48), (230, 90, 90)))
    assert not check.is_unsafe(Image.new("RGB", (64, 48), (30, 90, 90)))
    assert not check.is_unsafe(Image.new("L", (64, 48), 20)), "whatever its mode"


def test_what_is_no_picture_check_is_one_sentence(text_check_folder: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, text_check_folder):
        with pytest.raises(ModelError, match=r"^none could not be loaded as a check of pictures"):
            PictureCheck.load(folder, name="none")


@pytest.mark.parametrize("missing", ["model.safetensors", "preprocessor_config.json"])
def test_half_a_picture_check_is_none(picture_check_folder: Path, tmp_path: Path, missing: str) -> None:
    folder = Path(shutil.copytree(picture_check_folder, tmp_path / "half"))
    (folder / missing).unlink()
    with pytest.raises(ModelError, match=r"^half could not be loaded as a check of pictures"):
        PictureCheck.load(folder, name="half")


def test_labels_may_be_named_and_the_threshold_is_where_refusing_begins(picture_check_folder: Path) -> None:
    red = Image.new("RGB", (64, 48), (230, 90, 90))
    named = PictureCheck.load(picture_check_folder, name="tiny", named=["normal"])
    assert not named.is_unsafe(red)
    score = PictureCheck.load(picture_check_folder, name="tiny").score(red)
    assert 0.9 < score < 1
    assert named.score(red) == pytest.approx(1 - score, abs=1e-6)
    for threshold, unsafe in ((score, True), (math.nextafter(score, 1), False)):
        assert PictureCheck.load(picture_check_folder, name="tiny", threshold=threshold).is_unsafe(red) is unsafe
