"""Handlers of the chat's rounds: send, undo, retry, edit, switch between branches.

Like every handler, each is a generator of `Changes`; see `handlers.py`.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from lib_omost.canvas import Canvas
from lib_omost.canvas.difference import difference
from lib_omost.canvas.summary import summary
from lib_omost.llm.base import Sampling

from .conversation import Conversation
from .drafts import ChatDraft
from .editing import carry_over
from .entries import Entry, NoticeEntry, Prompt, Reply
from .feed import Feed
from .history import step_back, step_in_words
from .keeping import kept
from .layout import chat_layout, layout_value, notes_value
from .page_state import STOPPING, Changes, line
from .use_cases import UseCases, sentence

MAX_PHRASES = 6
"""Number of changes that the line after an edit names; it counts the rest."""
STORE_EVERY = 2.0
"""Seconds between two copies of a growing reply in the browser's storage."""


class Rounds(UseCases):
    """The handlers of the chat's buttons."""

    @kept
    def send(self, page: str, chat: Conversation, prompt: str, sampling: dict[str, Any]) -> Iterator[Changes]:
        """Ask the composer for a reply to `prompt`, after the rounds in `chat`. While the page is busy, it waits."""
        if not prompt.strip():
            yield {"warning": "Write first what the picture should show."}
            return
        if self.busy(page):
            added = self.waiting.add(page, "chat", prompt, lambda later: self.send(page, later, prompt, sampling))
            yield added if "warning" in added else {**added, "prompt": ""}
            return
        if chat.entries and (step := step_in_words(prompt)) is not None:
            steps = {
                "undo": lambda: self._undone(chat, Conversation()),
                "redo": lambda: self._redone(page, chat),
                "new": lambda: self._begun_anew(chat),
            }
            yield {**steps[step](), "prompt": ""}
            return
        yield from self._compose(page, chat, prompt.strip(), sampling)

    @kept
    def retry(
        self, page: str, chat: Conversation, sampling: dict[str, Any], at: int | None = None
    ) -> Iterator[Changes]:
        """Ask again for the reply to the last prompt (or the one at `at`), with the next seed so that it differs."""
        if busy := self.busy(page):
            yield {"chat": chat, "warning": busy}
            return
        index = chat.last_asked(at)
        if index is None:
            yield {"warning": "There is nothing to retry yet."}
            return
        seed = _next_seed(sampling.get("seed"))
        yield {"seed": seed}
        yield from self._compose(page, chat.before(index), chat.prompt(index), {**sampling, "seed": seed}, chat)

    @kept
    def undo(self, page: str, chat: Conversation, cleared: Conversation, edit: int = 0) -> Iterator[Changes]:
        """Take back the last step; in a new chat, return to the old one. Redo brings the step back. edit: the number of
        the last edit by hand, which `chat` contains."""
        self.late_edits.note(page, edit)
        busy = self.busy(page)
        yield {"warning": busy} if busy else self._undone(chat, cleared)

    @kept
    def redo(self, page: str, chat: Conversation, edit: int = 0) -> Iterator[Changes]:
        """Bring back the step that was undone last. edit: as for `undo`."""
        self.late_edits.note(page, edit)
        busy = self.busy(page)
        yield {"warning": busy} if busy else self._redone(page, chat)

    @kept
    def edit_last(self, page: str, chat: Conversation) -> Iterator[Changes]:
        """Remove the last round and put its prompt back into the box."""
        index = chat.last_asked()
        if busy := self.busy(page):
            yield {"warning": busy}
        elif index is None:
            yield {"warning": "There is no prompt to edit yet."}
        else:
            yield {**self.page_state.chat(chat.before(index)), "prompt": chat.prompt(index)}

    @kept
    def new_chat(self, page: str, chat: Conversation) -> Iterator[Changes]:
        """Start an empty chat; Undo returns to the old one. The prompt stays in its box: it may be new."""
        busy = self.busy(page)
        yield {"chat": chat, "warning": busy} if busy else self._begun_anew(chat)

    @kept
    def edited(self, page: str, chat: Conversation, at: int, sampling: dict[str, Any]) -> Iterator[Changes]:
        """Handle an edit of a message in the chat: an edited prompt is sent again; after an edited reply, the next
        prompt, if there is one, is sent again. The former continuation stays as a branch."""
        if busy := self.busy(page):
            yield {"chat": chat, "warning": busy}
            return
        entry = chat.entries[at] if 0 <= at < len(chat) else None
        if isinstance(entry, Prompt) and entry.text.strip():
            done = yield from self._compose(page, chat.before(at), entry.text.strip(), sampling, chat)
            yield {"later": () if done is None else chat.asked_after(at)}
        elif isinstance(entry, Reply) and (later := chat.next_prompt(at)) is not None:
            done = yield from self._compose(page, chat.before(at + 1), chat.prompt(later), sampling, chat)
            yield {"later": () if done is None else chat.asked_after(later)}
        else:
            yield {**self.page_state.chat(chat), "by_hand": True}

    @kept
    def run_later(
        self, page: str, chat: Conversation, prompts: Sequence[str], sampling: dict[str, Any]
    ) -> Iterator[Changes]:
        """Send the prompts that followed an edited message again, until one is stopped or fails."""
        if busy := self.busy(page):
            yield {"warning": busy}
            return
        for number, prompt in enumerate(prompts):
            done = yield from self._compose(page, chat, prompt, sampling)
            if done is None:
                return
            chat = done
            yield {"later": tuple(prompts[number + 1 :])}

    @kept
    def switched(self, page: str, chat: Conversation, at: int, step: int) -> Iterator[Changes]:
        """Show another version of the message at `at`, with its continuation."""
        if busy := self.busy(page):
            yield {"warning": busy}
            return
        other = self.branches.switched(page, at, step)
        yield {"warning": "There is no other version here."} if other is None else self.page_state.chat(other)

    def moved(self, chat: Conversation, after: Conversation, rendered: int = 0) -> Changes:
        """The changes that show `after` in place of `chat`; the editor keeps its steps if the canvas is the same.
        rendered: see `layout_value`."""
        layout = chat_layout(after, continues=chat.canvas() == after.canvas(), rendered=rendered)
        return {**self.page_state.chat(after), "layout": layout}

    def _undone(self, chat: Conversation, cleared: Conversation) -> Changes:
        if (before := step_back(chat)) is not None:
            return self.moved(chat, before)
        if cleared.entries:
            return {**self.page_state.chat(cleared), "cleared": Conversation()}
        return {"warning": "There is nothing to undo."}

    def _redone(self, page: str, chat: Conversation) -> Changes:
        # An edit of the boxes that came with this request may not have reached the tree yet.
        self.branches.follow(page, {"chat": chat, "memory": chat.to_json(), "by_hand": True})
        after = self.branches.step_forward(page)
        return {"warning": "There is nothing to redo."} if after is None else self.moved(chat, after)

    def _begun_anew(self, chat: Conversation) -> Changes:
        changes: Changes = {**self.page_state.chat(Conversation()), "session": None}
        if chat.entries:
            changes["cleared"] = chat
            changes["progress"] = line("A new chat. Undo restores the old one.")
        return changes

    def _compose(
        self,
        page: str,
        chat: Conversation,
        prompt: str,
        sampling: dict[str, Any],
        otherwise: Conversation | None = None,
    ) -> Generator[Changes, None, Conversation | None]:
        """Send `prompt` after `chat`. If the reply has no text at all, the chat becomes `otherwise`, or `chat` with the
        prompt back in its box. Returns the chat with the reply, or None if the reply was stopped or failed."""
        asked = chat + Prompt(prompt)
        draft = ChatDraft()
        error: str | None = None
        stored_at = time.monotonic()
        with self.jobs.working(page, "chat") as stop:
            yield {
                "chat": asked + NoticeEntry("The layout model reads …", "busy"),
                "prompt": "",
                "busy": "chat",
                "memory": asked.to_json(),
                "used": {"sampling": sampling},
                "progress": draft.progress(),
                "notes": notes_value(None),
                "layout": chat_layout(chat, editable=False),
                **self.page_state.render(chat, "chat"),
            }
            try:
                wanted = Sampling(**sampling)
                reply = self.studio.chat(chat.history(), prompt, wanted, stop=stop)
                for events in Feed(self.keeper.follow(page, reply), stop):
                    for event in events:
                        draft.take(event)
                    changes: Changes = {"progress": STOPPING if stop.is_set() else draft.progress()}
                    if draft.has_new_text():
                        changes["chat"] = _with(asked, draft.entries())
                    if draft.has_new_canvas():
                        changes |= {"layout": layout_value(draft.canvas, editable=False), "notes": draft.notes_value()}
                    if draft.text and time.monotonic() - stored_at > STORE_EVERY:
                        stored_at = time.monotonic()
                        changes["memory"] = _with(asked, draft.entries()).to_json()
                    yield changes
            except Exception as caught:  # GeneratorExit passes
                error = sentence(caught, "Writing the reply failed")
        draft.end(error)
        if draft.text:
            after = _with(asked, draft.entries())
            if draft.finished is not None and draft.finished.finished != "stopped":
                after = carry_over(after, chat.canvas())
                after = _with_summary(after, chat.canvas())
            models = self.page_state.models(self.studio.status())
            yield {**self.page_state.chat(after), "progress": draft.progress(), "models": models}
            stopped = draft.finished is None or draft.finished.finished == "stopped"
            return None if stopped or error is not None else after
        if otherwise is not None:
            yield {**self.page_state.chat(_with(otherwise, draft.entries())), "progress": draft.progress()}
        else:
            after = _with(chat, draft.entries())
            yield {**self.page_state.chat(after), "prompt": prompt, "progress": draft.progress()}
        return None


def _next_seed(seed: Any) -> Any:
    return (seed + 1) % 2**32 if isinstance(seed, int) else seed


def _with_summary(chat: Conversation, before: Canvas | None) -> Conversation:
    """`chat` with a line that says what the last reply changed in the canvas `before`, if there was one."""
    after = chat.canvas()
    if before is None or after is None or chat.turn() != chat.last_reply():
        return chat
    phrases = summary(difference(before, after), before, after)
    if not phrases:
        return chat + NoticeEntry("The layout did not change.")
    named = " · ".join(phrases[:MAX_PHRASES])
    more = f" · {len(phrases) - MAX_PHRASES} more" if len(phrases) > MAX_PHRASES else ""
    return chat + NoticeEntry(named[0].upper() + named[1:] + more)


def _with(chat: Conversation, entries: list[Entry]) -> Conversation:
    return replace(chat, entries=(*chat.entries, *entries))
