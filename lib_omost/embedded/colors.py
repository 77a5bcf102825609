"""Colors: English colour words, each with the closest colour names of the vocabulary, closest first."""

from __future__ import annotations

COLOR_NAMES: dict[str, str] = {
    "red": "red crimson firebrick darkred indianred tomato",
    "crimson": "crimson", "scarlet": "crimson red", "maroon": "maroon", "burgundy": "maroon darkred",
    "orange": "orange darkorange coral orangered", "ginger": "chocolate darkorange peru", "amber": "orange goldenrod",
    "yellow": "yellow gold khaki", "golden": "gold goldenrod darkgoldenrod", "gold": "gold goldenrod",
    "green": "green forestgreen seagreen limegreen olivedrab", "emerald": "seagreen mediumseagreen",
    "lime": "lime limegreen",
    "olive": "olive olivedrab", "turquoise": "turquoise mediumturquoise darkturquoise", "teal": "teal darkcyan",
    "cyan": "cyan darkcyan", "blue": "blue royalblue steelblue dodgerblue mediumblue", "navy": "navy midnightblue",
    "purple": "purple rebeccapurple mediumpurple darkviolet", "violet": "violet darkviolet mediumpurple",
    "lilac": "plum thistle", "lavender": "lavender mediumpurple", "magenta": "magenta",
    "pink": "pink hotpink lightpink deeppink",
    "white": "white ivory snow whitesmoke", "ivory": "ivory", "black": "black", "gray": "gray dimgray slategray",
    "grey": "gray dimgray slategray", "silver": "silver lightgray", "brown": "brown saddlebrown sienna",
    "beige": "beige tan",
    "bronze": "peru darkgoldenrod", "copper": "peru sienna", "rusty": "sienna saddlebrown",
}  # fmt: skip
COLOR_WORDS = frozenset(COLOR_NAMES)
"""Words that almost always mean a colour."""
