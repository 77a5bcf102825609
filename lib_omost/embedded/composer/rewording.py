"""Rewording: a description after a change, with the rest of its words kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..colors import COLOR_WORDS

_COUNT = r"an?|the|some|my|his|her|its|their|one|two|three|four|five|six|several|many"
_COLOR = rf"(?:(?:bright|dark|light|pale|deep) )?(?:{'|'.join(sorted(COLOR_WORDS))})"
_TIME = re.compile(
    r",? (?:at|in|during|under|on|by) (?:an? |the )?(?:[\w-]+ )?(?:night|dawn|dusk|sunset|sunrise|noon|midnight"
    r"|twilight|evening|morning|afternoon|winter|summer|autumn|spring|snow|rain|fog|mist|storm|moonlight|sunshine|daylight)\b",
    re.IGNORECASE,
)


def recolored(text: str, noun: str, color: str) -> str:
    """A text with `color` in front of a noun, in place of the colour that it had, wherever the noun has an article or
    begins a tag; "the car’s doors" is not changed."""

    def recolor(found: re.Match[str]) -> str:
        article, between, old, head = found.groups(default="")
        if not (article or old or found.string[found.start() - 1 : found.start()] in ("'", "", ",", " ")):
            return found[0]
        if re.match(r"(?:’|')s\b", found.string[found.end() :]) and not old:
            return found[0]
        if re.fullmatch(r"an? ", article, re.IGNORECASE) and not between:
            article = article[0] + ("n " if color[0] in "aeiou" else " ")
        return f"{article}{between}{color} {head}"

    pattern = (
        rf"(?<![\w-])(?:((?:{_COUNT}) )((?:(?!{_COLOR} )[\w-]+ ){{0,2}}?))?({_COLOR} )?({re.escape(noun)})(?![\w-])"
    )
    lines = text.split("\n")
    return "\n".join(
        re.sub(pattern, recolor, line, flags=re.IGNORECASE) if _describes(line, len(lines)) else line for line in lines
    )


def _describes(line: str, lines: int) -> bool:
    """Whether a line of a call describes what is visible; a text of one line always does."""
    return lines == 1 or line.startswith(("# Add ", "    description=", "    tags=", "        '"))


def without(description: str, noun: str, left: Sequence[str], settings: Sequence[str]) -> str:
    """A description without a noun. If the noun cannot simply be cut out, the description is put together from `left`,
    the descriptions of the remaining regions, and `settings`, what it says about place and time."""
    text = _listing_without(description, noun)
    if not _names(text, noun):
        return text
    words = [re.sub(r"^(?:An?|The|Some)\b", lambda found: found[0].lower(), one.rstrip(".")) for one in left]
    return " ".join([_listed(words), *(one for one in settings if not _names(one, noun))])


def substituted(description: str, noun: str, words: str) -> str:
    """A description with other words in place of a noun and its phrase."""
    between = rf"(?:(?!(?:and|with|of|in|on|at|by|to|{_COUNT})\b)[\w-]+ )"
    for pattern in (rf"\b(?:{_COUNT}) {between}{{0,4}}?{re.escape(noun)}\b", rf"\b{re.escape(noun)}\b"):
        text, count = re.subn(pattern, lambda _: words, description, count=1, flags=re.IGNORECASE)
        if count:
            return text
    return with_added(description, [words])


def with_added(description: str, words: Sequence[str]) -> str:
    """A description with more things added to it."""
    if not words:
        return description
    return f"{description.rstrip(' .')}, with {_listed(words)}"


def with_setting(description: str, setting: str) -> str:
    """A description with another place, time, weather or style."""
    bare = description.rstrip(" .")
    if re.match(r"(?:at|in) ", setting):
        bare = _TIME.sub("", bare)
    joint = " " if re.match(r"(?:at|in) ", setting) and "," not in bare else ", "
    return f"{bare}{joint}{setting}"


def _listed(words: Sequence[str]) -> str:
    *first, last = words or ["nothing"]
    return f"{', '.join(first)}{' and ' if first else ''}{last}"


def _names(text: str, noun: str) -> bool:
    return bool(re.search(rf"\b{re.escape(noun)}\b", text, re.IGNORECASE))


def _listing_without(text: str, noun: str) -> str:
    """A sentence that lists things, as in "a fox, an owl, and a hen", without one of them."""
    thing = rf"\b(?:{_COUNT}) (?:[\w-]+ ){{0,2}}?{re.escape(noun)}\b(?: of [a-z]+)?"
    for pattern, joint in (
        (rf", {thing},? and ", " and "),
        (rf", {thing}(?=,)", ""),
        (rf",? and {thing}(?=[,.]|$| (?:in|on|at|under)\b)", ""),
        (rf"^{thing} and ", ""),
        (rf"^{thing}, ", ""),
        (rf", {thing}$", ""),
        (rf",? with {thing}$", ""),
    ):
        new, count = re.subn(pattern, joint, text.rstrip(" ."), count=1, flags=re.IGNORECASE)
        if count:
            return new[:1].upper() + new[1:]
    return text
