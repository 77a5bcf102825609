"""Who asks, with requests as gradio hands them on: around real ones of starlette."""

from __future__ import annotations

import gradio as gr
import pytest
from starlette.requests import Request

from lib_omost.ui.state.users import client_address, user_of


def request(peer: str | None, *forwarded: str, username: str | None = None) -> gr.Request:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    scope = {"type": "http", "headers": headers, "client": None if peer is None else (peer, 1234)}
    return gr.Request(Request(scope), username=username, session_hash="chosen by the browser")


def test_the_address_and_the_login_tell() -> None:
    assert user_of(request("10.0.0.1")) == "@10.0.0.1"
    assert user_of(request("10.0.0.1", username="ann")) == "ann@10.0.0.1"
    assert user_of(request(None)) == "@unknown"
    assert user_of(None) == "@unknown"


@pytest.mark.parametrize("forwarded", [("1.2.3.4",), ("1.2.3.4, 5.6.7.8",), ("1.2.3.4", "5.6.7.8")])
def test_what_a_request_says_of_itself_is_not_believed(forwarded: tuple[str, ...]) -> None:
    assert user_of(request("10.0.0.1", *forwarded)) == "@10.0.0.1"


def test_proxies_of_ones_own_are_believed_and_no_more() -> None:
    assert client_address("10.0.0.9", ["6.6.6.6", "1.2.3.4"], 0) == "10.0.0.9"
    assert client_address("10.0.0.9", ["6.6.6.6", "1.2.3.4"], 1) == "1.2.3.4"
    assert client_address("10.0.0.9", ["6.6.6.6", "1.2.3.4", "10.0.0.8"], 2) == "1.2.3.4"
    assert client_address("10.0.0.9", ["1.2.3.4"], 2) == "10.0.0.9", "it did not come by both"
    assert client_address("10.0.0.9", [], 1) == "10.0.0.9"
    assert client_address("::1", ["[2001:db8::1]"], 1) == "2001:db8::1"


def test_a_household_with_many_addresses_is_one_user() -> None:
    one = user_of(request("2001:db8:1:2:aaaa::1"))
    assert one == user_of(request("2001:db8:1:2:bbbb::2")) == "@2001:db8:1:2::/64"
    assert one != user_of(request("2001:db8:1:3::1"))
    assert user_of(request("::ffff:10.0.0.1")) == user_of(request("10.0.0.1"))


def test_a_long_lie_stays_short() -> None:
    assert len(client_address("10.0.0.9", ["x" * 5000], 1)) < 200
    assert len(user_of(request("x" * 5000))) < 200
