"""The pictures and downloads of another login, asked for on every way that leads to a file."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from lib_omost.sessions import Stores
from lib_omost.sessions.stores import folder_name
from lib_omost.ui.serving.access import Access
from lib_omost.ui.serving.start import build_parser, is_separate
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.downloads import Downloads
from lib_omost.ui.state.entries import PictureEntry, Prompt, Reply
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.keeping import Keeper, file_name
from lib_omost.ui.state.repainting import Options
from lib_omost.ui.state.users import login_in, page_name, user_of
from tests.attack.conftest import Served
from tests.scripted import REPLY
from tests.ui.brush import Brush
from tests.ui.studios import SAMPLING, SETTINGS, open_studio, play

JSON = {"Content_Type": "application/json"}


@pytest.fixture(scope="module")
def page(serve: Callable[..., Served]) -> Served:
    return serve(logins=True, access=Access(separate=True), build={"separate": True})


def rendered(page: Served, user: str) -> dict[str, Any]:
    """What the endpoint says of a picture that it has painted for `user`."""
    _, streamed = page.call("render", REPLY, 64, 64, 2, *[None] * 7, user=user)
    data = [line.removeprefix("data: ") for line in streamed.splitlines() if line.startswith("data: [")]
    picture: dict[str, Any] = json.loads(data[-1])[0]["pictures"][0]
    return picture


@pytest.fixture(scope="module")
def picture(page: Served) -> dict[str, Any]:
    return rendered(page, "ann")


def press(page: Served, user: str, name: str, kind: str, sent: Any) -> str:
    """Trigger the event of the component called `name`, with `sent` as its input of this kind, and the others as the
    page shows them at first. Returns what the page answers."""
    cookie = {"Cookie": page.cookie(user)}
    config = json.loads(page.ask("GET", "/config", **cookie)[2])
    components = {item["id"]: item for item in config["components"]}
    target = next(index for index, item in components.items() if item["props"].get("elem_id") == name)
    event = next(item for item in config["dependencies"] if target in [at for at, _ in item["targets"]])
    inputs = [components[index] for index in event["inputs"]]
    data = [sent if item["type"] == kind else item["props"].get("value") for item in inputs]
    assert sent in data
    body = {"data": data, "fn_index": event["id"], "session_hash": f"of {user}", "trigger_id": target}
    status, _, answer = page.ask("POST", "/gradio_api/queue/join", body, **JSON, **cookie)
    assert status == 200, answer
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=30)
    connection.request("GET", f"/gradio_api/queue/data?session_hash=of%20{user}", headers=cookie)
    seen = ""
    for line in connection.getresponse():
        seen += line.decode()
        if '"process_completed"' in seen:
            break
    connection.close()
    return seen


def addresses(path: str) -> Iterator[str]:
    below, own = Path(path), folder_name("ben")
    for prefix in ("/gradio_api/file=", "/gradio_api/file/", "/gradio_api/file%3D", "/file="):
        yield prefix + quote(path)
        yield f"{prefix}{quote(path)}/"
    yield f"/gradio_api/file={quote(str(below.parents[2] / own))}/../{quote('/'.join(below.parts[-3:]))}"
    yield f"/gradio_api/file={quote(path).replace('/', '%2F')}"
    yield f"/gradio_api/file=/{quote(path)}"
    yield f"/gradio_api/file=.{quote(path)}"
    yield f"/gradio_api/file=file://{quote(path)}"


def test_a_picture_is_served_to_the_login_that_made_it_and_to_no_other(page: Served, picture: dict[str, Any]) -> None:
    path = picture["file"]["path"]
    status, headers, body = page.ask("GET", f"/gradio_api/file={quote(path)}", Cookie=page.cookie("ann"))
    assert (status, headers["content-type"], body[:4]) == (200, "image/png", b"\x89PNG")
    for address in addresses(path):
        for method in ("GET", "HEAD"):
            status, _, body = page.ask(method, address, Cookie=page.cookie("ben"))
            assert status == 404, (method, address)
            assert b"PNG" not in body
        assert page.ask("GET", address)[0] in (401, 404)


def test_the_endpoints_know_only_ones_own_pictures(page: Served, picture: dict[str, Any]) -> None:
    name = picture["name"]
    for endpoint, data in (("repaint", (name, "1", *[None] * 4)), ("render", (REPLY, *[None] * 7, name, None, None))):
        assert "There is no picture called" in page.call(endpoint, *data, user="ben")[1]
        assert "There is no picture called" not in page.call(endpoint, *data, user="ann")[1]


def test_what_another_login_got_cannot_be_opened_as_an_upload(page: Served, picture: dict[str, Any]) -> None:
    sent = {"path": picture["file"]["path"], "meta": {"_type": "gradio.FileData"}}
    answer = press(page, "ben", "take-in", "uploadbutton", sent)
    assert "process_completed" in answer
    assert "harbour" not in answer
    assert "restored" not in answer


def test_a_download_is_for_the_login_that_asked_for_it(page: Served) -> None:
    chat = [
        {"role": "user", "content": [{"type": "text", "text": "a harbour"}]},
        {"role": "assistant", "content": [{"type": "text", "text": REPLY}]},
    ]
    answer = press(page, "ann", "download", "chatbot", chat)
    path = next(part for part in answer.split('"') if part.endswith(".zip") and part.startswith("/"))
    assert page.ask("GET", f"/gradio_api/file={quote(path)}", Cookie=page.cookie("ann"))[0] == 200
    assert page.ask("GET", f"/gradio_api/file={quote(path)}", Cookie=page.cookie("ben"))[0] == 404


def test_a_file_that_was_uploaded_is_served_to_nobody(page: Served) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n\x89PNG\r\n--x--\r\n'
    kind = {"Content_Type": "multipart/form-data; boundary=x"}
    status, _, body = page.ask("POST", "/gradio_api/upload", form, Cookie=page.cookie("ann"), **kind)
    assert status == 200
    for user in ("ann", "ben"):
        assert page.ask("GET", f"/gradio_api/file={json.loads(body)[0]}", Cookie=page.cookie(user))[0] == 404


@pytest.mark.parametrize("stored", [True, False])
def test_a_chat_with_anothers_picture_gives_none_of_it(tmp_path: Path, stored: bool) -> None:
    stores = Stores(tmp_path / "sessions") if stored else None
    gallery = Gallery(tmp_path / "outputs", stores, separate=True)
    studio = open_studio(painter=Brush())
    studio.start()
    handlers = Handlers(studio, gallery, Keeper(stores, gallery))
    ann, ben = page_name("a", "ann"), page_name("b", "ben")
    talk = Conversation((Prompt("a harbour"), Reply(REPLY)))
    made = play(handlers.render(ann, talk, SETTINGS))[0]
    first = next(entry for entry in made["chat"].entries if isinstance(entry, PictureEntry))
    names = [first.name]
    if stored:
        names.append(f"{made['memory']['session']}/{file_name(first.name)}")
    for name in names:
        chat = Conversation((*talk.entries, PictureEntry(name, "", "")))
        path = gallery.find(name)
        assert path is not None
        assert (gallery.owner(path), gallery.of("ben").find(name)) == (folder_name("ann"), None)
        assert "missing" not in handlers.repainting.plan(ann, chat, Options()).line
        assert "missing" in handlers.repainting.plan(ben, chat, Options()).line
        assert "fixed_seed" in play(handlers.reuse_seed(ann, name))[0]
        assert "fixed_seed" not in play(handlers.reuse_seed(ben, name))[0]
        assert "missing" in play(handlers.choose(ben, chat, name))[0]["warning"]
        downloads = Downloads(gallery)
        assert downloads.comparison(ann, chat, 64, 64)["picture"] is not None
        assert downloads.comparison(ben, chat, 64, 64)["picture"] is None
        again = handlers.render(ben, chat, SETTINGS, Options())
        assert "kept" not in str(play(again)[0]["progress"])
        play(handlers.send(ben, chat, "more", SAMPLING))
        assert not list((tmp_path / "sessions" / "logins" / folder_name("ben")).rglob(file_name(name)))


def test_two_logins_are_separate_unless_they_share(tmp_path: Path) -> None:
    def separate(*arguments: str) -> bool:
        return is_separate(build_parser().parse_args([*arguments]))

    two = ("--password", "ann:a", "--password", "ben:b")
    assert separate(*two)
    assert separate(*two, "--no-sessions")
    assert not separate(*two, "--shared-sessions")
    assert not separate("--password", "ann:a")
    assert not separate()


def test_an_address_cannot_pretend_to_be_a_login() -> None:
    class Request:
        username = "ben"
        client = type("Client", (), {"host": "x@10.0.0.1"})

    assert login_in(user_of(Request())) == "ben"
    Request.username = "ann@example.org"
    assert login_in(user_of(Request())) == "ann@example.org"
    assert login_in("@10.0.0.1") == ""
