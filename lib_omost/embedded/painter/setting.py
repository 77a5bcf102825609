"""Setting: the ground, time of day and weather in the global description, in words that the painter's reader knows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..lexicon import Lexicon, lexicon, noun_bases
from ..pieces import Piece, cut
from ..words import clean, tag, tokens, word_set
from .gist import NOTHING

HOURS = {"day": "by day", "dusk": "at dusk", "night": "at night"}
WEATHERS = {"none": "", "rain": " in the rain", "snow": " while it snows", "fog": " in fog"}

_GROUNDS = {
    "sky": "sky heaven air cloud",
    "meadow": "meadow grass lawn park countryside pasture hill hillside farm farmyard grassland valley savanna "
    "savannah plain camp campsite picnic yard knoll",
    "sea": "sea ocean lake river harbor harbour water bay wave pond dock pier canal stream creek brook lagoon port "
    "marina fjord waterfall strait swamp marsh",
    "beach": "beach seaside shore coast island seashore sandbank",
    "snow": "snow ice arctic winter glacier antarctica blizzard snowstorm tundra floe rink",
    "desert": "desert dune sahara canyon egypt sand oasis quarry",
    "forest": "forest wood woods woodland clearing grove leaf thicket",
    "jungle": "jungle rainforest amazon",
    "mountains": "mountain alp alps cliff peak highland highlands himalaya himalayas ridge summit gorge crag",
    "garden": "garden backyard courtyard terrace patio playground zoo orchard greenhouse",
    "field": "field cornfield vineyard prairie harvest",
    "kitchen": "kitchen bakery bathroom diner counter stove countertop",
    "street": "street village town square alley market road suburb station highway sidewalk pavement crossing",
    "city": "city skyline downtown metropolis rooftop paris london tokyo york manhattan lisbon",
    "volcanic": "lava hell mordor",
    "underwater": "underwater seabed reef aquarium depths",
    "cave": "cave dungeon cavern mine crypt tunnel tomb cellar",
    "battlefield": "battlefield battle war wasteland arena ruin ruins graveyard cemetery",
    "space": "space cosmos galaxy universe nebula mars orbit void",
    "room": "room bedroom nursery nook stage table desk shelf windowsill laboratory lab workshop studio study office "
    "cabin library gym museum hall classroom sofa couch armchair bed fireplace",
}
_GROUND_OF = {word: ground for ground, group in _GROUNDS.items() for word in group.split()}
_INDOORS = word_set(
    """
    house cafe bookshop shop hospital temple bar restaurant theatre theater circus palace tavern inn church tower school
    """
)
"""Buildings whose inside is drawn as a room."""
_AT = word_set(
    """
    in on at over across through into by near along inside within above amid among around beneath under between onto
    """
)
_IN = frozenset({"in", "inside", "at", "within"})
_HINTS = word_set("sea ocean river forest jungle desert mountain garden farm village city street beach kitchen cave")
_OUTDOORS = word_set("animal person group plant building nature vehicle")
_USUAL_TABLE = {
    "underwater": "whale dolphin shark octopus jellyfish coral squid mermaid submarine pufferfish seahorse",
    "desert": "camel pyramid sphinx cactus llama scorpion mummy",
    "snow": "penguin polar_bear igloo snowman sled reindeer yeti snowboarder skier",
    "space": "astronaut planet alien flying_saucer space_monster satellite galaxy comet",
    "room": "sofa bed fireplace christmas_tree television piano teapot kettle sink bathtub toilet fridge bookshelf",
}
_USUAL = {word.replace("_", " "): ground for ground, group in _USUAL_TABLE.items() for word in group.split()}
"""Grounds of things, by their noun or what they are drawn as."""
_ALONE = re.compile(r"\b(?:portrait|logo|icon|emblem|sticker|close-?up)\b")
_DEEP = re.compile(r"\b(?:under ?water|(?:under|beneath|below) the (?:sea|ocean|waves?)|deep[ -]sea|bottom of the)\b")
_HOUR_WORDS = {
    "night": r"night|midnight|moonlit|moonlight|starry|stars|full moon|(?:under|below|beneath|at) the moon|nocturnal",
    "dusk": r"sunset|sunrise|dusk|dawn|twilight|evening|golden hour|setting sun|rising sun",
}
_WEATHER_WORDS = {
    "snow": r"snowing|snows|snowfall|snowstorm|blizzard|falling snow|snowflakes",
    "rain": r"rain|rainy|raining|rains|storm|stormy|thunderstorm|downpour|drizzle",
    "fog": r"fog|foggy|mist|misty|haze|hazy",
}
_COLD = re.compile(r"\b(?:snow\w*|frozen|icy|wintry|blizzard|igloos?)\b")
_BACKDROP = re.compile(r"(?<!in the )\b(?:background|backdrop)\b")


def setting_text(ground: str, hour: str = "day", weather: str = "none") -> str:
    """The reader's text for a setting."""
    return f"{ground.capitalize()} {HOURS[hour]}{WEATHERS[weather]}."


def setting_gist(description: str, words: Lexicon | None = None) -> str | None:
    """The reader's text for a global description; None if it is not understood or mentions a background."""
    words = words or lexicon()
    text = clean(description).lower()
    if _BACKDROP.search(text):
        return None
    hour = _match(_HOUR_WORDS, text) or "day"
    weather = _match(_WEATHER_WORDS, text) or "none"
    pieces = cut(tag(tokens(text), words), words)
    usual = None if _ALONE.search(text) else _usual_ground(pieces)
    ground = _ground(text, pieces) or usual
    if ground == "sky" and usual and sum(bool(piece.noun and piece.noun.nearest) for piece in pieces) > 1:
        ground = usual  # a scarecrow, and crows in the sky
    if not ground and (hour, weather) == ("day", "none"):
        return NOTHING if any(piece.noun for piece in pieces) else None
    return setting_text(ground or "meadow", hour, weather)


def ground_of(noun: str) -> str | None:
    """The ground that a noun names, such as "street" for "village"; None if it names none."""
    return next((_GROUND_OF[form] for form in (noun, *noun_bases(noun)) if form in _GROUND_OF), None)


def unknown_place(description: str, words: Lexicon | None = None) -> str | None:
    """The place in a global description if it is none of the grounds, such as "nightclub"; None if there is none."""
    words = words or lexicon()
    text = clean(description).lower()
    pieces = cut(tag(tokens(text), words), words)
    if _ground(text, pieces) is not None or _BACKDROP.search(text):
        return None
    for piece in pieces:
        if _IN & set(piece.link) and piece.noun is not None and piece.noun.kind in ("place", "building"):
            return " ".join(word.lower for word in piece.words if word.role in ("adjective", "noun"))
    return None


def _match(table: dict[str, str], text: str) -> str | None:
    return next((name for name, said in table.items() if re.search(rf"\b(?:{said})\b", text)), None)


def _usual_ground(pieces: Sequence[Piece]) -> str | None:
    """The usual ground of things without a stated one: ships on the sea, planes in the sky, animals in a meadow,
    furniture and food in a room."""
    nouns = [piece.noun for piece in pieces if piece.noun and piece.noun.nearest]
    for place, ground in (("water", "sea"), ("sky", "sky")):
        if any(noun.kind == "vehicle" and noun.place == place and noun.word not in _USUAL for noun in nouns):
            return ground
    for noun in nouns:
        for word in (noun.word, noun.nearest[0]):
            if word in _USUAL:
                return _USUAL[word]
    if any(noun.kind in _OUTDOORS for noun in nouns):
        return "meadow"
    return "room" if any(noun.kind in ("furniture", "food") for noun in nouns) else None


def _ground(text: str, pieces: Sequence[Piece]) -> str | None:
    """The ground that the text states: first what a thing is in or on, then any other ground, and the sky last."""
    if _DEEP.search(text):
        return "underwater"
    if _COLD.search(text):
        return "snow"
    found: list[tuple[int, str]] = []
    for piece in pieces:
        inside = bool(_IN & set(piece.link))
        at = bool(_AT & set(piece.link))
        heads = (piece.head, *noun_bases(piece.head))
        ground = ground_of(piece.head)
        if inside and not _INDOORS.isdisjoint(heads):
            ground = "room"
        elif piece.head in ("moon", "earth") and {"on", "above"} & set(piece.link):
            ground = "space"
        if ground:
            found.append((2 * (ground == "sky") + (not at), ground))
        found += [(4, _GROUND_OF[word.lower]) for word in piece.words[:-1] if word.lower in _HINTS]  # "a sea monster"
    return min(found, default=(0, None), key=lambda pair: pair[0])[1]
