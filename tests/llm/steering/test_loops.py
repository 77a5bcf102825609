"""The guard against loops: what it makes less likely, and what it leaves alone."""

from __future__ import annotations

import pytest
import torch

from lib_omost.llm.base import Sampling
from lib_omost.llm.decoding import Decoding, Engine
from lib_omost.llm.lookup import CPU_BFLOAT16, PromptLookup
from lib_omost.llm.sampling import Sampler
from lib_omost.llm.steering.loops import ACROSS, FREE, MANY, MOST, RUNNING, WITHIN, LoopGuard
from tests.llm.tiny import llama

WORDS = [
    "\n", "    tags='", "# Add ", "        '", "    style='", "sea", ",", " sea", " rock", " a", " red", " fox",
    " runs", ".", "',", " by", " night", "\n    tags='", "\n       ", " '", "\n   ", " ],",
]  # fmt: skip
INDEX = {word: index for index, word in enumerate(WORDS)}


def guard(words: str, earlier: str = "") -> LoopGuard:
    """A guard that has seen these words, which "|" parts."""
    made = LoopGuard(lambda token: WORDS[token].encode(), earlier)
    for word in words.split("|"):
        made.accept(INDEX[word])
    return made


def lowered(made: LoopGuard) -> dict[str, float]:
    cost = -made.adjust(torch.zeros(len(WORDS)))
    return {WORDS[at]: round(value, 4) for at, value in enumerate(cost.tolist()) if value}


def test_tags_that_loop_become_ever_less_likely() -> None:
    once = lowered(guard("    tags='|sea|,| rock|,"))
    assert once == {" rock": WITHIN}
    assert lowered(guard("    tags='|sea|,| rock|,| rock")) == {",": 2 * WITHIN}
    thrice = lowered(guard("    tags='|sea|,| rock|,| rock|,| rock|,"))
    assert thrice[" rock"] > once[" rock"]
    assert max(lowered(guard("    tags='|sea" + "|,| sea" * 20)).values()) == MOST


def test_a_sentence_may_use_a_word_twice_but_not_a_phrase() -> None:
    assert lowered(guard("        '| a| red| fox|,| a")) == {}
    assert lowered(guard("        '| a| red| fox|,| a| red")) == {" fox": 2 * WITHIN}


def test_other_lines_may_say_what_they_like() -> None:
    assert lowered(guard("    style='| a| red| fox| a| red")) == {}
    assert lowered(guard("    style='| a| red| fox|\n|    style='| a| red")) == {}


@pytest.mark.parametrize("kind", ["# Add ", "        '"])
def test_a_region_or_sentence_is_not_told_twice(kind: str) -> None:
    line = f"{kind}| a| red| fox| runs|.|\n|"
    assert lowered(guard(line + f"{kind}| a| red")) == {}  # four tokens may be alike
    assert lowered(guard(line + f"{kind}| a| red| fox")) == {" runs": pytest.approx(ACROSS)}
    assert lowered(guard(line + f"{kind}| a| red| fox| runs")) == {".": pytest.approx(2 * ACROSS)}
    assert FREE == 4


def test_a_line_of_the_reply_before_may_be_copied() -> None:
    words = "    tags='|sea|,| rock|,"
    known = "    tags='sea, rock, rock, rock"
    assert lowered(guard(words, f"first\n{known}\nlast")) == {}
    assert lowered(guard(words, f"    tags='sea, rock, fox\n{known}")) == {}
    assert lowered(guard(words, "    tags='sea, rock, fox")) == {" rock": WITHIN}
    assert lowered(guard(words + "| rock|,| rock|,", known)) != {}  # it has gone beyond that line


def test_a_line_is_not_copied_more_often_than_it_stood_there() -> None:
    line = "# Add | a| red| fox| runs|.|\n"
    known = "# Add  a red fox runs."
    assert lowered(guard(line + "|# Add | a| red| fox", known)) == {" runs": pytest.approx(ACROSS)}
    assert lowered(guard(line + "|# Add | a| red| fox", f"{known}\n{known}")) == {}


@pytest.mark.parametrize("end", ["', between lines", "at the line's beginning"])
def test_a_list_of_sentences_is_brought_to_its_end(end: str) -> None:
    def told(sentences: int) -> LoopGuard:
        lines = [f"        '|{' a|' * place} fox|',|\n" for place in range(sentences)]
        lines.append("        '| red|'," if end == "', between lines" else "    tags='|\n")
        if end != "', between lines":
            lines.pop()
        return guard("|".join(lines))

    first = MANY if end == "', between lines" else MANY - 1
    another = "\n       " if end == "', between lines" else "        '"
    assert lowered(told(first - 1)) == {}
    assert lowered(told(MANY))[another] == pytest.approx(RUNNING)
    assert lowered(told(MANY + 3))[another] == pytest.approx(4 * RUNNING)
    assert lowered(told(MANY + 40))[another] == MOST
    assert not {"\n   ", "    tags='", " ],"} & set(lowered(told(MANY + 40)))


def test_a_line_of_any_kind_does_not_come_a_third_time() -> None:
    line = "    style='| sea|',|\n|"
    assert lowered(guard(line + "    style='| sea")) == {}
    assert lowered(guard(line * 2 + "    style='")) == {" sea": pytest.approx(2 * WITHIN)}
    assert lowered(guard(line * 2 + "    style='| sea")) == {"',": pytest.approx(3 * WITHIN)}
    assert lowered(guard(line + "    style='| fox|',|\n|" + "    style='")) == {}


def test_a_line_may_begin_inside_a_token() -> None:
    assert lowered(guard("# Add | a|\n    tags='|sea|,| rock|,")) == {" rock": WITHIN}
    assert lowered(guard("# Add | a|\n    tags='")) == {}


def test_drafts_change_nothing_with_a_guard_either() -> None:
    prompt = [*torch.randint(12, 400, (30,), generator=torch.Generator().manual_seed(0)).tolist()] * 3

    def reply(drafter: PromptLookup | None, guarded: bool = True) -> list[int]:
        made = LoopGuard(lambda token: b"w%d" % token)
        made._line = b"    tags='"  # every token of this reply is a word of one line of tags
        decoding = Decoding(
            Engine(llama()),
            prompt,
            limit=80,
            sampler=Sampler(Sampling(temperature=0)),
            stop_ids=(),
            stopped=lambda: False,
            drafter=drafter,
            biases=[made] if guarded else [],
        )
        for _ in decoding:
            pass
        return decoding.reply

    guarded = reply(None)
    assert guarded == reply(PromptLookup(CPU_BFLOAT16))
    assert guarded != reply(None, guarded=False)
