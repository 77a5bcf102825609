"""The bonus for copying: where it is given, how it finds its place again, and that it is no rule."""

from __future__ import annotations

import re

import pytest
import torch

from lib_omost.llm.steering.copying import RESUME, CopyBias
from lib_omost.llm.steering.stretches import (
    CERTAIN,
    ENDING,
    GLOBAL,
    MOVED,
    OPENING,
    REMOVED,
    RESTLESS,
    SWEEPING,
    TONE,
    UNNAMED,
)

OLD = """```python
canvas = Canvas()

# Set a global description for the canvas
canvas.set_global_description(
    description='A fox and an owl.',
    detailed_descriptions=[
        'All is calm.',
    ],
)

# Add a red fox.
canvas.add_local_description(
    location='on the left',
    description='A red fox.',
    style='Plain.',
)

# Add an owl.
canvas.add_local_description(
    location='on the top',
    description='An owl.',
    style='Plain.',
)
```"""
VOCABULARY: dict[str, int] = {}


def tokens(text: str) -> list[int]:
    """Words, blanks and signs as ids, each text its own."""
    return [VOCABULARY.setdefault(word, len(VOCABULARY)) for word in re.findall(r"\w+|[^\w]", text)]


def spell(token: int) -> bytes:
    return list(VOCABULARY)[token].encode()


def bonus(request: str, written: str, following: str, old: str = OLD) -> float:
    """The bonus that a word gets behind the text written so far; no other word has one."""
    bias = CopyBias(spell, tokens(old), request)
    for token in tokens(written):
        bias.accept(token)
    wanted = tokens(following)[0]
    given = bias.adjust(torch.zeros(len(VOCABULARY) + 1))
    others = given.nonzero().flatten().tolist()
    assert all(place in (wanted, tokens("```")[0]) for place in others)  # an end that comes too early costs
    return round(float(given[wanted]), 4)


def upto(words: str) -> str:
    return OLD[: OLD.index(words)]


def test_a_region_that_is_not_named_is_held_fast() -> None:
    assert bonus("remove the owl", upto("left',"), "left") == UNNAMED
    assert bonus("remove the owl", upto("Plain"), "Plain") == TONE
    assert bonus("remove the owl", upto("red fox"), "red") == UNNAMED
    assert bonus("make everything bigger", upto("left',"), "left") == SWEEPING


def test_a_region_that_is_named_is_free() -> None:
    changed = upto("left',").replace("an owl", "a bat")
    assert bonus("make the fox run", changed, "left") == 0
    assert bonus("move the fox to the right", changed, "left") == -MOVED
    assert bonus("move the fox to the left", changed, "left") == 0
    assert bonus("two foxes please", changed, "left") == 0
    assert bonus("remove the fox", upto("owl.\ncanvas"), "owl") == UNNAMED
    changed = upto("owl.\ncanvas").replace("an owl.'", "a bat.'")
    assert bonus("remove the owl", changed, "owl") == -ENDING  # it is to be left out
    assert bonus("make the fox blue", OLD[:-3].replace("an owl.'", "a bat.'"), "```") == 0  # another region may follow


def test_an_edit_has_to_change_something() -> None:
    assert bonus("make it night", upto("calm"), "calm") == pytest.approx(-RESTLESS)
    assert bonus("make the owl blue", upto("owl.'"), "owl") == pytest.approx(-RESTLESS)
    assert bonus("make it night", upto("All is").replace("A fox", "A bat"), "All") == pytest.approx(GLOBAL)
    assert bonus("make the fox run", upto("left',"), "left") == pytest.approx(-RESTLESS)
    assert bonus("add a hat", OLD[:-3], "```") == -ENDING
    assert bonus("make it night", OLD[:-3].replace("A fox", "A bat"), "```") == 0
    assert bonus("add a hat", "", "```") == 0  # how every reply begins


def test_the_place_is_found_again_behind_a_difference() -> None:
    without = (
        OLD[: OLD.index("# Add a red fox")] + "# Add an owl.\ncanvas.add_local_description(\n    location='on the "
    )
    assert bonus("remove the fox", without, "top") == UNNAMED
    moved = upto("left',").replace("A fox and an owl", "An owl")
    assert bonus("remove the owl", moved, "left") == UNNAMED
    other = OLD[: OLD.index("on the top")] + "on the left',\n    description='"
    assert bonus("calm", other, "An") == UNNAMED


def test_the_description_goes_on_naming_what_is_not_to_change() -> None:
    assert bonus("make it night", upto("owl.'"), "owl") == UNNAMED
    assert bonus("remove the fox", upto("owl.'"), "owl") == UNNAMED
    old = OLD.replace("A fox and", "A red fox and").replace("All is calm", "Here, the red fox is calm")
    assert bonus("remove the owl", old[: old.index("fox and")], "fox", old) == UNNAMED
    assert bonus("remove the owl", old[: old.index("red fox is")], "red", old) == UNNAMED
    assert bonus("remove the owl", old[: old.index("calm")], "calm", old) == pytest.approx(-RESTLESS)
    old = old.replace("A red fox and", "A quiet view of a red fox and")
    assert bonus("make it night", old[: old.index("quiet")], "quiet", old) == OPENING


def test_what_a_thing_does_does_not_name_it() -> None:
    old = OLD.replace("A fox and", "A red fox and").replace("Add a red fox.", "Add a red fox chasing an owl.")
    assert bonus("remove the owl", old[: old.index("left',")], "left", old) == UNNAMED


def test_a_new_region_borrows_nothing() -> None:
    added = OLD[:-3] + "\n# Add a hat.\ncanvas.add_local_description(\n    location='on the "
    for word in ("left", "top"):
        assert bonus("add a hat", added, word) == 0
    assert bonus("add a hat", added + "left',\n    description='", "A") == 0


def test_behind_a_new_region_the_copy_goes_on() -> None:
    hat = "# Add a hat.\ncanvas.add_local_description(\n    location='on the left',\n)\n"
    front = upto("# Add a red fox") + hat
    assert bonus("add a hat", front, "\n") == UNNAMED
    assert bonus("add a hat", front + "\n# Add a ", "red") == UNNAMED
    instead = upto("# Add an owl") + hat
    assert bonus("make the owl a hat", instead + "\n# Add an ", "owl") == 0
    assert bonus("make the fox a hat", upto("# Add a red fox") + hat + "\n# Add an owl.\n", "canvas") == UNNAMED
    assert bonus("add a hat", OLD[:-3] + "\n" + hat, "```") == 0


def test_of_two_regions_with_one_name_the_next_one_is_meant() -> None:
    again = "\n# Add a red fox." + OLD.partition("# Add a red fox.")[2].partition("\n# Add an owl")[0]
    old = OLD[:-3] + again + "```"
    end = old[:-3]
    assert bonus("add a hat", end, "```", old) == -ENDING
    assert bonus("make it night", end.replace("A fox", "A bat"), "```", old) == 0
    assert bonus("make it night", end[: end.rindex("left")].replace("A fox", "A bat"), "left", old) == UNNAMED


def test_the_regions_follow_the_new_description() -> None:
    old = OLD.replace("A fox and", "A red fox and")
    one = old.replace("'A red fox and an owl.'", "'An owl.'")
    start = one[: one.index("# Add a red fox")]
    assert bonus("remove the fox", start[:-1], "\n", old) == UNNAMED
    assert bonus("remove the fox", start + "# Add an ", "owl", old) == UNNAMED  # the fox is passed over
    one = old.replace("'A red fox and an owl.'", "'A red fox.'")
    assert bonus("remove the owl", one[: one.index("\n# Add an owl")], "```", old) == UNNAMED
    three = old.replace("'A red fox and an owl.'", "'A red fox, an owl, and some hats.'")
    assert bonus("add some hats", three[:-3], "```", old) == -ENDING
    hat = "\n# Add some hats.\ncanvas.add_local_description(\n    location='on the left',\n)\n"
    assert bonus("add some hats", three[:-3] + hat, "```", old) == 0
    nothing = three.replace("A red fox, an owl, and some hats", "A red fox and an owl on a hat", 1)
    assert bonus("please add a big hat to it", nothing[:-3], "```", old) == -ENDING
    night = old.replace("'A red fox and an owl.'", "'A red fox and an owl at night.'")
    assert bonus("make it night", night[:-3], "```", old) == 0
    instead = old.replace("'A red fox and an owl.'", "'A hat and an owl.'")
    start = instead[: instead.index("\n# Add a red fox")]
    assert bonus("make the fox a hat", start, "\n", old) == 0  # the hat may come here
    assert bonus("make the fox a hat", start + hat.replace("some hats", "a hat") + "\n# Add an ", "owl", old) == UNNAMED


def test_a_region_told_anew_is_not_told_twice() -> None:
    old = OLD.replace("A fox and", "A red fox and")
    blue = old.replace("# Add a red fox.", "# Add a blue fox.").replace("'A red fox.'", "'A blue fox.'")
    at_end = blue[: blue.index("\n# Add an owl")]
    bias = CopyBias(spell, tokens(old), "make the fox blue")
    for token in tokens(at_end):
        bias.accept(token)
    given = bias.adjust(torch.zeros(len(VOCABULARY) + 1))
    assert given[tokens("\n")[0]] == UNNAMED
    assert given[tokens("```")[0]] == -ENDING  # the owl is still missing


def test_behind_an_exchanged_subject_the_description_goes_on() -> None:
    old = OLD.replace("A fox and", "A red fox and")
    start = old[: old.index("fox and")] + "hat"
    assert bonus("make the red fox a hat", start, " ", old) == RESUME
    assert bonus("make the red fox a hat", start + " and an ", "owl", old) == UNNAMED


def test_without_an_earlier_canvas_there_is_nothing_to_copy() -> None:
    assert bonus("a fox", "```python\n", "canvas", old="I cannot draw.") == 0
    assert bonus("a fox", "", "I", old="") == 0


def test_what_is_to_go_is_passed_over_and_not_spoken_of() -> None:
    old = OLD.replace("A fox and", "A red fox and")
    start = old[: old.index("\n# Add a red fox")]
    assert bonus("the fox has to go", start + "\n# Add an ", "owl", old) == UNNAMED
    assert bonus("make the fox blue", start + "\n# Add an ", "owl", old) == 0
    before = old[: old.index("fox and")]
    assert bonus("the fox has to go", before, "fox", old) == -REMOVED
    assert bonus("make the fox blue", before, "fox", old) == pytest.approx(-RESTLESS)
    again = start + "\n# Add a "
    bias = CopyBias(spell, tokens(old), "the fox has to go")
    for token in tokens(again):
        bias.accept(token)
    assert bias.adjust(torch.zeros(len(VOCABULARY) + 1))[tokens("red")[0]] == -ENDING


def test_a_move_changes_nothing_but_the_place() -> None:
    assert bonus("the owl belongs at the bottom", upto("calm"), "calm") == CERTAIN
    assert bonus("the owl belongs at the bottom", upto("top'"), "top") == -MOVED
    assert bonus("the owl belongs at the bottom", OLD[: OLD.rindex("An owl.'")], "An") == CERTAIN
    assert bonus("the bat belongs at the bottom", upto("calm"), "calm") == pytest.approx(-RESTLESS)


def test_what_is_moved_is_not_left_out() -> None:
    end = upto("\n# Add an owl")
    assert bonus("move the owl to the bottom", end, "```") == -ENDING
    assert bonus("make the owl a hat", end, "```") == 0


def test_where_the_change_has_been_made_all_is_copied() -> None:
    bias = CopyBias(spell, tokens(OLD), "make the owl blue", done=True)
    for token in tokens(OLD):
        wanted = bias.adjust(torch.zeros(len(VOCABULARY) + 1))[token]
        assert wanted == CERTAIN
        bias.accept(token)
