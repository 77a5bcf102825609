"""The compilation of a UNet by torch.compile: whether it is possible, and its end when the weights change their form.

A compiled block is a graph for one precision and one shape of its inputs. Weights in 8 bits are unpacked in each call,
which breaks every graph, so such a UNet is not compiled.
"""

from __future__ import annotations

import importlib.util
import shutil
from typing import Any

from lib_omost.errors import ModelError
from lib_omost.runtime.plan import Plan


class Compilation:
    """The compilation of the blocks of `unet`; active: whether they are compiled now."""

    def __init__(self, unet: Any) -> None:
        self._unet = unet
        self.active = False

    def begin(self, plan: Plan, *, in_8_bits: bool) -> None:
        """Compile the blocks when they are first called, which lengthens the first step at each new picture size.

        plan: the memory plan that is followed. in_8_bits: whether it keeps the weights in 8 bits. Raises ModelError if
        it does, or if torch finds no compiler: a C++ compiler for a CPU, Triton for CUDA.
        """
        if in_8_bits:
            raise ModelError(
                f"The image model cannot be compiled by the plan for {plan.memory} GB, which keeps its weights in "
                "8 bits: start without --compile, or with a larger --memory."
            )
        if not self._has_compiler():
            raise ModelError(
                "The image model cannot be compiled: there is no C++ compiler for a CPU, or no Triton for a graphics "
                "card. Install it, or start without --compile."
            )
        self._unet.compile_repeated_blocks()
        self.active = True

    def end(self) -> None:
        """Call the blocks uncompiled from now on, because their weights are in 8 bits now."""
        if not self.active:
            return
        for module in self._unet.modules():
            module._compiled_call_impl = None
        self.active = False

    def _has_compiler(self) -> bool:
        if self._unet.device.type == "cpu":
            return any(shutil.which(name) for name in ("c++", "g++", "clang++", "cl", "icx"))
        return importlib.util.find_spec("triton") is not None
