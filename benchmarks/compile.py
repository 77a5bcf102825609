"""What torch.compile costs and saves: renders of the embedded painter without it and with it.

The first compiled render includes the compilation; the difference between later ones and one without shows what it
saves or costs.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import torch

from benchmarks.measure import seconds
from benchmarks.report import finish, table
from benchmarks.scenes import canvas_code
from lib_omost.canvas import conditions, interpret
from lib_omost.canvas.conditions import RegionCondition
from lib_omost.embedded.painter.loading import components
from lib_omost.presets import EMBEDDED_PAINTER
from lib_omost.render.sdxl.loading import load_painter
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import RenderSettings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--side", type=int, default=256, help="pixels a side")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    canvas = interpret(canvas_code(6)).canvas
    assert canvas is not None
    painter = load_painter(EMBEDDED_PAINTER, device=options.device, **components(EMBEDDED_PAINTER))
    settings = RenderSettings(width=options.side, height=options.side, steps=options.steps, previews=False)
    found = renders(painter, conditions(canvas), settings, options.device)
    plain = found["plain"]
    table(("render", "seconds", "of plain"), [(name, taken, taken / plain) for name, taken in found.items()])
    finish("compile", options.device, {name: taken / plain for name, taken in found.items() if name != "plain"})


def renders(
    painter: SDXLPainter, told: Sequence[RegionCondition], settings: RenderSettings, device: str
) -> dict[str, float]:
    """Seconds of a render: uncompiled, the first compiled one, and a later one."""

    def render() -> None:
        for _ in painter.render(told, settings):
            pass

    render()
    found = {"plain": min(seconds(render, device) for _ in range(2))}
    painter.compile()
    found["compiled, the first"] = seconds(render, device)
    found["compiled, later"] = min(seconds(render, device) for _ in range(2))
    return found


if __name__ == "__main__":
    main()
