"""The composer behind a server, against a real wire that behaves well and badly."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest

from lib_omost.errors import ModelError, SettingsError
from lib_omost.llm import attempts, catalog, delivery
from lib_omost.llm.base import Generation, Message, Sampling
from lib_omost.llm.endpoint import Timeouts
from lib_omost.llm.server import ServerChatModel
from tests.llm.wire import Answer, Wire, event, wire

ASK = [Message("system", "You compose images."), Message("user", "a lake")]
QUICK = Timeouts(connect=2.0, answer=1.0, first=0.6, between=0.3)


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "BACK_OFF", 0.01)


def connect(address: str, **environment: str) -> ServerChatModel:
    return ServerChatModel.connect(address, environment=environment, timeouts=QUICK)


def ask(model: ServerChatModel, *, grammar: bool = False, **sampling: Any) -> Generation:
    settings = Sampling(**{"max_new_tokens": 60, **sampling})
    return model.stream(ASK, settings, grammar=grammar, stop=threading.Event())


def failure(generation: Generation) -> tuple[str, str]:
    """The text that arrived, and the sentence in which it ended."""
    text = ""
    with pytest.raises(ModelError) as caught:  # noqa: PT012 - what had arrived counts
        for piece in generation:
            text += piece
    sentence = str(caught.value)
    assert generation.finished is None
    assert sentence[0].isupper()
    assert sentence.endswith((".", "!", "?", "…"))
    assert "\n" not in sentence
    return text, sentence


def told(chat: Callable[[Answer], object]) -> tuple[str, str]:
    with wire(chat) as there:
        return failure(ask(connect(there.url)))


# -- what is said and heard ------------------------------------------------------------------------------------------


def test_a_reply_streams_with_roles_and_settings_as_they_are() -> None:
    with wire(lambda answer: answer.reply("A ", "lake", "’s boat.")) as there:
        model = connect(there.url, OMOST_SERVER_KEY="sesame")
        talk = [*ASK, Message("assistant", "one"), Message("user", "two")]
        settings = Sampling(temperature=0.3, top_p=0.8, max_new_tokens=50, seed=2**40 + 7)
        generation = model.stream(talk, settings, grammar=True, stop=threading.Event())
        assert list(generation) == ["A ", "lake", "’s boat."]
        assert (generation.finished, generation.tokens) == ("end", 3)
    assert there.asked == [
        {
            "model": "tiny",
            "messages": [
                {"role": "system", "content": "You compose images."},
                {"role": "user", "content": "a lake"},
                {"role": "assistant", "content": "one"},
                {"role": "user", "content": "two"},
            ],
            "stream": True,
            "temperature": 0.3,
            "top_p": 0.8,
            "max_tokens": 50,
            "seed": 7,
        }
    ], "an unknown server gets nothing that it may not know"
    assert there.headers[0]["Authorization"] == "Bearer sesame"


def test_the_named_model_wins_over_the_first() -> None:
    models = [{"id": "first"}, {"id": "second", "max_model_len": 2048}]
    with wire(lambda answer: answer.reply("x"), lambda answer: answer.json({"data": models})) as there:
        assert (connect(there.url).name, connect(there.url).context_length) == ("first", catalog.CONTEXT_LENGTH)
        named = connect(there.url, OMOST_SERVER_MODEL="second")
        assert (named.name, named.context_length) == ("second", 2048)
        assert connect(there.url, OMOST_SERVER_MODEL="second", OMOST_SERVER_CONTEXT="4096").context_length == 4096
        unlisted = connect(there.url, OMOST_SERVER_MODEL="/folder/third")
        list(ask(unlisted))
    assert there.asked[0]["model"] == "/folder/third", "a server need not list all that it has"


@pytest.mark.parametrize("models", [lambda a: a.json({}, 404), lambda a: a.json({"data": []})])
def test_without_a_list_the_choice_is_the_servers(models: Callable[[Answer], object]) -> None:
    with wire(lambda answer: answer.reply("x"), models) as there:
        assert list(ask(connect(there.url))) == ["x"]
    assert "model" not in there.asked[0]


def test_the_limit_ends_a_reply_as_such() -> None:
    with wire(lambda answer: answer.reply("x", reason="length")) as there:
        generation = ask(connect(there.url))
        assert list(generation) == ["x"]
        assert generation.finished == "length"


def test_a_server_that_knows_no_limit_is_held_to_it() -> None:
    def endless(answer: Answer) -> None:
        answer.begin()
        while True:
            answer.send(event("x"))

    with wire(endless) as there:
        generation = ask(connect(there.url))
        assert 60 <= len("".join(generation)) <= 60 + delivery.SPARE_EVENTS
        assert generation.finished == "length"
        assert there.left.wait(5)


def test_counts_of_tokens_are_taken_from_the_server_and_learnt_from() -> None:
    models = [{"id": "tiny", "owned_by": "vllm", "max_model_len": 4096}]

    def counting(answer: Answer) -> None:
        answer.begin()
        answer.send(event("two tokens") + event("", "stop"))
        answer.send('data: {"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 3}}\n\n')
        answer.send("data: [DONE]\n\n")
        answer.end()

    with wire(counting, lambda answer: answer.json({"data": models})) as there:
        model = connect(there.url)
        before = model.count_tokens(ASK)
        generation = ask(model)
        assert list(generation) == ["two tokens"]
        assert (generation.finished, generation.tokens) == ("end", 3)
        assert before != model.count_tokens(ASK) in (40, 41)
    assert there.asked[0]["stream_options"] == {"include_usage": True}


def test_reasons_alone_end_a_reply() -> None:
    """`transformers serve` never says [DONE]; others leave the connection open."""

    def open_ended(answer: Answer) -> None:
        answer.begin()
        answer.send(event("x") + event("", "stop"))
        answer.server.closing.wait(10)  # type: ignore[attr-defined]

    for chat in (lambda answer: answer.reply("x", done=False), open_ended):
        with wire(chat) as there:
            generation = ask(connect(there.url))
            assert (list(generation), generation.finished) == (["x"], "end")


def test_half_a_surrogate_pair_cannot_reach_a_file() -> None:
    def chat(answer: Answer) -> None:
        answer.begin()
        answer.send('data: {"choices": [{"delta": {"content": "a\\ud83d"}}]}\n\n' + event("", "stop"))
        answer.end()

    with wire(chat) as there:
        "".join(ask(connect(there.url))).encode("utf-8")


# -- the grammar -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("owner", "field"), [("vllm", "structured_outputs"), ("llamacpp", "grammar")])
def test_servers_that_are_known_to_read_a_grammar_get_it(owner: str, field: str) -> None:
    models = [{"id": "tiny", "owned_by": owner}]
    with wire(lambda answer: answer.reply("x"), lambda answer: answer.json({"data": models})) as there:
        list(ask(connect(there.url), grammar=True))
        list(ask(connect(there.url), grammar=False))
        list(ask(connect(there.url, OMOST_SERVER_GRAMMAR="off"), grammar=True))
        list(ask(connect(there.url, OMOST_SERVER_MODEL="omost-llama-3-8b"), grammar=True))
    assert [field in request for request in there.asked] == [True, False, False, False]
    sent = there.asked[0][field]
    assert "root ::=" in (sent["grammar"] if isinstance(sent, dict) else sent)


def test_a_server_that_refuses_the_grammar_answers_without_it_and_tells_the_user() -> None:
    def strict(answer: Answer) -> None:
        if "grammar" in answer.body:
            answer.json({"detail": "Unexpected fields in the request: {'grammar'}"}, 422)
        else:
            answer.reply("free")

    with wire(strict) as there:
        model = connect(there.url, OMOST_SERVER_GRAMMAR="llama.cpp")
        assert list(ask(model, grammar=True)) == ["free"]
        second = ask(model, grammar=True)
        assert list(second) == ["free"]
        assert "does not support the Canvas grammar" in second.notices[0]
    assert ["grammar" in request for request in there.asked] == [True, False, False]


@pytest.mark.parametrize("owner", ["library", "organization_owner"])
def test_servers_that_are_known_to_read_a_schema_get_it_and_their_json_becomes_code(owner: str) -> None:
    models = [{"id": "tiny", "owned_by": owner}]
    said = json.dumps({"set_global_description": {"description": "a lake", "detailed_descriptions": ["reeds"]}})
    with wire(
        lambda answer: answer.reply(said[:30], said[30:35], said[35:]), lambda answer: answer.json({"data": models})
    ) as there:
        model = connect(there.url)
        pieces = list(ask(model, grammar=True))
        assert list(ask(model, grammar=False)) == [said[:30], said[30:35], said[35:]]
    code = "".join(pieces)
    assert code.startswith("```python\ncanvas = Canvas()\n")
    assert "    description='a lake',\n" in code
    assert code.endswith("```")
    sent, plain = there.asked
    assert sent["response_format"]["json_schema"]["schema"]["required"][0] == "set_global_description"
    assert sent["messages"][0]["content"].endswith("arguments of its calls.")
    assert sent["messages"][1:] == plain["messages"][1:]
    assert "response_format" not in plain


def test_a_server_that_refuses_the_schema_or_does_not_keep_to_it_may_write_code() -> None:
    def strict(answer: Answer) -> None:
        if "response_format" in answer.body:
            answer.json({"error": "response_format is not supported"}, 400)
        else:
            answer.reply("```python\n", "free")

    with wire(strict) as there:
        model = connect(there.url, OMOST_SERVER_GRAMMAR="json-schema")
        assert "".join(ask(model, grammar=True)) == "```python\nfree"
        assert not there.asked[1]["messages"][0]["content"].endswith("its calls.")
    with wire(lambda answer: answer.reply("```", "python\n", "free")) as there:
        assert "".join(ask(connect(there.url, OMOST_SERVER_GRAMMAR="json-schema"), grammar=True)) == "```python\nfree"


# -- stopping --------------------------------------------------------------------------------------------------------


def slow(answer: Answer) -> None:
    answer.begin()
    while not answer.server.closing.wait(0.05):  # type: ignore[attr-defined]
        answer.send(event("x"))


def mute(answer: Answer) -> None:
    while not answer.server.closing.wait(0.05):  # type: ignore[attr-defined]
        pass


def gone(there: Wire) -> bool:
    return there.left.wait(5)


def test_stop_closes_the_connection_and_keeps_the_text() -> None:
    with wire(slow) as there:
        stop = threading.Event()
        generation = connect(there.url).stream(ASK, Sampling(), grammar=False, stop=stop)
        assert next(generation) == "x"
        stop.set()
        began = time.monotonic()
        list(generation)
        assert time.monotonic() - began < 2
        assert generation.finished == "stopped"
        assert gone(there), "the server must notice"


def test_close_while_nothing_has_come_yet_is_prompt() -> None:
    with wire(mute) as there:
        patient = Timeouts(first=60.0)
        model = ServerChatModel.connect(there.url, environment={}, timeouts=patient)
        generation = model.stream(ASK, Sampling(), grammar=False, stop=threading.Event())
        while not there.asked:
            time.sleep(0.01)
        began = time.monotonic()
        generation.close()
        assert time.monotonic() - began < 2
        assert generation.finished == "stopped"


def test_replies_run_beside_each_other() -> None:
    both = threading.Barrier(2)

    def together(answer: Answer) -> None:
        both.wait(5)
        answer.reply("x")

    with wire(together) as there:
        model = connect(there.url)
        first, second = ask(model), ask(model)
        assert (list(first), list(second)) == (["x"], ["x"])


# -- retries ---------------------------------------------------------------------------------------------------------


def failing(times: int, fail: Callable[[Answer], object]) -> Callable[[Answer], object]:
    left = iter(range(times))
    return lambda answer: fail(answer) if next(left, None) is not None else answer.reply("x")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    with wire(failing(attempts.ATTEMPTS - 1, lambda answer: answer.json({"error": "busy"}, status))) as there:
        assert list(ask(connect(there.url))) == ["x"]
    assert len(there.asked) == attempts.ATTEMPTS


def drop(answer: Answer) -> None:
    answer.connection.shutdown(socket.SHUT_RDWR)


def drop_after_the_head(answer: Answer) -> None:
    answer.begin()
    answer.wfile.flush()
    drop(answer)


@pytest.mark.parametrize("fail", [drop, drop_after_the_head])
def test_a_connection_lost_before_the_first_word_is_tried_again(fail: Callable[[Answer], object]) -> None:
    with wire(failing(2, fail)) as there:
        assert list(ask(connect(there.url))) == ["x"]
    assert len(there.asked) == 3


def test_a_busy_server_is_waited_for_as_it_asks() -> None:
    with wire(failing(1, lambda answer: answer.json({}, 429, Retry_After="1"))) as there:
        model = connect(there.url)
        began = time.monotonic()
        assert list(ask(model)) == ["x"]
        assert time.monotonic() - began >= 1


def test_waiting_to_try_again_can_be_stopped() -> None:
    with wire(lambda answer: answer.json({}, 429, Retry_After="20")) as there:
        generation = ask(connect(there.url))
        while not there.asked:
            time.sleep(0.05)
        began = time.monotonic()
        generation.close()
        assert time.monotonic() - began < 2
    assert len(there.asked) == 1


@pytest.mark.parametrize("dated", [False, True])
def test_a_long_wait_is_the_users_to_decide(dated: bool) -> None:
    wait = formatdate(time.time() + 120, usegmt=True) if dated else "120"
    with wire(lambda answer: answer.json({"error": {"message": "Slow down"}}, 429, Retry_After=wait)) as there:
        _, sentence = failure(ask(connect(there.url)))
    assert len(there.asked) == 1
    assert "429" in sentence
    assert "in 1" in sentence  # 120 s, or a little less than that date
    assert "Slow down." in sentence


def test_nothing_is_tried_again_once_a_word_has_come() -> None:
    def half(answer: Answer) -> None:
        answer.begin()
        answer.send(event("half a re"))
        drop(answer)

    with wire(half) as there:
        text, sentence = failure(ask(connect(there.url)))
    assert (text, len(there.asked)) == ("half a re", 1)
    assert "The part that arrived is kept" in sentence


# -- every failure is a sentence -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "part"),
    [
        (401, {"error": {"message": "Invalid API key", "code": 401}}, "OMOST_SERVER_KEY and start again. It says: Inv"),
        (403, {"detail": "Forbidden"}, "OMOST_SERVER_KEY"),
        (404, {"error": "model 'x' not found"}, "OMOST_SERVER_MODEL"),
        (400, {"message": "context length is 512 tokens"}, "context length is 512 tokens."),
        (422, {"detail": [{"loc": ["body"], "msg": "no"}]}, "(422)"),
        (429, {}, "too many requests (429)"),
        (500, {"error": {"message": "CUDA out of memory\n\x1b[31m at line 7"}}, "CUDA out of memory [31m at line 7."),
        (503, {"error": {"message": "Loading model"}}, "Loading model."),
        (307, {}, "status 307"),
        (418, {}, "status 418"),
    ],
)
def test_a_refusal_is_one_sentence_with_the_servers_words(status: int, body: Any, part: str) -> None:
    text, sentence = told(lambda answer: answer.json(body, status))
    assert text == ""
    assert part in sentence


def test_a_missing_model_is_reported_with_those_that_are_there() -> None:
    _, sentence = told(lambda answer: answer.json({"error": "no such model"}, 404))
    assert sentence.endswith("Its models: tiny.")


def test_the_key_is_never_shown() -> None:
    with wire(lambda answer: answer.json({"error": "Incorrect API key provided: sesame-1."}, 401)) as there:
        _, sentence = failure(ask(connect(there.url, OMOST_SERVER_KEY="sesame-1")))
    assert "did not accept the key" in sentence
    assert "sesame" not in sentence


def test_a_page_in_place_of_words_is_not_shown() -> None:
    def page(answer: Answer) -> None:
        answer.begin(502, "text/html")
        answer.send("<html>" + "x" * 100_000)
        answer.end()

    _, sentence = told(page)
    assert "html" not in sentence
    assert len(sentence) < 300


def wrong_type(answer: Answer) -> None:
    answer.begin(200, "text/html; charset=utf-8")
    answer.send("<html>Log in first</html>")
    answer.end()


def broken_json(answer: Answer) -> None:
    answer.begin()
    answer.send(event("so far") + 'data: {"choices": [{"delta"\n\n')
    answer.end()


def error_event(answer: Answer) -> None:
    answer.begin()
    answer.send(event("so far") + 'data: {"error": {"message": "out of memory"}}\n\n')
    answer.end()


def half_sent(answer: Answer) -> None:
    answer.begin()
    answer.send(event("so far"))
    answer.wfile.write(b'ff\r\ndata: {"choices": [{"del')  # a chunk that promises more
    answer.wfile.flush()
    drop(answer)


def cut_off(answer: Answer) -> None:
    answer.begin()
    answer.send(event("so far") + 'data: {"choi')
    answer.end()


def stall(answer: Answer) -> None:
    answer.begin()
    answer.send(event("so far"))
    while not answer.server.closing.wait(0.05):  # type: ignore[attr-defined]
        answer.send(": still here\n\n")


def endless_line(answer: Answer) -> None:
    answer.begin()
    answer.send(event("so far") + "data: ")
    while True:
        answer.send("x" * 65536)


def deep(answer: Answer) -> None:
    answer.begin()
    answer.send(event("so far") + "data: " + "[" * 100_000 + "\n\n")
    answer.end()


def withheld(answer: Answer) -> None:
    answer.begin()
    answer.send(event("so far") + event("", "content_filter"))
    answer.end()


@pytest.mark.parametrize(
    ("chat", "text", "part"),
    [
        (wrong_type, "", "answers with text/html"),
        (broken_json, "so far", "not part of a reply"),
        (error_event, "so far", "gave up: out of memory"),
        (half_sent, "so far", "was lost"),
        (cut_off, "so far", "before the reply was complete"),
        (stall, "so far", "has sent nothing for 0 s"),
        (endless_line, "so far", "an endless line"),
        (deep, "so far", "not part of a reply"),
        (withheld, "so far", "withheld"),
        (mute, "", "has not started to answer within 1 s"),
        (lambda answer: (answer.begin(), mute(answer)), "", "has not started to answer within 1 s"),
        (lambda answer: (answer.begin(), answer.end()), "", "closed the connection without an answer"),
    ],
)
def test_misbehaviour_is_one_sentence_and_keeps_the_text(
    chat: Callable[[Answer], object], text: str, part: str
) -> None:
    arrived, sentence = told(chat)
    assert arrived == text
    assert part in sentence


def test_after_a_failure_the_next_round_works() -> None:
    with wire(failing(1, broken_json)) as there:
        model = connect(there.url)
        failure(ask(model))
        assert list(ask(model)) == ["x"]


# -- coming to terms -------------------------------------------------------------------------------------------------


def nobody() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}/v1"


def test_an_unreachable_server_is_a_sentence() -> None:
    address = nobody()
    with pytest.raises(ModelError, match="cannot be reached") as caught:
        connect(address.replace("//", "//me:secret@"))
    assert address in str(caught.value)
    assert "secret" not in str(caught.value)


def page(answer: Answer) -> None:
    answer.begin(200, "text/html")
    answer.send("<html></html>")
    answer.end()


def huge(answer: Answer) -> None:
    answer.begin(200, "application/json")
    while True:
        answer.send("[" * 65536)


@pytest.mark.parametrize(
    ("models", "part"),
    [
        (lambda answer: answer.json({}, 401), "asks for a key"),
        (lambda answer: answer.json({"error": {"message": "Loading model"}}, 503), "Loading model"),
        (lambda answer: answer.json({"models": []}), "is not that of an OpenAI-compatible server"),
        (lambda answer: answer.json(["data"]), "is not that of an OpenAI-compatible server"),
        (page, "answers with text/html where application/json was expected"),
        (huge, "too long a response"),
        (mute, "has not started to answer"),
    ],
)
def test_a_list_of_models_that_is_none_is_a_sentence(models: Callable[[Answer], object], part: str) -> None:
    with wire(lambda answer: answer.reply("x"), models) as there, pytest.raises(ModelError, match=part):
        connect(there.url)


@pytest.mark.parametrize(
    ("environment", "part"),
    [
        ({"OMOST_SERVER_KEY": "se\nsame"}, "OMOST_SERVER_KEY"),
        ({"OMOST_SERVER_KEY": "ключ"}, "OMOST_SERVER_KEY"),
        ({"OMOST_SERVER_CONTEXT": "lots"}, "OMOST_SERVER_CONTEXT"),
        ({"OMOST_SERVER_CONTEXT": "12"}, "OMOST_SERVER_CONTEXT"),
        ({"OMOST_SERVER_GRAMMAR": "bnf"}, "OMOST_SERVER_GRAMMAR"),
    ],
)
def test_a_wrong_variable_is_a_sentence(environment: dict[str, str], part: str) -> None:
    with pytest.raises(SettingsError, match=part):
        connect("http://127.0.0.1:1/v1", **environment)


def test_long_talks_lose_their_oldest_rounds_and_say_so() -> None:
    talk = [ASK[0]]
    for _ in range(6):
        talk += [Message("user", "a lake in the mountains"), Message("assistant", "x" * 600)]
    with wire(lambda answer: answer.reply("x")) as there:
        model = connect(there.url, OMOST_SERVER_CONTEXT="1400")
        generation = model.stream([*talk, ASK[1]], Sampling(max_new_tokens=100), grammar=False, stop=threading.Event())
        assert list(generation) == ["x"]
        assert generation.dropped_rounds > 0
        assert "left out" in generation.notices[0]
        with pytest.raises(ModelError, match="Shorten"):
            model.stream([Message("user", "x" * 6000)], Sampling(), grammar=False, stop=threading.Event())
    assert len(there.asked[0]["messages"]) == 14 - 2 * generation.dropped_rounds


def test_importing_the_server_loads_no_torch() -> None:
    import subprocess
    import sys

    code = "import sys, lib_omost.llm.server; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
