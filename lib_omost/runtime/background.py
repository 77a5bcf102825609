"""A model that loads in the background while the page is already up, and says how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

from ..errors import ModelError, OmostError

Model = TypeVar("Model")
Report = Callable[[str, "float | None"], None]
"""How a loader tells its progress: a sentence, and a fraction from 0 to 1 or None if that is not known."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadingStatus:
    """What one part of the program is doing: `progress` runs from 0 to 1 while loading, None if it is not known."""

    name: str
    state: Literal["waiting", "loading", "ready", "failed"]
    message: str
    progress: float | None = None


class BackgroundModel(Generic[Model]):
    """One model and its loading.

    `load(report)` runs on its own thread; it returns the model or raises OmostError with a sentence for the user.
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
        """Begin loading, unless it has begun; a part that failed tries again."""
        with self._changed:
            if self._status.state in ("loading", "ready"):
                return
            name = self._status.name
            self._status = LoadingStatus(name, "loading", f"Loading {name} …")
            self._thread = threading.Thread(target=self._run, name=f"load {name}", daemon=True)
            self._thread.start()

    def load(self) -> None:
        """Load on this thread, unless that has begun; a failure is told by the status."""
        with self._changed:
            if self._status.state in ("loading", "ready"):
                return
            self._status = LoadingStatus(self._status.name, "loading", f"Loading {self._status.name} …")
        self._run()

    def wait(self, stop: threading.Event | None = None) -> Iterator[LoadingStatus]:
        """Yield the status whenever it changes (and at least every second) until the model is ready.

        Starts the loading where nobody has. Ends early when `stop` is set. Raises ModelError if the loading failed.
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
                    # It is letting go of what it had loaded. torch aborts a program that ends in the midst of that.
                    self._thread.join(timeout=5.0)
                raise ModelError(status.message)
            if status.state == "ready" or _is_set(stop):
                return
            last = status
            yield status

    @property
    def model(self) -> Model:
        """The loaded model. Raises ModelError while there is none."""
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
