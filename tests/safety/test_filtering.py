"""Which models are unfiltered, and where they may not run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lib_omost.errors import SettingsError
from lib_omost.opening.options import Options
from lib_omost.opening.studio import open_studio
from lib_omost.presets import COMPOSERS, PAINTERS, composer_preset, painter_preset
from lib_omost.safety.filtering import MAX_CONFIG, require_checks, sounds_unfiltered

UNFILTERED = sorted(name for name, preset in COMPOSERS.items() if preset.unfiltered)


def test_the_unfiltered_presets_are_known() -> None:
    assert len(UNFILTERED) == 3
    assert all("dolphin" in name for name in UNFILTERED)
    assert {name for name, preset in PAINTERS.items() if preset.unfiltered} == {"pony", "noobai"}


@pytest.mark.parametrize(
    ("name", "unfiltered"),
    [
        ("lllyasviel/omost-dolphin-2.9-llama3-8b", True),
        ("lllyasviel/omost-dolphin-2.9-llama3-8b-4bits", True),
        ("somebody/Llama-3-8B-Uncensored", True),
        ("somebody/Qwen2.5-7B-abliterated", True),
        ("lllyasviel/omost-llama-3-8b", False),
        ("somebody/llama-3-8b-mine", False),
        ("http://127.0.0.1:8000/v1", False),
    ],
)
def test_a_name_shows_that_it_is_unfiltered(name: str, unfiltered: bool) -> None:
    assert composer_preset(name).unfiltered is unfiltered


@pytest.mark.parametrize(
    ("name", "unfiltered"),
    [
        ("somebody/noobai-XL-1.1", True),
        ("AstraliteHeart/ponydiffusion-v6", True),
        ("somebody/sdxl-nsfw/model.safetensors", True),
        ("somebody/toy-pony-drawings", False),
        ("stabilityai/stable-diffusion-xl-base-1.0", False),
    ],
)
def test_the_name_of_a_painter_shows_that_it_is_unfiltered(name: str, unfiltered: bool) -> None:
    assert painter_preset(name).unfiltered is unfiltered


def test_the_name_place_or_config_of_a_folder_shows_that_it_is_unfiltered(tmp_path: Path) -> None:
    snapshot = tmp_path / "models--lllyasviel--omost-dolphin-2.9-llama3-8b" / "snapshots" / "0123abc"
    snapshot.mkdir(parents=True)
    link = tmp_path / "mine"
    link.symlink_to(snapshot)
    named = tmp_path / "dolphin.gguf"
    named.write_bytes(b"")
    remembers = tmp_path / "renamed"
    remembers.mkdir()
    (remembers / "config.json").write_text(json.dumps({"_name_or_path": "cognitivecomputations/dolphin-2.9-llama3-8b"}))
    for path in (snapshot, link, named, remembers):
        assert composer_preset(str(path)).unfiltered, path
    (remembers / "config.json").write_text("[")
    assert not composer_preset(str(remembers)).unfiltered


def test_only_the_three_nearest_folders_name_a_model(tmp_path: Path) -> None:
    model = tmp_path / "dolphin" / "2" / "1" / "model"
    model.mkdir(parents=True)
    link = tmp_path / "mine"
    link.symlink_to(model)
    for path in (model, link):
        assert not sounds_unfiltered(str(path)), "somebody who likes dolphins may keep any model there"
    for path in (model.parent, model.parents[1]):
        assert sounds_unfiltered(str(path))


def test_a_config_is_read_to_its_bound_and_whatever_it_holds(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    longest = json.dumps({"_name_or_path": "porn"}).ljust(MAX_CONFIG)
    for text, unfiltered in ((longest, True), (longest + " ", False), ("[]", False), ("{}", False), ("\xff", False)):
        config.write_text(text, "latin-1")
        assert sounds_unfiltered(str(tmp_path)) is unfiltered
    assert not sounds_unfiltered(str(config)), "a file has no config"


@pytest.mark.parametrize("checks", [0, 1, 2])
def test_both_checks_are_required_of_the_unfiltered_only(checks: int) -> None:
    require_checks("The Model", "composer", False, checks)
    if checks == 2:
        return require_checks("The Model", "composer", True, checks)
    missing = "neither of the two is on" if checks == 0 else "only one of the two is on"
    with pytest.raises(SettingsError, match=rf"^The Model is .*, and {missing}: .* choose another composer\.$"):
        require_checks("The Model", "composer", True, checks)


def options(text_check: Path | None, picture_check: Path | None, name: str, *, public: bool = True) -> Options:
    checks = (None if check is None else str(check) for check in (text_check, picture_check))
    text, picture = checks
    return Options(
        composer=name, painter="embedded", device="cpu", text_check=text, picture_check=picture, public=public
    )


@pytest.mark.parametrize("name", UNFILTERED)
def test_others_reach_it_with_both_checks_only(name: str, tmp_path: Path) -> None:
    for text, picture, told in ((None, None, "neither"), (tmp_path, None, "only one"), (None, tmp_path, "only one")):
        with pytest.raises(SettingsError, match=f"trained without filtering.*{told}.*--text-check --picture-check"):
            open_studio(options(text, picture, name))
        open_studio(options(text, picture, name, public=False))
        open_studio(options(text, picture, "embedded"))
    assert len(open_studio(options(tmp_path, tmp_path, name)).status().checks) == 2


def test_a_check_that_is_off_is_no_check(tmp_path: Path) -> None:
    given = Options(composer=UNFILTERED[0], painter="embedded", device="cpu", text_check="off", public=True)
    with pytest.raises(SettingsError, match="neither"):
        open_studio(given)


def test_others_reach_an_unfiltered_painter_with_both_checks_only(tmp_path: Path) -> None:
    given = Options(composer="embedded", painter="pony", device="cpu", public=True)
    with pytest.raises(SettingsError, match=r"Pony.*trained without filtering.*choose another painter"):
        open_studio(given)
    open_studio(replace(given, public=False))
    checks = str(tmp_path)
    assert len(open_studio(replace(given, text_check=checks, picture_check=checks)).status().checks) == 2
