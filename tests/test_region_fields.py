"""A field that is added to the table of a region's fields is known everywhere: one row here, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from typing import Any

import llguidance
import llguidance.hf
import pytest

from lib_omost.canvas import (
    Canvas,
    GlobalDescription,
    Interpretation,
    Region,
    interpret,
    restore_extension,
    without_extension,
    write,
)
from lib_omost.canvas.fields import Cells, FormInput, Number, Phrase, Switch, Text, Texts, spec, specs
from lib_omost.llm.grammar import GLOBAL, CallGrammar, canvas_grammar
from lib_omost.llm.schema import _call
from lib_omost.ui.state.editing import canvas_json, form_json, read_edit
from tests.canvas.replies import DRAGON, SCENE, call
from tests.llm.tiny import tokenizer


@dataclass(frozen=True, slots=True)
class Lit(Region):
    """A region with one field more."""

    light: float = field(
        default=1.0,
        metadata=spec(
            Number(0.0, 1000.0, "a light"), keyword="light_level", extension=True, form=FormInput("Light", 4, 3)
        ),
    )


@dataclass(frozen=True, slots=True)
class Offered(Region):
    """The same with a field that the grammars make a model write."""

    mood: str = field(default="", metadata=spec(Text(240), extension=True, in_grammar=True))
    light: float = field(default=1.0, metadata=spec(Number(0.0, 1000.0, "a light"), extension=True, in_grammar=True))


def lit(region: Region, light: float) -> Lit:
    return Lit(**{item.name: getattr(region, item.name) for item in fields(region)}, light=light)


def read(written: str) -> tuple[Any, list[str]]:
    """The region of a call with this value, and the kinds of its notes."""
    reply = f"canvas.set_global_description('A cave.', [], '', 'black')\n{call(light_level=written)}"
    result = interpret(reply, Lit)
    assert result.canvas is not None
    return result.canvas.regions[0], [note.kind for note in result.notes]


@pytest.mark.parametrize(
    ("written", "light", "kinds"),
    [
        ("2.5", 2.5, []),
        ("'2.5'", 2.5, ["corrected"]),
        ("1e9", 1000.0, ["corrected"]),
        ("'bright'", 1.0, ["dropped"]),
        ("None", 1.0, []),
    ],
)
def test_it_is_read_and_corrected(written: str, light: float, kinds: list[str]) -> None:
    assert read(written) == (lit(DRAGON, light), kinds)


def test_its_other_spellings_are_known_and_misspelt_ones_are_not() -> None:
    head = "canvas.set_global_description('A cave.', [], '', 'black')\n"
    named = interpret(head + call(lightLevel="2"), Lit)
    misspelt = interpret(head + call(lite_level="2"), Lit)
    assert named.canvas is not None
    assert misspelt.canvas is not None
    assert named.canvas.regions == (lit(DRAGON, 2.0),)
    assert misspelt.canvas.regions == (lit(DRAGON, 1.0),)


def test_it_is_checked_in_the_value() -> None:
    with pytest.raises(ValueError, match="is not within"):
        lit(DRAGON, 1001)


def test_it_is_written_and_read_again() -> None:
    canvas = Canvas(SCENE, (lit(DRAGON, 2.5),))
    assert "    light_level=2.5,\n" in write(canvas)
    assert interpret(write(canvas), Lit) == Interpretation(canvas)
    assert "light_level" not in write(Canvas(SCENE, (lit(DRAGON, 1.0),)))


def test_it_is_in_the_json() -> None:
    assert json.loads(json.dumps(lit(DRAGON, 2.5).to_json()))["light"] == 2.5


def test_a_model_is_not_shown_it_and_it_is_carried_over() -> None:
    before = Canvas(SCENE, (lit(DRAGON, 2.5),))
    assert without_extension(before).regions == (lit(DRAGON, 1.0),)
    assert restore_extension(without_extension(before), before) == before


def test_it_is_in_the_editors_form_and_comes_back_from_there() -> None:
    form = form_json(Lit)
    line = next(line for line in form["lines"] if any(item["name"] == "light" for item in line))
    assert [item["label"] for item in line] == ["Colour", "Depth", "Weight", "Light"]
    assert line[-1] == {"name": "light", "label": "Light", "note": "", "kind": "number", "low": 0.0, "high": 1000.0}
    assert form["blank"]["light"] == 1.0
    canvas = Canvas(SCENE, (lit(DRAGON, 2.5),))
    said = json.loads(json.dumps(canvas_json(canvas)))
    found = read_edit(said, Lit)
    assert found is not None
    assert found.canvas == canvas
    said["regions"][0]["light"] = 10**400
    found = read_edit(said, Lit)
    assert found is not None
    assert found.canvas.regions == (lit(DRAGON, 1.0),)


def test_the_grammars_offer_it_only_if_it_says_so() -> None:
    assert canvas_grammar(calls=(GLOBAL, CallGrammar("add_local_description", Lit))) == canvas_grammar()
    offered = CallGrammar("add_local_description", Offered)
    assert {"mood", "light"} <= set(_call(offered)["properties"])
    region = Offered(
        **{item.name: getattr(DRAGON, item.name) for item in fields(DRAGON)} | {"tags": "dragon"},
        mood="Grim.",
        light=2.5,
    )
    region = replace(region, atmosphere="Tense.", style="Bold.", quality_meta="Sharp.")
    scene = GlobalDescription("A cave.", ("It is dark.",), "cave", "black")
    assert takes(canvas_grammar(calls=(GLOBAL, offered)), write(Canvas(scene, (region,))))
    assert not takes(canvas_grammar(), write(Canvas(scene, (region,))))


def takes(grammar: str, text: str) -> bool:
    matcher = llguidance.LLMatcher(llguidance.hf.from_tokenizer(tokenizer()), grammar, log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    ids = tokenizer().encode(text, add_special_tokens=False)
    return matcher.validate_tokens(ids) == len(ids)


@pytest.mark.parametrize("kind", [Switch("it is on"), Cells()])
def test_what_the_grammars_have_no_rule_for_cannot_be_offered(kind: Any) -> None:
    with pytest.raises(ValueError, match="no rule"):
        spec(kind, keyword="x", in_grammar=True)


@pytest.mark.parametrize("element", [GlobalDescription, Region])
def test_every_field_has_a_row_and_every_kind_of_row_stands_in_the_form(element: type) -> None:
    rows = specs(element)
    assert [row.attribute for row in rows] == [item.name for item in fields(element)]  # type: ignore[arg-type]
    names = {item["name"] for line in form_json(element)["lines"] for item in line}
    drawn = {
        "free" if isinstance(row.kind, Cells) else row.attribute for row in rows if not isinstance(row.kind, Phrase)
    }
    assert names == drawn
    assert {type(row.kind) for row in rows} >= {Text, Texts}
