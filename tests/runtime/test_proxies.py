from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec

import httpx
import pytest

from lib_omost.runtime import proxies
from lib_omost.runtime.proxies import LOCAL, prepare_proxies, proxy_for
from tests.proxy_servers import proxying


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{kind}_proxy" for kind in ("http", "https", "all", "no")]
    for name in names:
        for spelling in (name, name.upper()):
            monkeypatch.delenv(spelling, raising=False)
            monkeypatch.setenv(spelling, "")  # so that what is set by the function is taken back at the end
            os.environ.pop(spelling)


def test_without_proxies_nothing_is_set() -> None:
    assert prepare_proxies("127.0.0.1") == ()
    assert "no_proxy" not in os.environ


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_local_addresses_are_reached_directly(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "intranet.example, .corp")
    assert prepare_proxies("192.168.3.4", "[::]") == ()
    excepted = os.environ["no_proxy"].split(",")
    assert excepted[:2] == ["intranet.example", ".corp"]
    assert {*LOCAL, "192.168.3.4", "::"} <= set(excepted)
    with httpx.Client() as client:
        for address in ("http://127.0.0.1/", "http://localhost:7860/", "http://[::1]:1/", "http://192.168.3.4/"):
            assert client._transport_for_url(httpx.URL(address)) is client._transport, address
        assert client._transport_for_url(httpx.URL("http://example.com/")) is not client._transport


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("socks5://me:secret@10.0.0.1:1080", "SOCKS needs a package"),
        ("socks4://10.0.0.1:1080", "socks4 proxies are not supported"),
        ("ftp://10.0.0.1", "ftp proxies are not supported"),
        ("http://", "has no host name"),
        ("http://10.0.0.1:port", "is invalid"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_reported_and_left_out(
    monkeypatch: pytest.MonkeyPatch, address: str, reason: str
) -> None:
    monkeypatch.setattr(proxies, "find_spec", lambda name: None)
    monkeypatch.setenv("all_proxy", address)
    monkeypatch.setenv("https_proxy", "http://10.0.0.2:3128")
    (sentence,) = prepare_proxies()
    assert reason in sentence
    assert "secret" not in sentence
    assert "all_proxy" not in os.environ
    assert os.environ["https_proxy"] == "http://10.0.0.2:3128"
    httpx.Client().close()


def test_a_second_call_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "10.0.0.1:3128")
    assert prepare_proxies() == ()
    before = dict(os.environ)
    assert prepare_proxies() == ()
    assert dict(os.environ) == before


def test_socks_is_kept_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxies, "find_spec", lambda name: object())
    monkeypatch.setenv("ALL_PROXY", "socks5h://10.0.0.1:1080")
    assert prepare_proxies() == ()
    assert dict(os.environ)["all_proxy"] == "socks5h://10.0.0.1:1080"


@pytest.fixture
def site() -> Iterator[int]:
    """A web server on this machine, which stands for all sites behind a proxy; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("excepted", ["", "intranet.example"])
@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_a_working_proxy_serves_sites_and_never_the_page_itself(
    monkeypatch: pytest.MonkeyPatch, site: int, kind: str, excepted: str
) -> None:
    if kind == "socks5" and find_spec("socksio") is None:
        pytest.skip("httpx has no package for SOCKS here")
    with proxying(kind, site) as proxy:
        monkeypatch.setenv("http_proxy" if kind == "http" else "ALL_PROXY", f"{kind}://127.0.0.1:{proxy.port}")
        if excepted:
            monkeypatch.setenv("no_proxy", excepted)
        assert prepare_proxies("127.0.0.1") == ()
        for host in (f"127.0.0.1:{site}", f"localhost:{site}"):
            assert httpx.get(f"http://{host}/").text == "ok"
        assert proxy.asked == []
        assert httpx.get("http://hub.example.test/").text == "ok"
        assert [address.removesuffix(":80") for address in proxy.asked] == ["hub.example.test"]


def test_the_proxy_of_an_address_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_for("https://huggingface.co") == ""
    monkeypatch.setenv("https_proxy", "http://me:secret@10.0.0.1:3128")
    monkeypatch.setenv("no_proxy", "hub.example")
    assert proxy_for("https://huggingface.co") == "http://10.0.0.1:3128"
    assert proxy_for("https://hub.example/x") == ""
    assert proxy_for("http://huggingface.co") == ""
