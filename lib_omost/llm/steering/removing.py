"""Removing: a reply without one of its things, which a small model is then helped to copy.

A small model that is to leave something out puts something else in its place, for it has learnt what comes after an
"and". So the thing is taken out of the reply before, from the description of the whole and with its region, and the
copy that `copying.py` holds the model to goes on from there.
"""

from __future__ import annotations

import re

from lib_omost.llm.steering.requests import content_words, head_noun, removed

_SOMETHING_ELSE = re.compile(r"\b(?:add|another|more|new|replace|swap|exchange|instead|turn|make|change|put)\b")
"""What is said where something else is to change, too."""
_COMMENT = re.compile(r"^# Add (.*)$", re.MULTILINE)
_DESCRIPTION, _TAGS, _ITEM = "    description='", "    tags='", "        '"


def without(reply: str, request: str) -> str | None:
    """The reply without what the request wants gone.

    None where it wants nothing gone, or more than that, or everything, or where the description of the whole speaks of
    it in a way that is not understood.
    """
    regions = list(_COMMENT.finditer(reply))
    gone = [region for region in regions if removed(request, region[1])]
    if not gone or len(gone) == len(regions) or _SOMETHING_ELSE.search(request.lower()):
        return None
    first = _block(reply, regions[0])[0]
    lines = reply[:first].split("\n")
    for noun in {head_noun(region[1]) for region in gone}:
        lines = [new for line in lines if (new := _line_without(line, noun)) is not None]
    head = "\n".join(lines)
    if any(content_words(head_noun(region[1])) & content_words(_spoken(head)) for region in gone):
        return None
    for region in reversed(gone):
        begin, end = _block(reply, region)
        if end < begin:
            return None
        reply = reply[:begin] + reply[end:]
    return head + reply[first:]


def _block(reply: str, comment: re.Match[str]) -> tuple[int, int]:
    """Where a region begins, with the empty line before its comment, and where it ends; 0 where it does not."""
    begin = comment.start() - reply[: comment.start()].endswith("\n\n")
    return begin, reply.find("\n)\n", comment.start()) + 3 if "\n)\n" in reply[comment.start() :] else 0


def _spoken(head: str) -> str:
    """What the global description says, without the code around it."""
    return " ".join(line for line in head.split("\n") if line.startswith((_DESCRIPTION, _TAGS, _ITEM)))


def _line_without(line: str, noun: str) -> str | None:
    """A line of the global description without the noun; None for a sentence that says nothing else."""
    words = content_words(noun)
    if line.startswith(_TAGS):
        tags = line[len(_TAGS) : line.rfind("'")].split(", ")
        return _TAGS + ", ".join(tag for tag in tags if not words & content_words(tag)) + line[line.rfind("'") :]
    if not line.startswith((_DESCRIPTION, _ITEM)) or not words & content_words(line):
        return line
    begin = line.index("'") + 1
    text = _listing_without(line[begin:], noun)
    if words & content_words(text):
        return None if line.startswith(_ITEM) else line
    return line[:begin] + text[:1].upper() + text[1:]


def _listing_without(text: str, noun: str) -> str:
    """A sentence that lists things, as in "a fox, an owl, and a hen", without one of them."""
    count = "an?|the|some|two|three|four|five|six|several|many"
    thing = rf"\b(?:{count}) (?:[\w-]+ ){{0,2}}?{re.escape(noun)}\b(?: of [a-z]+)?"
    if found := re.search(rf", {thing}, and ", text, re.IGNORECASE):
        joint = ", and " if ", " in text[: found.start()] else " and "
    elif found := re.search(rf", {thing}(?=, )", text, re.IGNORECASE):
        joint = ""
    elif found := re.search(rf"{thing}, (?=.*, and )", text, re.IGNORECASE):
        rest = text[found.end() :]
        few = rest.count(", ") == 1
        return text[: found.start()] + (rest.replace(", and ", " and ", 1) if few else rest)
    elif found := re.search(rf", and {thing}", text, re.IGNORECASE):
        before, comma, last = text[: found.start()].rpartition(", ")
        joint = ", and " if ", " in before else " and " if comma else ""
        return before + joint + last + text[found.end() :]
    elif found := re.search(rf" and {thing}|{thing} and ", text, re.IGNORECASE):
        joint = ""
    else:
        return text
    return text[: found.start()] + joint + text[found.end() :]
