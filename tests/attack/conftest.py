"""A page with two logins and limits, served on loopback, and raw requests to it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lib_omost.ui.state.limits import Limits
from tests.scripted import ScriptedComposer
from tests.ui.brush import Brush
from tests.ui.studios import open_studio

LOGINS = [("ann", "correct horse"), ("ben", "battery staple")]


@dataclass
class Served:
    """A page on loopback. cookies: of the logins, by name."""

    port: int
    composer: ScriptedComposer
    folder: Path
    blocks: Any = None
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes | Any = b"", timeout: float = 60, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer. A header's `_` stands for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body if isinstance(body, bytes) else json.dumps(body).encode(), named)
            answer = connection.getresponse()
            many: dict[str, str] = {}
            for name, value in answer.getheaders():
                many[name.lower()] = f"{many[name.lower()]}\n{value}" if name.lower() in many else value
            return answer.status, many, answer.read()
        finally:
            connection.close()

    def log_in(self, name: str, password: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        form = f"username={name}&password={password.replace(' ', '+')}".encode()
        return self.ask("POST", "/login", form, Content_Type="application/x-www-form-urlencoded", **headers)

    def cookie(self, name: str) -> str:
        if name not in self.cookies:
            _, headers, _ = self.log_in(name, dict(LOGINS)[name])
            self.cookies[name] = "; ".join(line.partition(";")[0] for line in headers["set-cookie"].split("\n"))
        return self.cookies[name]

    def call(self, name: str, *data: Any, user: str = "", **headers: str) -> tuple[int, str]:
        """Call an endpoint; the status of the call, and what it answers."""
        if user:
            headers["Cookie"] = self.cookie(user)
        path = f"/gradio_api/call/{name}"
        status, _, body = self.ask("POST", path, {"data": list(data)}, Content_Type="application/json", **headers)
        if status != 200:
            return status, body.decode()
        _, _, streamed = self.ask("GET", f"{path}/{json.loads(body)['event_id']}", **headers)
        return 200, streamed.decode()


@pytest.fixture(scope="package")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """Serves pages; `access` as `launch` takes it."""
    from lib_omost.ui.serving.app import build_page, launch

    pages: list[Any] = []

    def one(*, logins: bool = False, limits: Limits | None = None, **options: Any) -> Served:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        composer, folder = ScriptedComposer(), tmp_path_factory.mktemp("page")
        made = options.pop("build", {})
        blocks = build_page(open_studio(composer, Brush()), folder / "outputs", limits=limits, **made)
        auth = LOGINS if logins else None
        launch(blocks, server_name="127.0.0.1", server_port=port, auth=auth, **options)
        pages.append(blocks)
        return Served(port, composer, folder, blocks)

    yield one
    for blocks in pages:
        blocks.close(verbose=False)


@pytest.fixture(scope="package")
def closed_page(serve: Callable[..., Served]) -> Served:
    """A page with logins, behind one proxy that notes addresses."""
    from lib_omost.ui.serving.access import Access
    from lib_omost.ui.serving.names import Names
    from lib_omost.ui.serving.uploads import Uploads

    access = Access(Names(("studio.example.org",)), proxies=1, limited=True, uploads=Uploads(public=True))
    return serve(logins=True, limits=Limits(replies=50, pictures=50), public=True, access=access)


@pytest.fixture(scope="package")
def own_page(serve: Callable[..., Served]) -> Served:
    """A page of one's own: no login, no limits, no proxy."""
    return serve()
