"""The handlers of the page: they turn studio events into changes of the page. No gradio here, so they run without a
browser.

Every handler is a generator of `Changes`, which give new values to parts of the page by name. The handlers of the
chat's rounds are in `rounds.py`, the work of a render in `painting.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lib_omost.errors import OmostError, PictureError, SessionError

from .conversation import Conversation
from .editing import Edit, applied, extra_regions
from .entries import NoticeEntry
from .filmstrip import go_back
from .interruptions import SENTENCE, key_of
from .keeping import kept
from .layout import chat_layout, notes_value
from .page_state import STOPPING, Changes
from .painting import painting
from .repainting import MAX_VARIATIONS, Options, Plan
from .rounds import Rounds


class Handlers(Rounds):
    """The use cases of a page; one object serves all open pages of a studio."""

    # -- edits by hand -------------------------------------------------------------------------------------------

    @kept
    def hand_edited(self, page: str, chat: Conversation, edit: Edit | None) -> Iterator[Changes]:
        """Write a canvas that was changed in the editor into the reply that it comes from."""
        # Running work has already applied the edit, see `applied`.
        if edit is None or self.busy(page) or self.late_edits.has(page, edit.number):
            yield {}
            return
        after = applied(chat, edit)
        self.repainting.set_extra(page, extra_regions(chat, edit))
        changes = self._follow(after)
        if after.canvas() != edit.canvas:
            changes["layout"] = chat_layout(after)  # the edit was of another reply and was ignored
        # An undo may have been faster, which has the edit in it.
        yield {} if self.late_edits.has(page, edit.number) else {**changes, "code": after.code()}

    @kept
    def code_edited(self, page: str, chat: Conversation, code: str) -> Iterator[Changes]:
        """Make Canvas code that was changed in its box the reply, and redraw the layout."""
        if busy := self.busy(page):
            yield {"warning": busy, "code": chat.code()}
        elif code == chat.code():
            yield {}
        else:
            after = chat.with_code(code)
            yield {**self._follow(after), "layout": chat_layout(after, continues=True)}

    @kept
    def opened(self, page: str, stored: Any) -> Iterator[Changes]:
        """Restore a page from its browser's storage when it is opened."""
        changes: Changes = {"session": None, **self.page_state.lacking()}
        chat = Conversation()
        try:
            chat, session = self.keeper.restored(page, stored)
            if session is not None:
                changes |= {"session": session.id, "settings": self.page_state.suited(session.settings)}
        except SessionError as error:
            changes["warning"] = str(error)
        if self.jobs.current(page) is not None:  # a prompt was sent before the page had been restored: it goes on
            yield self.status(page, None)
            return
        if sentence := chat.interrupted():
            chat += NoticeEntry(sentence)
        elif self.interruptions.take(key_of(changes["session"], chat)):
            chat += NoticeEntry(SENTENCE)
        yield {**self.page_state.chat(chat), **self.status(page, None), **changes, "listed": self.keeper.listed(page)}

    def stop(self, page: str) -> Changes:
        """Ask the page's work to stop; it ends soon and keeps its results so far."""
        return {"progress": STOPPING, **self.waiting.pause(page)} if self.jobs.stop(page) else {}

    def next_waiting(self, page: str, chat: Conversation) -> Iterator[Changes]:
        """Start the first request of the queue, unless the page is busy or the queue is paused. A request that is
        refused, such as for a limit, stays."""
        request = None if self.jobs.current(page) is not None else self.waiting.take(page)
        if request is None:
            yield {}
            return
        yield {"waiting": self.waiting.to_json(page)}
        try:
            yield from request.start(chat)
        except OmostError as error:
            yield {"warning": str(error), **self.waiting.put_back(page, request)}

    # -- render --------------------------------------------------------------------------------------------------

    @kept
    def render(
        self, page: str, chat: Conversation, settings: dict[str, Any], options: Options | None = None
    ) -> Iterator[Changes]:
        """Paint the canvas of the chat; every picture appears in the chat when it is finished. With `options` only the
        changed part of the last picture is repainted, if possible. While the page is busy, the render waits."""
        if self.busy(page):
            what = "Render" if options is not None else "Render all"
            yield self.waiting.add(page, "render", what, lambda later: self.render(page, later, settings, options))
        elif chat.canvas() is None:
            yield {"warning": self.page_state.render(chat, None)["reason"]}
        else:
            plan = Plan(chat.last_picture())
            if options is not None:
                plan = self.repainting.plan(page, chat, replace(options, settings=settings))
            yield from painting(self, page, chat, settings, settings, plan)

    @kept
    def repaint(
        self, page: str, chat: Conversation, settings: dict[str, Any], options: Options, region: int, count: int
    ) -> Iterator[Changes]:
        """Repaint one region of the last picture with `count` new seeds; each gives a picture in the chat."""
        if busy := self.busy(page):
            yield {"warning": busy}
            return
        try:
            plan = self.repainting.region(page, chat, replace(options, settings=settings), region)
        except PictureError as error:
            yield {"warning": str(error)}
            return
        count = min(max(count, 1), MAX_VARIATIONS)
        varied = {**settings, "count": count, "seed": self.repainting.next_seed(page, chat, count)}
        yield from painting(self, page, chat, varied, settings, plan)

    @kept
    def render_again(self, page: str, chat: Conversation, settings: dict[str, Any]) -> Iterator[Changes]:
        """Paint the last picture of the chat again with the next seed, the same part of it if only a part was
        painted."""
        if busy := self.busy(page):
            yield {"warning": busy}
            return
        picture = chat.last_picture()
        known = None if picture is None else self.pictures(page).metadata(picture)
        origin = None if known is None else known[0].record.origin
        plan = Plan(picture)
        if origin is not None and (earlier := chat.before(chat.last_step()).last_picture()) is not None:
            plan = Plan(earlier, origin.repaint)
        again = {**settings, "seed": self.repainting.next_seed(page, chat, int(settings.get("count", 1)))}
        yield {"seed": again["seed"]}
        yield from painting(self, page, chat, again, again, plan)

    @kept
    def choose(self, page: str, chat: Conversation, name: str) -> Iterator[Changes]:
        """Return to an earlier picture, its layout and its size; later pictures stay in the chat."""
        if busy := self.busy(page):
            yield {"warning": busy}
            return
        try:
            after, settings = go_back(chat, self.pictures(page), name)
        except PictureError as error:
            yield {"warning": str(error)}
            return
        size = {name: getattr(settings, name) for name in ("width", "height", "hires_scale")}
        yield {"settings": {"render": size}, **(self.moved(chat, after, rendered=1) if after != chat else {})}

    def reuse_seed(self, page: str, name: str) -> Iterator[Changes]:
        """Use the seed of the picture `name` from now on."""
        known = self.pictures(page).metadata(name)
        if known is None:
            yield {"warning": "The file of this picture does not contain its seed."}
        else:
            yield {"fixed_seed": known[0].record.settings.seed}

    def adjust(self, page: str, chat: Conversation, options: Options) -> Iterator[Changes]:
        """A control that affects the plan was changed."""
        yield self.repainting.set_options(page, chat, options)

    # -- status --------------------------------------------------------------------------------------------------

    def status(self, page: str, chat: Conversation | None) -> Changes:
        """The state of the models and, with a chat, whether Render can paint it."""
        status = self.studio.status()
        changes: Changes = {
            "models": self.page_state.models(status),
            "loaded": all(part.state in ("ready", "failed") for part in status.parts),
            "failed": any(part.state == "failed" for part in status.parts),
        }
        if chat is not None and self.jobs.current(page) is None:
            changes |= self.page_state.render(chat, None)
            changes |= self.repainting.current(page, chat)
        return changes

    def reload_models(self, page: str, chat: Conversation) -> Iterator[Changes]:
        """Try again to load models that failed to load."""
        self.studio.start()
        yield self.status(page, chat)

    # -- internal ------------------------------------------------------------------------------------------------

    def _follow(self, chat: Conversation) -> Changes:
        """The changes for a chat whose canvas was edited by hand, except those of the editor and the code box."""
        return {
            "chat": chat,
            "memory": chat.to_json(),
            "notes": notes_value(chat.interpretation()),
            "by_hand": True,
            **self.page_state.render(chat, None),
        }


def random_seed() -> int:
    """A seed that is valid for both the composer and the painter."""
    return secrets.randbelow(2**32)
