"""Starts gradio without the type stubs that it writes.

At every import gradio renders a `.pyi` file for each component class, including those of a program, and compares it
with the one beside the class. Without this module `import gradio` takes 5.3 s of CPU time instead of 3.3 s
(`python -m benchmarks.start --parts page` measures the whole start), and `.pyi` files appear in the program's folder.
Gradio has no setting for it. Importing gradio already creates the first classes, so the function has to be replaced
between the import of its module and theirs, which only an import hook can do. Only editors use such stubs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

MODULE = "gradio.component_meta"
FUNCTION = "create_or_modify_pyi"


def leave_out_stubs() -> None:
    """Must be called before gradio is imported; later it has no effect. If a release of gradio writes stubs in another
    way, they are written."""
    if MODULE not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds the module that writes the stubs, once, by means of the finders after it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(Loader):
    """Loads the module and replaces the function that writes stubs."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        if hasattr(module, FUNCTION):
            setattr(module, FUNCTION, _write_nothing)


def _write_nothing(*arguments: object) -> None:
    pass
