"""Type stubs that gradio writes at import: left out, and everything else as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COMPONENT = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
if sys.argv[2] == "without":
    from lib_omost.ui.serving.stubs import leave_out_stubs

    leave_out_stubs()
    leave_out_stubs()
import shouting

assert "change" in dir(shouting.Shouting(value="a"))
print(len(sys.meta_path))
"""

SHOUTING = """
import gradio as gr


class Shouting(gr.Textbox):
    pass
"""


def run(folder: Path, how: str) -> str:
    (folder / "shouting.py").write_text(SHOUTING, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", COMPONENT, str(folder), how], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_no_stub_is_written_beside_a_component(tmp_path: Path) -> None:
    left_out = run(tmp_path, "without")
    assert not list(tmp_path.glob("*.pyi"))
    assert left_out == run(tmp_path, "with"), "the finder is gone once it has done its work"
    assert list(tmp_path.glob("*.pyi")), "gradio no longer writes stubs: lib_omost/ui/serving/stubs.py can go"
