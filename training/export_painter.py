"""Put the trained parts together as an SDXL checkpoint in miniature, in half precision.

    python -m training.export_painter --out models/painter

Reads RUNS/tokenizer, tokenizer_2, text.pt, memory.pt, decoder.pt and painter.pt (EMA weights) and writes a folder that
the stock `StableDiffusionXLPipeline.from_pretrained` loads. The model card beside it is written by hand and left alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline
from transformers import CLIPTokenizer

from lib_omost.embedded.painter.loading import MOSAIC as MOSAIC_FILE
from lib_omost.render.loading import PREVIEW
from lib_omost.render.preview import LatentPreview
from training.art import DEFAULT_CACHE
from training.autoencoder import build_autoencoder, encode_pictures
from training.looks import MOSAIC
from training.train_painter import build_unet, load_text_encoders


def export(runs: Path, out: Path, others: Sequence[Path] = ()) -> None:
    """Write the checkpoint in `runs` to the folder `out`, fp16 safetensors with a preview map.

    `others` are run folders whose last stage began from the same weights: the UNet is then the mean of all.
    """
    tokenizers = [CLIPTokenizer.from_pretrained(runs / name) for name in ("tokenizer", "tokenizer_2")]
    first, second = load_text_encoders(runs, tokenizers[0])
    vae, unet = build_autoencoder(), build_unet()
    if (runs / "decoder.pt").exists():
        vae.load_state_dict(torch.load(runs / "decoder.pt")["ema"])
    weights = [torch.load(folder / "painter.pt")["ema"] for folder in (runs, *others)]
    unet.load_state_dict({name: torch.stack([w[name] for w in weights]).mean(0) for name in weights[0]})
    scheduler = EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
    )
    pipeline = StableDiffusionXLPipeline(
        vae=vae.half(),
        text_encoder=first.half(),
        text_encoder_2=second.half(),
        tokenizer=tokenizers[0],
        tokenizer_2=tokenizers[1],
        unet=unet.half(),
        scheduler=scheduler,
        force_zeros_for_empty_prompt=False,
        add_watermarker=False,
    )
    out.mkdir(parents=True, exist_ok=True)
    pipeline.save_pretrained(out)
    preview_map().save(out / PREVIEW)
    MOSAIC.save(out / MOSAIC_FILE)


def preview_map() -> LatentPreview:
    """Latents to colours; exact, as latents are linear in cell means."""
    colors = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 3), dtype=np.uint8)
    latents = encode_pictures(colors)
    means = torch.from_numpy(colors.astype(np.float32).mean(axis=(1, 2)))[:, :, None, None]
    return LatentPreview.fit(latents, means)


def main() -> None:
    """Command line; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument("--average", type=Path, nargs="*", default=[], help="run folders to average with RUNS")
    parser.add_argument("--out", type=Path, default=Path("models/painter"))
    options = parser.parse_args()
    export(options.runs, options.out, options.average)
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: {size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
