from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save

from lib_omost.artifacts.fingerprint import fingerprint
from lib_omost.errors import ModelError, SettingsError
from lib_omost.hub import hub_file
from lib_omost.opening.choice import choose, reachable
from lib_omost.opening.options import Options, add_model_arguments, from_arguments, parse_lora
from lib_omost.opening.studio import open_studio
from lib_omost.presets import PAINTERS, painter_preset
from lib_omost.render.sdxl.loading import load_painter
from lib_omost.render.settings import Lora, RenderSettings, Training
from lib_omost.studio import Studio
from lib_omost.ui.state.page_state import PageState
from tests.hub_server import COMMIT, Hub, serving
from tests.render import tiny
from tests.render.sdxl import original
from tests.render.sdxl.test_lora import UNET, kohya
from tests.scripted import REPLY


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("text", "file", "scale"),
    [
        ("style.safetensors", "style.safetensors", 1.0),
        ("style.safetensors:0.8", "style.safetensors", 0.8),
        ("./style.safetensors:-1", "style.safetensors", -1.0),
        ("~/style.safetensors:0", "style.safetensors", 0.0),
        ("a:0.5", "a:0.5", 1.0),
        ("a:0.5:2", "a:0.5", 2.0),
    ],
)
def test_a_file_is_named_with_its_weight(tmp_path: Path, text: str, file: str, scale: float) -> None:
    (tmp_path / file).touch()
    assert parse_lora(text) == Lora(str(tmp_path), file, scale)


def test_a_file_of_the_hub_is_named_with_its_repository() -> None:
    lora = parse_lora("owner/model/sub/style.safetensors:0.7")
    assert lora == Lora("owner/model", "sub/style.safetensors", 0.7)
    assert str(lora) == "owner/model/sub/style.safetensors:0.7"
    assert str(Lora("/home/me/secret", "style.safetensors", 1.0)) == "style.safetensors:1", "no folders of this disk"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("style.safetensors:strong", "must be a number, not 'strong'"),
        ("style.safetensors:nan", "must be from -10 to 10"),
        ("style.safetensors:11", "must be from -10 to 10"),
        ("absent.safetensors", "There is no LoRA 'absent.safetensors'"),
        ("owner/model", "There is no LoRA"),
        ("", "There is no LoRA"),
        (":1", "There is no LoRA"),
    ],
)
def test_what_is_no_lora_is_reported(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "style.safetensors").touch()
    with pytest.raises(SettingsError, match=r"\.$") as caught:
        parse_lora(text)
    assert said in str(caught.value)


def test_what_a_file_of_the_hub_is(tmp_path: Path) -> None:
    assert hub_file("owner/model/file.safetensors") == ("owner/model", "file.safetensors")
    assert hub_file("owner/model/a/b.ckpt") == ("owner/model", "a/b.ckpt")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "sub").mkdir()
    (tmp_path / "mine" / "sub" / "file.safetensors").touch()
    for name in ("mine/sub/file.safetensors", "/a/b/c.safetensors", "./a/b.safetensors", "~/a/b.safetensors", "a/b",
                 "a//b.safetensors", "owner/model/file.txt", ""):  # fmt: skip
        assert hub_file(name) is None, name


def test_what_the_user_says_is_in_the_preset(tmp_path: Path) -> None:
    (tmp_path / "style.safetensors").touch()
    parser = argparse.ArgumentParser()
    add_model_arguments(parser)
    given = "--lora style.safetensors:0.8 --lora o/m/x.safetensors --prediction-type v_prediction --zero-terminal-snr"
    more = "--painter realvisxl-hyper --device cpu --allow-pickle --offline --compile --memory 24 --models m"
    found = from_arguments(parser.parse_args([*given.split(), *more.split()]), public=True)
    assert (found.pickles, found.offline, found.compiled, found.public) == (True, True, True, True)
    assert (found.memory, found.models) == (24, Path("m"))
    preset = choose(found).painter
    assert preset.title.endswith("8 steps with style (0.8) and x (1)")
    assert preset.lora == PAINTERS["realvisxl-hyper"].lora, "the preset's own stays"
    assert preset.added == (Lora(str(tmp_path), "style.safetensors", 0.8), Lora("o/m", "x.safetensors"))
    assert preset.training == Training("v_prediction", True)
    assert from_arguments(parser.parse_args(["--precision", "bfloat16"])).precision == "bfloat16"
    nothing = from_arguments(parser.parse_args([]))
    assert replace(nothing, loras=()) == Options(), "nothing said leaves every default"
    assert choose(Options(painter="sdxl", device="cpu")).painter == PAINTERS["sdxl"]


def test_the_presets_that_are_files_name_files_of_the_hub() -> None:
    files = {name: hub_file(preset.source) for name, preset in PAINTERS.items() if preset.source.count("/") == 2}
    assert {name for name, found in files.items() if found} == {"pony", "noobai"}
    assert PAINTERS["pony"].settings.opening.startswith("score_9, score_8_up")
    assert painter_preset("pony") is painter_preset(PAINTERS["pony"].source)


def test_a_single_file_is_a_painter(tmp_path: Path) -> None:
    (tmp_path / "mine.safetensors").touch()
    assert painter_preset("mine.safetensors").title == "mine"
    preset = painter_preset("owner/model/theirs.safetensors")
    assert (preset.source, preset.title) == ("owner/model/theirs.safetensors", "theirs")
    with pytest.raises(SettingsError, match="a folder or file that exists"):
        painter_preset("absent.safetensors")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that is empty yet."""
    with serving(Hub({})) as running:
        monkeypatch.setattr(constants, "ENDPOINT", running.address)
        template = running.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield running


def loaded(studio: Studio) -> list[str]:
    return [status.message for status in studio._painter.wait()]


def test_loras_of_the_disk_and_of_the_hub_are_merged_and_recorded(tmp_path: Path, hub: Hub) -> None:
    saved = tmp_path / "tiny"
    tiny.pipeline().save_pretrained(saved)
    mine = kohya(tmp_path)
    theirs = kohya(tmp_path, "theirs.safetensors", 6)
    hub.repositories["owner/styles"] = {"sub/theirs.safetensors": (tmp_path / theirs.file).read_bytes()}
    loras = ("kohya.safetensors:0.5", "owner/styles/sub/theirs.safetensors:2")
    models = tmp_path / "models"
    studio = open_studio(
        Options(painter=str(saved), device="cpu", models=models, loras=loras, prediction="v_prediction")
    )
    said = loaded(studio)
    assert any(message.startswith("Downloading The LoRA theirs: ") for message in said)
    assert "Loading tiny with kohya (0.5) and theirs (2) …" in said
    expected = tiny.unet().get_submodule(UNET).weight
    for lora, scale in ((mine, 0.5), (theirs, 2.0)):
        stored = load_file(Path(lora.source) / lora.file)
        name = f"lora_unet_{UNET.replace('.', '_')}"
        expected = expected + scale / 2 * stored[f"{name}.lora_up.weight"] @ stored[f"{name}.lora_down.weight"]
    found = studio._painter.model.pipeline.unet.get_submodule(UNET).weight
    assert (found - expected).abs().max() < 1e-3
    canvas = studio.check(REPLY).canvas
    assert canvas is not None
    record = studio.record(canvas, RenderSettings())
    assert record.loras == loras
    assert record.training == "v_prediction"
    assert studio._painter.model.scheduler.config.prediction_type == "v_prediction"


def test_what_a_lora_has_that_is_not_used_is_reported_and_the_precision_is_followed(tmp_path: Path) -> None:
    saved = tmp_path / "tiny"
    tiny.pipeline().save_pretrained(saved)
    kohya(tmp_path, **{"bundle_emb.ohwx.clip_l": torch.zeros(2, 16)})
    options = Options(painter=str(saved), device="cpu", loras=("kohya.safetensors",), precision="bfloat16")
    studio = open_studio(options)
    loaded(studio)
    assert studio._painter.model.pipeline.unet.dtype == torch.bfloat16
    assert studio.status().painter.notes == (
        "Of the LoRA kohya.safetensors 1 tensor (embeddings of trigger words) was left out.",
    )
    shown = PageState(studio).models(studio.status())["parts"][1]
    assert shown["message"].endswith("is ready. " + studio.status().painter.notes[0])


def test_a_single_file_of_the_hub_is_fetched_alone(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    source = original.pipeline()
    layout = original.layout(tmp_path / "layout", source)
    monkeypatch.setattr("lib_omost.render.sdxl.loading.load_painter", partial(load_painter, layout=layout))
    hub.repositories["owner/anime"] = {
        "one.safetensors": save(original.state_dict(source)), "two.safetensors": b"", "model_index.json": b"{}",
    }  # fmt: skip
    name, models = "owner/anime/one.safetensors", tmp_path / "models"
    options = Options(painter=name, device="cpu", models=models)
    assert reachable(name, options)
    assert not reachable("owner/absent/one.safetensors", options)
    studio = open_studio(options)
    loaded(studio)
    assert studio._painter.model.name == "one"
    assert set(hub.downloads()) == {"one.safetensors"}
    assert fingerprint(name, models) == f"commit:{COMMIT}"
    hub.asked.clear()
    assert reachable(name, Options(models=models, offline=True)), "it is on the disk now"
    assert hub.asked == []


def test_pickles_of_the_hub_are_refused_before_they_are_fetched(tmp_path: Path, hub: Hub) -> None:
    hub.repositories["owner/old"] = {"lora.pt": b"data", "model_index.json": b"{}", "unet/config.json": b"{}",
                                     "unet/diffusion_pytorch_model.bin": b"data"}  # fmt: skip
    folder = tmp_path / "tiny"
    tiny.pipeline().save_pretrained(folder)
    options = Options(painter=str(folder), device="cpu", models=tmp_path / "models")
    for changed in (
        Options(painter=str(folder), device="cpu", models=options.models, loras=("owner/old/lora.pt",)),
        Options(painter="owner/old", device="cpu", models=options.models),
        Options(painter="owner/old/lora.pt", device="cpu", models=options.models),
    ):
        studio = open_studio(changed)
        with pytest.raises(ModelError, match="--allow-pickle"):
            loaded(studio)
    assert hub.downloads() == []
    studio = open_studio(Options(painter="owner/old", device="cpu", models=options.models, pickles=True))
    with pytest.raises(ModelError, match="nameless checkpoint"):
        loaded(studio)
    assert "unet/diffusion_pytorch_model.bin" in hub.downloads()
