"""Every habit of a server that people met is served as it is meant."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from lib_omost.errors import ModelError
from lib_omost.llm import attempts, catalog
from lib_omost.llm.base import Sampling
from lib_omost.llm.server import ServerChatModel
from tests.llm.habits import ASK, DRAFT, HABITS, TEXT, Habit, copes, ours
from tests.llm.wire import Answer, wire


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "BACK_OFF", 0.01)


@pytest.mark.parametrize("habit", HABITS.values(), ids=HABITS)
def test_a_habit_is_served(habit: Habit) -> None:
    with wire(habit.chat) as there:
        delivered = ours(there)
    assert copes(habit, delivered), delivered


def models(*entries: dict[str, Any], **others: Any) -> Any:
    return lambda answer: answer.json({"data": list(entries), **others})


@pytest.mark.parametrize(
    ("entries", "name"),
    [
        ([{"id": "text-embedding-nomic-embed-text-v1.5"}, {"id": "qwen3-8b"}], "qwen3-8b"),
        ([{"id": "mxbai-embed-large:latest"}, {"id": "bge-m3"}, {"id": "llama3.1:8b"}], "llama3.1:8b"),
        ([{"id": "whisper-1"}, {"id": "tts-1-hd"}, {"id": "dall-e-3"}, {"id": "gpt-4o"}], "gpt-4o"),
        ([{"id": "x", "type": "embeddings"}, {"id": "y", "type": "llm"}], "y"),
        ([{"id": "x", "capabilities": ["embedding"]}, {"id": "y", "capabilities": ["completion"]}], "y"),
        ([{"id": "a", "state": "not-loaded"}, {"id": "b", "state": "loaded"}], "b"),
        ([{"id": "intfloat/e5-mistral-7b-embedding"}], "intfloat/e5-mistral-7b-embedding"),
    ],
)
def test_a_model_that_cannot_chat_is_passed_over(entries: list[dict[str, Any]], name: str) -> None:
    with wire(lambda answer: answer.reply("x"), models(*entries)) as there:
        assert ServerChatModel.connect(there.url, environment={}).name == name


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ([{"id": "a"}, {"id": "b"}], "a"),
        ({"models": [{"name": "c", "model": "c:latest"}]}, "c:latest"),
        ({"data": None}, "the server's model"),
    ],
)
def test_other_forms_of_the_list_of_models_are_read(value: Any, name: str) -> None:
    with wire(lambda answer: answer.reply("x"), lambda answer: answer.json(value)) as there:
        assert ServerChatModel.connect(there.url, environment={}).name == name


def test_a_list_that_cannot_be_read_does_not_matter_if_the_model_is_named() -> None:
    with wire(lambda answer: answer.reply("x"), lambda answer: answer.json(["data"])) as there:
        assert ServerChatModel.connect(there.url, environment={"OMOST_SERVER_MODEL": "m"}).name == "m"


@pytest.mark.parametrize(
    ("entry", "window"),
    [
        ({"max_model_len": 4096}, 4096),
        ({"meta": {"n_ctx": 2048, "n_ctx_train": 32768}}, 2048),
        ({"meta": {"n_ctx_train": 32768}}, catalog.CONTEXT_LENGTH),
        ({"context_length": 131072}, 131072),
        ({"context_window": 16384}, 16384),
        ({"loaded_context_length": 6144, "max_context_length": 32768}, 6144),
    ],
)
def test_the_window_is_the_one_that_the_list_reports(entry: dict[str, Any], window: int) -> None:
    with wire(lambda answer: answer.reply("x"), models({"id": "tiny", **entry})) as there:
        assert ServerChatModel.connect(there.url, environment={}).context_length == window


def ask(model: ServerChatModel, **sampling: Any) -> list[str]:
    return list(model.stream(ASK, Sampling(**sampling), grammar=False, stop=threading.Event()))


def beside(answers: dict[str, Any]) -> Any:
    """Answers questions beside the API by their paths."""

    def behave(answer: Answer) -> None:
        value = answers.get(answer.path)
        answer.json({} if value is None else value, 404 if value is None else 200)

    return behave


OLLAMA = {"id": "qwen3:8b", "owned_by": "library"}


@pytest.mark.parametrize(
    ("answers", "window"),
    [
        ({}, 4096),
        ({"/api/show": {"parameters": 'stop "x"\nnum_ctx                        16384\n'}}, 16384),
        ({"/api/ps": {"models": [{"name": "qwen3:8b", "context_length": 32768}]}}, 32768),
        ({"/api/ps": {"models": [{"name": "another:1b", "context_length": 32768}]}}, 4096),
    ],
)
def test_ollamas_window_is_asked_for_or_assumed(answers: dict[str, Any], window: int) -> None:
    with wire(lambda answer: answer.reply("x"), models(OLLAMA), beside(answers)) as there:
        assert ServerChatModel.connect(there.url, environment={}).context_length == window
        environment = {"OMOST_SERVER_CONTEXT": "9000"}
        assert ServerChatModel.connect(there.url, environment=environment).context_length == 9000


def test_ollamas_window_is_known_once_its_model_is_loaded() -> None:
    answers: dict[str, Any] = {}

    def chat(answer: Answer) -> None:
        answers["/api/ps"] = {"models": [{"name": "qwen3:8b", "context_length": 8192}]}
        answer.reply("x")

    with wire(chat, models(OLLAMA), beside(answers)) as there:
        model = ServerChatModel.connect(there.url, environment={})
        assert model.context_length == 4096
        assert ask(model) == ["x"]
        assert model.context_length == 8192


def test_llama_cpp_is_asked_for_its_window() -> None:
    props = {"/props": {"default_generation_settings": {"n_ctx": 2048}}}
    with wire(lambda answer: answer.reply("x"), models({"id": "x", "owned_by": "llamacpp"}), beside(props)) as there:
        assert ServerChatModel.connect(there.url, environment={}).context_length == 2048


def test_a_window_that_a_refusal_names_is_learnt() -> None:
    words = "This model's maximum context length is 2048 tokens. However, you requested 4200 tokens."

    def chat(answer: Answer) -> None:
        if answer.body["max_tokens"] > 1500:
            answer.json({"error": {"message": words}}, 400)
        else:
            answer.reply("x")

    with wire(chat) as there:
        model = ServerChatModel.connect(there.url, environment={})
        with pytest.raises(ModelError, match="only 2048 tokens"):
            ask(model)
        assert model.context_length == 2048
        assert ask(model, max_new_tokens=500) == ["x"]
        assert model.context_length == 2048, "what is only assumed does not replace it"


def test_refused_fields_stay_out_and_the_rules_move_into_the_first_prompt() -> None:
    def chat(answer: Answer) -> None:
        if answer.body["messages"][0]["role"] == "system" or "seed" in answer.body:
            name = "seed" if "seed" in answer.body else "the system role"
            answer.json({"error": f"{name} is not supported"}, 400)
        else:
            answer.reply(TEXT)

    with wire(chat) as there:
        model = ServerChatModel.connect(there.url, environment={})
        assert ask(model) == [TEXT]
        again = model.stream(ASK, Sampling(), grammar=False, stop=threading.Event())
        assert list(again) == [TEXT]
        assert "no seed" in again.notices[0]
    assert len(there.asked) == 4
    assert there.asked[-1]["messages"] == [{"role": "user", "content": "You compose images.\n\na lake"}]


def test_json_after_thinking_becomes_code_as_it_arrives() -> None:
    layout = json.dumps({"set_global_description": {"description": "A lake."}})

    def chat(answer: Answer) -> None:
        answer.reply(f"<think>\n{DRAFT}, {{x}}\n</th", f"ink>\n\n{layout[:30]}", layout[30:])

    with wire(chat) as there:
        model = ServerChatModel.connect(there.url, environment={"OMOST_SERVER_GRAMMAR": "json-schema"})
        text = "".join(model.stream(ASK, Sampling(), grammar=True, stop=threading.Event()))
    assert text.startswith("<think>")
    assert "canvas.set_global_description(\n    description='A lake.',\n)" in text
