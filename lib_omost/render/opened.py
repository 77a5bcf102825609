"""Opening checkpoints by a library, and moving painters to a device, with messages that say what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, TypeVar

from lib_omost.errors import ModelError
from lib_omost.runtime.device import backend, is_out_of_memory
from lib_omost.runtime.plan import Plan


class Movable(Protocol):
    """What `moved` asks of a painter."""

    name: str

    @property
    def plan(self) -> Plan: ...

    def to(self, device: str) -> Any: ...


P = TypeVar("P", bound=Movable)


def opened(load: Any, source: str | Path, kind: str, **options: Any) -> Any:
    """``load(source, **options)``. Raises ModelError for every failure; kind: what the checkpoint ought to be."""
    try:
        return load(source, **options)
    except ModelError:
        raise
    except NotImplementedError as error:  # torch raises it for weights that were not read
        raise ModelError(incomplete("weights", source)) from error
    except Exception as error:  # a broken or absent file can make four libraries raise anything
        if is_out_of_memory(error):
            raise ModelError(
                f"There is not enough memory to load the image model {source}: close other programs, or choose a "
                "smaller painter."
            ) from error
        reason = " ".join(str(error).split()).rstrip(".")
        raise ModelError(
            f"The image model {source} could not be loaded ({type(error).__name__}: {reason[:400]}). "
            f"It is not {kind} of a form that can be read here: choose another painter."
        ) from error


def moved(painter: P, device: str) -> P:
    """`painter` with its weights on `device`. Raises ModelError if its memory does not suffice."""
    try:
        painter.to(device)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise ModelError(
            f"The memory of the {backend(device)} device does not suffice for the image model {painter.name} by the "
            f"plan for {painter.plan.memory} GB. Close other programs that use it, or start with a smaller --memory."
        ) from error
    return painter


def incomplete(what: str, source: str | Path) -> str:
    """The message for a checkpoint of which `what` is incomplete."""
    return f"The {what} in {source} are incomplete, so the model was not saved whole: choose another copy or painter."
