"""A change that an edit asks for, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .brief import Relation, Thing

ChangeKind = Literal["add", "remove", "replace", "recolor", "move", "resize", "depth", "whole"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. targets: indices of the regions to change. things: the new ones, for "add" and "replace". relation:
    of what is added to the first target. value: a colour for "recolor", words for a location for "move" and "add",
    "bigger" or "smaller" for "resize", "front" or "back" for "depth", and a description for "whole" ("at night"). old:
    words of the whole picture's description that the value is to replace or to colour."""

    kind: ChangeKind
    targets: tuple[int, ...] = ()
    things: tuple[Thing, ...] = ()
    value: str = ""
    relation: Relation | None = None
    old: str = ""
