"""Download: a repository's files fetched with the progress told, or found on the disk.

The hub library does the work: it resumes a broken connection where it stood, keeps files that are whole for the next
time, and follows HF_HOME, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE.
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
from .obstacles import check_room, downloads, explained, kind_of, readable, what_to_know
from .wanted import INDEXES, Wanted, files_of

TIMEOUT = 10.0
"""Seconds that the hub may take to say what a repository holds."""

logger = logging.getLogger(__name__)


def fetch(wanted: Wanted, *, models: Path | None, offline: bool, report: Report) -> Path:
    """The folder that holds what is wanted; whatever is missing there is downloaded first.

    models: the folder for downloads; None: the hub library's own. offline: use what is on the disk and ask nobody.
    report: told the sizes and, with the first download, the licence and the note. Raises ModelError with what stands in
    the way and what to do about it.
    """
    from huggingface_hub import HfApi, is_offline_mode
    from huggingface_hub.errors import OfflineModeIsEnabled

    kept = _on_disk(wanted, models)
    if offline or is_offline_mode():
        if kept is None:
            raise ModelError(explained(OfflineModeIsEnabled(), wanted))
        return kept
    report(f"Asking the hub for {wanted.title} …", None)
    try:
        info = HfApi().model_info(wanted.repository, timeout=TIMEOUT, files_metadata=True)
    except Exception as error:  # whatever stands in the way, what is here can be used
        if kept is not None:
            logger.warning("The hub could not be asked for %s: %s", wanted.repository, kind_of(error))
            report(f"The hub could not be asked for {wanted.title}: the files on this disk are used.", None)
            return kept
        raise ModelError(explained(error, wanted)) from error
    sizes = {sibling.rfilename: sibling.size or 0 for sibling in info.siblings or ()}
    chosen = files_of(wanted, tuple(sizes))
    folder = downloads(models)
    missing = [name for name in chosen if not _is_here(wanted.repository, name, folder, info.sha)]
    if missing:
        total = sum(sizes[name] for name in missing)
        check_room(wanted, total, folder)
        note = what_to_know(wanted, info)
        logger.warning("Downloading %s, %s, to %s. %s", wanted.title, readable(total), folder, note)
        _download(wanted, chosen, folder, _Progress(wanted.title, total, note, report))
    found = _on_disk(wanted, models, info.sha) or _on_disk(wanted, models)
    assert found is not None, "what was downloaded is there"
    return found


def _download(wanted: Wanted, files: Sequence[str], folder: Path, progress: _Progress) -> None:
    from huggingface_hub import snapshot_download

    names = [name.replace("[", "[[]") for name in files]  # they are read as patterns
    try:
        snapshot_download(wanted.repository, cache_dir=folder, allow_patterns=names, tqdm_class=_bar(progress.tell))
    except Exception as error:  # the library has tried again several times by then
        raise ModelError(explained(error, wanted, folder)) from error
    progress.finish()


class _Progress:
    """Turns counts of bytes into sentences, a few a second; several threads tell it."""

    def __init__(self, title: str, total: int, note: str, report: Report) -> None:
        self._title = title
        self._total = total
        self._note = note
        self._report = report
        self._lock = threading.Lock()
        self._told = 0.0
        self._logged = 0
        self._began = time.monotonic()
        self.tell(0)

    def finish(self) -> None:
        self.tell(self._total)

    def tell(self, done: int) -> None:
        """`done` bytes have arrived."""
        with self._lock:
            now = time.monotonic()
            if 0 < done < self._total and now - self._told < 0.3:
                return
            self._told = now
            fraction = min(1.0, done / self._total) if self._total else 1.0
            speed = done / (now - self._began) if now > self._began + 1 else 0.0
            pace = f", {readable(int(speed))} a second" if speed else ""
            sizes = f"{readable(done)} of {readable(self._total)}"
            message = f"Downloading {self._title}: {sizes}{pace}. {self._note}".strip()
            if int(10 * fraction) > self._logged:
                self._logged = int(10 * fraction)
                logger.info("%s: %s%s", self._title, sizes, pace)
        self._report(message, fraction)


def _bar(tell: Callable[[int], None]) -> type[Any]:
    """A progress bar class for the hub library that tells the bytes and draws nothing."""
    from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **{**options, "file": io.StringIO(), "leave": False})

        def display(self, *given: Any, **options: Any) -> None:
            pass

        def update(self, n: float | None = 1) -> bool | None:
            changed: bool | None = super().update(n)
            # There is a bar for files, too, and one of bytes for what is unpacked beside that for what is received.
            if self.unit == "B":
                tell(int(self.n))
            return changed

    return Bar


def _is_here(repository: str, name: str, folder: Path, revision: str | None) -> bool:
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(repository, name, cache_dir=folder, revision=revision), str)


def _on_disk(wanted: Wanted, models: Path | None, revision: str | None = None) -> Path | None:
    """The snapshot on this disk that has the file that all begins with; the loader looks whether it is whole."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    for name in (wanted.file,) if wanted.file else INDEXES:
        try:
            found = try_to_load_from_cache(wanted.repository, name, cache_dir=downloads(models), revision=revision)
        except HFValidationError:  # the hub is asked next, and what it raises for such a name is explained
            return None
        if isinstance(found, str):
            # <cache>/models--owner--model/snapshots/<commit>/<name>
            return Path(found).parents[name.count("/")]
    return None
