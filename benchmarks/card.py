"""Measures a graphics card with the large models: seconds, memory and tokens of a reply, an edit, a picture and a swap.

The published models are used if they are on disk or can be downloaded, otherwise random weights of the same shapes,
made on the card. `--memory` limits the process to so many GB, so that a large card shows how a small one would do.
Paste the output into a report.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from benchmarks import shapes
from benchmarks.report import describe, finish, table
from benchmarks.scenes import canvas_code
from lib_omost.canvas import interpret
from lib_omost.errors import OmostError
from lib_omost.llm.base import Message, Sampling
from lib_omost.opening.choice import Options, fitting_composer, reachable
from lib_omost.opening.studio import open_studio
from lib_omost.presets import BIG_PAINTER, ComposerPreset, PainterPreset, composer_preset, footprint, painter_preset
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import Notice, Picture, RenderSettings
from lib_omost.runtime.accelerator import Accelerator
from lib_omost.runtime.background import BackgroundModel
from lib_omost.runtime.device import choose_device, free_memory, limit_memory, peak_memory
from lib_omost.runtime.driver import unused_card
from lib_omost.runtime.plan import COMPOSER, PLANS, Plan, choose_plan
from lib_omost.studio import ChatFinished, Studio

GIB = 2**30
REGIONS = 6
PROMPT, EDIT = "generate an image of a lake in the mountains", "make it night"
MORE = 1.1
"""Ratio to the prediction above which a figure is reported as a difference."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One measured task: its seconds, the peak of the device's memory in bytes (None if it cannot be measured), the
    tokens of a reply, and what differed from the prediction."""

    name: str
    seconds: float
    peak: int | None
    tokens: int | None = None
    said: str = ""

    @property
    def row(self) -> tuple[object, ...]:
        rate = f"{self.tokens / self.seconds:.1f}" if self.tokens and self.seconds else ""
        peak = "" if self.peak is None else f"{self.peak / 1e9:.2f}"
        return self.name, f"{self.seconds:.2f}", peak, "" if self.tokens is None else self.tokens, rate, self.said


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything and print it; returns 1 if a phase failed."""
    options = build_parser().parse_args(arguments)
    device = choose_device(options.device)
    if why := unused_card():
        print(f"{why}\n")
    budget = free_memory(device)
    if budget is not None and options.memory is not None:
        budget = min(budget, int(options.memory * GIB))
        limit_memory(device, budget)
    composer = composer_preset(options.composer) if options.composer else fitting_composer(budget)
    painter = painter_preset(options.painter)
    needed = footprint(composer)
    plan = choose_plan(None, budget, COMPOSER if needed is None else needed)
    random = options.toy or options.random or not (_there(composer.source, options) and _there(painter.source, options))
    settings = replace(painter.settings, width=options.width, height=options.height, steps=options.steps, previews=True)
    if random:
        studio = random_studio(composer, painter, plan, device, toy=options.toy)
    else:
        named = Options(composer.name, painter.name, device, options.models, options.offline, memory=plan.memory)
        studio = open_studio(named)
    phases = run(studio, settings, Sampling(max_new_tokens=options.tokens), options.swaps)
    weights = "published weights" if not random else "toy models" if options.toy else "random weights of their shapes"
    print(f"{composer.title} and {painter.title}, {weights}, on {describe(device)}\n")
    table(("phase", "seconds", "peak GB", "tokens", "tokens/s", "notes"), [phase.row for phase in phases])
    differences = compare(phases, needed, plan, studio)
    table(
        ("what", "predicted", "found", "differs"), [(*row, "yes" if differs else "") for *row, differs in differences]
    )
    finish("card", device, _values(phases, differences, composer, painter, plan, random, budget))
    return int(any(phase.said.startswith("failed") for phase in phases))


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", help="default: the best one")
    parser.add_argument("--memory", type=float, metavar="GB", help="limit for the process (default: free memory)")
    parser.add_argument("--composer", help="default: the best one that fits the memory")
    parser.add_argument("--painter", default=BIG_PAINTER)
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="the folder for downloads")
    parser.add_argument("--offline", action="store_true", help="use only what is on disk")
    parser.add_argument(
        "--random", action="store_true", help="use random weights even if the published ones are available"
    )
    parser.add_argument("--toy", action="store_true", help="tiny models, to try the command")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--width", type=int, default=896)
    parser.add_argument("--height", type=int, default=1152)
    parser.add_argument("--tokens", type=int, default=256, help="maximum length of a reply")
    parser.add_argument("--swaps", type=int, default=2, help="number of swaps of composer and painter")
    return parser


def random_studio(
    composer: ComposerPreset, painter: PainterPreset, plan: Plan, device: str, *, toy: bool = False
) -> Studio:
    """A studio with models of random weights, loaded, moved and used like the published ones."""
    accelerator = Accelerator(device, keep_together=plan.together)

    def load_composer(room: Callable[[], object]) -> Any:
        room()
        return shapes.chat_model(composer, device=device, toy=toy)

    def load_painter(room: Callable[[], object]) -> Any:
        room()
        made = SDXLPainter(shapes.pipeline(device=device, toy=toy), "random weights", plan=plan)
        made.make_room = lambda: accelerator.make_room("painter")
        return made.to(device)

    return Studio(
        replace(composer, grammar=False),
        painter,
        BackgroundModel(composer.title, lambda report: accelerator.load("composer", load_composer)),
        BackgroundModel(painter.title, lambda report: accelerator.load("painter", load_painter)),
        accelerator,
        plan=plan,
    )


def run(studio: Studio, settings: RenderSettings, sampling: Sampling, swaps: int) -> list[Phase]:
    """The phases, in the order in which a user meets them; if one fails, it is reported and the others continue."""
    code = canvas_code(REGIONS)
    canvas = interpret(code).canvas
    assert canvas is not None
    rounds = [Message("user", PROMPT), Message("assistant", code)]
    accelerator = studio._accelerator

    def load(part: BackgroundModel[Any]) -> str:
        part.load()
        return "" if part.status.state == "ready" else f"failed: {part.status.message}"

    def reply(history: Sequence[Message], prompt: str) -> tuple[str, int]:
        events = list(studio.chat(history, prompt, sampling))
        last = events[-1]
        assert isinstance(last, ChatFinished)
        return " ".join(event.message for event in events if isinstance(event, Notice)), last.tokens

    def picture() -> str:
        said = []
        with closing(studio.render(canvas, settings)) as events:  # type: ignore[type-var]
            for event in events:
                if isinstance(event, Notice):
                    said.append(event.message)
                assert not isinstance(event, Picture) or event.image.size == (settings.width, settings.height)
        return " ".join(said)

    def turn(name: str) -> str:
        with accelerator.lease(name):
            return ""

    works: list[tuple[str, Callable[[], str | tuple[str, int]]]] = [
        ("load the composer", lambda: load(studio._composer)),
        ("load the painter", lambda: load(studio._painter)),
        ("reply", lambda: reply((), PROMPT)),
        ("edit", lambda: reply(rounds, EDIT)),
        ("first picture", picture),
        ("second picture", picture),
    ]
    for number in range(swaps):
        works += [
            (f"composer in, {number + 1}", lambda: turn("composer")),
            (f"painter in, {number + 1}", lambda: turn("painter")),
        ]
    return [_measured(name, work, accelerator.device) for name, work in works]


def compare(
    phases: Sequence[Phase], needed: int | None, plan: Plan, studio: Studio
) -> list[tuple[str, str, str, bool]]:
    """For each figure its name, the prediction, the measurement, and whether they differ; memory only if it was
    measured."""
    found: list[tuple[str, str, str, bool]] = []
    by_name = {phase.name: phase for phase in phases}
    larger = next((one for one in PLANS if one.needs > plan.needs), None)
    painting = larger.needs if larger is not None else plan.needs
    for name, most in (("edit", needed), ("second picture", painting + (needed or 0) * plan.together)):
        peak = by_name[name].peak
        if peak is not None and most is not None:
            found.append((f"peak of {name}, GB", f"{most / 1e9:.1f}", f"{peak / 1e9:.1f}", peak > MORE * most))
    followed = studio._current_plan
    found.append(("memory plan, GB", str(plan.memory), str(followed.memory), followed != plan))
    failed = [phase.name for phase in phases if phase.said.startswith("failed")]
    found.append(("phases that fail", "none", ", ".join(failed) or "none", bool(failed)))
    return found


def _measured(name: str, work: Callable[[], str | tuple[str, int]], device: str) -> Phase:
    kind = device.split(":")[0]
    if kind in ("cuda", "xpu"):
        torch.get_device_module(kind).reset_peak_memory_stats()
    began = time.perf_counter()
    try:
        done = work()
    except OmostError as error:
        done = f"failed: {error}"
    if kind != "cpu":
        torch.get_device_module(kind).synchronize()
    seconds = time.perf_counter() - began
    said, tokens = (done, None) if isinstance(done, str) else done
    return Phase(name, seconds, peak_memory(device), tokens, said)


def _there(source: str, options: argparse.Namespace) -> bool:
    return Path(source).exists() or reachable(source, Options(models=options.models, offline=options.offline))


def _values(
    phases: Sequence[Phase],
    differences: Sequence[tuple[str, str, str, bool]],
    composer: ComposerPreset,
    painter: PainterPreset,
    plan: Plan,
    random: bool,
    budget: int | None,
) -> dict[str, object]:
    return {
        "composer": composer.name,
        "painter": painter.name,
        "random": random,
        "budget": budget,
        "plan": plan.memory,
        "phases": [
            {
                "name": phase.name,
                "seconds": round(phase.seconds, 3),
                "peak": phase.peak,
                "tokens": phase.tokens,
                "notes": phase.said,
            }
            for phase in phases
        ],
        "differences": [row[0] for row in differences if row[-1]],
    }


if __name__ == "__main__":
    raise SystemExit(main())
