"""Habits of servers that people met, and which clients cope with them.

    python -m tests.llm.habits

prints the number of habits that this program's client, the `openai` package and `httpx-sse` each cope with; a package
that is not installed is left out.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lib_omost.canvas.thinking import answer_of
from lib_omost.llm import attempts
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.endpoint import Timeouts
from lib_omost.llm.server import ServerChatModel
from tests.llm.wire import Answer, Wire, event, wire

ASK = [Message("system", "You compose images."), Message("user", "a lake")]
TEXT = "```python\ncanvas = Canvas()\ncanvas.set_global_description(description='A lake – at noon.')\n```"
PIECES = [TEXT[:9], TEXT[9:50], TEXT[50:]]
DRAFT = "A draft: canvas.add_local_description(description='x')"
DONE = "data: [DONE]\n\n"


@dataclass(frozen=True)
class Habit:
    """chat: answers a request. answer, thought: what the client must deliver. finished: why the reply ended. error: a
    part of the sentence with which it ends instead."""

    chat: Callable[[Answer], object]
    answer: str = TEXT
    thought: str = ""
    finished: str | None = "end"
    error: str = ""


def sends(*parts: str | bytes, kind: str = "text/event-stream", **headers: str) -> Callable[[Answer], None]:
    def chat(answer: Answer) -> None:
        answer.begin(200, kind, **headers)
        for part in parts:
            answer.send(part)
        answer.end()

    return chat


def data(value: Any) -> str:
    return f"data: {json.dumps(value)}\n\n"


def delta(reason: str | None = None, **fields: Any) -> str:
    return data({"choices": [{"index": 0, "delta": fields, "finish_reason": reason}]})


TEXTS = [event(piece) for piece in PIECES]
STOP = delta("stop")


def whole(**fields: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": TEXT}
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], **fields}


def fails(value: Any, part: str, kind: str = "text/event-stream") -> Habit:
    sent = value if isinstance(value, str) else data(value) if "stream" in kind else json.dumps(value)
    return Habit(sends(sent, kind=kind), answer="", finished=None, error=part)


def refuses(words: str, refused: Callable[[dict[str, Any]], bool], status: int = 400) -> Habit:
    def chat(answer: Answer) -> None:
        if refused(answer.body):
            answer.json({"error": {"message": words}}, status)
        else:
            answer.reply(*PIECES)

    return Habit(chat)


def moved(answer: Answer) -> None:
    if answer.headers.get("X-Moved") or answer.server.asked[:-1]:  # type: ignore[attr-defined]
        answer.reply(*PIECES)
    else:
        answer.begin(308, "text/plain", Location="/v1/chat/completions")
        answer.end()


def thinks_with(*names: str) -> Habit:
    return Habit(sends(*(delta(content=None, **dict.fromkeys(names, part)) for part in (DRAFT[:20], DRAFT[20:])),
                       *TEXTS, STOP, DONE), thought=DRAFT)  # fmt: skip


def has_system(body: dict[str, Any]) -> bool:
    return any(message["role"] == "system" for message in body["messages"])


NATIVE = [json.dumps({"message": {"role": "assistant", "content": piece}, "done": False}) + "\n" for piece in PIECES]
CALLS = [
    delta(tool_calls=[{"index": 0, "id": "a", "function": {"name": "set_global_description", "arguments": ""}}]),
    delta(tool_calls=[{"index": 0, "function": {"arguments": '{"description": "A la'}}]),
    delta(tool_calls=[{"index": 0, "function": {"arguments": 'ke."}'}}]),
    delta("tool_calls"),
]
PARTS = [
    delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": DRAFT}]}]),
    delta(content=[{"type": "text", "text": TEXT}]),
]

HABITS: dict[str, Habit] = {
    # How thinking is sent.
    "reasoning_content": thinks_with("reasoning_content"),
    "reasoning": thinks_with("reasoning"),
    "reasoning twice": thinks_with("reasoning", "reasoning_content"),
    "thinking": thinks_with("thinking"),
    "reasoning_details": Habit(
        sends(delta(reasoning_details=[{"type": "reasoning.text", "text": DRAFT}]), *TEXTS, STOP, DONE), thought=DRAFT
    ),
    "parts of content": Habit(sends(*PARTS, STOP, DONE), thought=DRAFT),
    "more thinking than tokens": Habit(
        sends("".join([delta(reasoning_content="x ")] * 4300), *TEXTS, STOP, DONE), thought=("x " * 4300).strip()
    ),
    "only thinking": Habit(
        sends(delta(reasoning_content=DRAFT), delta("length"), DONE), answer="", thought=DRAFT, finished="length"
    ),
    # How a reply ends.
    "[DONE] without a reason": Habit(sends(*TEXTS, DONE)),
    "a reason without [DONE]": Habit(sends(*TEXTS, STOP)),
    "an empty reason": Habit(sends(*(delta("", content=piece) for piece in PIECES), STOP, DONE)),
    "another word for the end": Habit(sends(*TEXTS, delta("eos"), DONE)),
    "another word for the limit": Habit(sends(*TEXTS, delta("MAX_TOKENS"), DONE), finished="length"),
    "closed without an end": Habit(sends(*TEXTS), finished=None, error="before the reply was complete"),
    "a filter": Habit(sends(*TEXTS, delta("content_filter"), DONE), finished=None, error="withheld"),
    "the reason error": Habit(sends(*TEXTS, delta("error"), DONE), finished=None, error="an error of its own"),
    "the reason abort": Habit(sends(*TEXTS, delta("abort"), DONE), finished=None, error="an error of its own"),
    "the counts last": Habit(sends(*TEXTS, STOP, data({"choices": [], "usage": {"completion_tokens": 9}}), DONE)),
    # Errors within a response of status 200.
    "an error event": fails("event: error\ndata: " + json.dumps({"error": {"message": "Too long."}}) + "\n\n", "Too"),
    "an error event of words": fails("event: error\ndata: Out of memory\n\n", "Out of memory"),
    "an error event without its name": fails('event: error\ndata: {"message": "Too long."}\n\n', "Too long."),
    "an error as data": fails({"error": {"message": "Too long.", "code": 400}}, "Too long."),
    "an error of words": fails({"error": "Too long."}, "Too long."),
    "an error beside empty choices": fails({"choices": [], "error": {"message": "Limit reached"}}, "Limit reached"),
    "an error object": fails({"object": "error", "message": "Too long.", "code": 40303}, "Too long."),
    "a detail": fails({"detail": "Too long."}, "Too long."),
    "a status of its own": fails({"base_resp": {"status_code": 1004, "status_msg": "No such key"}}, "No such key"),
    "an error as JSON": fails({"error": {"message": "Too long."}}, "Too long.", "application/json"),
    "an error in a list": fails([{"error": {"message": "Too long."}}], "Too long.", "application/json"),
    "an error on many lines": fails('{\n  "error": {\n    "message": "Too long."\n  }\n}\n', "Too long."),
    "an error on the way": Habit(
        sends(*TEXTS, data({"error": {"code": 502, "message": "Provider gone"}, "choices": [{"delta": {}}]}), DONE),
        finished=None, error="Provider gone",
    ),
    "a page with a title": fails("<html><title>Sign in</title></html>", "Sign in", "text/html"),
    # Other forms of a reply.
    "JSON instead of a stream": Habit(sends(json.dumps(whole()), kind="application/json")),
    "JSON on many lines": Habit(sends(json.dumps(whole(), indent=1), kind="application/json")),
    "JSON called a stream": Habit(sends(json.dumps(whole(), indent=1))),
    "lines of JSON": Habit(sends(*NATIVE, '{"done": true, "done_reason": "stop"}\n', kind="application/x-ndjson")),
    "lines of JSON without an end": Habit(sends(*NATIVE, kind="application/x-ndjson")),
    "message for delta": Habit(sends(*(data({"choices": [{"message": {"content": p}}]}) for p in PIECES), STOP, DONE)),
    "text for delta": Habit(sends(*(data({"choices": [{"text": piece}]}) for piece in PIECES), STOP, DONE)),
    "no delta": Habit(sends(data({"choices": [{"index": 0}]}), *TEXTS, data({"choices": [{"finish_reason": "stop"}]}))),
    "null for a delta": Habit(sends(data({"choices": [{"delta": None}]}), *TEXTS, STOP, DONE)),
    "no choices first": Habit(sends(data({"choices": [], "prompt_filter_results": [{}]}), *TEXTS, STOP, DONE)),
    "calls of tools": Habit(sends(*CALLS, DONE), answer="CALLED"),
    # The wire.
    "comments": Habit(sends(": PROCESSING\n\n", *TEXTS, ": ping\n\n", STOP, DONE)),
    "comments as data": Habit(sends("data: : PROCESSING\n\n", *TEXTS, "data: ping\n\n", STOP, DONE)),
    "carriage returns": Habit(sends(*(part.replace("\n", "\r\n") for part in (*TEXTS, STOP, DONE)))),
    "no blank after the colon": Habit(sends(*(part.replace("data: ", "data:") for part in (*TEXTS, STOP, DONE)))),
    "no blank lines": Habit(sends(*(part.replace("\n\n", "\n") for part in (*TEXTS, STOP, DONE)))),
    "no last blank line": Habit(sends(*TEXTS, STOP.rstrip())),
    "bytes as a type": Habit(sends(*TEXTS, STOP, DONE, kind="application/octet-stream")),
    "a type in capitals": Habit(sends(*TEXTS, STOP, DONE, kind="Text/Event-Stream; charset=utf-8")),
    "gzip": Habit(sends(gzip.compress("".join([*TEXTS, STOP, DONE]).encode()), Content_Encoding="gzip")),
    "a redirection": Habit(moved),
    # Refused fields.
    "no seed": refuses("Extra inputs are not permitted: seed", lambda body: "seed" in body, 422),
    "no top_p": refuses("top_p is not supported by this model", lambda body: "top_p" in body),
    "no temperature": refuses("temperature does not support 0.6, only 1", lambda body: "temperature" in body),
    "no extra field": refuses("Bad request", lambda body: bool({"seed", "top_p"} & set(body))),
    "max_completion_tokens": refuses(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        lambda body: "max_tokens" in body,
    ),
    "no limit at all": refuses("unknown field max_tokens or max_completion_tokens", lambda body: "max_" in str(body)),
    "a smaller limit": refuses(
        "max_tokens is too large: 4096. This model supports at most 1024 completion tokens.",
        lambda body: body["max_tokens"] > 1024,
    ),
    "no system role": refuses("System role not supported", has_system),
    "no system role, as a failure": refuses("Conversation roles must alternate user/assistant/…", has_system, 500),
    "no stream": refuses("stream is not supported for this model", lambda body: bool(body.get("stream")), 400),
}  # fmt: skip


def ours(there: Wire) -> tuple[str, str, str | None, str]:
    """The answer, the thinking, the reason of the end and the error, as this program's client delivers them."""
    text, error, finished = "", "", None
    try:
        timeouts = Timeouts(connect=2.0, answer=2.0, first=2.0, between=2.0)
        model = ServerChatModel.connect(there.url, environment={}, timeouts=timeouts)
        generation = model.stream(ASK, Sampling(), grammar=False, stop=threading.Event())
        for piece in generation:
            text += piece
        finished = generation.finished
    except Exception as caught:
        error = str(caught)
    thought = text.removeprefix("<think>\n").partition("\n</think>")[0] if text.startswith("<think>") else ""
    return answer_of(text).strip(), thought, finished, error


def package(there: Wire) -> tuple[str, str, str | None, str]:
    """The same of the `openai` package."""
    import openai

    text, thought, reason, error = "", "", None, ""
    try:
        client = openai.OpenAI(base_url=there.url, api_key="x", max_retries=0, timeout=2)
        request: Any = {"messages": [{"role": m.role, "content": m.text} for m in ASK], "max_tokens": 4096, "seed": 1}
        for chunk in client.chat.completions.create(model="tiny", stream=True, temperature=0.6, top_p=0.9, **request):
            if chunk.choices:
                part: Any = chunk.choices[0].delta
                text += part.content or ""
                thought += getattr(part, "reasoning_content", None) or getattr(part, "reasoning", None) or ""
                reason = chunk.choices[0].finish_reason or reason
    except Exception as caught:
        error = str(caught)
    return text.strip(), thought, _reason(reason, error), error


def events_only(there: Wire) -> tuple[str, str, str | None, str]:
    """The same of `httpx-sse`, with the plainest reading of its events."""
    import httpx
    import httpx_sse  # type: ignore[import-not-found]

    text, thought, reason, error = "", "", None, ""
    try:
        request = {"messages": [{"role": m.role, "content": m.text} for m in ASK], "max_tokens": 4096, "seed": 1}
        request |= {"model": "tiny", "stream": True, "temperature": 0.6, "top_p": 0.9}
        url = f"{there.url}/chat/completions"
        with httpx.Client(timeout=2) as client, httpx_sse.connect_sse(client, "POST", url, json=request) as source:
            if source.response.status_code != 200:
                raise RuntimeError(source.response.read().decode())
            for item in source.iter_sse():
                if item.data == "[DONE]":
                    break
                value = json.loads(item.data)
                if value.get("error"):
                    raise RuntimeError(str(value["error"]))
                for choice in value.get("choices") or []:
                    part = choice.get("delta") or {}
                    text += part.get("content") or ""
                    thought += part.get("reasoning_content") or part.get("reasoning") or ""
                    reason = choice.get("finish_reason") or reason
    except Exception as caught:
        error = str(caught)
    return text.strip(), thought, _reason(reason, error), error


def _reason(reason: str | None, error: str) -> str | None:
    return None if error else "length" if reason == "length" else "end"


def copes(habit: Habit, delivered: tuple[str, str, str | None, str]) -> bool:
    answer, thought, finished, error = delivered
    right = "A lake." in answer if habit.answer == "CALLED" else answer == habit.answer
    return right and thought.strip() == habit.thought and finished == habit.finished and habit.error in error


def counted() -> Iterator[tuple[str, int]]:
    """Each client with the number of habits that it copes with."""
    attempts.BACK_OFF = 0.01
    for name, client in (("this program's client", ours), ("openai", package), ("httpx-sse", events_only)):
        number = 0
        try:
            for habit in HABITS.values():
                with wire(habit.chat) as there:
                    number += copes(habit, client(there))
        except ImportError:
            continue
        yield name, number


if __name__ == "__main__":
    for client_name, cases in counted():
        print(f"{client_name}: {cases} of {len(HABITS)} habits")
