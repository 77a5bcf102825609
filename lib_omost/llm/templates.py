"""Chat templates: turning messages into the prompt format of a family of models.

The templates are the `chat_templates/*.jinja` files beside the package. A message's text is opaque to them: the result
separates markup from message texts, so that special tokens are recognised in the markup only. A user cannot end a turn
by typing `<|eot_id|>`.
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
    """A part of a prompt: markup of the template (message is None), or the text of messages[message]."""

    text: str
    message: int | None = None


def segments(family: str, messages: Sequence[Message], generation_prompt: bool = True) -> tuple[Segment, ...]:
    """The prompt as a sequence of markup and message texts; joined, they are the result of `render`.

    Messages are stripped, because white space next to markup would be tokenised differently from training. Raises
    ModelError for an unknown family.
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
    """The prompt as one text; with generation_prompt it ends at the beginning of the assistant's turn."""
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
