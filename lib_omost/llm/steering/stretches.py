"""Stretch: a piece of the reply that an edit goes on from, and the bonus for copying it; see `copying.py`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lib_omost.llm.steering.requests import directions, named, removed

UNNAMED = 8.0
"""Nats for going on with the copy of a region that the request does not name."""
CERTAIN = 20.0
"""The same where the request is understood: nothing but a place is to change, or the change has been made."""
TONE = 7.0
"""The same in its atmosphere, style and quality, which a new style or mood changes everywhere."""
GLOBAL = 0.3
"""Nats for going on with the copy of the global description, which most edits touch."""
RESTLESS = 0.8
"""Nats against copying the global description or a region that is named, as long as nothing has been changed."""
REMOVED = 4.0
"""Nats against speaking, in the global description, of what the request wants gone."""
MOVED = 5.0
"""Nats against copying the location of a region that the request names with another place."""
OPENING = 1.5
"""Nats for going on with what the global description says before it names a subject."""
SWEEPING = 1.0
"""Nats in every region when the request speaks of everything."""
ENDING = 8.0
"""Nats against ending a canvas in which nothing has been changed."""

COMMENT = b"# Add "
"""How the comment of a region begins."""
_SWEEPING = re.compile(r"\b(all|both|each|every|everything|everyone|everybody|them|they|whole|style|mood)\b")
_TONES = (b"    atmosphere=", b"    style=", b"    quality_meta=")
_ABOUT = (b"    offset=", b"    area=", b"    distance_to_viewer=")
_LOCATION = re.compile(rb"    location='(?:on the )?")
"""What most locations begin with; the difference comes behind it."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the earlier reply: its bytes from the empty line before its comment, its subject, whether the request
    names it, and whether it wants it gone."""

    begin: int
    end: int
    subject: bytes
    named: bool
    removed: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes [begin, end) of the earlier reply and the bonus for copying them, before and after the first change."""

    begin: int
    end: int
    before: float
    after: float


def find_regions(text: bytes, request: str) -> list[Region]:
    """The regions of the earlier reply in order."""
    head = text[: max(0, text.find(COMMENT))]
    found: list[Region] = []
    begin = text.find(b"\n)\n") + 3
    for match in re.finditer(rb"^# Add .*$", text, re.MULTILINE):
        end = text.find(b"\n)\n", match.start()) + 3
        if end < match.start():
            break
        subject = _subject(match[0], head)
        words = (subject or match[0][len(COMMENT) :]).decode(errors="replace")
        found.append(Region(begin, end, subject, named(request, words), removed(request, words)))
        begin = end
    return found


def whole(text: bytes) -> list[Stretch]:
    """The earlier reply in one piece, which is to be copied as it is."""
    return [Stretch(0, len(text), CERTAIN, CERTAIN)]


def cut(text: bytes, request: str, regions: Sequence[Region]) -> list[Stretch]:
    """The earlier reply in pieces, those first that lie inside others."""
    strength = SWEEPING if _SWEEPING.search(request.lower()) else UNNAMED
    head = text[: max(0, text.find(COMMENT))]
    mentions = [(region, mentions_of(head, region.subject, strength)) for region in regions if region.subject]
    stretches = [one for region, found in mentions if not region.named for one in found]
    unwanted = [one for region, found in mentions if region.removed for one in found]
    stretches += [Stretch(one.begin, one.end, -REMOVED, -REMOVED) for one in unwanted]
    begun = min((one.begin for _, found in mentions for one in found), default=0)
    if begun:
        stretches.append(Stretch(head.find(b"    description="), begun, OPENING, OPENING))
    asked = {word.encode() for word in directions(request)} if any(region.named for region in regions) else set()
    if asked:  # nothing but the place is to change
        stretches.clear()
    place = 0
    for line in text.splitlines(keepends=True):
        end = place + len(line)
        region = next((one for one in regions if one.begin <= place < one.end), None)
        before, after = (CERTAIN, CERTAIN) if asked else (-RESTLESS, GLOBAL)
        if region is not None and not (asked and region.named):
            before, after = (-RESTLESS, 0.0) if region.named else (CERTAIN, CERTAIN) if asked else (strength, strength)
        if line.startswith(b"```"):
            before, after = -ENDING if place else 0.0, 0.0
        elif region is not None and region.named and asked and (kept := _LOCATION.match(line)):
            if not asked <= set(re.split(rb"\W+", line)):
                stretches.append(Stretch(place + kept.end(), end, -MOVED, -MOVED))
            before = after = 0.0
        elif region is not None and region.named and asked and line.startswith(_ABOUT):
            before = after = 0.0
        elif line.startswith(_TONES):
            before, after = min(before, TONE), min(after, TONE)
        elif b"'" not in line and not line.startswith(COMMENT):  # layout, which no edit changes
            layout = 0.0 if line == b"\n" and region is not None and region.named else max(before, 0.0)
            before, after = layout, max(after, 0.0)
        stretches.append(Stretch(place, end, before, after))
        place = end
    return stretches


def _subject(comment: bytes, head: bytes) -> bytes:
    """What a region shows: the longest beginning of its comment that the global description repeats; empty for none."""
    words = comment[len(COMMENT) :].rstrip(b".\n").split(b" ")
    for count in range(min(len(words), 6), 1, -1):
        subject = b" ".join(words[:count])
        if subject.lower() in head.lower():
            return subject
    return b""


def mentions_of(head: bytes, subject: bytes, strength: float) -> list[Stretch]:
    """Where the global description speaks of a subject, with its article or, as in tags, without."""
    bare = re.sub(rb"^(an?|the|some|two|three|four|five|six) ", b"", subject, flags=re.IGNORECASE)
    pattern = re.compile(rb"[ '](%s|%s)\b" % (re.escape(subject), re.escape(bare)), re.IGNORECASE)
    return [Stretch(match.start(), match.end(), strength, strength) for match in pattern.finditer(head)]
