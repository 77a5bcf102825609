"""What the page does: studio events in, changes of the page out. No gradio here, so it can be run without a browser.

Every handler is a generator of `Changes`: names of what stands on the page, with their new values. What is not named
stays as it is.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lib_omost.canvas import Canvas
from lib_omost.errors import OmostError, SessionError
from lib_omost.llm.base import Sampling
from lib_omost.metadata import Record
from lib_omost.render.settings import RenderSettings
from lib_omost.studio import Studio

from .branches import Branches
from .conversation import Conversation, Entry, Notice, Prompt, Reply
from .drafts import ChatDraft, RenderDraft
from .editing import Edit, applied, carry_over
from .feed import Feed
from .gallery import Gallery
from .jobs import Jobs
from .keeping import Keeper, kept
from .layout import chat_layout, layout_value, notes_value
from .signs import STOPPING, Changes, Signs, line

logger = logging.getLogger(__name__)

REMEMBER_EVERY = 2.0
"""Seconds between two copies of a growing reply in the browser's memory."""


class Handlers:
    """The use cases of one page, for every open page of one studio."""

    def __init__(self, studio: Studio, gallery: Gallery, keeper: Keeper | None = None) -> None:
        self.studio = studio
        self.gallery = gallery
        self.keeper = keeper or Keeper(None, gallery)
        self.jobs = Jobs()
        self.branches = Branches(self.keeper, self.jobs)
        self.keeper.followers.append(self.branches.follow)
        self.signs = Signs(studio)

    # -- conversation --------------------------------------------------------------------------------------------

    @kept
    def send(self, page: str, chat: Conversation, prompt: str, sampling: dict[str, Any]) -> Iterator[Changes]:
        """Ask the composer for a reply to `prompt`, after the rounds that stand in `chat`."""
        if busy := self._busy(page):
            yield {"warning": busy}
            return
        if not prompt.strip():
            yield {"warning": "Write first what the picture should show."}
            return
        yield from self._compose(page, chat, prompt.strip(), sampling)

    @kept
    def retry(
        self, page: str, chat: Conversation, sampling: dict[str, Any], at: int | None = None
    ) -> Iterator[Changes]:
        """Write the reply to the last prompt (or the one at `at`) again, with the next seed so that it differs."""
        if busy := self._busy(page):
            yield {"chat": chat, "warning": busy}
            return
        index = chat.last_prompt(at)
        if index is None:
            yield {"warning": "There is nothing to retry yet."}
            return
        seed = _next_seed(sampling.get("seed"))
        yield {"seed": seed}
        yield from self._compose(page, chat.before(index), chat.prompt(index), {**sampling, "seed": seed}, chat)

    @kept
    def undo(self, page: str, chat: Conversation, cleared: Conversation, at: int | None = None) -> Iterator[Changes]:
        """Take back the last round (from the prompt at `at` on); in an empty chat, bring back what was cleared."""
        if busy := self._busy(page):
            yield {"chat": chat, "warning": busy}
            return
        index = chat.last_prompt(at)
        if index is not None:
            yield {**self.signs.chat(chat.before(index)), "cleared": chat}
        elif cleared.entries and not chat.entries:
            yield {**self.signs.chat(cleared), "cleared": Conversation()}
        else:
            yield {"warning": "There is nothing to undo."}

    @kept
    def edit_last(self, page: str, chat: Conversation) -> Iterator[Changes]:
        """Take back the last round and put its prompt into the box again."""
        index = chat.last_prompt()
        if busy := self._busy(page):
            yield {"warning": busy}
        elif index is None:
            yield {"warning": "There is no prompt to edit yet."}
        else:
            yield {**self.signs.chat(chat.before(index)), "cleared": chat, "prompt": chat.prompt(index)}

    @kept
    def new_chat(self, page: str, chat: Conversation) -> Iterator[Changes]:
        """An empty chat; Undo brings the old one back."""
        if busy := self._busy(page):
            yield {"chat": chat, "warning": busy}
            return
        changes: Changes = {**self.signs.chat(Conversation()), "prompt": "", "session": None}
        if chat.entries:
            changes["cleared"] = chat
            changes["progress"] = line("A new chat. Undo brings the old one back.")
        yield changes

    @kept
    def edited(self, page: str, chat: Conversation, at: int, sampling: dict[str, Any]) -> Iterator[Changes]:
        """A message was edited in the chat: a prompt is asked again; a reply is read again, and where a prompt follows
        it, that is asked again. What followed before stays as a branch."""
        if busy := self._busy(page):
            yield {"chat": chat, "warning": busy}
            return
        entry = chat.entries[at] if 0 <= at < len(chat) else None
        if isinstance(entry, Prompt) and entry.text.strip():
            yield from self._compose(page, chat.before(at), entry.text.strip(), sampling, chat)
        elif isinstance(entry, Reply) and (later := chat.next_prompt(at)) is not None:
            yield from self._compose(page, chat.before(at + 1), chat.prompt(later), sampling, chat)
        else:
            yield {**self.signs.chat(chat), "by_hand": True}

    @kept
    def switched(self, page: str, chat: Conversation, at: int, step: int) -> Iterator[Changes]:
        """Show another version of the message at `at`, with what followed it; behind the end, what was undone."""
        if busy := self._busy(page):
            yield {"warning": busy}
            return
        other = self.branches.switched(page, at, step)
        yield {"warning": "There is no other version here."} if other is None else self.signs.chat(other)

    @kept
    def hand_edited(self, page: str, chat: Conversation, edit: Edit | None) -> Iterator[Changes]:
        """The canvas was changed in the editor: write it into the reply that it comes from."""
        # Work that has begun took the edit along, see `applied`.
        if edit is None or self._busy(page):
            yield {}
            return
        after = applied(chat, edit)
        changes = self._follow(after)
        if after.canvas() != edit.canvas:
            changes["layout"] = chat_layout(after)  # the edit was of another reply than the one that stands there now
        yield {**changes, "code": after.code()}

    @kept
    def code_edited(self, page: str, chat: Conversation, code: str) -> Iterator[Changes]:
        """The Canvas code was changed in its box: it is the reply now, and the boxes are drawn anew."""
        if busy := self._busy(page):
            yield {"warning": busy, "code": chat.code()}
        elif code == chat.code():
            yield {}
        else:
            after = chat.with_code(code)
            yield {**self._follow(after), "layout": chat_layout(after)}

    @kept
    def opened(self, page: str, remembered: Any) -> Iterator[Changes]:
        """A page was opened: bring back what its browser remembers."""
        changes: Changes = {"session": None}
        chat = Conversation()
        try:
            chat, session = self.keeper.remembered(remembered)
            if session is not None:
                changes = {"session": session.id, "settings": session.settings}
        except SessionError as error:
            changes["warning"] = str(error)
        yield {**self.signs.chat(chat), **self.status(page, None), **changes, "listed": self.keeper.listed(page)}

    def stop(self, page: str) -> Changes:
        """Tell the page's work to stop; it ends by itself and keeps what there is."""
        return {"progress": STOPPING} if self.jobs.stop(page) else {}

    # -- render --------------------------------------------------------------------------------------------------

    @kept
    def render(self, page: str, chat: Conversation, settings: dict[str, Any]) -> Iterator[Changes]:
        """Paint the canvas of the last reply; pictures go into the chat one by one."""
        if busy := self._busy(page):
            yield {"warning": busy}
            return
        canvas = chat.canvas()
        if canvas is None:
            yield {"warning": self.signs.render(chat, None)["reason"]}
            return
        draft = RenderDraft(canvas)
        error: str | None = None
        with self.jobs.working(page, "render") as stop:
            try:
                wanted = RenderSettings(**settings)
                record = self._record(canvas, wanted, chat)
                yield {
                    "busy": "render",
                    "layout": chat_layout(chat, editable=False),
                    "progress": draft.progress(),
                    **self.signs.render(chat, "render"),
                }
                for events in Feed(self.studio.render(canvas, wanted, stop=stop), stop):
                    for event in events:
                        draft.take(event)
                    changes: Changes = {"progress": STOPPING if stop.is_set() else draft.progress()}
                    for picture in draft.new_pictures():
                        chat += self.gallery.keep(picture, record)
                        changes |= {"chat": chat, "memory": chat.to_json(), "used": {"render": settings}}
                    if (preview := draft.new_preview()) is not None:
                        changes["layout"] = chat_layout(chat, editable=False, preview=preview)
                    yield changes
            except Exception as caught:  # GeneratorExit passes
                error = _sentence(caught, "Rendering failed")
        if error is not None:
            chat += Notice(error, "error")
        yield {
            "chat": chat,
            "memory": chat.to_json(),
            "layout": chat_layout(chat),
            "notes": notes_value(chat.interpretation(), draft.notices),
            "progress": line(error, "error") if error else line(draft.summary()),
            "busy": None,
            **self.signs.render(chat, None),
        }

    # -- what the page says --------------------------------------------------------------------------------------

    def status(self, page: str, chat: Conversation | None) -> Changes:
        """The models' state; with a chat also what Render can do now."""
        status = self.studio.status()
        parts = (status.composer, status.painter)
        changes: Changes = {
            "models": self.signs.models(status),
            "loaded": all(part.state in ("ready", "failed") for part in parts),
            "failed": any(part.state == "failed" for part in parts),
        }
        if chat is not None and self.jobs.current(page) is None:
            changes |= self.signs.render(chat, None)
        return changes

    def load_again(self, page: str, chat: Conversation) -> Iterator[Changes]:
        """Try once more to load what could not be loaded."""
        self.studio.start()
        yield self.status(page, chat)

    # -- inside --------------------------------------------------------------------------------------------------

    def _follow(self, chat: Conversation) -> Changes:
        """What follows from a chat whose canvas was changed by hand; the editor and the code box see to themselves."""
        return {
            "chat": chat,
            "memory": chat.to_json(),
            "notes": notes_value(chat.interpretation()),
            "by_hand": True,
            **self.signs.render(chat, None),
        }

    def _compose(
        self,
        page: str,
        chat: Conversation,
        prompt: str,
        sampling: dict[str, Any],
        otherwise: Conversation | None = None,
    ) -> Iterator[Changes]:
        """Ask `prompt` after `chat`. Where not a word comes of it, the chat is what it was: `otherwise`, or `chat` with
        the prompt in its box."""
        asked = chat + Prompt(prompt)
        draft = ChatDraft()
        error: str | None = None
        remembered = time.monotonic()
        with self.jobs.working(page, "chat") as stop:
            yield {
                "chat": asked + Notice("The composer reads …", "busy"),
                "prompt": "",
                "busy": "chat",
                "memory": asked.to_json(),
                "used": {"sampling": sampling},
                "progress": draft.progress(),
                "notes": notes_value(None),
                "layout": chat_layout(chat, editable=False),
                **self.signs.render(chat, "chat"),
            }
            try:
                wanted = Sampling(**sampling)
                reply = self.studio.chat(chat.history(), prompt, wanted, stop=stop)
                for events in Feed(self.keeper.follow(page, reply), stop):
                    for event in events:
                        draft.take(event)
                    changes: Changes = {"progress": STOPPING if stop.is_set() else draft.progress()}
                    if draft.new_words():
                        changes["chat"] = _with(asked, draft.entries())
                    if draft.new_canvas():
                        changes |= {"layout": layout_value(draft.canvas, editable=False), "notes": draft.notes_value()}
                    if draft.text and time.monotonic() - remembered > REMEMBER_EVERY:
                        remembered = time.monotonic()
                        changes["memory"] = _with(asked, draft.entries()).to_json()
                    yield changes
            except Exception as caught:  # GeneratorExit passes
                error = _sentence(caught, "Writing the reply failed")
        draft.end(error)
        if draft.text:
            after = _with(asked, draft.entries())
            if draft.finished is not None and draft.finished.finished != "stopped":
                after = carry_over(after, chat.canvas())
            yield {**self.signs.chat(after), "progress": draft.progress()}
        elif otherwise is not None:
            yield {**self.signs.chat(_with(otherwise, draft.entries())), "progress": draft.progress()}
        else:
            after = _with(chat, draft.entries())
            yield {**self.signs.chat(after), "prompt": prompt, "progress": draft.progress()}

    def _record(self, canvas: Canvas, settings: RenderSettings, chat: Conversation) -> Record:
        return self.studio.record(canvas, settings, [entry.text for entry in chat.entries if isinstance(entry, Prompt)])

    def _busy(self, page: str) -> str | None:
        match self.jobs.current(page):
            case "chat":
                return "The composer is writing: wait until it has finished, or stop it."
            case "render":
                return "The painter is painting: wait until it has finished, or stop it."
        return None


def random_seed() -> int:
    """A seed that both the composer and the painter take."""
    return secrets.randbelow(2**32)


def _next_seed(seed: Any) -> Any:
    return (seed + 1) % 2**32 if isinstance(seed, int) else seed


def _with(chat: Conversation, entries: list[Entry]) -> Conversation:
    return replace(chat, entries=(*chat.entries, *entries))


def _sentence(error: Exception, what: str) -> str:
    """The sentence for the user; a bug is written to the log in full."""
    if isinstance(error, OmostError):
        return str(error)
    logger.error("%s", what, exc_info=error)
    return f"{what}, which is a fault of the program ({type(error).__name__}: {error}). Its log says more."
