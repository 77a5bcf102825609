from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas import CanvasStream, Retracted, interpret, replace_canvas, reply_without_extension
from lib_omost.canvas.layouts import read_layout
from lib_omost.canvas.thinking import MarkedThinking, Part, Thinking, answer_of, thinks
from tests.canvas.replies import CANVAS, REPLY, call

DRAFT = f"Let me draft.\n{call(description=repr('A draft.'))}\nNot yet: canvas.add_local_description(description='a\n"
FINAL = "<|start|>assistant<|channel|>final<|message|>"

MARKED = {
    "a tag": f"<think>\n{DRAFT}</think>\n\n{REPLY}",
    "a tag in capitals": f"<THINK>{DRAFT}</THINK>{REPLY}",
    "a tag with attributes": f'<thinking type="deep">\n{DRAFT}</thinking>\n{REPLY}',
    "another name": f"<reasoning>{DRAFT}</reasoning>\n{REPLY}",
    "blanks before it": f"\n  <think>\n{DRAFT}</think>\n{REPLY}",
    "a role before it": f"<|im_start|>assistant\n<think>{DRAFT}</think>{REPLY}",
    "its end alone": f"{DRAFT}</think>\n\n{REPLY}",
    "its end twice": f"<think>{DRAFT}</think>\n</think>\n{REPLY}",
    "a second thought": f"<think>{DRAFT}</think>\nWell.\n<think>{DRAFT}</think>\n{REPLY}",
    "after words on its line": f"Let's see. <think>{DRAFT}</think> So:\n{REPLY}",
    "after the beginning of code": f"```python\ncanvas = Canvas() <think>{DRAFT}</think>\n```\n{REPLY}",
    "several on one line": f"A <think>{DRAFT}</think> b <think>{DRAFT}</think> c [THINK]{DRAFT}[/THINK]\n{REPLY}",
    "nothing": f"Well, <think></think>{REPLY}\n<think>{DRAFT}",
    "after the code, without an end": f"{REPLY}\nBut wait. <think>{DRAFT}",
    "escaped for HTML": f"&lt;think&gt;\n{DRAFT}&lt;/think&gt;\n{REPLY}",
    "brackets": f"[THINK]{DRAFT}[/THINK]{REPLY}",
    "triangles": f"◁think▷{DRAFT}◁/think▷{REPLY}",
    "own tokens": f"<|START_THINKING|>{DRAFT}<|END_THINKING|><|START_RESPONSE|>{REPLY}<|END_RESPONSE|>",
    "thought": f"<|begin_of_thought|>\n{DRAFT}<|end_of_thought|>\n\n<|begin_of_solution|>\n{REPLY}",
    "unused tokens": f"<unused94>thought\n{DRAFT}<unused95>{REPLY}",
    "a channel of one bar": f"<|channel>thought\n{DRAFT}<channel|>{REPLY}",
    "channels": f"<|channel|>analysis<|message|>{DRAFT}<|end|>{FINAL}{REPLY}<|return|>",
    "channels without marks": f"analysisThe user wants this. {DRAFT}assistantfinal{REPLY}",
    "a channel for tools": f"<|channel|>commentary to=x<|message|>{DRAFT}<|end|>{FINAL}{REPLY}",
}


@pytest.mark.parametrize("reply", MARKED.values(), ids=MARKED)
def test_drafts_in_thinking_are_no_regions(reply: str) -> None:
    assert interpret(reply).canvas == CANVAS
    assert thinks(reply)
    assert "A draft." not in answer_of(reply)


@pytest.mark.parametrize("reply", MARKED.values(), ids=MARKED)
@given(st.lists(st.integers(0, 1500), max_size=20))
@settings(max_examples=10)
def test_it_is_the_same_in_any_pieces(reply: str, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(reply)) for cut in cuts), len(reply)]
    pieces = [reply[a:b] for a, b in pairwise(edges)]
    whole = MarkedThinking()
    rewritten = whole.feed(reply) + whole.finish()
    for split in (pieces, list(reply)):
        marked, stream = MarkedThinking(), CanvasStream()
        assert "".join(map(marked.feed, split)) + marked.finish() == rewritten
        for piece in split:
            stream.feed(piece)
        assert stream.result() == interpret(reply)
    assert interpret(rewritten).canvas == CANVAS


def test_all_marks_become_the_same_and_stay_so() -> None:
    for reply in MARKED.values():
        once, twice = MarkedThinking(), MarkedThinking()
        marked = once.feed(reply) + once.finish()
        assert "</think>\n" in marked or reply.endswith(DRAFT)
        assert not {"<|", "[THINK", "◁", "unused", "assistantfinal"} & set(marked.split())
        assert twice.feed(marked) + twice.finish() == marked


def test_thinking_without_an_end_has_no_regions() -> None:
    stream = CanvasStream()
    assert not stream.feed(f"<think>\n{DRAFT}{REPLY}")
    assert stream.canvas is None
    assert stream.result().error is not None


def test_an_end_alone_takes_back_the_regions_before_it_and_says_so() -> None:
    stream = CanvasStream()
    stream.feed(call(description="'A draft.'"))
    assert stream.canvas is not None
    events = stream.feed("\n</think>")
    assert Retracted() in events
    assert stream.canvas is None
    stream.feed(f"\n{REPLY}")
    result = stream.result()
    assert result.canvas == CANVAS
    assert [note.message for note in result.notes] == [
        "The text before this line is the model's thinking; the 2 descriptions in it were left out."
    ]


@pytest.mark.parametrize("line", ["{}", "    '{}',", "x = ['a', \"{}\"]", "    description=f'{}'", "“{}”"])
def test_a_mark_in_a_text_of_the_code_is_a_word(line: str) -> None:
    words = "A sign that says <think> in red."
    assert thinks(line.format(words)) == (line == "{}")
    code = call(description=repr(words), detailed_descriptions="[\n    'One <think>.',\n    'Two.',\n]")
    region = interpret(code).canvas
    assert region is not None
    assert region.regions[0].description == words
    assert region.regions[0].detailed_descriptions == ("One <think>.", "Two.")


def test_a_canvas_between_two_thoughts_is_kept() -> None:
    reply = f"Well. <think>{DRAFT}</think>\n{REPLY}\nShould I? <think>\n{DRAFT}</think> No, it is done."
    assert interpret(reply).canvas == CANVAS
    assert answer_of(reply).startswith("Well. \n")
    marked = MarkedThinking()
    rewritten = marked.feed(reply) + marked.finish()
    assert rewritten.count("\n<think>\n") == rewritten.count("\n</think>\n") == 2


def test_lines_are_counted_through_thinking() -> None:
    reply = f"<think>\na\n</think>\n{call(location='7')}"
    assert interpret(reply).notes[0].line == 5


@pytest.mark.parametrize(
    "words", ["It ends `</think>` so.", "a < b [1] & c", "Use <b>bold</b>.", "An analysis Of it", "assistants"]
)
def test_words_about_marks_are_none(words: str) -> None:
    assert not thinks(words)
    assert answer_of(words) == words
    assert interpret(f"{words}\n{REPLY}").canvas == CANVAS


def test_text_that_cannot_become_a_mark_does_not_wait() -> None:
    thinking = Thinking()
    assert thinking.feed("Let a <") == [Part("answer", "Let a ")]
    assert thinking.feed(" b [") == [Part("answer", "< b ")]
    assert thinking.feed("'x'") == [Part("answer", "['x'")]


def test_json_after_thinking_or_prose_is_read() -> None:
    layout = (
        '{"global": {"description": "A lake."}, "regions": [{"description": "A boat.", "location": "on the left"}]}'
    )
    for reply in (
        f"<think>\nI plan {{a lake}} first, {layout.replace('lake', 'draft')}\n</think>\n\n{layout}",
        f"I plan {{a lake}} and [a boat].\n```json\n{layout}\n```",
        f"{{'not': json}} {{}} {layout}",
    ):
        canvas = read_layout(reply).canvas
        assert canvas is not None
        assert (canvas.global_description.description, len(canvas.regions)) == ("A lake.", 1)


def test_a_model_does_not_get_its_thinking_back_and_an_edit_keeps_it() -> None:
    reply = f"<think>\n{DRAFT}\n</think>\n\nHere:\n{REPLY}"
    assert reply_without_extension(reply) == f"Here:\n{REPLY}"
    smaller = CANVAS.__class__(CANVAS.global_description, CANVAS.regions[:1])
    edited = replace_canvas(reply, smaller)
    assert edited.startswith(f"<think>\n{DRAFT}\n</think>\n\nHere:\n```python")
    assert interpret(edited).canvas == smaller


@pytest.mark.parametrize("text", ["<", "[", "<think ", "&lt;", "<|channel|>", "assistantfina", "</think>", "<think>\n"])
def test_time_grows_with_the_length(text: str) -> None:
    began = time.process_time()
    CanvasStream().feed(text * (200_000 // len(text)))
    stream = CanvasStream()
    for _ in range(4_000):
        stream.feed(text)
    assert time.process_time() - began < 5
