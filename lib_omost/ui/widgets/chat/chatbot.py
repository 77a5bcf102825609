"""The chatbot component, whose value is a Conversation.

gradio would build any component that the browser's copy of a chat names, with the arguments that it gives. Therefore
the copy is converted here, as texts and names only, before gradio sees it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components.chatbot import ChatbotDataMessages, ComponentMessage, Message, TextMessage
from gradio.data_classes import FileData

from lib_omost.canvas.thinking import CLOSING, OPENING

from ...state.conversation import MAX_ENTRIES, Conversation
from ...state.entries import Entry, NoticeEntry, PictureEntry, Prompt, Reply, bounded
from ...state.gallery import Gallery
from ..cache import NO_ROOM, cached

PICTURE = "picture:"
MARKS = {"note": "ℹ\ufe0e ", "error": "⚠ ", "busy": ""}
"""Prefixes of notices on the page, which distinguish them from the composer's text."""
_BY_HAND = "by-hand"
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})", re.MULTILINE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_ACTIVE = re.compile(r"[\\<\[&]")
_ESCAPED = re.compile(r"\\([\\<\[&])")
_SPECIAL = re.compile(r"```(\\*)(?=mermaid|thinking )")
_MARKED_SPECIAL = re.compile(r"```\\(\\*)(?=mermaid|thinking )")
_BARE = "```python unfenced"
# Thinking, as the studio marks it: between lines.
_OPENED = re.compile(rf"^{OPENING}\n", re.MULTILINE)
_CLOSED = re.compile(rf"\n{CLOSING}(?=\n|\Z)")
_SHOWN_THOUGHT = re.compile(
    r"^(?P<fence>`{3,})thinking (?P<form>whole|empty|open|unopened)\n(?P<text>.*?)\n(?P=fence)(?=\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_BACKQUOTES = re.compile(r"`+")


class ChatView(gr.Chatbot):
    """A chatbot whose value is a Conversation; entry k is message k."""

    def __init__(self, gallery: Gallery, **options: Any) -> None:
        self._gallery = gallery
        super().__init__(**options)

    def get_block_name(self) -> str:
        return "chatbot"

    def get_config(self, cls: Any = None) -> dict[str, Any]:
        # gradio derives the configuration from the signature of the class.
        return super().get_config(gr.Chatbot)

    def preprocess(self, payload: ChatbotDataMessages | None) -> Conversation:  # type: ignore[override]
        if payload is None:
            return Conversation()
        return Conversation(tuple(read_message(message) for message in payload.root[-MAX_ENTRIES:]))

    def postprocess(self, value: Conversation | None) -> ChatbotDataMessages:  # type: ignore[override]
        entries = () if value is None else value.entries
        return ChatbotDataMessages(root=[self._message(entry) for entry in entries])

    def _message(self, entry: Entry) -> Message:
        match entry:
            case Prompt(text):
                return Message(role="user", content=[TextMessage(text=escaped(text))])
            case Reply(text, by_hand):
                marked: Any = {"id": _BY_HAND} if by_hand else None
                return Message(role="assistant", content=[TextMessage(text=shown(text))], metadata=marked)
            case NoticeEntry(text, kind):
                return _notice(text, kind)
            case PictureEntry(name):
                path = self._gallery.find(name)
                copy = None if path is None else cached(self, path, self._gallery.owner(path))
                if path is not None and copy is None:
                    return _notice(
                        f"The picture {name} is saved, but it cannot be shown. {NO_ROOM}", "note", PICTURE + name
                    )
                if copy is None:
                    return _notice(f"The picture {name} is no longer in the outputs folder.", "note", PICTURE + name)
                return _picture(entry, copy)


def read_message(message: Message) -> Entry:
    """Convert one message of the browser's copy; the result holds only texts or the name of a picture, whatever the
    message claims to be."""
    texts = [part.text for part in message.content if isinstance(part, TextMessage)]
    text = bounded("\n".join(texts))
    metadata = message.metadata or {}
    name = str(metadata.get("id") or "")
    if message.role == "user":
        return Prompt(unescaped(text))
    if name.startswith(PICTURE):
        caption, _, alt_text = str(metadata.get("log") or "").partition("\n")
        return PictureEntry(bounded(name.removeprefix(PICTURE)), bounded(caption), bounded(alt_text))
    if name in MARKS or metadata.get("title"):
        kind = name if name in ("error", "busy") else "note"
        return NoticeEntry(unescaped(text).removeprefix(MARKS[kind]), kind)  # type: ignore[arg-type]
    return Reply(read(text), by_hand=name == _BY_HAND)


def _notice(text: str, kind: str, name: str | None = None) -> Message:
    metadata: Any = {"id": name or kind}
    if kind == "busy":
        metadata |= {"title": "Working", "status": "pending"}
    return Message(role="assistant", content=[TextMessage(text=MARKS[kind] + escaped(text))], metadata=metadata)


def _picture(entry: PictureEntry, copy: str) -> Message:
    image = gr.Image(
        label=entry.caption,
        alt_text=entry.alt_text,
        buttons=["download", "fullscreen"],
        interactive=False,
        render=False,
        type="filepath",
    )
    file = FileData(path=copy, orig_name=Path(copy).name, mime_type="image/png")
    content = ComponentMessage(
        component="image",
        value=file.model_dump(),
        constructor_args={},
        props={**image.get_config(), "value": file.model_dump()},
    )
    metadata: Any = {"id": PICTURE + entry.name, "log": f"{entry.caption}\n{entry.alt_text}"}
    return Message(role="assistant", content=[content], metadata=metadata)


def escaped(text: str) -> str:
    """`text` as Markdown that displays it literally, without HTML, links, pictures or diagrams."""
    return _without_special(_ACTIVE.sub(lambda match: "\\" + match[0], text))


def unescaped(text: str) -> str:
    """The inverse of `escaped`."""
    return _ESCAPED.sub(r"\1", _with_special(text))


def shown(reply: str) -> str:
    """A reply as Markdown: fenced code unchanged except that diagrams are not drawn, the text around it escaped.

    Canvas code without a fence is put into one, so that it is displayed as code, and so is thinking, with the language
    "thinking".
    """
    thoughts = list(_thoughts(reply))
    if not thoughts:
        return _shown_answer(reply)
    made, at = "", 0
    for start, end, form, text in thoughts:
        fence = "`" * max([3, *(len(run) + 1 for run in _BACKQUOTES.findall(text))])
        made += _between(reply[at:start], _shown_answer) + f"{fence}thinking {form}\n{text}\n{fence}"
        at = end
    return made + _between(reply[at:], _shown_answer)


def _thoughts(reply: str) -> Iterator[tuple[int, int, str, str]]:
    """Where the thoughts of a reply start and end, their form and their text. Forms: whole; empty; open, without an end
    so far; unopened, with an end only."""
    opened, closed = _OPENED.search(reply), _CLOSED.search(reply)
    if closed and (opened is None or closed.start() < opened.start()):
        yield 0, closed.end(), "unopened", reply[: closed.start()]
        opened = _OPENED.search(reply, closed.end())
    while opened:
        closed = _CLOSED.search(reply, opened.end() - 1)
        if closed is None:
            yield opened.start(), len(reply), "open", reply[opened.end() :]
            return
        empty = closed.start() < opened.end()
        yield opened.start(), closed.end(), "empty" if empty else "whole", reply[opened.end() : closed.start()]
        opened = _OPENED.search(reply, closed.end())


def _between(text: str, change: Callable[[str], str]) -> str:
    """`text` before or after a thought, changed except for the empty lines around it."""
    body = text.strip("\n")
    if not body:
        return text
    start = text.index(body)
    return text[:start] + change(body) + text[start + len(body) :]


def _shown_answer(reply: str) -> str:
    parts = list(_parts(reply))
    if not any(code for _, code in parts) and ("Canvas()" in reply or "_description(" in reply):
        return f"{_BARE}\n{_without_special(reply)}\n```"
    return "".join(_without_special(part) if code else escaped(part) for part, code in parts)


def read(markdown: str) -> str:
    """The inverse of `shown`; also reads what the user typed into the message editor."""
    thoughts = list(_SHOWN_THOUGHT.finditer(markdown))
    if not thoughts:
        return _read_answer(markdown)
    made, at = "", 0
    for found in thoughts:
        begin = "" if found["form"] == "unopened" else f"{OPENING}\n"
        end = {"open": "", "empty": CLOSING}.get(found["form"], f"\n{CLOSING}")
        made += _between(markdown[at : found.start()], _read_answer) + begin + found["text"] + end
        at = found.end()
    return made + _between(markdown[at:], _read_answer)


def _read_answer(markdown: str) -> str:
    lines = markdown.split("\n")
    if lines[0] == _BARE and len(lines) >= 2 and lines[-1] == "```":
        return _with_special("\n".join(lines[1:-1]))
    return "".join(_with_special(part) if code else unescaped(part) for part, code in _parts(markdown))


def _without_special(text: str) -> str:
    """`text` with a backslash in the opening of each Mermaid diagram, because a drawn one becomes part of the page as
    HTML, and of what is shown as thinking."""
    return _SPECIAL.sub(r"```\\\1", text)


def _with_special(text: str) -> str:
    """The inverse of `_without_special`."""
    return _MARKED_SPECIAL.sub(r"```\1", text)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The lines of `text`, each with whether it belongs to fenced code."""
    fence: str | None = None
    for line in _LINE.findall(text):
        match = _FENCE.match(line)
        if fence is None:
            fence = match[1] if match else None
            yield line, fence is not None
        else:
            yield line, True
            if match and match[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = None
