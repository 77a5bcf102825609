from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from lib_omost.canvas import (
    Canvas,
    Rect,
    Region,
    conditions,
    interpret,
    nearest_phrases,
    restore_extension,
    without_extension,
    write,
)
from lib_omost.canvas.extension import is_extended
from lib_omost.canvas.limits import MAX_REGIONS
from lib_omost.canvas.vocabulary import rect_of
from tests.canvas.replies import BOAT, CANVAS, DRAGON, GULL, SCENE, TOWER, call
from tests.canvas.values import canvases, plain_canvases

FREE = Rect(10, 55, 0, 42)


def one(**values: str) -> tuple[Region, list[tuple[str, str]]]:
    """The region of a call with these arguments, and its notes' kinds and messages."""
    result = interpret("canvas.set_global_description('A field.', HTML_web_color_name='green')\n" + call(**values))
    assert result.canvas is not None
    return result.canvas.regions[0], [(note.kind, note.message) for note in result.notes]


def test_the_keywords_are_read_without_a_note() -> None:
    region, notes = one(rect="[10, 55, 0, 42]", weight="1.5", negative_prompt="'wings'", enabled="False")
    assert notes == []
    assert region == replace(DRAGON, free_rect=FREE, weight=1.5, negative_prompt="wings", enabled=False)
    assert region.rect == FREE


def test_absent_keywords_change_nothing() -> None:
    region, notes = one()
    assert (region, notes) == (DRAGON, [])
    assert (region.free_rect, region.weight, region.negative_prompt, region.enabled) == (None, 1.0, "", True)


def test_a_rectangle_stands_for_phrases_that_are_left_out() -> None:
    region, notes = one(rect="[10, 55, 0, 42]", location=None, offset=None, area=None)  # type: ignore[arg-type]
    assert notes == []
    assert (region.location, region.offset, region.area) == nearest_phrases(FREE)
    assert region.rect == FREE


def test_the_rectangle_of_the_phrases_is_no_extension() -> None:
    own = rect_of(DRAGON.location, DRAGON.offset, DRAGON.area)
    region, _ = one(rect=str(list(own.as_tuple)))
    assert region == DRAGON
    assert "rect=" not in write(Canvas(SCENE, (region,)))


@pytest.mark.parametrize(
    ("written", "made", "kind"),
    [
        ("(10, 55, 0, 42)", FREE, None),
        ("[55, 10, 42, 0]", FREE, "corrected"),
        ("[10.4, 55, -3, 42]", Rect(10, 55, 0, 42), "corrected"),
        ("[0, 900, 0, 1e300]", Rect(0, 90, 0, 90), "corrected"),
        ("[10, 10, 0, 42]", None, "dropped"),
        ("[10, 55, 0]", None, "dropped"),
        ("[10, 55, 0, 1e999]", None, "dropped"),
        ("'everywhere'", None, "dropped"),
        ("[10, 55, 0, x]", None, "dropped"),
        ("[True, False, None, 1]", None, "dropped"),
        ("Rect(1, 2, 3, 4)", None, "dropped"),
        ("None", None, None),
    ],
)
def test_rectangles_are_bounded_and_reported(written: str, made: Rect | None, kind: str | None) -> None:
    region, notes = one(rect=written)
    assert region.rect == (made or DRAGON.rect)
    assert [note[0] for note in notes] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("name", "written", "made", "kind"),
    [
        ("weight", "2", 2.0, None),
        ("weight", "'2.5'", 2.5, "corrected"),
        ("weight", "0", 0.1, "corrected"),
        ("weight", "-1e999", 0.1, "corrected"),
        ("weight", "1e999", 10.0, "corrected"),
        ("weight", "'heavy'", 1.0, "dropped"),
        ("weight", "open('x')", 1.0, "dropped"),
        ("enabled", "True", True, None),
        ("enabled", "'off'", False, "corrected"),
        ("enabled", "0", False, "corrected"),
        ("enabled", "'perhaps'", True, "dropped"),
        ("enabled", "not x", True, "dropped"),
        ("negative_prompt", "['wings', 'fire']", "wings fire", "corrected"),
        ("negative", "'wings'", "wings", "corrected"),
        ("negative_prompt", "7", "", "dropped"),
    ],
)
def test_other_values_are_bounded_and_reported(name: str, written: str, made: object, kind: str | None) -> None:
    region, notes = one(**{name: written})
    assert getattr(region, {"negative": "negative_prompt"}.get(name, name)) == made
    assert [note[0] for note in notes] == ([kind] if kind else [])


def test_values_without_names_never_reach_the_extension() -> None:
    values = (
        "'on the left', 'no offset', 'a small square area', 5, 'A dragon.', [], '', '', '', '', 'red', [0, 9, 0, 9]"
    )
    result = interpret(f"canvas.set_global_description('x')\ncanvas.add_local_description({values})")
    assert result.canvas is not None
    assert result.canvas.regions[0].free_rect is None
    assert any("one value too many" in note.message for note in result.notes)


def test_no_misspelt_word_becomes_an_extension() -> None:
    region, notes = one(weigth="5", rectt="[0, 9, 0, 9]")
    assert region == DRAGON
    assert [kind for kind, _ in notes] == ["dropped", "dropped"]


def test_a_broken_call_keeps_its_extension() -> None:
    code = call(rect="[10, 55, 0, 42]", weight="1.5").replace("'red',", "'red'").replace("'tense'", "'it's tense'")
    result = interpret(f"canvas.set_global_description('x')\n{code}")
    assert result.canvas is not None
    assert (result.canvas.regions[0].rect, result.canvas.regions[0].weight) == (FREE, 1.5)


@settings(max_examples=60)
@given(plain_canvases)
def test_what_models_write_is_written_as_ever(canvas: Canvas) -> None:
    assert without_extension(canvas) == canvas
    assert restore_extension(canvas, canvas) == canvas
    calls = write(canvas)
    for name in ("rect", "weight", "negative_prompt", "enabled"):
        assert f"\n    {name}=" not in calls


@settings(max_examples=60)
@given(canvases)
def test_plain_canvases_say_the_nearest_phrases_of_what_is_on(canvas: Canvas) -> None:
    shown = without_extension(canvas)
    assert not any(map(is_extended, shown.regions))
    on = [region for region in canvas.regions if region.enabled]
    for region, made in zip(on, shown.regions, strict=True):
        assert made.description == region.description
        assert made.rect == (rect_of(*nearest_phrases(region.rect)) if region.free_rect else region.rect)


@settings(max_examples=60)
@given(canvases)
def test_what_a_model_only_repeats_loses_nothing(canvas: Canvas) -> None:
    back = restore_extension(without_extension(canvas), canvas)
    counts = [region.description for region in canvas.regions]
    if len(set(counts)) == len(counts):
        place = {region.description: region for region in back.regions}
        for region in canvas.regions:
            made = place[region.description]
            assert (made.rect, made.weight, made.negative_prompt) == (
                region.rect,
                region.weight,
                region.negative_prompt,
            )
            assert made.enabled == region.enabled


def test_a_model_that_moves_a_region_has_its_way() -> None:
    before = Canvas(SCENE, (replace(TOWER, free_rect=FREE, weight=2.0), replace(BOAT, enabled=False), GULL))
    moved = replace(TOWER, location="on the left")
    made = restore_extension(Canvas(SCENE, (moved,)), before)
    assert made.regions == (replace(moved, weight=2.0), replace(BOAT, enabled=False))


def test_a_region_that_is_only_described_anew_keeps_its_cells() -> None:
    before = Canvas(SCENE, (replace(TOWER, free_rect=FREE, weight=2.0), BOAT))
    shown = without_extension(before).regions[0]
    renamed = replace(shown, description=f"A pink {TOWER.description.split()[-1]}")
    made = restore_extension(Canvas(SCENE, (renamed, BOAT)), before)
    assert made.regions == (replace(renamed, free_rect=FREE, weight=2.0), BOAT)
    other = replace(shown, description="Fog.")
    assert restore_extension(Canvas(SCENE, (other, BOAT)), before).regions == (other, BOAT), "another thing there"


def test_switched_off_regions_never_overfill_a_canvas() -> None:
    full = Canvas(SCENE, (TOWER,) * MAX_REGIONS)
    assert restore_extension(full, Canvas(SCENE, (replace(BOAT, enabled=False),))) == full


def test_the_painter_gets_weights_and_negatives_and_nothing_of_what_is_off() -> None:
    canvas = Canvas(SCENE, (replace(TOWER, weight=2.0, negative_prompt="birds"), replace(BOAT, enabled=False)))
    assert [(item.prefixes[-1], item.weight, item.negative) for item in conditions(canvas)] == [
        ("A lighthouse on a stormy coast.", 1.0, ""),
        ("A white lighthouse with a red lantern room.", 2.0, "birds"),
    ]
    assert len(conditions(CANVAS)) == 4
