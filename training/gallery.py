"""Gallery: what composer and painter make of a list of prompts and edits, to be looked at.

    python -m training.gallery FILE --out FOLDER

Each line of FILE is a prompt, perhaps with edits after it, separated by "|". The replies and pictures are saved in
FOLDER, where the same command finds those that it has; pages show them with their layouts.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from PIL import Image

from lib_omost.canvas.conditions import conditions
from lib_omost.canvas.stream import interpret
from lib_omost.embedded.composer.loading import converted_base
from lib_omost.embedded.painter.loading import components
from lib_omost.presets import COMPOSERS
from lib_omost.render.sdxl.loading import load_painter
from lib_omost.render.settings import RenderSettings
from training.evaluate_composer import ask, load
from training.evaluate_painter import paint
from training.export_composer import TARGET
from training.strip import strip

Round = tuple[str, str, Image.Image]
"""What was said, the reply, and its picture."""


def rows(path: Path) -> list[list[str]]:
    """The prompts of a list, each with its edits."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [[part.strip() for part in line.split("|")] for line in lines if line.strip() and not line.startswith("#")]


def pages(rounds: list[Round], out: Path, columns: int = 2, high: int = 5) -> None:
    """Save the rounds as pages of `columns` times `high`."""
    tiles = [strip([one]) for one in rounds]
    size = columns * high
    for first in range(0, len(tiles), size):
        here = tiles[first : first + size]
        wide, tall = max(tile.width for tile in here), max(tile.height for tile in here)
        page = Image.new("RGB", (columns * wide, -(-len(here) // columns) * tall), "white")
        for number, tile in enumerate(here):
            page.paste(tile, (number % columns * wide, number // columns * tall))
        page.save(out / f"page-{first // size:02d}.png", optimize=True)


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--painter", type=Path, default=Path("models/painter"))
    parser.add_argument("--width", type=int, default=384)
    parser.add_argument("--height", type=int, default=384)
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    options.out.mkdir(parents=True, exist_ok=True)
    composer = load(converted_base(), TARGET)
    painter = load_painter(options.painter, device="cpu", **components(options.painter))
    settings = RenderSettings(
        width=options.width, height=options.height, steps=options.steps, guidance_scale=1.0, previews=False, seed=7
    )
    rounds: list[Round] = []
    for number, turns in enumerate(rows(options.file)):
        said: list[str] = []
        for turn, text in enumerate(turns):
            said.append(text)
            path = options.out / f"{number:03d}-{turn}.txt"
            if not path.exists():
                reply = ask(composer, said, COMPOSERS["embedded"].sampling, grammar=True)
                path.write_text(reply.text, encoding="utf-8")
            said.append(path.read_text(encoding="utf-8"))
            canvas = interpret(said[-1]).canvas
            assert canvas is not None
            picture = path.with_suffix(".png")
            if not picture.exists():
                paint(painter, conditions(canvas), settings).save(picture)
                print(text, flush=True)
            with Image.open(picture) as image:
                rounds.append((text, said[-1], image.copy()))
    pages(rounds, options.out)


if __name__ == "__main__":
    main()
