"""A small HTTP server on a real socket that answers as it is told to, also badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STREAM = "text/event-stream"


class Answer(BaseHTTPRequestHandler):
    """One request, with ways to answer it piece by piece."""

    protocol_version = "HTTP/1.1"
    body: dict[str, Any]

    def begin(self, status: int = 200, kind: str = STREAM, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, data: bytes | str) -> None:
        data = data.encode() if isinstance(data, str) else data
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def json(self, value: Any, status: int = 200, **headers: str) -> None:
        self.begin(status, "application/json", **headers)
        self.send(json.dumps(value))
        self.end()

    def reply(self, *texts: str, reason: str | None = "stop", done: bool = True) -> None:
        """A whole reply as good servers stream it."""
        self.begin()
        for text in texts:
            self.send(event(text))
        if reason is not None:
            self.send(event("", reason))
        if done:
            self.send("data: [DONE]\n\n")
        self.end()

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, body: dict[str, Any]) -> None:
        self.body = body
        try:
            self.server.behave(self)  # type: ignore[attr-defined]
        except (BrokenPipeError, ConnectionResetError):
            self.server.left.set()  # type: ignore[attr-defined]
        self.close_connection = True


class Wire(ThreadingHTTPServer):
    """`left` is set once a client has gone in the midst of an answer; `asked` holds the chat requests."""

    daemon_threads = True

    def __init__(
        self,
        chat: Callable[[Answer], object],
        models: Callable[[Answer], object] | None,
        others: Callable[[Answer], object] | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.left = threading.Event()
        self.closing = threading.Event()
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._chat = chat
        self._others = others or (lambda answer: answer.json({"detail": "Not Found"}, 404))
        self._models = models or (lambda answer: answer.json({"data": [{"id": "tiny"}]}))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def behave(self, answer: Answer) -> None:
        if answer.path == "/v1/models":
            self._models(answer)
        elif answer.path == "/v1/chat/completions":
            self.asked.append(answer.body)
            self.headers.append(dict(answer.headers))
            self._chat(answer)
        else:
            self._others(answer)


def event(text: str, reason: str | None = None, **more: Any) -> str:
    return "data: " + json.dumps({"choices": [{"delta": {"content": text}, "finish_reason": reason}], **more}) + "\n\n"


@contextmanager
def wire(
    chat: Callable[[Answer], object],
    models: Callable[[Answer], object] | None = None,
    others: Callable[[Answer], object] | None = None,
) -> Iterator[Wire]:
    server = Wire(chat, models, others)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
