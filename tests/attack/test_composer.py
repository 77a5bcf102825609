"""Prompts and replies made to keep the embedded composer's reader busy while the composer has the device."""

from __future__ import annotations

import time

import pytest

from lib_omost.canvas import interpret, replace_canvas
from lib_omost.embedded.composer.guidance import BriefGuidance
from lib_omost.embedded.composer.reader import MAX_THINGS, read
from lib_omost.embedded.composer.revision import edit_scripts
from lib_omost.llm.base import Message
from tests.scripted import REPLY

SECONDS = 5.0
"""For what takes well below one on a machine that does nothing else."""
WORDS = ["change ", "make the ", "turn a ", "a cat and ", "instead of ", "in the ", "on the left of ", "should be an "]
CALL = "canvas.add_local_description(\n"
REPLIES = {
    "open calls": CALL * 6_000,
    "comments": "#\n" * 90_000,
    "comments before open calls": ("#\n" * 20 + CALL) * 2_500,
    "open fences": "```x\n" * 36_000,
    "other open fences": "~~~x canvas(\n" * 14_000,
    "longer and longer fences": "".join("`" * length + "x\n" for length in range(3, 600)),
}


@pytest.mark.parametrize("words", WORDS)
def test_a_prompt_of_any_kind_is_read_in_no_time(words: str) -> None:
    guidance = BriefGuidance()
    guidance.guide([Message("user", "a cat")])
    prompt = (words * 4_000)[:20_000]
    began = time.process_time()
    assert len(read(prompt).things) <= MAX_THINGS
    guidance.guide([Message("user", prompt)])
    guidance.guide([Message("user", "a boat"), Message("assistant", REPLY), Message("user", prompt)])
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("filling", REPLIES.values(), ids=REPLIES)
def test_a_reply_is_split_and_replaced_in_no_time(filling: str) -> None:
    reply = f"{filling}\n{REPLY}\n"
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    began = time.process_time()
    edit_scripts(reply, "add a red moon")
    assert interpret(replace_canvas(reply, canvas)).canvas == canvas
    assert time.process_time() - began < SECONDS
