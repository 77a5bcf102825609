"""The benchmarks run, at toy size; what they measure is not looked at here."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
import torch

from benchmarks import attention, composer, joint, start, step
from benchmarks.measure import interleaved, peak_bytes
from benchmarks.report import finish
from benchmarks.scenes import canvas_code, scene
from lib_omost.canvas import interpret
from lib_omost.canvas.geometry import Rect
from lib_omost.embedded.painter.conditioning import Layout, PlacedThing
from lib_omost.embedded.painter.regions import CellRegions
from lib_omost.render.regions import RenderRegions
from tests.embedded.painter.tiny import Told, tiny_atlas
from tests.llm import tiny as tiny_llm
from tests.render import tiny


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@torch.inference_mode()
def test_our_attention_and_the_reference_compute_the_same() -> None:
    found = attention._compare(16, 2, 6, 12, "cpu", torch.float32, 1)
    assert found["error"] < 1e-5
    assert found["faster"] > 0


@torch.inference_mode()
def test_a_step_is_measured_with_and_without_regions() -> None:
    read = Told(Layout(0, (PlacedThing(1, Rect(0, 45, 0, 45)),)))
    for kind in (RenderRegions, partial(CellRegions, atlas=tiny_atlas(), reader=read)):
        found = step._steps(tiny.unet(), kind, 8, "cpu", torch.float32, 1, True)
        assert {"plain", "preview", "6 regions, 539 tokens", "12 regions, 2002 tokens, mask"} <= set(found)
        assert all(seconds > 0 for seconds in found.values())


def test_an_edit_is_written_from_drafts_and_from_stretches_without() -> None:
    rows: list[tuple[object, ...]] = []
    ratios: dict[str, Any] = {}
    old = canvas_code(3)
    turns = ["a lake", old, "make it night", old.replace("steelblue", "midnightblue")]
    composer._edit(tiny_llm.chat_model(), turns, 4096, rows, ratios)
    assert 0 < ratios["prompt read again"] < 0.2
    assert 0 < ratios["passes a token"] < 0.5, "most of an edit is copied"
    assert ratios["edit faster"] > 0
    composer._greedy(tiny_llm.chat_model(), turns, rows, ratios)
    assert ratios["greedy alike"] == 1.0


def test_replies_under_the_grammar_are_counted() -> None:
    rows: list[tuple[object, ...]] = []
    ratios: dict[str, Any] = {}
    composer._grammar(tiny_llm.chat_model(), 2, rows, ratios)
    assert [value for name, value in ratios.items() if name.startswith("valid, ")] == [1.0, 1.0]


def test_a_check_of_a_canvas_is_timed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["start", "--parts", "check", "--rounds", "1"])
    start.main()
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert 0 < last["ratios"]["check of its limit, CPU time"] < 10


def test_scenes_are_what_they_say() -> None:
    rects, lengths = scene(6, 12)
    assert len(rects) == 7
    assert sum(lengths) == 924
    assert min(lengths) == 77
    found = interpret(canvas_code(12))
    assert found.canvas is not None
    assert len(found.canvas.regions) == 12
    assert found.notes == ()


def test_memory_is_seen_whoever_allocates_it() -> None:
    found = peak_bytes(lambda: torch.ones(25_000_000).sum())
    if found is None:
        pytest.skip("this system does not tell")
    assert 95e6 < found < 130e6


def test_the_longer_work_takes_longer() -> None:
    matrix = torch.rand(300, 300)
    found = interleaved({"one": lambda: matrix @ matrix, "nine": lambda: [matrix @ matrix for _ in range(9)]}, 5)
    assert 3 < found["nine"] / found["one"] < 27


def test_the_last_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    finish("toy", "cpu", {"faster": 2.34567})
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["ratios"] == {"faster": 2.35}
    assert line["device"]
    assert {"python", "torch"} <= set(line["versions"])


def test_a_step_with_regions_is_compared_with_one_without() -> None:
    found = joint.compare(joint.transformer(64), 2, 4, 1)
    assert found["mask MiB"] == (16 + 3 * joint.TEXT) ** 2 * 4 / 2**20
    assert found["to no mask"] > 0
    assert found["to one text"] > 0
