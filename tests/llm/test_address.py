from __future__ import annotations

import pytest

from lib_omost.errors import SettingsError
from lib_omost.llm.address import Address, is_address


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1"),
        ("HTTPS://Example.org/api/v3/", "https://example.org/api/v3"),
        ("http://[::1]:11434/v1/chat/completions", "http://[::1]:11434/v1"),
        ("http://me:se%40cret@box:1/v1", "http://box:1/v1"),
    ],
)
def test_an_address_is_read_as_people_write_it(text: str, url: str) -> None:
    assert is_address(text)
    assert Address.parse(text).url == url


def test_a_password_is_kept_apart() -> None:
    address = Address.parse("http://me:se%40cret@box:1/v1")
    assert address.credentials == ("me", "se@cret")
    assert "cret" not in repr(address)


@pytest.mark.parametrize(
    "text",
    ["http://", "http:///v1", "http://box:port/v1", "http://box:99999/v1", "http://a b/v1", "http://[::1/v1",
     "http://box/v1?key=1", "http://box/\x00"],
)  # fmt: skip
def test_what_is_none_is_a_sentence(text: str) -> None:
    with pytest.raises(SettingsError, match="write it like http"):
        Address.parse(text)


@pytest.mark.parametrize("name", ["embedded", "owner/model", "/models/http", "model.gguf", "httpx/model"])
def test_other_names_are_no_addresses(name: str) -> None:
    assert not is_address(name)


@pytest.mark.parametrize(("host", "local"), [("localhost", True), ("127.0.0.9", True), ("[::1]", True), ("box", False)])
def test_no_proxy_stands_before_this_machine(host: str, local: bool) -> None:
    assert Address.parse(f"http://{host}:8000/v1").local is local
