"""Models from the hub: what is needed of a repository, fetched with its progress told, or found on the disk.

The hub library does the work: it resumes a broken connection where it stood, keeps files that are whole for the next
time, and follows HF_HOME, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE.
"""

from __future__ import annotations

import errno
import io
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .errors import ModelError
from .part import Report

TIMEOUT = 10.0
"""Seconds that the hub may take to say what a repository holds."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_INDEXES = ("model_index.json", "config.json")
_FOLDERS = ("unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "scheduler")
_TEXTS = (".json", ".txt", ".model", ".jinja")
_SAFE = ".safetensors"
PICKLES = (".ckpt", ".pt", ".pth", ".bin")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A repository and what is needed of it: a "painter" in diffusers' layout, a "composer" or a safety "check" for
    transformers, or a single `file`.

    title: as shown to the user. note: what is to be known before it is downloaded. half: take the half-precision form
    of weights where there is one. pickles: take weights that are no safetensors where there are no others.
    """

    repository: str
    kind: Literal["painter", "composer", "check", "file"]
    title: str
    note: str = ""
    file: str = ""
    half: bool = False
    pickles: bool = False


def is_repository(source: str) -> bool:
    """Whether `source` names a repository of the hub, owner/model, and nothing on this disk."""
    if source.count("/") != 1 or source.startswith((".", "/", "~")) or "\\" in source:
        return False
    return not Path(source).exists()


def hub_file(source: str) -> tuple[str, str] | None:
    """(owner/model, file) where `source` names a file of weights in a repository of the hub, owner/model/file, and
    nothing on this disk; else None."""
    parts = source.split("/")
    if len(parts) < 3 or not all(parts) or parts[0][0] in ".~" or "\\" in source or Path(source).exists():
        return None
    return ("/".join(parts[:2]), "/".join(parts[2:])) if source.lower().endswith((_SAFE, *PICKLES)) else None


def fetch(wanted: Wanted, *, models: Path | None, offline: bool, report: Report) -> Path:
    """The folder that holds what is wanted; whatever is missing there is downloaded first.

    models: the folder for downloads; None: the hub library's own. offline: use what is on the disk and ask nobody.
    report: told the sizes and, with the first download, the licence and the note. Raises ModelError with what stands in
    the way and what to do about it.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import OfflineModeIsEnabled

    kept = _on_disk(wanted, models)
    if offline:
        if kept is None:
            raise ModelError(_told(OfflineModeIsEnabled(), wanted))
        return kept
    report(f"Asking the hub for {wanted.title} …", None)
    try:
        info = HfApi().model_info(wanted.repository, timeout=TIMEOUT, files_metadata=True)
    except Exception as error:  # whatever stands in the way, what is here can be used
        if kept is not None:
            return kept
        raise ModelError(_told(error, wanted)) from error
    sizes = {sibling.rfilename: sibling.size or 0 for sibling in info.siblings or ()}
    chosen = _chosen(wanted, tuple(sizes))
    folder = _folder(models)
    missing = [name for name in chosen if not _is_here(wanted.repository, name, folder, info.sha)]
    if missing:
        total = sum(sizes[name] for name in missing)
        _check_room(wanted, total, folder)
        note = _note(wanted, info)
        logger.warning("Downloading %s, %s, to %s. %s", wanted.title, _size(total), folder, note)
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
        raise ModelError(_told(error, wanted, folder)) from error
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
            pace = f", {_size(int(speed))} a second" if speed else ""
            message = f"Downloading {self._title}: {_size(done)} of {_size(self._total)}{pace}. {self._note}".strip()
            if int(10 * fraction) > self._logged:
                self._logged = int(10 * fraction)
                logger.info("%s: %s of %s%s", self._title, _size(done), _size(self._total), pace)
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


def _chosen(wanted: Wanted, files: Sequence[str]) -> list[str]:
    """The files of a repository that are needed. Raises ModelError where it holds no weights that are loaded."""
    if wanted.kind == "file":
        found = [name for name in files if name == wanted.file]
        if not found:
            raise ModelError(f"The repository {wanted.repository} holds no file {wanted.file}: check its name.")
        if not wanted.pickles and not wanted.file.lower().endswith(_SAFE):
            raise ModelError(
                f"{wanted.file} of {wanted.repository} is a pickle, which could run code while it is read: take a "
                ".safetensors file, or start with --allow-pickle where you trust its source."
            )
        return found
    if wanted.kind in ("composer", "check"):
        found = [
            name for name in files
            if "/" not in name and name.endswith((*_TEXTS, ".safetensors")) and not name.startswith("consolidated")
        ]  # fmt: skip
    else:
        found = [name for name in files if "/" not in name and name.endswith(".json")]
        for folder in _FOLDERS:
            here = [name for name in files if name.startswith(f"{folder}/") and name.count("/") == 1]
            found += [name for name in here if name.endswith(_TEXTS) and ".safetensors" not in name]
            weights = [name for name in here if _SAFE in name and ".non_ema" not in name]
            if not weights and wanted.pickles:
                weights = [name for name in here if name.endswith(".bin") and ".non_ema" not in name]
            halves = [name for name in weights if ".fp16" in name]
            found += halves if halves and wanted.half else [name for name in weights if name not in halves] or halves
    if not any(name.endswith(_SAFE) or (wanted.pickles and name.endswith(PICKLES)) for name in found):
        kinds = leave = ""
        if wanted.kind == "painter":
            kinds = "unet, vae and text encoders in "
            leave = " Or start with --allow-pickle where you trust its source."
        raise ModelError(
            f"The repository {wanted.repository} holds no {kinds}.safetensors files, the only ones that are loaded, "
            f"since other kinds could run code: choose another model, or another form of this one.{leave}"
        )
    return found


def _folder(models: Path | None) -> Path:
    from huggingface_hub import constants

    return Path(models if models is not None else constants.HF_HUB_CACHE).expanduser().resolve()


def _is_here(repository: str, name: str, folder: Path, revision: str | None) -> bool:
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(repository, name, cache_dir=folder, revision=revision), str)


def _on_disk(wanted: Wanted, models: Path | None, revision: str | None = None) -> Path | None:
    """The snapshot on this disk that has the file that all begins with; the loader looks whether it is whole."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    for name in (wanted.file,) if wanted.file else _INDEXES:
        try:
            found = try_to_load_from_cache(wanted.repository, name, cache_dir=_folder(models), revision=revision)
        except HFValidationError:
            return None
        if isinstance(found, str):
            # <cache>/models--owner--model/snapshots/<commit>/<name>
            return Path(found).parents[name.count("/")]
    return None


def _check_room(wanted: Wanted, total: int, folder: Path) -> None:
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    if total > free:
        raise ModelError(_no_room(wanted, folder, f"{_size(total)} are needed and {_size(free)} are free"))


def _no_room(wanted: Wanted, folder: Path, why: str) -> str:
    return (
        f"There is no room for {wanted.title} in {folder}: {why}. "
        "Make room, or name a folder on another disk with --models."
    )


def _note(wanted: Wanted, info: Any) -> str:
    """What is to be known before the first download: licence, gate, and the preset's own note."""
    licence = next((tag.partition(":")[2] for tag in info.tags or () if tag.startswith("license:")), "")
    parts = [f"Licence: {licence}." if licence else f"Read its licence at {_page(wanted)} first."]
    if info.gated:
        parts.append(f"By using it you accept the terms of its authors at {_page(wanted)}.")
    return " ".join([*parts, wanted.note]).strip()


def _page(wanted: Wanted) -> str:
    from huggingface_hub import constants

    return f"{constants.ENDPOINT}/{wanted.repository}"


def _told(error: BaseException, wanted: Wanted, folder: Path | None = None) -> str:
    """One sentence or two for what stood in the way."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    reason = " ".join(str(error).split())
    title, page = f"{wanted.title} ({wanted.repository})", _page(wanted)
    plain = (GatedRepoError, RepositoryNotFoundError, HfHubHTTPError, OfflineModeIsEnabled, PermissionError)
    error = next((cause for cause in _causes(error) if isinstance(cause, plain)), error)
    if any(isinstance(cause, OSError) and cause.errno in _FULL for cause in _causes(error)):
        return _no_room(wanted, folder or _folder(None), "the disk is full, or takes no files of this size")
    if isinstance(error, PermissionError):
        return f"{folder} cannot be written, so {title} cannot be kept there: name another folder with --models."
    if isinstance(error, OfflineModeIsEnabled):
        return (
            f"{title} is not on this disk, and nothing is downloaded in offline mode: start once without --offline "
            "(and without HF_HUB_OFFLINE), or name the folder that it is in."
        )
    if isinstance(error, HFValidationError):
        return f"{wanted.repository!r} is no name of a repository: write it as owner/model."
    if isinstance(error, GatedRepoError):
        return (
            f"{title} is gated: accept its authors' terms at {page}, make an access token at "
            "https://huggingface.co/settings/tokens, sign in with `hf auth login` (or set HF_TOKEN), and start again."
        )
    if isinstance(error, RepositoryNotFoundError):
        return (
            f"There is no model {wanted.repository} at {page}, or it is a private one: check the name, or sign in with "
            "`hf auth login` (or set HF_TOKEN)."
        )
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        advice = f"read at {page} who may use it" if status in (401, 403) else "wait a while and try again"
        return f"The hub refused {title} with the status {status}: {advice}, or choose a model that is on this disk."
    return (
        f"{title} has to be downloaded, but that failed ({type(error).__name__}: {reason[:200]}). "
        "Check the connection and the proxy and try again; files that are whole are kept. Or use the embedded models."
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those behind it, the outermost first."""
    while error is not None:
        yield error
        error = error.__cause__


def _size(count: int) -> str:
    return (
        f"{count / 1e9:.1f} GB"
        if count >= 1e9
        else f"{count / 1e6:.1f} MB"
        if count >= 1e6
        else f"{count / 1e3:.0f} kB"
    )
