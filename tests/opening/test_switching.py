from __future__ import annotations

import gc
import shutil
import time
import weakref
from pathlib import Path
from typing import Any

import pytest

from lib_omost.canvas import interpret
from lib_omost.errors import SettingsError
from lib_omost.events import ChatFinished
from lib_omost.llm.base import Sampling
from lib_omost.opening.options import Options
from lib_omost.opening.switching import LoraUse, Switchboard
from lib_omost.render.settings import Picture, RenderSettings
from lib_omost.studio import Studio
from tests.llm import tiny as tiny_llm
from tests.render import tiny as tiny_sdxl
from tests.scripted import REPLY

SMALL = RenderSettings(width=64, height=64, steps=1, guidance_scale=1.0)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("models"))


def filled(folder: Path) -> Path:
    """The folder, filled with two painters, a composer and a LoRA."""
    import torch
    from safetensors.torch import save_file

    tiny_sdxl.pipeline().save_pretrained(folder / "first")
    shutil.copytree(folder / "first", folder / "second")
    tiny_llm.llama().save_pretrained(folder / "writer")
    tiny_llm.tokenizer().save_pretrained(folder / "writer")
    (folder / "loras").mkdir(parents=True)
    block = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
    weight = tiny_sdxl.unet().get_submodule(block).weight
    generator = torch.Generator().manual_seed(1)
    save_file(
        {
            f"unet.{block}.lora_A.weight": torch.randn(2, weight.shape[1], generator=generator),
            f"unet.{block}.lora_B.weight": torch.randn(weight.shape[0], 2, generator=generator),
        },
        folder / "loras" / "inked.safetensors",
    )
    (folder / "loras" / "notes.txt").write_text("not a LoRA")
    return folder


@pytest.fixture
def board(models: Path, monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    # Otherwise each painter measures for itself whether bfloat16 is faster, and their pictures may differ.
    monkeypatch.setenv("OMOST_CPU_BFLOAT16", "off")
    options = Options(str(models / "writer"), str(models / "first"), "cpu", models=models, offline=True)
    opened = Switchboard.open(options)
    opened.studio.load()
    return opened


def settled(studio: Studio) -> None:
    deadline = time.monotonic() + 120
    while any(part.state == "loading" for part in studio.status().parts):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [part.state for part in studio.status().parts] == ["ready", "ready"], studio.status()


def pixels(studio: Studio) -> Any:
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    (picture,) = (event for event in studio.render(canvas, SMALL) if isinstance(event, Picture))
    return picture.image.tobytes()


def test_another_painter_takes_the_place_of_the_first_whose_memory_is_free(board: Switchboard, models: Path) -> None:
    studio = board.studio
    former, composer = weakref.ref(studio._painter.model), studio._composer
    before = pixels(studio)
    assert board.switch("", str(models / "second"), [])
    gc.collect()
    assert former() is None, "its memory is free before the other one is used"
    settled(studio)
    assert studio.painter_preset.title == "second"
    assert studio._composer is composer, "the layout model stays"
    assert pixels(studio) == before  # the two have the same weights
    assert not board.switch("", str(models / "second"), [])
    assert board.painters()[0].title.endswith("second")


def test_a_lora_is_listed_used_with_its_weight_and_left_out_again(board: Switchboard) -> None:
    studio, plain = board.studio, pixels(board.studio)
    assert board.loras() == [LoraUse("inked", 0.0)]
    assert board.switch("", "", [LoraUse("inked", 0.8)])
    settled(studio)
    assert board.loras() == [LoraUse("inked", 0.8)]
    assert pixels(studio) != plain
    assert board.switch("", "", [LoraUse("inked", 0.0)])
    settled(studio)
    assert pixels(studio) == plain


def test_what_does_not_exist_changes_nothing(board: Switchboard) -> None:
    painter = board.studio.painter_preset
    for names in (("no such model", "", []), ("", "no such file", []), ("", "", [LoraUse("../secret", 1.0)])):
        with pytest.raises(SettingsError):
            board.switch(*names)  # type: ignore[arg-type]
    assert board.studio.painter_preset is painter
    assert all(offer.name != "omost-llama-3-8b" for offer in board.composers()), "only what is on this disk is offered"
    assert board.composers()[1].name == "embedded"


def test_the_guide_holds_any_composer_to_the_things_of_the_prompt(board: Switchboard) -> None:
    studio = board.studio

    def regions() -> list[str]:
        sampling = Sampling(temperature=1.0, top_p=1.0, max_new_tokens=2000)
        (finished,) = (
            one for one in studio.chat([], "an owl on a red chair", sampling) if isinstance(one, ChatFinished)
        )
        canvas = finished.interpretation.canvas
        return [region.description for region in canvas.regions] if canvas else []

    assert regions() != ["An owl.", "A red chair."]
    assert board.switch("", "", [], True)
    settled(studio)
    assert regions() == ["An owl.", "A red chair."]
    assert board.guide is True
    assert not board.switch("", "", [], True)
    assert board.switch("", "", [])
