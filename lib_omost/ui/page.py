"""The page: its widgets, their layout, and the wiring of their events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from lib_omost.opening.switching import Switchboard
from lib_omost.studio import Studio

from .state.discretion import discreet
from .state.downloads import Downloads
from .state.gallery import Gallery
from .state.handlers import Handlers
from .state.page_state import Changes
from .state.shelf import Shelf
from .state.switching import Switching
from .widgets.canvas_code.widget import CodePanel, make_code
from .widgets.canvas_code.wiring import wire_code
from .widgets.chat.widget import ChatPanel, make_chat
from .widgets.chat.wiring import ChatEvents
from .widgets.events import Binding, Updates, Values, page_of
from .widgets.exports.widget import Exports, make_exports
from .widgets.exports.wiring import wire_exports
from .widgets.filmstrip.widget import FilmstripPanel, make_filmstrip
from .widgets.filmstrip.wiring import wire_filmstrip
from .widgets.models.widget import ModelsPanel, make_models
from .widgets.models.wiring import wire_models
from .widgets.queue.widget import QueuePanel, make_queue
from .widgets.queue.wiring import wire_queue
from .widgets.region_editor.widget import EditorPanel, make_region_editor
from .widgets.region_editor.wiring import wire_region_editor
from .widgets.render.widget import RenderPanel, make_render
from .widgets.render.wiring import RenderEvents
from .widgets.settings.controls import Controls
from .widgets.settings.shortcuts import Shortcuts
from .widgets.settings.widget import make_controls
from .widgets.settings.wiring import ShortcutEvents
from .widgets.sidebar.widget import Sidebar, make_sidebar
from .widgets.sidebar.wiring import wire_sidebar
from .widgets.status.widget import StatusPanel, make_status
from .widgets.status.wiring import wire_status
from .widgets.viewer.widget import ViewerPanel, make_viewer
from .widgets.viewer.wiring import wire_viewer

TITLE = "Omost Studio"
Pane = ViewerPanel | EditorPanel | FilmstripPanel
Widget = Sidebar | ChatPanel | QueuePanel | Pane | RenderPanel | CodePanel | Controls | StatusPanel
"""A widget that `Changes` can update."""


@dataclass(frozen=True)
class Page:
    """The widgets of the page."""

    sidebar: Sidebar
    chat: ChatPanel
    queue: QueuePanel
    viewer: ViewerPanel
    layout: EditorPanel
    filmstrip: FilmstripPanel
    render: RenderPanel
    code: CodePanel
    exports: Exports
    controls: Controls
    shortcuts: Shortcuts
    status: StatusPanel
    models: ModelsPanel | None

    @property
    def outputs(self) -> list[Component]:
        """All components that `Changes` can update."""
        return [component for widget in self._changing for component in widget.outputs]

    def updates(self, changes: Changes) -> Updates:
        """The gradio updates for `changes`; a warning pops up."""
        updates: Updates = {}
        for widget in self._changing:
            updates |= widget.updates(changes)
        if "warning" in changes:
            gr.Warning(changes["warning"])
        # gradio would take an empty dictionary as a value of the first output.
        return updates or {self.render.progress: gr.skip()}

    @property
    def _changing(self) -> tuple[Widget, ...]:
        lower = self.render, self.code, self.controls, self.status
        return self.sidebar, self.chat, self.queue, self.viewer, self.layout, self.filmstrip, *lower


def make_page(studio: Studio, gallery: Gallery, *, switchable: bool = False) -> Page:
    """Create and lay out the widgets; to be called inside gradio's blocks. switchable: whether the models can be
    switched on the page."""
    composer, settings = studio.composer_preset, studio.painter_preset.settings
    sidebar = make_sidebar(gallery)
    with gr.Row(equal_height=False, elem_id="workspace"):
        with gr.Column(elem_id="talk", min_width=0):
            gr.HTML(f"<h1>{TITLE}</h1>", elem_id="title")
            chat = make_chat(gallery, composer.examples)
            queue = make_queue()
        with gr.Column(elem_id="work", min_width=0):
            viewer = make_viewer(gallery)
            layout = make_region_editor(gallery, settings.width / settings.height)
            filmstrip = make_filmstrip(gallery)
            render = make_render()
        with gr.Column(elem_id="side", min_width=0):
            controls, shortcuts = make_controls(composer.sampling, settings, studio.painter_preset.lacking)
            models = make_models() if switchable else None
            code = make_code()
            exports = make_exports()
            status = make_status()
    panes = viewer, layout, filmstrip
    return Page(sidebar, chat, queue, *panes, render, code, exports, controls, shortcuts, status, models)


def wire_page(
    blocks: gr.Blocks,
    page: Page,
    handlers: Handlers,
    workers: int,
    switchboard: Switchboard | None = None,
    *,
    public: bool = False,
) -> None:
    """Bind the events of `page` to the handlers. workers: see `Binding`. switchboard: what switches the models
    of a switchable page. public: see `build_page`."""

    def updates(changes: Changes) -> Updates:
        return page.updates(discreet(changes) if public else changes)

    binding = Binding(handlers, page.outputs, updates, page.chat.chatbot, page.layout.editor, workers=workers)
    # First, so that the layout takes the new proportions without waiting for the server.
    shortcuts = ShortcutEvents(page.shortcuts, page.controls, lambda: handlers.studio.painter_preset.settings)
    shortcuts.connect(blocks)
    rendering = RenderEvents(binding, page.render, page.controls)
    ChatEvents(binding, page.chat, page.controls, rendering).connect()
    rendering.connect()
    wire_region_editor(binding, page.layout, rendering)
    wire_viewer(binding, page.viewer)
    wire_filmstrip(binding, page.filmstrip)
    wire_code(binding, page.code)
    wire_exports(binding, page.exports, page.controls, Downloads(handlers.gallery))
    wire_sidebar(binding, page.sidebar, Shelf(handlers))
    wire_status(binding, page.status)
    wire_queue(binding, page.queue)
    if page.models is not None and switchboard is not None:
        wire_models(binding, page.models, Switching(handlers, switchboard))

    def opened(request: gr.Request, values: Values) -> Iterator[Updates]:
        yield from binding.play(handlers.opened(page_of(request), values[page.chat.memory]))

    def closed(request: gr.Request) -> Any:
        handlers.jobs.stop(page_of(request))

    blocks.load(opened, {page.chat.memory}, **binding.quick)
    blocks.unload(closed)
