"""Notes about a reply, counted and kept short."""

from __future__ import annotations

from lib_omost.canvas.events import CanvasEvent, Corrected, Dropped
from lib_omost.canvas.limits import MAX_NOTES, MAX_WRITTEN_CHARS
from lib_omost.canvas.model import Note, NoteKind, clean_text


def shortened(text: str) -> str:
    """`text` on one line, at most MAX_WRITTEN_CHARS long."""
    text = " ".join(clean_text(text[: 4 * MAX_WRITTEN_CHARS]).split())
    return text if len(text) <= MAX_WRITTEN_CHARS else f"{text[: MAX_WRITTEN_CHARS - 1]}…"


class Notebook:
    """Collects notes, at most MAX_NOTES of them, and tells them as events."""

    def __init__(self) -> None:
        self._notes: list[Note] = []

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes so far, in the order in which they were made."""
        return tuple(self._notes)

    def add(self, line: int, kind: NoteKind, written: str, made: str, message: str) -> None:
        """One more note; from the MAX_NOTES-th on only that there are more."""
        if len(self._notes) == MAX_NOTES - 1:
            kind, written, made, message = (
                "dropped",
                "",
                "",
                "There is more to note about this reply than is listed here.",
            )
        if len(self._notes) < MAX_NOTES:
            self._notes.append(Note(line, kind, shortened(written), shortened(made), message))

    def mark(self) -> int:
        """A place among the notes, for `events` and `forget`."""
        return len(self._notes)

    def events(self, mark: int) -> list[CanvasEvent]:
        """The notes made since `mark`."""
        return [Dropped(note) if note.kind == "dropped" else Corrected(note) for note in self._notes[mark:]]

    def sort(self, mark: int) -> None:
        """Put the notes made since `mark` in the order of their lines."""
        self._notes[mark:] = sorted(self._notes[mark:], key=lambda note: note.line)

    def forget(self, mark: int) -> None:
        """Leave out the notes made since `mark`."""
        del self._notes[mark:]
