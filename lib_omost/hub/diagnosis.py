"""What the user should know before a download, and explanations of failures with advice."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import ModelError
from ..runtime.proxies import proxy_for
from .request import DownloadRequest

_OF_PROXIES = (403, 407, 500, 502, 503, 504)
"""Statuses with which proxies answer in place of a site."""
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def downloads(models: Path | None) -> Path:
    """The folder for downloads; for None the hub library's cache."""
    from huggingface_hub import constants

    return Path(models if models is not None else constants.HF_HUB_CACHE).expanduser().resolve()


def check_room(request: DownloadRequest, total: int, folder: Path) -> None:
    """Raises ModelError if the disk of `folder` has less than `total` bytes free."""
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    if total > free:
        raise ModelError(_no_room(request, folder, f"{readable(total)} are needed and {readable(free)} are free"))


def _no_room(request: DownloadRequest, folder: Path, why: str) -> str:
    return (
        f"There is no room for {request.title} in {folder}: {why}. "
        "Make room, or name a folder on another disk with --models."
    )


def what_to_know(request: DownloadRequest, info: Any) -> str:
    """What the user should know before the first download: the licence, whether the model is gated, the preset's
    note."""
    licence = next((tag.partition(":")[2] for tag in info.tags or () if tag.startswith("license:")), "")
    parts = [f"Licence: {licence}." if licence else f"Read its licence at {_page(request)} first."]
    if info.gated:
        parts.append(f"By using it you accept the terms of its authors at {_page(request)}.")
    return " ".join([*parts, request.note]).strip()


def _page(request: DownloadRequest) -> str:
    from huggingface_hub import constants

    return f"{constants.ENDPOINT}/{request.repository}"


def explained(error: BaseException, request: DownloadRequest, folder: Path | None = None) -> str:
    """One or two sentences that explain the failure."""
    from huggingface_hub import constants
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    reason = " ".join(str(error).split())
    title, page = f"{request.title} ({request.repository})", _page(request)
    plain = (GatedRepoError, RepositoryNotFoundError, HfHubHTTPError, OfflineModeIsEnabled, PermissionError)
    error = next((cause for cause in _causes(error) if isinstance(cause, plain)), error)
    if any(isinstance(cause, OSError) and cause.errno in _FULL for cause in _causes(error)):
        return _no_room(request, folder or downloads(None), "the disk is full, or takes no files of this size")
    if isinstance(error, PermissionError):
        return f"{folder} cannot be written, so {title} cannot be kept there: name another folder with --models."
    if isinstance(error, OfflineModeIsEnabled):
        return (
            f"{title} is not on this disk, and nothing is downloaded in offline mode: start once without --offline "
            "(and without HF_HUB_OFFLINE), or name the folder that it is in."
        )
    if isinstance(error, HFValidationError):
        return f"{request.repository!r} is not a valid repository name: write it as owner/model."
    if isinstance(error, GatedRepoError):
        return (
            f"{title} is gated: accept its authors' terms at {page}, make an access token at "
            "https://huggingface.co/settings/tokens, sign in with `hf auth login` (or set HF_TOKEN), and start again."
        )
    if isinstance(error, RepositoryNotFoundError):
        return (
            f"There is no model {request.repository} at {page}, or it is private: check the name, or sign in with "
            "`hf auth login` (or set HF_TOKEN)."
        )
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        if (proxy := proxy_for(constants.ENDPOINT)) and status in _OF_PROXIES:
            return (
                f"{title} has to be downloaded, but the proxy {proxy}, or the hub behind it, answered with the status "
                f"{status}: check the proxy and try again, or choose a model that is on this disk."
            )
        advice = f"see {page} for who may use it" if status in (401, 403) else "wait a while and try again"
        return f"The hub refused {title} with the status {status}: {advice}, or choose a model that is on this disk."
    proxy = proxy_for(constants.ENDPOINT)
    through = f"the proxy {proxy}" if proxy else "the proxy"
    return (
        f"{title} has to be downloaded, but that failed ({type(error).__name__}: {reason[:200]}). "
        f"Check the connection and {through} and try again; complete files are kept. Or use the embedded models."
    )


def kind_of(error: BaseException) -> str:
    """The class of an error and the hub's status, for a log. The message is left out, because it may contain a token,
    or an address with a password."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return type(error).__name__ if status is None else f"{type(error).__name__}, status {status}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes, the outermost first."""
    while error is not None:
        yield error
        error = error.__cause__


def readable(count: int) -> str:
    """A readable number of bytes."""
    return (
        f"{count / 1e9:.1f} GB"
        if count >= 1e9
        else f"{count / 1e6:.1f} MB"
        if count >= 1e6
        else f"{count / 1e3:.0f} kB"
    )
