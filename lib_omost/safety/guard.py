"""The safety checks of one studio: a check of prompts and layouts, and a check of pictures.

Either check may be absent. A check that was requested but cannot be loaded lets nothing through.
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
from ..hub import DownloadRequest, fetch, is_repository
from ..runtime.background import BackgroundModel, LoadingStatus, Report
from .checks import CheckSource

if TYPE_CHECKING:
    from PIL.Image import Image

    from .picture import PictureCheck
    from .text import TextCheck

QUOTED = 80
"""Maximum number of characters quoted from a refused text."""


class Guard:
    """A text check, a picture check, both or none, which load in the background like the other models."""

    def __init__(
        self, text: BackgroundModel[TextCheck] | None = None, picture: BackgroundModel[PictureCheck] | None = None
    ) -> None:
        self.text = text
        self.picture = picture

    @property
    def checks(self) -> tuple[BackgroundModel[TextCheck] | BackgroundModel[PictureCheck], ...]:
        return tuple(check for check in (self.text, self.picture) if check is not None)

    def start(self) -> None:
        """Start loading the checks."""
        for check in self.checks:
            check.start()

    def wait(self, stop: threading.Event) -> Iterator[LoadingStatus]:
        """Yield the loading status until both checks are ready or `stop` is set. Raises ModelError if one fails."""
        for check in self.checks:
            yield from check.wait(stop)

    def read(self, texts: Sequence[str], what: str, stop: threading.Event) -> None:
        """Check `texts`; the checks must be ready. Raises RefusedError, which names `what` they are, if one is
        unsafe."""
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
        """As `read`, for the texts that a painter would get of `canvas`."""
        if self.text is None:
            return
        self.read_conditions(conditions(canvas), stop)

    def read_conditions(self, region_conditions: Sequence[RegionCondition], stop: threading.Event) -> None:
        """As `read`, for the texts of conditions, except negative prompts."""
        texts = [" ".join((*condition.prefixes[-1:], *condition.suffixes)) for condition in region_conditions]
        self.read(texts, "what the layout says", stop)

    def refusal(self, image: Image, number: int, seed: int) -> str | None:
        """Why picture `number` (from 1) may not be shown; None if it may."""
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
    """The requested checks, None for none; nothing is loaded yet.

    models, offline: see `hub.fetch`. turn: a context in which each check is loaded, so that checks and models load one
    after the other: transformers imports its classes lazily, and a second thread that needs one meanwhile gets an
    error that it does not exist.
    """

    def folder(check: CheckSource, report: Report) -> Path:
        source = check.source
        if is_repository(source):
            source = str(
                fetch(DownloadRequest(source, "check", check.title), models=models, offline=offline, report=report)
            )
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
