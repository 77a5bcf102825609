"""Which handler answers to what on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from lib_omost.errors import OmostError

from .page import Page
from .state.conversation import Conversation
from .state.editing import Edit, applied
from .state.handlers import Handlers
from .state.signs import Changes
from .state.users import user_of
from .widgets.settings.widget import read_sampling, read_settings

WORKERS = 16
"""Pages that may be at work at once; the models themselves are used in turn, and those who wait are told so."""


def wire(
    blocks: gr.Blocks,
    page: Page,
    buttons: dict[str, gr.Button],
    handlers: Handlers,
    workers: int = WORKERS,
    proxies: int = 0,
) -> None:
    """`workers`: events that may begin work at once; `proxies`: as `users.user_of` takes it."""
    controls = page.controls
    work: dict[str, Any] = {
        "outputs": page.outputs,
        "show_progress": "hidden",
        "api_visibility": "private",
        "concurrency_limit": workers,
        "concurrency_id": "work",
    }
    quick = {**work, "concurrency_limit": None, "concurrency_id": None}

    def play(changes: Iterator[Changes]) -> Iterator[dict[Any, Any]]:
        """The changes as gradio's updates; a setting that cannot be is a warning."""
        try:
            for change in changes:
                yield page.updates(change)
        except OmostError as error:
            yield page.updates({"warning": str(error)})

    def begins(request: gr.Request) -> str:
        """The name of a page that begins work."""
        name = _name(request)
        handlers.jobs.belongs(name, user_of(request, proxies))
        return name

    def sampled(values: tuple[Any, ...], run: Any) -> Iterator[dict[Any, Any]]:
        def changes() -> Iterator[Changes]:
            sampling = read_sampling(values)
            if values[1]:
                yield {"seed": sampling["seed"]}
            yield from run(sampling)

        return play(changes())

    def send(
        request: gr.Request, chat: Conversation, edit: Edit | None, prompt: str, *values: Any
    ) -> Iterator[dict[Any, Any]]:
        chat = applied(chat, edit)
        yield from sampled(values, lambda sampling: handlers.send(begins(request), chat, prompt or "", sampling))

    def example(
        request: gr.Request, event: gr.SelectData, chat: Conversation, edit: Edit | None, *values: Any
    ) -> Iterator[dict[Any, Any]]:
        chat = applied(chat, edit)
        text = str(event.value.get("text", "")) if isinstance(event.value, dict) else str(event.value)
        yield from sampled(values, lambda sampling: handlers.send(begins(request), chat, text, sampling))

    def retry(request: gr.Request, chat: Conversation, edit: Edit | None, *values: Any) -> Iterator[dict[Any, Any]]:
        chat = applied(chat, edit)
        yield from sampled(values, lambda sampling: handlers.retry(begins(request), chat, sampling))

    def retry_at(
        request: gr.Request, event: gr.RetryData, chat: Conversation, edit: Edit | None, *values: Any
    ) -> Iterator[dict[Any, Any]]:
        chat = applied(chat, edit)
        at = _index(event.index)
        yield from sampled(values, lambda sampling: handlers.retry(begins(request), chat, sampling, at))

    def undo(request: gr.Request, chat: Conversation, cleared: Conversation) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.undo(_name(request), chat, cleared))

    def undo_at(
        request: gr.Request, event: gr.UndoData, chat: Conversation, cleared: Conversation
    ) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.undo(_name(request), chat, cleared, _index(event.index)))

    def edited(
        request: gr.Request, event: gr.EditData, chat: Conversation, edit: Edit | None, *values: Any
    ) -> Iterator[dict[Any, Any]]:
        at = _index(event.index)
        yield from sampled(values, lambda sampling: handlers.edited(begins(request), chat, at, sampling))

    def edit_last(request: gr.Request, chat: Conversation) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.edit_last(_name(request), chat))

    def new_chat(request: gr.Request, chat: Conversation) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.new_chat(_name(request), chat))

    def wiped(request: gr.Request, remembered: Any) -> Iterator[dict[Any, Any]]:
        # The chat's own waste bin empties it before anybody is asked; the browser still remembers what was there.
        yield from play(handlers.new_chat(_name(request), Conversation.from_json(remembered)))

    def hand_edited(request: gr.Request, chat: Conversation, edit: Edit | None) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.hand_edited(_name(request), chat, edit))

    def switched(request: gr.Request, event: gr.EventData, chat: Conversation) -> Iterator[dict[Any, Any]]:
        said = event._data if isinstance(event._data, dict) else {}
        yield from play(handlers.switched(_name(request), chat, _index(said.get("at")), _index(said.get("step"))))

    def code_edited(request: gr.Request, chat: Conversation, code: str | None) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.code_edited(_name(request), chat, code or ""))

    def render(request: gr.Request, chat: Conversation, edit: Edit | None, *values: Any) -> Iterator[dict[Any, Any]]:
        chat = applied(chat, edit)

        def changes() -> Iterator[Changes]:
            settings = read_settings(values)
            if values[1]:
                yield {"seed": settings["seed"]}
            yield from handlers.render(begins(request), chat, settings)

        yield from play(changes())

    def stop(request: gr.Request) -> dict[Any, Any]:
        return page.updates(handlers.stop(_name(request)))

    def opened(request: gr.Request, remembered: Any) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.opened(_name(request), remembered))

    def tick(request: gr.Request, chat: Conversation) -> dict[Any, Any]:
        return page.updates(handlers.status(_name(request), chat))

    def load_again(request: gr.Request, chat: Conversation) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.load_again(_name(request), chat))

    def left(request: gr.Request) -> None:
        handlers.jobs.stop(_name(request))

    # Whatever is done next goes on from what the hand has done, be it only a moment ago.
    canvas_inputs = [page.chat, page.layout]
    chat_inputs = [*canvas_inputs, *controls.chat_inputs]
    page.prompt.submit(send, [*canvas_inputs, page.prompt, *controls.chat_inputs], **work)
    page.chat.example_select(example, chat_inputs, **work)
    page.chat.retry(retry_at, chat_inputs, **work)
    page.chat.edit(edited, chat_inputs, **work)
    buttons["retry"].click(retry, chat_inputs, **work)
    page.render.click(render, [*canvas_inputs, *controls.render_inputs], **work)
    page.layout.edited(hand_edited, canvas_inputs, trigger_mode="always_last", **quick)
    page.branches.switched(switched, [page.chat], **quick)
    page.code.input(code_edited, [page.chat, page.code], trigger_mode="always_last", **quick)
    page.chat.clear(wiped, [page.memory], **quick)
    page.chat.undo(undo_at, [page.chat, page.cleared], **quick)
    buttons["undo"].click(undo, [page.chat, page.cleared], **quick)
    buttons["edit_last"].click(edit_last, [page.chat], **quick)
    buttons["new_chat"].click(new_chat, [page.chat], **quick)
    page.stop.click(stop, **quick)
    page.prompt.stop(stop, **quick)
    page.load_again.click(load_again, [page.chat], **quick)
    page.timer.tick(tick, [page.chat], **quick)
    blocks.load(opened, [page.memory], **quick)
    blocks.unload(left)
    gr.on(
        [controls.width.change, controls.height.change],  # type: ignore[attr-defined]
        None,
        [controls.width, controls.height],
        None,
        js="(width, height) => {"
        "if (width > 0 && height > 0) document.documentElement.style.setProperty('--picture-ratio', width / height);"
        "return []; }",
        show_progress="hidden",
        api_visibility="private",
    )


def _name(request: gr.Request) -> str:
    return request.session_hash or ""


def _index(index: Any) -> int:
    """gradio counts messages, or messages and their parts."""
    first = index[0] if isinstance(index, list | tuple) and index else index
    return first if isinstance(first, int) else -1
