"""Caption: texts for a scene in the style of canvases, as the product hands them to the text encoders.

Every call words a scene anew: names, tags and synonyms, adjectives, plurals, and the sentences about mood, style and
quality that composers write around them, so that the long texts of real replies still name their subject.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from training.scenes import Placement, Scene
from training.subjects import Subject, plural


@dataclass(frozen=True, slots=True)
class Caption:
    """The texts of one condition: `prefixes` are repeated in every bag, `suffixes` fill the bags in order."""

    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


_ADJECTIVES = _phrases(
    "big|small|huge|tiny|massive|majestic|fierce|gentle|old|young|ancient|mighty|beautiful|cute|lovely|bright|dark|"
    "colorful|"
    "detailed|shiny|playful|proud|lonely|mysterious|magical|brave|calm|quiet|friendly|angry|strong|graceful|wild|"
    "fallen|"
    "towering|distant|glowing|wooden|weathered|elegant|charming|noble|heroic|fearsome|giant|little|plain|simple"
)
_DOING = {
    "animal": "standing proudly|resting|in motion|charging forward|looking at the viewer|seen from the side|roaring|"
    "at ease|"
    "watching the scene|in a defensive stance|on the move|soaring above|fighting|playing|in mid-stride|alone",
    "person": "standing ready|in action|looking ahead|in a heroic pose|smiling|seen from the front|"
    "with a determined look|"
    "ready for battle|at work|in the middle of the action|clad in fine clothes|defending the place|fighting|"
    "in full gear",
    "plant": "growing tall|in full bloom|swaying in the breeze|in the soft light|with lush leaves|rooted firmly",
    "food": "freshly made|ready to eat|on display|looking delicious|served to the guests",
    "place": "in the distance|rising above the land|standing tall|seen from afar|under the open sky|full of detail",
    "vehicle": "on the move|parked|speeding along|seen from the side|on its way|travelling through the scene",
    "sky": "in the sky|high above|shining down|glowing softly|filling the air|overhead|streaking by",
    "object": "lying there|on display|catching the light|placed with care|seen up close|in plain sight",
}
_DETAILS = _phrases(
    "The {n} is {a}, {a2} and full of character.|Its shape is clear and its surface shows fine texture.|"
    "The {n} is {d}.|Soft shadows give the {n} depth and volume.|The colors of the {n} are vivid and warm.|"
    "In this part of the scene, a {a} {n} is seen.|On this side of the picture, a {n} draws the eye.|"
    "The light falls gently on the {n}.|Every detail of the {n} is carefully rendered.|"
    "The {n}, {a} and {a2}, stands out against its surroundings.|The {n} is the focus of this area.|"
    "Its outline is sharp and easy to recognize.|The {n} is depicted with great care.|"
    "The {n} is shown in a {a} pose.|Nearby, the ground is littered with {x}.|"
    "In the background there are {x} and {x2}.|"
    "The surrounding area is a mix of {x} and {x2}, adding to the atmosphere.|The {n} is surrounded by {x}.|"
    "The expression is one of determination and focus.|The scene around it is calm and open.|"
    "Its presence adds a sense of scale to the scene.|The movement is a blur of energy and skill.|"
    "The overall mood is {m}.|The {n} is positioned prominently in the frame."
)
_AMBIENT = _phrases(
    "rocks|fallen branches|grass|dust|mud|leaves|clouds|distant hills|trees|shadows|flowers|smoke|sparks|stones|bushes|"
    "debris|soft light|mist|swords and shields|flashes of light|dense forests|ripples|pebbles|walls|other figures"
)
_MOODS = _phrases(
    "epic|tense|peaceful|dramatic|mysterious|joyful|somber|dynamic|serene|adventurous|cozy|magical|dark|bright|intense|"
    "majestic|whimsical|ominous|warm|lively|dreamy|chaotic|nostalgic|cheerful"
)
_ATMOSPHERE = _phrases(
    "The atmosphere is one of {m} energy.|A {m} and {m2} atmosphere.|The air feels {m}.|"
    "The mood is {m}, with a sense of wonder.|"
    "The atmosphere is {m} and {m2}, with a sense of impending action."
)
_STYLE = _phrases(
    "The style is {m} and detailed.|The style is realistic, with a focus on texture.|A {m} illustration style.|"
    "The style is dynamic and action-packed, with a focus on movement.|Rendered as a soft three-dimensional icon.|"
    "Digital painting in a {m} style."
)
_QUALITY = _phrases(
    "High-quality depiction with detailed textures and dynamic lighting.|High resolution with fine details.|"
    "A sharp, clean picture of high quality.|High-quality rendering with soft lighting.|Masterpiece, best quality."
)
_PAIRED = _phrases(
    "{a} fighting {b}|{a} and {b}|{a} next to {b}|{a} with {b}|{a} charging at {b}|{a} defending against {b}|"
    "{a} beside {b}|"
    "{a} facing {b}"
)

# What may be said of each background: phrases, then tags.
_SETTINGS: dict[str, tuple[str, str]] = {
    "sky": (
        "a clear blue sky|high up in the sky|an open, bright sky|the heavens in daylight|a sky of soft blue|"
        "bright daylight",
        "blue sky, daylight, open air, clear day",
    ),
    "meadow": (
        "a green meadow under a blue sky|a grassy field|rolling green fields|a sunny park|lush green grassland|"
        "a garden|"
        "open ground with grass|the countryside|a farm|a village green",
        "meadow, grass, field, green, sunny, park, countryside",
    ),
    "sea": (
        "the open sea|a calm blue ocean|the water of a wide lake|the coast by the sea|waves under a bright sky|"
        "a river|a harbor|"
        "an underwater world",
        "sea, ocean, water, blue, lake, coast",
    ),
    "night": (
        "a dark night under the stars|a starry night sky|night time|a moonlit night|midnight|the dark of night|"
        "late at night",
        "night, stars, dark, moonlight, starry sky, midnight",
    ),
    "snow": (
        "a snowy landscape|white snow all around|a cold winter day|ice and snow|a frozen land|the arctic|winter",
        "snow, winter, cold, white, ice, frost, arctic",
    ),
    "desert": (
        "a hot desert|golden sand dunes|a dry, sandy land|a sandy beach|the sands of a desert|a dusty canyon",
        "desert, sand, dunes, dry, hot, beach, savanna",
    ),
    "forest": (
        "a dense forest|a lush green jungle|deep woods|a lush, prehistoric landscape with dense forests|"
        "a misty forest with "
        "towering trees|an enchanted woodland|the undergrowth of a jungle",
        "forest, jungle, woods, lush landscape, dense forests, towering trees, prehistoric",
    ),
    "room": (
        "a cozy room|the inside of a house|an indoor room with a wooden floor|a kitchen|a bedroom|a quiet library|"
        "a great hall|"
        "a studio with a wooden table",
        "room, indoors, interior, wooden floor, home, table",
    ),
    "volcanic": (
        "a land of fire and lava|a burning, volcanic land|a red sky over scorched ground|a battlefield in flames|hell|"
        "a fiery wasteland|a burning city",
        "lava, fire, volcanic, red sky, flames, scorched ground, inferno",
    ),
    "storm": (
        "a stormy, overcast sky|dark, ominous clouds|a gloomy battlefield|a grey rainy day|heavy rain and storm|"
        "a misty grey land|"
        "a dark and foggy place|an overcast sky with dark clouds",
        "storm, overcast, dark clouds, grey, rain, fog, gloomy, overcast sky",
    ),
    "sunset": (
        "a glowing sunset|an orange evening sky|dusk|the golden hour|a sunrise with a purple sky|twilight|dawn",
        "sunset, dusk, evening, orange sky, golden hour, sunrise, dawn",
    ),
    "space": (
        "outer space|the black of space with stars|a distant galaxy|deep space|the cosmos|the void between the stars",
        "space, stars, galaxy, cosmos, universe, black",
    ),
    "city": (
        "a city street|a busy town|an urban street with grey asphalt|a modern city in daylight|a paved square|"
        "a road through town",
        "city, street, urban, town, asphalt, buildings",
    ),
}  # fmt: skip
_PLAIN = (
    "a plain {c} background|a simple {c} backdrop|a {c} background|a smooth {c} gradient|nothing but {c} behind it|"
    "{c} color"
)
_OPENINGS = _phrases(
    "{l} in {s}.|A scene with {l} in {s}.|An illustration of {l}, set in {s}.|{s} with {l}.|A {m} scene featuring {l}.|"
    "A {m} picture of {l} in {s}.|An image of {l}, with {s} behind.|{l}."
)
_GLOBAL_DETAILS = _phrases(
    "The background features {s}.|The scene takes place in {s}.|The setting is {s}.|"
    "The overall mood is one of {m} energy.|"
    "The lighting is soft and even.|Everything is set against {s}.|The composition is balanced and clear.|"
    "In this {m} scene, {l} can be seen.|The scene is full of {m} detail.|The colors are rich and {m}."
)

_PLACES = _phrases("{s}.|A scene in {s}.|A {m} picture of {s}.|{s}, quite {m}.|An illustration set in {s}.")


def region_caption(place: Placement, rng: random.Random, others: tuple[Subject, ...] = ()) -> Caption:
    """The texts of one region. `others` are subjects elsewhere in the scene, which a sentence may mention."""
    names = [_name(subject, rng) for subject in place.subjects]
    if place.color:
        names[0] = f"{place.color} {names[0]}"
    kind = place.subjects[0].kind
    doing = rng.choice(_DOING[kind].split("|"))
    if len(names) == 2:
        spoken = rng.choice(_PAIRED).format(a=_noun_phrase(names[0], rng), b=_noun_phrase(names[1], rng))
    elif place.count == 1:
        spoken = _noun_phrase(names[0], rng)
    else:
        many = plural(names[0])
        few = ("two", "a pair of") if place.count == 2 else ("three", "a group of", "several", "a bunch of", "many")
        spoken = f"{rng.choice(few)} {many}" if rng.random() < 0.8 else many
    description = spoken if rng.random() < 0.35 else f"{spoken} {doing}"
    description = description[0].upper() + description[1:] + rng.choice(("", "."))
    suffixes: list[str] = []
    length = rng.choices((0, 1, 2, 3, 5, 7), (14, 20, 22, 20, 14, 10))[0]
    for template in rng.sample(_DETAILS, length):
        suffixes.append(_fill(template, rng, rng.choice(names), doing))
    if others and rng.random() < 0.12:
        suffixes.append(
            rng.choice(("Nearby is a {}.", "A {} can be seen elsewhere.", "It faces the {}.")).format(
                rng.choice(others).name
            )
        )
    if rng.random() < 0.7:
        suffixes.append(_tags(place.subjects, names, rng))
    for texts, share in ((_ATMOSPHERE, 0.35), (_STYLE, 0.35), (_QUALITY, 0.35)):
        if rng.random() < share:
            suffixes.append(_fill(rng.choice(texts), rng, names[0], doing))
    return Caption((description,), tuple(suffixes))


def global_caption(scene: Scene, rng: random.Random, *, alone: bool = False) -> Caption:
    """The texts of the whole picture. `alone`: no region has texts of its own, so every subject is named and placed."""
    setting, tags = _setting(scene, rng)
    listed = []
    for place in scene.placements:
        name = _name(place.subjects[0], rng)
        phrase = _noun_phrase(name, rng) if place.count == 1 else plural(name)
        if len(place.subjects) == 2:
            phrase += f" and {_noun_phrase(_name(place.subjects[1], rng), rng)}"
        if rng.random() < (0.8 if alone else 0.1):
            phrase += f" {place.location}"
        listed.append(phrase)
    if not alone and len(listed) > 2 and rng.random() < 0.5:
        listed = rng.sample(listed, 2)
    spoken = ", ".join(listed[:-1]) + (" and " if len(listed) > 1 else "") + listed[-1] if listed else "an empty scene"
    values = {"l": spoken, "s": setting, "m": rng.choice(_MOODS)}
    opening = rng.choice(_OPENINGS).format(**values)
    description = opening[0].upper() + opening[1:]
    said = setting in opening
    details = rng.sample(_GLOBAL_DETAILS, rng.choices((0, 1, 2, 4), (20, 30, 30, 20))[0])
    if not said and not any("{s}" in text for text in details):
        details.insert(0, rng.choice(_GLOBAL_DETAILS[:3]))
    suffixes = [text.format(l=spoken, s=setting, m=rng.choice(_MOODS)) for text in details]
    if rng.random() < 0.7:
        words = [_name(subject, rng) for place in scene.placements for subject in place.subjects]
        words += rng.sample(tags.split(", "), min(3, tags.count(",") + 1))
        rng.shuffle(words)
        suffixes.append(", ".join(words))
    return Caption((description,), tuple(suffixes))


def setting_caption(scene: Scene, rng: random.Random) -> Caption:
    """Texts of the whole picture that say where it is and name none of its subjects."""
    setting, tags = _setting(scene, rng)
    opening = rng.choice(_PLACES).format(s=setting, m=rng.choice(_MOODS))
    details = rng.sample([text for text in _GLOBAL_DETAILS if "{l}" not in text], rng.choice((0, 0, 1, 2)))
    suffixes = [text.format(s=setting, m=rng.choice(_MOODS)) for text in details]
    if rng.random() < 0.4:
        suffixes.append(tags)
    return Caption((opening[0].upper() + opening[1:],), tuple(suffixes))


def _setting(scene: Scene, rng: random.Random) -> tuple[str, str]:
    if scene.background == "plain":
        return rng.choice(_PLAIN.split("|")).format(c=scene.color), f"{scene.color}, plain background, simple"
    phrases, tags = _SETTINGS[scene.background]
    return rng.choice(phrases.split("|")), tags


def _name(subject: Subject, rng: random.Random) -> str:
    return subject.name if not subject.words or rng.random() < 0.55 else rng.choice(subject.words)


def _noun_phrase(name: str, rng: random.Random) -> str:
    words = rng.sample(_ADJECTIVES, rng.choices((0, 1, 2), (50, 40, 10))[0])
    phrase = " ".join((*words, name))
    lead = rng.random()
    if lead < 0.15:
        return phrase
    if lead < 0.35:
        return f"the {phrase}"
    return f"{'an' if phrase[0].lower() in 'aeiou' else 'a'} {phrase}"


def _tags(subjects: tuple[Subject, ...], names: list[str], rng: random.Random) -> str:
    tags = list(names)
    for subject in subjects:
        pool = (subject.name, *subject.words)
        tags += rng.sample(pool, min(len(pool), rng.randrange(1, 4)))
    tags += rng.sample(_ADJECTIVES, rng.randrange(0, 4)) + rng.sample(_MOODS, rng.randrange(0, 3))
    tags += rng.sample(_AMBIENT, rng.randrange(0, 3))
    rng.shuffle(tags)
    return ", ".join(dict.fromkeys(tags))


def _fill(template: str, rng: random.Random, name: str, doing: str) -> str:
    a, a2 = rng.sample(_ADJECTIVES, 2)
    x, x2 = rng.sample(_AMBIENT, 2)
    m, m2 = rng.sample(_MOODS, 2)
    return template.format(n=name, a=a, a2=a2, d=doing, x=x, x2=x2, m=m, m2=m2)
