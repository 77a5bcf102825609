"""How soon the program responds: `check` on a file, the page after the command, a picture after a prompt.

Every part is a separate process, as for a user; wall seconds, and the CPU seconds that it used.
"""

from __future__ import annotations

import argparse
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.report import finish, table
from benchmarks.scenes import canvas_code
from lib_omost.presets import COMPOSERS, ROOT

PARTS = ("check", "page", "picture")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the two short parts; the fastest counts")
    options = parser.parse_args()
    rows: list[tuple[object, ...]] = []
    ratios: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        for part, run, limit in (("check", _check, 0.5), ("page", _page, 3.0), ("picture", _picture, 60.0)):
            if part not in options.parts:
                continue
            found = [run(Path(folder)) for _ in range(1 if part == "picture" else options.rounds)]
            wall, cpu = (min(times) for times in zip(*found, strict=True))
            rows.append((part, wall, cpu, limit))
            ratios[f"{part} of its limit"] = wall / limit
            ratios[f"{part} of its limit, CPU time"] = cpu / limit
    table(("what", "wall s", "CPU s", "limit s"), rows)
    finish("start", "cpu", ratios)


def _check(folder: Path) -> tuple[float, float]:
    reply = folder / "reply.txt"
    reply.write_text(canvas_code(6), encoding="utf-8")
    return _run([sys.executable, "-m", "lib_omost", "check", str(reply)])


def _picture(folder: Path) -> tuple[float, float]:
    prompt = COMPOSERS["embedded"].examples[0]
    reply = folder / "made.txt"
    command = [sys.executable, "-m", "lib_omost"]
    models = ["--composer", "embedded", "--painter", "embedded", "--device", "cpu"]
    composed = _run([*command, "compose", prompt, *models], reply)
    painted = _run([*command, "render", str(reply), *models, "-o", str(folder / "made.png")])
    return composed[0] + painted[0], composed[1] + painted[1]


def _run(command: list[str], output: Path | None = None) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    wall = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(done.stderr.decode(errors="replace"))
    if output is not None:
        output.write_bytes(done.stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _page(folder: Path) -> tuple[float, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "gradio_app.py", "--device", "cpu", "--port", str(port), "--outputs", str(folder)]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder)}
    began = time.perf_counter()
    log = folder / "page.txt"
    with (
        log.open("w") as lines,
        subprocess.Popen(command, cwd=ROOT, stdout=lines, stderr=lines, env=environment) as process,
    ):
        try:
            while process.poll() is None and time.perf_counter() - began < 300:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
                        answer.read()
                    return time.perf_counter() - began, _cpu_of(process.pid)
                except OSError:
                    time.sleep(0.05)
            raise SystemExit(f"The page did not answer: {log.read_text()}")
        finally:
            process.kill()


def _cpu_of(process: int) -> float:
    """CPU seconds of a process so far; NaN if the system does not report them."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
