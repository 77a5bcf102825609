"""The lock of a folder: one process at a time works with its conversations.

The operating system holds it for a process and releases it when the process ends, in whatever way, so a lock is never
left behind.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

NAME = ".lock"


class FolderLock:
    """The lock of `folder`, which is created if it does not exist."""

    def __init__(self, folder: Path) -> None:
        self.path = folder.expanduser().absolute() / NAME
        self._file: BinaryIO | None = None

    def acquire(self) -> bool:
        """Take the lock; returns False if another process, or another `FolderLock`, has it. Raises OSError if the
        folder cannot be written to."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = open(self.path, "ab", buffering=0)  # noqa: SIM115  # the lock lasts as long as the file is open
        if not _lock(file.fileno()):
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(handle: int) -> bool:
    """Lock an open file; True also on file systems that know no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True
