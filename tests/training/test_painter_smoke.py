"""Every stage of the painter's training, from the art to a painted picture, at a budget of seconds a stage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.canvas.geometry import Rect
from training.art import DEFAULT_CACHE, find_tarball

ROOT = Path(__file__).resolve().parents[2]


def stage(name: str, *arguments: str | Path) -> str:
    """Run ``python -m training.NAME`` as the README does; its output."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    done = subprocess.run(
        [sys.executable, "-m", f"training.{name}", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_every_stage_runs_resumes_and_ends_in_a_painter(tmp_path: Path) -> None:
    try:
        find_tarball(DEFAULT_CACHE)
    except FileNotFoundError as error:
        pytest.skip(str(error))
    runs, out = tmp_path / "runs", tmp_path / "painter"
    stage("train_tokenizer", "--runs", runs, "--readings", 200)
    stage("train_reader", "--runs", runs, "--minutes", 5, "--steps", 2, "--batch", 6)
    stage("train_codec", "--runs", runs, "--minutes", 0.2, "--bend", 3)
    stage("make_atlas", "--runs", runs)
    stage("train_decoder", "--runs", runs, "--minutes", 0.2, "--batch", 2)
    first = stage("train_painter", "--runs", runs, "--minutes", 5, "--steps", 2, "--scenes", 2)
    again = stage("train_painter", "--runs", runs, "--minutes", 5, "--steps", 4, "--scenes", 2)
    assert "step 2 done" in first
    assert "step 4 done" in again  # resumed, not begun anew
    stage("export_painter", "--runs", runs, "--out", out)
    assert sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) < 90 * 2**20

    from lib_omost.embedded.painter.loading import components
    from lib_omost.render.sdxl.loading import load_painter
    from lib_omost.render.settings import Picture, RenderSettings

    painter = load_painter(out, device="cpu", **components(out))
    conditions = (
        RegionCondition(Rect.FULL, ("A green meadow.",), (), (0, 128, 0), None),
        RegionCondition(Rect(20, 70, 20, 70), ("A dragon.",), ("dragon, big",), (255, 0, 0), 5.0),
    )
    settings = RenderSettings(width=128, height=192, steps=2)
    pictures = [event.image for event in painter.render(conditions, settings) if isinstance(event, Picture)]
    assert [picture.size for picture in pictures] == [(128, 192)]
    assert np.asarray(pictures[0]).std() > 0
