"""The page: what stands where, and which handler answers to what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from lib_omost.errors import OmostError
from lib_omost.studio import Studio

from .chat import ChatView
from .controls import Controls, make_controls, read_sampling, read_settings
from .conversation import Conversation
from .gallery import Gallery
from .handlers import Changes, Handlers
from .layout import LayoutView, layout_value
from .theme import STYLE, make_theme
from .view import ModelStatus, NoteList, Progress

TITLE = "Omost Studio"
WORKERS = 16
"""Pages that may be at work at once; the models themselves are used in turn, and those who wait are told so."""
WELCOME = "### What shall the picture show?\nA sentence is enough. Then ask for changes in your own words."
HEAD = """<meta http-equiv="Content-Security-Policy" content="img-src 'self' data: blob:">"""
"""Whatever a model writes, the page shows no picture from elsewhere: asking for it would tell others of the reader."""
STORAGE_KEY = "omost-studio-chat"
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Page:
    """The parts of the page that change."""

    chat: ChatView
    cleared: gr.State
    prompt: gr.Textbox
    layout: LayoutView
    notes: NoteList
    progress: Progress
    models: ModelStatus
    timer: gr.Timer
    load_again: gr.Button
    reason: gr.Markdown
    render: gr.Button
    stop: gr.Button
    memory: gr.BrowserState
    controls: Controls

    @property
    def outputs(self) -> list[Component]:
        return [
            self.chat, self.cleared, self.prompt, self.layout, self.notes, self.progress, self.models, self.timer,
            self.load_again, self.reason, self.render, self.stop, self.memory, self.controls.seed,
        ]  # fmt: skip

    def updates(self, changes: Changes) -> dict[Any, Any]:
        """What gradio is to do for `changes`."""
        updates: dict[Any, Any] = {}
        for name in ("cleared", "layout", "notes", "progress", "models", "memory", "reason"):
            if name in changes:
                updates[getattr(self, name)] = changes[name]
        if "seed" in changes:
            updates[self.controls.seed] = changes["seed"]
        if "loaded" in changes:
            updates[self.timer] = gr.Timer(active=not changes["loaded"])
        if "failed" in changes:
            updates[self.load_again] = gr.Button(visible=changes["failed"])
        chat: dict[str, Any] = {"value": changes["chat"]} if "chat" in changes else {}
        prompt: dict[str, Any] = {"value": changes["prompt"]} if "prompt" in changes else {}
        if "busy" in changes:
            busy = changes["busy"]
            chat["elem_classes"] = ["writing"] if busy == "chat" else []
            prompt |= {"submit_btn": "Send" if busy is None else False, "stop_btn": "Stop" if busy == "chat" else False}
            updates[self.stop] = gr.Button(visible=busy is not None)
        if "ready" in changes:
            updates[self.render] = gr.Button(elem_classes=[] if changes["ready"] else ["waiting"])
        if chat:
            updates[self.chat] = chat["value"] if list(chat) == ["value"] else gr.update(**chat)
        if prompt:
            updates[self.prompt] = gr.update(**prompt)
        if "warning" in changes:
            gr.Warning(changes["warning"])
        return updates or {self.progress: gr.skip()}


def build_page(studio: Studio, outputs: Path) -> gr.Blocks:
    """The page for `studio`; pictures are kept below the folder `outputs`."""
    gallery = Gallery(outputs)
    handlers = Handlers(studio, gallery)
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(DAY, 7 * DAY))
    with blocks:
        page, buttons = _lay_out(studio, gallery)
        _wire(blocks, page, buttons, handlers)
    blocks.queue(max_size=64, default_concurrency_limit=WORKERS)
    return blocks


def launch(blocks: gr.Blocks, **options: Any) -> None:
    """Answer on the network; returns as soon as the page does. `options` are those of gradio's launch."""
    blocks.launch(
        prevent_thread_lock=True,
        theme=make_theme(),
        css_paths=[STYLE],
        head=HEAD,
        max_file_size="10mb",
        allowed_paths=[],
        run_history=False,
        footer_links=[],
        show_error=False,
        quiet=True,
        ssr_mode=False,
        **options,
    )


def _lay_out(studio: Studio, gallery: Gallery) -> tuple[Page, dict[str, gr.Button]]:
    buttons: dict[str, gr.Button] = {}
    settings = studio.painter_preset.settings
    memory = gr.BrowserState([], storage_key=STORAGE_KEY, secret=STORAGE_KEY)
    cleared = gr.State(Conversation())
    timer = gr.Timer(1.0)
    gr.HTML(f"<h1>{TITLE}</h1><p>Say what the picture should show, look at its layout, paint it.</p>", elem_id="title")
    with gr.Row(equal_height=False):
        with gr.Column(scale=3, min_width=320):
            chat = ChatView(
                gallery,
                elem_id="chat",
                label="Chat",
                show_label=False,
                height="calc(100vh - 14rem)",
                min_height=380,
                editable="all",
                buttons=["copy", "copy_all"],
                latex_delimiters=[],
                allow_tags=False,
                group_consecutive_messages=False,
                feedback_options=None,
                placeholder=WELCOME,
                examples=[{"text": example} for example in studio.composer_preset.examples],
            )
            prompt = gr.Textbox(
                label="Prompt",
                show_label=False,
                placeholder="Describe the picture, or a change",
                lines=1,
                max_lines=6,
                max_length=20_000,
                submit_btn="Send",
                stop_btn=False,
                autofocus=True,
                elem_id="prompt",
            )
            with gr.Row():
                for name, title in (
                    ("new_chat", "New chat"), ("retry", "Retry"), ("undo", "Undo"), ("edit_last", "Edit last"),
                ):  # fmt: skip
                    buttons[name] = gr.Button(title, size="sm", min_width=70, elem_id=name.replace("_", "-"))
        with gr.Column(scale=2, min_width=320):
            layout = LayoutView(
                layout_value(None), ratio=settings.width / settings.height, elem_id="layout", label="Layout"
            )
            with gr.Column(elem_id="actions"):
                with gr.Row():
                    render = gr.Button("Render", variant="primary", elem_id="render", scale=3, elem_classes=["waiting"])
                    stop = gr.Button("Stop", variant="stop", elem_id="stop", scale=1, min_width=90, visible=False)
                reason = gr.Markdown("Chat first: there is no canvas yet.", elem_id="reason")
                progress = Progress(None, elem_id="progress")
            notes = NoteList(None, elem_id="notes")
            controls = make_controls(studio.composer_preset.sampling, settings)
            models = ModelStatus(None, elem_id="models")
            load_again = gr.Button("Try to load again", size="sm", visible=False, elem_id="load-again")
    page = Page(
        chat, cleared, prompt, layout, notes, progress, models, timer, load_again, reason, render, stop, memory,
        controls,
    )  # fmt: skip
    return page, buttons


def _wire(blocks: gr.Blocks, page: Page, buttons: dict[str, gr.Button], handlers: Handlers) -> None:
    controls = page.controls
    work: dict[str, Any] = {
        "outputs": page.outputs,
        "show_progress": "hidden",
        "api_visibility": "private",
        "concurrency_limit": WORKERS,
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

    def sampled(values: tuple[Any, ...], run: Any) -> Iterator[dict[Any, Any]]:
        def changes() -> Iterator[Changes]:
            sampling = read_sampling(values)
            if values[1]:
                yield {"seed": sampling["seed"]}
            yield from run(sampling)

        return play(changes())

    def send(request: gr.Request, chat: Conversation, prompt: str, *values: Any) -> Iterator[dict[Any, Any]]:
        yield from sampled(values, lambda sampling: handlers.send(_name(request), chat, prompt or "", sampling))

    def example(
        request: gr.Request, event: gr.SelectData, chat: Conversation, *values: Any
    ) -> Iterator[dict[Any, Any]]:
        text = str(event.value.get("text", "")) if isinstance(event.value, dict) else str(event.value)
        yield from sampled(values, lambda sampling: handlers.send(_name(request), chat, text, sampling))

    def retry(request: gr.Request, chat: Conversation, *values: Any) -> Iterator[dict[Any, Any]]:
        yield from sampled(values, lambda sampling: handlers.retry(_name(request), chat, sampling))

    def retry_at(
        request: gr.Request, event: gr.RetryData, chat: Conversation, *values: Any
    ) -> Iterator[dict[Any, Any]]:
        at = _index(event.index)
        yield from sampled(values, lambda sampling: handlers.retry(_name(request), chat, sampling, at))

    def undo(request: gr.Request, chat: Conversation, cleared: Conversation) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.undo(_name(request), chat, cleared))

    def undo_at(
        request: gr.Request, event: gr.UndoData, chat: Conversation, cleared: Conversation
    ) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.undo(_name(request), chat, cleared, _index(event.index)))

    def edited(request: gr.Request, event: gr.EditData, chat: Conversation, *values: Any) -> Iterator[dict[Any, Any]]:
        at = _index(event.index)
        yield from sampled(values, lambda sampling: handlers.edited(_name(request), chat, at, sampling))

    def edit_last(request: gr.Request, chat: Conversation) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.edit_last(_name(request), chat))

    def new_chat(request: gr.Request, chat: Conversation) -> Iterator[dict[Any, Any]]:
        yield from play(handlers.new_chat(_name(request), chat))

    def wiped(request: gr.Request, remembered: Any) -> Iterator[dict[Any, Any]]:
        # The chat's own waste bin empties it before anybody is asked; the browser still remembers what was there.
        yield from play(handlers.new_chat(_name(request), Conversation.from_json(remembered)))

    def render(request: gr.Request, chat: Conversation, *values: Any) -> Iterator[dict[Any, Any]]:
        def changes() -> Iterator[Changes]:
            settings = read_settings(values)
            if values[1]:
                yield {"seed": settings["seed"]}
            yield from handlers.render(_name(request), chat, settings)

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

    chat_inputs = [page.chat, *controls.chat_inputs]
    page.prompt.submit(send, [page.chat, page.prompt, *controls.chat_inputs], **work)
    page.chat.example_select(example, chat_inputs, **work)
    page.chat.retry(retry_at, chat_inputs, **work)
    page.chat.edit(edited, chat_inputs, **work)
    buttons["retry"].click(retry, chat_inputs, **work)
    page.render.click(render, [page.chat, *controls.render_inputs], **work)
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
