"""Fetching the files of a repository with progress reports, or finding them on the disk.

The hub library does the work: it resumes interrupted transfers, keeps complete files for the next attempt, and follows
HF_HOME, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE.
"""

from __future__ import annotations

import io
import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..runtime.background import Report
from .diagnosis import check_room, downloads, explained, kind_of, readable, what_to_know
from .request import INDEXES, DownloadRequest, files_of

TIMEOUT = 10.0
"""Seconds that the hub may take to list a repository."""

logger = logging.getLogger(__name__)


def fetch(request: DownloadRequest, *, models: Path | None, offline: bool, report: Report) -> Path:
    """The folder with the requested files; missing ones are downloaded first.

    models: the folder for downloads; None: the hub library's cache. offline: use only what is on the disk. report:
    receives the progress and, with the first download, the licence and the note. Raises ModelError, which says what
    went wrong and what to do about it.
    """
    from huggingface_hub import HfApi, is_offline_mode
    from huggingface_hub.errors import OfflineModeIsEnabled

    kept = _on_disk(request, models)
    if offline or is_offline_mode():
        if kept is None:
            raise ModelError(explained(OfflineModeIsEnabled(), request))
        return kept
    report(f"Asking the hub for {request.title} …", None)
    try:
        info = HfApi().model_info(request.repository, timeout=TIMEOUT, files_metadata=True)
    except Exception as error:  # after any failure the files on this disk can still be used
        if kept is not None:
            logger.warning("The hub could not be asked for %s: %s", request.repository, kind_of(error))
            report(f"The hub could not be asked for {request.title}: the files on this disk are used.", None)
            return kept
        raise ModelError(explained(error, request)) from error
    sizes = {sibling.rfilename: sibling.size or 0 for sibling in info.siblings or ()}
    chosen = files_of(request, tuple(sizes))
    folder = downloads(models)
    missing = [name for name in chosen if not _is_here(request.repository, name, folder, info.sha)]
    if missing:
        total = sum(sizes[name] for name in missing)
        check_room(request, total, folder)
        note = what_to_know(request, info)
        logger.warning("Downloading %s, %s, to %s. %s", request.title, readable(total), folder, note)
        _download(request, chosen, folder, _Progress(request.title, total, note, report))
    found = _on_disk(request, models, info.sha) or _on_disk(request, models)
    assert found is not None, "the download has succeeded"
    return found


def _download(request: DownloadRequest, files: Sequence[str], folder: Path, progress: _Progress) -> None:
    from huggingface_hub import snapshot_download

    names = [name.replace("[", "[[]") for name in files]  # the names are used as patterns
    try:
        snapshot_download(request.repository, cache_dir=folder, allow_patterns=names, tqdm_class=_bar(progress.update))
    except Exception as error:  # the library has already retried
        raise ModelError(explained(error, request, folder)) from error
    progress.finish()


class _Progress:
    """Turns byte counts into sentences, a few per second; thread-safe."""

    def __init__(self, title: str, total: int, note: str, report: Report) -> None:
        self._title = title
        self._total = total
        self._note = note
        self._report = report
        self._lock = threading.Lock()
        self._reported = 0.0
        self._logged = 0
        self._began = time.monotonic()
        self.update(0)

    def finish(self) -> None:
        self.update(self._total)

    def update(self, done: int) -> None:
        """Report that `done` bytes have arrived."""
        with self._lock:
            now = time.monotonic()
            if 0 < done < self._total and now - self._reported < 0.3:
                return
            self._reported = now
            fraction = min(1.0, done / self._total) if self._total else 1.0
            speed = done / (now - self._began) if now > self._began + 1 else 0.0
            pace = f", {readable(int(speed))} a second" if speed else ""
            sizes = f"{readable(done)} of {readable(self._total)}"
            message = f"Downloading {self._title}: {sizes}{pace}. {self._note}".strip()
            if int(10 * fraction) > self._logged:
                self._logged = int(10 * fraction)
                logger.info("%s: %s%s", self._title, sizes, pace)
        self._report(message, fraction)


def _bar(report: Callable[[int], None]) -> type[Any]:
    """A progress bar class for the hub library that reports bytes and draws nothing."""
    from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **{**options, "disable": False, "file": io.StringIO(), "leave": False})

        def display(self, *given: Any, **options: Any) -> None:
            pass

        def update(self, n: float | None = 1) -> bool | None:
            changed: bool | None = super().update(n)
            # Other bars count files.
            if self.unit == "B":
                report(int(self.n))
            return changed

    return Bar


def _is_here(repository: str, name: str, folder: Path, revision: str | None) -> bool:
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(repository, name, cache_dir=folder, revision=revision), str)


def _on_disk(request: DownloadRequest, models: Path | None, revision: str | None = None) -> Path | None:
    """The snapshot on this disk that contains the index file; the loader checks whether it is complete."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    for name in (request.file,) if request.file else INDEXES:
        try:
            found = try_to_load_from_cache(request.repository, name, cache_dir=downloads(models), revision=revision)
        except HFValidationError:  # the request to the hub will fail, too, and that error is explained
            return None
        if isinstance(found, str):
            # <cache>/models--owner--model/snapshots/<commit>/<name>
            return Path(found).parents[name.count("/")]
    return None
