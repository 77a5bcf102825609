"""Chat templates: from messages to the text that a family of models was trained to continue.

The templates are the `chat_templates/*.jinja` files beside the package. They see a message's text as an opaque
stretch: the result keeps markup and message texts apart, so that a tokenizer can read the markup's special tokens and
take the very same characters in a message as plain text. Nobody ends their own turn by typing `<|eot_id|>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ..errors import ModelError
from .base import Message

FOLDER = Path(__file__).resolve().parents[2] / "chat_templates"

STOP_STRINGS: dict[str, tuple[str, ...]] = {
    "llama-3": ("<|eot_id|>", "<|end_of_text|>"),
    "chatml": ("<|im_end|>",),
    "phi-3": ("<|end|>", "<|endoftext|>"),
}
"""The special tokens that end a reply, by family."""

FAMILIES = tuple(STOP_STRINGS)

_MARK = re.compile("\ue000(\\d+)\ue001")  # private-use characters around a message's index


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a prompt: the template's own markup (message is None), or the text of messages[message]."""

    text: str
    message: int | None = None


def segments(family: str, messages: Sequence[Message], generation_prompt: bool = True) -> tuple[Segment, ...]:
    """The prompt in stretches of markup and message text, in order. Joined they are what `render` gives.

    Blanks at both ends of a message are left out: next to markup they would be tokenised unlike in training. Raises
    ModelError when there is no such family.
    """
    marked = [{"role": message.role, "text": f"\ue000{index}\ue001"} for index, message in enumerate(messages)]
    rendered = _template(family).render(messages=marked, generation_prompt=generation_prompt)
    found: list[Segment] = []
    end = 0
    for mark in _MARK.finditer(rendered):
        index = int(mark[1])
        found.append(Segment(rendered[end : mark.start()]))
        found.append(Segment(messages[index].text.strip(), index))
        end = mark.end()
    found.append(Segment(rendered[end:]))
    return tuple(segment for segment in found if segment.text)


def render(family: str, messages: Sequence[Message], generation_prompt: bool = True) -> str:
    """The prompt as one text; with generation_prompt it ends where the assistant's answer begins."""
    return "".join(segment.text for segment in segments(family, messages, generation_prompt))


@cache
def _template(family: str) -> Template:
    if family not in STOP_STRINGS:
        known = ", ".join(FAMILIES)
        raise ModelError(f"There is no chat format called {family!r}; choose one of {known}.")
    path = FOLDER / f"{family}.jinja"
    try:
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ModelError(f"The chat template {path} cannot be read ({error}); is the installation complete?") from error
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(source)
