"""What composers take of a device's memory: known, read from files, or from a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib_omost.presets import COMPOSERS, composer_preset, footprint

GIB = 2**30


def test_every_preset_is_known_and_near_what_its_note_says() -> None:
    for preset in COMPOSERS.values():
        found = footprint(preset)
        assert found is not None
        said = [word for word in preset.note.replace(".", " ").split() if word.isdigit()]
        if not preset.embedded:
            assert abs(found / 1e9 - int(said[-1])) < 2.0, preset.name
    assert footprint(COMPOSERS["embedded"]) < GIB
    assert footprint(composer_preset("http://127.0.0.1:8000")) == 0


def test_a_folder_and_a_file_are_measured(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for number in range(2):
        with (folder / f"part-{number}.safetensors").open("wb") as file:
            file.truncate(3 * GIB)
    found = footprint(composer_preset(str(folder)))
    assert found is not None
    assert 6 * GIB < found < 7 * GIB
    packed = tmp_path / "some-model.Q4_K_M.gguf"
    with packed.open("wb") as file:
        file.truncate(GIB)
    unpacked = footprint(composer_preset(str(packed)))
    assert unpacked is not None
    assert 4 * GIB < unpacked < 5 * GIB, "transformers unpacks it to 16 bits"


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("mistralai/Mistral-7B-Instruct-v0.3", 13, 16),
        ("unsloth/Llama-3.2-1B-Instruct", 1.8, 3.2),
        ("somebody/Qwen2.5-14B-Instruct-AWQ", 8, 11),
        ("somebody/model-1.7b", 3, 4.5),
    ],
)
def test_a_repository_is_judged_by_its_name(name: str, low: float, high: float) -> None:
    found = footprint(composer_preset(name))
    assert found is not None
    assert low * GIB < found < high * GIB


def test_a_name_without_a_number_tells_nothing() -> None:
    assert footprint(composer_preset("somebody/omost-tuned")) is None
