"""A page that others reach: several users with gradio's own client, at a served page with limits and checks."""

from __future__ import annotations

import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lib_omost.runtime.background import BackgroundModel
from lib_omost.safety.guard import Guard
from lib_omost.ui.serving.access import Access
from lib_omost.ui.serving.uploads import LARGEST_PUBLIC, Uploads
from lib_omost.ui.state.limits import Limits
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.brush import Brush
from tests.ui.studios import open_studio

SMALL = {"width": 64, "height": 64, "steps": 2, "seed": 7}


class Gate:
    """Lets the composer write, or has it wait before its first piece."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()

    def __call__(self, number: int) -> None:
        assert self.open.wait(30)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="module")
def address(gate: Gate, text_check_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from lib_omost.safety.text import TextCheck
    from lib_omost.ui.serving.app import build_page, launch

    guard = Guard(BackgroundModel("The text check", lambda report: TextCheck.load(text_check_folder, name="reader")))
    studio = open_studio(ScriptedComposer(before_piece=gate), Brush(), guard=guard)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    limits = Limits(replies=3, pictures=2, minutes=10, waiting=3)
    blocks = build_page(studio, tmp_path_factory.mktemp("outputs"), limits=limits)
    access = Access(proxies=1, limited=True, uploads=Uploads(public=True))
    launch(blocks, public=True, access=access, server_name="127.0.0.1", server_port=port)
    yield f"http://127.0.0.1:{port}/"
    gate.open.set()
    blocks.close(verbose=False)


@pytest.fixture(scope="module")
def client(address: str) -> Callable[[str], Any]:
    """Somebody at an address of his own, as a proxy would note it."""
    from gradio_client import Client

    return cache(lambda user: Client(address, verbose=False, headers={"X-Forwarded-For": f"6.6.6.6, {user}"}))


def refused(job: Any) -> str:
    from gradio_client.exceptions import AppError

    with pytest.raises(AppError) as error:
        job.result(timeout=30)
    return str(error.value)


def begun(job: Any) -> Any:
    """The job when it has been taken on."""
    deadline = time.monotonic() + 30
    while not job.outputs():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return job


def test_one_user_has_one_of_each_and_others_need_not_wait(client: Callable[[str], Any], gate: Gate) -> None:
    ann, ann_again, ben = client("10.0.1.1"), client(" 10.0.1.1"), client("10.0.1.2")
    gate.open.clear()
    first = begun(ann.submit("a harbour", api_name="/compose"))
    for other in (ann, ann_again):
        assert "You already have a reply waiting or in progress" in refused(
            other.submit("a harbour", api_name="/compose")
        )
    second = begun(ben.submit("a harbour", api_name="/compose"))
    painted = begun(ann_again.submit(REPLY, **SMALL, api_name="/render"))
    assert "3 requests are already waiting or running" in refused(client("10.0.1.3").submit("x", api_name="/compose"))
    gate.open.set()
    assert first.result(timeout=30)["ok"]
    assert second.result(timeout=30)["ok"]
    assert len(painted.result(timeout=30)["pictures"]) == 1


def test_so_many_in_so_many_minutes_and_a_new_session_helps_nobody(client: Callable[[str], Any]) -> None:
    for session in ("10.0.2.1", " 10.0.2.1"):
        assert client(session).predict(REPLY, **SMALL, api_name="/render")["state"] == "finished"
    told = refused(client("10.0.2.1").submit(REPLY, **SMALL, api_name="/render"))
    assert "2 pictures in 10 minutes, and yours are used up: try again in 10 minutes" in told
    ben = client("10.0.2.2")
    assert "as much as 4 ordinary pictures" in refused(ben.submit(REPLY, **SMALL, count=4, api_name="/render"))
    assert ben.predict(REPLY, **SMALL, count=2, api_name="/render")["state"] == "finished"


def test_what_is_wrong_costs_nothing_and_what_is_refused_is_reported(client: Callable[[str], Any]) -> None:
    ann = client("10.0.3.1")
    for _ in range(4):
        assert "multiple of 8" in refused(ann.submit(REPLY, **{**SMALL, "width": 100}, api_name="/render"))
    assert "The text check reader refuses what was asked: “gore”" in refused(ann.submit("gore", api_name="/compose"))
    bad = REPLY.replace("Calm.", "Gore.")
    assert "refuses what the layout says" in refused(ann.submit(bad, **SMALL, api_name="/render"))
    assert "refuses what was asked" in refused(ann.submit(REPLY, "add gore", api_name="/edit"))


def test_others_cannot_send_much_and_have_no_tools(address: str) -> None:
    assert LARGEST_PUBLIC == 64 << 20
    boundary = b"--x"
    body = b'\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n' + b"0" * (65 << 20)
    sent = urllib.request.Request(
        f"{address}gradio_api/upload",
        data=boundary + body + b"\r\n--x--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(sent, timeout=60)
    assert refusal.value.code == 413
    with pytest.raises(urllib.error.HTTPError) as absent:
        urllib.request.urlopen(f"{address}gradio_api/mcp/schema", timeout=30)
    assert absent.value.code == 404
