"""Script: the grammar of a first canvas, made from a brief.

The script fixes what the brief states: the things, in the user's words, their candidate places, and the global
description. The model writes the rest, or chooses it from sentences that suit the thing, in lists of two or three.
A `free` script leaves sentences and colours to the model, for one that needs no such help.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ...canvas.vocabulary import COLORS
from ...llm.grammar import CLOSING, INDENT, OPENING, quoted
from ...llm.guidance import Script
from ..words import DETERMINERS, NUMBERS
from .brief import Brief, Setting, Thing
from .layout import Placement, arrange
from .palette import colors_of, kind_colors, setting_colors
from .sentences import BACKGROUND, LOOKS, PARTS

# No quotes, backslashes, backticks or full stops, and no character that any program treats as a line break.
_INNER = r"[^'`\\.!?\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd]"
_SENTENCE = rf"/{_INNER}{{12,110}}\./"
_WORDS = rf"/\p{{Lu}}{_INNER}{{8,120}}\./"
_ITEM = INDENT * 2
_FREE_ITEMS = (2, 6)
"""Fewest and most sentences of a list in a free script."""
_ABOVE = ("in the sky", "in the air")
"""Settings of one thing, not of the whole picture."""
_FIRST = {word.capitalize() for word in DETERMINERS} | {word.capitalize() for word in NUMBERS}

RULES = (
    f"words: {_WORDS}",
    f"sentence: {_SENTENCE}",
    f"color: /{'|'.join(sorted(COLORS))}/",
)
"""Rules that every script contains."""


def first_scripts(brief: Brief, free: bool = False) -> list[Script]:
    """Scripts for a brief: one for all of its things, then ones for fewer things, which need fewer tokens."""
    scripts = []
    for count in range(len(brief.things), 0, -1):
        things = brief.things[:count]
        links = [link for link in brief.links if max(link.one, link.other) < count]
        placements = arrange(things, links)
        calls = [global_call(brief, things, free)]
        calls += [region_call(*pair, free) for pair in zip(things, placements, strict=True)]
        scripts.append(whole(calls, dropped=tuple(thing.words for thing in brief.things[count:])))
    return scripts


def whole(calls: Sequence[tuple[str, str]], dropped: tuple[str, ...] = ()) -> Script:
    """The script of calls, each given as the right side of its rule and the shortest text that matches it."""
    head = f"{OPENING}# Initialize the canvas\ncanvas = Canvas()\n"
    names = " ".join(f"call{number}" for number in range(len(calls)))
    rules = [f"start: {quoted(head)} {names} {quoted(CLOSING)}"]
    rules += [f"call{number}: {rule}" for number, (rule, _) in enumerate(calls)]
    return Script("\n".join([*rules, *RULES]) + "\n", tuple(least for _, least in calls), dropped)


def copied(text: str) -> tuple[str, str]:
    """The rule and the shortest text of a call that is copied word for word, with the empty line and the comment before
    it."""
    return quoted(text), text


def global_call(brief: Brief, things: Sequence[Thing], free: bool = False) -> tuple[str, str]:
    """The rule and the shortest text of the global description."""
    tags = ", ".join(
        dict.fromkeys([bare(thing.words) for thing in things] + [bare(one.words) for one in brief.settings])
    )
    subject = sentence(brief.text)
    colors = () if free else setting_colors(brief.settings)
    said = _setting_openings(brief.settings)
    openings = [said or BACKGROUND, ["The light is "]]
    head = (
        "\n# Set a global description for the canvas\ncanvas.set_global_description(\n"
        f"{INDENT}description='{subject}',\n{INDENT}detailed_descriptions=[\n"
    )
    return _call(
        head,
        free_items() if free else items(openings),
        f"{INDENT}],\n{INDENT}tags='{plain(tags)[:300]}',\n{INDENT}HTML_web_color_name='",
        (),
        colors,
    )


def region_call(thing: Thing, placement: Placement, free: bool = False) -> tuple[str, str]:
    """The rule and the shortest text of a region."""
    places = [
        f"{INDENT}location='{spot.location}',\n{INDENT}offset='{spot.offset}',\n{INDENT}area='{spot.area}',\n"
        for spot in placement.spots
    ]
    rest = f"{INDENT}distance_to_viewer={placement.distance!r},\n"
    rule, least = described(thing, free)
    head = f"\n# Add {lowered(sentence(thing.words))}\ncanvas.add_local_description(\n"
    return f"{quoted(head)} {either(places)} {quoted(rest)} {rule}", head + max(places, key=len) + rest + least


def described(thing: Thing, free: bool = False) -> tuple[str, str]:
    """The rule and the shortest text of a region's call from its description on."""
    words = sentence(thing.words)
    head = plain(thing.head)
    be = "are" if thing.count > 1 else "is"
    owner = f"The {head}’{'' if head.endswith('s') else 's'}"
    opened = [[f"{owner} {part}." for part in PARTS.get(thing.kind, PARTS["object"])]]
    activity = ""
    if thing.doing:
        activity = "" if free else f"{_ITEM}'The {head} {be} {plain(thing.doing)}.',\n"
    else:
        look = "look" if thing.count > 1 else "looks"
        opened.append([f"The {head} {look} {seen}." for seen in LOOKS.get(thing.kind, LOOKS["object"])])
    tags = dict.fromkeys(map(bare, [words[:-1], *thing.attributes, *([thing.doing] if thing.doing else [])]))
    rule, least = _call(
        f"{INDENT}description='{words}',\n{INDENT}detailed_descriptions=[\n{activity}",
        free_items() if free else items(opened),
        f"{INDENT}],\n{INDENT}tags='{lowered(plain(', '.join(tags)))[:300]}',\n{INDENT}atmosphere='",
        (
            ("words", "The air is calm."),
            (f"',\n{INDENT}style='", ""),
            ("words", "Soft and clear."),
            (f"',\n{INDENT}quality_meta='", ""),
            ("words", "High detail."),
            (f"',\n{INDENT}HTML_web_color_name='", ""),
        ),
        colors_of(thing.words) or (() if free else kind_colors(thing.kind)),
    )
    return rule, least


def items(openings: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """The rules and the shortest texts of the sentences of a list, one for each group of openings. Openings with a full
    stop are whole sentences."""
    found = []
    for group in openings:
        whole_ones = group[0].endswith(".")
        rule = f"{quoted(_ITEM + chr(39))} {either(group)} {'' if whole_ones else 'sentence '}"
        least = max(group, key=len) + ("" if whole_ones else "as the prompt says.")
        found.append((f"{rule}{quoted(chr(39) + ',' + chr(10))}", f"{_ITEM}'{least}',\n"))
    return found


def free_items() -> list[tuple[str, str]]:
    """The rule and the shortest text of a list of sentences that the model writes from beginning to end."""
    fewest, most = _FREE_ITEMS
    rule = f"({quoted(_ITEM + chr(39))} words {quoted(chr(39) + ',' + chr(10))}){{{fewest},{most}}}"
    return [(rule, f"{_ITEM}'As the prompt says.',\n" * fewest)]


def _call(
    head: str,
    sentences: Sequence[tuple[str, str]],
    middle: str,
    parts: Sequence[tuple[str, str]],
    colors: Sequence[str],
) -> tuple[str, str]:
    """The rule and the shortest text of a call. parts: each is the name of a rule with a text that matches it, or a
    fixed text with an empty string."""
    color = either(colors) if colors else "color"
    body = [quoted(head), *(rule for rule, _ in sentences), quoted(middle)]
    body += [name if least else quoted(name) for name, least in parts]
    body += [color, quoted("',\n)\n")]
    least = head + "".join(text for _, text in sentences) + middle
    least += "".join(text or name for name, text in parts) + max(colors or COLORS, key=len) + "',\n)\n"
    return " ".join(body), least


def _setting_openings(settings: Iterable[Setting]) -> list[str]:
    found = []
    for setting in settings:
        words = plain(setting.words)
        if setting.kind != "style" and words and words not in _ABOVE:
            found.append(f"{words[:1].upper()}{words[1:]}, ")
    return found[:2]


def either(texts: Sequence[str]) -> str:
    """A group of fixed texts, one of which is chosen."""
    return "(" + " | ".join(quoted(text) for text in dict.fromkeys(texts)) + ")"


def plain(text: str) -> str:
    """A text that is safe between the quotes of a canvas: typographic apostrophes, no other quotes, no line breaks."""
    text = text.replace("'", "’")
    return " ".join(re.sub(r"[`\\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd]", " ", text).split())


def sentence(text: str, max_chars: int = 230) -> str:
    """A text with a capital letter and a full stop, cut to `max_chars` characters."""
    text = plain(text).strip(" .,;:!?-_")[:max_chars].rstrip() or "Something"
    if not text[0].isalnum():
        text = re.sub(r"^[\W_]+", "", text) or "Something"
    return f"{text[:1].upper()}{text[1:]}."


def lowered(text: str) -> str:
    """A text whose first word, if it is an article or a number, is in lower case."""
    first, _, rest = text.partition(" ")
    return f"{first.lower()} {rest}" if first in _FIRST and rest else text


def bare(text: str) -> str:
    """A thing's words without the article; they begin with a letter or a digit."""
    text = re.sub(r"^(?:an?|the|some|my|his|her|its|their|our|your)\s+", "", text.strip(), flags=re.IGNORECASE)
    return re.sub(r"^[\W_]+", "", text) or "something"
