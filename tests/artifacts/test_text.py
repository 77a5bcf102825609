from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.artifacts.text import decoded

CAFE = "canvas.set_global_description(description='Café – “Open”')\n"
DRAGON = "canvas.set_global_description(description='一条龙在山上飞翔，远处有雪山。')\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_western_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    assert decoded(CAFE.encode(encoding)).lstrip("\ufeff") == CAFE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb2312"])
def test_chinese_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    assert decoded(DRAGON.encode(encoding)) == DRAGON


CASTLE = "canvas.set_global_description(description='Замок на холме, «серый» туман; река.', tags='замок')\n"
SHRINE = "canvas.set_global_description(description='山の上の神社、朝の霧。赤い鳥居が見える。', tags='神社')\n"
ROOF = "canvas.set_global_description(description='Häuser mit roten Dächern, große Bäume, ein weißer Zaun')\n"


PAGES = [(CAFE, "cp1252"), (ROOF, "cp1252"), (CASTLE, "cp1251"), (DRAGON, "gbk"), (SHRINE, "shift_jis")]


@pytest.mark.parametrize(("text", "page"), PAGES)
def test_code_pages_are_told_apart(text: str, page: str) -> None:
    for encoding in (page, "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert decoded(text.encode(encoding)) == text
    assert decoded(text.encode(page) * 40) == text * 40


@pytest.mark.parametrize(
    ("word", "encoding"),
    [("Café", "cp1252"), ("naïve – “ok”", "cp1252"), ("über", "cp1252"), ("кот", "cp1251"), ("Лиса и сова", "cp1251"),
     ("龙", "gbk"), ("红色的龙", "gbk"), ("赤い竜", "shift_jis"), ("ドラゴン", "shift_jis"),
     ("un château à l’aube", "cp1252"), ("дом у реки", "cp1251"), ("el niño", "cp1252"), ("一座山，一条河", "gbk")],
)  # fmt: skip
def test_a_few_words_are_enough(word: str, encoding: str) -> None:
    assert decoded(word.encode(encoding)) == word


def test_utf16_of_few_ascii_letters_is_recognised() -> None:
    text = "description='山の上の神社、朝の霧。赤い鳥居が見える。" * 3
    assert decoded(text.encode("utf-16-le")) == text
    assert decoded(text.encode("utf-16-be")) == text


def test_a_damaged_utf8_file_stays_utf8() -> None:
    assert decoded(DRAGON.encode()[:-30] + b"\xe9\xbe" + b"')\n").startswith(DRAGON[:30])


@given(st.binary(max_size=60))
def test_anything_is_some_text(data: bytes) -> None:
    assert isinstance(decoded(data), str)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(lambda text: "\x00" not in text))
def test_utf8_is_never_taken_for_another(text: str) -> None:
    assert decoded(text.encode()) == text.removeprefix("\ufeff")
