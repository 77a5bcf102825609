from __future__ import annotations

import pytest

from lib_omost.render.sdxl.families import family, piece


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("model.diffusion_model.double_blocks.0.img_attn.proj.weight", "Flux"),
        ("lora_unet_single_blocks_0_linear1.lora_down.weight", "Flux"),
        ("lora_transformer_single_transformer_blocks_0_attn_to_q.lora_down.weight", "Flux"),
        ("distilled_guidance_layer.in_proj.weight", "Chroma"),
        ("double_stream_blocks.0.block.attn.weight", "HiDream"),
        ("model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight", "Stable Diffusion 3"),
        ("transformer.transformer_blocks.0.attn.add_q_proj.lora_A.weight", "Stable Diffusion 3"),
        ("transformer.transformer_blocks.0.img_mlp.net.2.lora_A.weight", "Qwen-Image"),
        ("transformer.transformer_blocks.0.attn.to_q.lora_A.weight", "Flux"),
        ("diffusion_model.blocks.0.cross_attn.k.lora_A.weight", "Wan"),
        ("lora_unet_blocks_0_attn_qkv.lora_down.weight", "PixArt"),
        ("diffusion_model.layers.0.attention.to_q.lora_A.weight", "Lumina or Z-Image"),
        ("lora_prior_unet_x.lora_down.weight", "Stable Cascade"),
        ("text_encoders.t5xxl.transformer.shared.weight", "Stable Diffusion 3"),
        ("cond_stage_model.transformer.x", "Stable Diffusion 1 or 2"),
    ],
)
def test_other_families_are_known_by_name(name: str, what: str) -> None:
    found = family(["irrelevant", name])
    assert found is not None
    assert what in found


@pytest.mark.parametrize(
    "name",
    [
        "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight",
        "conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_weight",
        "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight",
        "unet.up_blocks.0.attentions.2.transformer_blocks.5.ff.net.0.proj.lora_A.weight",
        "lora_te1_text_model_encoder_layers_0_self_attn_q_proj.alpha",
        "text_encoder_2.text_model.encoder.layers.0.mlp.fc1.lora_A.weight",
        "first_stage_model.decoder.up.0.block.0.conv1.weight",
    ],
)
def test_sdxl_is_none_of_them(name: str) -> None:
    assert family([name]) is None


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("control_model.input_blocks.0.0.weight", "ControlNet"),
        ("lora_controlnet", "Control-LoRA"),
        ("image_proj.latents", "IP-Adapter"),
        ("clip_g", "embedding"),
        ("model.diffusion_model.input_blocks.0.0.weight", "the UNet alone"),
        ("output_blocks.1.0.weight", "the UNet alone"),
        ("down_blocks.0.resnets.0.conv1.weight", "diffusers' names"),
        ("decoder.conv_in.weight", "VAE"),
        ("text_model.encoder.layers.0.mlp.fc1.weight", "a text encoder"),
        ("encoder.block.0.layer.0.SelfAttention.q.weight", "T5"),
        ("model.0.weight", "upscaler"),
    ],
)
def test_parts_are_known_by_name(name: str, what: str) -> None:
    assert what in (piece([name]) or "")


def test_what_is_unknown_is_nothing() -> None:
    assert piece(["x"]) is family(["x"]) is None
