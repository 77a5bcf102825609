"""Tiny SDXL checkpoints in the layout of the original code: the names in which single files hold their tensors."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline
from torch import Tensor
from transformers import CLIPTextModel, CLIPTextModelWithProjection

from lib_omost.render.sdxl.single_file import LAYOUT, tokenizer
from tests.render import tiny

_RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
           "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}  # fmt: skip
_ENDS = {"time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
         "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2",
         "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2"}  # fmt: skip
_LAYER = {"layer_norm": "ln_", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj", "self_attn": "attn"}


def pipeline() -> StableDiffusionXLPipeline:
    """As `tiny.pipeline`, with the real vocabulary and text encoders of two widths, by which single files tell them."""
    readers = tokenizer(LAYOUT), tokenizer(LAYOUT, pad="!")
    made = StableDiffusionXLPipeline(
        vae=tiny.autoencoder(),
        text_encoder=tiny.text_encoder(CLIPTextModel, readers[0], 1, width=24),
        text_encoder_2=tiny.text_encoder(CLIPTextModelWithProjection, readers[1], 2),
        tokenizer=readers[0],
        tokenizer_2=readers[1],
        unet=tiny.unet(cross=24 + tiny.TEXT),
        scheduler=EulerDiscreteScheduler.from_pretrained(LAYOUT, subfolder="scheduler"),
        add_watermarker=False,
    )
    made.set_progress_bar_config(disable=True)
    return made


def layout(folder: Path, of: StableDiffusionXLPipeline) -> Path:
    """What `single_file.LAYOUT` is for a full-size checkpoint."""
    shutil.copytree(LAYOUT, folder)
    for name in ("unet", "vae", "text_encoder", "text_encoder_2"):
        part = getattr(of, name)
        part.save_config(folder / name) if name in ("unet", "vae") else part.config.save_pretrained(folder / name)
    index = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    (folder / "model_index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def state_dict(of: StableDiffusionXLPipeline) -> dict[str, Tensor]:
    """Every tensor of the four networks under its original name."""
    found: dict[str, Tensor] = {}
    parts: list[tuple[str, Any, Any]] = [
        ("model.diffusion_model.", of.unet, _unet_name),
        ("first_stage_model.", of.vae, _vae_name),
    ]
    for prefix, network, rename in parts:
        for name, tensor in network.state_dict().items():
            found[prefix + rename(name)] = tensor.clone().contiguous()
    for name, tensor in of.text_encoder.state_dict().items():
        found[f"conditioner.embedders.0.transformer.text_model.{name.removeprefix('text_model.')}"] = tensor.clone()
    second = {f"conditioner.embedders.1.model.{name}": tensor for name, tensor in _open_clip(of.text_encoder_2).items()}
    return {**found, **second}


def _unet_name(name: str) -> str:
    for part, original in _ENDS.items():
        if name.startswith(f"{part}."):
            return original + name.removeprefix(part)
    kind, rest = name.split(".", 1)
    if kind == "mid_block":
        which, number, rest = rest.split(".", 2)
        return f"middle_block.{2 * int(number) if which == 'resnets' else 1}.{_resnet(rest)}"
    block, which, number, rest = rest.split(".", 3)
    if kind == "down_blocks":
        # One resnet a block, then the downsampler.
        at = 1 + 2 * int(block) + (1 if which == "downsamplers" else int(number))
        return f"input_blocks.{at}." + (
            f"0.op.{rest.removeprefix('conv.')}" if which == "downsamplers" else f"{_slot(which)}.{_resnet(rest)}"
        )
    at = 2 * int(block) + (1 if which == "upsamplers" else int(number))
    return f"output_blocks.{at}." + (f"2.{rest}" if which == "upsamplers" else f"{_slot(which)}.{_resnet(rest)}")


def _slot(which: str) -> int:
    return {"resnets": 0, "attentions": 1}[which]


def _resnet(rest: str) -> str:
    head, _, tail = rest.partition(".")
    return f"{_RESNET[head]}.{tail}" if head in _RESNET else rest


def _vae_name(name: str) -> str:
    name = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda found: f"mid.block_{int(found[1]) + 1}", name)
    name = name.replace("mid_block.attentions.0", "mid.attn_1")
    for part, original in (
        ("group_norm", "norm"),
        ("to_q", "q"),
        ("to_k", "k"),
        ("to_v", "v"),
        ("to_out.0", "proj_out"),
    ):
        name = name.replace(f"attn_1.{part}", f"attn_1.{original}")
    name = re.sub(r"down_blocks\.(\d)\.resnets", r"down.\1.block", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d)\.resnets", lambda found: f"up.{3 - int(found[1])}.block", name)
    return re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda found: f"up.{3 - int(found[1])}.upsample", name)


def _open_clip(encoder: CLIPTextModelWithProjection) -> dict[str, Tensor]:
    theirs = {name.removeprefix("text_model."): tensor.clone() for name, tensor in encoder.state_dict().items()}
    found = {
        "positional_embedding": theirs.pop("embeddings.position_embedding.weight"),
        "token_embedding.weight": theirs.pop("embeddings.token_embedding.weight"),
        "text_projection": theirs.pop("text_projection.weight").T.contiguous(),
        "ln_final.weight": theirs.pop("final_layer_norm.weight"),
        "ln_final.bias": theirs.pop("final_layer_norm.bias"),
    }
    for layer in range(encoder.config.num_hidden_layers):
        for kind in ("weight", "bias"):
            names = [f"encoder.layers.{layer}.self_attn.{one}_proj.{kind}" for one in "qkv"]
            found[f"transformer.resblocks.{layer}.attn.in_proj_{kind}"] = torch.cat(
                [theirs.pop(name) for name in names]
            )
    for name, tensor in theirs.items():
        for part, original in _LAYER.items():
            name = name.replace(part, original)
        found[name.replace("encoder.layers", "transformer.resblocks")] = tensor
    return found
