"""The page: what stands where, and how it is served."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gradio as gr

from lib_omost.sessions import Store
from lib_omost.studio import Studio

from ..page import Page
from ..state.conversation import Conversation
from ..state.downloads import Downloads
from ..state.gallery import Gallery
from ..state.handlers import Handlers
from ..state.keeping import Keeper
from ..state.layout import layout_value
from ..state.limits import Admission, Limits
from ..state.shelf import Shelf
from ..widgets.chat.widget import ChatView
from ..widgets.exports.widget import make_exports
from ..widgets.exports.wiring import wire_exports
from ..widgets.region_editor.widget import RegionEditor
from ..widgets.settings.widget import make_controls
from ..widgets.sidebar.widget import make_sidebar
from ..widgets.sidebar.wiring import wire_sidebar
from ..widgets.theme import STYLES, make_theme
from ..widgets.view import ASSETS, BranchBar, ModelStatus, NoteList, Progress
from ..wiring import WORKERS, wire
from .api import Api, add_endpoints

TITLE = "Omost Studio"
WELCOME = "## What shall the picture show?\nA sentence is enough. Then ask for changes in your own words."
HEAD = """<meta http-equiv="Content-Security-Policy" content="img-src 'self' data: blob:">"""
"""Whatever a model writes, the page shows no picture from elsewhere: asking for it would tell others of the reader."""
STORAGE_KEY = "omost-studio-chat"
DAY = 24 * 60 * 60
MAX_UPLOAD = "512mb"
"""An exported conversation with its pictures."""
MAX_UPLOAD_OF_OTHERS = "64mb"
THREADS = 40
"""What gradio has for short work by itself."""
SPARE = 8
"""Workers beyond the jobs that an open page takes on: they tell at once who has to come back later."""


def build_page(
    studio: Studio, outputs: Path, store: Store | None = None, limits: Limits | None = None, proxies: int = 0
) -> gr.Blocks:
    """The page for `studio`; pictures are kept below the folder `outputs`, conversations in `store`, or in the browser
    alone where there is none. `limits` are those of an open page; `proxies` as `users.user_of` takes it."""
    gallery = Gallery(outputs, store)
    admission = Admission(limits)
    workers = WORKERS if limits is None else limits.waiting + SPARE
    handlers = Handlers(studio, gallery, Keeper(store, gallery), admission)
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(DAY, 7 * DAY))
    with blocks:
        page, buttons = _lay_out(studio, gallery)
        # First, so that no handler of the page takes an endpoint's name.
        api = Api(studio, gallery, page.chat.move_resource_to_block_cache, admission)
        add_endpoints(api, workers=workers, proxies=proxies)
        wire(blocks, page, buttons, handlers, workers, proxies)
        wire_sidebar(page, Shelf(handlers))
        wire_exports(page, Downloads(gallery))
    blocks.queue(max_size=64, default_concurrency_limit=workers)
    return blocks


def launch(blocks: gr.Blocks, *, public: bool = False, jobs: int = WORKERS, **options: Any) -> None:
    """Answer on the network; returns as soon as the page does. `options` are those of gradio's launch.

    public: others will come. What they send is smaller, and there are no MCP tools: gradio calls the page for them from
    this machine, so that their users could not be told apart. jobs: how many may be at work or wait at once; each keeps
    a thread while there is nothing to tell of it.
    """
    blocks.launch(
        prevent_thread_lock=True,
        theme=make_theme(),
        css_paths=STYLES,
        head=f"{HEAD}<script>{(ASSETS / 'reach.js').read_text('utf-8')}</script>",
        max_file_size=MAX_UPLOAD_OF_OTHERS if public else MAX_UPLOAD,
        allowed_paths=[],
        run_history=False,
        footer_links=[],
        show_error=False,
        quiet=True,
        max_threads=THREADS + jobs,
        ssr_mode=False,
        # Without the extra gradio would only complain.
        mcp_server=find_spec("mcp") is not None and not public,
        **options,
    )


def _lay_out(studio: Studio, gallery: Gallery) -> tuple[Page, dict[str, gr.Button]]:
    buttons: dict[str, gr.Button] = {}
    settings = studio.painter_preset.settings
    memory = gr.BrowserState([], storage_key=STORAGE_KEY, secret=STORAGE_KEY)
    cleared = gr.State(Conversation())
    timer = gr.Timer(1.0)
    sidebar = make_sidebar()
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
            branches = BranchBar(None, elem_id="branches")
            prompt = gr.Textbox(
                label="Prompt",
                show_label=False,
                placeholder="A picture, or a change",
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
            layout = RegionEditor(
                gallery, layout_value(None), ratio=settings.width / settings.height, elem_id="layout", label="Layout"
            )
            with gr.Column(elem_id="actions"):
                with gr.Row():
                    render = gr.Button("Render", variant="primary", elem_id="render", scale=3, elem_classes=["waiting"])
                    stop = gr.Button("Stop", variant="stop", elem_id="stop", scale=1, min_width=90, visible=False)
                reason = gr.Markdown("Chat first: there is no canvas yet.", elem_id="reason")
                progress = Progress(None, elem_id="progress")
            notes = NoteList(None, elem_id="notes")
            with gr.Accordion("Canvas code", open=False, elem_id="code-fold"):
                code = gr.Code(
                    "", language="python", interactive=True, lines=6, max_lines=24, wrap_lines=True, show_label=False,
                    label="Canvas code", elem_id="code",
                )  # fmt: skip
            exports = make_exports()
            controls = make_controls(studio.composer_preset.sampling, settings)
            models = ModelStatus(None, elem_id="models")
            load_again = gr.Button("Try to load again", size="sm", visible=False, elem_id="load-again")
    page = Page(
        chat, cleared, branches, prompt, layout, code, notes, progress, models, timer, load_again, reason, render, stop,
        memory, controls, sidebar, exports,
    )  # fmt: skip
    return page, buttons
