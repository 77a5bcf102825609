"""Who may import whom: one table of all rooms, no circles; and what a plain import may not do.

errors <- canvas, runtime <- {llm, render, safety, hub, artifacts} <- presets, sessions <- studio
studio <- opening <- {ui, cli}
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

GROUND = {"errors", "canvas", "runtime"}
# What rooms above a model's room may know of it: plain values, no torch.
VALUES = {"llm.base", "llm.address", "render.settings", "render.repaint", "safety.checks", "safety.filtering"}
FACES = GROUND | VALUES | {"hub", "artifacts", "events", "presets", "sessions", "studio", "opening"}
# Every room, and what a module of it may import of the others: whole rooms, or single modules by name. A room within
# another has a row of its own and is not part of that other one.
ROOMS: dict[str, set[str]] = {
    "": set(),
    "errors": set(),
    "canvas": {"errors"},
    "runtime": {"errors"},
    "hub": GROUND,
    "llm": GROUND,
    "render": GROUND,
    "render.sdxl": GROUND | {"render"},
    "render.flux2": GROUND | {"render"},
    "render.zimage": GROUND | {"render"},
    "safety": GROUND | {"hub"},
    "artifacts": GROUND | {"hub", "render.settings", "render.repaint"},
    "embedded": GROUND | {"llm", "render", "render.sdxl"},
    "presets": GROUND | VALUES | {"hub"},
    "sessions": GROUND | {"artifacts"},
    "events": GROUND | VALUES,
    "studio": GROUND | VALUES | {"llm", "render.painter", "safety", "artifacts", "events", "presets", "sessions"},
    "opening": GROUND
    | {"llm", "render", "render.sdxl", "render.flux2", "render.zimage", "safety", "hub", "artifacts", "embedded"}
    | {"presets", "sessions", "events", "studio"},
    "ui": set(),
    "ui.state": FACES,
    "ui.widgets": FACES | {"ui.state"},
    "ui.page": FACES | {"ui.state", "ui.widgets"},
    "ui.serving": FACES | {"ui.state", "ui.widgets", "ui.page"},
    "cli": FACES,
    "__main__": FACES | {"ui.serving", "cli"},
}
TOP = {"__init__", "__main__", "errors", "events", "studio"}
"""The modules beside the rooms."""


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


def short(name: str) -> str:
    """A module's name within the package; "" for the package itself."""
    return name.removeprefix(PACKAGE).removeprefix(".")


def room(name: str) -> str | None:
    """The innermost room of the table that a module is in; None for one that the table does not know."""
    inner = short(name)
    if not inner:
        return ""
    parts = inner.split(".")
    return next((place for n in range(len(parts), 0, -1) if (place := ".".join(parts[:n])) in ROOMS), None)


def own(names: frozenset[str]) -> set[str]:
    """The modules of the package among names; of `from package import module` the module alone."""
    found = {name for name in names if name in modules() and name != PACKAGE}
    return {name for name in found if not any(other.startswith(f"{name}.") for other in found)}


def violations(name: str, targets: set[str]) -> set[str]:
    """The imports that `name` may not make, of those within the package."""
    here = room(name)
    allowed = ROOMS[here] if here is not None else set()
    return {target for target in targets if room(target) not in (here, *allowed) and short(target) not in allowed}


@pytest.mark.parametrize("name", modules())
def test_every_module_is_in_a_room_and_its_imports_point_the_right_way(name: str) -> None:
    assert room(name) is not None, "a row of the table has to say what the new room may import"
    assert violations(name, own(imports()[name])) == set()


def test_the_table_has_no_row_without_a_module_and_names_no_module_that_is_not_there() -> None:
    assert set(ROOMS) == {room(name) for name in modules()}
    known = {short(name) for name in modules()}
    assert set().union(*ROOMS.values()) <= known
    assert {short(name).split(".")[0] for name in modules() if name != PACKAGE} == {
        place.split(".")[0] for place in ROOMS if place
    }
    assert {path.stem for path in (ROOT / PACKAGE).glob("*.py")} == TOP


def test_a_room_that_nobody_entered_in_the_table_is_seen() -> None:
    assert room("lib_omost.attic") is None
    assert room("lib_omost.attic.chest") is None
    assert violations("lib_omost.attic.chest", {"lib_omost.errors"}) == {"lib_omost.errors"}


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("errors", "canvas"),
        ("canvas.model", "render.settings"),
        ("runtime.plan", "hub"),
        ("hub.download", "presets"),
        ("llm.local", "render.settings"),
        ("llm.local", "embedded.painter.loading"),
        ("render.regions", "llm.base"),
        ("render.regions", "render.sdxl.painter"),
        ("render.sdxl.encode", "llm.base"),
        ("render.sdxl.painter", "studio"),
        ("render.sdxl.painter", "embedded.painter.mosaic"),
        ("safety.text", "render.settings"),
        ("safety.guard", "studio"),
        ("artifacts.record", "render.regions"),
        ("artifacts.record", "sessions"),
        ("presets", "studio"),
        ("presets.painters", "render.sdxl.painter"),
        ("sessions.store", "presets"),
        ("events", "studio"),
        ("studio", "opening.options"),
        ("studio", "render.regions"),
        ("studio", "embedded.painter.loading"),
        ("studio", "ui"),
        ("opening.studio", "cli"),
        ("ui.state.limits", "safety.text"),
        ("ui.state.handlers", "ui.widgets.events"),
        ("ui.widgets.chat.wiring", "ui.page"),
        ("ui.page", "ui.serving.app"),
        ("ui.serving.app", "cli"),
        ("ui.serving.start", "embedded.painter.loading"),
        ("cli.commands", "ui"),
        ("cli.commands", "render.sdxl.painter"),
        ("", "errors"),
    ],
)
def test_wrong_arrows_are_seen(name: str, target: str) -> None:
    target = f"{PACKAGE}.{target}"
    assert violations(f"{PACKAGE}.{name}".rstrip("."), {target}) == {target}


def test_relative_imports_are_seen() -> None:
    assert imported("lib_omost.ui.serving.app", "from ...render.sdxl import painter", False) == {
        "lib_omost.render.sdxl",
        "lib_omost.render.sdxl.painter",
    }
    assert imported("lib_omost.ui", "from . import page", True) == {"lib_omost.ui", "lib_omost.ui.page"}


def test_no_import_goes_in_a_circle() -> None:
    graph = {name: own(names) - {name} for name, names in imports().items()}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"these modules import each other in a circle: {' -> '.join(error.args[1])}")


def test_gradio_is_known_in_the_page_only() -> None:
    users = {name for name, names in imports().items() if any(used.split(".")[0] == "gradio" for used in names)}
    assert users, "gradio is imported somewhere"
    assert {room(name) for name in users} <= {"ui.widgets", "ui.page", "ui.serving"}, users


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


def test_values_studio_and_options_load_neither_torch_nor_gradio() -> None:
    names = [
        f"{PACKAGE}.{name}" for name in (*sorted(VALUES), "hub", "presets", "sessions", "studio", "opening.options")
    ]
    probe = f"""
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
    assert not {{"torch", "gradio"}} & set(sys.modules), name
"""
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
