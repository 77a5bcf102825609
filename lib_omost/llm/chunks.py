"""Reading the events of a reply: text, thinking, the reason of its end, an error. Servers name each differently.

Known are the chunks of OpenAI's chat API, with the thinking of DeepSeek, vLLM, OpenRouter, Groq and Mistral; complete
answers (`message`) and completions (`text`); and the lines of Ollama's and llama.cpp's own interfaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .refusals import ERROR_NAMES

End = Literal["end", "length", "filter", "error"]

_THINKING = ("reasoning_content", "reasoning", "thinking", "thought", "reasoning_text", "reasoning_details")
_TEXT = ("content", "text", "refusal")
_CUT = frozenset(["length", "max_tokens", "max_output_tokens", "model_length", "max_length", "token_limit", "limit"])
_FILTERED = frozenset(["content_filter", "safety", "prohibited_content", "recitation", "blocklist", "sensitive"])
_FAILED = frozenset(["error", "failed", "abort", "aborted", "cancelled", "canceled", "insufficient_system_resource"])
_NO_REASON = frozenset(["", "null", "none", "unknown"])
MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Chunk:
    """One event. end: why the reply ended, None while it goes on. called: the names and arguments of tool calls, as
    (index, name, piece of the arguments)."""

    text: str = ""
    thinking: str = ""
    end: End | None = None
    called: tuple[tuple[int, str, str], ...] = ()


DONE: dict[str, Any] = {"done": True}
"""The event that stands for `data: [DONE]`."""


def read_chunk(event: Mapping[str, Any]) -> Chunk:
    """The contents of an event; an event without any is an empty chunk."""
    choices = event.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
    source: Any = event if choice is None else choice
    end = _end(source)
    part = next((source[name] for name in ("delta", "message") if isinstance(source.get(name), dict)), source)
    thinking = next(filter(None, (_text(part.get(name)) for name in _THINKING)), "")
    text = next(filter(None, (_text(part.get(name)) for name in _TEXT)), "")
    if choice is None and not text:
        text = _text(event.get("response"))
    if isinstance(part.get("content"), list):
        thinking = thinking or _text([item for item in part["content"] if _thinks(item)])
        text = _text([item for item in part["content"] if not _thinks(item)])
    return Chunk(_clean(text), _clean(thinking), end, _calls(part.get("tool_calls")))


def error_in(event: Mapping[str, Any]) -> Any:
    """What an event says about a failure, None if it is none. An event without a reply that has a message is one."""
    if event.get("error"):
        return event["error"]
    choices = event.get("choices")
    if isinstance(choices, list) and choices:
        choice = choices[0]
        return choice.get("error") if isinstance(choice, dict) else None
    if event.get("done") is not None or choices is not None or event.get("usage"):
        return None
    status = event.get("base_resp")
    found = next((event[name] for name in ERROR_NAMES if event.get(name)), None)
    if isinstance(found, dict) and ("content" in found or "thinking" in found):
        return None  # Ollama's own message
    if isinstance(status, dict) and status.get("status_code"):
        return status.get("status_msg") or status
    return found


def _end(source: Mapping[str, Any]) -> End | None:
    reason = source.get("finish_reason") or source.get("done_reason") or source.get("stop_reason")
    if reason == "load":  # Ollama has only loaded the model
        reason = None
    if isinstance(reason, dict):
        reason = reason.get("type")
    if source.get("stopped_limit") is True:
        reason = "length"
    word = reason.strip().lower() if isinstance(reason, str) else ""
    if word in _CUT:
        return "length"
    if word in _FILTERED:
        return "filter"
    if word in _FAILED:
        return "error"
    if word in _NO_REASON:
        return "end" if source.get("done") is True or source.get("stop") is True else None
    return "end"


def _text(value: Any, depth: int = 0) -> str:
    """The text in a value: a string, a list of parts, or a part such as {"type": "text", "text": …}."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and depth < MAX_DEPTH:
        return "".join(_text(item, depth + 1) for item in value)
    if isinstance(value, dict) and depth < MAX_DEPTH:
        names = ("text", "thinking", "content", "summary", "reasoning")
        return next(filter(None, (_text(value.get(name), depth + 1) for name in names)), "")
    return ""


def _thinks(item: Any) -> bool:
    return isinstance(item, dict) and str(item.get("type", "")).startswith(("thinking", "reasoning", "thought"))


def _calls(value: Any) -> tuple[tuple[int, str, str], ...]:
    found = []
    for number, item in enumerate(value if isinstance(value, list) else []):
        function = item.get("function") if isinstance(item, dict) else None
        if isinstance(function, dict):
            index = item.get("index")
            name, arguments = function.get("name"), function.get("arguments")
            found.append(
                (
                    index if isinstance(index, int) else number,
                    name if isinstance(name, str) else "",
                    _clean(arguments) if isinstance(arguments, str) else "",
                )
            )
    return tuple(found)


def _clean(text: str) -> str:
    # JSON can contain lone surrogates, which cannot be encoded.
    return text.encode("utf-8", errors="replace").decode("utf-8")
