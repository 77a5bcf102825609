"""Tints: the colour in which a thing is drawn, by the words before its noun."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..colors import COLOR_WORDS

_TINTS = {
    "crimson": "red", "scarlet": "red", "maroon": "dark red", "burgundy": "dark red", "ginger": "orange",
    "amber": "orange", "gold": "golden", "emerald": "green", "lime": "light green", "olive": "dark green",
    "teal": "turquoise", "cyan": "turquoise", "navy": "dark blue", "lilac": "violet", "lavender": "violet",
    "magenta": "pink", "ivory": "white", "grey": "gray", "beige": "brown", "bronze": "brown", "copper": "brown",
    "rusty": "brown",
}  # fmt: skip
"""Colours that the painter knows under another name."""
_SHADES = {f"{shade} {color}" for color in ("blue", "green") for shade in ("light", "dark")} | {"dark red"}
_NATURAL_TABLE = {
    "red": "fox, apple, rose, heart, cherries, strawberry, tomato, lobster, ladybug, boot, maple leaf, fire "
    "engine, chili pepper",
    "orange": "fox, cat, orange, carrot, pumpkin, tiger, lantern, autumn leaves, basketball",
    "golden": "crown, coin, dog, trophy, bell, star, sun, key, honey pot, full moon",
    "yellow": "sun, star, moon, lemon, banana, taxi, cheese, chick, sunflower, corn, full moon, light bulb",
    "green": "tree, frog, dragon, turtle, crocodile, snake, lizard, cactus, cucumber, broccoli, clover, herb, "
    "tent, tractor, alien, pine tree, palm tree, bell pepper, leafy green, T-Rex, sauropod",
    "blue": "whale, dolphin, fish, gem, blue car, water drop, wave",
    "pink": "pig, flamingo, lotus, hibiscus, cherry blossom",
    "brown": "bear, horse, deer, moose, beaver, hedgehog, owl, boar, ox, bison, mammoth, bread, potato, log, "
    "basket, chair, door, box, coat, teddy bear, ladder",
    "black": "raven, bat, spider, ant, ninja, black cat, top hat",
    "white": "sheep, swan, rabbit, dove, ghost, skull, snowman, cloud, egg, daisy, polar bear",
    "gray": "wolf, elephant, mouse, rhinoceros, raccoon, koala, shark, seal, rock, warrior",
    "silver": "warrior, sword, ring, gear, airplane, spoon, kitchen knife",
}
_NATURAL = {color: frozenset(names.split(", ")) for color, names in _NATURAL_TABLE.items()}
"""The natural colours of things. Those are not tinted, because a tint would make them look flat."""
_SKIN = frozenset({"white", "black", "gray", "brown", "yellow"})
"""Colours that, for a person, describe skin or hair and not the whole figure."""


def tint_of(before: Sequence[str], kind: str, label: str, named: Collection[str]) -> str:
    """The only colour among the words before the head of a phrase, "" if there is none or more than one. kind: of the
    noun. named: words that are part of a name."""
    found = []
    for shade, word in zip(["", *before], before, strict=False):
        if word in COLOR_WORDS and word not in named:
            tint = _TINTS.get(word, word)
            found.append(f"{shade} {tint}" if f"{shade} {tint}" in _SHADES else tint)
    if len(set(found)) != 1 or (kind == "person" and found[0] in _SKIN):
        return ""
    if label in _NATURAL.get(found[0], frozenset()):
        return ""
    return found[0]
