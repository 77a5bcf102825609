"""The stores of a page with logins: one for each, in folders below that of the page."""

from __future__ import annotations

import hashlib
import re
import threading
from pathlib import Path

from .store import Store

LOGINS = "logins"
"""The folder of the stores."""
_UNSAFE = re.compile(r"[^0-9a-z-]+")


class Stores:
    """The stores below `folder`; each is created when its login is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self._stores: dict[str, Store] = {}
        self._lock = threading.Lock()

    def of(self, login: str) -> Store:
        """The store of `login`."""
        with self._lock:
            if login not in self._stores:
                self._stores[login] = Store(self.folder / LOGINS / folder_name(login))
            return self._stores[login]

    def picture(self, name: str, file: str) -> Path | None:
        """The path of a picture of any login's conversation, see `Store.picture`. Nobody can guess the name of another
        login's conversation."""
        with self._lock:
            stores = list(self._stores.values())
        return next((path for store in stores if (path := store.picture(name, file)) is not None), None)


def folder_name(login: str) -> str:
    """A name for the folder of a login: readable, valid on every system, and another one for every login."""
    readable = _UNSAFE.sub("-", login.lower()).strip("-")[:40]
    return f"{readable or 'login'}-{hashlib.sha256(login.encode('utf-8', 'replace')).hexdigest()[:12]}"
