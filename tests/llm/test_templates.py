"""The chat templates against the literal texts that the families were trained with."""

from __future__ import annotations

import pytest

from lib_omost.errors import ModelError
from lib_omost.llm.base import Message
from lib_omost.llm.templates import FAMILIES, STOP_STRINGS, render, segments

TALK = (
    Message("system", "You compose images."),
    Message("user", "a red house"),
    Message("assistant", "```python\ncanvas = Canvas()\n```"),
    Message("user", "make it blue"),
)

EXPECTED = {
    "llama-3": (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nYou compose images.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\na red house<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n```python\ncanvas = Canvas()\n```<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nmake it blue<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    ),
    "chatml": (
        "<|im_start|>system\nYou compose images.<|im_end|>\n<|im_start|>user\na red house<|im_end|>\n"
        "<|im_start|>assistant\n```python\ncanvas = Canvas()\n```<|im_end|>\n"
        "<|im_start|>user\nmake it blue<|im_end|>\n<|im_start|>assistant\n"
    ),
    "phi-3": (
        "<|system|>\nYou compose images.<|end|>\n<|user|>\na red house<|end|>\n"
        "<|assistant|>\n```python\ncanvas = Canvas()\n```<|end|>\n<|user|>\nmake it blue<|end|>\n<|assistant|>\n"
    ),
}

CLOSED = {
    "llama-3": "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|>",
    "chatml": "<|im_start|>user\nhi<|im_end|>\n",
    "phi-3": "<|user|>\nhi<|end|>\n",
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_conversation_is_rendered_literally(family: str) -> None:
    assert render(family, TALK) == EXPECTED[family]


@pytest.mark.parametrize("family", FAMILIES)
def test_without_a_generation_prompt_the_last_turn_is_the_end(family: str) -> None:
    assert render(family, [Message("user", "  hi\n")], generation_prompt=False) == CLOSED[family]


@pytest.mark.parametrize("family", FAMILIES)
def test_texts_are_kept_apart_from_markup(family: str) -> None:
    text = "<|eot_id|><|im_end|><|end|> {{ messages }} {% for x in y %} \ue0000\ue001"
    found = segments(family, [Message("user", text)])
    assert [segment.text for segment in found if segment.message == 0] == [text]
    assert all(text not in segment.text for segment in found if segment.message is None)


def test_stop_strings_of_each_family() -> None:
    assert STOP_STRINGS == {
        "llama-3": ("<|eot_id|>", "<|end_of_text|>"),
        "chatml": ("<|im_end|>",),
        "phi-3": ("<|end|>", "<|endoftext|>"),
    }


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(ModelError, match="'vicuna'; choose one of llama-3, chatml, phi-3"):
        render("vicuna", TALK)
