"""The gradio application: the page and the API endpoints."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gradio as gr

from lib_omost.opening.switching import Switchboard
from lib_omost.sessions import Store
from lib_omost.studio import Studio

from ..page import TITLE, make_page, wire_page
from ..state.gallery import Gallery
from ..state.handlers import Handlers
from ..state.keeping import Keeper
from ..state.limits import Admission, Limits
from ..widgets.theme import DOCUMENT_STYLE, SCRIPTS, STYLES, make_theme
from .api import Api, add_endpoints

WORKERS = 16
"""Jobs that may run at once. They take turns on the models, and a page that waits says so."""
HEAD = """<meta http-equiv="Content-Security-Policy" content="img-src 'self' data: blob:">"""
"""The page loads no pictures from other sites, whatever a model writes, because a request would disclose the reader."""
DAY = 24 * 60 * 60
MAX_UPLOAD = "512mb"
"""Enough for an exported conversation with its pictures."""
MAX_PUBLIC_UPLOAD = "64mb"
THREADS = 40
"""Gradio's default number of threads, for short requests."""
SPARE = 8
"""Workers of a public page in addition to its jobs, so that a request beyond the limit is refused at once."""


def build_page(
    studio: Studio,
    outputs: Path,
    store: Store | None = None,
    limits: Limits | None = None,
    proxies: int = 0,
    switchboard: Switchboard | None = None,
) -> gr.Blocks:
    """The page for `studio`.

    outputs: the folder for pictures. store: keeps the conversations; without one, only the browser does. limits: those
    of a public page. proxies: see `users.user_of`. switchboard: lets the users switch the models of `studio`.
    """
    gallery = Gallery(outputs, store)
    admission = Admission(limits)
    workers = WORKERS if limits is None else limits.waiting + SPARE
    handlers = Handlers(studio, gallery, Keeper(store, gallery), admission)
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(DAY, 7 * DAY))
    with blocks:
        page = make_page(studio, gallery, switchable=switchboard is not None)
        # Before the page's handlers, so that none of them takes the name of an endpoint.
        api = Api(studio, gallery, page.chat.chatbot.move_resource_to_block_cache, admission)
        add_endpoints(api, workers=workers, proxies=proxies)
        wire_page(blocks, page, handlers, workers, proxies, switchboard)
    blocks.queue(max_size=64, default_concurrency_limit=workers)
    return blocks


def launch(blocks: gr.Blocks, *, public: bool = False, jobs: int = WORKERS, **options: Any) -> None:
    """Start the server; returns as soon as the page is up. `options` are passed to gradio's launch.

    public: others can reach the page. Uploads are smaller then, and there are no MCP tools, because gradio calls the
    page from this machine for them and their users could not be told apart. jobs: how many may run or wait at once;
    each occupies a thread while it waits.
    """
    blocks.launch(
        prevent_thread_lock=True,
        theme=make_theme(),
        css_paths=STYLES,
        head="".join((HEAD, _element("style", DOCUMENT_STYLE), *(_element("script", path) for path in SCRIPTS))),
        max_file_size=MAX_PUBLIC_UPLOAD if public else MAX_UPLOAD,
        allowed_paths=[],
        run_history=False,
        footer_links=[],
        show_error=False,
        quiet=True,
        max_threads=THREADS + jobs,
        ssr_mode=False,
        # Without the extra `mcp`, gradio would print a warning.
        mcp_server=find_spec("mcp") is not None and not public,
        **options,
    )


def _element(name: str, path: Path) -> str:
    """An HTML element with the contents of a file of this program."""
    return f"<{name}>{path.read_text('utf-8')}</{name}>"
