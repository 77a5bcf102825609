"""Retelling: a description that says a change, in the words that it had."""

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


def painted(text: str, noun: str, color: str) -> str:
    """A text in which a noun has a colour, or another than it had, wherever it is named with its article or begins a
    tag; "the car’s doors" stay as they are."""

    def paint(found: re.Match[str]) -> str:
        article, between, old, said = found.groups(default="")
        if not (article or old or found.string[found.start() - 1 : found.start()] in ("'", "", ",", " ")):
            return found[0]
        if re.match(r"(?:’|')s\b", found.string[found.end() :]) and not old:
            return found[0]
        if re.fullmatch(r"an? ", article, re.IGNORECASE) and not between:
            article = article[0] + ("n " if color[0] in "aeiou" else " ")
        return f"{article}{between}{color} {said}"

    pattern = (
        rf"(?<![\w-])(?:((?:{_COUNT}) )((?:(?!{_COLOR} )[\w-]+ ){{0,2}}?))?({_COLOR} )?({re.escape(noun)})(?![\w-])"
    )
    lines = text.split("\n")
    return "\n".join(
        re.sub(pattern, paint, line, flags=re.IGNORECASE) if _is_told(line, len(lines)) else line for line in lines
    )


def _is_told(line: str, lines: int) -> bool:
    """Whether a line of a call speaks of what is to be seen, which a single text does."""
    return lines == 1 or line.startswith(("# Add ", "    description=", "    tags=", "        '"))


def without(description: str, noun: str, left: Sequence[str], settings: Sequence[str]) -> str:
    """A description that no longer names a noun. left: what the regions that stay are described as. settings: what it
    says of place and time."""
    text = _listing_without(description, noun)
    if not _names(text, noun):
        return text
    words = [re.sub(r"^(?:An?|The|Some)\b", lambda found: found[0].lower(), one.rstrip(".")) for one in left]
    return " ".join([_listed(words), *(one for one in settings if not _names(one, noun))])


def exchanged(description: str, noun: str, words: str) -> str:
    """A description with a noun's phrase exchanged for other words."""
    between = rf"(?:(?!(?:and|with|of|in|on|at|by|to|{_COUNT})\b)[\w-]+ )"
    for pattern in (rf"\b(?:{_COUNT}) {between}{{0,4}}?{re.escape(noun)}\b", rf"\b{re.escape(noun)}\b"):
        text, count = re.subn(pattern, lambda _: words, description, count=1, flags=re.IGNORECASE)
        if count:
            return text
    return with_new(description, [words])


def with_new(description: str, words: Sequence[str]) -> str:
    """A description that names more things."""
    if not words:
        return description
    return f"{description.rstrip(' .')}, with {_listed(words)}"


def with_setting(description: str, setting: str) -> str:
    """A description under another sky, at another time or in another style."""
    bare = description.rstrip(" .")
    if re.match(r"(?:at|in) ", setting):
        bare = _TIME.sub("", bare)
    joint = " " if re.match(r"(?:at|in) ", setting) else ", "
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
