"""Decoding text files of unknown encoding, as consoles and editors of several systems write them."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_RUN = re.compile(rb"[\x80-\xff]+")


def decoded(data: bytes) -> str:
    """The text of `data`.

    The encoding is that of a byte order mark; else UTF-16 if every other byte of the beginning is zero; else UTF-8 if
    it is valid or only slightly damaged; else GBK if all bytes beyond ASCII form pairs of that code; else
    Windows-1252. Never raises.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    start = data[:200]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(start) > 3 and start[first::2].count(0) > 0.4 * len(start) and 0 not in start[1 - first :: 2]:
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    runs = _RUN.findall(data)
    if all(len(run) % 2 == 0 and min(run) >= 0xA1 for run in runs):
        try:
            return data.decode("gbk")
        except UnicodeDecodeError:
            pass
    return data.decode("utf-8" if _mostly_utf8(data) else "cp1252", "replace")


def _mostly_utf8(data: bytes) -> bool:
    """Whether only few bytes are invalid UTF-8, as in a file that was cut off or damaged."""
    text = data.decode("utf-8", "replace")
    return text.count("\ufffd") * 4 < sum(not char.isascii() for char in text)
