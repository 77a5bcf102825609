"""One served page and one browser for all tests of this package; a test that needs neither starts neither."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.ui.studios import open_studio, tiny_painter

if TYPE_CHECKING:
    from tests.ui.visitor import Stage, Visitor


@pytest.fixture(scope="package")
def stage() -> Stage:
    from tests.ui.visitor import Stage

    return Stage()


@pytest.fixture(scope="package")
def address(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from lib_omost.ui.serving.app import build_page, launch

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    painter = tiny_painter()
    painter.unknown = lambda conditions: stage.unknown
    studio = open_studio(stage.composer, painter)
    blocks = build_page(studio, tmp_path_factory.mktemp("outputs"))
    launch(blocks, server_name="127.0.0.1", server_port=port)
    studio.start()
    yield f"http://127.0.0.1:{port}/"
    blocks.close(verbose=False)


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests.ui.visitor import ARGUMENTS, CHROMIUM

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def desk(browser: Any, address: str) -> Iterator[Visitor]:
    from tests.ui.visitor import Visitor

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Visitor(context.new_page(), address)
    context.close()


@pytest.fixture
def visitor(desk: Visitor, stage: Stage, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """The one tab that most tests share, with an empty chat."""
    stage.direct()
    desk.begin_anew()
    yield desk
    desk.leave(request.node.name)


@pytest.fixture
def visit(browser: Any, address: str, stage: Stage, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Opens tabs that share nothing with others."""
    from tests.ui.visitor import Visitor

    stage.direct()
    visitors: list[Visitor] = []

    def open_tab(width: int = 1280, height: int = 900, **options: Any) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        visitors.append(Visitor(context.new_page(), address))
        return visitors[-1]

    yield open_tab
    for visitor in visitors:
        visitor.leave(request.node.name)
        visitor.page.context.close()
