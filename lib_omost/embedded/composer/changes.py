"""The changes that an edit asks for, read without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..colors import COLOR_WORDS
from ..lexicon import Lexicon, lexicon
from ..pieces import cut
from ..words import clean, tag, tokens, word_set
from .brief import Thing
from .cues import (
    ADD,
    BIGGER,
    EVERYTHING,
    INSTEAD,
    NEW,
    PLACE,
    REMOVE,
    REPLACE,
    SMALLER,
    WISH,
    directions,
    is_time,
    setting,
    stripped,
)
from .reader import read

ChangeKind = Literal["add", "remove", "replace", "recolor", "move", "resize", "whole"]
MAX_CHANGES = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One change. targets: indices of the regions to change. things: the new ones, for "add" and "replace". value: a
    colour for "recolor", words for a location for "move" and "add", "bigger" or "smaller" for "resize", and a
    description for "whole" ("at night")."""

    kind: ChangeKind
    targets: tuple[int, ...] = ()
    things: tuple[Thing, ...] = ()
    value: str = ""


def read_changes(request: str, regions: Sequence[str], words: Lexicon | None = None) -> tuple[Change, ...]:
    """The changes that a request asks for, in order; never empty. regions: the descriptions of the regions."""
    return tuple(_RequestReader(regions, words or lexicon()).read(request)[:MAX_CHANGES])


def noun_of(description: str) -> str:
    """The subject of a region's description: its first noun, with the nouns before it ("cherry tree")."""
    pieces = cut(tag(tokens(clean(description)), lexicon()), lexicon())
    if not pieces:
        return description.strip(" .").rpartition(" ")[2].lower()
    nouns: list[str] = []
    for word in reversed(pieces[0].words):
        if word.role != "noun" and not (nouns and word.role == "adjective" and _modifies(word.lower)):
            break
        nouns.insert(0, word.lower)
    return " ".join(nouns)


def _modifies(word: str) -> bool:
    """Whether a word tagged as an adjective is a noun modifier ("a cherry tree")."""
    return word not in COLOR_WORDS and lexicon().noun(word) is not None


class _RequestReader:
    def __init__(self, regions: Sequence[str], words: Lexicon) -> None:
        self._words = words
        self._regions = [text.lower() for text in regions]
        self._heads = [self._head(text) for text in regions]
        self._last: tuple[int, ...] = ()  # what "it" refers to
        self._cue = ""  # the verb of the previous clause

    def read(self, request: str) -> list[Change]:
        text = clean(request).strip(" .!?")
        lower = stripped(text.lower())
        for pattern in INSTEAD:
            if (found := pattern.search(lower)) and (change := self._replaced(found)):
                return [change]
        changes: list[Change] = []
        for part in self._parts(text):
            change = self._clause(part) or self._inherited(part)
            changes.append(change or Change("whole", value=setting(part)))
        return _joined(changes)

    def _parts(self, text: str) -> list[str]:
        """The clauses of a request, separated by punctuation and conjunctions."""
        parts = re.split(r"\s*(?:[;.!?]|,?\s+(?:and then|and also|then|and|plus|but)\s+|,)\s*", text)
        return [part for part in parts if part.strip()][:MAX_CHANGES]

    def _clause(self, part: str) -> Change | None:
        lower = stripped(part.lower())
        cue = lower.split()[0] if lower else ""
        change = (
            self._replacement(lower)
            or self._removal(lower)
            or self._new_color(lower)
            or self._new_size(lower)
            or self._addition(lower)
            or self._new_place(lower)
        )
        if change is not None:
            self._cue = cue
            self._last = change.targets or self._last
        return change

    def _inherited(self, part: str) -> Change | None:
        """The change of a clause without a verb, which takes that of the previous one ("remove the cactus and the
        cowboy")."""
        lower = stripped(part.lower())
        if not self._cue or is_time(lower) or lower.startswith(("make", "in ", "at ")):
            return None
        return self._clause(f"{self._cue} {lower}")

    def _replacement(self, lower: str) -> Change | None:
        for pattern in REPLACE:
            if (found := pattern.search(lower)) and (change := self._replaced(found)):
                return change
        return None

    def _replaced(self, found: re.Match[str]) -> Change | None:
        targets = self._named(found["old"])
        new = ADD.sub("", stripped(found["new"]))
        if not targets or set(re.findall(r"[a-z]+", new)) <= COLOR_WORDS | _SHADES:
            return None
        things = self._things(new)
        return Change("replace", targets, things[:1]) if things else None

    def _removal(self, lower: str) -> Change | None:
        if not REMOVE.search(lower):
            return None
        targets = self._named(REMOVE.sub(" ", lower) if not lower.startswith("take") else lower)
        return Change("remove", targets) if targets else None

    def _new_color(self, lower: str) -> Change | None:
        found = [word for word in re.findall(r"[a-z]+", lower) if word in COLOR_WORDS]
        if not found or self._is_addition(lower):
            return None
        targets = self._named(lower)
        color = next(
            (word for word in reversed(found) if not all(word in self._regions[at] for at in targets)), found[-1]
        )
        return Change("recolor", targets, value=color) if targets else None

    def _new_size(self, lower: str) -> Change | None:
        size = "bigger" if BIGGER.search(lower) else "smaller" if SMALLER.search(lower) else ""
        if not size or self._is_addition(lower):
            return None
        targets = self._named(lower) or (self._last if re.search(r"\b(?:it|them)\b", lower) else ())
        return Change("resize", targets, value=size) if targets else None

    def _new_place(self, lower: str) -> Change | None:
        where = directions(lower)
        if not where or self._is_addition(lower):
            return None
        targets = self._named(re.sub(r"\b(?:of|in front of|behind|next to|near) the [\w ]+$", "", lower))
        if not targets and re.search(r"\b(?:it|them)\b", lower):
            targets = self._last
        return Change("move", targets, value=where) if targets else None

    def _addition(self, lower: str) -> Change | None:
        if not self._is_addition(lower):
            return None
        nice = WISH.match(lower)
        new = nice["new"] if nice else ADD.sub("", lower)
        receiver = re.match(r"^(?:the |my |his |her )([\w' -]+?) (?=(?:an?|some|two|three|another) )", new)
        if receiver:
            new = new[receiver.end() :]
        where = directions(new)
        new = PLACE.sub("", new)
        things = self._things(new)
        return Change("add", self._named(new), things, where) if things else None

    def _is_addition(self, lower: str) -> bool:
        if WISH.match(lower):
            return True
        found = ADD.match(lower)
        if not found:
            return False
        rest = lower[found.end() :]
        if lower.startswith(("make", "paint", "with ", "have")) and not re.match(r"(?:an?|some|another) ", rest):
            return False
        bare = found[0].strip() in ("add", "insert", "include")
        return bool(NEW.match(rest)) or (bare and not self._named(rest) and not EVERYTHING.match(rest))

    def _things(self, text: str) -> tuple[Thing, ...]:
        """The new things in a text; existing ones that it refers to with "the" are left out."""
        brief = read(text, self._words)
        seen = [thing for thing in brief.things if thing.kind not in ("time", "weather", "light", "place", "event")]
        if brief.settings and not re.match(r"(?:an?|some|another|the|two|three|\w+s\b)", text.strip()):
            return ()
        return tuple(
            thing
            for thing in seen
            if not (re.match(r"the\b", thing.words.lower()) and self._named(thing.words.lower()))
        )

    def _named(self, text: str) -> tuple[int, ...]:
        """The regions that a text refers to: by their noun, else by another word. Owners ("the fox's hat") and
        reference points ("next to the fox") count only if there is no other match."""
        for part in (_BESIDE.sub(" ", text), text):
            found = self._by_head(part)
            if found:
                return found
        long = set(re.findall(r"[a-z]{4,}", text)) - _EMPTY
        return tuple(at for at, words in enumerate(self._regions) if long & set(re.findall(r"[a-z]{4,}", words)))[:1]

    def _by_head(self, text: str) -> tuple[int, ...]:
        parts = [re.sub(r"'s?$", "", word) for word in re.findall(r"[a-z][a-z'-]*", text)]
        forms = {form for word in parts for form in self._bases(word)}
        return tuple(at for at, head in enumerate(self._heads) if head and self._bases(head) & forms)

    def _bases(self, word: str) -> set[str]:
        noun = self._words.noun(word)
        return {word} | ({noun.word} if noun else {word.removesuffix("s")})

    def _head(self, description: str) -> str:
        pieces = cut(tag(tokens(clean(description)), self._words), self._words)
        if not pieces:
            return ""
        last = (
            pieces[1]
            if len(pieces) > 1 and pieces[1].link == ("of",) and pieces[0].noun and pieces[0].noun.kind == "group"
            else pieces[0]
        )
        return last.head


_BESIDE = re.compile(r"\b(?:next to|near|beside|behind|in front of|on|in|under|over|above) (?:the|a|an) [\w' -]+")
_SHADES = word_set("bright dark light pale deep more less and very color colour")
_EMPTY = (
    word_set(
        """
    make with move left right side upper lower from into that this want should could would more some please
    picture scene image look like bigger smaller color colour change turn paint background behind front there
    """
    )
    | COLOR_WORDS
)


def _joined(changes: Sequence[Change]) -> list[Change]:
    """The changes, with all changes of the whole picture joined into one."""
    whole = [change.value for change in changes if change.kind == "whole" and change.value]
    found = [change for change in changes if change.kind != "whole"]
    return [*found, Change("whole", value=", ".join(whole))] if whole or not found else found
