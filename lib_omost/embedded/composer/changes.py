"""The changes that an edit asks for, read without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..colors import COLOR_WORDS
from ..lexicon import Lexicon, lexicon
from ..words import clean
from .change import Change
from .clauses import ClauseReader
from .cues import BIGGER, BOTH, BUT, CORRECTION, INSTEAD, NOT_COLOR, SMALLER, SUBJECTS, WITH, is_time, setting, stripped

MAX_CHANGES = 12


def read_changes(
    request: str, regions: Sequence[str], scene: str = "", words: Lexicon | None = None
) -> tuple[Change, ...]:
    """The changes that a request asks for, in order; never empty. regions: the descriptions of the regions. scene: that
    of the whole picture."""
    reader = ClauseReader(regions, scene, words or lexicon())
    text = _together(clean(request).strip(" .!?"))
    lower = stripped(text.lower())
    for pattern in INSTEAD:
        if (found := pattern.search(lower)) and (change := reader.replaced(found)):
            return (change,)
    changes: list[Change] = []
    remarks: list[int] = []
    for part in _parts(text):
        taken_back = CORRECTION.match(part.lower())
        if taken_back and changes and (taken_back[0] == part.lower() or changes[-1].kind == "whole"):
            changes.pop()
        if not stripped(part.lower()):
            continue
        change = reader.read(part) or _inherited(part, reader) or reader.unsaid(part)
        if change is None and reader.names(part):
            remarks.append(len(changes))
        changes.append(change or Change("whole", value=setting(part)))
    if len(changes) > len(remarks):  # "the cat looks wrong, remove it"
        changes = [change for place, change in enumerate(changes) if place not in remarks]
    return tuple(_joined(changes)[:MAX_CHANGES])


def _together(text: str) -> str:
    """A request in which phrases that belong together are not separated by conjunctions, and with its apostrophes."""
    text = re.sub(r"\b(do|does|should|ca|could|is|wo|must)nt\b", r"\1n't", text, flags=re.IGNORECASE)
    text = NOT_COLOR.sub("", BUT.sub(r"\1 except ", text))
    text = re.sub(
        r"^(?:(.*\b(?:it|this|everything|picture|image|scene)) )?((?:in )?black) and (white)$", r"\1 \2-and-\3", text
    )
    text = BOTH.sub(r"\1 & \2", text)
    return SUBJECTS.sub(lambda found: found[0] if _said(found[1]) else f"{found[1]} & {found[2]}", text)


def _said(text: str) -> bool:
    """Whether a text says how something is to be: a colour or a size."""
    return bool(BIGGER.search(text) or SMALLER.search(text) or COLOR_WORDS & set(text.lower().split()))


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
