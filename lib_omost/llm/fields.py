"""The fields of a request for a reply, and what a server's refusals teach about them."""

from __future__ import annotations

import re
from typing import Any

from .base import Message, Sampling
from .window import FittedConversation

MAX_SEED = 2**31
OPTIONAL = ("seed", "top_p", "temperature", "stream_options")
"""Fields without which a reply can be had."""
_LIMITS = ("max_tokens", "max_completion_tokens", "")
_REFUSALS = (400, 404, 405, 413, 415, 422, 500, 501)
_SYSTEM = re.compile(
    r"\bsystem\b.{0,40}\b(?:role|message|prompt|instruction)|\b(?:role|roles)\b.{0,60}\bsystem\b|roles? must alternate"
    r"|developer instruction|only user and assistant|must (?:start|begin) with (?:a )?user",
    re.IGNORECASE,
)
_WINDOW = re.compile(r"(?:context|n_ctx|window|maximum model length|max_model_len)\D{0,80}?(\d{3,7})", re.IGNORECASE)
_UNKNOWN = re.compile(r"unsupported|not supported|unknown|unexpected|extra|unrecogni|not permitted|not allowed")
_NUMBER = re.compile(r"(?<![\d.])\d{2,7}(?![\d.]*\d)")


class RequestFields:
    """Builds the requests for one server. It begins with what most servers take, and leaves out what is refused."""

    def __init__(self, model: str | None, *, usage: bool) -> None:
        """model: None leaves the choice to the server. usage: whether it can report token counts."""
        self.model = model
        self.left_out: set[str] = set() if usage else {"stream_options"}
        self.system = True
        self._limit = 0  # index into _LIMITS
        self._most: int | None = None
        self._plain = False

    def request(self, fitted: FittedConversation, sampling: Sampling) -> dict[str, Any]:
        """The fields of one request."""
        fields: dict[str, Any] = {
            "messages": self._messages(fitted.messages),
            "stream": True,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed % MAX_SEED,
            "stream_options": {"include_usage": True},
        }
        if limit := _LIMITS[self._limit]:
            fields[limit] = min(fitted.max_new_tokens, self._most or fitted.max_new_tokens)
        if self.model is not None:
            fields["model"] = self.model
        return {name: value for name, value in fields.items() if name not in self.left_out}

    def learn(self, status: int | None, words: str) -> bool:
        """Learn from a refusal; returns whether the next request differs. A refusal that names no field costs all
        optional fields."""
        if status not in _REFUSALS:
            return False
        if self._learn_named(words) or (status != 500 and self._learn_stream(words)):
            return True
        if status in (400, 422) and not self._plain:
            self._plain = True
            before = len(self.left_out)
            self.left_out.update(OPTIONAL)
            return len(self.left_out) > before
        return False

    def names(self, status: int | None, words: str) -> bool:
        """Whether a refusal names something that can be left out, so that the same request need not be repeated."""
        return status in _REFUSALS and (
            bool(_SYSTEM.search(words)) or any(_named(name, words) for name in (*OPTIONAL, *_LIMITS[:2]))
        )

    def _learn_named(self, words: str) -> bool:
        if (_named("max_tokens", words) or _named("max_completion_tokens", words)) and self._learn_limit(words):
            return True
        for name in OPTIONAL:
            if _named(name, words) and name not in self.left_out:
                self.left_out.add(name)
                return True
        if self.system and _SYSTEM.search(words):
            self.system = False
            return True
        return False

    def _learn_stream(self, words: str) -> bool:
        if not _named("stream", words) or "stream" in self.left_out:
            return False
        self.left_out |= {"stream", "stream_options"}
        return True

    def _learn_limit(self, words: str) -> bool:
        """Another name for the limit of tokens, or a smaller limit."""
        numbers = [int(number) for number in _NUMBER.findall(words)]
        lower = [number for number in numbers if 64 <= number < (self._most or 1 << 30)]
        if lower and not _named("max_completion_tokens", words) and not _UNKNOWN.search(words):
            self._most = min(lower)
            return True
        if self._limit < len(_LIMITS) - 1:
            self._limit += 1
            return True
        return False

    def _messages(self, messages: tuple[Message, ...]) -> list[dict[str, str]]:
        """The conversation; without the system role, the rules stand in the first message of the user."""
        texts = [(message.role, message.text.strip()) for message in messages]
        if not self.system:
            rules = "\n\n".join(text for role, text in texts if role == "system")
            texts = [(role, text) for role, text in texts if role != "system"]
            if rules and texts:
                texts[0] = (texts[0][0], f"{rules}\n\n{texts[0][1]}")
        return [{"role": role, "content": text} for role, text in texts]


def window_in(words: str) -> int | None:
    """The window in tokens that a refusal of too long a prompt names; None if it names none."""
    found = _WINDOW.search(words)
    return int(found[1]) if found and int(found[1]) >= 512 else None


def _named(name: str, words: str) -> bool:
    return re.search(rf"(?<![\w-]){name}(?![\w-])", words) is not None
