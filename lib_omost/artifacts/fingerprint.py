"""Which weights a model has, in a few characters: so that a picture knows what it was painted with."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from ..hub import hub_file

WHOLE = 1 << 30
"""Bytes of weights up to which all are read; of larger models each file's length, beginning and end are."""
END = 8 << 20
"""Bytes that are read at either end then."""
KINDS = (".safetensors", ".gguf", ".bin")


def fingerprint(source: str, models: Path | None = None) -> str:
    """What tells the weights at `source` from others; "" where they are not on this disk.

    `sha256:` of a folder's or a file's weights, `ends:` of their ends where they are large, `commit:` of a repository
    of the hub whose download lies below `models` (None: the hub library's own folder).
    """
    path = Path(source).expanduser()
    try:
        if path.is_file():
            return _of_files((_stamp(path, path.name),))
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.suffix in KINDS and file.is_file())
            return _of_files(tuple(_stamp(file, file.relative_to(path).as_posix()) for file in files))
    except OSError:
        return ""
    return _of_repository(source, models)


def _stamp(path: Path, name: str) -> tuple[str, str, int, int]:
    status = path.stat()
    return str(path), name, status.st_size, status.st_mtime_ns


@lru_cache(maxsize=16)
def _of_files(files: tuple[tuple[str, str, int, int], ...]) -> str:
    if not files:
        return ""
    total = hashlib.sha256()
    ends = sum(size for _, _, size, _ in files) > WHOLE
    for path, name, size, _ in files:
        total.update(f"{name}\0{size}\0".encode())
        with open(path, "rb") as file:
            if ends:
                total.update(file.read(END))
                file.seek(max(size - END, 0))
                total.update(file.read(END))
            else:
                whole = hashlib.sha256()
                while block := file.read(1 << 20):
                    whole.update(block)
                total.update(whole.digest())
    return f"{'ends' if ends else 'sha256'}:{total.hexdigest()}"


def _of_repository(source: str, models: Path | None) -> str:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    repository, file = hub_file(source) or (source, "")
    for name in (file,) if file else ("model_index.json", "config.json"):
        try:
            found = try_to_load_from_cache(repository, name, cache_dir=models)
        except HFValidationError:
            return ""
        if isinstance(found, str):
            # <cache>/models--owner--model/snapshots/<commit>/<name>
            return f"commit:{Path(found).parents[name.count('/')].name}"
    return ""
