"""The card's benchmark runs whole, at toy size on the CPU, and says what differed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import torch

from benchmarks import card
from lib_omost.errors import ModelError
from lib_omost.llm.base import Sampling
from lib_omost.presets import composer_preset, painter_preset
from lib_omost.runtime.background import BackgroundModel
from lib_omost.runtime.plan import PLANS

TOY = ["--toy", "--steps", "1", "--width", "64", "--height", "64", "--tokens", "8", "--swaps", "1", "--offline"]
GIB = 2**30


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, dict[str, Any]]:
    assert card.main([*TOY, *arguments]) == 0
    printed = capsys.readouterr().out
    return printed, json.loads(printed.splitlines()[-1])["ratios"]


def test_every_phase_is_run_and_reported_as_a_table_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    printed, found = ran(capsys, "--device", "cpu")
    names = ["load the composer", "load the painter", "reply", "edit", "first picture", "second picture"]
    names += ["composer in, 1", "painter in, 1"]
    assert [phase["name"] for phase in found["phases"]] == names
    assert all(f"| {name}" in printed for name in names)
    assert [phase["tokens"] for phase in found["phases"]][2:4] == [8, 8]
    assert found["differences"] == []
    assert "toy models" in printed


def test_what_a_small_card_would_run_is_run_on_a_large_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int] = []
    monkeypatch.setattr(card, "free_memory", lambda device: 23 * GIB)
    monkeypatch.setattr(card, "limit_memory", lambda device, limit: limits.append(limit))
    _, found = ran(capsys, "--device", "cpu", "--memory", "5.5")
    assert limits == [int(5.5 * GIB)]
    assert (found["composer"], found["plan"], found["budget"]) == ("omost-phi-3-mini-128k-8bits", 6, limits[0])


def test_a_phase_that_fails_is_reported_and_the_others_go_on() -> None:
    studio = card.random_studio(composer_preset("embedded"), painter_preset("embedded"), PLANS[2], "cpu", toy=True)

    def absent(report: object) -> Any:
        raise ModelError("There is no such model.")

    studio._composer = BackgroundModel("composer", absent)
    settings = replace(studio.painter_preset.settings, width=64, height=64, steps=1)
    phases = card.run(studio, settings, Sampling(max_new_tokens=4), 0)
    said = {phase.name: phase.said for phase in phases}
    assert said["load the composer"] == said["reply"] == "failed: There is no such model."
    assert said["second picture"] == ""
    row = card.compare(phases, None, PLANS[2], studio)[-1]
    assert row == ("phases that fail", "none", "load the composer, reply, edit", True)


def test_more_memory_than_predicted_and_another_plan_are_differences() -> None:
    studio = card.random_studio(composer_preset("embedded"), painter_preset("embedded"), PLANS[2], "cpu")
    phases = [card.Phase("edit", 2.0, 9 * GIB, 100), card.Phase("second picture", 3.0, 7 * GIB)]
    found = {row[0]: row[1:] for row in card.compare(phases, 6 * GIB, PLANS[3], studio)}
    assert found["peak of edit, GB"] == ("6.4", "9.7", True)
    assert found["peak of second picture, GB"][2] is False
    assert found["memory plan, GB"] == ("24", "12", True)
    assert phases[0].row == ("edit", "2.00", "9.66", 100, "50.0", "")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_card_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        _, found = ran(capsys, "--memory", "2")
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert all(phase["peak"] > 0 for phase in found["phases"])
