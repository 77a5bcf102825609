"""Cues: patterns for the words with which users request a change."""

from __future__ import annotations

import re

from ..colors import COLOR_WORDS

_PICTURE = r"(?:picture|image|scene)"
_OFF = r"(?:away|out|off)\b(?! of the (?:left|right|top|bottom))"
REMOVE = re.compile(
    r"\b(?:remove|delete|erase|extinguish|demolish|destroy|banish|drop|lose|discard|scrap|wipe out|get rid of|rid of"
    rf"|do away with|leave out|hide|without|(?:get|put|blow)(?: \w+){{1,5}}? {_OFF}"
    rf"|(?:cut|chop|take|tear|knock|throw|kick|clear|wipe|leave|edit|crop)(?: \w+){{0,5}}? (?:{_OFF}|down\b)"
    r"|no more|no longer|vanish|disappear|gone|omit|exclude|eliminate|ditch|skip"
    r"|(?:has|have|must|should|can|may|could|needs?) (?:to )?(?:go|leave|disappear|vanish)(?! \w)"
    r"|(?:do|does|should|must|may|can|could)(?: not|n't) (?:be|want|need|like|belong|exist|appear|stay))\b|^no\b"
)
REPLACE = (
    re.compile(
        r"\b(?:replace|swap|exchange|switch|substitute|trade) (?P<old>.+?) (?:with|by|for|against|to) (?P<new>.+)"
    ),
    re.compile(r"\b(?:turn|change|transform|convert|make|morph) (?P<old>.+?) (?:into|to) (?P<new>.+)"),
    re.compile(
        r"^(?P<old>.+?) (?:(?:should|must|could|shall) )?"
        r"(?:becomes?|turns? into|be turned into|be replaced (?:by|with)) (?P<new>.+)"
    ),
    re.compile(r"^(?P<old>.+?) (?:should|must|could) be (?P<new>an? .+)"),
    re.compile(r"^(?:what if|if|imagine|suppose) (?P<old>.+?) (?:were|was|is|became) (?P<new>an? .+)"),
    re.compile(r"^make (?P<old>the .+?) (?P<new>an? .+)"),
    re.compile(r"^(?P<old>the .+?) (?:is|are) (?:now )?(?P<new>an? .+)"),
)
"""Requests to replace one thing with another, in the order in which they are tried."""
_INSTEAD = r"(?:instead of|rather than|in (?:the )?place of|in lieu of)"
INSTEAD = (
    re.compile(rf"{_INSTEAD} (?P<old>[^,]+), (?P<new>.+)"),
    re.compile(rf"^{_INSTEAD} (?P<old>.+?) (?:i(?:'d like| want)|we want|use|put|draw|have|add) (?P<new>.+)"),
    re.compile(rf"^(?P<new>.+?) {_INSTEAD} (?P<old>.+)"),
    re.compile(
        r"^(?:(?:i|we)(?:'d| would)? )?(?:rather|sooner|prefer to)(?: (?:have|see|use|get|like))? "
        r"(?P<new>.+?) (?:than|over) (?P<old>.+)"
    ),
    re.compile(r"^(?:(?:i|we)(?:'d| would)? )?prefer (?P<new>.+?) (?:to|over) (?P<old>.+)"),
    re.compile(r"\b(?P<new>an? [^,]+), not (?P<old>(?:an?|the) .+)"),
    re.compile(r"^(?P<old>[\w' -]+?) out,? (?:and )?(?P<new>[\w' -]+?) in$"),
    re.compile(r"^(?P<old>[\w' -]+?) ?(?:->|=>|→) ?(?P<new>[\w' -]+)$"),
)
ADD = re.compile(
    r"^(?:add|put|place|insert|include|draw|paint|give(?: (?:me|us))?|sprinkle in|throw in|bring in|show(?: (?:me|us))?"
    r"|let there be|let me see|need"
    r"|there (?:should|must|could) be|i(?: would|'d) (?:like|love)(?: to (?:see|have|get|add))?"
    r"|i want(?: to (?:see|have|add))?|we (?:want|need)|i need|have|with|let's have"
    r"|how about|what about|also|create|use|make)\b ?"
)
_SOME = r"(?:an?|some|another|one|two|three|four|five|six|\d+|many|more|several|lots of|plenty of|tons of|loads of)"
NEW = re.compile(rf"(?:the [\w' -]+? |(?:him|her|them|it) )?{_SOME}(?= )")
"""The beginning of a new thing, perhaps after the thing that receives it ("give the dog a ball")."""
WISH = re.compile(
    rf"^(?P<new>{_SOME} .+?) "
    r"(?:would be (?:nice|great|good)|(?:is|are) missing|please)\b.*"
)
GETS = re.compile(
    r"^(?P<who>(?:the|my|his|her) [\w' -]+?) (?:(?:could|should|must|would) (?:use|do with|have|get)|needs?|gets?"
    rf"|wants?|has) (?P<new>{_SOME} .+)"
)
"""Something for somebody ("the castle could use a flag")."""
EVERYTHING = re.compile(
    rf"\b(?:everything|all of it|the whole {_PICTURE}|the (?:{_PICTURE}|mood|style|weather|atmosphere))\b"
    r"|^(?:make )?it\b"
)
_BIG = r"(?:bigger|larger|big|large|huge|giant|gigantic|enormous|taller|wider|massive)"
_SMALL = r"(?:smaller|small|tiny|shorter|miniature)"
BIGGER = re.compile(
    rf"\b(?<!too )(?:{_BIG}|enlarge|grow|grows|increase|scale up|(?:double|twice) (?:the|its|their) size"
    rf"|double the size)\b|\btoo {_SMALL}\b"
)
SMALLER = re.compile(
    rf"\b(?<!too )(?<!a )(?:{_SMALL}|little|shrink|reduce|decrease|scale down|halve|half (?:the|its|their) size)\b"
    rf"|\btoo {_BIG}\b"
)
PLACE = re.compile(
    r"\b(?:on|at|in|to) the (?:very )?(?:top|bottom|upper|lower|left|right|cent(?:er|re)|middle)[\w -]*$"
)
_DIRECTIONS = {
    "left": r"\bleft\b",
    "right": r"\bright\b",
    "top": r"\b(?:top|upper|up|upwards?|higher|raise)\b",
    "bottom": r"\b(?:bottom|lower|down|downwards?)\b",
    "center": r"\b(?:cent(?:er|re)|middle)\b",
}
_OPPOSITE = {
    "left": "right", "right": "left", "up": "down", "high": "down", "down": "up", "low": "up",
}  # fmt: skip
_TOO_FAR = re.compile(r"\btoo (?:far |much )?(?:(?:to|on) the )?(left|right|up|high|down|low)\b")
_POLITE = re.compile(
    r"^(?:and|then|now|also|please|pls|ok|okay|hey|but|just|well|next|or|oh|rather|sorry|wait|actually|maybe|no wait"
    r"|(?:can|could|would|will) (?:you|we)(?: please)?(?: also)?|i(?:'d| would) like you to|i want you to|let's|try to"
    r"|i (?:mean|meant|think|guess|suppose)|go ahead and|feel free to|why (?:don't|not)(?: (?:you|we))?)\b[, ]*"
)
_TAIL = re.compile(
    r"[ ,]*\b(?:please|pls|thanks|thank you|too|as well|now|instead|there|here|again|for me"
    rf"|(?:in|to) the {_PICTURE})\s*$"
)
_WHOLE = re.compile(
    r"^(?:(?:make|turn|change|set|render|paint|draw|let|have|add|put)\b ?)?"
    rf"(?:the (?:whole |entire )?(?:{_PICTURE}|thing|weather|mood|time|style|atmosphere)"
    r"|it|this|everything|all(?: of it)?|them)? ?(?:should|must|could|shall)? ?"
    r"(?:'s|is|are|be|take place|happen|look|looks|feel|become)? ?(?:in)?(?:to\b)? ?(?:look )?(?:more like|like)? ?"
)
_AT = re.compile(
    r"^(?:an? |the )?(night|nighttime|dawn|dusk|sunset|sunrise|noon|midnight|twilight|nightfall|christmas)(?:time)?$"
)
_IN = re.compile(
    r"^(?:an? |the )?(winter|summer|autumn|fall|spring|snow|rain|fog|mist|storm|thunderstorm|blizzard|sunshine"
    r"|moonlight|desert|forest)$"
)


FRONT = re.compile(r"\b(?:bring|move|put) .*?(?:to the (?:very )?front|forwards?|closer|nearer)$|\bin the foreground$")
BACK = re.compile(r"\b(?:send|move|put|push) .*?(?:to the (?:very )?back|backwards?|further away|behind everything)$")
_ALL = r"(?:everything|everyone|everybody|all(?: of (?:it|them))?|anything|nothing)(?: else)?"
EXCEPT = re.compile(
    rf"\b{_ALL} (?:except|but|apart from|other than|besides)(?: for)? (?P<kept>.+)"
    r"|^(?:(?:only|just) (?:keep|leave)|(?:keep|leave) (?:only|just)) (?P<only>.+)"
)
BUT = re.compile(rf"\b({_ALL}) but ")
BOTH = re.compile(
    r"\b((?:replace|swap|exchange|switch|substitute|trade|turn|change|transform|convert)"
    r"(?: (?!with|by|for|into|and)[\w'-]+)+?) and ((?:the|my|his|her|its|their)(?: (?!and)[\w'-]+)+?"
    r" (?:with|by|for|into)\b)",
    re.IGNORECASE,
)
"""Two things that are to be replaced together."""
AGAIN = re.compile(r"^(?:another|(?:an?|one) (?:second|third|further|additional|extra|more)) ")
"""The beginning of a thing of which there is one already."""
SUBJECTS = re.compile(
    r"\b((?:the|my|his|her|its|their)(?: (?!and\b)[\w'-]+){1,2}) and "
    r"((?:the|my|his|her|its|their)(?: (?!and\b)[\w'-]+){1,2}?"
    r" (?:should|must|could|can|may|need|are|be|look|have|to)\b)",
    re.IGNORECASE,
)
"""Two things of which the same is said."""
CORRECTION = re.compile(r"^(?:i mean(?:t)?|or rather|no wait|wait|sorry)\b")
"""The beginning of a clause that takes back the one before it."""
NOT_COLOR = re.compile(rf",? (?:instead of|rather than|and not|not) (?:{'|'.join(sorted(COLOR_WORDS))})\b")
WITH = re.compile(
    rf"^(?P<whole>(?:(?:make|turn|change|set|let) )?(?:it|this|everything|the {_PICTURE})\b.*?) with "
    rf"(?P<new>{_SOME} .+)$"
)
"""A request for another whole that also names a new thing ("make it night with a full moon")."""
SCENE = re.compile(
    rf"^(?:an? |the )?(?:[\w-]+ )*(?:{_PICTURE}|painting|drawing|photo|sketch|illustration|cartoon|poster)$"
)
"""A new whole that is not a thing ("turn it into a night scene")."""
UNSAID = re.compile(rf"^{_SOME} ")
"""The beginning of a thing that is to be added without a verb."""
ONE_OF = re.compile(r"\bone of (?P<old>(?:the|those|these|my) [\w' -]+)")
ONLY = re.compile(
    r"^(?:only|just|make (?:it|that|them)(?: only| just)?|there should be(?: only| just)?|(?:i want|use) only) "
)
DOING = re.compile(
    r"^(?:(?:make|let|have) )?(?P<who>(?:the |my )?[\w' -]+?) (?:(?:should|could|must|can|to) (?:be )?)?"
    r"(?P<verb>hold|holds|holding|carry|carries|carrying|wear|wears|wearing) (?P<what>(?:an?|some|two|three) .+)"
)
"""Requests for what somebody is to hold or wear."""


def directions(text: str) -> str:
    """The words of a location ("top", "left" and so on) that a text contains."""
    asked = re.sub(r"\b(?:on|in|at|to) top of\b", " ", text)
    asked = _TOO_FAR.sub(lambda found: _OPPOSITE[found[1]], asked)
    return " ".join(name for name, words in _DIRECTIONS.items() if re.search(words, asked))


_DEGREE = re.compile(
    r"\ba (?:lot|bit) (?!of\b)|\ba little (?=(?:more|less|too|to|up|down|left|right|bigger|larger|smaller|taller|"
    r"shorter|wider|narrower|thinner|thicker|longer|higher|lower|closer|nearer|farther|further|brighter|darker|lighter|warmer|"
    r"colder|older|younger|softer)\b)"
)


def stripped(text: str) -> str:
    """A text without polite phrases, and without "a lot" or "a little" before a degree or a direction."""
    text = _DEGREE.sub("", text)
    for _ in range(3):
        text = _TAIL.sub("", _POLITE.sub("", text.strip(" ,.!?")))
    return text.strip()


def is_time(text: str) -> bool:
    """Whether a text names nothing but a time of day."""
    return bool(_AT.match(text))


def setting(text: str) -> str:
    """What a text says about the whole picture, as a phrase that can follow a description: "at night", "in the rain",
    "foggy"."""
    text = stripped(text.lower())
    words = _WHOLE.sub("", text, count=1).strip(" '") or text
    if found := _AT.match(words):
        return f"at {found[1]}"
    if found := _IN.match(words):
        season = found[1] in ("winter", "summer", "autumn", "fall", "spring")
        return f"in {found[1]}" if season else f"in the {found[1]}"
    return words
