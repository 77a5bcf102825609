"""Clauses: what a single clause of an edit asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..colors import COLOR_WORDS
from ..lexicon import Lexicon
from ..words import word_set
from .brief import Thing
from .change import Change
from .counts import NUMBER, new_number
from .cues import (
    ADD,
    AGAIN,
    BACK,
    BIGGER,
    DOING,
    EVERYTHING,
    EXCEPT,
    FRONT,
    GETS,
    NEW,
    PLACE,
    REMOVE,
    REPLACE,
    SCENE,
    SMALLER,
    UNSAID,
    WISH,
    directions,
    is_time,
    stripped,
)
from .mentions import Mentions
from .reader import read
from .relations import RELATIONS

_SHADES = word_set("bright dark light pale deep more less and very color colour")
_SAYS_NOTHING = word_set(
    """
    it them they him her the a an of in on at to into and or be is are should must could bit little more much also even
    make put move bring set place further farther side corner slightly somewhat then too very please there
    """
)
_EVERY = word_set("both all everyone everybody")
_PLACES = word_set(
    """
    left right top upper up upward upwards higher raise bottom lower down downward downwards center centre middle
    """
)
_RELATION = "|".join(sorted(RELATIONS, key=len, reverse=True))


class ClauseReader:
    """Reads the clauses of a request one after another; each may refer to the previous one."""

    def __init__(self, regions: Sequence[str], scene: str, words: Lexicon) -> None:
        self._words = words
        self._mentions = Mentions(regions, words)
        self._scene = scene.lower()
        self._last: tuple[int, ...] = ()  # what "it" refers to
        self.cue = ""
        """The verb of the previous clause."""

    def read(self, part: str) -> Change | None:
        lower = stripped(part.lower())
        cue = lower.split()[0] if lower else ""
        change = (
            self._doing(lower)
            or new_number(lower, self._mentions, self._things, self._words)
            or self._depth(lower)
            or self._replacement(lower)
            or self._removal(lower)
            or self._new_color(lower)
            or self._new_size(lower)
            or self._addition(lower)
            or self._new_place(lower)
        )
        if change is not None or REMOVE.search(lower):
            self.cue = cue
        self._last = (change.targets if change is not None else self._mentions.of(lower)[:1]) or self._last
        return change

    def names(self, part: str) -> bool:
        """Whether a clause that asks for nothing names a region."""
        return bool(self._mentions.named(stripped(part.lower())))

    def _doing(self, lower: str) -> Change | None:
        """What somebody is to hold, which is added, or to wear, which becomes part of his description."""
        found = DOING.match(lower)
        if not found:
            return None
        targets = (self._mentions.of(found["who"]) or self._mentions.persons(found["who"]))[:1]
        things = self._things(found["what"])
        if not targets or not things:
            return None
        if not found["verb"].startswith("wear"):
            return Change("add", targets, things, relation="holding")
        worn = read(f"{self._mentions.texts[targets[0]].strip(' .')} wearing {found['what']}", self._words)
        return Change("replace", targets, worn.things[:1])

    def _depth(self, lower: str) -> Change | None:
        value = "front" if FRONT.search(lower) else "back" if BACK.search(lower) else ""
        targets = self._mentions.of(re.sub(r"\bto the .*$", "", lower)) if value else ()
        return Change("depth", targets[:1], value=value) if targets else None

    def _replacement(self, lower: str) -> Change | None:
        for pattern in REPLACE:
            if (found := pattern.search(lower)) and (change := self.replaced(found)):
                return change
        return None

    def replaced(self, found: re.Match[str]) -> Change | None:
        targets = self._mentions.of(found["old"])
        new = ADD.sub("", stripped(found["new"]))
        if re.fullmatch(rf"(?:the )?(?:{NUMBER})", found["old"]):
            targets = self._mentions.of(new)  # three cats instead of two
        elif EVERYTHING.match(found["old"]):
            if SCENE.match(new):
                return None
            targets = tuple(range(len(self._mentions.texts)))
        if set(re.findall(r"[a-z]+", new)) <= COLOR_WORDS | _SHADES | {"a", "an"}:
            return None
        if not targets:
            old = self._in_scene(found["old"])
            return Change("whole", value=new, old=old) if old else None
        things = self._things(new)
        return Change("replace", targets, things[:1]) if things else None

    def _removal(self, lower: str) -> Change | None:
        found = EXCEPT.search(lower)
        if found and (found["only"] or REMOVE.search(lower)):
            kept = self._mentions.of(found["kept"] or found["only"])
            gone = tuple(at for at in range(len(self._mentions.texts)) if at not in kept)
            return Change("remove", gone) if gone and kept else None
        if not REMOVE.search(lower):
            return None
        said = REMOVE.sub(" ", lower)
        targets = self._mentions.of(said) or self._mentions.of(lower) or self._it(said)
        return Change("remove", targets) if targets else None

    def _new_color(self, lower: str) -> Change | None:
        found = [word for word in re.findall(r"[a-z]+", lower) if word in COLOR_WORDS]
        if not found or self._is_addition(lower):
            return None
        targets = self._mentions.of(lower) or self._it(lower, COLOR_WORDS | _SHADES)
        if not targets and (old := self._in_scene(lower)):
            return Change("recolor", value=found[-1], old=old)
        color = next(
            (word for word in reversed(found) if not all(word in self._mentions.texts[at] for at in targets)), found[-1]
        )
        return Change("recolor", targets, value=color) if targets else None

    def _new_size(self, lower: str) -> Change | None:
        size = "bigger" if BIGGER.search(lower) else "smaller" if SMALLER.search(lower) else ""
        if not size or self._is_addition(lower):
            return None
        targets = self._mentions.of(lower) or self._it(re.sub(f"{BIGGER.pattern}|{SMALLER.pattern}", " ", lower))
        return Change("resize", targets, value=size) if targets else None

    def _new_place(self, lower: str) -> Change | None:
        where = directions(lower)
        if not where or self._is_addition(lower):
            return None
        targets = self._mentions.of(re.sub(r"\b(?:of|in front of|behind|next to|near) the [\w ]+$", "", lower))
        targets = targets or self._it(lower, _PLACES)
        return Change("move", targets, value=where) if targets else None

    def _it(self, lower: str, said: frozenset[str] = frozenset()) -> tuple[int, ...]:
        """What the previous clause was about, if this one says no more than `said` of it."""
        rest = set(re.findall(r"[a-z]+", lower)) - said - _SAYS_NOTHING
        if rest & _EVERY and not rest - _EVERY:
            return tuple(range(len(self._mentions.texts)))
        return self._last if not rest or re.search(r"\b(?:it|them)\b", lower) else ()

    def _in_scene(self, text: str) -> str:
        """The first noun of a text that the whole picture's description names, but no region."""
        word: str
        for word in re.findall(r"[a-z-]{3,}", text):
            if self._words.noun(word) and word not in COLOR_WORDS and re.search(rf"\b{word}\b", self._scene):
                return word
        return ""

    def _addition(self, lower: str) -> Change | None:
        if not self._is_addition(lower):
            return None
        if gets := GETS.match(lower):
            lower = f"give {gets['who']} {gets['new']}"
        nice = WISH.match(lower)
        new = nice["new"] if nice else ADD.sub("", lower)
        receiver = re.match(r"^((?:the|my|his|her) [\w' -]+?|him|her|them|it) (?=(?:an?|some|two|three|another) )", new)
        if receiver:
            new = new[receiver.end() :]
        where = directions(new)
        new = PLACE.sub("", new)
        things = self._things(new)
        by = re.search(rf"\b({_RELATION}) (?:the|his|her|its|their) [\w' -]+$", new)
        relation = "holding" if receiver else RELATIONS[by[1]] if by else None
        near = self._mentions.of(receiver[1] if receiver else by[0] if by else new)
        if receiver and not near:
            near = self._mentions.persons(receiver[1]) or self._last
        return Change("add", near, things, where, relation) if things else None

    def unsaid(self, part: str) -> Change | None:
        """What a clause without a verb names is added, if it is new ("a moon on the left")."""
        lower = stripped(part.lower())
        return self.read(f"add {lower}") if UNSAID.match(lower) and not is_time(lower) else None

    def _is_addition(self, lower: str) -> bool:
        if WISH.match(lower) or GETS.match(lower) or AGAIN.match(lower):
            return True
        found = ADD.match(lower)
        if not found:
            return False
        rest = lower[found.end() :]
        if lower.startswith(("make", "paint", "with ")) and not re.match(r"(?:an?|some|another) ", rest):
            return False
        bare = found[0].strip() in ("add", "insert", "include", "have", "how about", "what about")
        return bool(NEW.match(rest)) or (bare and not self._mentions.of(rest) and not EVERYTHING.match(rest))

    def _things(self, text: str) -> tuple[Thing, ...]:
        """The new things in a text; existing ones that it refers to with "the" are left out."""
        brief = read(text, self._words)
        seen = [thing for thing in brief.things if thing.kind not in ("time", "weather", "light", "place", "event")]
        if brief.settings and not re.match(r"(?:an?|some|another|the|two|three|\w+s\b)", text.strip()):
            return ()
        return tuple(
            thing
            for thing in seen
            if not (re.match(r"the\b", thing.words.lower()) and self._mentions.of(thing.words.lower()))
        )
