"""Versions: what a message and a picture are called where the page offers several, namely who changed what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lib_omost.sessions import StoredMessage

from .conversation import BY_HAND, EDITED_BY_HAND, RETURN
from .entries import Entry, PictureEntry, Prompt, Reply

SHORT = 60
"""Characters that are shown of a prompt."""
HAND = "Edited by hand"


def prompt_name(prompt: str) -> str:
    """The change that a prompt of a chat stands for: "You: add a tree" or, for a prompt of the program, what was done
    in its round."""
    if prompt == EDITED_BY_HAND:
        return HAND
    if prompt == BY_HAND:
        return "Laid out by hand"
    if prompt.startswith(RETURN):
        return f"Returned to picture {prompt.removeprefix(RETURN).rstrip('.')}"[:SHORT]
    words = " ".join(prompt[: 4 * SHORT].split())
    return f"You: {words if len(words) <= SHORT else f'{words[: SHORT - 2]} …'}"


def version_name(message: StoredMessage, versions: Sequence[StoredMessage]) -> str:
    """The name of `message`, one of the `versions` that follow the same message."""
    match message.kind:
        case "prompt":
            return prompt_name(message.text)
        case "reply" if message.by_hand:
            return HAND
        case "reply":
            written = [version for version in versions if version.kind == "reply" and not version.by_hand]
            number = f", reply {written.index(message) + 1}" if len(written) > 1 else ""
            return f"Layout model{number}"
        case "picture":
            return message.caption or "Picture"
    return "Note"


def picture_changes(entries: Iterable[Entry]) -> Iterator[tuple[PictureEntry, str]]:
    """Every picture of a chat with the name of the change that led to it."""
    change, by_hand, fresh = "", False, False
    for entry in entries:
        if isinstance(entry, Prompt):
            change, by_hand, fresh = prompt_name(entry.text), False, True
        elif isinstance(entry, Reply):
            by_hand, fresh = entry.by_hand and change.startswith("You: "), True
        elif isinstance(entry, PictureEntry):
            whole = f"{change}, edited by hand" if by_hand else change
            yield entry, whole if fresh else "Rendered again"
            fresh = False
