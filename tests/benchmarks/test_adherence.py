"""The comparison of adherence runs, with a detector of random weights; what it finds is not looked at here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from benchmarks.adherence import PROMPT, Detector, done, hit, judged, overlap, summed
from benchmarks.adherence_layouts import EACH, SCENES, TASKS, cases
from lib_omost.canvas import interpret, write
from lib_omost.canvas.geometry import Rect
from tests.render import tiny
from tests.ui.studios import open_studio, tiny_painter


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A tiny OWL-ViT with random weights, saved and loaded as a user names one."""
    from transformers import OwlViTConfig, OwlViTForObjectDetection, OwlViTImageProcessor, OwlViTProcessor

    reader = tiny.tokenizer()
    text = {"vocab_size": len(reader), "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1}
    vision = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "image_size": 32, "patch_size": 16}
    heads = {"num_attention_heads": 2}
    torch.manual_seed(0)
    config = OwlViTConfig(text_config={**text, **heads}, vision_config={**vision, **heads}, projection_dim=16)
    folder = tmp_path_factory.mktemp("owl")
    OwlViTForObjectDetection(config).save_pretrained(folder)
    images = OwlViTImageProcessor(size={"height": 32, "width": 32})
    OwlViTProcessor(images, reader).save_pretrained(folder)
    return Detector(str(folder), "cpu")


def test_the_layouts_are_the_same_everywhere_and_can_be_written() -> None:
    made = cases()
    assert len(made) == 4 * EACH + SCENES
    assert {case.task for case in made} == set(TASKS)
    assert [case.canvas for case in made] == [case.canvas for case in cases()]
    for case in made[::20]:
        assert interpret(write(case.canvas)).canvas == case.canvas
        assert [region.rect for region in case.canvas.regions] == [one.rect for one in case.wanted]


def test_a_picture_is_judged_and_a_broken_run_goes_on(detector: Any, tmp_path: Path) -> None:
    studio = open_studio(painter=tiny_painter())
    case = next(one for one in cases() if one.task == "attributes")
    rows = [
        {"task": case.task, "number": 0, "way": way, **judged(studio, detector, case, way)} for way in ("omost", PROMPT)
    ]
    assert len(rows[0]["hits"]) == len(rows[0]["overlap"]) == len(rows[0]["colored"]) == 2
    summary = summed(rows)
    assert list(summary) == [("omost", "attributes"), (PROMPT, "attributes")]
    assert 0 <= summary[PROMPT, "attributes"]["hits"] <= 1
    path = tmp_path / "found.jsonl"
    kept = [{"painter": "a", "detector": "b", **row} for row in rows]
    foreign = {**kept[0], "painter": "c"}
    path.write_text(
        "\n".join(json.dumps(row) for row in (*kept, foreign)) + '\n{"painter": "a", "det', encoding="utf-8"
    )
    assert done(path, "a", "b") == kept
    assert done(tmp_path / "none.jsonl", "a", "b") == done(None, "a", "b") == []


def test_the_detector_gives_boxes_in_cells(detector: Any) -> None:
    found = detector(Image.new("RGB", (64, 32), "red"), ["a cat", "a dog", "a cat"])
    assert set(found) <= {"a cat", "a dog"}
    assert all(len(box) == 4 for boxes in found.values() for box in boxes)


def test_hits_and_overlaps() -> None:
    rect = Rect(0, 45, 0, 45)
    assert hit([(50, 50, 80, 80), (10, 10, 20, 20)], rect)
    assert not hit([(50, 50, 80, 80)], rect)
    assert overlap((0, 0, 45, 45), rect) == 1
    assert overlap((0, 0, 90, 45), rect) == pytest.approx(0.5)
    assert overlap((50, 50, 80, 80), rect) == 0
