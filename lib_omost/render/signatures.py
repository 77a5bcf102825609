"""File types by the first bytes of a file and not by its name: weights, or something that was saved in their place.

safetensors: https://github.com/huggingface/safetensors, "Format". Git LFS:
https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. The other entries are the magic numbers of the formats.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from lib_omost.errors import ModelError

_HEAD = 512
_LONGEST_HEADER = 100_000_000
"""Bytes; the limit of the safetensors library."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: `what` it is, and `advice` for a file whose weights cannot be read or that has none."""

    what: str
    advice: str = ""


SAFETENSORS = Kind("a safetensors file")
PICKLE = Kind("a pickle")

_WEIGHTS = "choose the .safetensors version of the model"
_AGAIN = "fetch the file again"
_ARCHIVE = Kind("an archive", "unpack it and choose the .safetensors file in it")
_PAGE = Kind(
    "a web page that was saved in place of the file, such as a sign-in or error page",
    "fetch the file itself, signed in or with an access token if the site asks for one",
)
_POINTER = Kind(
    "a Git LFS pointer, a short text in place of the file",
    "run `git lfs pull` in its folder, or fetch the file itself",
)
_JSON = Kind("a JSON text, probably a server's error message", "fetch the file itself")
_TEXT = Kind("a text file", "fetch the file itself")
_PICTURE = Kind("a picture", "choose a .safetensors file")

TABLE: tuple[tuple[bytes, Kind], ...] = (
    (b"version https://git-lfs", _POINTER),
    (b"GGUF", Kind("a GGUF file, a format that cannot be read here for image models", _WEIGHTS)),
    (b"<!doctype", _PAGE),
    (b"<html", _PAGE),
    (b"<?xml", _PAGE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"rar!", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"\xfd7zxz", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"\x89hdf", Kind("an HDF5 file", _WEIGHTS)),
    (b"\x08", Kind("an ONNX or TensorFlow file", _WEIGHTS)),
    (b"\x89png", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"riff", _PICTURE),
    (b"%pdf", Kind("a PDF document", _WEIGHTS)),
    (b"mz", Kind("a program", _WEIGHTS)),
    (b"\x7felf", Kind("a program", _WEIGHTS)),
    (b"\x80", PICKLE),
    (b"{", _JSON),
    (b"[", _JSON),
)
"""The first bytes of a file, in lower case and without leading white space, and the kind of file."""


def kind_of(path: Path) -> Kind:
    """The kind of the file at `path`. Raises ModelError if it cannot be read or is a truncated safetensors file."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not head:
        return Kind("empty", _AGAIN)
    if not any(head):
        return Kind("a download that contains only zeros", _AGAIN)
    if len(head) > 8 and head[8:9] == b"{":
        return _safetensors(path, size, struct.unpack("<Q", head[:8])[0])
    if head.startswith(b"PK"):
        return _zip(path)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for signature, kind in TABLE:
        if start.startswith(signature.lower()):
            return kind
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in head)
    return _TEXT if printable > 0.95 * len(head) else Kind("of an unknown kind", _WEIGHTS)


def require_weights(path: Path, pickles: bool) -> Kind:
    """`SAFETENSORS` or `PICKLE`. Raises ModelError with the kind of the file if it is neither, or if it is a pickle and
    `pickles` is false."""
    kind = kind_of(path)
    if kind is PICKLE and not pickles:
        raise ModelError(refusal(str(path)))
    if kind not in (SAFETENSORS, PICKLE):
        raise ModelError(f"{path} is {kind.what}: {kind.advice}.")
    return kind


def refusal(what: str) -> str:
    """The error message for a pickle that the user has not allowed."""
    return (
        f"{what} is a pickle, which could run code while it is read: use the .safetensors version of this model, "
        "or start with --allow-pickle if you trust its source."
    )


def _safetensors(path: Path, size: int, header: int) -> Kind:
    """SAFETENSORS. Raises ModelError if the file ends before the end of its header or of its last tensor."""
    if header > _LONGEST_HEADER:
        return Kind("of an unknown kind", _WEIGHTS)
    needed = 8 + header
    if size >= needed:
        try:
            with path.open("rb") as file:
                entries = json.loads(file.read(needed)[8:])
            ends = [entry["data_offsets"][1] for name, entry in entries.items() if name != "__metadata__"]
            needed += max(ends, default=0)
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            return SAFETENSORS  # the safetensors library reports the error
    if size < needed:
        raise ModelError(f"{path} holds only {size:,} of its {needed:,} bytes: {_AGAIN}.")
    return SAFETENSORS


def _zip(path: Path) -> Kind:
    """torch.save writes ZIP archives with an entry data.pkl."""
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError):
        return Kind("the beginning of a ZIP archive or of a pickle", _AGAIN)
    return PICKLE if any(name.endswith("data.pkl") for name in names) else _ARCHIVE
