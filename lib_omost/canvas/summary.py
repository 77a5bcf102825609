"""What an edit did, in a few words for a person."""

from __future__ import annotations

from lib_omost.canvas.difference import Difference, RegionChange
from lib_omost.canvas.model import Canvas, Region

MAX_NAME = 40
"""Characters of a region's description that stand for it."""
_ARTICLES = ("a ", "an ", "the ", "some ")


def summary(found: Difference, before: Canvas, after: Canvas) -> tuple[str, ...]:
    """One phrase for each region that changed, such as "added dragon" or "moved and recoloured lion", in the order of
    the new canvas, those removed last; "changed the whole picture" before them if it did."""
    phrases = ["changed the whole picture"] if found.whole else []
    for change in found.changes:
        old = None if change.before is None else before.regions[change.before]
        new = None if change.after is None else after.regions[change.after]
        if old is not None and new is not None and change.kind == "changed":
            phrases.append(f"{_verbs(change, old, new)} {short_name(new)}")
        elif new is not None and change.kind == "added":
            phrases.append(f"added {short_name(new)}")
        elif old is not None and change.kind == "removed":
            phrases.append(f"removed {short_name(old)}")
    return tuple(phrases)


def short_name(region: Region) -> str:
    """The beginning of a region's description without its article: "red fox"."""
    name = " ".join(region.description.split()).rstrip(" .")
    article = next((word for word in _ARTICLES if name.casefold().startswith(word)), "")
    name = name[len(article) :]
    if len(name) > MAX_NAME:
        name = name[:MAX_NAME].rpartition(" ")[0] or name[:MAX_NAME]
        name = f"{name.rstrip(' ,;:')} …"
    return name or "region without a description"


def _verbs(change: RegionChange, old: Region, new: Region) -> str:
    fields = set(change.fields)
    verbs = []
    if "enabled" in fields:
        verbs.append("switched on" if new.enabled else "switched off")
    if "rect" in fields:
        # The grid's edge cuts a rectangle off, so that the same area phrase gives another size there.
        same = (old.rect.width, old.rect.height) == (new.rect.width, new.rect.height) or (
            old.free_rect is None and new.free_rect is None and old.area == new.area
        )
        verbs.append("moved" if same else "resized")
    if "distance" in fields:
        verbs.append("brought forward" if new.distance < old.distance else "sent back")
    if "color_name" in fields:
        verbs.append("recoloured")
    if fields - {"enabled", "rect", "distance", "color_name"}:
        verbs.append("rewrote")
    return " and ".join(verbs)
