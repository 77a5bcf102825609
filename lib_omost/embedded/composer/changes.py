"""The changes that an edit asks for, read without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..lexicon import Lexicon, lexicon
from ..words import clean
from .change import Change
from .clauses import ClauseReader
from .cues import BOTH, BUT, CORRECTION, INSTEAD, NOT_COLOR, WITH, is_time, setting, stripped

MAX_CHANGES = 12


def read_changes(
    request: str, regions: Sequence[str], scene: str = "", words: Lexicon | None = None
) -> tuple[Change, ...]:
    """The changes that a request asks for, in order; never empty. regions: the descriptions of the regions. scene: that
    of the whole picture."""
    reader = ClauseReader(regions, scene, words or lexicon())
    text = NOT_COLOR.sub("", BUT.sub(r"\1 except ", clean(request).strip(" .!?")))
    text = BOTH.sub(r"\1 & \2", text)
    lower = stripped(text.lower())
    for pattern in INSTEAD:
        if (found := pattern.search(lower)) and (change := reader.replaced(found)):
            return (change,)
    changes: list[Change] = []
    for part in _parts(text):
        taken_back = CORRECTION.match(part.lower())
        if taken_back and changes and (taken_back[0] == part.lower() or changes[-1].kind == "whole"):
            changes.pop()
        if not stripped(part.lower()):
            continue
        change = reader.read(part) or _inherited(part, reader) or reader.unsaid(part)
        changes.append(change or Change("whole", value=setting(part)))
    return tuple(_joined(changes)[:MAX_CHANGES])


def not_understood(changes: Sequence[Change], words: Lexicon | None = None) -> list[str]:
    """What became part of the whole picture's description although it is a command ("zoom out")."""
    words = words or lexicon()
    found = [part for one in changes if one.kind == "whole" and not one.old for part in one.value.split(", ")]
    return [part for part in found if part and _is_command(part, words)]


def _is_command(part: str, words: Lexicon) -> bool:
    first = part.split()[0]
    return words.parts_of_speech(first)[:1] == "v" and bool(words.verb(first) == first or " should " in f" {part} ")


def _parts(text: str) -> list[str]:
    """The clauses of a request, separated by punctuation and conjunctions."""
    found: list[str] = []
    for part in re.split(r"\s*(?:[;.!?]|,?\s+(?:and then|and also|then|and|plus|but)\s+|,)\s*", text):
        both = WITH.match(stripped(part.lower()))
        found += [both["whole"], f"add {both['new']}"] if both else [part]
    return [part for part in found if part.strip()][:MAX_CHANGES]


def _inherited(part: str, reader: ClauseReader) -> Change | None:
    """The change of a clause without a verb, which takes that of the previous one ("remove the cactus and the
    cowboy")."""
    lower = stripped(part.lower())
    if not reader.cue or is_time(lower) or lower.startswith(("make", "in ", "at ")):
        return None
    return reader.read(f"{reader.cue} {lower}")


def _joined(changes: Sequence[Change]) -> list[Change]:
    """The changes, with all changes of the whole picture joined into one."""
    whole = [change.value for change in changes if change.kind == "whole" and change.value and not change.old]
    found = [change for change in changes if change.kind != "whole" or change.old]
    return [*found, Change("whole", value=", ".join(whole))] if whole or not found else found
