"""FLUX.2 checkpoints from this disk, through the options, the command line and the API."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from lib_omost import cli
from lib_omost.artifacts.record import read_record_file
from lib_omost.errors import ModelError, SettingsError
from lib_omost.opening.choice import choose
from lib_omost.opening.options import Options
from lib_omost.presets import FLUX2, PAINTERS, SDXL, family_of, painter_preset
from lib_omost.render.flow_loading import load_flow
from lib_omost.render.flux2.loading import FAMILY
from lib_omost.render.settings import Lora, Picture
from tests.render.flux2 import tiny
from tests.render.flux2.test_painter import CONDITIONS, SETTINGS
from tests.scripted import REPLY


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny-klein"
    tiny.pipeline().save_pretrained(path)
    return path


def picture(painter: Any, **change: Any) -> np.ndarray:
    (made,) = [event for event in painter.render(CONDITIONS, replace(SETTINGS, **change)) if isinstance(event, Picture)]
    return np.asarray(made.image, float)


def test_a_folder_paints_as_the_networks_that_were_saved(folder: Path) -> None:
    from lib_omost.render.flux2.painter import Flux2Painter

    loaded = load_flow(folder, FAMILY, device="cpu", dtype=torch.float32)
    assert loaded.name == "tiny-klein"
    assert loaded.precision == "float32"
    # Where weights lie in memory may change the last bit of a sum.
    assert np.abs(picture(loaded) - picture(Flux2Painter(tiny.pipeline(), "tiny"))).max() <= 1


def test_the_folder_says_its_family_and_brings_its_settings(folder: Path) -> None:
    preset = painter_preset(str(folder))
    assert preset.family is FLUX2 is family_of("someone/FLUX.2-klein-9B-tuned")
    assert preset.settings.sampler == "flow"
    assert preset.lacking == PAINTERS["flux2-klein"].lacking > {"guidance_scale", "negative_prompt"}
    assert family_of("SG161222/RealVisXL_V4.0") is SDXL
    with pytest.raises(SettingsError, match="--compile is for SDXL alone"):
        choose(Options(painter=str(folder), composer="embedded", device="cpu", compiled=True))


@pytest.mark.gpu
def test_in_4_bits_it_paints_nearly_the_same(folder: Path) -> None:
    packed = load_flow(folder, FAMILY, device="cuda", bits=4)
    assert any(weight.dtype == torch.uint8 for weight in packed.pipeline.transformer.parameters())
    difference = np.abs(picture(packed) - picture(load_flow(folder, FAMILY, device="cuda")))
    assert 0 < difference.mean() < 40


def test_the_command_line_renders_with_it(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "reply.txt").write_text(REPLY, encoding="utf-8")
    target = tmp_path / "a.png"
    command = ["render", str(tmp_path / "reply.txt"), "-o", str(target), "--painter", str(folder), "--device", "cpu"]
    assert cli.main([*command, "--width", "64", "--height", "96", "--steps", "2", "--seed", "7"]) == 0
    with Image.open(target) as image:
        assert image.size == (64, 96)
    settings = read_record_file(target).record.settings
    assert (settings.sampler, settings.formula, settings.steps, settings.seed) == ("flow", "layered", 2, 7)


def lora(path: Path, name: str) -> Lora:
    network = tiny.transformer()
    width = network.inner_dim
    generator = torch.Generator().manual_seed(3)
    tensors = {}
    for layer in ("to_q", "to_v"):
        key = f"transformer.transformer_blocks.0.attn.{layer}"
        tensors[f"{key}.lora_A.weight"] = torch.randn(2, width, generator=generator)
        tensors[f"{key}.lora_B.weight"] = torch.randn(width, 2, generator=generator)
    save_file(tensors, path / name)
    return Lora(str(path), name, 0.5)


def test_a_lora_is_merged_at_its_weight(folder: Path, tmp_path: Path) -> None:
    given = lora(tmp_path, "style.safetensors")
    loaded = load_flow(folder, FAMILY, device="cpu", dtype=torch.float32, loras=[given])
    plain = tiny.transformer()
    before = plain.transformer_blocks[0].attn.to_q.weight
    after = loaded.pipeline.transformer.transformer_blocks[0].attn.to_q.weight
    tensors = load_file(tmp_path / "style.safetensors")
    key = "transformer.transformer_blocks.0.attn.to_q"
    change = tensors[f"{key}.lora_B.weight"] @ tensors[f"{key}.lora_A.weight"]
    assert torch.allclose(after, before + 0.5 * change, atol=1e-5)
    both = load_flow(folder, FAMILY, device="cpu", dtype=torch.float32, loras=[given, replace(given, scale=-0.5)])
    restored = both.pipeline.transformer.transformer_blocks[0].attn.to_q.weight
    assert torch.allclose(restored, before, atol=1e-5)


def test_a_foreign_lora_is_a_sentence(folder: Path, tmp_path: Path) -> None:
    save_file({"lora_unet_down_blocks_0.alpha": torch.ones(1)}, tmp_path / "sdxl.safetensors")
    with pytest.raises(ModelError, match=r"LoRA sdxl.safetensors could not be added .* FLUX.2 klein"):
        load_flow(folder, FAMILY, device="cpu", loras=[Lora(str(tmp_path), "sdxl.safetensors")])
    with pytest.raises(ModelError, match="There is no LoRA at"):
        load_flow(folder, FAMILY, device="cpu", loras=[Lora(str(tmp_path), "none.safetensors")])


def drop(path: Path) -> None:
    """Remove one tensor from a file."""
    tensors = load_file(path)
    del tensors["transformer_blocks.1.attn.to_q.weight"]
    save_file(tensors, path)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: shutil.rmtree(path / "text_encoder"), "incomplete: text_encoder"),
        (lambda path: (path / "transformer" / "diffusion_pytorch_model.safetensors").unlink(), "incomplete: "),
        (
            lambda path: (path / "model_index.json").write_text(json.dumps({"_class_name": "FluxPipeline"})),
            "holds a FluxPipeline, but only SDXL, FLUX.2 klein and Z-Image checkpoints can paint",
        ),
        (
            lambda path: (path / "vae" / "diffusion_pytorch_model.safetensors").write_text("version https://git-lfs"),
            "Git LFS pointer",
        ),
        (lambda path: drop(path / "transformer" / "diffusion_pytorch_model.safetensors"), "weights of transformer in"),
        (lambda path: (path / "tokenizer" / "chat_template.jinja").unlink(), "could not be loaded"),
        (lambda path: (path / "model_index.json").write_text("[" * 100_000), "cannot be read"),
    ],
)
def test_a_damaged_folder_is_a_sentence(folder: Path, tmp_path: Path, spoil: Any, said: str) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    spoil(copy)
    with pytest.raises(ModelError, match=said):
        load_flow(copy, FAMILY, device="cpu")


def test_a_single_file_is_a_sentence(tmp_path: Path) -> None:
    save_file({"a": torch.ones(1)}, tmp_path / "klein.safetensors")
    with pytest.raises(ModelError, match=r"the transformer of FLUX\.2 klein alone"):
        load_flow(tmp_path / "klein.safetensors", FAMILY, device="cpu")


def test_loras_beside_packed_weights_keep_their_own_weights(folder: Path, tmp_path: Path) -> None:
    from lib_omost.render.flow_loading import _add, _weigh

    pipeline = tiny.pipeline()
    for name in ("one.safetensors", "two.safetensors"):
        _add(pipeline, lora(tmp_path, name), "FLUX.2 klein", merged=False)
    _weigh(pipeline, [0.5, -0.25], torch.bfloat16)
    layer = pipeline.transformer.transformer_blocks[0].attn.to_q
    assert list(layer.scaling.values()) == [0.5, -0.25]
    assert {weight.dtype for weight in layer.lora_A.parameters()} == {torch.bfloat16}


@pytest.mark.parametrize(
    ("name", "steps", "lacks_guidance"),
    [
        ("black-forest-labs/FLUX.2-klein-base-4B", 50, False),
        ("someone/flux2-klein-tuned", 4, True),
        ("Tongyi-MAI/Z-Image", 50, False),
        ("someone/Z-Image-Turbo-anime", 9, False),
        ("jazz-image/sdxl-thing", 25, False),
        ("someone/fizzimage-xl", 25, False),
    ],
)
def test_a_repository_is_known_by_its_name(name: str, steps: int, lacks_guidance: bool) -> None:
    preset = painter_preset(name)
    assert preset.settings.steps == steps
    assert ("guidance_scale" in preset.lacking) == lacks_guidance
    assert preset.title == name.partition("/")[2]
