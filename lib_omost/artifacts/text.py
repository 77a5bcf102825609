"""Decoding text files of unknown encoding, as consoles and editors of several systems write them."""

from __future__ import annotations

import codecs
import locale
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lib_omost.artifacts.letters import CYRILLIC, HANGUL, SIMPLIFIED, TRADITIONAL
from lib_omost.errors import SettingsError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PAGES = {
    "gbk": "GBK (simplified Chinese)",
    "big5": "Big5 (traditional Chinese)",
    "shift_jis": "Shift-JIS (Japanese)",
    "euc_kr": "EUC-KR (Korean)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp866": "code page 866 (Cyrillic)",
    "cp1252": "Windows-1252 (Western)",
    "cp850": "code page 850 (Western)",
}
"""Code pages that are told apart, the first preferred if two are equally likely."""
_WIDER = {"gbk": "gb18030", "big5": "cp950", "shift_jis": "cp932", "euc_kr": "cp949"}
"""The code pages of Windows that extend those of the standards."""
NEAR = 0.6
"""A code page that is less likely than the likeliest by no more than this factor is named as a second choice."""
SURE = 0.5
"""How likely a code page must be for each byte beyond ASCII; usual texts have 0.6 to 1.6."""
_SHORT = 12
"""Bytes beyond ASCII that may be valid UTF-8 by chance."""
_SAMPLE = 65536
_SMALL, _LARGE = "àâäáãåæçéèêëíìîïñóòôöõøœúùûüß", "ÀÂÄÁÅÇÉÈÊÍÑÓÖØÚÜ"
_WESTERN = re.compile(
    "(?<![^\x00-\x7f])(?:"
    # Letters stand in words, and in front of capitals only in words of capitals.
    rf"(?<=[A-Za-z])[{_SMALL}]{{1,2}}(?![A-Z])|[{_SMALL}{_LARGE}](?=[a-z])|(?<=[A-Z])[{_LARGE}]|[{_LARGE}](?=[A-Z])"
    r"|(?<= )[àâéèêôó](?= )"
    # Quotes stand around words, dashes between them.
    "|(?<![A-Za-z])[“„«¿¡‘](?=[A-Za-z])|(?<=[A-Za-z.!?,])[”»’…](?![A-Za-z])|(?<=[A-Za-z])’(?=[A-Za-z])"
    r"|(?<=[\s\d])[–—×·](?=[\s\d])|(?<=\d)[½¼]|(?<=[\d ])°(?=[CF\s])|[€£©®™]"
    ")(?![^\x00-\x7f])"
)
_CYRILLIC = re.compile("(?<![A-Za-zЀ-ӿ])(?:[А-ЯЁ]?[а-яё]+|[А-ЯЁ]{2,})(?![A-Za-zЀ-ӿ])|№(?=[ \\d])")
_QUOTES = re.compile(r"(?<![A-Za-z])[«»“”„—–…]|[«»“”„—–…](?![A-Za-z])")
_PUNCTUATION = re.compile("[\u3000-\u303f\uff01-\uff5e“”‘’—…·]")
_FAR = re.compile(r"(?<![A-Za-z])[^\x00-\x7f]+(?![A-Za-z])")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fc]")


@dataclass(frozen=True)
class Decoded:
    """A text. encoding: that it was read in, as Python names it. doubt: a sentence if that is only likely, else ""."""

    text: str
    encoding: str
    doubt: str = ""


def decoded(data: bytes, encoding: str = "", own: Sequence[str] = ()) -> Decoded:
    """The text of `data`.

    With `encoding` it is read in that; bytes that do not fit are replaced. Otherwise the encoding is that of a byte
    order mark; else UTF-16 if the text has zero bytes; else UTF-8 if it is valid or only slightly damaged. Else it is
    the code page of PAGES in whose language the text looks most usual, and the result says so. If several are nearly as
    likely, the first of them among `own` is taken, which are the code pages of this machine, see `own_pages`. Raises
    SettingsError if there is no such encoding.
    """
    if encoding:
        return Decoded(data.decode(known_encoding(encoding), "replace").removeprefix("\ufeff"), encoding)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(name, "replace"), name)
    zeros = [data[first::2].count(0) for first in (0, 1)]
    if max(zeros) > 3 * min(zeros) and max(zeros) * 20 > len(data):
        name = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
        return Decoded(data.decode(name, "replace"), name)
    try:
        return _short_word(data, data.decode("utf-8"), own)
    except UnicodeDecodeError:
        pass
    if _mostly_utf8(data):
        return Decoded(data.decode("utf-8", "replace"), "utf-8")
    return _in_code_page(data, own)


def known_encoding(name: str) -> str:
    """`name`. Raises SettingsError if no text can be read in it."""
    try:
        b"    ".decode(name, "replace")  # without any bytes the name would not be looked up
    except (LookupError, UnicodeError, ValueError) as error:
        raise SettingsError(f"There is no encoding {name[:60]!r}: write it as in big5, cp866 or utf-16.") from error
    return name


def own_pages(*, console: bool = False) -> tuple[str, ...]:
    """The code pages in which this machine writes texts, the likeliest first; console: those of the console, too."""
    found = [locale.getencoding()]
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        found = [f"cp{page()}" for page in (kernel.GetACP, kernel.GetOEMCP)]
        if console:
            found = [f"cp{kernel.GetConsoleCP()}", *reversed(found)]
    return tuple(_page_named(name) for name in found)


def _page_named(name: str) -> str:
    """The name in PAGES of a code page, or its own if it is none of them."""
    try:
        plain = codecs.lookup(name).name
    except LookupError:
        return name
    wider = {codecs.lookup(other).name: page for page, other in _WIDER.items()}
    return wider.get(plain, {"cp437": "cp850", "gb2312": "gbk"}.get(plain, plain))


def _short_word(data: bytes, text: str, own: Sequence[str]) -> Decoded:
    """`text`, the UTF-8 of `data`, or a word in a code page of this machine that happens to be valid UTF-8 as well."""
    beyond = sum(byte > 0x7F for byte in data[:_SAMPLE])
    if 0 < beyond <= _SHORT and not any(
        char in SIMPLIFIED | TRADITIONAL | HANGUL or char < "ࠀ" for char in text if not char.isascii()
    ):
        for page in own:
            if page in PAGES and _likelihood(data, page) >= 0.7 * beyond:
                doubt = f"The text was read as {PAGES[page]}. It may be UTF-8."
                return Decoded(data.decode(_WIDER.get(page, page)), page, doubt)
    return Decoded(text, "utf-8")


def _in_code_page(data: bytes, own: Sequence[str]) -> Decoded:
    likely = {page: _likelihood(data[:_SAMPLE], page) for page in PAGES}
    best = max(likely, key=lambda page: likely[page])
    near = [page for page in PAGES if likely[page] > 0 and likely[page] >= NEAR * likely[best]]
    if likely[best] < SURE * sum(byte > 0x7F for byte in data[:_SAMPLE]):
        chosen = next((page for page in own if page not in PAGES and _fits(data, page)), best)
        name = PAGES.get(chosen, chosen)
        doubt = f"The encoding of the text could not be recognised; it was read as {name}."
        return Decoded(data.decode(_WIDER.get(chosen, chosen), "replace"), chosen, doubt)
    chosen = next((page for page in own if page in near), best)
    doubt = f"The text is not UTF-8; it was read as {PAGES[chosen]}."
    if others := [PAGES[page] for page in near if page != chosen]:
        doubt += f" It may be {' or '.join(others)}."
    return Decoded(data.decode(_WIDER.get(chosen, chosen), "replace"), chosen, doubt)


def _fits(data: bytes, page: str) -> bool:
    try:
        data.decode(page)
    except (LookupError, UnicodeError):
        return False
    return page not in ("utf-8", "ascii")


def _mostly_utf8(data: bytes) -> bool:
    """Whether only few bytes are invalid UTF-8, as in a file that was cut off or damaged."""
    text = data.decode("utf-8", "replace")
    return text.count("\ufffd") * 4 < sum(not char.isascii() for char in text)


def _likelihood(data: bytes, page: str) -> float:
    """How likely a text is in a code page: bytes beyond ASCII that look like its language, minus the others."""
    text = data.decode(page, "replace")
    beyond = sum(not char.isascii() for char in text)
    size = 2 if page in _WIDER else 1
    return size * (2 * _USUAL[page](text) - beyond) - 4 * text.count("\ufffd")


def _western(text: str) -> float:
    return sum(len(found[0].strip()) for found in _WESTERN.finditer(text))


def _cyrillic(text: str) -> float:
    """Each letter counts as much as it is frequent, because another code page makes rare letters of frequent ones."""
    words = "".join(_CYRILLIC.findall(text)).lower()
    weights = (1.15 - 0.9 * (CYRILLIC.find(char) / len(CYRILLIC)) ** 2 for char in words if char in CYRILLIC)
    return sum(weights) + 0.9 * len(_QUOTES.findall(text))


def _characters(text: str, page: str, frequent: Callable[[str], object], first: range, second: int = 0x40) -> float:
    """Frequent characters count more than those of the page's first level, whose bytes are in `first` and from `second`
    on. Those that touch a Latin letter have swallowed another one."""
    total = 0.0
    for run in _FAR.finditer(text):
        for char in run[0]:
            if frequent(char):
                total += 1.3
            elif _PUNCTUATION.match(char):
                total += 1
            else:
                code = char.encode(page, "replace")
                total += 0.8 if len(code) == 2 and code[0] in first and code[1] >= second else 0
    return total


_USUAL: dict[str, Callable[[str], float]] = {
    "gbk": lambda text: _characters(text, "gbk", SIMPLIFIED.__contains__, range(0xB0, 0xD8), 0xA1),
    "big5": lambda text: _characters(text, "big5", TRADITIONAL.__contains__, range(0xA4, 0xC7)),
    "shift_jis": lambda text: _characters(text, "shift_jis", _KANA.match, range(0x81, 0x98)),
    "euc_kr": lambda text: _characters(text, "euc_kr", HANGUL.__contains__, range(0xB0, 0xC9), 0xA1),
    "cp1251": _cyrillic,
    "cp866": _cyrillic,
    "cp1252": _western,
    "cp850": _western,
}
