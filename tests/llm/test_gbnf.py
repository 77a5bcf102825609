"""What the grammar for servers takes, asked of llguidance, which reads GBNF too."""

from __future__ import annotations

import llguidance
import pytest
from llguidance.gbnf_to_lark import gbnf_to_lark

from lib_omost.llm.gbnf import canvas_gbnf
from lib_omost.llm.grammar import MAX_REGIONS
from tests.llm.test_grammar import LAKE, REPLY, SCENE, WRONG, grammar
from tests.llm.tiny import tokenizer


def taken(text: str) -> bool:
    matcher = llguidance.LLMatcher(grammar().tokenizer, gbnf_to_lark(canvas_gbnf()), log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    ids = tokenizer().encode(text, add_special_tokens=False)
    return matcher.validate_tokens(ids) == len(ids) and matcher.consume_tokens(ids) and matcher.is_accepting()


def test_a_canvas_as_it_is_written_is_taken() -> None:
    assert taken(REPLY)
    assert taken(
        REPLY.replace("\ncanvas.add", "\n# A lake — “still”.\ncanvas.add").replace("A quiet", "Ein stiller, кит 鯨")
    )


@pytest.mark.parametrize(("old", "new"), WRONG)
def test_what_is_no_canvas_is_refused(old: str, new: str) -> None:
    assert old in REPLY
    assert not taken(REPLY.replace(old, new))


def test_regions_are_counted() -> None:
    from lib_omost.canvas.model import Canvas
    from lib_omost.canvas.writer import write

    assert taken(write(Canvas(SCENE, (LAKE,) * MAX_REGIONS)))
    assert not taken(write(Canvas(SCENE, (LAKE,) * (MAX_REGIONS + 1))))
