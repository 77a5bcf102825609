"""LoRA files made on the spot, in the forms in which they are published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch import Tensor

from lib_omost.errors import ModelError
from lib_omost.render.sdxl.loading import load_painter
from lib_omost.render.sdxl.lora import merge
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import Lora
from tests.render import tiny
from tests.render.sdxl.test_painter import SMALL, pictures, same

UNET = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
FIRST = "encoder.layers.1.self_attn."
SECOND = "encoder.layers.0."
LAYERS = {
    # kohya's name, the network, the module in it, the alpha
    f"lora_unet_{UNET.replace('.', '_')}": ("unet", UNET, 1.0),
    **{
        f"lora_te1_text_model_{(FIRST + name).replace('.', '_')}": ("text_encoder", FIRST + name, alpha)
        for name, alpha in (("q_proj", 4.0), ("out_proj", 1.0))
    },
    **{
        f"lora_te2_text_model_{(SECOND + name).replace('.', '_')}": ("text_encoder_2", SECOND + name, 2.0)
        for name in ("mlp.fc1", "self_attn.out_proj")
    },
}


def module(pipeline: Any, network: str, name: str) -> Any:
    found = getattr(pipeline, network)
    return getattr(found, "text_model", found).get_submodule(name)


def kohya(folder: Path, name: str = "kohya.safetensors", seed: int = 5, **more: Tensor) -> Lora:
    """A LoRA of ranks 2 and 3 for layers of each network, in the format of kohya's scripts."""
    torch.manual_seed(seed)
    pipeline = tiny.pipeline()
    stored = dict(more)
    for key, (network, layer, alpha) in LAYERS.items():
        rows, columns = module(pipeline, network, layer).weight.shape
        rank = 3 if key.endswith("out_proj") else 2
        stored[f"{key}.lora_down.weight"] = torch.randn(rank, columns)
        stored[f"{key}.lora_up.weight"] = torch.randn(rows, rank)
        stored[f"{key}.alpha"] = torch.tensor(alpha)
    save_file(stored, folder / name)
    return Lora(str(folder), name)


def change(lora: Lora, key: str, alpha: float) -> Tensor:
    stored = load_file(Path(lora.source) / lora.file)
    up, down = stored[f"{key}.lora_up.weight"], stored[f"{key}.lora_down.weight"]
    return lora.scale * alpha / len(down) * up @ down


def test_several_are_merged_into_all_three_networks_as_strongly_as_asked(tmp_path: Path) -> None:
    plain, merged = tiny.pipeline(), tiny.pipeline()
    loras = replace(kohya(tmp_path), scale=0.5), replace(kohya(tmp_path, "other.safetensors", 6), scale=-1.5)
    merge(merged, loras)
    for key, (network, layer, alpha) in LAYERS.items():
        before, after = (module(pipeline, network, layer).weight for pipeline in (plain, merged))
        expected = before + sum(change(lora, key, alpha) for lora in loras)
        torch.testing.assert_close(after, expected, atol=1e-4, rtol=1e-4, msg=network)
    touched = {(network, f"{layer}.weight") for network, layer, _ in LAYERS.values()}
    for network in ("unet", "text_encoder", "text_encoder_2"):
        theirs, ours = getattr(plain, network).state_dict(), getattr(merged, network).state_dict()
        assert theirs.keys() == ours.keys(), "nothing of the library is left behind"
        changed = {(network, name) for name in theirs if not torch.equal(theirs[name], ours[name])}
        assert changed <= {(network, name) for _, name in touched} | {
            (network, f"text_model.{name}") for _, name in touched
        }
    assert not same(
        pictures(SDXLPainter(merged, "m"), SMALL)[0].image, pictures(SDXLPainter(plain, "p"), SMALL)[0].image
    )


def test_the_form_that_diffusers_publishes_is_read(tmp_path: Path) -> None:
    torch.manual_seed(5)
    unet = tiny.unet()
    unet.add_adapter(LoraConfig(r=2, target_modules=["attn2.to_k", "attn2.to_v"], init_lora_weights=False))
    StableDiffusionXLPipeline.save_lora_weights(tmp_path, unet_lora_layers=get_peft_model_state_dict(unet))
    lora = Lora(str(tmp_path), "pytorch_lora_weights.safetensors")
    plain, merged = tiny.pipeline(), tiny.pipeline()
    merge(merged, [lora])
    stored = load_file(tmp_path / lora.file)
    down, up = (stored[f"unet.{UNET}.lora_{side}.weight"] for side in "AB")
    difference = merged.unet.get_submodule(UNET).weight - plain.unet.get_submodule(UNET).weight
    torch.testing.assert_close(difference, up @ down, atol=1e-4, rtol=1e-3)


def test_a_pickled_lora_needs_leave(tmp_path: Path) -> None:
    lora = kohya(tmp_path)
    torch.save(load_file(tmp_path / lora.file), tmp_path / "lora.pt")
    with pytest.raises(ModelError, match="--allow-pickle"):
        merge(tiny.pipeline(), [replace(lora, file="lora.pt")])
    one, other = tiny.pipeline(), tiny.pipeline()
    merge(one, [lora])
    merge(other, [replace(lora, file="lora.pt")], pickles=True)
    torch.testing.assert_close(other.unet.state_dict(), one.unet.state_dict())


def cross(
    width: int, name: str = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
) -> dict[str, Tensor]:
    return {f"{name}.lora_down.weight": torch.zeros(2, width), f"{name}.lora_up.weight": torch.zeros(16, 2)}


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        (cross(768), "made for Stable Diffusion 1; this painter is an SDXL checkpoint that reads texts of 32 channels"),
        (cross(1024), "made for Stable Diffusion 2"),
        (cross(2048), "made for SDXL;"),
        (cross(33), "texts of 33 channels;"),
        (cross(768, "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_k_lora"), "was made for"),
        (cross(32, "lora_unet_double_blocks_0_img_attn_qkv"), "made for Flux"),
        (cross(32, "lora_unet_joint_blocks_0_x"), "made for Stable Diffusion 3"),
        (cross(32, "lora_unet_down_blocks_7_attentions_0_transformer_blocks_0_attn2_to_k"), "Of the 1 layers"),
        (
            {**cross(32), **cross(32, "lora_unet_down_blocks_7_attentions_0_transformer_blocks_0_attn2_to_k")},
            "Of the 2 layers",
        ),
        ({"lora_unet_x.hada_w1_a": torch.zeros(1)}, "Of the 1 layers"),
        ({**cross(32), "lora_unet_x.dora_scale": torch.zeros(1)}, "Of the 2 layers"),
        ({"some.weight": torch.zeros(3)}, "is not a LoRA"),
        ({name: tensor * torch.nan for name, tensor in cross(32).items()}, "not numbers"),
    ],
)
def test_a_file_that_does_not_fit_is_reported(tmp_path: Path, tensors: dict[str, Tensor], said: str) -> None:
    save_file(tensors, tmp_path / "lora.safetensors")
    with pytest.raises(ModelError, match=r"\.$") as caught:
        merge(tiny.pipeline(), [Lora(str(tmp_path), "lora.safetensors")])
    assert said in str(caught.value), str(caught.value)


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "lora.txt").touch()
    (tmp_path / "broken.safetensors").write_bytes(b"no weights")
    for file, said in (
        ("absent.safetensors", "There is no LoRA"),
        ("lora.txt", "is empty"),
        ("broken.safetensors", "is a text"),
    ):
        with pytest.raises(ModelError, match=said):
            merge(tiny.pipeline(), [Lora(str(tmp_path), file)])


def test_a_painter_is_loaded_with_its_loras(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    tiny.pipeline().save_pretrained(folder)
    lora = kohya(tmp_path)
    painter = load_painter(folder, device="cpu", loras=[lora])
    weight = painter.pipeline.unet.get_submodule(UNET).weight
    key, (_, _, alpha) = next(iter(LAYERS.items()))
    torch.testing.assert_close(
        weight, tiny.unet().get_submodule(UNET).weight + change(lora, key, alpha), atol=1e-4, rtol=1e-4
    )
