"""The composer behind a real OpenAI-compatible server: `transformers serve` with a tiny Llama in its own process."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import pytest
from transformers.utils.import_utils import is_serve_available

from lib_omost.errors import ModelError
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.server import ServerChatModel
from tests.llm.processes import running
from tests.llm.tiny import chat_model, llama, tokenizer

pytestmark = pytest.mark.skipif(
    not is_serve_available(), reason="`transformers serve` needs `python -m pip install openai fastapi uvicorn`"
)

ASK = [Message("system", "You compose images."), Message("user", "a lake")]
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


SEED = 1
"""Weights whose replies begin with characters that are whole."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The server's address, and the name of its model."""
    folder = tmp_path_factory.mktemp("served")
    model = folder / "tiny"
    llama(SEED).save_pretrained(model)
    words = tokenizer()
    before, words.chat_template = words.chat_template, CHATML
    words.save_pretrained(model)
    words.chat_template = before
    (folder / "hub" / "hub").mkdir(parents=True)
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(model), "--device", "cpu"]
    environment = {"HF_HOME": str(folder / "hub"), "HF_HUB_OFFLINE": "1"}
    with running(command, folder / "log.txt", health="/health", **environment) as address:
        yield f"{address}/v1", str(model)


def connect(address: str, **environment: str) -> ServerChatModel:
    return ServerChatModel.connect(address, environment=environment)


def test_a_served_reply_is_the_models_own(served: tuple[str, str]) -> None:
    """At temperature 0, token for token what the same weights write in this process."""
    settings = Sampling(temperature=0, max_new_tokens=40)
    here = "".join(chat_model(llama(SEED)).stream(ASK, settings, grammar=False, stop=threading.Event()))
    model = connect(served[0])  # its list of models is that of the hub's cache, which is empty
    generation = model.stream(ASK, settings, grammar=False, stop=threading.Event())
    pieces = list(generation)
    assert len(pieces) > 10, "it streams"
    assert "".join(pieces) == here.rstrip("\ufffd"), "the server leaves out a character that was cut off"
    assert (generation.finished, generation.tokens) == ("length", 40)
    assert abs(model.count_tokens(ASK) - chat_model().count_tokens(ASK)) <= 1, "the count was learnt from the server"


def test_the_named_model_and_a_key_are_taken(served: tuple[str, str]) -> None:
    model = connect(served[0], OMOST_SERVER_MODEL=served[1], OMOST_SERVER_KEY="sesame")
    generation = model.stream(ASK, Sampling(max_new_tokens=5), grammar=True, stop=threading.Event())
    assert "".join(generation)
    assert generation.tokens == 5


def test_an_unknown_model_is_reported_in_the_servers_words(served: tuple[str, str]) -> None:
    model = connect(served[0], OMOST_SERVER_MODEL="owner/nothing")
    with pytest.raises(ModelError, match=r"pinned to .*tiny"):
        list(model.stream(ASK, Sampling(), grammar=False, stop=threading.Event()))


def test_a_grammar_that_it_does_not_read_is_left_out(served: tuple[str, str]) -> None:
    model = connect(served[0], OMOST_SERVER_GRAMMAR="llama.cpp")
    for notices in (0, 1):
        generation = model.stream(ASK, Sampling(max_new_tokens=5), grammar=True, stop=threading.Event())
        assert "".join(generation)
        assert len(generation.notices) == notices


def test_a_schema_that_it_leaves_aside_does_no_harm(served: tuple[str, str]) -> None:
    model = connect(served[0], OMOST_SERVER_GRAMMAR="json-schema")
    generation = model.stream(ASK, Sampling(max_new_tokens=20), grammar=True, stop=threading.Event())
    assert "".join(generation), "what is no JSON is handed on"
    assert generation.tokens == 20


def test_stopping_stops_the_work_of_the_server(served: tuple[str, str]) -> None:
    model, stop = connect(served[0]), threading.Event()
    long = model.stream(ASK, Sampling(max_new_tokens=4000), grammar=False, stop=stop)
    began = time.monotonic()
    for _ in range(20):
        next(long)
    pace = (time.monotonic() - began) / 20
    stop.set()
    list(long)
    assert long.finished == "stopped"
    began = time.monotonic()
    # The server writes one reply after another: this one comes soon only because the long one was given up.
    assert "".join(model.stream(ASK, Sampling(max_new_tokens=5), grammar=False, stop=threading.Event()))
    assert time.monotonic() - began < 1000 * pace
