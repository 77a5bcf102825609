"""Each form of LoRA that diffusers or peft can load is merged as they merge it; the others follow their formulas."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from peft import LoHaConfig, LoKrConfig, LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from torch import Tensor

from lib_omost.errors import ModelError
from lib_omost.render.sdxl.lora import merge
from lib_omost.render.settings import Lora
from tests.render import tiny

NETWORKS = ("unet", "text_encoder", "text_encoder_2")
UNET = (
    "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k",
    "down_blocks.1.attentions.0.transformer_blocks.1.attn1.to_out.0",
    "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj",
    "up_blocks.1.attentions.1.proj_in",
)
CONVOLUTIONS = (
    "down_blocks.0.resnets.0.conv1",
    "down_blocks.0.downsamplers.0.conv",
    "down_blocks.1.resnets.0.conv_shortcut",
    "mid_block.resnets.1.time_emb_proj",
    "up_blocks.0.upsamplers.0.conv",
    "up_blocks.1.resnets.0.conv2",
)
ENCODERS = ("encoder.layers.0.self_attn.q_proj", "encoder.layers.2.self_attn.out_proj", "encoder.layers.1.mlp.fc1")
ORIGINAL = {
    UNET[0]: "input_blocks_1_1_transformer_blocks_0_attn2_to_k",
    UNET[1]: "input_blocks_3_1_transformer_blocks_1_attn1_to_out_0",
    UNET[2]: "middle_block_1_transformer_blocks_0_ff_net_0_proj",
    UNET[3]: "output_blocks_3_1_proj_in",
    CONVOLUTIONS[0]: "input_blocks_1_0_in_layers_2",
    CONVOLUTIONS[1]: "input_blocks_2_0_op",
    CONVOLUTIONS[2]: "input_blocks_3_0_skip_connection",
    CONVOLUTIONS[3]: "middle_block_2_emb_layers_1",
    CONVOLUTIONS[4]: "output_blocks_1_2_conv",
    CONVOLUTIONS[5]: "output_blocks_2_0_out_layers_3",
}


def weight(network: str, layer: str) -> Tensor:
    found = getattr(tiny.pipeline(), network)
    module = getattr(found, "text_model", found).get_submodule(layer)
    return module.weight.detach()  # type: ignore[no-any-return]


def pair(network: str, layer: str, rank: int = 2) -> tuple[Tensor, Tensor]:
    rows, columns, *kernel = weight(network, layer).shape
    torch.manual_seed(len(layer) + rows)
    return 0.3 * torch.randn(rank, columns, *kernel), 0.3 * torch.randn(rows, rank, *([1] * len(kernel)))


def stored(
    layers: dict[str, tuple[str, ...]],
    name: Callable[[str, str], str],
    down: str = "lora_down.weight",
    up: str = "lora_up.weight",
    alpha: float | None = 1.0,
    dtype: torch.dtype = torch.float32,
) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    for network, names in layers.items():
        for layer in names:
            one, other = pair(network, layer)
            key = name(network, layer)
            found[f"{key}.{down}"], found[f"{key}.{up}"] = one.to(dtype), other.to(dtype)
            if alpha is not None:
                found[f"{key}.alpha"] = torch.tensor(alpha)
    return found


def kohya(network: str, layer: str) -> str:
    if network == "unet":
        return f"lora_unet_{layer.replace('.', '_')}"
    return f"lora_te{1 if network == 'text_encoder' else 2}_text_model_{layer.replace('.', '_')}"


def original(network: str, layer: str) -> str:
    return f"lora_unet_{ORIGINAL[layer]}" if network == "unet" else kohya(network, layer)


def dotted(network: str, layer: str) -> str:
    return f"{network}.{'' if network == 'unet' else 'text_model.'}{layer}"


def old(network: str, layer: str) -> str:
    if network != "unet":
        return f"{network}.text_model.{layer}.lora_linear_layer"
    head, _, tail = layer.partition(".to_")
    return f"unet.{head}.processor.to_{tail.removesuffix('.0')}_lora"


def ours(folder: Path, tensors: dict[str, Tensor], scale: float = 0.5, **metadata: str) -> dict[str, Any]:
    """Every weight after our merge."""
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "lora.safetensors", metadata)
    pipeline = tiny.pipeline()
    told: list[str] = []
    merge(pipeline, [Lora(str(folder), "lora.safetensors", scale)], notify=told.append)
    return {**{name: getattr(pipeline, name).state_dict() for name in NETWORKS}, "told": told}


def theirs(folder: Path, scale: float = 0.5) -> dict[str, Any]:
    """Every weight after diffusers' merge of the same file."""
    pipeline = tiny.pipeline()
    pipeline.load_lora_weights(folder, weight_name="lora.safetensors", low_cpu_mem_usage=False)
    pipeline.fuse_lora(lora_scale=scale)
    pipeline.unload_lora_weights()
    return {name: getattr(pipeline, name).state_dict() for name in NETWORKS}


def changed(found: dict[str, Any]) -> dict[str, Tensor]:
    plain = tiny.pipeline()
    return {
        f"{network}.{name}": tensor
        for network in NETWORKS
        for name, tensor in found[network].items()
        if not torch.equal(tensor, getattr(plain, network).state_dict()[name])
    }


def require_same(found: dict[str, Any], expected: dict[str, Any], number: int) -> None:
    for network in NETWORKS:
        torch.testing.assert_close(found[network], expected[network], atol=1e-5, rtol=1e-5)
    assert len(changed(found)) == number


ALL: dict[str, tuple[str, ...]] = {"unet": UNET, "text_encoder": ENCODERS, "text_encoder_2": ENCODERS}
WITH_CONVOLUTIONS: dict[str, tuple[str, ...]] = {"unet": (*UNET, *CONVOLUTIONS)}
ATTENTION: dict[str, tuple[str, ...]] = {"unet": UNET[:2], "text_encoder": ENCODERS[:2], "text_encoder_2": ENCODERS[:2]}
AB = {"down": "lora_A.weight", "up": "lora_B.weight", "alpha": None}


@pytest.mark.parametrize(
    ("tensors", "number"),
    [
        pytest.param(stored(ALL, kohya), 10, id="kohya, names of diffusers"),
        pytest.param(stored(ALL, original), 10, id="kohya, original names"),
        pytest.param(stored(ALL, kohya, alpha=None), 10, id="no alpha"),
        pytest.param(stored({"text_encoder_2": ENCODERS}, kohya), 3, id="one text encoder"),
        pytest.param(stored(WITH_CONVOLUTIONS, original), 10, id="LoCon, original names"),
        pytest.param(stored(WITH_CONVOLUTIONS, kohya), 10, id="LoCon, names of diffusers"),
        pytest.param(stored(ALL, dotted, **AB), 10, id="diffusers"),
        pytest.param(stored(ATTENTION, old, "down.weight", "up.weight", None), 6, id="diffusers, old"),
    ],
)
def test_what_diffusers_reads_is_merged_as_it_merges_it(
    tmp_path: Path, tensors: dict[str, Tensor], number: int
) -> None:
    found = ours(tmp_path, tensors)
    require_same(found, theirs(tmp_path), number)
    assert found["told"] == []


@pytest.mark.parametrize(
    "more",
    [
        {"lora_alpha": 4},
        {"lora_alpha": 4, "use_rslora": True},
        {"lora_alpha": 1, "alpha_pattern": {"attn2.to_k": 6, "down_blocks.1.*to_out.0": 3}},
    ],
)
def test_the_alpha_that_diffusers_writes_into_the_header_is_followed(tmp_path: Path, more: dict[str, Any]) -> None:
    stated = {"unet.r": 2, "unet.target_modules": list(UNET), "unet.peft_type": "LORA"}
    header = json.dumps({**stated, **{f"unet.{name}": value for name, value in more.items()}})
    tensors = stored({"unet": UNET}, dotted, **AB)
    found = ours(tmp_path, tensors, lora_adapter_metadata=header)
    require_same(found, theirs(tmp_path), 4)
    plain = ours(tmp_path, tensors)
    assert not torch.allclose(found["unet"][f"{UNET[0]}.weight"], plain["unet"][f"{UNET[0]}.weight"])


def test_dora_as_diffusers_saves_it(tmp_path: Path) -> None:
    torch.manual_seed(5)
    unet = tiny.unet()
    targets = [*UNET, "conv1", "conv2"]
    unet.add_adapter(LoraConfig(r=2, lora_alpha=4, use_dora=True, target_modules=targets, init_lora_weights=False))
    layers = get_peft_model_state_dict(unet)
    for name, tensor in layers.items():
        if "magnitude" in name:
            tensor *= 1 + 0.2 * torch.rand(tensor.shape)
    config = {"r": 2, "lora_alpha": 4, "use_dora": True, "target_modules": targets, "peft_type": "LORA"}
    StableDiffusionXLPipeline.save_lora_weights(
        tmp_path, unet_lora_layers=layers, unet_lora_adapter_metadata=config, weight_name="dora.safetensors"
    )
    (tmp_path / "dora.safetensors").rename(tmp_path / "lora.safetensors")
    expected = theirs(tmp_path, 1.0)
    pipeline = tiny.pipeline()
    merge(pipeline, [Lora(str(tmp_path), "lora.safetensors")])
    found = {name: getattr(pipeline, name).state_dict() for name in NETWORKS}
    require_same(found, expected, len([name for name in layers if "magnitude" in name]))


ADAPTERS = [
    LoraConfig(r=2, target_modules=[*UNET, *CONVOLUTIONS], init_lora_weights=False),
    LoraConfig(r=2, lora_alpha=6, target_modules=list(UNET[1:]), lora_bias=True, init_lora_weights=False),
    LoraConfig(r=2, lora_alpha=3, use_dora=True, target_modules=[*UNET, *CONVOLUTIONS], init_lora_weights=False),
    LoHaConfig(r=2, alpha=3, target_modules=[*UNET, *CONVOLUTIONS], init_weights=False),
    LoHaConfig(r=2, alpha=2, use_effective_conv2d=True, target_modules=list(CONVOLUTIONS), init_weights=False),
    LoKrConfig(r=2, alpha=5, target_modules=[*UNET, *CONVOLUTIONS], init_weights=False),
    LoKrConfig(r=2, alpha=5, decompose_both=True, target_modules=list(UNET), init_weights=False),
    LoKrConfig(r=2, alpha=3, use_effective_conv2d=True, target_modules=list(CONVOLUTIONS), init_weights=False),
    LoKrConfig(r=99, alpha=3, decompose_factor=4, target_modules=list(UNET), init_weights=False),
]


@pytest.mark.parametrize("prefix", ["base_model.model.", "unet.", ""])
@pytest.mark.parametrize("config", ADAPTERS, ids=lambda config: type(config).__name__)
def test_what_peft_saves_is_merged_as_it_merges_it(tmp_path: Path, config: Any, prefix: str) -> None:
    config = copy.deepcopy(config)  # peft writes into it
    torch.manual_seed(5)
    model: Any = get_peft_model(tiny.unet(), config)  # type: ignore[arg-type]  # any module will do
    model.save_pretrained(tmp_path)
    state = {name.removeprefix("base_model.model."): one for name, one in get_peft_model_state_dict(model).items()}
    save_file(
        {prefix + name: tensor.contiguous() for name, tensor in state.items()}, tmp_path / "adapter_model.safetensors"
    )
    expected = model.merge_and_unload().state_dict()
    pipeline = tiny.pipeline()
    told: list[str] = []
    merge(pipeline, [Lora(str(tmp_path), "adapter_model.safetensors")], notify=told.append)
    assert told == []
    found = pipeline.unet.state_dict()
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    assert any(not torch.equal(found[name], tensor) for name, tensor in tiny.unet().state_dict().items())


LAYER = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
CONVOLUTION = "lora_unet_down_blocks_0_resnets_0_conv1"


def change(found: dict[str, Any], name: str) -> Tensor:
    return found["unet"][name] - tiny.unet().state_dict()[name]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "name",
    [
        lambda layer: f"lycoris_{layer.replace('.', '_')}",
        lambda layer: f"lycoris_unet_{layer.replace('.', '_')}",
        lambda layer: f"lycoris_unet_{ORIGINAL[layer]}",
        lambda layer: f"base_model.model.unet.{layer}",
        lambda layer: f"unet.base_model.model.{layer}",
        lambda layer: f"unet.unet.{layer}",
        lambda layer: f"diffusion_model.{ORIGINAL[layer]}",
        lambda layer: layer,
    ],
)
def test_other_names_of_the_same_layers(tmp_path: Path, name: Callable[[str], str]) -> None:
    expected = ours(tmp_path, stored({"unet": UNET}, kohya))
    require_same(ours(tmp_path, stored({"unet": UNET}, lambda _, layer: name(layer))), expected, 4)


def test_names_of_text_encoders_by_other_tools(tmp_path: Path) -> None:
    encoders: dict[str, tuple[str, ...]] = {"text_encoder": ENCODERS, "text_encoder_2": ENCODERS}
    expected = ours(tmp_path, stored(encoders, kohya))
    letters = {"text_encoder": "l", "text_encoder_2": "g"}
    numbers = {"text_encoder": "", "text_encoder_2": "_2"}
    named = stored(encoders, lambda network, layer: f"text_encoder{numbers[network]}.base_model.model.{layer}")
    require_same(ours(tmp_path, named), expected, 6)
    for pattern in ("clip_{}.text_model.{}", "text_encoders.clip_{}.transformer.text_model.{}", "clip_{}.{}"):
        named = stored(encoders, lambda network, layer, p=pattern: p.format(letters[network], layer))  # type: ignore[misc]
        require_same(ours(tmp_path, named), expected, 6)


def test_the_ends_of_the_unet_by_both_names(tmp_path: Path) -> None:
    names = {
        "time_embedding.linear_1": "time_embed_0", "time_embedding.linear_2": "time_embed_2",
        "add_embedding.linear_1": "label_emb_0_0", "add_embedding.linear_2": "label_emb_0_2",
        "conv_in": "input_blocks_0_0", "conv_out": "out_2",
    }  # fmt: skip
    tensors = stored({"unet": tuple(names)}, kohya)
    found = ours(tmp_path, tensors)
    for layer in names:
        down, up = pair("unet", layer)
        expected = 0.25 * (up.flatten(1) @ down.flatten(1)).reshape(weight("unet", layer).shape)
        torch.testing.assert_close(change(found, f"{layer}.weight"), expected, atol=1e-5, rtol=1e-5)
    renamed = stored({"unet": tuple(names)}, lambda _, layer: f"lora_unet_{names[layer]}")
    require_same(ours(tmp_path, renamed), found, 6)


def test_float8_and_half_precision_are_computed_in_float32(tmp_path: Path) -> None:
    for dtype in (torch.float8_e4m3fn, torch.bfloat16, torch.float16):
        tensors = stored({"unet": UNET}, kohya, dtype=dtype)
        found = ours(tmp_path, tensors)
        require_same(found, ours(tmp_path, {name: tensor.float() for name, tensor in tensors.items()}), 4)


def test_a_tucker_decomposition_is_three_convolutions(tmp_path: Path) -> None:
    torch.manual_seed(1)
    down, mid, up = torch.randn(3, 16, 1, 1), torch.randn(2, 3, 3, 3), torch.randn(16, 2, 1, 1)
    named = {"lora_down.weight": down, "lora_mid.weight": mid, "lora_up.weight": up, "alpha": torch.tensor(6)}
    found = ours(tmp_path, {f"{CONVOLUTION}.{name}": tensor for name, tensor in named.items()}, 1.0)
    picture = torch.randn(1, 16, 8, 8)
    convolve = torch.nn.functional.conv2d
    expected = 2.0 * convolve(convolve(convolve(picture, down), mid, padding=1), up)
    given = convolve(picture, change(found, "down_blocks.0.resnets.0.conv1.weight"), padding=1)
    torch.testing.assert_close(given, expected, atol=1e-4, rtol=1e-4)


def test_whole_differences_of_weights_biases_and_norms_are_added(tmp_path: Path) -> None:
    norm, conv = "lora_unet_down_blocks_0_attentions_0_norm", "lora_unet_input_blocks_1_0_in_layers_2"
    tensors = {
        f"{conv}.diff": torch.randn(16, 16, 3, 3),
        f"{conv}.diff_b": torch.randn(16),
        f"{norm}.w_norm": torch.randn(16),
        f"{norm}.b_norm": torch.randn(16),
    }
    found = ours(tmp_path, tensors)
    assert len(changed(found)) == 4
    for key, name in (
        (f"{conv}.diff", "down_blocks.0.resnets.0.conv1.weight"),
        (f"{conv}.diff_b", "down_blocks.0.resnets.0.conv1.bias"),
        (f"{norm}.w_norm", "down_blocks.0.attentions.0.norm.weight"),
        (f"{norm}.b_norm", "down_blocks.0.attentions.0.norm.bias"),
    ):
        torch.testing.assert_close(change(found, name), 0.5 * tensors[key], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("layer", [UNET[0], UNET[1], CONVOLUTIONS[0]])
def test_dora_by_kohya_and_lycoris(tmp_path: Path, layer: str, axis: int) -> None:
    before = weight("unet", layer)
    others = [one for one in range(before.ndim) if one != axis]
    torch.manual_seed(2)
    magnitude = 1 + torch.rand([before.shape[one] if one == axis else 1 for one in range(before.ndim)])
    tensors = {**stored({"unet": (layer,)}, kohya), f"{kohya('unet', layer)}.dora_scale": magnitude}
    after = ours(tmp_path, tensors, 1.0)["unet"][f"{layer}.weight"]
    torch.testing.assert_close(torch.linalg.vector_norm(after, dim=others, keepdim=True), magnitude)
    down, up = pair("unet", layer)
    direction = before + 0.5 * (up.flatten(1) @ down.flatten(1)).reshape(before.shape)
    direction = direction / torch.linalg.vector_norm(direction, dim=others, keepdim=True)
    torch.testing.assert_close(after, direction * magnitude, atol=1e-5, rtol=1e-5)
    half = ours(tmp_path, tensors, 0.5)["unet"][f"{layer}.weight"]
    torch.testing.assert_close(half, (before + after) / 2, atol=1e-5, rtol=1e-5)


def test_a_scalar_is_a_factor(tmp_path: Path) -> None:
    plain = ours(tmp_path, stored({"unet": UNET[:1]}, kohya))
    scaled = ours(tmp_path, {**stored({"unet": UNET[:1]}, kohya), f"{LAYER}.scalar": torch.tensor(-2.0)})
    name = f"{UNET[0]}.weight"
    torch.testing.assert_close(change(scaled, name), -2 * change(plain, name), atol=1e-5, rtol=1e-5)


def test_what_is_not_used_is_reported_and_the_rest_is_merged(tmp_path: Path) -> None:
    tensors = stored({"unet": UNET}, kohya)
    more = {
        "bundle_emb.ohwx.clip_l": torch.zeros(2, 16),
        "bundle_emb.ohwx.clip_g": torch.zeros(2, 16),
        "lora_unet_nowhere.lora_down.weight": torch.zeros(2, 3),
        "lora_unet_nowhere.lora_up.weight": torch.zeros(3, 2),
        "lora_unet_nowhere.alpha": torch.tensor(1),
        "note": torch.zeros(1),
    }
    found = ours(tmp_path, {**tensors, **more})
    require_same(found, ours(tmp_path, tensors), 4)
    assert found["told"] == [
        "Of the LoRA lora.safetensors 1 layer that this painter does not have (lora_unet_nowhere) and 2 tensors "
        "(embeddings of trigger words) and 1 tensor (such as note) were left out."
    ]


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({f"{LAYER}.hada_w1_a": torch.zeros(16, 2)}, "not saved whole.*hada_w1_b is missing"),
        ({f"{LAYER}.lora_down.weight": torch.zeros(2, 32)}, "not saved whole.*up is missing"),
        ({f"{LAYER}.lokr_w1": torch.zeros(4, 4)}, "not saved whole.*lokr_w2_a is missing"),
        ({f"{LAYER}.diff": torch.zeros(3, 3)}, "does not fit this painter.*another structure"),
        ({f"{LAYER}.diff": torch.zeros(32, 16)}, "does not fit this painter"),
        ({f"{LAYER}.diff_b": torch.zeros(16)}, "does not fit this painter"),
        (
            {f"{LAYER}.lora_down.weight": torch.zeros(2, 32), f"{LAYER}.lora_up.weight": torch.zeros(16, 3)},
            "does not fit this painter",
        ),
        (
            {**stored({"unet": UNET[:1]}, kohya), f"{LAYER}.dora_scale": torch.ones(3, 1)},
            "does not fit this painter.*magnitude",
        ),
        ({f"{LAYER}.lora_down.weight": torch.zeros(2, 32, dtype=torch.int8)}, "8-bit integers"),
        (
            {**stored({"unet": UNET[:1]}, kohya), f"{LAYER}.lora_down.weight_scale": torch.ones(1)},
            "factors|with factors",
        ),
        ({f"{LAYER}.a1.weight": torch.zeros(2, 2), f"{LAYER}.b1.weight": torch.zeros(2, 2)}, "GLoRA"),
        ({f"{LAYER}.oft_blocks": torch.zeros(2, 2, 2)}, "OFT"),
        ({f"{LAYER}.on_input": torch.tensor(0), f"{LAYER}.weight": torch.zeros(16)}, "IA3"),
        (
            {**stored({"unet": UNET[:1]}, kohya), **{f"{LAYER}_{n}.oft_blocks": torch.zeros(2) for n in range(3)}},
            "in large part OFT",
        ),
        ({"clip_g": torch.zeros(4, 1280), "clip_l": torch.zeros(4, 768)}, "embedding"),
        ({"model.diffusion_model.input_blocks.0.0.weight": torch.zeros(2, 2)}, "a checkpoint and not a LoRA"),
        ({"encoder.conv_in.weight": torch.zeros(2, 2)}, "VAE"),
        ({"lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": torch.zeros(2, 16)}, "Stable Diffusion 1"),
        ({"transformer.transformer_blocks.0.img_mlp.net.2.lora_A.weight": torch.zeros(4, 8)}, "made for Qwen-Image"),
        ({"diffusion_model.blocks.0.cross_attn.k.lora_A.weight": torch.zeros(4, 8)}, "made for Wan"),
    ],
)
def test_what_cannot_be_used_is_called_what_it_is(tmp_path: Path, tensors: dict[str, Tensor], said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        ours(tmp_path, tensors)
    assert str(caught.value).endswith(".")
    assert "fetch" not in str(caught.value).lower()


def test_a_header_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="says of its strength cannot be read"):
        ours(tmp_path, stored({"unet": UNET}, kohya), lora_adapter_metadata="{")
