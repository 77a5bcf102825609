"""Turns a brief into a scene: the place and activity of each subject, the tone, and what else is there."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from training.corpus import grammar, phrasing, seats, setting
from training.corpus.briefs import COLOR_WORDS, EXTRA_KINDS, Brief, Wish, draw_place, draw_thing
from training.corpus.scenes import Element, Scene, Seat
from training.corpus.setting import Backdrop, Tone

# Words with which a tag should not end.
# fmt: off
_SMALL = frozenset({
    "a", "above", "across", "an", "around", "at", "behind", "both", "by", "from", "in", "into", "like", "of", "on",
    "one", "over", "the", "through", "to", "toward", "two", "under", "up", "with",
})
# fmt: on
_INDOOR_MOODS = ("calm", "cozy", "joyful", "funny", "melancholy", "mysterious", "magical")
_MOOD_OF = {
    "fighter": ("epic", "tense"),
    "monster": ("scary", "epic", "tense"),
    "dinosaur": ("epic", "energetic"),
    "fairy": ("magical", "mysterious"),
    "toy": ("joyful", "funny"),
}


class Director:
    """Turns a brief into a scene; ``short``: fewer sentences per region; ``terse``: one or two, and few tags."""

    def __init__(self, rng: random.Random, brief: Brief, short: bool = False, terse: bool = False) -> None:
        self.rng = rng
        self.short = short or terse
        self.terse = terse
        self.brief = replace(brief, wishes=tuple(self._settled(rng, wish) for wish in brief.wishes))
        self.used: set[str] = set()
        self.place = brief.place or draw_place(rng, brief.wishes, bool(brief.time or brief.weather))
        self.mood = brief.mood or self._mood()
        styles = setting.all_styles()
        usual = ("realistic", "realistic", "realistic", "cinematic", "oil painting", "fairy tale", "3D icon", "cartoon")
        self.style = brief.style or styles[rng.choice(usual)]
        self._style_line = self.style_line(self.style)
        self._quality = rng.choice(setting.all_qualities())

    @staticmethod
    def _settled(rng: random.Random, wish: Wish) -> Wish:
        """The wish; if the prompt states no adjective, a random one is added in a little over half of the cases."""
        if wish.adjective or rng.random() < 0.45:
            return wish
        return replace(wish, adjective=rng.choice(wish.thing.adjectives))

    def _mood(self) -> Tone:
        moods = setting.all_moods()
        if self.brief.relation and self.rng.random() < 0.7:
            return moods[self.brief.relation[3]]
        names = _MOOD_OF.get(self.brief.wishes[0].thing.kind.name)
        if names and self.rng.random() < 0.6:
            return moods[self.rng.choice(names)]
        if self.place.sort in ("room", "table"):
            return moods[self.rng.choice(_INDOOR_MOODS)]
        return self.rng.choice(list(moods.values()))

    def pick(self, options: Sequence[str]) -> str:
        """One of the options that this scene has not used yet, if there is one."""
        fresh = [option for option in options if option not in self.used]
        choice = self.rng.choice(fresh or list(options))
        self.used.add(choice)
        return choice

    def atmosphere(self, mood: Tone) -> str:
        return _tone(self.rng, self.pick(phrasing.ATMOSPHERES), mood)

    def style_line(self, style: Tone) -> str:
        pair, focus = self.rng.choice(style.words), self.rng.choice(style.senses)
        text = self.pick(phrasing.STYLES).replace("{pair}", pair).replace("{focus}", focus)
        return grammar.sentence(text)

    def _tone(self) -> tuple[str, str, str]:
        """Atmosphere, style and quality of a region; in a terse scene style and quality are the same everywhere."""
        atmosphere = self.atmosphere(self.mood)
        if self.terse:
            return atmosphere, self._style_line, self._quality
        return atmosphere, self.style_line(self.style), self.pick(setting.all_qualities())

    def element(self, wish: Wish, seat: Seat, doing: str = "") -> Element:
        """One subject as an element with its sentences."""
        rng, thing = self.rng, wish.thing
        adjective = wish.adjective
        color = rng.choice(COLOR_WORDS[adjective]) if adjective in COLOR_WORDS else rng.choice(thing.colors)
        own = wish.count == 1
        doing = doing or wish.doing or self.pick(thing.doings or thing.kind.doings)
        looks = list(thing.looks or thing.kind.looks)
        rng.shuffle(looks)
        looks += rng.sample(thing.kind.looks, 2)
        look, look2 = looks[0], next(text for text in looks[1:] if text != looks[0])
        sentences = [self.pick(phrasing.FIRSTS[-4:] if self.terse and rng.random() < 0.6 else phrasing.FIRSTS)]
        told = list(thing.sentences) if own else []
        rng.shuffle(told)
        kind_said = [
            text.replace("@s", "{n}").replace("@", "{n}")
            for text in (thing.kind.sentences if own else thing.kind.plurals)
        ]
        middle = told[: rng.choice((1, 1, 2))] or [self.pick(kind_said)]
        if rng.random() < 0.75:
            middle.append(self.pick(phrasing.LOOKS).replace("{look}", look).replace("{look2}", look2))
        elif told:
            middle.append(self.pick(kind_said))
        rng.shuffle(middle)
        sentences += middle[: 1 if self.short else rng.choice((1, 2, 2))]
        if self.terse:
            sentences = sentences[-1:] if rng.random() < 0.4 else sentences
        elif self.short and rng.random() < 0.5:
            pass
        elif rng.random() < 0.5:
            near = [text for text in self.place.nears if text not in self.used]
            if near:
                sentences.append(self.pick(near))
        elif rng.random() < 0.6:
            senses = rng.sample(self.mood.senses, 2)
            sentences.append(self.pick(phrasing.CLOSES).replace("{sense}", senses[0]).replace("{sense2}", senses[1]))
        tags = [
            "{a}",
            adjective and f"{adjective} {thing.name}",
            thing.name,
            *_keywords(doing),
            _keyword(look),
            _keyword(look2),
        ]
        tags = [tag for tag in tags[2 if own else 0 :] if tag] if not adjective else [tag for tag in tags[1:] if tag]
        tags = [*tags[:4], self.place.name] if self.terse else [*tags, self.place.name, rng.choice(self.mood.words)]
        return Element(
            seat, color, phrasing.TITLES[rng.random() < 0.15 and not wish.doing], sentences, tags,
            *self._tone(), thing, wish.count, adjective, doing,
            rng.choice(("he", "she")) if thing.kind.pronoun == "he" else "it", rng.randrange(3),
        )  # fmt: skip

    def backdrop(self, backdrop: Backdrop) -> Element:
        """A region of the place itself."""
        seat = seats.before(self.rng) if backdrop.foreground else seats.behind(self.rng)
        lead = self.pick(
            ("across the foreground", "along the lower edge")
            if backdrop.foreground
            else ("in the background", "far behind", "across the whole background")
        )
        inner = backdrop.description[0].lower() + backdrop.description[1:-1]
        verb = "there is" if inner.startswith(("a ", "an ")) else "the picture shows"
        inner = re.sub(r" in the (background|foreground)$", "", inner)
        sentences = [f"{lead}, {verb} {inner}", *backdrop.sentences]
        if self.terse:
            sentences = [self.rng.choice(sentences)]
        return Element(
            seat, backdrop.color, backdrop.description, sentences, backdrop.tags.split(", "), *self._tone(),
        )  # fmt: skip

    def scene(self, regions: int) -> Scene:
        """The whole scene with about ``regions`` regions."""
        elements = self._asked()
        while len(elements) < regions:
            elements.append(self._support(elements))
        return self._frame(elements)

    def _asked(self) -> list[Element]:
        rng, wishes, relation = self.rng, self.brief.wishes, self.brief.relation
        if relation:
            first, second = wishes[:2]
            front, rear = seats.pair(rng, relation[4])
            elements = [
                self.element(first, front, relation[1].replace("{b}", _indefinite(second))),
                self.element(second, rear, relation[2].replace("{a}", _definite(first))),
            ]
            return elements
        elements = []
        for index, wish in enumerate(wishes):
            if len(wishes) == 1 and wish.count in (2, 3) and rng.random() < 0.6:
                return [self.element(self._single(wish), seat) for seat in seats.row(rng, wish.count)]
            placement = wish.thing.kind.placement
            alone = index == 0 and (len(wishes) == 1 or rng.random() < 0.6)
            seat = (
                seats.main(rng, placement)
                if alone
                else seats.beside(rng, placement, [element.seat for element in elements])
            )
            elements.append(self.element(wish, seat))
        return elements

    def _single(self, wish: Wish) -> Wish:
        """One of several equal subjects that get a region each."""
        asked = (
            wish.adjective
            if wish.adjective in COLOR_WORDS or self.rng.random() < 0.5
            else self.rng.choice(wish.thing.adjectives)
        )
        return Wish(wish.thing, 1, asked, wish.doing)

    def _support(self, elements: list[Element]) -> Element:
        rng = self.rng
        titles = {element.title for element in elements}
        left = [backdrop for backdrop in self.place.backdrops if backdrop.description not in titles]
        if left and rng.random() < (0.35 if self.terse else 0.6):
            return self.backdrop(rng.choice(left))
        kinds = (
            ["object", "toy", "flower", "furniture"]
            if self.place.sort in ("room", "table")
            else ["heavenly", "aircraft"]
            if self.place.sort == "space"
            else ["sea"]
            if self.place.name == "underwater"
            else ["bird", "weather"]
            if self.place.sort == "sky"
            else EXTRA_KINDS
        )
        thing = draw_thing(rng, kinds, 0.8)
        sky = any(element.thing and element.thing.kind.name == "heavenly" for element in elements)
        if any(element.thing == thing for element in elements) or (sky and thing.kind.name == "heavenly"):
            return self._support(elements)
        return self.element(
            self._settled(rng, Wish(thing)),
            seats.beside(rng, thing.kind.placement, [element.seat for element in elements]),
        )

    def _frame(self, elements: list[Element]) -> Scene:
        rng, brief = self.rng, self.brief
        tone = brief.time or brief.weather
        when = tone.name if tone else ""
        light = [rng.choice(tone.sentences)] if tone else []
        often = 0.1 if self.terse else 0.2 if self.short else 0.35
        if not tone and self.place.sort in ("land", "water", "sky") and rng.random() < often:
            tone = rng.choice(list(setting.all_times().values()))
            light = [rng.choice(tone.sentences)]
        words = rng.sample(self.mood.words, 2)
        title = rng.choice(phrasing.SCENE_TITLES[:3] if rng.random() < 0.5 else phrasing.SCENE_TITLES)
        title = title.replace("{m1}", words[0]).replace("{m2}", words[1])
        openings = rng.choice(phrasing.TERSE_OPENINGS if self.terse else phrasing.OPENINGS)
        if brief.relation:
            title = rng.choice(phrasing.RELATED_TITLES).replace("{m1}", words[0])
            openings = (rng.choice(phrasing.RELATED_OPENINGS),) * 2
        color = tone.color if tone and tone.color and (when or rng.random() < 0.4) else rng.choice(self.place.colors)
        moody = 0.3 if self.terse else 0.5 if self.short else 0.8
        return Scene(
            elements, self.place, title,
            (openings[0].replace("{m1}", words[1]), openings[1].replace("{m1}", words[1])), color, when,
            grounds=rng.sample(self.place.grounds, 1 if self.short else rng.choice((1, 1, 2))), light=light,
            style=[self.style.sentences[0]] if brief.style else [],
            mood=[rng.choice(self.mood.sentences)] if rng.random() < moody or brief.mood else [],
            place_tags=[self.place.name], light_tags=tone.tags.split(", ") if tone and light else [],
            mood_tags=[*words, rng.choice(self.mood.senses)], style_tags=[self.style.name] if brief.style else [],
        )  # fmt: skip


def _tone(rng: random.Random, template: str, mood: Tone) -> str:
    words, senses = rng.sample(mood.words, 2), rng.sample(mood.senses, 2)
    text = (
        template.replace("{m1}", words[0])
        .replace("{m2}", words[1])
        .replace("{sense}", senses[0])
        .replace("{sense2}", senses[1])
    )
    return grammar.sentence(text)


def _definite(wish: Wish) -> str:
    noun = wish.thing.name if wish.count == 1 else wish.thing.plural
    return f"the {wish.adjective} {noun}".replace("  ", " ")


def _indefinite(wish: Wish) -> str:
    return Element(
        Seat("in the center", "no offset", "a small square area", 1.0),
        "gray",
        "",
        [],
        [],
        "",
        "",
        "",
        wish.thing,
        wish.count,
        wish.adjective,
    ).phrase


def _keywords(doing: str) -> list[str]:
    words = re.split(r",| and | while | like | with ", doing.replace("$his ", "").replace("its ", ""))[0].split()[:4]
    while words and words[-1] in _SMALL:
        words.pop()
    return [" ".join(word for word in words if word not in ("a", "an", "the"))]


def _keyword(look: str) -> str:
    words = (
        look.replace(" that ", ",")
        .replace(" with ", ",")
        .replace(" and ", ",")
        .split(",")[0]
        .replace("its ", "")
        .split()
    )
    return " ".join(word for word in words[:4] if word not in ("a", "an", "the"))
