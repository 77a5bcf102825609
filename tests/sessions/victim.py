"""A process to be killed: `python -m tests.sessions.victim`.

It imports the program once and then forks a child for each line `KIND FOLDER` on its standard input. The child works
on conversations in FOLDER and says on standard output what it has finished, a line each; the line with its process id
comes first, `end` when it is gone.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lib_omost.sessions import Store, StoredMessage
from lib_omost.studio import ChatEvent, TextPiece
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.entries import PictureEntry, Prompt, Reply
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.keeping import Keeper
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.brush import Brush
from tests.ui.studios import SAMPLING, SETTINGS, open_studio

PIECE = 8
"""Characters of a token here."""


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


class Telling(Keeper):
    """Says each piece of text when it is about to be handed on."""

    def follow(self, page: str, events: Iterator[ChatEvent]) -> Iterator[ChatEvent]:
        count = 0
        for event in super().follow(page, events):
            if isinstance(event, TextPiece):
                count += len(event.text)
                say(f"text {count}")
            yield event


def open_handlers(folder: Path) -> Handlers:
    store = Store(folder / "sessions")
    gallery = Gallery(folder / "outputs", store)
    composer = ScriptedComposer(size=PIECE, before_piece=lambda number: time.sleep(0.001))
    return Handlers(open_studio(composer, Brush()), gallery, Telling(store, gallery))


def stream(folder: Path) -> None:
    """Replies, round after round."""
    handlers, chat = open_handlers(folder), Conversation()
    while True:
        page: Any = {}
        say(f"rounds {sum(isinstance(entry, Reply) for entry in chat.entries)}")
        for change in handlers.send("page", chat, "a harbour", SAMPLING):
            page |= change
        chat = page["chat"]


def render(folder: Path) -> None:
    """Pictures, one after another."""
    handlers, chat = open_handlers(folder), Conversation((Prompt("a harbour"), Reply(REPLY)))
    while True:
        for change in handlers.render("page", chat, {**SETTINGS, "count": 12}):
            if "chat" in change:
                chat = change["chat"]
                say(f"pictures {sum(isinstance(entry, PictureEntry) for entry in chat.entries)}")


def save(folder: Path) -> None:
    """One conversation, written again and again."""
    store, count = Store(folder / "sessions"), 0
    said = [StoredMessage("prompt", "a harbour"), StoredMessage("reply", REPLY)]
    name = store.keep(None, said).id
    while True:
        count += 1
        said.append(StoredMessage("note", str(count)))
        store.keep(name, said)
        say(f"saved {count}")


def main() -> None:
    for line in sys.stdin:
        kind, _, folder = line.strip().partition(" ")
        child = os.fork()
        if child == 0:
            try:
                say(f"child {os.getpid()}")
                {"stream": stream, "render": render, "save": save}[kind](Path(folder))
            finally:
                os._exit(1)
        os.waitpid(child, 0)
        say("end")


if __name__ == "__main__":
    main()
