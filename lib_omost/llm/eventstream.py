"""Parsing of server-sent events from bytes that arrive in arbitrary pieces, with a limit on their size.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

Also read is what servers send instead: a JSON object on each line without `data:`, and a last event without its blank
line.
"""

from __future__ import annotations

from typing import NamedTuple

MAX_EVENT = 1 << 20
"""Maximum size in bytes of a line or of the data of one event; the event of one token has a few hundred."""


class OversizedError(Exception):
    """A line or an event is longer than `MAX_EVENT`."""


class ServerEvent(NamedTuple):
    """One event. name: "" unless the server gives one. complete: False for the last one if the stream ended in it."""

    data: str
    name: str = ""
    complete: bool = True


class EventStream:
    """An incremental parser. Fields other than `data` and `event`, and comments (which keep a connection alive), are
    ignored. Text that is no field at all is taken for a body that is not a stream."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._data: list[bytes] = []
        self._name = b""
        self._size = 0
        self._body: list[bytes] = []
        self._body_size = 0

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """The events that this piece completes, in order. Invalid UTF-8 becomes U+FFFD. Raises OversizedError."""
        searched = max(len(self._rest) - 1, 0)
        self._rest += piece
        if self._rest.find(b"\n", searched) < 0 and self._rest.find(b"\r", searched) < 0:
            if len(self._rest) > MAX_EVENT:
                raise OversizedError
            return []
        found: list[ServerEvent] = []
        for line in self._lines():
            if line:
                found += self._take(line)
            else:
                found += self._end_event()
        return found

    def finish(self) -> list[ServerEvent]:
        """The events at the end of the stream that lack their blank line, and a body that is not a stream."""
        found: list[ServerEvent] = []
        rest = bytes(self._rest).rstrip(b"\r\n")
        self._rest.clear()
        if rest:
            found += self._take(rest)
        found += [event._replace(complete=False) for event in self._end_event()]
        body = b"\n".join(self._body).strip()
        return [*found, ServerEvent(_text(body), complete=False)] if body else found

    def _end_event(self) -> list[ServerEvent]:
        data, name = self._data, self._name
        self._data, self._size, self._name = [], 0, b""
        return [ServerEvent(_text(b"\n".join(data)), _text(name).strip())] if data else []

    def _lines(self) -> list[bytes]:
        """The complete lines that have arrived; the incomplete one is kept."""
        # A carriage return at the very end may be the first half of a line end, so it is kept, too.
        held = b"\r" if self._rest.endswith(b"\r") else b""
        whole = bytes(self._rest[: len(self._rest) - len(held)])
        *lines, rest = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = bytearray(rest + held)
        return lines

    def _take(self, line: bytes) -> list[ServerEvent]:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._size += len(value)
            if self._size > MAX_EVENT:
                raise OversizedError
            self._data.append(value)
        elif name == b"event":
            self._name = value[:40]
        elif line[:1] == b"{" and line.rstrip()[-1:] == b"}" and not self._body:
            return [ServerEvent(_text(line))]
        elif name not in (b"", b"id", b"retry"):
            self._body.append(line)
            self._body_size += len(line) + 1
            if self._body_size > MAX_EVENT:
                raise OversizedError
        return []


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")
