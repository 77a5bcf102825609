"""Loading models in the background, with progress reports."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

from ..errors import ModelError, OmostError

Model = TypeVar("Model")
Report = Callable[[str, "float | None"], None]
"""Reports progress: a sentence, and a fraction from 0 to 1, None if unknown."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadingStatus:
    """The loading state of one model; `progress` goes from 0 to 1, None if unknown.

    notes: sentences about what was left out of the files that were loaded.
    """

    name: str
    state: Literal["waiting", "loading", "ready", "failed"]
    message: str
    progress: float | None = None
    notes: tuple[str, ...] = ()


class BackgroundModel(Generic[Model]):
    """A model that is loaded in the background.

    `load(report)` runs on a thread; it returns the model or raises OmostError with a sentence for the user.
    """

    def __init__(self, name: str, load: Callable[[Report], Model]) -> None:
        self._load = load
        self._model: Model | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._status = LoadingStatus(name, "waiting", f"{name} is not loaded yet.")

    @property
    def status(self) -> LoadingStatus:
        return self._status

    def start(self) -> None:
        """Start loading, unless it has started; after a failure, try again."""
        with self._changed:
            if self._status.state in ("loading", "ready"):
                return
            name = self._status.name
            self._status = LoadingStatus(name, "loading", f"Loading {name} …")
            self._thread = threading.Thread(target=self._run, name=f"load {name}", daemon=True)
            self._thread.start()

    def load(self) -> None:
        """Load on this thread, unless loading has started; a failure is reported by the status."""
        with self._changed:
            if self._status.state in ("loading", "ready"):
                return
            self._status = LoadingStatus(self._status.name, "loading", f"Loading {self._status.name} …")
        self._run()

    def wait(self, stop: threading.Event | None = None) -> Iterator[LoadingStatus]:
        """Yield the status whenever it changes (and at least every second) until the model is ready.

        Starts loading if necessary. Ends early when `stop` is set. Raises ModelError if loading failed.
        """
        self.start()
        last: LoadingStatus | None = None
        while True:
            with self._changed:
                if self._status == last:
                    self._changed.wait(timeout=1.0)
                status = self._status
            if status.state == "failed":
                if self._thread is not None:
                    # It is still freeing what it had loaded; torch aborts a program that exits during that.
                    self._thread.join(timeout=5.0)
                raise ModelError(status.message)
            if status.state == "ready" or _is_set(stop):
                return
            last = status
            yield status

    def note(self, sentence: str) -> None:
        """Add a sentence to the notes of the status; called by the loader."""
        if sentence not in self._status.notes:
            self._set(replace(self._status, notes=(*self._status.notes, sentence)))

    @property
    def model(self) -> Model:
        """The loaded model. Raises ModelError if it is not loaded."""
        if self._model is None:
            raise ModelError(self._status.message)
        return self._model

    def _run(self) -> None:
        try:
            model = self._load(self._report)
        except OmostError as error:
            self._set(replace(self._status, state="failed", message=str(error), progress=None))
        except Exception as error:
            logger.exception("Loading %s failed", self._status.name)
            message = f"{self._status.name} could not be loaded: {type(error).__name__}: {error}"
            self._set(replace(self._status, state="failed", message=message, progress=None))
        else:
            self._model = model
            self._set(replace(self._status, state="ready", message=f"{self._status.name} is ready.", progress=1.0))

    def _report(self, message: str, progress: float | None) -> None:
        self._set(replace(self._status, message=message, progress=progress))

    def _set(self, status: LoadingStatus) -> None:
        with self._changed:
            self._status = status
            self._changed.notify_all()


def _is_set(stop: threading.Event | None) -> bool:
    return stop is not None and stop.is_set()
