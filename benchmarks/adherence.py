"""Whether pictures show what their layouts ask for, where they ask for it: formulas and one prompt compared.

Every layout of `adherence_layouts` is painted by each formula and as one prompt, with the same seed. An open-vocabulary
detector of transformers (OWL-ViT, OWLv2, which needs scipy, or Grounding DINO) then looks for each region's thing: a
hit is a box whose centre lies in the region's rectangle. With --out the work goes on where it was broken off.

    python -m benchmarks.adherence --painter realvisxl --detector google/owlv2-base-patch16-ensemble --out found.jsonl
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.adherence_layouts import TASKS, Case, cases
from benchmarks.report import finish, table
from lib_omost.canvas import Canvas, conditions
from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.opening.options import Options
from lib_omost.opening.studio import open_studio
from lib_omost.render.settings import FORMULAS, Picture, RenderSettings
from lib_omost.runtime.device import choose_device

PROMPT = "one prompt"
"""The name of the way that has no regions."""
Edges = tuple[float, float, float, float]
"""(left, top, right, bottom) of a found thing in cells of the layout grid."""
SURE = 0.2
"""Boxes with a lower score do not count."""


class Detector:
    """An open-vocabulary detector by the name of a hub repository or a folder."""

    def __init__(self, name: str, device: str) -> None:
        from transformers import pipeline

        self._find: Any = pipeline("zero-shot-object-detection", model=name, device=device)

    def __call__(self, image: Image.Image, phrases: Sequence[str]) -> dict[str, list[Edges]]:
        """The boxes of each phrase."""
        found: dict[str, list[Edges]] = defaultdict(list)
        across, down = GRID / image.width, GRID / image.height
        for one in self._find(image, candidate_labels=list(dict.fromkeys(phrases)), threshold=SURE):
            box = one["box"]
            edges = box["xmin"] * across, box["ymin"] * down, box["xmax"] * across, box["ymax"] * down
            found[one["label"]].append(edges)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--painter", default="embedded")
    parser.add_argument("--detector", required=True, help="a hub repository or a folder")
    parser.add_argument("--device", default=None)
    parser.add_argument("--formulas", nargs="+", choices=FORMULAS, default=list(FORMULAS))
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--most", type=int, default=None, help="layouts of each task, by default all")
    parser.add_argument("--out", type=Path, default=None, help="a file of JSON lines, which is gone on with")
    options = parser.parse_args()
    studio = open_studio(Options(composer="embedded", painter=options.painter, device=options.device))
    device = choose_device(options.device)
    detector = Detector(options.detector, device)
    chosen = [one for one in cases() if one.task in options.tasks and one.number < (options.most or one.number + 1)]
    rows = done(options.out, options.painter, options.detector)
    # A family with one formula would paint the same picture by each.
    fixed = "formula" in studio.painter_preset.lacking
    ways = [studio.painter_preset.settings.formula] if fixed else options.formulas
    for case in chosen:
        for way in (*ways, PROMPT):
            key = {
                "painter": options.painter,
                "detector": options.detector,
                "task": case.task,
                "number": case.number,
                "way": way,
            }
            if any(key.items() <= row.items() for row in rows):
                continue
            rows.append({**key, **judged(studio, detector, case, way)})
            if options.out is not None:
                with options.out.open("a", encoding="utf-8") as file:
                    file.write("\n" + json.dumps(rows[-1]))
    summary = summed(rows)
    head = ("way", "task", "pictures", "hits", "overlap", "colour hits", "nothing absent", "seconds")
    table(head, [(way, task, *values.values()) for (way, task), values in summary.items()])
    ratios = {f"{way}, {task}": values["hits"] for (way, task), values in summary.items()}
    finish("adherence", device, ratios)


def done(path: Path | None, painter: str, detector: str) -> list[dict[str, Any]]:
    """The results of an earlier run with these models; a line that was cut off is done again."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines() if path is not None and path.exists() else ():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if (row.get("painter"), row.get("detector")) == (painter, detector):
            rows.append(row)
    return rows


def judged(studio: Any, detector: Any, case: Case, way: str) -> dict[str, Any]:
    """One picture of `case`, painted `way`, and what the detector finds of it."""
    settings: RenderSettings = replace(studio.painter_preset.settings, seed=case.number, previews=False)
    canvas = case.canvas
    if way == PROMPT:
        scene = replace(canvas.global_description, description=case.prompt)
        canvas = Canvas(scene, ())
    else:
        settings = replace(settings, formula=way)
    (picture,) = [event for event in studio.render(canvas, settings) if isinstance(event, Picture)]
    plain = [f"a {one.thing}" for one in case.wanted]
    unwanted = [f"a {thing}" for thing in case.absent]
    boxes = detector(picture.image, [*plain, *(one.phrase for one in case.wanted), *unwanted])
    hits = [hit(boxes.get(phrase, ()), one.rect) for phrase, one in zip(plain, case.wanted, strict=True)]
    colored = [hit(boxes.get(one.phrase, ()), one.rect) for one in case.wanted if one.color]
    overlaps = [
        max((overlap(box, one.rect) for box in boxes.get(phrase, ())), default=0.0)
        for phrase, one in zip(plain, case.wanted, strict=True)
    ]
    return {
        "hits": hits,
        "colored": colored,
        "overlap": overlaps,
        "clean": not any(boxes.get(phrase) for phrase in unwanted) if unwanted else None,
        "seconds": picture.seconds,
        "regions": len(conditions(case.canvas)) - 1,
    }


def hit(boxes: Iterable[Edges], rect: Rect) -> bool:
    """Whether the centre of a box lies in the rectangle."""
    centers = [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in boxes]
    return any(rect.left <= x < rect.right and rect.top <= y < rect.bottom for x, y in centers)


def overlap(box: Edges, rect: Rect) -> float:
    """Intersection over union."""
    left, top, right, bottom = box
    across = max(0.0, min(right, rect.right) - max(left, rect.left))
    down = max(0.0, min(bottom, rect.bottom) - max(top, rect.top))
    both = across * down
    whole = (right - left) * (bottom - top) + rect.area - both
    return both / whole if whole > 0 else 0.0


def summed(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Means for each way and task, in the order of their first rows."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["way"], row["task"]].append(row)
    return {
        key: {
            "pictures": len(group),
            "hits": _mean([value for row in group for value in row["hits"]]),
            "overlap": _mean([value for row in group for value in row["overlap"]]),
            "colored": _mean([value for row in group for value in row["colored"]]),
            "clean": _mean([row["clean"] for row in group if row["clean"] is not None]),
            "seconds": _mean([row["seconds"] for row in group]),
        }
        for key, group in groups.items()
    }


def _mean(values: Sequence[float]) -> float | str:
    return sum(map(float, values)) / len(values) if values else ""


if __name__ == "__main__":
    main()
