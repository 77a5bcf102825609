from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib_omost.artifacts.text import PAGES as NAMES
from lib_omost.artifacts.text import Decoded, decoded, own_pages
from lib_omost.errors import SettingsError

CAFE = "canvas.set_global_description(description='Café – “Open”')\n"
DRAGON = "canvas.set_global_description(description='一条龙在山上飞翔，远处有雪山。')\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_western_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    assert decoded(CAFE.encode(encoding)).text.lstrip("\ufeff") == CAFE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb2312"])
def test_chinese_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    assert decoded(DRAGON.encode(encoding)).text == DRAGON


CASTLE = "canvas.set_global_description(description='Замок на холме, «серый» туман; река.', tags='замок')\n"
SHRINE = "canvas.set_global_description(description='山の上の神社、朝の霧。赤い鳥居が見える。', tags='神社')\n"
ROOF = "canvas.set_global_description(description='Häuser mit roten Dächern, große Bäume, ein weißer Zaun')\n"


TEMPLE = "canvas.set_global_description(description='一條龍在山上飛翔，遠處有雪山。', tags='廟')\n"
PALACE = "canvas.set_global_description(description='눈 덮인 산 아래의 궁궐과 붉은 다리.', tags='궁궐')\n"
BRIDGE = "canvas.set_global_description(description='Häuser am Fluß, une forêt près du lac, el niño')\n"


PAGES = [
    (TEMPLE, "big5"),
    (PALACE, "euc_kr"),
    (CASTLE.replace("«", "").replace("»", ""), "cp866"),
    (BRIDGE, "cp850"),
    (CAFE, "cp1252"),
    (ROOF, "cp1252"),
    (CASTLE, "cp1251"),
    (DRAGON, "gbk"),
    (SHRINE, "shift_jis"),
]


@pytest.mark.parametrize(("text", "page"), PAGES)
def test_code_pages_are_told_apart(text: str, page: str) -> None:
    for encoding in (page, "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert decoded(text.encode(encoding)).text == text
    assert decoded(text.encode(page) * 40).text == text * 40


@pytest.mark.parametrize(
    ("word", "encoding"),
    [("Café", "cp1252"), ("naïve – “ok”", "cp1252"), ("über", "cp1252"), ("кот", "cp1251"), ("Лиса и сова", "cp1251"),
     ("龙", "gbk"), ("红色的龙", "gbk"), ("赤い竜", "shift_jis"), ("ドラゴン", "shift_jis"),
     ("un château à l’aube", "cp1252"), ("дом у реки", "cp1251"), ("el niño", "cp1252"), ("一座山，一条河", "gbk"),
     ("кот", "cp866"), ("дом у реки", "cp866"), ("紅色的龍", "big5"), ("一座山，一條河", "big5"), ("빨간 용", "euc_kr"),
     ("고양이와 개", "euc_kr"), ("el niño", "cp850"), ("über", "cp850"), ("20 °C at the café", "cp1252")],
)  # fmt: skip
def test_a_few_words_are_enough(word: str, encoding: str) -> None:
    assert decoded(word.encode(encoding)).text == word


def test_utf16_of_few_ascii_letters_is_recognised() -> None:
    text = "description='山の上の神社、朝の霧。赤い鳥居が見える。" * 3
    assert decoded(text.encode("utf-16-le")).text == text
    assert decoded(text.encode("utf-16-be")).text == text


def test_a_damaged_utf8_file_stays_utf8() -> None:
    assert decoded(DRAGON.encode()[:-30] + b"\xe9\xbe" + b"')\n").text.startswith(DRAGON[:30])


@given(st.binary(max_size=60))
def test_anything_is_some_text(data: bytes) -> None:
    assert isinstance(decoded(data).text, str)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(lambda text: "\x00" not in text))
def test_utf8_is_never_taken_for_another(text: str) -> None:
    assert decoded(text.encode()).text == text.removeprefix("\ufeff")


@pytest.mark.parametrize(("text", "page"), PAGES)
def test_a_code_page_is_named_and_unicode_is_not(text: str, page: str) -> None:
    found = decoded(text.encode(page))
    assert found.encoding == page
    assert found.doubt.startswith(f"The text is not UTF-8; it was read as {NAMES[page]}.")
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "ascii"):
        plain = text.encode(encoding, "ignore")
        assert decoded(plain).doubt == ""


LIKE_TWO = [("Straße", "cp850", "cp1252"), ("벚꽃", "euc_kr", "gbk")]


@pytest.mark.parametrize(("text", "page", "other"), LIKE_TWO)
def test_what_two_code_pages_may_mean_is_told_and_the_machine_decides(text: str, page: str, other: str) -> None:
    data = text.encode(page)
    found = decoded(data)
    assert f"It may be {NAMES[page]}." in found.doubt
    assert decoded(data, own=[page]).text == text
    assert f"It may be {NAMES[other]}." in decoded(data, own=["cp1250", page, other]).doubt
    assert decoded(data, own=["cp866"]) == found, "the machine's code page counts only where it is plausible"


@pytest.mark.parametrize(
    ("text", "page"), [("Łódź", "cp1250"), ("Żółw na łące", "cp1250"), ("ภูเขาสูง", "cp874"), ("βουνά", "cp1253")]
)
def test_another_code_page_is_read_where_the_machine_has_it(text: str, page: str) -> None:
    found = decoded(text.encode(page), own=[page])
    assert found.text == text
    assert found.doubt == f"The encoding of the text could not be recognised; it was read as {page}."
    elsewhere = decoded(text.encode(page), own=["utf-8"])
    assert "could not be recognised" in elsewhere.doubt


@pytest.mark.parametrize("name", ["cp866", "big5", "utf-16-le", "koi8-r", "cp1250", "UTF8"])
def test_a_named_encoding_is_obeyed(name: str) -> None:
    text = "Żółw" if name == "cp1250" else "river 山" if name in ("big5", "utf-16-le", "UTF8") else "река"
    assert decoded(text.encode(name), name) == Decoded(text, name)
    assert "\ufffd" in decoded(b"\xff\xff\xff", "ascii").text


@pytest.mark.parametrize("name", ["rot13", "hex", "nonsense", "a\x00b", "base64", "ü" * 100])
def test_an_encoding_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="There is no encoding"):
        decoded(b"x", name)


def test_the_machine_names_its_code_pages() -> None:
    assert own_pages()
    assert all(isinstance(page, str) for page in own_pages(console=True))


@pytest.mark.parametrize("word", ["чай", "радуга"])
def test_a_word_that_is_utf8_by_chance_is_read_as_the_machine_writes_it(word: str) -> None:
    data = word.encode("cp866")
    assert decoded(data).encoding == "utf-8"
    found = decoded(data, own=["cp866"])
    assert (found.text, found.doubt.endswith("It may be UTF-8.")) == (word, True)
    for text in ("река", "über", "龙", "山", "용", "пейзаж", "â"):
        assert decoded(text.encode(), own=["cp866", "cp1251", "gbk", "cp850"]).text == text
