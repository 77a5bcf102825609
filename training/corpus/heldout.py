"""Prompts and edits for evaluation only: no training conversation contains one of these texts."""

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
    ("a red fox sleeping under an oak in autumn", ("fox", "oak")),
    ("give me a scene with a wizard, a cauldron and a black cat", ("wizard", "cauldron", "cat")),
    ("submarine discovering a sunken temple", ("submarine", "temple")),
    ("Draw a big sunflower next to a small blue house, please", ("sunflower", "house")),
    ("two elephants and a giraffe at a waterhole", ("elephant", "giraffe")),
    ("a snowman holding a lantern at night", ("snowman", "lantern")),
    ("spaceship landing on a farm, a frightened cow", ("spaceship", "cow")),
    ("a viking with an axe in front of his longship", ("viking", "axe", "ship")),
    ("old woman feeding pigeons in the park", ("woman", "pigeon")),
    ("an ice cream truck in the desert", ("truck", "desert")),
)

NOTHING_VISUAL: tuple[str, ...] = (
    "what is love?",
    "good evening, how was your day?",
    "explain gravity to me",
    "i don't know what to draw",
    "tell me something about yourself",
    "brb",
)

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
    ("add", (("astronaut", "rocket"), "moon"), "there is an alien missing, add one behind the rocket", ("alien",)),
    ("add", (("penguin", "iceberg"), "snow"), "also put a small igloo somewhere", ("igloo",)),
    ("add", (("queen", "throne"), "castle hill"), "two guards should stand at the sides", ("guard",)),
    ("add", (("teapot", "cake"), "table"), "sprinkle in a few strawberries", ("strawberr",)),
    ("remove", (("elephant", "monkey"), "jungle"), "the monkey annoys me, away with it", ("monkey",)),
    ("remove", (("pirate", "parrot"), "beach"), "same scene but the parrot is gone", ("parrot",)),
    ("remove", (("spaceship", "planet"), "space"), "can you lose the planet?", ("planet",)),
    ("remove", (("clown", "balloon"), "park"), "take away that balloon", ("balloon",)),
    ("replace", (("rose", "butterfly"), "garden"), "instead of a butterfly show a ladybug", ("butterfly", "ladybug")),
    ("replace", (("bicycle", "bench"), "park"), "the bicycle should turn into a scooter", ("bicycle", "scooter")),
    ("replace", (("samurai", "temple"), "mountains"), "exchange samurai for a ninja", ("samurai", "ninja")),
    ("replace", (("banana", "apple"), "table"), "i meant a pear, not an apple", ("apple", "pear")),
    ("recolor", (("balloon", "girl"), "meadow"), "the balloon must be orange", ("balloon", "orange")),
    ("recolor", (("chair", "cat"), "living room"), "give that chair a pink coat of paint", ("chair", "pink")),
    ("recolor", (("robot", "car"), "city"), "change the robot's color to silver", ("robot", "silver")),
    ("recolor", (("ship", "lighthouse"), "sea"), "white ship, not any other color", ("ship", "white")),
    ("move", (("sun", "mountain"), "meadow"), "the sun should stand on the right", ("sun", "right")),
    ("move", (("dog", "tree"), "park"), "let the dog sit on the left side", ("dog", "left")),
    ("move", (("owl", "moon"), "forest"), "bring the owl down to the bottom", ("owl", "bottom")),
    ("move", (("kite", "boy"), "beach"), "the kite has to be higher, at the top", ("kite", "top")),
    ("light", (("horse", "barn"), "farm"), "what would it look like in a storm?", ("storm",)),
    ("light", (("cabin", "bear"), "mountains"), "early in the morning please, with morning light", ("morning",)),
    ("light", (("ship", "dolphin"), "sea"), "it gets dark, dusk is coming", ("dusk",)),
    ("light", (("fox", "rabbit"), "forest"), "make it an autumn picture", ("autumn",)),
)


@cache
def texts() -> frozenset[str]:
    """Every held-out prompt and request in lower case."""
    return frozenset(
        text.lower() for text in (*[row[0] for row in PROMPTS], *NOTHING_VISUAL, *[row[2] for row in EDITS])
    )
