"""Edits of a scene as users request them. Each changes only the values that it is about; all other sentences stay word
for word.
"""

# ruff: noqa: E501 (hand-written material, one record a line)

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from training.corpus import grammar, seats, setting
from training.corpus.briefs import COLOR_WORDS, EXTRA_KINDS, MAIN_KINDS, Wish, draw_place, draw_thing
from training.corpus.director import Director
from training.corpus.scenes import SIDES, Element, Scene, Seat


@dataclass(frozen=True)
class Edit:
    """A request, its kind, the scene after it, and the indices (before) of the regions that it may change."""

    kind: str
    request: str
    scene: Scene
    touched: tuple[int, ...]


WHERE = {
    "in the center": (
        "in the middle",
        "in the center",
        "to the center",
        "into the middle",
        "in the middle of the picture",
    ),
    "on the left": (
        "on the left",
        "to the left",
        "on the left side",
        "over to the left",
        "to the far left",
        "on the left edge",
    ),
    "on the right": (
        "on the right",
        "to the right",
        "on the right side",
        "over to the right",
        "to the far right",
        "on the right edge",
    ),
    "on the top": ("at the top", "to the top", "up", "at the upper edge", "to the very top", "higher up"),
    "on the bottom": (
        "at the bottom",
        "to the bottom",
        "down",
        "at the lower edge",
        "down to the bottom",
        "lower down",
    ),
    "on the top-left": ("in the top left corner", "to the top left", "to the upper left"),
    "on the top-right": ("in the top right corner", "to the top right", "to the upper right"),
    "on the bottom-left": ("in the bottom left corner", "to the bottom left", "to the lower left"),
    "on the bottom-right": ("in the bottom right corner", "to the bottom right", "to the lower right"),
}
# Further ways to ask for a time of day or a weather.
LIGHT_WORDS: dict[str, list[str]] = {
    "at night": [
        "make it a dark night",
        "nighttime",
        "under the stars",
        "it's night",
        "show it by night",
        "with a starry sky",
    ],
    "at sunset": [
        "with the sun going down",
        "a setting sun",
        "evening sun",
        "a beautiful sunset behind it",
        "the sun is setting",
    ],
    "at sunrise": ["with the rising sun", "the sun is coming up", "early morning sun", "when the sun rises"],
    "in the morning": ["morning time", "early in the day", "fresh morning light"],
    "at noon": ["midday", "the sun high in the sky", "bright midday sun"],
    "in the afternoon": ["late afternoon", "afternoon sun", "soft afternoon light"],
    "at dusk": ["twilight", "when the lamps come on", "late evening", "evening"],
    "at dawn": ["before sunrise", "first gray light", "daybreak", "very early"],
    "in the rain": [
        "let it rain",
        "add rain",
        "rainy weather",
        "make it rain",
        "it rains",
        "heavy rain",
        "make it rainy",
        "rain should fall",
    ],
    "in the snow": [
        "make it snow",
        "let it snow",
        "add snow",
        "winter",
        "make it winter",
        "cover everything with snow",
        "lots of snow",
        "snowy",
        "it is winter now",
    ],
    "in the fog": ["add fog", "foggy", "some mist", "make it foggy", "everything in thick fog", "let there be fog"],
    "in a storm": [
        "make it stormy",
        "add a thunderstorm",
        "stormy weather",
        "lightning and thunder",
        "a storm comes up",
    ],
    "on a sunny day": ["make it sunny", "sunny weather", "bright sunshine", "let the sun shine", "good weather"],
    "under a cloudy sky": ["make it cloudy", "cloudy weather", "overcast", "gray sky", "add clouds to the sky"],
    "in strong wind": ["make it windy", "windy weather", "add wind", "a strong wind blows"],
    "under a rainbow": ["with a rainbow over everything", "after the rain", "rainbow weather"],
    "in autumn": ["autumn", "make it autumn", "fall colors", "falling leaves"],
    "in spring": ["spring", "make it spring", "springtime", "blossoms everywhere"],
}
_SMALLER = {"large": "medium-sized", "medium-sized": "small"}
_LARGER = {"small": "medium-sized", "medium-sized": "large"}


def _say(rng: random.Random, *forms: str) -> str:
    """One of the request forms, now and then with a polite word."""
    text = rng.choice(forms)
    dress = rng.random()
    if dress < 0.12:
        text = "please " + text
    elif dress < 0.22:
        text += rng.choice(
            (
                " please",
                ", please",
                " pls",
                ", thanks",
                " and leave the rest as it is",
                ", nothing else",
                " now",
                " instead",
            )
        )
    elif dress < 0.28:
        text = (
            rng.choice(
                ("can you ", "could you ", "now ", "ok, ", "nice! now ", "would you ", "good, but ", "hmm, ", "ok now ")
            )
            + text
        )
    if rng.random() < 0.3:
        text = text[0].upper() + text[1:]
    return text.replace("’", "'")


def _free(scene: Scene) -> list[int]:
    """Indices of subjects that no other sentence of the scene names."""
    found = []
    for index, element in enumerate(scene.elements):
        if element.thing is None:
            continue
        others = [other for other in scene.elements if other is not element]
        name = element.thing.name
        if any(name in other.doing or (other.thing and other.thing.name == name) for other in others):
            continue
        found.append(index)
    return found


def _name(rng: random.Random, element: Element) -> str:
    full = f"{element.adjective} {element.noun}".strip()
    return rng.choice((element.noun, element.noun, full))


def _fresh_thing(rng: random.Random, scene: Scene, kinds: Sequence[str]) -> Wish:
    names = {element.thing.name for element in scene.subjects if element.thing}
    while True:
        thing = draw_thing(rng, kinds, 0.6)
        if not any(thing.name in name or name in thing.name for name in names):
            break
    adjective = rng.choice(thing.adjectives) if rng.random() < 0.25 else ""
    count = rng.choice((2, 3, 4, 5)) if rng.random() < 0.2 and thing.name not in ("sun", "moon") else 1
    return Wish(thing, count, adjective)


def add(scene: Scene, director: Director, rng: random.Random, wish: Wish | None = None) -> Edit | None:
    wish = wish or _fresh_thing(
        rng,
        scene,
        [*EXTRA_KINDS, "monster", "landcar", "aircraft", "fairy", "sea", "fruit", "insect"]
        if rng.random() < 0.6
        else MAIN_KINDS,
    )
    thing = wish.thing
    seat = seats.beside(rng, thing.kind.placement, [element.seat for element in scene.elements])
    noun = f"{wish.adjective} {thing.name if wish.count == 1 else thing.plural}".strip()
    some = wish.count > 1 and rng.random() < 0.5
    what = (
        f"the {noun}"
        if noun in ("sun", "moon")
        else f"some {noun}"
        if some
        else grammar.article(noun)
        if wish.count == 1
        else f"{grammar.NUMBERS[wish.count]} {noun}"
    )
    what = grammar.sentence(what)[:-1]
    what = what[0].lower() + what[1:]
    if rng.random() < 0.4:
        location = rng.choice(list(WHERE))
        seat = Seat(location, "no offset", seat.area, seat.distance)
        where = rng.choice(
            [
                text
                for text in WHERE[location]
                if not text.startswith(("to", "up", "down", "over", "into", "higher", "lower"))
            ]
        )
        request = _say(
            rng, f"add {what} {where}", f"put {what} {where}", f"i want {what} {where}", f"place {what} {where}", f"there should be {what} {where}",
            f"{where} add {what}", f"could you draw {what} {where}?", f"let there be {what} {where}", f"{what} {where}", f"{where} i would like {what}",
        )  # fmt: skip
    elif rng.random() < 0.25:
        doing = rng.choice(thing.doings or thing.kind.doings)
        wish = replace(wish, doing=doing)
        said = grammar.pronouns(doing, "it") if wish.count == 1 else grammar.several(doing)
        request = _say(
            rng,
            f"add {what} {said}",
            f"add {what} to the picture, {said}",
            f"{what} {said} would be nice",
            f"i'd like {what} {said}",
            f"put in {what} {said}",
            f"show {what} {said} too",
        )
    elif rng.random() < 0.25 and _free(scene):
        other = scene.elements[rng.choice(_free(scene))].noun
        request = _say(
            rng, f"add {what} next to the {other}", f"put {what} beside the {other}", f"add {what} near the {other}", f"the {other} needs {what}", f"give the {other} {what} for company",
            f"place {what} behind the {other}", f"i want {what} close to the {other}", f"{what} together with the {other}",
        )  # fmt: skip
    else:
        request = _say(
            rng, f"add {what}", f"add {what} to the picture", f"add {what} to the image", f"now with {what}", f"put {what} in it", f"there should also be {what}",
            f"i want {what} too", f"also {what}", f"add {what} to the scene", f"include {what}", f"can we have {what} as well?", f"more: {what}",
            f"throw in {what}", f"bring in {what}", f"{what} is missing", f"it needs {what}", f"i would like to see {what} as well", f"let's have {what} too",
            f"and {what}", f"show {what} too", f"draw {what} as well", f"what about {what}?", f"could there be {what}?", f"+ {what}", f"insert {what}", f"{what} should be in the picture",
        )  # fmt: skip
    after = deepcopy(scene)
    after.elements.append(director.element(wish, seat))
    return Edit("add", request, after, ())


def remove(scene: Scene, director: Director, rng: random.Random, index: int | None = None) -> Edit | None:
    free = _free(scene)
    if len(scene.elements) < 2 or not free or len(scene.subjects) < 2:
        return None
    index = rng.choice(free) if index is None else index
    name = _name(rng, scene.elements[index])
    request = _say(
        rng, f"remove the {name}", f"remove the {name} from the picture", f"delete the {name}", f"take the {name} away", f"no {name}", f"without the {name}",
        f"get rid of the {name}", f"i don't want the {name}", f"the {name} should disappear", f"drop the {name}", f"take out the {name}", f"the {name} must go",
        f"remove {name}", f"leave out the {name}", f"i don't need the {name}", f"lose the {name}", f"no more {name}", f"cut the {name}", f"let the {name} vanish",
        f"the {name} is not needed", f"{name} away", f"i want the picture without the {name}", f"there should be no {name}", f"wipe the {name} out", f"kick out the {name}",
        f"the {name} disturbs me, remove {'them' if scene.elements[index].count > 1 else 'it'}", f"- {name}", f"the same without the {name}", f"make the {name} go away",
    )  # fmt: skip
    after = deepcopy(scene)
    del after.elements[index]
    return Edit("remove", request, after, (index,))


def swap(
    scene: Scene, director: Director, rng: random.Random, index: int | None = None, wish: Wish | None = None
) -> Edit | None:
    free = _free(scene)
    if not free:
        return None
    index = rng.choice(free) if index is None else index
    old = scene.elements[index]
    assert old.thing is not None
    wish = wish or _fresh_thing(rng, scene, [old.thing.kind.name] if rng.random() < 0.5 else MAIN_KINDS)
    noun = f"{wish.adjective} {wish.thing.name if wish.count == 1 else wish.thing.plural}".strip()
    what = (
        f"the {noun}"
        if noun in ("sun", "moon")
        else grammar.article(noun)
        if wish.count == 1
        else f"{grammar.NUMBERS[wish.count]} {noun}"
    )
    what = grammar.sentence(what)[:-1]
    what = what[0].lower() + what[1:]
    name = _name(rng, old)
    request = _say(
        rng, f"replace the {name} with {what}", f"replace the {name} by {what}", f"change the {name} to {what}", f"turn the {name} into {what}",
        f"make the {name} {what}", f"swap the {name} for {what}", f"instead of the {name} i want {what}", f"{what} instead of the {name}",
        f"exchange the {name} for {what}", f"put {what} where the {name} is", f"the {name} should become {what}", f"not the {name} but {what}", f"transform the {name} into {what}",
        f"i'd rather have {what} than the {name}", f"let the {name} be {what}", f"substitute {what} for the {name}", f"change the {name} into {what}", f"{name} -> {what}",
        f"draw {what} in place of the {name}", f"the {name} should be {what}", f"take {what} and not the {name}", f"show {what} rather than the {name}", f"swap the {name} with {what}",
    )  # fmt: skip
    after = deepcopy(scene)
    after.elements[index] = director.element(wish, old.seat)
    return Edit("replace", request, after, (index,))


def recolor(scene: Scene, director: Director, rng: random.Random, only: int | None = None) -> Edit | None:
    indices = [index for index in _free(scene) if scene.elements[index].noun not in ("sun", "moon")]
    if not indices:
        return None
    index = rng.choice(indices) if only not in indices else only
    element = scene.elements[index]
    color = rng.choice([word for word in COLOR_WORDS if word != element.adjective])
    name = element.noun
    request = _say(
        rng, f"make the {name} {color}", f"the {name} should be {color}", f"change the color of the {name} to {color}", f"paint the {name} {color}",
        f"color the {name} {color}", f"i want the {name} in {color}", f"{color} {name} instead", f"turn the {name} {color}", f"give the {name} a {color} color",
        f"the {name} in {color}", f"a {color} {name}", f"can the {name} be {color}?", f"let the {name} be {color}", f"recolor the {name} to {color}", f"the {name} must be {color}",
        f"i'd like the {name} to be {color}", f"i want a {color} {name}", f"change the {name} to {color}", f"the {name} has to be {color}", f"dye the {name} {color}", f"{name}: {color}",
        f"the {name} would look better in {color}", f"make that {name} {color}", f"we need a {color} {name}", f"make the {name} bright {color}", f"the {name} should be all {color}",
    )  # fmt: skip
    after = deepcopy(scene)
    assert element.thing is not None
    after.elements[index] = replace(
        after.elements[index], adjective=color, color=rng.choice(COLOR_WORDS[color]),
        tags=[f"{color} {element.noun}" if element.count == 1 else "{a}", *[tag for tag in element.tags if tag != "{a}" and not (element.adjective and tag.startswith(element.adjective + " "))]],
    )  # fmt: skip
    return Edit("recolor", request, after, (index,))


def _seated(scene: Scene, index: int, seat: Seat) -> Scene:
    after = deepcopy(scene)
    after.elements[index] = replace(after.elements[index], seat=seat)
    return after


def move(scene: Scene, director: Director, rng: random.Random, index: int | None = None) -> Edit | None:
    indices = [index for index, element in enumerate(scene.elements) if element.thing]
    index = rng.choice(indices) if index is None else index
    element = scene.elements[index]
    location = rng.choice([location for location in SIDES if location != element.seat.location])
    where = rng.choice(WHERE[location])
    name = _name(rng, element)
    request = _say(
        rng, f"move the {name} {where}", f"put the {name} {where}", f"place the {name} {where}", f"the {name} should be {where}" if not where.startswith(("to", "up", "down")) else f"move the {name} {where}",
        f"shift the {name} {where}", f"i want the {name} {where}", f"drag the {name} {where}", f"bring the {name} {where}", f"the {name} goes {where}", f"let the {name} be {where}",
        f"can the {name} be {where}?", f"{name} {where}", f"the {name} belongs {where}" if not where.startswith(("to", "up", "down")) else f"take the {name} {where}",
        f"slide the {name} {where}", f"set the {name} {where}", f"i would like the {name} {where}",
    )  # fmt: skip
    return Edit(
        "move", request, _seated(scene, index, replace(element.seat, location=location, offset="no offset")), (index,)
    )


def resize(scene: Scene, director: Director, rng: random.Random) -> Edit | None:
    larger = rng.random() < 0.5
    table = _LARGER if larger else _SMALLER
    indices = [
        index for index, element in enumerate(scene.elements) if element.thing and element.seat.area.split()[1] in table
    ]
    if not indices:
        return None
    index = rng.choice(indices)
    element = scene.elements[index]
    size = element.seat.area.split()[1]
    name = _name(rng, element)
    words = (
        ("bigger", "larger", "much bigger", "a bit larger")
        if larger
        else ("smaller", "much smaller", "a little smaller", "tiny")
    )
    word = rng.choice(words)
    request = _say(
        rng, f"make the {name} {word}", f"the {name} should be {word}", f"{word} {element.noun}" if word != "a bit larger" else f"make the {name} {word}",
        f"enlarge the {name}" if larger else f"shrink the {name}", f"the {name} is too {'small' if larger else 'big'}",
    )  # fmt: skip
    target = table[size]
    if word.startswith("much") and target in table:
        target = table[target]
    return Edit(
        "resize",
        request,
        _seated(scene, index, replace(element.seat, area=element.seat.area.replace(size, target))),
        (index,),
    )


def depth(scene: Scene, director: Director, rng: random.Random) -> Edit | None:
    nearer = rng.random() < 0.5
    indices = [index for index, element in enumerate(scene.elements) if element.thing]
    index = rng.choice(indices)
    element = scene.elements[index]
    others = [other.seat.distance for other in scene.elements if other is not element]
    distance = element.seat.distance
    name = _name(rng, element)
    if nearer:
        forms = [
            f"bring the {name} closer",
            f"move the {name} nearer",
            f"the {name} should be closer",
            f"{element.noun} in the foreground",
            f"bring the {name} to the front",
        ]
        target = max(1.0, min([distance - 2.0, *[other - 1.0 for other in others]]))
    else:
        forms = [
            f"move the {name} farther away",
            f"push the {name} back",
            f"the {name} should be further away",
            f"{element.noun} in the background",
            f"put the {name} in the distance",
        ]
        target = max([distance + 2.0, *[other + 1.0 for other in others if other < 13]])
    if target == distance:
        return None
    return Edit("depth", _say(rng, *forms), _seated(scene, index, replace(element.seat, distance=target)), (index,))


def light(scene: Scene, director: Director, rng: random.Random) -> Edit | None:
    if scene.place.sort not in ("land", "water", "sky"):
        return None
    times = rng.random() < 0.6
    tones = setting.all_times() if times else setting.all_weathers()
    tone = rng.choice([tone for tone in tones.values() if tone.name != scene.when])
    word = tone.name.split()[-1]
    if times:
        forms = [
            f"make it {word}" if word not in ("morning", "afternoon") else f"make it {tone.name}",
            f"change the time to {word}",
            f"now {tone.name}",
            f"it should be {word}",
            f"{tone.name} please",
            f"set it {tone.name}",
            f"the same {tone.name}",
            f"let it be {word}",
            f"it is {word} now",
            f"can it be {word}?",
            f"i want it {tone.name}",
            f"{word} light",
            f"everything {tone.name}",
            f"turn it into {grammar.article(word)} scene",
        ]
    else:
        forms = [
            f"now {tone.name}",
            f"show it {tone.name}",
            f"change the weather: {tone.name}",
            f"put everything {tone.name}",
            f"make it {tone.name}",
            f"the same {tone.name}",
            f"i want it {tone.name}",
            f"let it be {tone.name}",
        ]
    forms += LIGHT_WORDS[tone.name] * (2 if times else 3)
    after = deepcopy(scene)
    after.when, after.light, after.light_tags = (
        tone.name,
        list(tone.sentences[: 1 if director.terse else 2]),
        tone.tags.split(", "),
    )
    after.color = tone.color or after.color
    return Edit("light", _say(rng, *forms), after, ())


def mood(scene: Scene, director: Director, rng: random.Random) -> Edit | None:
    tone = rng.choice([tone for tone in setting.all_moods().values() if tone is not director.mood])
    word = rng.choice(tone.words)
    forms = [
        f"make it {word}",
        f"make it more {word}",
        f"the mood should be {word}",
        f"change the mood to {tone.name}",
        f"i want it {word}",
        f"a {word} mood",
        f"more {tone.name}",
    ]
    after = deepcopy(scene)
    after.mood = [rng.choice(tone.sentences)]
    after.mood_tags = [*dict.fromkeys([word, *rng.sample(tone.words, 1)]), rng.choice(tone.senses)]
    after.elements = [replace(element, atmosphere=director.atmosphere(tone)) for element in after.elements]
    return Edit("mood", _say(rng, *forms), after, ())


def style(scene: Scene, director: Director, rng: random.Random) -> Edit | None:
    tone = rng.choice([tone for tone in setting.all_styles().values() if tone is not director.style])
    name = tone.name
    forms = [
        f"in {name} style",
        f"make it {name}",
        f"change the style to {name}",
        f"{name} style",
        f"as {name}",
        f"redo it in {name} style",
        f"make it look like {name}",
    ]
    after = deepcopy(scene)
    after.style, after.style_tags = [tone.sentences[0]], [name]
    line = director.style_line(tone)
    after.elements = [
        replace(element, style=line if director.terse else director.style_line(tone)) for element in after.elements
    ]
    return Edit("style", _say(rng, *forms), after, ())


def count(scene: Scene, director: Director, rng: random.Random) -> Edit | None:
    indices = [index for index in _free(scene) if scene.elements[index].noun not in ("sun", "moon")]
    if not indices:
        return None
    index = rng.choice(indices)
    old = scene.elements[index]
    assert old.thing is not None
    number = rng.choice([value for value in (1, 2, 3, 4, 5, 6) if value != old.count])
    word = grammar.NUMBERS.get(number, "one")
    noun = old.thing.name if number == 1 else old.thing.plural
    forms = [
        f"make it {word} {noun}",
        f"{word} {noun} instead of {'one' if old.count == 1 else grammar.NUMBERS[old.count]}",
        f"i want {word} {noun}",
        f"there should be {word} {noun}",
        f"{word} {noun}",
        f"only one {noun}"
        if number == 1
        else f"not one but {word} {noun}"
        if old.count == 1
        else f"make that {word} {noun}",
    ]
    after = deepcopy(scene)
    after.elements[index] = replace(
        director.element(Wish(old.thing, number, old.adjective, old.doing), old.seat),
        color=old.color,
        atmosphere=old.atmosphere,
        style=old.style,
        quality=old.quality,
    )
    return Edit("count", _say(rng, *forms), after, (index,))


def scenery(scene: Scene, director: Director, rng: random.Random) -> Edit | None:
    if any(element.thing is None for element in scene.elements):
        return None
    place = draw_place(rng, [Wish(element.thing) for element in scene.subjects if element.thing])
    if (
        place.name == scene.place.name
        or place.sort not in ("land", "water")
        or scene.place.sort not in ("land", "water")
    ):
        return None
    forms = [
        f"put it {place.phrase}",
        f"change the background: {place.phrase}",
        f"let it happen {place.phrase}",
        f"move the scene: {place.phrase}",
        f"now {place.phrase}",
    ]
    after = deepcopy(scene)
    after.place, after.place_tags = place, [place.name]
    after.grounds = rng.sample(place.grounds, min(2, len(place.grounds)))
    after.color = rng.choice(place.colors)
    nears = set(scene.place.nears)
    for element in after.elements:
        element.sentences = [text for text in element.sentences if text not in nears]
        element.tags = [place.name if tag == scene.place.name else tag for tag in element.tags]
    return Edit("scenery", _say(rng, *forms), after, tuple(range(len(scene.elements))))


Maker = Callable[[Scene, Director, random.Random], "Edit | None"]
KINDS: dict[str, tuple[Maker, int]] = {
    "add": (add, 16), "remove": (remove, 26), "replace": (swap, 16), "recolor": (recolor, 14), "move": (move, 14), "resize": (resize, 2),
    "depth": (depth, 2), "light": (light, 12), "mood": (mood, 2), "style": (style, 1), "count": (count, 2), "scenery": (scenery, 1),
}  # fmt: skip


def draw_edit(scene: Scene, director: Director, rng: random.Random, kind: str | None = None) -> Edit:
    """A random edit of the scene, of one kind if given (or of another kind if that does not fit the scene)."""
    while True:
        name = kind or rng.choices(list(KINDS), weights=[weight for _, weight in KINDS.values()])[0]
        edit = KINDS[name][0](scene, director, rng)
        if edit is not None:
            return edit
        kind = None


def draw_contrast(scene: Scene, director: Director, rng: random.Random) -> list[Edit]:
    """Edits that differ in one aspect each: the subject, or the change. Empty if the scene has no two subjects that can
    be edited separately."""
    free = _free(scene)
    if len(free) < 2:
        return []
    first, second = rng.sample(free, 2)
    wish = _fresh_thing(rng, scene, [*EXTRA_KINDS, *MAIN_KINDS])
    drawn = [
        remove(scene, director, rng, first), remove(scene, director, rng, second), add(scene, director, rng, wish), swap(scene, director, rng, first, wish),
        swap(scene, director, rng, second, wish), recolor(scene, director, rng, first), recolor(scene, director, rng, second), move(scene, director, rng, first), move(scene, director, rng, second),
    ]  # fmt: skip
    return [edit for edit in drawn if edit is not None]
