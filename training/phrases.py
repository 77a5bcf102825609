"""Phrases from which captions are composed, in the style of the texts that composers write."""

from __future__ import annotations


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


ADJECTIVES = _phrases(
    "big|small|huge|tiny|massive|majestic|fierce|gentle|old|young|ancient|mighty|beautiful|cute|lovely|bright|dark|"
    "colorful|"
    "detailed|shiny|playful|proud|lonely|mysterious|magical|brave|calm|quiet|friendly|angry|strong|graceful|wild|"
    "fallen|"
    "towering|distant|glowing|wooden|weathered|elegant|charming|noble|heroic|fearsome|giant|little|plain|simple"
)
DOING = {
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
# How a text states the place of its subject; {w} is a location of the canvas language.
WHERE = _phrases(
    "{w}|{w}|{w}|{w}|{w} of the picture|in the middle of the scene|in the middle of the {g}|in the {g}|"
    "on the {g}|beside the {g}|in front of the {g}|at the edge of the {g}|atop a hill|on a hill|under the sky|"
    "in the sky|over the {g}"
)
GROUNDS = _phrases(
    "battlefield|battle|meadow|desert|city|forest|sea|road|field|village|garden|room|snow|valley|mountain|river|sky|"
    "street|beach|night|castle|hill"
)
STANDS = {
    False: _phrases("is|stands|is set|is standing|is seen|fighting|standing"),
    True: _phrases("are|stand|are standing|fighting|standing"),
}
DETAILS = _phrases(
    "The {n} is {w}.|A {n} is {w}.|A {n} stands {w}.|The {n} is set {w}.|The {n} is painted with a {a} color.|"
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
AMBIENT = _phrases(
    "rocks|fallen branches|grass|dust|mud|leaves|clouds|distant hills|trees|shadows|flowers|smoke|sparks|stones|bushes|"
    "debris|soft light|mist|swords and shields|flashes of light|dense forests|ripples|pebbles|walls|other figures"
)
MOODS = _phrases(
    "epic|tense|peaceful|dramatic|mysterious|joyful|somber|dynamic|serene|adventurous|cozy|magical|dark|bright|intense|"
    "majestic|whimsical|ominous|warm|lively|dreamy|chaotic|nostalgic|cheerful"
)
ATMOSPHERE = _phrases(
    "The atmosphere is one of {m} energy.|A {m} and {m2} atmosphere.|The air feels {m}.|"
    "The mood is {m}, with a sense of wonder.|"
    "The atmosphere is {m} and {m2}, with a sense of impending action."
)
STYLE = _phrases(
    "The style is {m} and detailed.|The style is realistic, with a focus on texture.|A {m} illustration style.|"
    "The style is dynamic and action-packed, with a focus on movement.|Rendered as a soft three-dimensional icon.|"
    "Digital painting in a {m} style."
)
QUALITY = _phrases(
    "High-quality depiction with detailed textures and dynamic lighting.|High resolution with fine details.|"
    "A sharp, clean picture of high quality.|High-quality rendering with soft lighting.|Masterpiece, best quality."
)
PAIRED = _phrases(
    "{a} fighting {b}|{a} and {b}|{a} next to {b}|{a} with {b}|{a} charging at {b}|{a} defending against {b}|"
    "{a} beside {b}|"
    "{a} facing {b}"
)

# Backgrounds: regions that show no subject.
BACKDROPS = _phrases(
    "sky|sky|night sky|starry sky|blue sky|dark sky|sea of stars|sea|ocean|water|lake|river|meadow|field|ground|sand|"
    "sand dune|snow|snowy ground|floor|wall|stone wall|wooden wall|horizon|valley|fog|mist|smoke|background|landscape|"
    "battlefield|lawn|darkness|air|light|shadow|room|desert|plain|sunset|galaxy"
)
BACKDROP_ENDS = _phrases(
    "||||| with stars| with a few stars| with clouds| full of light| in the distance| at night| of color"
)
BACKDROP_DETAILS = _phrases(
    "The {n} is {a} and {a2}.|The {n} fills the corner.|The {n} is {w}.|The {n} is painted with a {a} color.|"
    "The {n} stretches far and wide.|A {n} fills this part of the picture.|The {n} is calm and open.|"
    "The {n} is painted in a soft blue, with a few stars.|Soft light falls on the {n}.|The overall mood is {m}.|"
    "In the background there are {x} and {x2}."
)

# Descriptions of each background: phrases, then tags.
SETTINGS: dict[str, tuple[str, str]] = {
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
PLAIN = (
    "a plain {c} background|a simple {c} backdrop|a {c} background|a smooth {c} gradient|nothing but {c} behind it|"
    "{c} color"
)
OPENINGS = _phrases(
    "{l} in {s}.|A scene with {l} in {s}.|An illustration of {l}, set in {s}.|{s} with {l}.|A {m} scene featuring {l}.|"
    "A {m} picture of {l} in {s}.|An image of {l}, with {s} behind.|{l}."
)
GLOBAL_DETAILS = _phrases(
    "The background features {s}.|The scene takes place in {s}.|The setting is {s}.|"
    "The overall mood is one of {m} energy.|"
    "The lighting is soft and even.|Everything is set against {s}.|The composition is balanced and clear.|"
    "In this {m} scene, {l} can be seen.|The scene is full of {m} detail.|The colors are rich and {m}."
)

UNPLACED = _phrases("{l}.|{l}|A scene with {l}.|A {m} scene featuring {l}.|A {m} battle of {l}.|A {m} picture of {l}.")
PLACES = _phrases("{s}.|A scene in {s}.|A {m} picture of {s}.|{s}, quite {m}.|An illustration set in {s}.")
