"""The gradio application: the page and the API endpoints."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.route_utils import FnIndexInferError

from lib_omost.opening.switching import Switchboard
from lib_omost.sessions import Store, Stores
from lib_omost.studio import Studio

from ..page import TITLE, make_page, wire_page
from ..state.gallery import Gallery
from ..state.handlers import Handlers
from ..state.keeping import Keeper
from ..state.limits import Admission, Limits
from ..widgets.cache import cached
from ..widgets.theme import DOCUMENT_STYLE, SCRIPTS, STYLES, make_theme
from .access import Access
from .api import Api
from .endpoints import add_endpoints
from .gate import MISUNDERSTOOD, gated, misunderstood
from .uploads import LARGEST, LARGEST_PUBLIC, Uploads

WORKERS = 16
"""Jobs that may run at once. They take turns on the models, and a page that waits says so."""
SESSIONS = 500
"""Pages whose state gradio keeps. Each takes about 70 kB, and every call of an endpoint may count as one."""
DAY = 24 * 60 * 60
NO_ANALYTICS = {"GRADIO_ANALYTICS_MAX_EVENTS": "1", "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**9)}
"""Otherwise gradio would evaluate the last 10,000 events after each event, for its monitoring, which is closed here."""
THREADS = 40
"""Gradio's default number of threads, for short requests."""
SPARE = 8
"""Workers of a public page in addition to its jobs, so that a request beyond the limit is refused at once."""


def build_page(
    studio: Studio,
    outputs: Path,
    store: Store | Stores | None = None,
    limits: Limits | None = None,
    switchboard: Switchboard | None = None,
    *,
    public: bool = False,
    separate: bool = False,
) -> gr.Blocks:
    """The page for `studio`.

    outputs: the folder for pictures. store: keeps the conversations; without one, only the browser does. limits: those
    of a public page. switchboard: lets the users switch the models of `studio`. public: whether others can reach the
    page; its sentences then name no folders. separate: see `Access`.
    """
    os.environ.update(NO_ANALYTICS)
    gallery = Gallery(outputs, store, separate=separate)
    admission = Admission(limits)
    workers = WORKERS if limits is None else limits.waiting + SPARE
    handlers = Handlers(studio, gallery, Keeper(store, gallery, public=public), admission)
    blocks = gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(DAY, 7 * DAY))
    with blocks:
        page = make_page(studio, gallery, switchable=switchboard is not None)
        # Before the page's handlers, so that none of them takes the name of an endpoint.
        api = Api(studio, gallery, lambda path: cached(page.chat.chatbot, path, gallery.owner(path)), admission, public)
        add_endpoints(api, workers=workers)
        wire_page(blocks, page, handlers, workers, switchboard, public=public)
    blocks.queue(max_size=64, default_concurrency_limit=workers)
    return blocks


def launch(
    blocks: gr.Blocks, *, public: bool = False, jobs: int = WORKERS, access: Access | None = None, **options: Any
) -> None:
    """Start the server behind the gate of `access`; returns as soon as the page is up. `options` are passed to gradio's
    launch.

    public: others can reach the page. Uploads are smaller then, and there are no MCP tools, because gradio calls the
    page from this machine for them and their users could not be told apart. jobs: how many may run or wait at once;
    each occupies a thread while it waits.
    """
    # The gate determines the client's address; uvicorn would believe anything that a program on this machine forwards.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    blocks.launch(
        prevent_thread_lock=True,
        theme=make_theme(),
        css_paths=STYLES,
        head="".join((_element("style", DOCUMENT_STYLE), *(_element("script", path) for path in SCRIPTS))),
        max_file_size=LARGEST_PUBLIC if public else LARGEST,
        allowed_paths=[],
        run_history=False,
        enable_monitoring=False,
        state_session_capacity=SESSIONS,
        app_kwargs={
            "lifespan": gated(access or Access(limited=public, uploads=Uploads(public=public))),
            "exception_handlers": dict.fromkeys((*MISUNDERSTOOD, FnIndexInferError), misunderstood),
        },
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
