"""Undo, one step at a time: the last picture, then the round before it.

Redo follows the tree of the conversation (see branches.py), which keeps what an undo took back.
"""

from __future__ import annotations

from .conversation import EDITED_BY_HAND, RETURN, Conversation
from .entries import NoticeEntry, PictureEntry

WORDS = {
    "undo": (
        "undo", "undo that", "undo this", "undo it", "undo the last change", "go back", "take that back",
        "take it back", "revert", "revert that",
    ),
    "redo": ("redo", "redo that", "redo this", "redo it"),
    "new": ("start over", "start again", "start anew", "start from scratch", "begin again", "new chat"),
}  # fmt: skip
"""What a prompt says in full if it asks for a step and for nothing else: by the step."""


def step_in_words(prompt: str) -> str | None:
    """The step in WORDS that a prompt asks for; None for any other prompt."""
    words = " ".join(prompt.casefold().replace(",", " ").split()).strip(" .!")
    words = words.removeprefix("please ").removesuffix(" please")
    return next((step for step, known in WORDS.items() if words in known), None)


def step_back(chat: Conversation) -> Conversation | None:
    """The chat without its last step: without its last picture, or without the last round if no picture follows it.
    None if the chat is empty."""
    end = len(chat)
    while end and isinstance(chat.entries[end - 1], NoticeEntry):
        end -= 1
    index = chat.last_prompt()
    if end and isinstance(chat.entries[end - 1], PictureEntry):
        returned = index is not None and index == end - 3 and chat.prompt(index).startswith(RETURN)
        return chat.before(end - 3 if returned else end - 1)
    if index is None:
        return chat.before(0) if chat.entries else None
    before = chat.before(index)
    # Edits by hand that were undone one by one leave a round that changes nothing.
    if chat.prompt(index) == EDITED_BY_HAND and chat.canvas() == before.canvas():
        return step_back(before) or before
    return before
