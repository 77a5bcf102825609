"""The atlas and its file."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from lib_omost.embedded.painter.atlas import SIDE, Atlas
from lib_omost.errors import ModelError
from tests.embedded.painter.tiny import tiny_atlas


def test_a_look_is_premultiplied_and_covers_no_more_than_all() -> None:
    look = tiny_atlas().look(1)
    assert look.shape == (4, SIDE, SIDE)
    assert torch.allclose(look[1:4:2], torch.full((2, SIDE, SIDE), 0.5), atol=1e-3)
    assert look[0].max() == 0


def test_it_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    atlas = tiny_atlas()
    atlas.save(tmp_path / "atlas.safetensors")
    found = Atlas.load(tmp_path / "atlas.safetensors")
    assert torch.equal(found.look(0), atlas.look(0))
    assert torch.equal(found.ground(1), atlas.ground(1))
    assert (found.things, found.settings) == (atlas.things, atlas.settings)


@pytest.mark.parametrize("broken", ["no file", "text", "names", "shape"])
def test_a_broken_file_is_reported(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "atlas.safetensors"
    if broken == "text":
        path.write_text("{}")
    elif broken != "no file":
        tiny_atlas().save(path)
        tensors = load_file(path)
        if broken == "shape":
            tensors["basis"] = tensors["basis"][:3].contiguous()
        save_file(
            tensors, path, metadata={} if broken == "names" else {"things": '["a", "b"]', "settings": '["c", "d"]'}
        )
    with pytest.raises(ModelError, match="Fetch the model again"):
        Atlas.load(path)
