"""Makes checkpoints from a painter's folder, so that training can continue from the published weights.

    python -m training.unpack_painter --painter models/painter        # writes RUNS

Writes everything that `training/export_painter.py` reads: tokenizers, atlas, reader, codec, decoder and UNet, in the
half precision of the published weights and with new optimizers. Of the codec only the encoder can be restored; the rest
is not needed if there is a decoder.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from lib_omost.embedded.painter.loading import ATLAS, READER
from lib_omost.embedded.painter.reading import Reader
from training.art import DEFAULT_CACHE
from training.autoencoder import LATENTS, SIGNALS, Codec
from training.export_painter import RATHER
from training.train_painter import build_optimizers
from training.train_reader import ReaderModel


def unpack(painter: Path, runs: Path) -> None:
    """Write the checkpoints of the painter in the folder `painter` to `runs`, replacing existing ones."""
    runs.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer", "tokenizer_2"):
        shutil.copytree(painter / name, runs / name, dirs_exist_ok=True)
    shutil.copyfile(painter / ATLAS, runs / "atlas.safetensors")
    torch.save({"model": _reader(painter).state_dict(), "step": 0}, runs / "reader.pt")
    vae = AutoencoderKL.from_pretrained(painter / "vae", torch_dtype=torch.float32)
    torch.save({"codec": _codec(vae.encoder.state_dict()).state_dict()}, runs / "codec.pt")
    torch.save({"model": vae.state_dict(), "ema": vae.state_dict(), "step": 0}, runs / "decoder.pt")
    unet = UNet2DConditionModel.from_pretrained(painter / "unet", torch_dtype=torch.float32)
    state: dict[str, Any] = {"unet": unet.state_dict(), "ema": unet.state_dict(), "step": 0}
    state["optimizers"] = [optimizer.state_dict() for optimizer in build_optimizers(unet, 0.0)]
    torch.save(state, runs / "painter.pt")


def _reader(painter: Path) -> ReaderModel:
    model = ReaderModel(CLIPTokenizer.from_pretrained(painter / "tokenizer"))
    model.encoder = CLIPTextModel.from_pretrained(painter / "text_encoder", dtype=torch.float32)
    heads = Reader.load(painter / READER).heads
    heads["thing"][-1, -1] += RATHER
    table = {}
    for name, head in heads.items():
        table |= {f"{name}.weight": head[:, :-1].float(), f"{name}.bias": head[:, -1].float()}
    model.heads.load_state_dict(table)
    return model


def _codec(encoder: dict[str, Tensor]) -> Codec:
    """The chain in an encoder's weights (see `training/autoencoder.py`); its decoder has its initial weights."""
    codec = Codec()
    chain = {"begin.weight": encoder["conv_in.weight"]}
    for number, halve in enumerate(codec.halvings):
        kernel = encoder[f"down_blocks.{number}.downsamplers.0.conv.weight"]
        chain[f"halvings.{number}.weight"] = kernel[: halve.out_channels]
    for number in range(len(codec.widen)):
        chain[f"widen.{number}.weight"] = encoder[f"down_blocks.{number + 1}.resnets.0.conv_shortcut.weight"]
    chain["code.weight"] = encoder["conv_out.weight"][:LATENTS, :SIGNALS]
    chain["code.bias"] = encoder["conv_out.bias"][:LATENTS]
    codec.load_state_dict(chain, strict=False)
    return codec


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--painter", type=Path, default=Path("models/painter"))
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    options = parser.parse_args()
    unpack(options.painter, options.runs)


if __name__ == "__main__":
    main()
