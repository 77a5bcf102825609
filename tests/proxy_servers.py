"""Proxies on this machine, HTTP and SOCKS5, that note which addresses they are asked for and lead all to one server."""

from __future__ import annotations

import select
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Proxy:
    """port: where it listens. asked: the addresses that it was asked for, as host:port."""

    port: int
    asked: list[str] = field(default_factory=list)


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Pass on what either says until one of them ends."""
    while True:
        for ready in select.select([one, other], [], [], 30)[0] or [None]:
            data = b"" if ready is None else ready.recv(65536)
            if not data:
                return
            (other if ready is one else one).sendall(data)


def _line(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n") and (char := connection.recv(1)):
        head += char
    return head


def _http(connection: socket.socket, target: int, proxy: Proxy) -> None:
    head = _line(connection)
    method, address, *_ = head.decode("latin-1").split(" ")
    with socket.create_connection(("127.0.0.1", target)) as there:
        if method == "CONNECT":
            proxy.asked.append(address)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            host, _, path = address.removeprefix("http://").partition("/")
            proxy.asked.append(host)
            there.sendall(head.replace(address.encode(), b"/" + path.encode(), 1))
        _relay(connection, there)


def _socks(connection: socket.socket, target: int, proxy: Proxy) -> None:
    _, methods = connection.recv(2)
    connection.recv(methods)
    connection.sendall(b"\x05\x00")
    _, _, _, kind = connection.recv(4)
    length = connection.recv(1)[0] if kind == 3 else {1: 4, 4: 16}[kind]
    raw = connection.recv(length)
    host = raw.decode() if kind == 3 else socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, raw)
    proxy.asked.append(f"{host}:{struct.unpack('>H', connection.recv(2))[0]}")
    with socket.create_connection(("127.0.0.1", target)) as there:
        connection.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        _relay(connection, there)


@contextmanager
def proxying(kind: str, target: int) -> Iterator[Proxy]:
    """A proxy of `kind`, "http" or "socks5", whose every address is the server on port `target`."""
    serve = {"http": _http, "socks5": _socks}[kind]

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                serve(self.request, target, proxy)
            except (OSError, ValueError):
                self.request.close()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Whoever connects and says nothing is no error."""

    with Server(("127.0.0.1", 0), Handler) as server:
        proxy = Proxy(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
