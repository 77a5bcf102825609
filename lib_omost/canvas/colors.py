"""Matching of colours, as language models write them, to the colour names of the vocabulary.

Names unknown to CSS, hex digits, `rgb(...)` and mixtures become the nearest CSS colour, by distance in OKLab (Bjorn
Ottosson, "A perceptual color space for image processing", 2020, https://bottosson.github.io/posts/oklab/). For a
numeric colour the chroma axes count double, which agrees better with perceived difference ("deltaEOK2" in the CSS Color
module, level 4). They do not in a mixture of words, where lightness is the most reliable part of the description.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from lib_omost.canvas.correction import Match, correct_typo
from lib_omost.canvas.vocabulary import COLORS, DEFAULT_COLOR

Color = tuple[int, int, int]


class Lab(NamedTuple):
    """A colour in OKLab: lightness 0..1, and two chroma axes of about -0.4..0.4 (green to red, blue to yellow)."""

    lightness: float
    a: float
    b: float


def oklab(color: Color) -> Lab:
    """OKLab of an sRGB colour, each channel 0..255."""

    def linear(channel: int) -> float:
        value = channel / 255.0
        return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = map(linear, color)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return Lab(
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


# If two names share a colour, the one that the published models prefer represents both.
_SPARE_NAMES = {"navyblue", "aqua", "fuchsia", *(name for name in COLORS if "grey" in name)}

# Common names that CSS lacks, as sRGB; values from common references (Wikipedia's lists of colours, the xkcd survey).
_EXTRA_COLORS = """
amber ffbf00 amethyst 9966cc apricot fbceb1 army 4b5320 armygreen 4b5320 ash b2beb5 ashgray b2beb5 aubergine 472c4c
auburn a52a2a avocado 568203 babyblue 89cff0 babypink f4c2c2 banana ffe135 blood 8a0303 bloodred 8a0303
bluegray 6f8faf bluegreen 0d98ba blush de5d83 bone e3dac9 brass b5a642 brick cb4154 brickred cb4154 bronze cd7f32
bubblegum ffc1cc buff f0dc82 burgundy 800020 burntorange cc5500 burntsienna e97451 burntumber 8a3324 butter fffd74
buttercream fff1b5 camel c19a6b canary ffef00 caramel c68e17 cardinal c41e3a carmine 960018 celadon ace1af
cerise de3163 cerulean 007ba7 champagne f7e7ce charcoal 36454f charcoalgray 36454f cherry d2042d cherryred d2042d
chestnut 954535 cinnabar e34234 cinnamon d2691e citrine e4d00a clay b66a50 cobalt 0047ab cobaltblue 0047ab
cocoa 875f42 coffee 6f4e37 copper b87333 cranberry 9f000f cream fffdd0 darkbrown 654321 denim 1560bd denimblue 1560bd
desert c19a6b dirt 9b7653 dustyrose dcae96 earth 8b6b4a ebony 555d50 ecru c2b280 eggplant 614051 eggshell f0ead6
electricblue 7df9ff emerald 50c878 emeraldgreen 50c878 fawn e5aa70 fern 4f7942 ferngreen 4f7942 fire e25822
flame e25822 flesh ffcba4 forest 228b22 garnet 733635 ginger b06500 glacier 80b3c4 golden ffd700 goldenbrown 996515
goldenyellow ffdf00 grape 6f2da8 graphite 41424c grass 7cfc00 grassgreen 4da62a grayblue 6b8ba4 graygreen 789b73
greenblue 0d98ba greengray 789b73 gunmetal 2a3439 hazel 8e7618 honey eb9605 hunter 355e3b huntergreen 355e3b
ice d6ecef iceblue d6ecef ink 1b1b3a iron 48494b jade 00a86b jasmine f8de7e jet 343434 jetblack 0a0a0a
kellygreen 4cbb17 lapis 26619c lava cf1020 lead 5e5e5e lemon fff44f lightbrown b5803d lilac c8a2c8 mahogany c04000
malachite 0bda51 mango f4bb44 marigold eaa221 marine 042e60 mauve e0b0ff merlot 73343a metal a8a9ad midnight 191970
mint 98ff98 mintgreen 98ff98 mocha 967969 moss 8a9a5b mossgreen 8a9a5b mud 70543e mulberry c54b8c mustard ffdb58
neongreen 39ff14 neonpink ff10f0 nude e3bc9a oak 806517 obsidian 0b0b0f ochre cc7722 offwhite faf9f6 onyx 353839
opal a8c3bc oxblood 4a0000 paprika 8d0226 parchment f1e9d2 peach ffe5b4 peacock 33a1c9 pearl f0ead6 periwinkle ccccff
petrol 005f6a pewter 899499 pine 01796f pinegreen 01796f pistachio 93c572 platinum e5e4e2 porcelain f8f5f0
prussianblue 003153 pumpkin ff7518 raspberry e30b5c raven 0c0c12 rose ff007f rosegold b76e79 ruby 9b111e ruddy ff0028
russet 80461b rust b7410e sable 4b3a2f saffron f4c430 sage 9caf88 sagegreen 9caf88 sand c2b280 sapphire 0f52ba
sapphireblue 0f52ba scarlet ff2400 sepia 704214 shadow 3a3a3a sky 87ceeb slate 708090 smoke 738276 smokegray 738276
soot 27272a stone 928e85 stonegray 928e85 straw e4d96f strawberry fc5a8d sunflower ffda03 sunset fad6a5
tangerine f28500 taupe 483c32 tawny cd5700 terracotta e2725b topaz ffc87c ultramarine 120a8f umber 635147
vanilla f3e5ab verdigris 43b3ae vermilion e34234 vermillion e34234 viridian 40826d walnut 773f1a wine 722f37
wood a1785c
"""
_EXTRA: dict[str, Color] = {
    name: (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
    for name, digits in zip(_EXTRA_COLORS.split()[::2], _EXTRA_COLORS.split()[1::2], strict=True)
}
# In mixtures "brown" is what people call brown; the CSS colour of that name is a dark red.
_MIXED_BROWN: Color = (139, 90, 43)
_BASIC = frozenset(
    ["red", "green", "blue", "yellow", "orange", "purple", "pink", "brown", "gray", "grey", "black", "white"]
)
_SUFFIXED = {"brownish": "brown", "yellowish": "yellow", "reddish": "red", "bluish": "blue", "greenish": "green"}
_SUFFIXED |= {"greyish": "gray", "grayish": "gray", "pinkish": "pink", "purplish": "purple", "orangish": "orange"}

_Change = tuple[float, float]
# Words that modify a colour: the fraction of the way towards white (or, if negative, black), and a chroma factor.
# Chosen so that "light", "dark" and "pale" variants of the CSS hues land near the CSS names of that form.
_MODIFIERS: dict[str, _Change] = {
    **dict.fromkeys(["light", "lighter"], (0.55, 0.55)),
    **dict.fromkeys(["pale", "pastel", "powder"], (0.6, 0.5)),
    **dict.fromkeys(["dark", "darker", "shadowy"], (-0.35, 0.85)),
    **dict.fromkeys(["deep", "rich"], (-0.2, 1.0)),
    **dict.fromkeys(["bright", "brilliant", "vivid", "vibrant", "neon", "electric", "glowing"], (0.1, 1.15)),
    **dict.fromkeys(["muted", "dusty", "dull", "faded", "soft", "subdued", "smoky", "misty"], (0.05, 0.55)),
    **dict.fromkeys(["medium", "very", "pure", "warm", "cool", "cold", "metallic", "shiny", "natural"], (0.0, 1.0)),
}
_FILLERS = frozenset("color colour colored coloured hue shade tone tint of a an the and with mix css html".split())  # noqa: SIM905
_HEX = re.compile(r"(?:#|0x)?([0-9a-f]{6})(?:[0-9a-f]{2})?|#([0-9a-f]{3})[0-9a-f]?")
_NUMBER = r"\s*(\d{1,3}(?:\.\d{1,6})?)(%?)\s*"
_RGB = re.compile(rf"(?:rgba?)?\s*[(\[]{_NUMBER},{_NUMBER},{_NUMBER}(?:,[\s\d.%]{{1,9}})?[)\]]")


@cache
def _css_labs() -> tuple[tuple[str, Lab], ...]:
    return tuple((name, oklab(color)) for name, color in COLORS.items() if name not in _SPARE_NAMES)


@cache
def _names() -> dict[str, str]:
    """Every known name, mapped to the vocabulary's colour for it."""
    return {name: name for name in COLORS} | {name: nearest_color(color) for name, color in _EXTRA.items()}


def _nearest(target: Lab, chroma: float = 1.0) -> str:
    def distance(entry: tuple[str, Lab]) -> float:
        lightness, a, b = (x - y for x, y in zip(entry[1], target, strict=True))
        return lightness**2 + (chroma * a) ** 2 + (chroma * b) ** 2

    return min(_css_labs(), key=distance)[0]


def nearest_color(color: Color) -> str:
    """The name of the CSS colour nearest to an sRGB colour, each channel 0..255."""
    return _nearest(oklab(color), chroma=2.0)


def _digits(text: str) -> Color | None:
    """The colour given by hex digits or `rgb(...)`, or None."""
    if found := _HEX.fullmatch(text):
        digits = found[1] or "".join(digit * 2 for digit in found[2])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _RGB.fullmatch(text):
        channels = [
            round(float(number) * (2.55 if percent else 1.0))
            for number, percent in zip(found.groups()[::2], found.groups()[1::2], strict=True)
        ]
        if max(channels) <= 255:
            return channels[0], channels[1], channels[2]
    return None


def _named(word: str) -> Color | None:
    word = _SUFFIXED.get(word, word)
    if word == "brown":
        return _MIXED_BROWN
    return COLORS.get(word) or _EXTRA.get(word) or _EXTRA.get(word.replace("grey", "gray"))


def _known(word: str) -> bool:
    return word in _MODIFIERS or _named(word) is not None


def _split(words: list[str]) -> list[str] | None:
    """`words` with names of several words joined ("sky blue") and joined modifiers split ("lightteal"); None if a word
    is unknown."""
    found: list[str] = []
    while words:
        counts = [3, 2, 1]
        if len(words) > 2 and words[0] in _MODIFIERS and _named(words[1] + words[2]):
            counts = [3, 1]  # "light grey blue" is a light grey-blue, not a blue lightgrey
        count = next((n for n in counts if len(words) >= n and _known("".join(words[:n]))), 0)
        if count:
            found.append("".join(words[:count]))
            words = words[count:]
            continue
        prefix = next((word for word in _MODIFIERS if _named(words[0].removeprefix(word))), "")
        if not prefix:
            return None
        found += [prefix, words[0].removeprefix(prefix)]
        words = words[1:]
    return found


def _mixture(words: list[str]) -> Lab | None:
    """The colour that known words describe together: the mean of the named colours, in which a specific name ("rust")
    counts twice as much as a basic one ("red"), changed by every modifier in turn. None if a word is unknown."""
    parts = _split([word for word in words if word not in _FILLERS])
    hues: list[Lab] = []
    for word in parts or ():
        if color := _named(word):
            basic = _SUFFIXED.get(word, word) in _BASIC
            hues += [oklab(color)] * (1 if basic else 2)
    if not 0 < len(hues) <= 4:
        return None
    lightness, a, b = (sum(axis) / len(hues) for axis in zip(*hues, strict=True))
    for toward, chroma in (_MODIFIERS[word] for word in parts or () if not _named(word)):
        lightness += toward * (1.0 - lightness if toward > 0 else lightness)
        a, b = a * chroma, b * chroma
    return Lab(lightness, a, b)


def match_color(text: str) -> Match:
    """The vocabulary's colour that `text` names, or the nearest to what it describes, or DEFAULT_COLOR."""
    if text in COLORS:
        return Match(text, "exact")
    plain = text[:120].casefold().strip(" \t\n.,;'\"‘’“”`")
    words = re.sub(r"[\s_\-‐-―/,.;()&+]+", " ", plain).split()
    joined = "".join(words)
    if joined in COLORS:
        return Match(joined, "corrected")
    if color := _digits(plain):
        return Match(nearest_color(color), "corrected")
    if words and len(words) <= 8 and (mixture := _mixture(words)):
        return Match(_nearest(mixture), "corrected")
    if name := correct_typo(joined, _names()):
        return Match(name, "corrected")
    return Match(DEFAULT_COLOR, "defaulted")
