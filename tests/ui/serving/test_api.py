"""The endpoints through gradio's own client, against a served page."""

from __future__ import annotations

import ast
import io
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lib_omost.artifacts.record import read_record, read_record_file
from lib_omost.canvas import Rect, interpret, write
from lib_omost.render.repaint import Repaint
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.studios import open_studio

SMALL = {"width": 64, "height": 64, "steps": 2, "seed": 7}


@pytest.fixture(scope="module")
def composer() -> ScriptedComposer:
    return ScriptedComposer()


@pytest.fixture(scope="module")
def address(composer: ScriptedComposer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from lib_omost.ui.serving.app import build_page, launch

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    blocks = build_page(open_studio(composer), tmp_path_factory.mktemp("outputs"))
    launch(blocks, server_name="127.0.0.1", server_port=port)
    yield f"http://127.0.0.1:{port}/"
    blocks.close(verbose=False)


@pytest.fixture(scope="module")
def client(address: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from gradio_client import Client

    return Client(address, verbose=False, download_files=tmp_path_factory.mktemp("downloads"))


def test_the_endpoints_are_typed_and_described(client: Any) -> None:
    described = client.view_api(return_format="dict")["named_endpoints"]
    assert sorted(described) == ["/check", "/compose", "/edit", "/render", "/repaint"], "and nothing of the page itself"
    names = {item["parameter_name"]: item for item in described["/render"]["parameters"]}
    assert next(iter(names)) == "code"
    assert names["code"]["type"] == {"type": "string"}
    assert names["code"]["parameter_has_default"] is False
    assert names["width"]["parameter_has_default"] is True
    assert "integer" in str(names["width"]["type"])


def test_compose_streams_the_reply_and_ends_with_the_canvas(client: Any) -> None:
    job = client.submit("a harbour", max_new_tokens=4000, api_name="/compose")
    last = job.result(timeout=120)
    steps = job.outputs()
    assert last["state"] == "finished"
    assert last["ok"] is True
    assert last["reply"] == REPLY
    assert len(last["canvas"]["regions"]) == 2
    assert all(REPLY.startswith(step["reply"]) for step in steps)


def test_edit_sends_the_earlier_code(client: Any, composer: ScriptedComposer) -> None:
    answer = client.predict(REPLY, "make it night", api_name="/edit")
    assert answer["finished"] == "end"
    assert [message.text for message in composer.asked[-1][2:]] == [REPLY, "make it night"]


def test_check_understands_without_a_model(client: Any) -> None:
    answer = client.predict(REPLY.replace("'on the left'", "'in the middle'"), api_name="/check")
    assert answer["ok"] is True
    assert [note["kind"] for note in answer["notes"]] == ["corrected"]
    assert answer["unknown"] == []
    answer = client.predict("hello", api_name="/check")
    assert (answer["ok"], answer["canvas"]) == (False, None)
    assert answer["error"]


def test_render_gives_pictures_with_records(client: Any) -> None:
    answer = client.predict(REPLY, **SMALL, count=2, api_name="/render")
    assert answer["state"] == "finished"
    assert [picture["seed"] for picture in answer["pictures"]] == [7, 8]
    path = Path(answer["pictures"][1]["file"])
    with Image.open(path) as image:
        assert image.size == (64, 64)
    assert read_record_file(path).record.canvas == interpret(REPLY).canvas


def pixels(picture: dict[str, Any]) -> Any:
    with Image.open(picture["file"]) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_render_repaints_only_what_the_code_changes(client: Any) -> None:
    size = {**SMALL, "width": 128, "height": 128}
    (before,) = client.predict(REPLY, **size, api_name="/render")["pictures"]
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    new = replace(canvas.regions[0], description="A red kite.", free_rect=Rect(4, 16, 60, 76), distance=1.0)
    edited = write(replace(canvas, regions=(*canvas.regions, new)))
    answer = client.predict(edited, keep=before["name"], grow=1, api_name="/render")
    (after,) = answer["pictures"]
    cover = Repaint((new.rect,), 1).cover(128, 128)
    assert np.array_equal(pixels(before)[cover == 0], pixels(after)[cover == 0])
    assert not np.array_equal(pixels(before), pixels(after))
    origin = read_record_file(Path(after["file"])).record.origin
    assert origin is not None
    assert origin.repaint == Repaint((new.rect,), 1)
    night = write(replace(canvas, global_description=replace(canvas.global_description, color_name="black")))
    answer = client.predict(night, keep=before["name"], api_name="/render")
    assert any("painted anew" in notice for notice in answer["notices"])
    assert read_record_file(Path(answer["pictures"][0]["file"])).record.origin is None
    answer = client.predict(edited, keep=before["name"], width=192, api_name="/render")
    assert any("not 192 x 128" in notice for notice in answer["notices"])
    assert read_record_file(Path(answer["pictures"][0]["file"])).record.origin is None


def test_repaint_gives_variations_of_one_region(client: Any) -> None:
    (before,) = client.predict(REPLY, **{**SMALL, "width": 128, "height": 128}, api_name="/render")["pictures"]
    answer = client.predict(before["name"], "2", count=2, api_name="/repaint")
    assert [picture["seed"] for picture in answer["pictures"]] == [8, 9]
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    cover = Repaint((canvas.regions[1].rect,)).cover(128, 128)
    for picture in answer["pictures"]:
        assert np.array_equal(pixels(before)[cover == 0], pixels(picture)[cover == 0])


@pytest.mark.parametrize(
    ("endpoint", "values", "sentence"),
    [
        ("/compose", {"prompt": " "}, "The prompt is empty"),
        ("/compose", {"prompt": "x", "top_p": 3.0}, "Top-p"),
        ("/edit", {"code": "hello", "prompt": "x"}, "canvas"),
        ("/render", {"code": REPLY, "width": 100}, "multiple of 8"),
        ("/render", {"code": REPLY, "steps": "many"}, "steps"),
        ("/render", {"code": REPLY, "keep": "../../etc/passwd"}, "no picture called"),
        ("/repaint", {"picture": "2026-01-01/gone.png", "region": "1"}, "no picture called"),
    ],
)
def test_what_cannot_be_is_one_sentence(client: Any, endpoint: str, values: dict[str, Any], sentence: str) -> None:
    from gradio_client.exceptions import AppError

    with pytest.raises(AppError, match=sentence):
        client.predict(**values, api_name=endpoint)


@pytest.mark.skipif(find_spec("mcp") is None, reason="gradio[mcp] is not installed")
def test_the_same_use_cases_are_mcp_tools(address: str) -> None:
    import asyncio

    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def visit() -> None:
        async with (
            streamablehttp_client(f"{address}gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            assert sorted(tools) == ["check", "compose", "edit", "render", "repaint"]
            assert tools["compose"].inputSchema["required"] == ["prompt"]
            assert "What the picture should show" in str(tools["compose"].inputSchema)

            async def call(name: str, **values: Any) -> tuple[bool, str]:
                answer = await session.call_tool(name, values)
                return answer.isError, "".join(item.text for item in answer.content)

            wrong, text = await call("compose", prompt="a harbour")
            composed = ast.literal_eval(text)
            assert (wrong, composed["state"], composed["reply"]) == (False, "finished", REPLY)
            wrong, text = await call("check", code=composed["reply"])
            assert (wrong, len(ast.literal_eval(text)["canvas"]["regions"])) == (False, 2)
            wrong, text = await call("render", code=composed["reply"], **SMALL)
            (picture,) = ast.literal_eval(text)["pictures"]
            with urllib.request.urlopen(picture["file"]["url"], timeout=30) as sent:
                assert read_record(io.BytesIO(sent.read()), "sent").record.canvas == interpret(REPLY).canvas
            wrong, text = await call("render", code=REPLY, width=100)
            assert wrong
            assert "multiple of 8" in text

    asyncio.run(visit())
