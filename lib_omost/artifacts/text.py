"""Decoding text files of unknown encoding, as consoles and editors of several systems write them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODE_PAGES = ("gbk", "shift_jis", "cp1251", "cp1252")
"""Code pages that are told apart, the first preferred if two are equally likely."""
_SAMPLE = 65536
_WESTERN = re.compile(
    "(?<![^\x00-\x7f])[àâäáãåæçéèêëíìîïñóòôöõøœúùûüßÀÂÄÁÅÇÉÈÊÍÑÓÖØÚÜ–—‘’“”„…«»°·×½¼¿¡€£©®™]{1,2}(?![^\x00-\x7f])"
)
_CYRILLIC = re.compile("(?<![A-Za-zЀ-ӿ])(?:[А-ЯЁ]?[а-яё]+|[А-ЯЁ]{2,})(?![A-Za-zЀ-ӿ])|[«»“”„—–№…]")
_CHINESE = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e“”‘’—…·]")
_JAPANESE = re.compile("[\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff\u3000-\u303f\uff01-\uff5e]")


def decoded(data: bytes) -> str:
    """The text of `data`.

    The encoding is that of a byte order mark; else UTF-16 if the text has zero bytes; else UTF-8 if it is valid or only
    slightly damaged; else the likeliest of GBK, Shift-JIS, Windows-1251 and Windows-1252. Never raises.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    zeros = [data[first::2].count(0) for first in (0, 1)]
    if max(zeros) > 3 * min(zeros) and max(zeros) * 20 > len(data):
        return data.decode("utf-16-le" if zeros[1] > zeros[0] else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _mostly_utf8(data):
        return data.decode("utf-8", "replace")
    return data.decode(max(_CODE_PAGES, key=lambda name: _likelihood(data[:_SAMPLE], name)), "replace")


def _mostly_utf8(data: bytes) -> bool:
    """Whether only few bytes are invalid UTF-8, as in a file that was cut off or damaged."""
    text = data.decode("utf-8", "replace")
    return text.count("\ufffd") * 4 < sum(not char.isascii() for char in text)


def _likelihood(data: bytes, encoding: str) -> float:
    """How likely a text is in a code page: bytes beyond ASCII that look like its language, minus the others."""
    text = data.decode(encoding, "replace")
    beyond = sum(not char.isascii() for char in text)
    usual = sum(_usual(text, encoding))
    size = 2 if encoding in ("gbk", "shift_jis") else 1
    return size * (2 * usual - beyond) - 4 * text.count("\ufffd")


def _usual(text: str, encoding: str) -> Iterator[int]:
    """The lengths of the passages of `text` that are usual in the language of a code page."""
    if encoding == "cp1252":
        yield from (len(found[0]) for found in _WESTERN.finditer(text))
    elif encoding == "cp1251":
        yield from (len(found[0]) for found in _CYRILLIC.finditer(text))
    elif encoding == "gbk":
        # The first level of GB 2312 has the common characters.
        common = (char.encode("gbk")[0] for char in _CHINESE.findall(text))
        yield from (1 for lead in common if 0xB0 <= lead <= 0xD7 or 0xA1 <= lead <= 0xA3)
    else:
        usual = (char.encode("shift_jis", "replace") for char in _JAPANESE.findall(text))
        yield from (1 for code in usual if len(code) == 2 and code[0] <= 0x9F)
