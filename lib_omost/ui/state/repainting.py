"""Which part of the last picture a render repaints: derived from the chat, the record in the picture and the controls.

The last picture of the chat is the parent. Its file records the layout that it was painted from, so after an undo, a
switch to another branch or a reload the right parent follows from the chat alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lib_omost.artifacts.parent import Parent, read_parent
from lib_omost.artifacts.record import Record
from lib_omost.canvas import Rect
from lib_omost.canvas.difference import Difference, difference
from lib_omost.canvas.summary import short_name, summary
from lib_omost.errors import PictureError, SettingsError
from lib_omost.presets import completed
from lib_omost.render.repaint import GROW, MAX_RECTS, Repaint
from lib_omost.render.settings import MAX_SEED, RenderSettings
from lib_omost.studio import Studio

from .conversation import Conversation
from .entries import PictureEntry
from .gallery import Gallery
from .jobs import Jobs
from .keeping import MAX_PAGES
from .page_state import Changes
from .users import login_of

MAX_PHRASES = 4
"""Number of changes that the sentence names; it counts the rest."""
MAX_VARIATIONS = 4
ALL = "so Render paints the whole picture."


@dataclass(frozen=True, slots=True)
class Options:
    """The values of the controls.

    grow, strength: as in `Repaint`. extra: indices of regions to repaint although they did not change. settings: the
    arguments of `RenderSettings`; empty while they are unknown.
    """

    grow: int = GROW
    strength: float = 1.0
    extra: tuple[int, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a render of the chat's canvas repaints.

    picture: name of the last picture if a part of it can be kept, else None. part: the part to repaint, None for the
    whole picture. line: a sentence for the user, may be empty. changed: indices of the regions that changed. whole:
    whether the change concerns the whole picture.
    """

    picture: str | None = None
    part: Repaint | None = None
    line: str = ""
    changed: tuple[int, ...] = ()
    whole: bool = False

    def to_json(self) -> dict[str, Any]:
        """JSON for the render panel and the editor, which hatches `rects` (as `Rect.as_tuple`) enlarged by `grow`."""
        part = self.part
        return {
            "keeps": self.picture is not None,
            "offered": part is not None,
            "whole": self.whole,
            "line": self.line,
            "changed": list(self.changed),
            "rects": [] if part is None else [list(rect.as_tuple) for rect in part.rects],
            "grow": 0 if part is None else part.grow,
        }


class Repainting:
    """Makes the plans for all open pages of a studio."""

    def __init__(self, studio: Studio, gallery: Gallery, jobs: Jobs) -> None:
        self._studio = studio
        self._gallery = gallery
        self._jobs = jobs
        self._options: OrderedDict[str, Options] = OrderedDict()

    def follow(self, page: str, changes: Changes) -> Changes:
        """Add the plan for the new chat to `changes`, unless a job is still changing that chat."""
        if changes.get("busy") == "chat":
            return {**changes, "part": Plan().to_json()}
        if "chat" not in changes or self._jobs.current(page) is not None:
            return changes
        options = self._of(page)
        if "layout" in changes:  # the editor has lost its marks
            options = self._set(page, replace(options, extra=()))
        return {**changes, "part": self.plan(page, changes["chat"], options).to_json()}

    def set_options(self, page: str, chat: Conversation, options: Options) -> Changes:
        """Store the values of the controls, and return the new plan."""
        self._set(page, options)
        return {} if self._jobs.current(page) is not None else {"part": self.plan(page, chat, options).to_json()}

    def set_extra(self, page: str, extra: tuple[int, ...]) -> None:
        """Store which regions to repaint although they did not change."""
        self._set(page, replace(self._of(page), extra=extra))

    def current(self, page: str, chat: Conversation) -> Changes:
        """The plan with the values that the controls last had."""
        return {"part": self.plan(page, chat, self._of(page)).to_json()}

    def plan(self, page: str, chat: Conversation, options: Options) -> Plan:
        """What a click on Render would do."""
        canvas, picture = chat.canvas(), chat.last_picture()
        if canvas is None or picture is None:
            return Plan()
        record, obstacle = self._parent(page, picture, options)
        if record is None:
            return Plan(line=f"{obstacle}, {ALL}")
        found = difference(record.canvas, canvas)
        extra = [index for index in options.extra if index < len(canvas.regions)]
        if obstacle:
            return Plan() if found.empty and not extra else Plan(line=f"{obstacle}, {ALL}")
        changed = tuple(item.after for item in found.changes if item.after is not None and item.kind != "untouched")
        plan = Plan(picture, changed=changed, whole=bool(found.whole))
        if found.whole:
            return _whole(plan, found, options)
        rects = tuple(dict.fromkeys((*found.rects, *(canvas.regions[index].rect for index in extra))))
        if not rects:
            return plan
        if len(rects) > MAX_RECTS:
            rects = (Rect.FULL,)
        part = Repaint(rects, options.grow, options.strength)
        again = [f"{short_name(canvas.regions[index])} again" for index in extra if index not in changed]
        changes = _listed([*summary(found, record.canvas, canvas), *again])
        return replace(plan, part=part, line=f"Repaints {part.percent}% of the picture: {changes}.")

    def region(self, page: str, chat: Conversation, options: Options, index: int) -> Plan:
        """The plan that repaints one region, together with everything that changed. Raises PictureError if that is
        impossible."""
        canvas = chat.canvas()
        if canvas is None or not 0 <= index < len(canvas.regions):
            raise PictureError("Select the region to repaint.")
        if chat.last_picture() is None:
            raise PictureError("There is no picture yet: render one first.")
        plan = self.plan(page, chat, replace(options, extra=(*options.extra, index)))
        if plan.whole:
            raise PictureError("The whole picture changed: render it before you repaint one region.")
        if plan.part is None:
            raise PictureError(plan.line.removesuffix(f", {ALL}") + ", so its regions cannot be repainted.")
        return plan

    def parent(self, page: str, plan: Plan) -> Parent:
        """The picture that `plan` keeps. Raises PictureError if its file is missing or damaged."""
        path = None if plan.picture is None else self._pictures(page).find(plan.picture)
        if path is None:
            raise PictureError("The file of the last picture is missing: render the whole picture.")
        return read_parent(path)

    def next_seed(self, page: str, chat: Conversation, count: int) -> int:
        """The first of `count` consecutive seeds above that of the last picture that no picture of the chat has."""
        names = [entry.name for entry in chat.entries if isinstance(entry, PictureEntry)]
        gallery = self._pictures(page)
        found = [known[0].record.settings.seed for name in names if (known := gallery.metadata(name))]
        used, seed = set(found), (found[-1] if found else 0) + 1
        while clash := used.intersection(range(seed, seed + count)):
            seed = max(clash) + 1
        return seed if seed + count - 1 <= MAX_SEED else 0

    def _parent(self, page: str, picture: str, options: Options) -> tuple[Record | None, str]:
        """The record of the last picture, and the reason why no part of it can be kept, "" if it can."""
        gallery = self._pictures(page)
        if gallery.find(picture) is None:
            return None, "The file of the last picture is missing"
        known = gallery.metadata(picture)
        if known is None:
            return None, "The file of the last picture does not contain its layout"
        record, size = known[0].record, known[1]
        now = self._studio.record(record.canvas, record.settings)
        abilities = self._studio.abilities
        if abilities is not None and "kept pictures" not in abilities:
            return record, f"{now.painter} cannot keep a part of a picture"
        known_hashes = bool(record.painter_hash and now.painter_hash)
        if record.painter_hash != now.painter_hash if known_hashes else record.painter != now.painter:
            return record, f"The last picture was painted by {record.painter or 'another model'}, not by {now.painter}"
        try:
            wanted = completed(self._studio.painter_preset, options.settings)
        except (SettingsError, TypeError):
            return record, ""  # the render will report the wrong setting
        if options.settings and _size(wanted) != _size(record.settings):
            return record, f"The last picture has {_size_words(record.settings)} pixels, not {_size_words(wanted)}"
        if record.settings.hires_scale <= 1 and size != (record.settings.width, record.settings.height):
            return record, f"The file of the last picture was resized to {size[0]} × {size[1]} pixels"
        return record, ""

    def _pictures(self, page: str) -> Gallery:
        return self._gallery.of(login_of(page))

    def _of(self, page: str) -> Options:
        return self._options.get(page, Options())

    def _set(self, page: str, options: Options) -> Options:
        self._options[page] = options
        self._options.move_to_end(page)
        while len(self._options) > MAX_PAGES:
            self._options.popitem(last=False)
        return options


def _whole(plan: Plan, found: Difference, options: Options) -> Plan:
    """The plan after a change of the whole picture: with a strength below 1 it starts from the last picture."""
    more = len(found.whole) - 1
    reason = found.whole[0].rstrip(".") + (f" (and {more} more)" if more else "")
    if options.strength < 1:
        part = Repaint(found.rects, options.grow, options.strength)
        line = (
            f"{reason}, so all of it is repainted, starting from the last picture. A lower strength keeps more of it."
        )
        return replace(plan, part=part, line=line)
    line = f"{reason}, so all of it is painted anew. A strength below 1 keeps its objects."
    return replace(plan, line=line)


def _listed(phrases: list[str]) -> str:
    named = ", ".join(phrases[:MAX_PHRASES])
    more = len(phrases) - MAX_PHRASES
    return f"{named} and {more} more" if more > 0 else named


def _size(settings: RenderSettings) -> tuple[float, ...]:
    return settings.width, settings.height, settings.hires_scale


def _size_words(settings: RenderSettings) -> str:
    scale = settings.hires_scale
    return f"{settings.width} × {settings.height}" + (f" × {scale:g}" if scale > 1 else "")
