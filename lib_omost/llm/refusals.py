"""Sentences for a server's failures, with the server's own words."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ..errors import ModelError

KEY = "OMOST_SERVER_KEY"
MODEL = "OMOST_SERVER_MODEL"

MAX_WORDS = 300
"""Characters shown of a server's error message."""
TEMPORARY = (408, 425, 429, 500, 502, 503, 504)
"""Status codes of temporary failures."""
KEPT = "The part that arrived is kept; retry for the rest."
ERROR_NAMES = ("error", "errors", "detail", "error_message", "error_msg", "err_msg", "status_msg", "message", "msg")
"""Members in which servers put their error messages, the most specific first."""
_TITLE = re.compile(r"<title[^>]*>(.{1,200}?)</title>", re.IGNORECASE | re.DOTALL)


class RequestError(ModelError):
    """The server did not start a reply. status: of HTTP, None if there was no response. temporary: whether a retry may
    succeed. wait: seconds after which the server asks to retry, None if it does not say. words: the server's own."""

    def __init__(
        self, message: str, *, status: int | None, temporary: bool, wait: float | None = None, words: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.temporary = temporary
        self.wait = wait
        self.words = words


class ConnectionLostError(ModelError):
    """The connection was lost in the middle of a response."""


def words_in(value: Any, key: str = "") -> str:
    """The server's error message on one line, shortened and without the `key`; "" if there is none."""
    for _ in range(len(ERROR_NAMES)):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        name = next((name for name in ERROR_NAMES if isinstance(value, dict) and value.get(name)), None)
        if name is None:
            break
        value = value[name]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if value else ""
    if key:
        text = text.replace(key, "…")
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= MAX_WORDS else f"{text[:MAX_WORDS]}…"


def words_of_body(body: bytes, kind: str, key: str = "") -> str:
    """The error message in the body of a response of content type `kind`; of a web page only its title."""
    text = body.decode("utf-8", errors="replace")
    try:
        return words_in(json.loads(text), key)
    except (ValueError, RecursionError):
        if "html" in kind or text.lstrip()[:1] == "<":
            found = _TITLE.search(text)
            return words_in(html.unescape(found[1]), key) if found else ""
        return words_in(text, key)


def quoted_words(words: str) -> str:
    """The sentence that quotes the server, with a blank before it; "" without words."""
    if not words:
        return ""
    return f" It says: {ended(words)}"


def ended(words: str) -> str:
    """`words` as a sentence with a full stop."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def refusal(server: str, status: int, words: str, headers: Mapping[str, str], *, with_key: bool) -> RequestError:
    """The error for a response with this status. `server` begins the sentence; `with_key` says that a key was sent."""
    wait = seconds(headers.get("retry-after", ""))
    if status == 403 and headers.get("content-type", "").startswith("text/html"):
        advice = "sent a web page instead of a reply (403): something before it wants a browser, so check the address."
    elif status in (401, 403):
        advice = f"did not accept the key: put a good one into {KEY} and start again."
        if not with_key:
            advice = f"asks for a key: put it into {KEY} and start again."
    elif status == 402:
        advice = "asks for payment (402): add credit there, or choose another server."
    elif status == 404:
        advice = f"has no such model or address: name one of its models in {MODEL}; addresses often end in /v1."
    elif status in (400, 413, 422):
        advice = f"does not accept the request ({status}): try a shorter chat or another model in {MODEL}."
    elif status == 429:
        when = "a little later" if wait is None else f"in {wait:.0f} s"
        advice = f"has too many requests (429): send the prompt again {when}."
    elif status >= 500:
        advice = f"has failed ({status}): look at its output, and send the prompt again."
    elif status in (301, 302, 303, 307, 308) and (place := headers.get("location", "")):
        advice = f"sends its callers on ({status}) to {words_in(place)}: give that address without /chat/completions."
    else:
        advice = f"answers with the status {status}, which is not a reply: check the address."
    message = f"{server} {advice}{quoted_words(words)}"
    return RequestError(message, status=status, temporary=status in TEMPORARY, wait=wait, words=words)


def seconds(text: str) -> float | None:
    """The value of the header Retry-After, a number of seconds or a date, as seconds from now."""
    try:
        if text.isascii() and text.isdigit():
            return float(text[:9])
        return max((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, IndexError):
        return None
