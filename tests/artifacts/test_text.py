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


def test_a_damaged_utf8_file_stays_utf8() -> None:
    assert decoded(DRAGON.encode()[:-30] + b"\xe9\xbe" + b"')\n").startswith(DRAGON[:30])


@given(st.binary(max_size=60))
def test_anything_is_some_text(data: bytes) -> None:
    assert isinstance(decoded(data), str)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(lambda text: "\x00" not in text))
def test_utf8_is_never_taken_for_another(text: str) -> None:
    assert decoded(text.encode()) == text.removeprefix("\ufeff")
