"""The page with its endpoints, as gradio serves it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gradio as gr

from lib_omost.sessions import Store
from lib_omost.studio import Studio

from ..page import TITLE, make_page, wire_page
from ..state.gallery import Gallery
from ..state.handlers import Handlers
from ..state.keeping import Keeper
from ..state.limits import Admission, Limits
from ..widgets.theme import SCRIPT, STYLES, make_theme
from .api import Api, add_endpoints

WORKERS = 16
"""Pages that may be at work at once; the models themselves are used in turn, and those who wait are told so."""
HEAD = """<meta http-equiv="Content-Security-Policy" content="img-src 'self' data: blob:">"""
"""Whatever a model writes, the page shows no picture from elsewhere: asking for it would tell others of the reader."""
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
        page = make_page(studio, gallery)
        # First, so that no handler of the page takes an endpoint's name.
        api = Api(studio, gallery, page.chat.chatbot.move_resource_to_block_cache, admission)
        add_endpoints(api, workers=workers, proxies=proxies)
        wire_page(blocks, page, handlers, workers, proxies)
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
        head=f"{HEAD}<script>{SCRIPT.read_text('utf-8')}</script>",
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
