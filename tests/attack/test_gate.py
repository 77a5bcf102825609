"""Requests that must not come in, or not come far: foreign names and sites, long bodies, guesses, floods."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest

from lib_omost.ui.serving.bodies import MAX_BODY
from lib_omost.ui.serving.gate import GUESSES, REQUESTS
from lib_omost.ui.serving.names import Names
from tests.attack.conftest import LOGINS, Served

JSON = {"Content_Type": "application/json"}
JOIN = "/gradio_api/queue/join"


@pytest.mark.parametrize("host", ["evil.example.com", "evil.example.com:7860", "127.0.0.1.evil.com", "", "a b", "[::1"])
def test_a_name_that_was_pointed_at_this_machine_reaches_nothing(own_page: Served, host: str) -> None:
    for path in ("/", "/config", "/gradio_api/info"):
        status, _, body = own_page.ask("GET", path, Host=host)
        assert status in (400, 421)
        assert b"gradio" not in body


@pytest.mark.parametrize(
    "origin", ["https://evil.com", "null", "http://127.0.0.1:1", "file://", "http://localhost.evil.com"]
)
def test_a_foreign_site_reaches_nothing(own_page: Served, origin: str) -> None:
    status, headers, _ = own_page.ask("POST", JOIN, b"{}", Origin=origin, **JSON)
    assert status == 403
    assert "access-control-allow-origin" not in headers
    status, headers, _ = own_page.ask("OPTIONS", JOIN, Origin=origin, Access_Control_Request_Method="POST")
    assert status == 403
    assert "access-control-allow-origin" not in headers


def test_the_page_itself_is_reached_by_each_of_its_names(own_page: Served, closed_page: Served) -> None:
    for host in (f"127.0.0.1:{own_page.port}", f"localhost:{own_page.port}", "[::1]:7", "box", "box.local", "10.1.2.3"):
        assert own_page.ask("GET", "/config", Host=host, Origin=f"http://{host}")[0] == 200
    named = {"Host": "studio.example.org", "Origin": "https://studio.example.org", "X_Forwarded_Proto": "https"}
    status, _, body = closed_page.ask("GET", "/config", Cookie=closed_page.cookie("ann"), **named)
    assert status == 200
    assert json.loads(body)["root"].startswith("https://studio.example.org")
    behind = {**named, "Host": f"127.0.0.1:{closed_page.port}", "X_Forwarded_Host": "studio.example.org"}
    assert closed_page.ask("GET", "/config", Cookie=closed_page.cookie("ann"), **behind)[0] == 200


def test_a_space_and_its_frame_are_allowed_by_name() -> None:
    names = Names(("*.hf.space", "huggingface.co"), ("huggingface.co", "*.hf.space"))
    assert names.is_host("ann-studio.hf.space")
    assert names.is_origin("https://ann-studio.hf.space", ["ann-studio.hf.space"])
    assert not names.is_host("hf.space.evil.com")
    assert names.ancestors == "'self' https://huggingface.co https://*.hf.space"


def test_an_address_that_is_made_up_makes_no_new_user(own_page: Served, closed_page: Served) -> None:
    from lib_omost.ui.state.users import client_address

    assert client_address("127.0.0.1", ["1.1.1.1"], 0) == "127.0.0.1"
    for number in range(GUESSES + 1):
        status, _, _ = closed_page.log_in("ann", "wrong", X_Forwarded_For=f"6.6.6.{number}, 10.9.9.9")
    assert status == 429


def test_passwords_are_not_guessed(closed_page: Served) -> None:
    seen: list[int] = []

    def guess() -> None:
        seen.append(closed_page.log_in("ann", "wrong", X_Forwarded_For="10.7.7.7")[0])

    guesses = [threading.Thread(target=guess) for _ in range(40)]
    for thread in guesses:
        thread.start()
    for thread in guesses:
        thread.join()
    assert seen.count(400) == GUESSES
    assert seen.count(429) == 30
    status, headers, body = closed_page.log_in("ann", dict(LOGINS)["ann"], X_Forwarded_For="10.7.7.7")
    assert (status, int(headers["retry-after"]) > 200) == (429, True)
    assert b"try again in 5 minutes" in body
    assert closed_page.log_in("ann", dict(LOGINS)["ann"], X_Forwarded_For="10.7.7.8")[0] == 200


def test_logging_in_often_is_no_guess(closed_page: Served) -> None:
    for _ in range(GUESSES + 2):
        assert closed_page.log_in("ben", dict(LOGINS)["ben"], X_Forwarded_For="10.7.7.9")[0] == 200


def test_login_cookies_stay_on_the_page(closed_page: Served) -> None:
    _, headers, _ = closed_page.log_in("ann", dict(LOGINS)["ann"], X_Forwarded_For="10.7.7.10")
    cookies = headers["set-cookie"].split("\n")
    assert len(cookies) == 2
    assert all("SameSite=Lax" in cookie and "HttpOnly" in cookie for cookie in cookies)
    assert "none" not in headers["set-cookie"].lower()


def test_nobody_sends_much_before_the_login(closed_page: Served) -> None:
    long = b"[" + b"[]," * (10 << 20) + b"[]]"
    for path in (JOIN, "/gradio_api/call/check", "/gradio_api/reset", "/login", "/gradio_api/upload"):
        began = time.monotonic()
        status, _, _ = closed_page.ask("POST", path, long, **JSON)
        assert status in (401, 413)
        assert time.monotonic() - began < 10
    for path in ("/gradio_api/heartbeat/x", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/info"):
        assert closed_page.ask("GET", path)[0] == 401


def test_a_body_of_small_parts_or_without_a_length_is_not_read(own_page: Served) -> None:
    many = b"[" + b"[]," * 1_000_000 + b"[]]"
    assert own_page.ask("POST", JOIN, many, **JSON)[0] == 413
    with socket.create_connection(("127.0.0.1", own_page.port), timeout=30) as raw:
        raw.sendall(f"POST {JOIN} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        sent = 0
        try:
            while sent <= 4 * MAX_BODY:
                raw.sendall(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
                sent += 0x10000
        except OSError:
            pass
        assert sent <= 2 * MAX_BODY
        assert b" 413 " in raw.recv(100)


def test_the_name_of_a_session_is_short(own_page: Served) -> None:
    event = {"data": ["x" * 100_000], "fn_index": 0, "session_hash": "s"}
    assert own_page.ask("POST", JOIN, event, **JSON)[0] == 200
    for name in ("session_hash", "session\u005fhash"):
        long = json.dumps({"data": [], "fn_index": 0, "session_hash": "s" * 100_000}).replace("session_hash", name)
        assert own_page.ask("POST", JOIN, long.encode(), **JSON)[0] == 413


def test_a_user_cannot_ask_without_end(closed_page: Served) -> None:
    place = {"Cookie": closed_page.cookie("ben"), "X_Forwarded_For": "10.8.8.8"}
    seen = [closed_page.ask("POST", "/gradio_api/cancel", b"{}", **JSON, **place)[0] for _ in range(REQUESTS + 5)]
    assert seen[-1] == 429
    other = {**place, "X_Forwarded_For": "10.8.8.9"}
    assert closed_page.ask("POST", "/gradio_api/cancel", b"{}", **JSON, **other)[0] != 429


@pytest.mark.parametrize(
    "path",
    ["/monitoring", "/monitoring/summary", "/monitoring/x", "/openapi.json", "/gradio_api/openapi.json", "/docs",
     "/gradio_api/proxy=http://127.0.0.1/", "/gradio_api/dev/reload", "/gradio_api/vibe-code", "/monitoring/"],
)  # fmt: skip
def test_what_the_page_does_not_need_is_closed(own_page: Served, path: str) -> None:
    assert own_page.ask("GET", path)[0] == 404


def test_the_page_says_what_it_may_load(own_page: Served) -> None:
    _, headers, _ = own_page.ask("GET", "/")
    policy = headers["content-security-policy"]
    for part in ("img-src 'self' data: blob:", "media-src 'self'", "form-action 'self'", "object-src 'none'"):
        assert part in policy
    assert "base-uri 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["x-content-type-options"] == "nosniff"
