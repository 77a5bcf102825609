"""The queue of each page: prompts and renders that were asked for while the page was busy.

The page asks for the next request as soon as it is idle, so that a request continues from the chat as it is then. After
a stop or an error the queue pauses, because what waits may depend on what is missing now.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .conversation import Conversation
from .limits import JobKind
from .page_state import Changes, line

MAX_WAITING = 10
"""Number of requests that may wait on one page."""
MAX_PAGES = 1000
SHORT = 80
"""Characters that are shown of a prompt."""

Start = Callable[[Conversation], Any]
"""Starts a request with the chat as it is by then; returns the changes."""


@dataclass(frozen=True, slots=True)
class Request:
    """A waiting request; `text` is shown in the queue."""

    id: int
    kind: JobKind
    text: str
    start: Start


@dataclass(slots=True)
class _Queue:
    requests: list[Request] = field(default_factory=list)
    paused: bool = False
    count: int = 0


class WaitingLine:
    """The queues of all open pages."""

    def __init__(self) -> None:
        self._queues: OrderedDict[str, _Queue] = OrderedDict()

    def add(self, page: str, kind: JobKind, text: str, start: Start) -> Changes:
        """Put a request at the end of the page's queue."""
        queue = self._queue(page)
        if len(queue.requests) >= MAX_WAITING:
            return {"warning": f"{MAX_WAITING} requests are waiting already: remove one, or wait."}
        queue.count += 1
        words = " ".join(text.split())
        shown = words if len(words) <= SHORT else words[: SHORT - 1].rstrip() + "…"
        queue.requests.append(Request(queue.count, kind, shown, start))
        return {"waiting": self.to_json(page)}

    def remove(self, page: str, request: int) -> Changes:
        """Take a request out of the queue; without effect if it is not there any more."""
        queue = self._queue(page)
        queue.requests = [waiting for waiting in queue.requests if waiting.id != request]
        if not queue.requests:
            queue.paused = False
        return {"waiting": self.to_json(page)}

    def take(self, page: str) -> Request | None:
        """The first request, which leaves the queue; None if the queue is empty or paused."""
        queue = self._queue(page)
        return None if queue.paused or not queue.requests else queue.requests.pop(0)

    def put_back(self, page: str, request: Request) -> Changes:
        """Make `request` the first again, and let all wait until `resume`."""
        self._queue(page).requests.insert(0, request)
        return self.pause(page)

    def pause(self, page: str) -> Changes:
        """Let the requests wait until `resume`; without effect if none waits."""
        queue = self._queue(page)
        queue.paused = bool(queue.requests)
        return {"waiting": self.to_json(page)} if queue.paused else {}

    def resume(self, page: str) -> Changes:
        self._queue(page).paused = False
        return {"waiting": self.to_json(page), "progress": line("")}

    def follow(self, page: str, changes: Changes) -> Changes:
        """Pause the queue if the work of `changes` ended with an error, and empty it if they show another chat."""
        queue = self._queue(page)
        if "session" in changes and queue.requests:
            queue.requests, queue.paused = [], False
            return {**changes, "waiting": self.to_json(page)}
        failed = changes.get("busy", "") is None and changes.get("progress", {}).get("kind") == "error"
        return {**changes, **self.pause(page)} if failed else changes

    def to_json(self, page: str) -> dict[str, Any]:
        """The queue as JSON for `QueueView`."""
        queue = self._queue(page)
        items = [{"id": request.id, "kind": request.kind, "text": request.text} for request in queue.requests]
        return {"items": items, "paused": queue.paused}

    def _queue(self, page: str) -> _Queue:
        queue = self._queues.setdefault(page, _Queue())
        self._queues.move_to_end(page)
        while len(self._queues) > MAX_PAGES:
            self._queues.popitem(last=False)
        return queue
