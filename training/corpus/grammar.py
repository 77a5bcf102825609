"""English agreement for the generator: articles, plurals, lists, pronouns and typographic quotes."""

from __future__ import annotations

import re

_IRREGULAR = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "wolf": "wolves",
    "calf": "calves",
    "leaf": "leaves",
    "knife": "knives",
    "shelf": "shelves",
    "loaf": "loaves",
    "elf": "elves",
    "dwarf": "dwarves",
    "thief": "thieves",
    "scarf": "scarves",
    "goose": "geese",
    "mouse": "mice",
    "tooth": "teeth",
    "foot": "feet",
    "sheep": "sheep",
    "deer": "deer",
    "fish": "fish",
    "bison": "bison",
    "moose": "moose",
    "squid": "squid",
    "salmon": "salmon",
    "shrimp": "shrimp",
    "ox": "oxen",
    "cactus": "cacti",
    "aircraft": "aircraft",
    "spacecraft": "spacecraft",
    "samurai": "samurai",
    "ninja": "ninjas",
    "octopus": "octopuses",
    "bread": "loaves of bread",
    "grass": "tufts of grass",
    "spaghetti": "plates of spaghetti",
    "sushi": "pieces of sushi",
    "hero": "heroes",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "mango": "mangoes",
    "volcano": "volcanoes",
    "tornado": "tornadoes",
    "flamingo": "flamingos",
    "piano": "pianos",
}
_VOWEL_SOUND = re.compile(r"^(?:[aeio]|u(?!ni|se|k|ti)|hour|heir|honest)", re.IGNORECASE)
NUMBERS = {
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
    12: "twelve",
}
_PRONOUNS = {
    "he": {"he": "he", "his": "his", "him": "him", "himself": "himself"},
    "she": {"he": "she", "his": "her", "him": "her", "himself": "herself"},
    "it": {"he": "it", "his": "its", "him": "it", "himself": "itself"},
}


def article(phrase: str) -> str:
    """Return ``phrase`` with the indefinite article that its first sound asks for."""
    return ("an " if _VOWEL_SOUND.match(phrase) else "a ") + phrase


def plural(noun: str) -> str:
    """Return the plural of a noun or of the last word of a noun phrase ("fire truck", "bottle of wine")."""
    if " of " in noun:
        head, _, tail = noun.partition(" of ")
        return f"{plural(head)} of {tail}"
    head, _, last = noun.rpartition(" ")
    lead = head + " " if head else ""
    if last.lower() in _IRREGULAR:
        return lead + _IRREGULAR[last.lower()]
    for tail in ("man", "mouse", "fish"):
        if last.endswith(tail) and last not in ("human", "shaman", "talisman"):
            return lead + last[: -len(tail)] + _IRREGULAR.get(tail, tail)
    if re.search(r"(s|x|z|ch|sh)$", last):
        return lead + last + "es"
    if re.search(r"[^aeiou]y$", last):
        return lead + last[:-1] + "ies"
    return lead + last + "s"


def listing(items: list[str]) -> str:
    """Join items as prose with a serial comma: "a, b, and c"."""
    if len(items) < 3:
        return " and ".join(items)
    return ", ".join(items[:-1]) + ", and " + items[-1]


def sentence(text: str) -> str:
    """Capitalise the first letter, close with a full stop and use typographic apostrophes."""
    text = re.sub(r"\s+", " ", text).strip().replace("'", "’")
    text = re.sub(r"\b([Aa]) (?=[aeio]\w|u(?!ni|se|fo))", r"\1n ", text)
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def pronouns(text: str, gender: str) -> str:
    """Replace $he, $his, $him and $himself (any capital) by the pronouns of "he", "she" or "it"."""

    def swap(match: re.Match[str]) -> str:
        word = _PRONOUNS[gender][match[1].lower()]
        return word.capitalize() if match[1][0].isupper() else word

    return re.sub(r"\$(himself|he|his|him)\b", swap, text, flags=re.IGNORECASE)


def several(text: str) -> str:
    """Turn the pronouns of a phrase about one thing into those about several."""
    text = re.sub(r"\$himself", "themselves", re.sub(r"\$his\b", "their", re.sub(r"\$him\b", "them", text)))
    text = re.sub(r"\bits\b", "their", text)
    text = re.sub(r"\bitself\b", "themselves", text)
    return re.sub(r"\bone's\b", "their", re.sub(r"\bthe head\b", "their heads", text))
