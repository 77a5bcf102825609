"""The reader: turns a prompt into a brief by means of the lexicon and a few rules, without a model.

A phrase is a thing if its noun is visible. What a thing wears or has belongs to it; places, times and weather are the
setting. A word that is not in the lexicon is a thing if its position in the sentence allows it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..lexicon import Lexicon, Noun, lexicon
from ..pieces import Piece, cut
from ..words import clean, tag, tokens, word_set
from .brief import Brief, Link, Setting, SettingKind, Thing
from .language import is_english
from .lead import PURPOSE, without_lead
from .relations import STANDING, is_of, preposition_of, relation_of
from .roles import is_attribute, is_setting, is_thing, kind_of

MAX_THINGS = 8
"""Maximum number of things in a brief; a canvas has no room for more."""
MAX_WORDS = 14
"""Maximum number of words of a thing with its attributes."""
_SMALL = word_set("tiny small little mini miniature")
_BIG = word_set("big large huge giant gigantic enormous massive colossal towering")


def read(text: str, words: Lexicon | None = None) -> Brief:
    """The brief of a prompt. Never fails; a prompt without a recognised thing is one thing as a whole."""
    words = words or lexicon()
    text = clean(text)
    english = is_english(text, words)
    body, styles = without_lead(text, words)
    if not english:
        return Brief(text, (_named(body),), (), (), english=False)
    reading = _PromptReader(words, bool(PURPOSE.match(text)))
    for piece in cut(tag(tokens(body), words), words):
        reading.take(piece)
    settings = [*(Setting("style", style) for style in styles), *reading.settings]
    things = (reading.things or reading.instead or [_named(body)])[:MAX_THINGS]
    said = ", ".join([_sentence(body), *styles])
    return Brief(said, tuple(things), tuple(reading.links), tuple(settings), english=True)


def _sentence(text: str) -> str:
    text = text.strip(" .,;:!?")
    return text[:1].upper() + text[1:]


def _named(text: str) -> Thing:
    """A text as one thing, for a prompt in which none is found."""
    words = re.sub(r"^[\W_]+", "", text).strip(" .,;:!?\"'").split()[:MAX_WORDS] or ["something"]
    return Thing(" ".join(words), words[-1].lower(), "none", "any", 2)


class _PromptReader:
    """Reads one prompt piece by piece."""

    def __init__(self, words: Lexicon, purpose: bool) -> None:
        self.things: list[Thing] = []
        self.links: list[Link] = []
        self.settings: list[Setting] = []
        self.instead: list[Thing] = []  # scenes and events, for a prompt that names nothing else
        self._words = words
        self._purpose = purpose
        self._open = "start"  # the role of the last piece
        self._passed: tuple[str, ...] = ()  # the link of a piece that was skipped

    def take(self, piece: Piece) -> None:
        """Classify a piece and add it to the result."""
        kind = kind_of(piece)
        link = piece.link
        if is_of(link) and self._of(piece, kind):
            return
        if is_of(link) and self._open in ("event", "passed", "body"):
            link = self._passed
        preposition = preposition_of(link)
        if link[-1:] == ("made of",) and self._open == "thing":
            self._extend(f"made of {piece.text}")  # a house made of bricks
            self._open = "attribute"
        elif preposition in ("without", "called", "named", "like", "as") or (preposition == "for" and self._purpose):
            self._pass(link, "skipped")
        elif is_setting(piece, link, bool(self.things), self._words):
            self._set(piece, kind, preposition)
        elif self._open in ("thing", "attribute") and is_attribute(
            piece, link, self.things[-1], self._open == "attribute"
        ):
            self._attribute(piece)
        elif is_thing(piece, bool(self.things), self._words):
            self._add(piece, link)
        elif kind == "event" and (actor := self._actor(piece)) is not None:
            self._add(replace(piece, noun=actor), link)
        else:
            if kind in ("event", "scene", "light", "place", "part", "unknown", "none", "material"):
                self.instead.append(self._thing(piece))
            self._pass(link, "event" if kind == "event" else "body" if kind in ("body", "part") else "passed")

    def _of(self, piece: Piece, kind: str) -> bool:
        """Attach "of …" to what it follows; returns False if that is not possible."""
        if self._open == "thing" and self.things:
            last = self.things[-1]
            if last.kind == "group" and piece.noun and is_thing(piece, True, self._words):
                now = replace(last, kind=piece.noun.kind, place=piece.noun.place, size=max(last.size, piece.noun.size))
            else:
                now = last
            self.things[-1] = replace(now, words=_bounded(f"{last.words} of {piece.text}"))
            return True
        if self._open == "attribute" and self.things:
            self._extend(f"of {piece.text}")
            return True
        if self._open == "setting" and self.settings:
            last_setting = self.settings[-1]
            self.settings[-1] = replace(last_setting, words=_bounded(f"{last_setting.words} of {piece.text}"))
            if kind == "plant" and not self.instead:
                self.instead.append(self._thing(piece))
            return True
        return False

    def _set(self, piece: Piece, kind: str, preposition: str) -> None:
        kinds: dict[str, SettingKind] = {"time": "time", "weather": "weather", "none": "style", "light": "time"}
        if kind == "scene":
            self.instead.append(self._thing(piece))
        if piece.text.lower() in ("background", "the background", "foreground", "the foreground"):
            self._open = "passed"
            return
        if (
            piece.noun is not None
            and piece.noun.word in ("sky", "air")
            and self._open == "thing"
            and preposition == "in"
        ):
            self.things[-1] = replace(self.things[-1], place="sky")
        words = f"{preposition} {piece.text}".strip() if preposition != "with" else piece.text
        self.settings.append(
            Setting(kinds.get(kind, "style" if kind == "unknown" and not preposition else "place"), words)
        )
        self._open = "setting"

    def _attribute(self, piece: Piece) -> None:
        joint = " ".join(word for word in piece.link if word != ",")
        self._extend(f"{joint or 'with'} {piece.text}")
        last = self.things[-1]
        self.things[-1] = replace(last, attributes=(*last.attributes, piece.text))
        self._open = "attribute"

    def _extend(self, text: str) -> None:
        last = self.things[-1]
        longer = f"{last.words} {text}"
        if len(longer.split()) <= MAX_WORDS:
            self.things[-1] = replace(last, words=longer)

    def _actor(self, piece: Piece) -> Noun | None:
        """The participant in the name of an event, as in "a wizard duel"."""
        found = [self._words.noun(word.lower) for word in piece.words[:-1] if word.role == "noun"]
        return next((noun for noun in found if noun and noun.kind in ("person", "animal", "vehicle")), None)

    def _add(self, piece: Piece, link: tuple[str, ...]) -> None:
        thing = self._thing(piece)
        for index, known in enumerate(self.things):
            if _same(known, thing) and piece.determiner not in ("a", "an", "another"):
                self._open = "thing"
                self.things.append(self.things.pop(index))
                self.links = [_moved(one, index, len(self.things) - 1) for one in self.links]
                return
        if len(self.things) == MAX_THINGS:
            self._pass(link, "skipped")
            return
        context = " ".join((*link, *(word.lower for word in piece.words)))
        if thing.kind in ("animal", "vehicle", "object", "person") and re.search(r"\b(?:flying|soaring)\b", context):
            thing = replace(thing, place="sky")
        if self.things and link and link[0].isalpha() and (link[0].endswith(("ing", "ed")) or link[0] in STANDING):
            doer = self.things[-1]
            if not doer.doing and self._open in ("thing", "attribute"):
                self.things[-1] = replace(doer, doing=_bounded(f"{' '.join(link)} {thing.words}"))
        self.things.append(thing)
        self._link(link)
        self._open = "thing"

    def _link(self, link: tuple[str, ...]) -> None:
        """Add the relation of the last two things, if there is one."""
        new = len(self.things) - 1
        if new < 1:
            return
        before, thing = self.things[-2:]
        listed = set(link) <= {",", "and"}
        last = self.links[-1] if self.links else None
        if preposition_of(link) == "with" and before.kind == "furniture":
            self.links.append(Link(new, "on", new - 1))  # a table with a bowl and a bottle
        elif listed and last and last.one == new - 1 and last.relation == "on" and last.other < last.one:
            self.links.append(Link(new, "on", last.other))
        elif relation := relation_of(link, before, thing, self._words):
            self.links.append(Link(new - 1, relation, new))
            if relation == "riding" and thing.place == "sky":
                self.things[-2] = replace(before, place="sky")

    def _thing(self, piece: Piece) -> Thing:
        text = _bounded(piece.text)
        count = piece.count(self._words)
        if piece.noun is None:
            return Thing(text, piece.head, "none", "any", 2, count)
        noun = piece.noun
        said = {word.lower for word in piece.words[:-1]}
        size = noun.size + (not _BIG.isdisjoint(said)) - (not _SMALL.isdisjoint(said))
        return Thing(text, piece.head, noun.kind, noun.place, max(0, min(4, size)), count)

    def _pass(self, link: tuple[str, ...], what: str) -> None:
        self._passed = link
        self._open = what


def _same(one: Thing, other: Thing) -> bool:
    return one.head == other.head


def _moved(link: Link, index: int, last: int) -> Link:
    def now(place: int) -> int:
        return last if place == index else place - (place > index)

    return Link(now(link.one), link.relation, now(link.other))


def _bounded(text: str) -> str:
    return " ".join(text.split()[:MAX_WORDS])[:160]
