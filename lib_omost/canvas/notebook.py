"""Collection of the notes about a reply, limited in number and length."""

from __future__ import annotations

from lib_omost.canvas.events import CanvasEvent, Corrected, Dropped
from lib_omost.canvas.limits import MAX_NOTES, MAX_WRITTEN_CHARS
from lib_omost.canvas.model import Note, NoteKind, clean_text


def shortened(text: str) -> str:
    """`text` on one line, at most MAX_WRITTEN_CHARS long."""
    text = " ".join(clean_text(text[: 4 * MAX_WRITTEN_CHARS]).split())
    return text if len(text) <= MAX_WRITTEN_CHARS else f"{text[: MAX_WRITTEN_CHARS - 1]}…"


class Notebook:
    """Collects at most MAX_NOTES notes and turns them into events."""

    def __init__(self) -> None:
        self._notes: list[Note] = []

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes so far, in the order in which they were added."""
        return tuple(self._notes)

    def add(self, line: int, kind: NoteKind, written: str, made: str, message: str) -> None:
        """Add a note. The MAX_NOTES-th only says that there are more; later ones are ignored."""
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
        """The current position among the notes, for `events`, `sort` and `discard`."""
        return len(self._notes)

    def events(self, mark: int) -> list[CanvasEvent]:
        """The notes added since `mark`, as events."""
        return [Dropped(note) if note.kind == "dropped" else Corrected(note) for note in self._notes[mark:]]

    def sort(self, mark: int) -> None:
        """Sort the notes added since `mark` by line."""
        self._notes[mark:] = sorted(self._notes[mark:], key=lambda note: note.line)

    def discard(self, mark: int) -> None:
        """Remove the notes added since `mark`."""
        del self._notes[mark:]
