"""Real parts of Z-Image at toy size, built from configurations: nothing is downloaded, everything is seeded."""

from __future__ import annotations

import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, ZImagePipeline, ZImageTransformer2DModel

from tests.render.flux2.tiny import WIDTH, text_encoder, tokenizer


def transformer(seed: int = 0) -> ZImageTransformer2DModel:
    torch.manual_seed(seed)
    model = ZImageTransformer2DModel(
        in_channels=4,
        dim=32,
        n_layers=3,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        cap_feat_dim=WIDTH,
        axes_dims=[4, 6, 6],
        axes_lens=[1024, 64, 64],
    )
    with torch.no_grad():
        for pad in (model.x_pad_token, model.cap_pad_token):
            pad.copy_(torch.randn(pad.shape))
    return model.eval()


def autoencoder(seed: int = 0) -> AutoencoderKL:
    torch.manual_seed(seed)
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=64,
        scaling_factor=0.3611,
        shift_factor=0.1159,
        use_quant_conv=False,
        use_post_quant_conv=False,
    ).eval()


def pipeline() -> ZImagePipeline:
    """A whole pipeline, factor 16."""
    reader = tokenizer()
    made = ZImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=autoencoder(),
        text_encoder=text_encoder(reader),
        tokenizer=reader,
        transformer=transformer(),
    )
    made.set_progress_bar_config(disable=True)
    return made
