"""The safety checks of one studio: what is asked and laid out is read, what is painted is looked at.

Either check may be missing. A check that is wanted and cannot be loaded lets nothing through.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ..canvas import Canvas, conditions
from ..canvas.conditions import RegionCondition
from ..errors import RefusedError
from ..hub import Wanted, fetch, is_repository
from ..runtime.background import BackgroundModel, LoadingStatus, Report
from .checks import CheckSource

if TYPE_CHECKING:
    from PIL.Image import Image

    from .picture import PictureCheck
    from .text import TextCheck

QUOTED = 80
"""Characters of a refused text that are quoted."""


class Guard:
    """A text check, a picture check, both or none; they load in the background like the other models."""

    def __init__(
        self, text: BackgroundModel[TextCheck] | None = None, picture: BackgroundModel[PictureCheck] | None = None
    ) -> None:
        self.text = text
        self.picture = picture

    @property
    def parts(self) -> tuple[BackgroundModel[TextCheck] | BackgroundModel[PictureCheck], ...]:
        return tuple(part for part in (self.text, self.picture) if part is not None)

    def start(self) -> None:
        """Begin to load the checks."""
        for part in self.parts:
            part.start()

    def wait(self, stop: threading.Event) -> Iterator[LoadingStatus]:
        """How far the loading is, until both checks are ready or `stop` is set. Raises ModelError if one fails."""
        for part in self.parts:
            yield from part.wait(stop)

    def read(self, texts: Sequence[str], what: str, stop: threading.Event) -> None:
        """Read `texts` once the checks are ready. Raises RefusedError, naming `what` they are, where one is unsafe."""
        if self.text is None or stop.is_set():
            return
        check = self.text.model
        found = check.first_unsafe(texts, stop.is_set)
        if found is not None:
            start = " ".join(found.split())
            quoted = start if len(start) <= QUOTED else f"{start[:QUOTED]} …"
            raise RefusedError(
                f"The text check {check.name} refuses {what}: “{quoted}”. Put it in other words and try again; "
                "nothing of yours is lost."
            )

    def read_canvas(self, canvas: Canvas, stop: threading.Event) -> None:
        """Read what a painter would be told of `canvas`, as `read`."""
        if self.text is None:
            return
        self.read_conditions(conditions(canvas), stop)

    def read_conditions(self, told: Sequence[RegionCondition], stop: threading.Event) -> None:
        """Read what a painter is told, as `read`; what is *not* to be seen is left out."""
        texts = [" ".join((*condition.prefixes[-1:], *condition.suffixes)) for condition in told]
        self.read(texts, "what the layout says", stop)

    def refusal(self, image: Image, number: int, seed: int) -> str | None:
        """Why picture `number` (from 1) may not be shown; None where it may."""
        if self.picture is None or not self.picture.model.is_unsafe(image):
            return None
        name = self.picture.model.name
        return (
            f"The picture check {name} holds back picture {number} (seed {seed}): it is neither shown nor kept. "
            "Another seed, or other words in the layout, may do; the layout is as it was."
        )


def open_guard(
    text: CheckSource | None,
    picture: CheckSource | None,
    *,
    models: Path | None = None,
    offline: bool = False,
    turn: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Guard:
    """The checks that are wanted, None for none; nothing is loaded yet.

    models, offline: as `hub.fetch` takes them. turn: in whose context each is loaded; transformers looks for its
    classes when they are first asked for, and tells a second thread that asks meanwhile that there is none, so checks
    and models load one after the other.
    """

    def folder(check: CheckSource, report: Report) -> Path:
        source = check.source
        if is_repository(source):
            source = str(fetch(Wanted(source, "check", check.title), models=models, offline=offline, report=report))
        report(f"Loading {check.title} …", None)
        return Path(source)

    def load_text(check: CheckSource, report: Report) -> TextCheck:
        place = folder(check, report)
        with turn():
            from .text import TextCheck

            return TextCheck.load(place, name=check.name, named=check.labels, threshold=check.threshold)

    def load_picture(check: CheckSource, report: Report) -> PictureCheck:
        place = folder(check, report)
        with turn():
            from .picture import PictureCheck

            return PictureCheck.load(place, name=check.name, named=check.labels, threshold=check.threshold)

    return Guard(
        None if text is None else BackgroundModel(text.title, lambda report: load_text(text, report)),
        None if picture is None else BackgroundModel(picture.title, lambda report: load_picture(picture, report)),
    )
