"""The painter compiled by torch.compile: the same picture, and a sentence where there is no compiler."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch

from lib_omost.errors import ModelError
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.runtime.plan import PLANS
from tests.render import tiny
from tests.render.sdxl.test_painter import SMALL, pictures


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("c++") is None, reason="torch compiles for a CPU with a C++ compiler")
def test_a_compiled_painter_paints_the_same_picture() -> None:
    painter = SDXLPainter(tiny.pipeline(), "tiny")
    before = np.asarray(pictures(painter, SMALL)[0].image, dtype=int)
    painter.compile()
    compiled = np.asarray(pictures(painter, SMALL)[0].image, dtype=int)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] > 0
    assert abs(compiled - before).max() <= 2
    assert any(
        hasattr(module, "_compiled_call_impl") and module._compiled_call_impl
        for module in painter.pipeline.unet.modules()
    )


def test_a_missing_compiler_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    painter = SDXLPainter(tiny.pipeline(), "tiny")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ModelError, match="no C\\+\\+ compiler"):
        painter.compile()
    assert len(pictures(painter, SMALL)) == 1


def test_weights_in_8_bits_are_not_compiled() -> None:
    painter = SDXLPainter(tiny.pipeline(), "tiny", plan=PLANS[1])
    with pytest.raises(ModelError, match=r"the plan for 8 GB, .*8 bits: start without --compile"):
        painter.compile()


def test_a_compiled_painter_that_goes_over_to_8_bits_is_compiled_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    painter = SDXLPainter(tiny.pipeline(), "tiny")
    compiled: list[object] = []
    monkeypatch.setattr(type(painter.pipeline.unet), "compile_repeated_blocks", lambda unet: compiled.append(unet))
    monkeypatch.setattr(shutil, "which", lambda name: name)
    painter.compile()
    assert compiled

    def fail(*_: object) -> None:
        raise AssertionError("a compiled block was called")

    for block in painter.pipeline.unet.mid_block.modules():
        block._compiled_call_impl = fail
    painter._weights.follow(PLANS[1])
    assert len(pictures(painter, SMALL)) == 1
