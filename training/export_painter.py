"""Writes the trained parts as a small SDXL checkpoint in half precision.

    python -m training.export_painter --out models/painter

Reads RUNS/tokenizer, tokenizer_2, codec.pt, decoder.pt, atlas.safetensors, reader.pt and painter.pt (EMA weights), and
writes a folder that the stock `StableDiffusionXLPipeline.from_pretrained` loads, with the additional files that the
program needs for its regions. The model card is written by hand and not changed.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline
from transformers import CLIPTokenizer

from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.loading import ATLAS, READER
from lib_omost.embedded.painter.reading import HEADS, PLAIN, UNKNOWN, Reader
from lib_omost.render.preview import LatentPreview
from lib_omost.render.sdxl.loading import PREVIEW
from training.art import DEFAULT_CACHE
from training.autoencoder import CELL, Codec, build_autoencoder, load_codec
from training.grounds import GROUNDS, HOURS
from training.layouts import rgb
from training.readings import TINT_NAMES
from training.scenes import TINTS
from training.train_painter import build_unet
from training.train_reader import ReaderModel, build_text_encoders

RATHER = 1.0
"""Margin in logits by which "nothing" must exceed every thing for nothing to be drawn."""


def export(runs: Path, out: Path) -> None:
    """Write the checkpoint in `runs` to the folder `out`."""
    tokenizers = [CLIPTokenizer.from_pretrained(runs / name) for name in ("tokenizer", "tokenizer_2")]
    read = ReaderModel(tokenizers[0])
    read.load_state_dict(torch.load(runs / "reader.pt")["model"])
    second = build_text_encoders(len(tokenizers[0]), tokenizers[0].bos_token_id, tokenizers[0].eos_token_id)[1]
    codec = load_codec(runs)
    vae, unet = build_autoencoder(codec), build_unet()
    if (runs / "decoder.pt").exists():
        vae.load_state_dict(torch.load(runs / "decoder.pt")["ema"])
    unet.load_state_dict(torch.load(runs / "painter.pt")["ema"])
    scheduler = EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
    )
    pipeline = StableDiffusionXLPipeline(
        vae=vae.half(),
        text_encoder=read.encoder.half(),
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
    preview_map(codec).save(out / PREVIEW)
    shutil.copyfile(runs / "atlas.safetensors", out / ATLAS)
    heads = {name: torch.cat([h.weight, h.bias[:, None]], dim=1).detach().half() for name, h in read.heads.items()}
    heads["thing"][-1, -1] -= RATHER
    colors = torch.tensor([rgb(TINTS[name]) for name in TINT_NAMES])
    settings = Atlas.load(out / ATLAS).settings
    Reader({n: heads[n] for n in HEADS}, colors, (*GROUNDS, PLAIN, UNKNOWN), HOURS, settings).save(out / READER)


def preview_map(codec: Codec) -> LatentPreview:
    """The map from latents to colours: least squares over flat pictures, with a small contribution of the neighbouring
    colours."""
    torch.manual_seed(0)
    colors = (255 * torch.rand(256, 3, 1, 1)).expand(-1, -1, 8 * CELL, 8 * CELL)
    with torch.no_grad():
        latents = codec.encode(colors / 127.5 - 1)[:, :, 3:5, 3:5]
    return LatentPreview.fit(latents + 0.05 * torch.randn_like(latents), colors[:, :, :2, :2])


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument("--out", type=Path, default=Path("models/painter"))
    options = parser.parse_args()
    export(options.runs, options.out)
    size = sum(path.stat().st_size for path in options.out.rglob("*") if path.is_file())
    print(f"{options.out}: {size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
