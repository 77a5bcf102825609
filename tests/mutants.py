"""Mutation testing of one room: a seeded sample of its mutants, each run against the tests that reach it.

`python -m tests.mutants sessions --count 150 --seed 0` prints the share of mutants that a test fails for, and the diff
of every other one. The work is mutmut's; it runs in a copy of the tracked files and leaves this tree alone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

ROOT = Path(__file__).resolve().parents[1]
CANVAS_TESTS = ("scanner", "interpreter", "stream", "writer", "extension", "rewriting", "forms")
ROOMS: dict[str, tuple[list[str], list[str]]] = {
    "sessions": (["lib_omost/sessions/*"], ["tests/sessions", "--ignore=tests/sessions/test_kill.py"]),
    "safety": (["lib_omost/safety/*"], ["tests/safety"]),
    "interpreter": (
        [f"lib_omost/canvas/{name}.py" for name in ("scanner", "nesting", "interpreter", "arguments")],
        [f"tests/canvas/test_{name}.py" for name in CANVAS_TESTS],
    ),
}
"""Files that are mutated, and what pytest is told to run, by room. What starts other processes is left out, for they
would run the code as it is; so are tests of the canvas that read no reply."""
SURVIVED, UNREACHED = 0, 33
"""mutmut's exit codes for a mutant that no test fails for, and for one that no test runs."""
SETTINGS = """
[tool.mutmut]
source_paths = ["lib_omost"]
only_mutate = {files}
also_copy = {others}
pytest_add_cli_args_test_selection = {tests}
timeout_constant = 20.0
timeout_multiplier = 3.0
track_dependencies = false
"""


def copy_tree(target: Path) -> None:
    """Copy the tracked files as they are now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def mutmut(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mutmut", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def results(folder: Path) -> dict[str, int | None]:
    """The exit code of every mutant's tests by the mutant's name; None if they have not run."""
    found: dict[str, int | None] = {}
    for path in sorted((folder / "mutants").rglob("*.meta")):
        found.update(json.loads(path.read_text("utf-8"))["exit_code_by_key"])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Mutation testing of one room.")
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--count", type=int, default=150, help="mutants that are tried (default: 150)")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of them (default: 0)")
    parser.add_argument("--jobs", type=int, default=1, help="mutants tried at once (default: 1)")
    options = parser.parse_args()
    folder = Path(mkdtemp(prefix="mutants-"))
    copy_tree(folder)
    files, tests = ROOMS[options.room]
    others = [entry.name for entry in folder.iterdir() if entry.name not in ("lib_omost", "tests")]
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(files=json.dumps(files), others=json.dumps(others), tests=json.dumps(tests)))
    made = mutmut(folder, "run", "none")  # makes all mutants and says that none has this name
    names = sorted(results(folder))
    if not names:
        sys.exit(made.stdout + made.stderr)
    chosen = random.Random(options.seed).sample(names, min(options.count, len(names)))
    done = mutmut(folder, "run", "--max-children", str(options.jobs), *chosen)
    codes = {name: code for name, code in results(folder).items() if name in set(chosen)}
    if None in codes.values():
        sys.exit(done.stdout[-4000:] + done.stderr)
    alive = [name for name, code in codes.items() if code in (SURVIVED, UNREACHED)]
    for name in alive:
        print(mutmut(folder, "show", name).stdout)
    caught = len(codes) - len(alive)
    print(f"{options.room}: {caught} of {len(codes)} mutants ({caught / len(codes):.0%}) of {len(names)} were noticed.")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
