"""The difference of two canvases, region by region, and the grid cells that have to be repainted for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lib_omost.canvas.fields import specs
from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.canvas.model import Canvas, Region
from lib_omost.canvas.vocabulary import COLORS

Cell: TypeAlias = tuple[int, int]
"""(row, column), each 0..GRID - 1."""
ChangeKind: TypeAlias = Literal["untouched", "added", "removed", "changed"]
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*|[,;，、；\n]+\s*")
_WORD = re.compile(r"\w+")
_PLACEMENT = frozenset(["location", "offset", "area", "free_rect"])
_STOP_WORDS = frozenset(
    ["a", "an", "the", "of", "in", "on", "at", "and", "with", "some", "is", "are", "to", "it", "its"]
)
_COLORS = frozenset(COLORS)
_LEAST_SIMILARITY = 0.5
"""Two descriptions with at least this Jaccard similarity of their words describe the same thing, even if it moved."""


@dataclass(frozen=True, slots=True)
class RegionChange:
    """One region of either canvas.

    before, after: its index in each canvas, None in a canvas that lacks it. fields: the attributes that differ, in the
    order of the table of fields; "rect" stands for all attributes of its placement.
    """

    kind: ChangeKind
    before: int | None
    after: int | None
    fields: tuple[str, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether the region covers different cells now."""
        return "rect" in self.fields


@dataclass(frozen=True, slots=True)
class Difference:
    """The result of comparing two canvases.

    changes: every region of both canvases once, in the order of the new canvas, removed ones last. whole: sentences
    that say why the whole picture changed; empty if only regions did. rects: cover the cells to be repainted, the
    whole grid if `whole` is not empty.
    """

    changes: tuple[RegionChange, ...]
    whole: tuple[str, ...]
    rects: tuple[Rect, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing has to be repainted."""
        return not self.rects

    def cells(self) -> frozenset[Cell]:
        """The mask: every cell to be repainted."""
        return frozenset(
            (row, column)
            for rect in self.rects
            for row in range(rect.top, rect.bottom)
            for column in range(rect.left, rect.right)
        )

    def grown(self, cells: int) -> tuple[Rect, ...]:
        """`rects` enlarged by `cells` on every side, clamped to the grid."""
        return tuple(
            Rect(
                max(0, rect.top - cells),
                min(GRID, rect.bottom + cells),
                max(0, rect.left - cells),
                min(GRID, rect.right + cells),
            )
            for rect in self.rects
        )


def difference(before: Canvas, after: Canvas) -> Difference:
    """What must be repainted to turn a picture of `before` into one of `after`.

    Regions are matched: equal ones first, then those with the same description, then those whose descriptions share
    the most words; ties go to the nearest. The mask is the union of the old and new rectangles of all regions that were
    added, removed or changed. If only the distance of a region changed, the mask is its overlap with the regions that
    it moved in front of or behind. A changed text of the whole picture counts only if no change of a region explains
    it, because a language model also mentions every new thing in that text.
    """
    pairs = _match(before.regions, after.regions)
    changes = [
        RegionChange("added", None, index)
        if (old := pairs.get(index)) is None
        else _compare(before.regions[old], after.regions[index], old, index)
        for index in range(len(after.regions))
    ]
    kept = set(pairs.values())
    changes += [RegionChange("removed", index, None) for index in range(len(before.regions)) if index not in kept]
    whole = tuple(_whole_picture(before, after, changes))
    rects = (Rect.FULL,) if whole else tuple(dict.fromkeys(_rects(before, after, changes)))
    return Difference(tuple(changes), whole, rects)


def _match(before: tuple[Region, ...], after: tuple[Region, ...]) -> dict[int, int]:
    """For each index in `after` that has a counterpart in `before`, the index of that counterpart."""
    found: dict[int, int] = {}
    free = set(range(len(before)))

    def similarity(new: Region, old: Region) -> tuple[float, ...] | None:
        if new == old:
            return 3.0, 0.0
        nearness = -float(sum(abs(a - b) for a, b in zip(new.rect.as_tuple, old.rect.as_tuple, strict=True)))
        if new.description == old.description:
            return 2.0, nearness
        ours, theirs = _words(new.description), _words(old.description)
        shared = len(ours & theirs) / max(1, len(ours | theirs))
        if ours - _COLORS and ours - _COLORS == theirs - _COLORS:
            shared = max(shared, _LEAST_SIMILARITY)  # a black cat that became an orange one
        return (shared, nearness) if shared >= _LEAST_SIMILARITY or (new.rect == old.rect and shared > 0) else None

    scored = [
        (score, -abs(index - other), -index, -other)
        for index, new in enumerate(after)
        for other, old in enumerate(before)
        if (score := similarity(new, old)) is not None
    ]
    for _, _, index, other in sorted(scored, reverse=True):
        if -index not in found and -other in free:
            found[-index] = -other
            free.discard(-other)
    return found


def _compare(old: Region, new: Region, before: int, after: int) -> RegionChange:
    names = [row.attribute for row in specs(type(new)) if row.attribute not in _PLACEMENT]
    fields = [name for name in names if getattr(old, name) != getattr(new, name)]
    if old.rect != new.rect:
        fields.insert(0, "rect")
    return RegionChange("changed" if fields else "untouched", before, after, tuple(fields))


def _rects(before: Canvas, after: Canvas, changes: list[RegionChange]) -> Iterator[Rect]:
    for change in changes:
        old = None if change.before is None else before.regions[change.before]
        new = None if change.after is None else after.regions[change.after]
        visible = [region for region in (old, new) if region is not None and region.enabled]
        if change.kind == "untouched":
            continue
        if change.fields == ("distance",):
            if visible and change.before is not None and change.after is not None:
                yield from _reordered(before, after, changes, change)
        else:
            yield from (region.rect for region in visible)


def _reordered(before: Canvas, after: Canvas, changes: list[RegionChange], change: RegionChange) -> Iterator[Rect]:
    """The overlaps of a region with those that it moved in front of, or behind."""
    assert change.before is not None
    assert change.after is not None
    rect = after.regions[change.after].rect
    for other in changes:
        if other is change or other.before is None or other.after is None or not after.regions[other.after].enabled:
            continue
        if _in_front(before, change.before, other.before) != _in_front(after, change.after, other.after):
            shared = rect.intersection(after.regions[other.after].rect)
            if shared is not None:
                yield shared


def _in_front(canvas: Canvas, one: int, other: int) -> bool:
    """Whether region `one` is painted over region `other`; of two at the same distance the later one is."""
    return (-canvas.regions[one].distance, one) > (-canvas.regions[other].distance, other)


def _whole_picture(before: Canvas, after: Canvas, changes: list[RegionChange]) -> Iterator[str]:
    old, new = before.global_description, after.global_description
    if old.color_name != new.color_name:
        yield f"The colour of the whole picture changed from {old.color_name} to {new.color_name}."
    regions = [before.regions[item.before] for item in changes if item.before is not None and item.kind != "untouched"]
    regions += [after.regions[item.after] for item in changes if item.after is not None and item.kind != "untouched"]
    changed_words = [_words(text) for region in regions for text in (region.description, region.tags)]
    old_texts, new_texts = (
        {" ".join(sorted(_words(text))): text for text in _sentences(scene)} for scene in (old, new)
    )
    for texts, others, verb in ((old_texts, new_texts, "no longer says"), (new_texts, old_texts, "now says")):
        for key in sorted(texts.keys() - others.keys()):
            words = set(key.split())
            if words and not any(words & names for names in changed_words):
                yield f"The description of the whole picture {verb} '{texts[key].strip()[:120]}'."


def _sentences(scene: object) -> Iterator[str]:
    for row in specs(type(scene)):
        value = getattr(scene, row.attribute)
        if row.attribute != "color_name":
            for text in value if isinstance(value, tuple) else (value,):
                yield from filter(None, _SENTENCE.split(text))


def _words(text: str) -> frozenset[str]:
    """The words of a text in lower case, without stop words."""
    return frozenset(_WORD.findall(text.casefold())) - _STOP_WORDS
