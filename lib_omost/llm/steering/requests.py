"""Request: what the words of an edit name, and what they want gone."""

from __future__ import annotations

import re

_SMALL_WORDS = """
    a about above again all also and are as at away back be behind below beside big bit both bottom bright but by can
    center change color colour corner could dark down each edge far for from front get give has have he her high him his
    how i in into is it its just keep large left less let like little look low lower make me middle more move much must
    my near next no not now of off on one only other out over paint part picture place please put remove rest right
    scene set she shift should show side slightly small so some standing take than that the their them then there these
    they this to too top turn two under up upper very want was way we where which with without would you your
"""
EMPTY = frozenset(_SMALL_WORDS.split())
"""Words that name no thing."""
_REMOVAL = re.compile(
    r"\b(?:remove|delete|erase|drop|lose|discard|wipe|vanish|disappear|go away|not needed|leave out"
    r"|get rid of|rid of|away with|without|no more|gone"
    r"|take(?: \w+){0,4}? (?:away|out)|(?:has|have|must|should|needs?) (?:to )?go|don'?t (?:want|need|like))\b|^no\b"
)
"""How people ask for something to go."""
_PREPOSITION = r"of|from|in|on|onto|at|behind|beside|near|under|over|above|below|by|to|toward|towards|with|for"
_OF_ANOTHER = re.compile(rf"\b(?:{_PREPOSITION})\s+(?:\w+\s+){{0,2}}\Z")
_AFTER_NOUN = re.compile(rf"(?:{_PREPOSITION}|that|who|which|next|somewhere|here|there)\Z")
_AFTER_LATER_NOUN = re.compile(r"\w{3,}(?:ing|ed)\Z")
"""Behind a noun, but before it, too, where it comes later: "a sleeping fox"."""
_CHANGE = re.compile(
    r"\b(?:add|another|more|new|also|replace|swap|exchange|instead|turn|change|make|paint|colou?r|become|want|like|missing"
    r"|(?:put|place|have|show|draw|need) (?:an?|some|two|three|four|several|many))\b"
)
"""How people ask for anything but another place."""
_DIRECTIONS = {
    "left": re.compile(r"\bleft\b"),
    "right": re.compile(r"\bright\b"),
    "top": re.compile(r"\b(?:top|upper|up|upwards?|higher)\b"),
    "bottom": re.compile(r"\b(?:bottom|lower|down|downwards?)\b"),
    "center": re.compile(r"\b(?:cent(?:er|re)|middle)\b"),
}
_ADDITION = re.compile(
    r"\b(?:add|put|place|insert|include|sprinkle in|throw in) "
    r"((?:an?|some|another|one|two|three|four|many|more)\b.*)"
)
"""How people ask for something new."""


_APART = re.compile(rf"[,.;:!?]|\b(?:and|that|who|which|while|{_PREPOSITION})\b|\b\w{{3,}}ing\b")
_INDEFINITE = re.compile(r"\s*(?:an?|some|one|two|three|four|five|six|several|many) ((?:[\w-]+ ){0,3}[\w-]+)\s*")
_SEVERAL = re.compile(r"\s*(\w{2,}[^s\W]s)\s*")


def things(prompt: str) -> set[str]:
    """The content words of the things that a prompt brings up: cat and hill for "a black cat on a hill at night", and
    those in the plural: warrior for "a battle of warriors"."""
    parts = _APART.split(prompt.lower())
    phrases = [_INDEFINITE.fullmatch(part) or _SEVERAL.fullmatch(part) for part in parts]
    return {word for phrase in phrases if phrase for word in content_words(phrase[1].split()[-1])}


def named(request: str, description: str) -> bool:
    """Whether a request and a description have a word in common that names something, singular or plural."""
    return bool(content_words(request) & content_words(description))


def content_words(text: str) -> set[str]:
    """The words of a text that name something, without their plural, seven letters of each."""
    found = re.findall(r"\w+", text.lower())
    return {re.sub(r"(es|s)$", "", word)[:7] for word in found if len(word) > 2 and word not in EMPTY}


def head_noun(text: str) -> str:
    """What the beginning of a text speaks of: "fox" for "A red fox sleeping in the grass."."""
    words = re.split(r"[,.;]", text)[0].split()
    ends = (
        at
        for at, word in enumerate(words)
        if (at > 0 and _AFTER_NOUN.match(word)) or (at > 1 and _AFTER_LATER_NOUN.match(word))
    )
    count = next(ends, len(words))
    return words[count - 1] if words else ""


def directions(request: str) -> set[str]:
    """Where a request wants something moved to, in the words that locations of the canvas are made of; empty where it
    asks for more than that, or for something else."""
    asked = request.lower()
    if _REMOVAL.search(asked) or _CHANGE.search(asked):
        return set()
    return {name for name, words in _DIRECTIONS.items() if words.search(asked)}


def added(request: str) -> set[str]:
    """The content words of what a request wants added; empty where it asks for nothing new."""
    found = _ADDITION.search(request.lower())
    return content_words(head_noun(found[1])) if found else set()


def removed(request: str, text: str) -> bool:
    """Whether a request asks for what a text speaks of to go.

    "remove the owl" does for "An owl at rest.", but neither "remove the hat of the owl" nor "remove the owl's hat".
    """
    asked = request.lower()
    if not (found := _REMOVAL.search(asked)):
        return False
    if found[0].startswith("take"):
        asked = asked.replace("take ", "", 1)
    else:
        asked = asked[: found.start()] + " " + asked[found.end() :]
    noun = content_words(head_noun(text))
    for word in re.finditer(r"\w+(?:['’]s)?", asked):
        if content_words(word[0]) & noun and not word[0].endswith(("'s", "’s")):
            return not _OF_ANOTHER.search(asked[: word.start()])
    return False
