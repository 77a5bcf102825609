"""Recoloring: a reply with one of its things in another colour, which a small model is then helped to copy.

"Make the car bright yellow" asks for one word in some lines, and is all the same what a small model does worst: it
exchanges the car, or leaves it out. So what the request asks for is written into the reply before, and the copy that
`copying.py` holds the model to goes on from there.
"""

from __future__ import annotations

import re

from lib_omost.canvas.colors import match_color
from lib_omost.llm.steering.requests import content_words, head_noun, removed

_COLOR = (
    r"(?:(?:bright|dark|light|pale|deep) )?(?:red|green|blue|yellow|orange|purple|violet|pink|black|white|gr[ae]y|brown"
    r"|golden|gold|silver|turquoise|teal|beige|crimson|scarlet|navy|magenta|cyan|lilac|bronze)"
)
"""Words that a request can hardly mean by anything but a colour."""
_ASKED = re.compile(rf"\b{_COLOR}\b")
_SOMETHING_ELSE = re.compile(
    r"\b(?:add|another|more|new|also|too|replace|swap|exchange|instead|into an?|missing|rather|night|day|sky is"
    r"|and white)\b"
)
"""What is said where more than a colour is to change."""
_COMMENT = re.compile(r"^# Add (.*)$", re.MULTILINE)
_SUBJECTS = re.compile(r"    (?:description|tags)='|        '")
"""How the lines begin that speak of what is to be seen."""
_ELEMENT_COLOR = re.compile(r"(?<=^    HTML_web_color_name=')[a-z]+", re.MULTILINE)


def recolored(reply: str, request: str) -> str | None:
    """The reply with what the request names in the colour that it asks for.

    None where it asks for no colour, for more than a colour, or not for one thing that has a region of its own.
    """
    asked = request.lower()
    found = [(comment, head_noun(comment[1])) for comment in _COMMENT.finditer(reply)]
    named = [(comment, noun) for comment, noun in found if _names(asked, noun)]
    if len({noun for _, noun in named}) != 1 or _SOMETHING_ELSE.search(asked) or removed(request, named[0][0][1]):
        return None
    noun, color = named[0][1], _color(asked, named[0][0][1])
    if color is None:
        return None
    head = reply[: found[0][0].start()]
    now = "\n".join(_painted(line, noun, color) if _SUBJECTS.match(line) else line for line in head.split("\n"))
    place = len(head)
    for comment, _ in named:
        end = reply.find("\n)\n", comment.start())
        if end < 0:
            break
        region = "\n".join(_painted(line, noun, color) for line in reply[comment.start() : end].split("\n"))
        now += reply[place : comment.start()] + _ELEMENT_COLOR.sub(match_color(color).value, region)
        place = end
    return now + reply[place:]


def _names(asked: str, noun: str) -> bool:
    """Whether a request names a noun beside its colours."""
    return bool(content_words(_ASKED.sub(" ", asked)) & content_words(noun))


def _color(asked: str, comment: str) -> str | None:
    """The one colour that is asked for; what is said of the thing as it is, as in "the red car", is none."""
    denied = re.sub(rf"\b(?:not|no|isn't|than) (?:an? |so )?{_COLOR}\b", " ", asked)
    colors = {color for color in _ASKED.findall(denied) if not re.search(rf"\b{color}\b", comment.lower())}
    return colors.pop() if len(colors) == 1 else None


def _painted(line: str, noun: str, color: str) -> str:
    """A line that gives the noun its colour, or another colour than it had, wherever it introduces it or lists it as a
    tag; "the car's doors" stay as they are."""

    def paint(found: re.Match[str]) -> str:
        article, between, old, said = found.groups(default="")
        if not (article or old or (line.lstrip().startswith("tags=") and found.string[found.start() - 1] in "' ")):
            return found[0]
        if article and not between:
            article = article[0] + ("n " if color[0] in "aeiou" else " ")
        return f"{article}{between}{color} {said}"

    return re.sub(rf"(?<![\w-])(?:(an? )([\w-]+ )??)?({_COLOR} )?({re.escape(noun)})(?![\w-])", paint, line, flags=re.I)
