"""The house: who may import whom, without circles; and what a plain import may not do.

errors <- canvas, runtime <- {llm, render, safety} <- studio and what stands beside it <- {ui, cli}
"""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "lib_omost"
# Rooms that stand below the studio, with the rooms that each may import beside itself.
LOWER = {
    "errors": set(),
    "runtime": {"errors"},
    "canvas": {"errors"},
    "llm": {"errors", "canvas", "runtime"},
    "render": {"errors", "canvas", "runtime"},
    "hub": {"errors", "runtime"},
    "embedded": {"errors", "canvas", "runtime", "llm", "render"},
    "safety": {"errors", "canvas", "runtime", "hub"},
}
BESIDE_STUDIO = {"presets", "sessions", "artifacts"}
BESIDE_STUDIO |= {"events"}
FACES = {"ui", "cli"}
# The rooms within the page's, with those that each may import beside itself; the state of a page knows no gradio.
UI = {
    "state": set(),
    "widgets": {"state"},
    "page": {"state", "widgets"},
    "serving": {"state", "widgets", "page"},
}
# What the faces may know of the rooms below the studio: plain values, no torch.
VALUES = {"lib_omost.llm", "lib_omost.llm.base", "lib_omost.render", "lib_omost.render.settings"}
VALUES |= {"lib_omost.safety", "lib_omost.safety.checks", "lib_omost.safety.filtering"}


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(name: str, source: str, is_package: bool) -> set[str]:
    """What a module imports, wherever in its code: dotted names, `from a import b` as both a and a.b."""
    names: set[str] = set()
    package = name if is_package else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            base = ".".join(part for part in (above, node.module) if part)
            names.add(base)
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return names


@cache
def imports() -> dict[str, frozenset[str]]:
    return {
        name: frozenset(imported(name, path.read_text(encoding="utf-8"), path.name == "__init__.py"))
        for name, path in modules().items()
    }


def room(name: str) -> str:
    """The room of a module of the package; "" for the package itself."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def room_of_ui(name: str) -> str:
    """The room within `ui` of one of its modules; "" for `ui` itself."""
    parts = name.split(".")
    return parts[2] if len(parts) > 2 else ""


def own(names: frozenset[str]) -> set[str]:
    return {name for name in names if name in modules() and name != PACKAGE}


def ui_allows(here: str, there: str) -> bool:
    """Whether a module in the room `here` of the page may import one in the room `there`; a room that is not in the
    table may not."""
    return there in ("", here) or there in UI.get(here, set())


def violations(name: str, targets: set[str]) -> set[str]:
    """The imports that `name` may not make, of those within the package."""
    here = room(name)
    wrong = set()
    for target in targets:
        there = room(target)
        if there == here:
            if here == "ui" and not ui_allows(room_of_ui(name), room_of_ui(target)):
                wrong.add(target)
            continue
        if here in LOWER:
            allowed = there in LOWER[here]
        elif here in FACES:
            allowed = there not in FACES and (there not in ("llm", "render", "safety") or target in VALUES)
        elif here == "__main__":
            allowed = True
        else:
            allowed = there not in FACES and not (here in BESIDE_STUDIO and there == "studio")
        if not allowed:
            wrong.add(target)
    return wrong


@pytest.mark.parametrize("name", modules())
def test_imports_point_the_right_way(name: str) -> None:
    assert violations(name, own(imports()[name])) == set()


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("lib_omost.errors", "lib_omost.canvas"),
        ("lib_omost.canvas.model", "lib_omost.render.settings"),
        ("lib_omost.llm.local", "lib_omost.render.settings"),
        ("lib_omost.render.sdxl.encode", "lib_omost.llm.base"),
        ("lib_omost.render.sdxl.painter", "lib_omost.studio"),
        ("lib_omost.presets", "lib_omost.studio"),
        ("lib_omost.safety.text", "lib_omost.render.settings"),
        ("lib_omost.safety.guard", "lib_omost.studio"),
        ("lib_omost.ui.state.limits", "lib_omost.safety.text"),
        ("lib_omost.studio", "lib_omost.ui"),
        ("lib_omost.ui.serving.app", "lib_omost.cli"),
        ("lib_omost.ui.state.handlers", "lib_omost.ui.widgets.events"),
        ("lib_omost.ui.widgets.chat.wiring", "lib_omost.ui.page"),
        ("lib_omost.ui.page", "lib_omost.ui.serving.app"),
        ("lib_omost.ui.helpers", "lib_omost.ui.state.handlers"),
        ("lib_omost.cli.commands", "lib_omost.render.sdxl.painter"),
    ],
)
def test_wrong_arrows_are_seen(name: str, target: str) -> None:
    assert violations(name, {target}) == {target}


def test_relative_imports_are_seen() -> None:
    assert imported("lib_omost.ui.serving.app", "from ...render.sdxl import painter", False) == {
        "lib_omost.render.sdxl",
        "lib_omost.render.sdxl.painter",
    }
    assert imported("lib_omost.ui", "from . import page", True) == {"lib_omost.ui", "lib_omost.ui.page"}


def test_no_import_goes_in_a_circle() -> None:
    graph = {}
    for name, names in imports().items():
        # A package imports its own modules and they import each other; `from package import module` means the module.
        targets = own(names) - {name}
        graph[name] = {target for target in targets if not any(other.startswith(f"{target}.") for other in targets)}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"these modules import each other in a circle: {' -> '.join(error.args[1])}")


def test_gradio_is_known_in_the_page_only() -> None:
    users = {name for name, names in imports().items() if any(used.split(".")[0] == "gradio" for used in names)}
    assert all(room(name) == "ui" for name in users), users
    assert not {name for name in users if room_of_ui(name) == "state"}
    assert {room_of_ui(name) for name in modules() if room(name) == "ui"} == {"", *UI}


def test_the_canvas_room_needs_the_standard_library_only() -> None:
    for name, names in imports().items():
        if room(name) in ("errors", "canvas"):
            tops = {used.split(".")[0] for used in names if used} - {PACKAGE}
            allowed = {"numpy"} if name == "lib_omost.canvas.conditions" else set()
            assert tops - sys.stdlib_module_names <= allowed, name


PROBE = """
import sys
effects = []
def hook(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event in ("os.mkdir", "os.remove", "os.rename", "subprocess.Popen", "os.system", "socket.connect"):
        effects.append((event, str(arguments)))
sys.addaudithook(hook)
import {module}
heavy = set(sys.modules) & {{"torch", "numpy", "diffusers", "transformers", "gradio", "PIL"}}
print(sorted(heavy), effects)
"""


@pytest.mark.parametrize("module", ["lib_omost", "lib_omost.canvas", "lib_omost.errors"])
def test_importing_loads_nothing_heavy_and_has_no_effect(module: str, tmp_path: Path) -> None:
    probe = PROBE.format(module=module)
    command = [sys.executable, "-B", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{probe}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[] []"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("module", [*sorted(VALUES), "lib_omost.studio"])
def test_values_and_studio_load_no_torch(module: str) -> None:
    if module not in modules():
        pytest.skip(f"{module} is not there")
    probe = f"import sys, {module}; sys.exit('torch' in sys.modules or 'gradio' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
