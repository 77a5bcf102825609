"""Strip: rounds of chat as one picture for the README, from files that the command line made.

    python -m lib_omost compose "PROMPT" > one.txt
    python -m lib_omost render one.txt -o one.png --seed 7
    python -m lib_omost compose "EDIT" --edit one.txt > two.txt
    python -m lib_omost render two.txt -o two.png --seed 7
    python -m training.strip "PROMPT" one.txt one.png "EDIT" two.txt two.png -o strip.png

The prompt is above each pair of layout and picture. With `--pictures` there are no layouts.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from lib_omost.artifacts.exports import layout_png
from lib_omost.canvas import interpret

SIDE = 256
"""Length in pixels of the longer side of every picture in the strip."""
_GAP = 12
_HEAD = 36
_PAPER, _INK = "#ffffff", "#1f2937"


def strip(rounds: list[tuple[str, str, Image.Image]], *, layouts: bool = True) -> Image.Image:
    """A strip of the rounds (prompt, reply, picture): for each its layout, if `layouts`, and its picture, RGB.

    Raises ValueError for a reply without a canvas.
    """
    tiles: list[Image.Image] = []
    for _, reply, picture in rounds:
        canvas = interpret(reply).canvas
        if canvas is None:
            raise ValueError("there is no canvas in the reply")
        scale = SIDE / max(picture.size)
        size = round(picture.width * scale), round(picture.height * scale)
        if layouts:
            tiles.append(layout_png(canvas, *size).convert("RGB"))
        tiles.append(picture.convert("RGB").resize(size, Image.Resampling.LANCZOS))
    width = sum(tile.width + _GAP for tile in tiles) + _GAP
    sheet = Image.new("RGB", (width, max(tile.height for tile in tiles) + _HEAD + _GAP), _PAPER)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=16)
    x = _GAP
    for number, tile in enumerate(tiles):
        each = len(tiles) // len(rounds)
        if number % each == 0:
            room = each * (tile.width + _GAP) - _GAP
            words = rounds[number // each][0]
            while pen.textlength(f"“{words}”", font) > room and " " in words:
                words = words.rpartition(" ")[0].rstrip("….,") + "…"
            pen.text((x, 10), f"“{words}”", _INK, font)
        sheet.paste(tile, (x, _HEAD))
        x += tile.width + _GAP
    return sheet


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="+", metavar="PROMPT REPLY PICTURE", help="a prompt, and two files")
    parser.add_argument("--pictures", action="store_true", help="leave out the layouts")
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    if len(options.rounds) % 3:
        parser.error("every round is what was said, a reply's file and a picture's file")
    rounds = []
    for words, reply, picture in zip(*[iter(options.rounds)] * 3, strict=True):
        with Image.open(picture) as image:
            rounds.append((words, Path(reply).read_text(encoding="utf-8"), image.copy()))
    strip(rounds, layouts=not options.pictures).save(options.out, optimize=True)


if __name__ == "__main__":
    main()
