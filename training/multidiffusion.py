"""MultiDiffusion: the well-known other way to paint regions, for comparison (Bar-Tal et al. 2023, arXiv 2302.08113).

At every step each text predicts the whole picture by itself, with stock attention; a pixel takes the mean of the
predictions whose regions cover it, and that of the whole picture's text where none does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from PIL import Image
from torch import Tensor

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.canvas.geometry import Rect
from lib_omost.render.latents import LatentCodec
from lib_omost.render.regions import region_masks
from lib_omost.render.sdxl.encode import PromptEncoder
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.sdxl.sampling import noise_scale, solver
from lib_omost.render.settings import RenderSettings


@torch.no_grad()
def multi_diffusion(
    painter: SDXLPainter, conditions: Sequence[RegionCondition], settings: RenderSettings
) -> Image.Image:
    """One picture of `conditions`, the whole picture's first, with guidance and the product's solver."""
    pipeline = painter.pipeline
    codec = LatentCodec(pipeline.vae)
    encoder = PromptEncoder(
        (pipeline.tokenizer, pipeline.tokenizer_2),
        (pipeline.text_encoder, pipeline.text_encoder_2),
        zero_empty_negative=pipeline.config.force_zeros_for_empty_prompt,
    )
    prompts = [encoder([replace(c, rect=Rect.FULL)], settings.negative_prompt) for c in conditions]
    height, width = settings.height // codec.factor, settings.width // codec.factor
    masks = region_masks([condition.rect for condition in conditions], height, width).float()
    masks[0] = 1.0 - masks[1:].amax(dim=0) if len(masks) > 1 else 1.0
    shares = masks / masks.sum(dim=0, keepdim=True)
    scheduler = solver(pipeline.scheduler.config)
    scheduler.set_timesteps(settings.steps)
    noise = torch.randn(1, 4, height, width, generator=torch.Generator().manual_seed(settings.seed))
    latents = noise * noise_scale(scheduler)
    sizes = torch.tensor(
        [[settings.height, settings.width, 0, 0, settings.height, settings.width]], dtype=torch.float32
    )
    for t in scheduler.timesteps:
        seen = scheduler.scale_model_input(latents, t)
        mixed = torch.zeros_like(latents)
        for prompt, share in zip(prompts, shares, strict=True):
            assert prompt.negative is not None
            assert prompt.negative_pooled is not None
            without = _predict(pipeline.unet, seen, t, prompt.negative, prompt.negative_pooled, sizes)
            made = _predict(pipeline.unet, seen, t, prompt.embeds[0], prompt.pooled, sizes)
            mixed += share * (without + settings.guidance_scale * (made - without))
        latents = scheduler.step(mixed, t, latents).prev_sample
    return codec.decode(latents, False)


def _predict(
    unet: torch.nn.Module, latents: Tensor, t: Tensor, embeds: Tensor, pooled: Tensor, sizes: Tensor
) -> Tensor:
    added = {"text_embeds": pooled[None], "time_ids": sizes}
    made: Tensor = unet(latents, t, embeds[None], added_cond_kwargs=added).sample
    return made
