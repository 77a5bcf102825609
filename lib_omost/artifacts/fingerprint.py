"""Fingerprints of weights, which identify the models that made a picture."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from ..hub import hub_file

WHOLE = 1 << 30
"""Models up to this size in bytes are hashed whole; of larger ones the length, beginning and end of each file."""
END = 8 << 20
"""Bytes that are hashed at each end of a file in that case."""
KINDS = (".safetensors", ".gguf", ".bin")


def fingerprint(source: str, models: Path | None = None) -> str:
    """The fingerprint of the weights at `source`; "" if they are not on this disk.

    `sha256:` and a hash of the weights of a folder or file, `ends:` and a hash of their ends if they are large, or
    `commit:` and the commit of a hub repository that was downloaded to `models` (None: the hub library's cache).
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
