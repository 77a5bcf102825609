"""The composer's training data: sound canvases, honest edits, nothing withheld or published elsewhere."""

from __future__ import annotations

import random
import re
from itertools import islice
from pathlib import Path

import pytest

from lib_omost.canvas.stream import interpret
from training import evaluate_composer
from training.corpus import grammar, heldout, setting, things
from training.corpus.briefs import draw_brief
from training.corpus.director import Director
from training.corpus.edits import KINDS, draw_edit
from training.corpus.examples import Example, examples
from training.corpus.layout import write

TRANSCRIPT = Path(__file__).resolve().parents[3] / "shared" / "data" / "transcript.md"


@pytest.fixture(scope="module")
def sample() -> list[Example]:
    return list(islice(examples(seed=1), 150))


def test_every_reply_is_read_back_without_a_note(sample: list[Example]) -> None:
    for example in sample:
        for (_, reply), canvas in zip(example.turns, example.canvases, strict=True):
            read = interpret(reply)
            assert read.notes == ()
            assert read.canvas == canvas


def test_the_same_seed_gives_the_same_conversations(sample: list[Example]) -> None:
    assert [example.turns for example in islice(examples(seed=1), 20)] == [example.turns for example in sample[:20]]


def test_sentences_are_clean_and_distinct(sample: list[Example]) -> None:
    for example in sample:
        for canvas in example.canvases:
            texts = [*canvas.global_description.detailed_descriptions]
            for region in canvas.regions:
                texts += [region.description, *region.detailed_descriptions, region.atmosphere, region.style]
                assert 1 <= len(region.detailed_descriptions) <= 6
            for text in texts:
                assert not re.search(r"[{}<>$@'|;]|  |\ba [aeio][a-z]|\.\.", text), text
                assert text[0].isupper()
                assert text.endswith(".")
            assert evaluate_composer.distinct(canvas) >= 0.8


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_edit_changes_what_it_is_about_and_nothing_else(kind: str) -> None:
    rng = random.Random(kind)
    seen = 0
    while seen < 25:
        director = Director(rng, draw_brief(rng))
        scene = director.scene(3)
        before = scene.canvas()
        edit = draw_edit(scene, director, rng, kind)
        if edit.kind != kind:
            continue
        seen += 1
        after = edit.scene.canvas()
        assert after != before
        assert scene.canvas() == before  # the first picture is left as it was
        alone = [region for index, region in enumerate(before.regions) if index not in edit.touched]
        if kind in ("mood", "style"):
            assert [region.description for region in alone] == [region.description for region in after.regions]
        else:
            assert all(region in after.regions for region in alone)
        if kind == "add":
            assert len(after.regions) == len(before.regions) + 1
        elif kind == "remove":
            assert len(after.regions) == len(before.regions) - 1
        elif kind in ("move", "resize", "depth"):
            old, new = before.regions[edit.touched[0]], after.regions[edit.touched[0]]
            field = {"move": "location", "resize": "area", "depth": "distance"}[kind]
            assert getattr(old, field) != getattr(new, field)
        elif kind == "recolor":
            assert before.regions[edit.touched[0]].description != after.regions[edit.touched[0]].description
        elif kind in ("light", "scenery"):
            assert before.global_description.detailed_descriptions != after.global_description.detailed_descriptions


def test_no_training_text_is_a_held_out_one(sample: list[Example]) -> None:
    withheld = heldout.texts()
    assert len(withheld) >= 60
    assert not any(asked.lower() in withheld for example in sample for asked, _ in example.turns)


@pytest.mark.skipif(not TRANSCRIPT.exists(), reason="the published transcript is not here")
def test_no_sentence_of_the_published_transcript_is_in_the_data() -> None:
    published = {
        text
        for text in re.findall(r"'(.*)',?$", TRANSCRIPT.read_text(encoding="utf-8"), re.MULTILINE)
        if text.endswith(".")
    }
    assert len(published) > 50
    replies = "\n".join(reply for example in islice(examples(seed=2), 400) for _, reply in example.turns)
    assert not [text for text in published if text in replies]


def test_the_pool_is_wide() -> None:
    pool = things.all_things()
    assert len(pool) > 900
    assert sum(thing.rich for thing in pool.values()) > 200
    assert len(setting.all_places()) >= 30


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("fox", "foxes"),
        ("wolf", "wolves"),
        ("cup of tea", "cups of tea"),
        ("fireman", "firemen"),
        ("cherry", "cherries"),
        ("toy boat", "toy boats"),
    ],
)
def test_plurals(noun: str, expected: str) -> None:
    assert grammar.plural(noun) == expected


def test_articles() -> None:
    assert [grammar.article(word) for word in ("owl", "unicorn", "red owl", "hourglass", "umbrella")] == [
        "an owl", "a unicorn", "a red owl", "an hourglass", "an umbrella",
    ]  # fmt: skip


def test_held_out_edits_start_from_sound_canvases() -> None:
    kinds = [kind for kind, _, _, _ in heldout.EDITS]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(
        ("add", "remove", "replace", "recolor", "move", "light"), 10
    )
    for index, (kind, _, _, words) in enumerate(heldout.EDITS):
        _, canvas = evaluate_composer.first_canvas(index)
        assert interpret(write(canvas)).canvas == canvas
        assert not evaluate_composer.done(kind, words, canvas, canvas), (kind, words)
        assert evaluate_composer.kept(kind, words, canvas, canvas)[1] >= 1
