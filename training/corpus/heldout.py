"""Prompts and edits for evaluation only: no training conversation holds one of these texts."""

from __future__ import annotations

from functools import cache

# (prompt, nouns that must be placed in some description; alternatives joined by "/")
PROMPTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("generate an image of the fierce battle of warriors and a dragon", ("warrior", "dragon")),
    ("generate an image of a cat on a windowsill at night", ("cat", "windowsill")),
    ("a lighthouse in a storm with a small boat", ("lighthouse", "boat")),
    ("an astronaut planting sunflowers on the moon", ("astronaut", "sunflower")),
    ("an old wizard and his owl in a tower full of books", ("wizard", "owl", "book")),
    ("two knights riding horses toward a ruined castle", ("knight", "horse", "castle")),
    ("breakfast table with pancakes, coffee and a newspaper", ("pancake", "coffee", "newspaper")),
    ("A peaceful Japanese garden with a red bridge, koi and a stone lantern", ("garden", "bridge", "koi", "lantern")),
    ("penguins at a disco", ("penguin", "disco")),
    ("Could you please draw a steam train crossing a viaduct in autumn?", ("train", "viaduct")),
    ("robot", ("robot",)),
    ("a pirate ship atacked by a giant octopus", ("ship", "octopus")),
    ("mushroom village with gnomes", ("mushroom", "gnome")),
    ("a jazz band: saxophone, piano and double bass", ("saxophone", "piano", "bass")),
    ("I want a hedgehog wearing a top hat and drinking tea", ("hedgehog", "hat", "tea")),
    ("a market in Marrakesh with spices, lamps and carpets", ("market", "spice", "lamp", "carpet")),
    ("the queen of bees on a throne of honeycomb", ("queen", "throne", "honeycomb")),
    ("a crocodile dentist examining a nervous hippo", ("crocodile", "hippo")),
    ("three hot air balloons over the mountains at sunrise", ("balloon", "mountain")),
    ("fox, snow, moon", ("fox", "moon")),
    ("a volcano erupting behind a herd of mammoths", ("volcano", "mammoth")),
    ("please make a poster of a guitar and a rose in cyberpunk style", ("guitar", "rose")),
    ("an abandoned gas station in the desert with a rusty pickup", ("gas station", "pickup", "desert")),
    ("a ballerina and a bear dancing on a frozen lake", ("ballerina", "bear", "lake")),
)

NOTHING_VISUAL: tuple[str, ...] = ("what is love?", "good evening, how was your day?", "explain gravity to me")

# (kind, first picture as (subjects, place), request, what the check in training/evaluate_composer.py needs)
EDITS: tuple[tuple[str, tuple[tuple[str, ...], str], str, tuple[str, ...]], ...] = (
    (
        "add",
        (("warrior", "T-Rex"), "prehistoric valley"),
        "add some meteorites to the picture, falling from the sky",
        ("meteorite",),
    ),
    ("add", (("cat", "chair"), "living room"), "could you add a goldfish bowl next to it?", ("goldfish",)),
    ("add", (("lighthouse", "boat"), "sea"), "put a rainbow over the water", ("rainbow",)),
    ("add", (("knight", "castle"), "castle hill"), "a dragon should fly above them", ("dragon",)),
    ("add", (("robot", "tree"), "park"), "i would like to have a small dog in there too", ("dog",)),
    ("add", (("apple", "candle"), "table"), "add a skull on the left please and nothing else", ("skull",)),
    ("remove", (("fox", "owl"), "forest"), "please remove the owl again", ("owl",)),
    ("remove", (("wizard", "cauldron"), "cave"), "i don't like the cauldron, take it out", ("cauldron",)),
    ("remove", (("car", "taxi"), "city"), "the taxi has to go", ("taxi",)),
    ("remove", (("horse", "windmill"), "farm"), "remove windmill", ("windmill",)),
    ("remove", (("girl", "kite"), "meadow"), "erase the kite", ("kite",)),
    ("remove", (("pizza", "glass of wine"), "table"), "no glass of wine in the picture please", ("wine",)),
    ("replace", (("fox", "tree"), "snow"), "replace the fox with a polar bear cub", ("fox", "polar bear")),
    ("replace", (("dragon", "tower"), "mountains"), "swap the dragon for an old zeppelin", ("dragon", "zeppelin")),
    ("replace", (("dog", "ball"), "beach"), "make the ball a beach umbrella", ("ball", "umbrella")),
    ("replace", (("piano", "dancer"), "stage"), "use a harp instead of the piano", ("piano", "harp")),
    ("replace", (("cow", "barn"), "farm"), "turn the cow into a purple hippo", ("cow", "hippo")),
    ("replace", (("ship", "whale"), "sea"), "change the whale into a giant squid", ("whale", "squid")),
    ("recolor", (("car", "house"), "village"), "please paint the car bright yellow", ("car", "yellow")),
    (
        "recolor",
        (("dragon", "knight"), "volcano land"),
        "the dragon should be blue, not anything else",
        ("dragon", "blue"),
    ),
    ("recolor", (("parrot", "pirate"), "beach"), "make the parrot completely green", ("parrot", "green")),
    ("recolor", (("tulip", "bee"), "garden"), "i want a purple tulip", ("tulip", "purple")),
    ("recolor", (("bus", "street lamp"), "city"), "could the bus be red?", ("bus", "red")),
    ("recolor", (("cat", "mirror"), "living room"), "black cat please", ("cat", "black")),
    ("move", (("rabbit", "pumpkin"), "garden"), "the rabbit belongs on the right side", ("rabbit", "right")),
    ("move", (("moon", "wolf"), "mountains"), "move the moon over to the top left corner", ("moon", "left")),
    ("move", (("farmer", "tractor"), "farm"), "shift the tractor to the left side", ("tractor", "left")),
    ("move", (("lamp", "book"), "library"), "put the lamp on the right hand side", ("lamp", "right")),
    ("move", (("airplane", "island"), "sea"), "move the airplane up to the top", ("airplane", "top")),
    ("move", (("elf", "mushroom"), "forest"), "place the mushroom at the bottom", ("mushroom", "bottom")),
    ("light", (("lion", "tree"), "desert"), "make it night time", ("night",)),
    ("light", (("castle", "knight"), "castle hill"), "let the sun set behind it all, a sunset", ("sunset",)),
    ("light", (("bicycle", "bridge"), "park"), "it should be raining", ("rain",)),
    ("light", (("deer", "cottage"), "forest"), "change it to winter with heavy snow", ("snow",)),
    ("light", (("boat", "fisherman"), "lake shore"), "add thick fog to the whole scene", ("fog",)),
    ("light", (("cowboy", "horse"), "desert"), "same picture at sunrise", ("sunrise",)),
)


@cache
def texts() -> frozenset[str]:
    """Every held-out prompt and request in lower case."""
    return frozenset(
        text.lower() for text in (*[row[0] for row in PROMPTS], *NOTHING_VISUAL, *[row[2] for row in EDITS])
    )
