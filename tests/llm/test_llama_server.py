"""The composer behind a real llama.cpp: llama-cpp-python's server with the embedded composer's untrained base."""

from __future__ import annotations

import importlib.util
import re
import sys
import threading
from collections.abc import Iterator

import pytest

from lib_omost.canvas import interpret, system_prompt
from lib_omost.embedded.composer.loading import _installed
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.server import ServerChatModel
from tests.llm.processes import running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("llama_cpp") is None,
        reason='needs `python -m pip install "llama-cpp-python[server]"`, which is built while it is installed',
    ),
]

ASK = [Message("system", system_prompt()), Message("user", "a castle on a hill, a dragon in the sky")]
SETTINGS = Sampling(temperature=0.6, max_new_tokens=160, seed=3)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("llama") / "log.txt"
    _, gguf = _installed()
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(gguf), "--n_ctx", "4096"]
    with running(command, log, health="/v1/models") as found:
        yield f"{found}/v1"


def test_the_server_keeps_to_the_grammar(address: str) -> None:
    model = ServerChatModel.connect(address, environment={"OMOST_SERVER_GRAMMAR": "llama.cpp"})
    generation = model.stream(ASK, SETTINGS, grammar=True, stop=threading.Event())
    text = "".join(generation)
    assert generation.notices == ()
    beginning = r"```python\n# .*\ncanvas = Canvas\(\)\n\n# .*\ncanvas\.set_global_description\(\n    description='"
    assert re.match(beginning, text), f"the base alone does not begin so: {text}"
    canvas = interpret(text).canvas
    assert canvas is not None
    assert canvas.global_description.description


def test_it_is_asked_again_without_what_it_does_not_read(address: str) -> None:
    model = ServerChatModel.connect(address, environment={"OMOST_SERVER_GRAMMAR": "json-schema"})
    for notices in (0, 1):
        generation = model.stream(ASK, SETTINGS, grammar=True, stop=threading.Event())
        assert "".join(generation)
        assert len(generation.notices) == notices, "the next reply says what was refused"


def test_the_stop_button_ends_the_reply(address: str) -> None:
    model, stop = ServerChatModel.connect(address, environment={}), threading.Event()
    generation = model.stream(ASK, SETTINGS, grammar=False, stop=stop)
    next(generation)
    stop.set()
    list(generation)
    assert generation.finished == "stopped"
