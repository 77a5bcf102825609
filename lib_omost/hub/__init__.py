"""Downloads from the model hub: which files of a repository are needed (`request`), fetching them (`download`), and
explanations of failures (`diagnosis`)."""

from __future__ import annotations

from .download import fetch
from .request import DownloadRequest, hub_file, is_repository

__all__ = ["DownloadRequest", "fetch", "hub_file", "is_repository"]
