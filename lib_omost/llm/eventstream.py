"""Parsing of server-sent events from bytes that arrive in arbitrary pieces, with a limit on their size.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

MAX_EVENT = 1 << 20
"""Maximum size in bytes of a line or of the data of one event; the event of one token has a few hundred."""


class OversizedError(Exception):
    """A line or an event is longer than `MAX_EVENT`."""


class EventStream:
    """An incremental parser. Fields other than `data`, and comments (which keep a connection alive), are ignored."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[str]:
        """The data of the events that this piece completes, in order. Invalid UTF-8 becomes U+FFFD. Raises
        OversizedError."""
        searched = max(len(self._rest) - 1, 0)
        self._rest += piece
        if self._rest.find(b"\n", searched) < 0 and self._rest.find(b"\r", searched) < 0:
            if len(self._rest) > MAX_EVENT:
                raise OversizedError
            return []
        found: list[str] = []
        for line in self._lines():
            if line:
                self._take(line)
            elif self._data:
                found.append(b"\n".join(self._data).decode("utf-8", errors="replace"))
                self._data, self._size = [], 0
        return found

    def _lines(self) -> list[bytes]:
        """The complete lines that have arrived; the incomplete one is kept."""
        # A carriage return at the very end may be the first half of a line end, so it is kept, too.
        held = b"\r" if self._rest.endswith(b"\r") else b""
        whole = bytes(self._rest[: len(self._rest) - len(held)])
        *lines, rest = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = bytearray(rest + held)
        return lines

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name != b"data":
            return
        value = value.removeprefix(b" ")
        self._size += len(value)
        if self._size > MAX_EVENT:
            raise OversizedError
        self._data.append(value)
