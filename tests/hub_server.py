"""A hub on this machine: a real HTTP server that speaks the part of the hub's interface that downloads use."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """The repositories of a hub, name to files, and what it was asked.

    breaks: after so many bytes of a file the connection is closed, once a file. gated: repositories that ask for terms
    to be accepted: listed for all, handed out to nobody. sizes: lengths that are claimed in place of the true ones.
    failing: files that the server cannot hand out. status: what every request is refused with.
    """

    def __init__(self, repositories: dict[str, dict[str, bytes]]) -> None:
        self.repositories = repositories
        self.breaks: dict[str, int] = {}
        self.gated: set[str] = set()
        self.failing: set[str] = set()
        self.sizes: dict[str, int] = {}
        self.asked: list[tuple[str, str, str | None]] = []
        self.status: int | None = None
        self.address = ""

    def ranges(self) -> list[str]:
        return [given for method, _, given in self.asked if method == "GET" and given]

    def downloads(self) -> list[str]:
        return [
            path.rpartition(f"/{COMMIT}/")[2]
            for method, path, _ in self.asked
            if method == "GET" and "/resolve/" in path
        ]


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer("HEAD")

        def do_GET(self) -> None:
            self.answer("GET")

        def answer(self, method: str) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.asked.append((method, path, self.headers.get("Range")))
            if hub.status is not None:
                return self.refuse(hub.status, "")
            if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/[^/]+)?", path):
                return self.describe(found[1])
            if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/[^/]+", path):
                return self.list(found[1])
            if found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path):
                return self.hand_out(method, found[1], found[2])
            return self.refuse(404, "")

        def describe(self, name: str) -> None:
            if name not in hub.repositories:
                return self.refuse(404, "RepoNotFound")
            siblings = [
                {"rfilename": file, "size": self.size(file, data)} for file, data in hub.repositories[name].items()
            ]
            self.send_json(
                {
                    "id": name, "sha": COMMIT, "siblings": siblings, "tags": ["license:openrail++"],
                    "gated": "auto" if name in hub.gated else False, "private": False,
                }
            )  # fmt: skip

        def list(self, name: str) -> None:
            files = hub.repositories[name]
            self.send_json(
                [
                    {"type": "file", "path": file, "size": self.size(file, data), "oid": digest(data)}
                    for file, data in files.items()
                ]
            )

        def hand_out(self, method: str, name: str, file: str) -> None:
            if name in hub.gated:
                return self.refuse(403, "GatedRepo")
            if file not in hub.repositories.get(name, {}):
                return self.refuse(404, "EntryNotFound")
            if file in hub.failing:
                return self.refuse(403, "")
            data = hub.repositories[name][file]
            start = 0
            if given := self.headers.get("Range"):
                start = int(re.fullmatch(r"bytes=(\d+)-", given)[1])  # type: ignore[index]
            self.send_response(206 if start else 200)
            self.send_header("ETag", f'"{digest(data)}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Content-Length", str(len(data) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            if method == "HEAD":
                return
            stop = hub.breaks.pop(file, None)
            if stop is not None:
                self.wfile.write(data[start:stop])
                self.wfile.flush()
                self.close_connection = True
                self.connection.close()
                return
            self.wfile.write(data[start:])

        def size(self, file: str, data: bytes) -> int:
            return hub.sizes.get(file, len(data))

        def refuse(self, status: int, code: str) -> None:
            self.send_response(status)
            if code:
                self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def send_json(self, value: object) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def digest(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()
