"""The guard for subjects: which words it asks for, and when it lets a canvas end."""

from __future__ import annotations

import torch

from lib_omost.llm.steering.subjects import ENOUGH, JOINING, LEAVING, NAMING, SubjectGuard

WORDS = [
    "# Add", " a", " an", " the", " dragon", " war", "rior", " warriors", " table", " and", " with", ",", ".", "\n",
    ")", "```", "canvas", " fierce", " dr", "    description='", "A", "Two", " on",
]  # fmt: skip
INDEX = {word: index for index, word in enumerate(WORDS)}
PROMPT = "generate an image of the fierce battle of warriors and a dragon"


def changed(*written: str, prompt: str = PROMPT) -> dict[str, float]:
    """The words whose logits differ behind what is written."""
    guard = SubjectGuard(lambda token: WORDS[token].encode(), prompt)
    for word in written:
        guard.accept(INDEX[word])
    given = torch.zeros(len(WORDS))
    found = guard.adjust(given)
    assert not given.any(), "the logits that were given stay as they are"
    return {WORDS[at]: value for at, value in enumerate(found.tolist()) if value}


def test_a_region_is_named_after_what_the_prompt_names() -> None:
    asked = {" dragon": NAMING, " war": NAMING, " warriors": NAMING, " fierce": NAMING, " dr": NAMING}
    assert changed("# Add", " a") == asked
    assert changed("# Add", " a", " war") == {"rior": NAMING}
    assert changed("# Add", " a", prompt="draw a picture please") == {}


def test_the_description_says_what_the_comment_said() -> None:
    begun = ("# Add", " a", " dragon", ".", "\n", "canvas", "\n", "    description='")
    assert changed(*begun) == {"A": NAMING}
    assert changed(*begun, "A") == {" dragon": NAMING, " dr": NAMING}
    assert changed(*begun, "A", " dragon") == {}
    assert changed(*begun, "Two") == {}, "it says something else"
    assert changed("canvas", "\n", "    description='") == {}, "the description of the whole"


def test_the_next_region_shows_something_else() -> None:
    found = changed("# Add", " a", " dragon", ".", "\n", "# Add", " a")
    assert " dragon" not in found
    assert " warriors" in found


def test_two_things_get_two_regions() -> None:
    found = changed("# Add", " a", " dragon")
    joining = {" and": -JOINING, " with": -JOINING, ",": -JOINING, " on": -JOINING}
    assert found == {**joining, " war": -JOINING, " warriors": -JOINING}
    assert changed("# Add", " a", " fierce")[" dragon"] == NAMING, "that was no thing yet"
    both = ("# Add", " a", " dragon", ".", "\n", "# Add", " fierce", " warriors", " and")
    assert changed(*both, prompt="dragon, warriors") == {" on": -JOINING}, "nothing is missing"


def test_a_canvas_does_not_end_before_a_thing_has_its_region() -> None:
    assert changed("canvas", "\n", ")", "\n") == {"```": -LEAVING}
    shown = ("# Add", " a", " dragon", "\n", ")", "\n")
    assert changed(*shown) == {"```": -LEAVING}
    assert changed(*shown, prompt="a dragon") == {}, "one region is few"
    both = (*shown, "# Add", " warriors", "\n", ")", "\n")
    assert changed(*both) == {"```": ENOUGH}, "what else the prompt says may be no thing"
    assert changed("canvas", "\n", ")", "\n", "\n", "canvas") == {}


def test_a_thing_by_another_word_is_not_waited_for_without_end() -> None:
    other = ("# Add", " a", " table", "\n", ")", "\n")
    assert changed(*other, *other, prompt="a dragon") == {"```": ENOUGH}
