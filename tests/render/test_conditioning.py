"""What joins a render beside its texts, shown with a real ControlNet and with the attention of an IP-Adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import ControlNetModel, StableDiffusionXLControlNetPipeline
from diffusers.models.attention_processor import IPAdapterAttnProcessor2_0
from PIL import Image
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from lib_omost.canvas.geometry import Rect
from lib_omost.render.conditioning import Conditioning, Conditionings, UNetCall
from lib_omost.render.regions import RenderRegions
from lib_omost.render.sdxl.attention import installed
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.runtime.plan import PLANS
from tests.render import tiny
from tests.render.sdxl.test_painter import CONDITIONS, SMALL, pictures, same

HINT = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 88, 3), dtype=np.uint8))


class Controlled(Conditioning):
    """A ControlNet and its picture, in as many lines as one needs."""

    def __init__(self, network: ControlNetModel, picture: Image.Image, scale: float = 1.0) -> None:
        self.networks = (network,)
        self.picture = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None] / 255.0
        self.scale = scale
        self.calls: list[UNetCall] = []

    def arguments(self, call: UNetCall) -> Mapping[str, Any]:
        self.calls.append(call)
        size = [8 * side for side in call.sample.shape[-2:]]
        hint = torch.nn.functional.interpolate(self.picture, size, mode="bilinear", antialias=True)
        down, middle = self.networks[0](
            call.sample,
            call.timestep,
            encoder_hidden_states=call.kwargs["encoder_hidden_states"],
            added_cond_kwargs=call.kwargs["added_cond_kwargs"],
            controlnet_cond=hint.expand(len(call.sample), -1, -1, -1),
            conditioning_scale=self.scale,
            return_dict=False,
        )
        return {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}


class Remembering(Conditioning):
    """The attention of an IP-Adapter: every layer also hears the tokens of a picture, in the positive rows."""

    def __init__(self, tokens: Tensor, keys: Any, values: Any, scale: float) -> None:
        self.tokens, self.keys, self.values, self.scale = tokens, keys, values, scale

    def attended(self, attn: Any, query: Tensor, sides: tuple[str, ...]) -> Tensor | None:
        heard = torch.tensor([side == "positive" for side in sides]).float()[:, None, None]
        tokens = self.tokens * heard
        keys, values = (
            part(tokens).unflatten(-1, (attn.heads, -1)).transpose(1, 2) for part in (self.keys, self.values)
        )
        return self.scale * scaled_dot_product_attention(query, keys, values)


@pytest.fixture(scope="module")
def network() -> ControlNetModel:
    torch.manual_seed(3)
    made = ControlNetModel.from_unet(tiny.unet()).eval()
    # As it comes, it changes nothing: its outputs are zero.
    with torch.no_grad():
        for name, weight in made.named_parameters():
            if "controlnet_" in name:
                weight.normal_(std=0.2)
    return made


@pytest.fixture(scope="module")
def painter() -> SDXLPainter:
    return SDXLPainter(tiny.pipeline(), "tiny")


def painted(
    painter: SDXLPainter, settings: Any, *conditionings: Conditioning, conditions: Any = CONDITIONS
) -> Image.Image:
    events = list(painter.render(conditions, settings, conditionings=conditionings))
    image: Image.Image = events[-1].image  # type: ignore[union-attr]
    return image


def far(one: Image.Image, other: Image.Image) -> int:
    return int(np.abs(np.array(one).astype(int) - np.array(other)).max())


def test_a_controlnet_joins_as_in_the_stock_pipeline(painter: SDXLPainter, network: ControlNetModel) -> None:
    settings = replace(SMALL, guidance_scale=3.0, negative_prompt="bad", steps=4)
    ours = painted(painter, settings, Controlled(network, HINT, 0.7), conditions=CONDITIONS[:1])
    parts = {**tiny.pipeline().components, "scheduler": painter.scheduler, "controlnet": network}
    stock = StableDiffusionXLControlNetPipeline(**parts, add_watermarker=False)
    noise = torch.randn(1, 4, 8, 11, generator=torch.Generator().manual_seed(5))
    theirs = stock(
        "a battle. much smoke.",
        negative_prompt="bad",
        image=HINT,
        controlnet_conditioning_scale=0.7,
        guidance_scale=3.0,
        num_inference_steps=4,
        width=88,
        height=64,
        latents=noise * float(painter.scheduler.sigma_t[-1]),
    ).images[0]
    assert far(ours, theirs) <= 1
    assert far(ours, painted(painter, settings, conditions=CONDITIONS[:1])) > 20, "it does something"


def test_it_joins_regions_in_both_passes_batched_or_sequential_at_every_size(
    painter: SDXLPainter, network: ControlNetModel
) -> None:
    settings = replace(SMALL, hires_scale=1.5, hires_steps=2)
    control = Controlled(network, HINT)
    together = painted(painter, settings, control)
    assert [call.sides for call in control.calls] == [("negative", "positive")] * 5
    assert [tuple(call.sample.shape) for call in control.calls] == [(2, 4, 8, 11)] * 3 + [(2, 4, 12, 16)] * 2
    plan = replace(PLANS[0], sequential_cfg=True, cached=False, float8=False, encoders_out=False, tiled=False)
    thrifty = SDXLPainter(tiny.pipeline(), "sequential_cfg", plan=plan)
    control.calls.clear()
    apart = painted(thrifty, settings, control)
    assert [call.sides for call in control.calls] == [("negative",), ("positive",)] * 5
    assert far(apart, together) <= 1
    control.calls.clear()
    painted(painter, replace(SMALL, guidance_scale=1.0), control)
    assert [call.sides for call in control.calls] == [("positive",)] * 3


def test_the_controlnet_attends_to_the_regions_during_the_render_and_is_restored_afterwards(
    painter: SDXLPainter, network: ControlNetModel
) -> None:
    before = pictures(painter, SMALL)[0].image
    processors = dict(network.attn_processors)
    seen: list[set[str]] = []
    handle = network.register_forward_pre_hook(
        lambda *_: seen.append({type(processor).__name__ for processor in network.attn_processors.values()})
    )
    painted(painter, SMALL, Controlled(network, HINT))
    handle.remove()
    assert all("RegionAttention" in names for names in seen)
    assert network.attn_processors == processors
    assert same(pictures(painter, SMALL)[0].image, before)


def test_what_several_bring_is_added_up(painter: SDXLPainter, network: ControlNetModel) -> None:
    once = painted(painter, SMALL, Controlled(network, HINT, 1.0))
    halves = painted(painter, SMALL, Controlled(network, HINT, 0.25), Conditioning(), Controlled(network, HINT, 0.75))
    assert far(once, halves) <= 1

    class Added(Conditioning):
        def arguments(self, call: UNetCall) -> Mapping[str, Any]:
            return {"added_cond_kwargs": {"image_embeds": len(call.sample)}}

    given = {"added_cond_kwargs": {"text_embeds": 1}, "return_dict": False}
    joined = Conditionings((Added(), Conditioning()), ("positive",))
    assert joined.arguments(torch.zeros(1, 4, 2, 2), 5, given) == {
        "added_cond_kwargs": {"text_embeds": 1, "image_embeds": 1},
        "return_dict": False,
    }
    assert given["added_cond_kwargs"] == {"text_embeds": 1}


def test_a_term_of_the_attention_is_that_of_an_ip_adapter(painter: SDXLPainter) -> None:
    unet = painter.pipeline.unet
    name = "down_blocks.0.attentions.0.transformer_blocks.0.attn2"
    layer = unet.get_submodule(name)
    torch.manual_seed(2)
    texts, tokens, pixels = torch.randn(2, 77, 32), torch.randn(1, 4, 32), torch.randn(2, 88, layer.to_q.in_features)
    theirs = IPAdapterAttnProcessor2_0(layer.to_q.out_features, cross_attention_dim=32, num_tokens=(4,), scale=[0.6])
    ahead = torch.cat([torch.zeros_like(tokens), tokens])  # the negative row hears zeros
    with torch.no_grad():
        expected = theirs(layer, pixels, encoder_hidden_states=(texts, [ahead[:, None]]))
        regions = RenderRegions((Rect.FULL,), (texts[1],), texts[0])
        regions.resize(8, 11)
        memory = Remembering(tokens, theirs.to_k_ip[0], theirs.to_v_ip[0], 0.6)
        with installed(unet, regions, conditionings=Conditionings((memory,), ("negative", "positive"))):
            found = layer.processor(layer, pixels)
        plain = layer(pixels, encoder_hidden_states=texts)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    assert (found[1] - plain[1]).abs().max() > 1e-2
    torch.testing.assert_close(found[0], plain[0], atol=1e-5, rtol=1e-4)
