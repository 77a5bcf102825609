"""The reader: turns a prompt into a brief by means of the lexicon and a few rules, without a model.

A phrase is a thing if its noun is visible. What a thing wears or has belongs to it; places, times and weather are the
setting. A word that is not in the lexicon is a thing if its position in the sentence allows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..lexicon import Lexicon, Noun, lexicon
from ..pieces import Piece, cut
from ..words import clean, tag, tokens, word_set
from .brief import Brief, Link, Relation, Setting, SettingKind, Thing
from .language import is_english

MAX_THINGS = 8
"""Maximum number of things in a brief; a canvas has no room for more."""
MAX_WORDS = 14
"""Maximum number of words of a thing with its attributes."""

_MEDIUM = (
    r"image|picture|pic|photo|photograph|painting|drawing|illustration|portrait|poster|logo|render|rendering|sketch|view"
    r"|scene|shot|close-?up|watercolou?r|cartoon|icon|sticker|mascot|wallpaper|artwork|art|print|canvas|depiction|snapshot"
    r"|composition|layout|comic|graphic|design|cover|emblem|still life"
)
_POLITE = re.compile(
    r"^(?:hi|hey|hello|please|pls|ok|okay|so|(?:can|could|would|will) you(?: please)?"
    r"|(?:i|we)(?: really| just)?(?: want| need|'d like| would like| would love|'d love| wish for| am looking for)"
    r"(?: you)?(?: to (?:see|have|get|draw|make|create|generate|paint))?|let's(?: see| make| draw)?"
    r"|(?:generate|create|make|draw|paint|render|show|give|design|produce|imagine|compose|illustrate|sketch|depict"
    r"|visuali[sz]e)(?: (?:me|us))?(?: up)?)\b[,:!.]*\s*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    rf"^(?:(?:an?|the|some|my)\s+)?((?:[\w-]+\s+){{0,3}}?(?:{_MEDIUM})s?)\s*"
    r"(?:of|showing|depicting|featuring|with|about|for|where|in which|that shows|:)\s*",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"^(?:logo|poster|cover|emblem|icon|sticker|mascot|design|sign)s? for\b[^,]*(?:,|$)\s*(?:with\s+)?", re.I
)
_STYLE = re.compile(
    rf"\b(?:{_MEDIUM}|style|noir|macro|minimalis[mt]|surreal(?:ism)?|cyberpunk|steampunk|anime|manga|pixel|realistic"
    r"|photorealistic|impressionis[mt]|baroque|cinematic|dramatic|moody|vintage|retro|4k|8k|hd|3d|art|lighting|light"
    r"|melancholic|atmosphere|mood|colou?rs?|palette|quality|detailed|life)\b",
    re.IGNORECASE,
)
_THINGS = word_set(
    """
    animal person plant food building nature water vehicle sky furniture clothing object group
    """
)
_WORN = word_set("in with wearing and , dressed sporting has having")
_LOCATIVE = word_set(
    """
    in on at inside within across over by along through into near under during from among amid
    """
)
_ABROAD = word_set(
    """
    in on at into inside across along by over to towards toward off through among amid of
    """
)
_RELATIONS: dict[str, Relation] = {
    "on": "on", "onto": "on", "on top of": "on", "atop": "on", "upon": "on", "on the back of": "on", "under": "under",
    "underneath": "under", "beneath": "under", "below": "under", "behind": "behind", "in front of": "before",
    "before": "before", "next to": "beside", "beside": "beside", "near": "beside", "by": "beside", "close to": "beside",
    "alongside": "beside", "against": "beside", "in": "in", "inside": "in", "into": "in", "within": "in",
    "over": "over", "above": "over",
}  # fmt: skip
_STANDING = frozenset(_RELATIONS) - {"into", "by", "before", "onto"}
_HOLDING = word_set(
    """
    hold carry lift wield clutch grip raise brandish grasp juggle play eat read sell wave
    """
)
_RIDING = word_set("ride drive mount steer pilot straddle")
_SKY = re.compile(r"\b(?:in the (?:\w+ )?(?:sky|air|clouds|heavens)|flying|overhead|circling|soaring|hovering)\b")


def read(text: str, words: Lexicon | None = None) -> Brief:
    """The brief of a prompt. Never fails; a prompt without a recognised thing is one thing as a whole."""
    words = words or lexicon()
    text = clean(text)
    english = is_english(text, words)
    body, styles = _without_lead(text)
    if not english:
        return Brief(text, (_named(body),), (), (), english=False)
    reading = _PromptReader(words, bool(_PURPOSE.match(text)))
    for piece in cut(tag(tokens(body), words), words):
        reading.take(piece)
    settings = [*(Setting("style", style) for style in styles), *reading.settings]
    things = (reading.things or reading.instead or [_named(body)])[:MAX_THINGS]
    return Brief(_sentence(body), tuple(things), tuple(reading.links), tuple(settings), english=True)


def _without_lead(text: str) -> tuple[str, list[str]]:
    """A prompt without courtesies and "a picture of", and the styles among the words removed."""
    styles: list[str] = []
    for _ in range(4):
        text = _POLITE.sub("", text)
    purpose = _PURPOSE.match(re.sub(r"^(?:an?|the)\s+", "", text, flags=re.I))
    if purpose:
        bare = re.sub(r"^(?:an?|the)\s+", "", text, flags=re.I)
        rest = bare[purpose.end() :]
        if rest.strip():
            return rest, [bare.split()[0].lower()]
    for _ in range(2):
        found = _LEAD.match(text)
        if not found or not text[found.end() :].strip():
            break
        medium = found[1].lower()
        if not re.fullmatch(r"(?:image|picture|pic|photo|scene|shot|view)s?", medium):
            styles.append(medium)
        text = text[found.end() :]
    return text, styles


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
        kind = piece.noun.kind if piece.noun else "unknown"
        link = piece.link
        if _is_of(link) and self._of(piece, kind):
            return
        if _is_of(link) and self._open in ("event", "passed", "body"):
            link = self._passed
        preposition = _preposition(link)
        if preposition in ("without", "called", "named", "like", "as") or (preposition == "for" and self._purpose):
            self._pass(link, "skipped")
        elif self._is_setting(piece, kind, link, preposition):
            self._set(piece, kind, preposition)
        elif self._is_attribute(kind, link, preposition):
            self._attribute(piece, preposition)
        elif (
            kind in _THINGS
            or kind == "place"
            or (kind == "scene" and self.things)
            or self._holds(piece, kind)
            or (kind in ("body", "material") and not self._passes(piece, kind, link))
        ):
            self._add(piece, link, preposition)
        elif kind == "event" and (actor := self._actor(piece)) is not None:
            self._add(replace(piece, noun=actor), link, preposition)
        elif kind == "unknown" and self._stands_as_thing(piece, link, preposition):
            self._add(piece, link, preposition)
        else:
            if kind in ("event", "scene", "light", "place", "part", "unknown", "none", "material"):
                self.instead.append(self._thing(piece))
            self._pass(link, "event" if kind == "event" else "body" if kind in ("body", "part") else "passed")

    def _of(self, piece: Piece, kind: str) -> bool:
        """Attach "of …" to what it follows; returns False if that is not possible."""
        if self._open == "thing" and self.things:
            last = self.things[-1]
            if last.kind == "group" and kind in _THINGS and piece.noun:
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

    def _is_setting(self, piece: Piece, kind: str, link: Sequence[str], preposition: str) -> bool:
        if not piece.determiner and set(link) <= {","} and _STYLE.search(piece.text) and link:
            return True  # ", oil painting"
        if kind == "scene":
            moved = piece.determiner and not preposition and any(word.isalpha() and word != "and" for word in link)
            near = preposition in ("in front of", "behind", "next to", "beside")
            return not (moved or near) and (preposition in _ABROAD or bool(self.things) or not piece.determiner)
        if kind in ("time", "weather", "place"):
            return kind != "place" or preposition != "" or piece.determiner not in ("a", "an")
        if kind == "building":
            return preposition in ("in", "inside", "at", "within") and bool(self.things)
        if kind == "water":
            wide = piece.noun is not None and piece.noun.size > 1
            return preposition in _ABROAD and wide and bool(self.things)
        if kind == "nature":
            wide = piece.noun is not None and piece.noun.size == 4 and piece.noun.place == "ground"
            some = piece.determiner in ("a", "an") and preposition == "on"  # a castle on a hill
            return preposition in ("in", "on", "at", "into", "across") and wide and bool(self.things) and not some
        if kind == "sky" and piece.noun is not None:
            low = piece.noun.word in ("sky", "moon", "planet", "earth", "world") or piece.noun.kind == "scene"
            return preposition in ("on", "in", "across") and low and bool(self.things)
        if kind == "light":
            return True
        if kind == "part" and preposition in ("by", "at", "through"):
            return bool(self.things)
        if kind in ("none", "unknown") and preposition in ("in", "on", "at") and kind == "none":
            return bool(_STYLE.search(piece.text)) or "background" in piece.text.lower()
        if kind == "unknown" and not piece.determiner and preposition in ("in", "over", "at", "above"):
            return not self._words.is_plural(piece.head)  # "over Cappadocia"
        return kind in ("none", "unknown") and not preposition and bool(_STYLE.search(piece.text))

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

    def _is_attribute(self, kind: str, link: Sequence[str], preposition: str) -> bool:
        if self._open not in ("thing", "attribute") or not self.things:
            return False
        bearer = self.things[-1]
        alive = bearer.kind in ("person", "animal", "group") or bearer.kind == "none"
        if kind == "clothing":
            return (
                set(link) <= _WORN
                and (alive or "wearing" in link)
                and (link[-1:] != (",",) or self._open == "attribute")
            )
        if kind in ("body", "part", "material", "light", "none"):
            return preposition == "with" or (self._open == "attribute" and set(link) <= {"and", ","})
        return False

    def _attribute(self, piece: Piece, preposition: str) -> None:
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

    def _holds(self, piece: Piece, kind: str) -> bool:
        """Whether a part of a building is a separate thing, as in "under a stone arch"."""
        return kind == "part" and piece.determiner in ("a", "an") and _preposition(piece.link) in _RELATIONS

    def _passes(self, piece: Piece, kind: str, link: Sequence[str]) -> bool:
        """Whether a part of the body or a material is not a thing: always, except for the first body part of a
        prompt."""
        return bool(self.things) or kind == "material"

    def _stands_as_thing(self, piece: Piece, link: Sequence[str], preposition: str) -> bool:
        head = piece.head
        known = self._words.parts_of_speech(head)
        if known:
            return False
        return bool(piece.determiner) or not self.things or len(piece.words) > 1 or self._words.is_plural(head)

    def _actor(self, piece: Piece) -> Noun | None:
        """The participant in the name of an event, as in "a wizard duel"."""
        found = [self._words.noun(word.lower) for word in piece.words[:-1] if word.role == "noun"]
        return next((noun for noun in found if noun and noun.kind in ("person", "animal", "vehicle")), None)

    def _add(self, piece: Piece, link: tuple[str, ...], preposition: str) -> None:
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
        if self.things and link and link[0].isalpha() and (link[0].endswith(("ing", "ed")) or link[0] in _STANDING):
            doer = self.things[-1]
            if not doer.doing and self._open in ("thing", "attribute"):
                self.things[-1] = replace(doer, doing=_bounded(f"{' '.join(link)} {thing.words}"))
        self.things.append(thing)
        other = len(self.things) - 2
        if other >= 0 and (relation := self._relation(link, preposition, self.things[other], thing)):
            self.links.append(Link(other, relation, other + 1))
        self._open = "thing"

    def _relation(self, link: Sequence[str], preposition: str, one: Thing, other: Thing) -> Relation | None:
        verbs = {self._words.verb(word) for word in link if word.isalpha()} - {None}
        if verbs & _RIDING or (verbs <= {None} and preposition == "on" and one.kind == "person" and _is_mount(other)):
            return "riding"
        small = other.size <= min(2, one.size)
        if verbs & _HOLDING and not preposition:
            return "holding" if small else "beside"
        if preposition == "with" and one.kind in ("person", "animal") and other.place == "held":
            return "holding"
        return _RELATIONS.get(preposition)

    def _thing(self, piece: Piece) -> Thing:
        text = _bounded(piece.text)
        count = piece.count(self._words)
        if piece.noun is None:
            return Thing(text, piece.head, "none", "any", 2, count)
        noun = piece.noun
        return Thing(text, piece.head, noun.kind, noun.place, noun.size, count)

    def _pass(self, link: tuple[str, ...], what: str) -> None:
        self._passed = link
        self._open = what


def _is_of(link: Sequence[str]) -> bool:
    return tuple(link) == ("of",)


def _preposition(link: Sequence[str]) -> str:
    return next((word for word in reversed(link) if word in _RELATIONS or word in _PREPOSITIONS), "")


_PREPOSITIONS = frozenset(
    _ABROAD | _LOCATIVE | {"with", "without", "called", "named", "like", "as", "for", "of", "out of"}
)


def _is_mount(thing: Thing) -> bool:
    return (thing.kind == "animal" and thing.size >= 2) or (thing.kind == "vehicle" and thing.size <= 3)


def _same(one: Thing, other: Thing) -> bool:
    return one.head == other.head


def _moved(link: Link, index: int, last: int) -> Link:
    def now(place: int) -> int:
        return last if place == index else place - (place > index)

    return Link(now(link.one), link.relation, now(link.other))


def _bounded(text: str) -> str:
    return " ".join(text.split()[:MAX_WORDS])[:160]
