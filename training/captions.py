"""Caption: texts for a scene in the style of canvases, as the program passes them to the text encoders.

Every call words a scene differently: names, tags and synonyms, adjectives, plurals, and the sentences about mood, style
and quality that composers add, so that the reader finds the subject in the long texts of real replies.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from training import phrases
from training.scenes import Placement, Scene
from training.subjects import Subject, plural


@dataclass(frozen=True, slots=True)
class Caption:
    """The texts of one condition: `prefixes` are repeated in every bag, `suffixes` fill the bags in order."""

    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]


def region_caption(place: Placement, rng: random.Random, others: tuple[Subject, ...] = ()) -> Caption:
    """The texts of one region. `others`: subjects elsewhere in the scene, which a sentence may mention."""
    names = [_name(subject, rng) for subject in place.subjects]
    if place.color:
        names[0] = f"{place.color} {names[0]}"
    kind = place.subjects[0].kind
    doing = rng.choice(phrases.DOING[kind].split("|"))
    if len(names) == 2:
        spoken = rng.choice(phrases.PAIRED).format(a=_noun_phrase(names[0], rng), b=_noun_phrase(names[1], rng))
    elif place.count == 1:
        spoken = _noun_phrase(names[0], rng)
    else:
        plurals = plural(names[0])
        few = ("two", "a pair of") if place.count == 2 else ("three", "a group of", "several", "a bunch of", "many")
        spoken = f"{rng.choice(few)} {plurals}" if rng.random() < 0.7 else plurals
    many = place.count > 1 and len(names) == 1
    said = rng.random()
    if said < 0.3:
        description = spoken
    elif said < 0.65:
        description = f"{spoken} {doing}"
    else:
        stands = f" {rng.choice(phrases.STANDS[many])}" if rng.random() < 0.5 else ""
        description = f"{spoken}{stands} {_where(place, rng)}"
    description = description[0].upper() + description[1:] + rng.choice(("", "."))
    suffixes: list[str] = []
    length = rng.choices((0, 1, 2, 3, 5, 7), (14, 20, 22, 20, 14, 10))[0]
    for template in rng.sample(phrases.DETAILS, length):
        suffixes.append(_fill(template.replace("{w}", _where(place, rng)), rng, rng.choice(names), doing))
    if others and rng.random() < 0.12:
        suffixes.append(
            rng.choice(("Nearby is a {}.", "A {} can be seen elsewhere.", "It faces the {}.")).format(
                rng.choice(others).name
            )
        )
    if rng.random() < 0.7:
        suffixes.append(_tags(place.subjects, names, rng))
    for texts, share in ((phrases.ATMOSPHERE, 0.35), (phrases.STYLE, 0.35), (phrases.QUALITY, 0.35)):
        if rng.random() < share:
            suffixes.append(_fill(rng.choice(texts), rng, names[0], doing))
    return Caption((description,), tuple(suffixes))


def backdrop_caption(place: Placement, rng: random.Random, name: str) -> Caption:
    """The texts of a region at `place` that shows only the background `name`."""
    description = _noun_phrase(name, rng) + rng.choice(phrases.BACKDROP_ENDS)
    if rng.random() < 0.4:
        description += f" {_where(place, rng)}"
    suffixes = [
        _fill(text.replace("{w}", _where(place, rng)), rng, name, "")
        for text in rng.sample(phrases.BACKDROP_DETAILS, rng.choice((0, 1, 2, 3)))
    ]
    if rng.random() < 0.6:
        tags = [name, *rng.sample(phrases.BACKDROPS, 2), *rng.sample(phrases.ADJECTIVES, 2)]
        tags += rng.sample(phrases.MOODS, rng.randrange(3))
        suffixes.append(", ".join(dict.fromkeys(tags)))
    return Caption((description[0].upper() + description[1:] + rng.choice(("", ".")),), tuple(suffixes))


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
    values = {"l": spoken, "s": setting, "m": rng.choice(phrases.MOODS)}
    opening = rng.choice(phrases.OPENINGS).format(**values)
    description = opening[0].upper() + opening[1:]
    said = setting in opening
    details = rng.sample(phrases.GLOBAL_DETAILS, rng.choices((0, 1, 2, 4), (20, 30, 30, 20))[0])
    if not said and not any("{s}" in text for text in details):
        details.insert(0, rng.choice(phrases.GLOBAL_DETAILS[:3]))
    suffixes = [text.format(l=spoken, s=setting, m=rng.choice(phrases.MOODS)) for text in details]
    if rng.random() < 0.7:
        words = [_name(subject, rng) for place in scene.placements for subject in place.subjects]
        words += rng.sample(tags.split(", "), min(3, tags.count(",") + 1))
        rng.shuffle(words)
        suffixes.append(", ".join(words))
    return Caption((description,), tuple(suffixes))


def _setting(scene: Scene, rng: random.Random) -> tuple[str, str]:
    if scene.background == "plain":
        return rng.choice(phrases.PLAIN.split("|")).format(c=scene.color), f"{scene.color}, plain background, simple"
    settings, tags = phrases.SETTINGS[scene.background]
    return rng.choice(settings.split("|")), tags


def _name(subject: Subject, rng: random.Random) -> str:
    return subject.name if not subject.words or rng.random() < 0.55 else rng.choice(subject.words)


def _noun_phrase(name: str, rng: random.Random) -> str:
    words = rng.sample(phrases.ADJECTIVES, rng.choices((0, 1, 2), (50, 40, 10))[0])
    phrase = " ".join((*words, name))
    lead = rng.random()
    if lead < 0.15:
        return phrase
    if lead < 0.35:
        return f"the {phrase}"
    return f"{'an' if phrase[0].lower() in 'aeiou' else 'a'} {phrase}"


def _where(place: Placement, rng: random.Random) -> str:
    return rng.choice(phrases.WHERE).format(w=place.location, g=rng.choice(phrases.GROUNDS))


def _tags(subjects: tuple[Subject, ...], names: list[str], rng: random.Random) -> str:
    tags = list(names)
    for subject in subjects:
        pool = (subject.name, *subject.words)
        tags += rng.sample(pool, min(len(pool), rng.randrange(1, 4)))
    tags += rng.sample(phrases.ADJECTIVES, rng.randrange(0, 4)) + rng.sample(phrases.MOODS, rng.randrange(0, 3))
    tags += rng.sample(phrases.AMBIENT, rng.randrange(0, 3))
    rng.shuffle(tags)
    return ", ".join(dict.fromkeys(tags))


def _fill(template: str, rng: random.Random, name: str, doing: str) -> str:
    a, a2 = rng.sample(phrases.ADJECTIVES, 2)
    x, x2 = rng.sample(phrases.AMBIENT, 2)
    m, m2 = rng.sample(phrases.MOODS, 2)
    return template.format(n=name, a=a, a2=a2, d=doing, x=x, x2=x2, m=m, m2=m2)
