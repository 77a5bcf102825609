"""Lead: what precedes the subject of a prompt, such as "please draw me" and "a picture of"."""

from __future__ import annotations

import re

from ..lexicon import Lexicon

MEDIUM = (
    r"image|picture|pic|photo|photograph|painting|drawing|illustration|portrait|poster|logo|render|rendering|sketch|view"
    r"|scene|shot|close-?up|watercolou?r|cartoon|icon|sticker|mascot|wallpaper|artwork|art|print|canvas|depiction|snapshot"
    r"|composition|layout|comic|graphic|design|cover|emblem|still life"
)
_POLITE = re.compile(
    r"^(?:hi|hey|hello|please|pls|ok|okay|so|(?:can|could|would|will) you(?: please)?"
    r"|(?:i|we)(?: really| just)?(?: want| need|'d like| would like| would love|'d love| wish for| am looking for)"
    r"(?: you)?(?: to (?:see|have|get|draw|make|create|generate|paint))?|let's(?: see| make| draw)?"
    r"|(?:generate|create|make|draw|paint|render|show|give|design|produce|imagine|compose|illustrate|sketch|depict"
    r"|visuali[sz]e)(?: (?:me|us))?(?: up)?)\b[,:!.]*\s*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    rf"^(?:(?:an?|the|some|my)\s+)?((?:(?!(?:an?|the)\b)[\w-]+\s+){{0,3}}?(?:{MEDIUM})s?)\s*"
    r"(?:of|showing|depicting|featuring|with|about|for|where|in which|that shows|:)\s*",
    re.IGNORECASE,
)
PURPOSE = re.compile(
    r"^(?:logo|poster|cover|emblem|icon|sticker|mascot|design|sign)s? for\b[^,]*(?:,|$)\s*(?:with\s+)?", re.I
)
_POSSIBLE = ("baby", "child", "family", "fantasy", "pop")  # a family portrait


def without_lead(text: str, words: Lexicon) -> tuple[str, list[str]]:
    """A prompt without courtesies and "a picture of", and the styles among the words removed."""
    styles: list[str] = []
    for _ in range(4):
        text = _POLITE.sub("", text)
    purpose = PURPOSE.match(re.sub(r"^(?:an?|the)\s+", "", text, flags=re.I))
    if purpose:
        bare = re.sub(r"^(?:an?|the)\s+", "", text, flags=re.I)
        rest = bare[purpose.end() :]
        if rest.strip():
            return rest, [bare.split()[0].lower()]
    for _ in range(2):
        found = _LEAD.match(text)
        if not found or not text[found.end() :].strip():
            break
        medium = found[1].lower()
        maker = words.noun(medium.split()[0]) if " " in medium else None
        if maker and maker.kind in ("person", "animal") and maker.word not in _POSSIBLE:
            break  # a robot painting with a brush
        if not re.fullmatch(r"(?:image|picture|pic|photo|scene|shot|view)s?", medium):
            styles.append(medium)
        text = text[found.end() :]
    return text, styles
