"""What Render keeps of the last picture, planned from the chat and the picture's record, with a tiny real painter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lib_omost.artifacts.parent import read_parent
from lib_omost.artifacts.record import Record, read_record_file, save_png
from lib_omost.canvas import Canvas, Rect, interpret, write
from lib_omost.render.repaint import GROW, Repaint
from lib_omost.render.settings import Picture
from lib_omost.sessions import Store
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.editing import Edit
from lib_omost.ui.state.entries import NoticeEntry, PictureEntry, Prompt, Reply
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.keeping import Keeper
from lib_omost.ui.state.limits import Admission, Limits
from lib_omost.ui.state.repainting import Options
from tests.scripted import REPLY
from tests.ui.brush import Brush
from tests.ui.studios import PAGE, open_handlers, open_studio, play, settled, tiny_painter

SETTINGS: dict[str, Any] = {"width": 128, "height": 128, "steps": 2, "seed": 7, "negative_prompt": ""}
TALK = Conversation((Prompt("a harbour"), Reply(REPLY)))
BEFORE = interpret(REPLY).canvas
assert BEFORE is not None
NEW = replace(BEFORE.regions[0], description="A red kite.", free_rect=Rect(4, 16, 60, 76), distance=1.0)
AFTER = replace(BEFORE, regions=(*BEFORE.regions, NEW))
DARK = replace(BEFORE, global_description=replace(BEFORE.global_description, color_name="black"))
OPTIONS = Options(settings=SETTINGS)


@pytest.fixture(scope="module")
def painter() -> Any:
    return tiny_painter()


@pytest.fixture
def handlers(tmp_path: Path, painter: Any) -> Handlers:
    return open_handlers(tmp_path, painter=painter)


@pytest.fixture
def rendered(handlers: Handlers) -> Conversation:
    page, _ = play(handlers.render(PAGE, TALK, SETTINGS, OPTIONS))
    chat: Conversation = page["chat"]
    return chat


def edited(chat: Conversation, canvas: Canvas = AFTER) -> Conversation:
    return chat + Prompt("add a kite") + Reply(write(canvas))


def shown(chat: Conversation) -> list[PictureEntry]:
    return [entry for entry in chat.entries if isinstance(entry, PictureEntry)]


def pixels(handlers: Handlers, entry: PictureEntry) -> Any:
    path = handlers.gallery.find(entry.name)
    assert path is not None
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def record(handlers: Handlers, entry: PictureEntry) -> Record:
    path = handlers.gallery.find(entry.name)
    assert path is not None
    return read_record_file(path).record


def line(handlers: Handlers, chat: Conversation, options: Options = OPTIONS) -> str:
    return handlers.repainting.plan(PAGE, chat, options).line


def test_nothing_is_offered_before_there_is_a_picture_and_a_change(handlers: Handlers, rendered: Conversation) -> None:
    for chat in (Conversation(), TALK):
        plan = handlers.repainting.plan(PAGE, chat, OPTIONS)
        assert (plan.picture, plan.part, plan.line) == (None, None, "")
    plan = handlers.repainting.plan(PAGE, rendered, OPTIONS)
    assert (plan.picture, plan.part, plan.line) == (shown(rendered)[0].name, None, "")


def test_a_change_is_offered_in_words_with_its_share_and_its_cells(handlers: Handlers, rendered: Conversation) -> None:
    plan = handlers.repainting.plan(PAGE, edited(rendered), replace(OPTIONS, grow=5, strength=0.5))
    assert plan.part == Repaint((NEW.rect,), 5, 0.5)
    assert plan.line == f"Repaints {plan.part.percent}% of the picture: added red kite."
    assert 5 < plan.part.percent < 15
    value = plan.to_json()
    assert value["offered"]
    assert value["keeps"]
    assert (value["rects"], value["grow"], value["changed"]) == ([[4, 16, 60, 76]], 5, [2])
    wider = handlers.repainting.plan(PAGE, edited(rendered), replace(OPTIONS, grow=20))
    assert wider.part is not None
    assert wider.part.percent > plan.part.percent


def test_a_region_can_be_extra_regions(handlers: Handlers, rendered: Conversation) -> None:
    plan = handlers.repainting.plan(PAGE, edited(rendered), replace(OPTIONS, extra=(1, 2, 99)))
    assert plan.part is not None
    assert plan.part.rects == (NEW.rect, BEFORE.regions[1].rect)
    assert plan.line.endswith(": added red kite, white lighthouse again.")
    alone = handlers.repainting.plan(PAGE, rendered, replace(OPTIONS, extra=(0,)))
    assert alone.part == Repaint((BEFORE.regions[0].rect,))


def test_a_change_of_the_whole_picture_is_reported_and_a_lower_strength_keeps_its_things(
    handlers: Handlers, rendered: Conversation
) -> None:
    chat = edited(rendered, DARK)
    plan = handlers.repainting.plan(PAGE, chat, OPTIONS)
    assert plan.part is None
    assert plan.line.startswith("The colour of the whole picture changed from midnightblue to black, so all of it is")
    page, _ = play(handlers.render(PAGE, chat, SETTINGS, OPTIONS))
    assert record(handlers, shown(page["chat"])[-1]).origin is None
    page, _ = play(handlers.render(PAGE, chat, SETTINGS, replace(OPTIONS, strength=0.4)))
    origin = record(handlers, shown(page["chat"])[-1]).origin
    assert origin is not None
    assert origin.repaint == Repaint((Rect.FULL,), GROW, 0.4)


def test_many_changes_are_counted(handlers: Handlers, rendered: Conversation) -> None:
    more = [replace(NEW, description=f"A kite {name}.", free_rect=None) for name in "abcdef"]
    told = line(handlers, edited(rendered, replace(BEFORE, regions=(*BEFORE.regions, *more))))
    assert told.endswith("added kite a, added kite b, added kite c, added kite d and 2 more.")
    scene = replace(DARK.global_description, description="A loud castle.", tags="castle")
    assert "(and " in line(handlers, edited(rendered, replace(DARK, global_description=scene)))


def test_render_the_change_paints_its_part_and_no_other_byte(handlers: Handlers, rendered: Conversation) -> None:
    page, steps = play(handlers.render(PAGE, edited(rendered), SETTINGS, OPTIONS))
    old, new = shown(page["chat"])
    before, after = pixels(handlers, old), pixels(handlers, new)
    part = Repaint((NEW.rect,))
    cover = part.cover(128, 128)
    assert np.array_equal(before[cover == 0], after[cover == 0])
    assert np.abs(before - after)[cover == 1].mean() > 1
    made = record(handlers, new)
    path = handlers.gallery.find(old.name)
    assert path is not None
    assert made.origin == read_parent(path).origin(part)
    assert made.canvas == AFTER
    assert new.caption.endswith(f" · {part.percent}% repainted")
    assert not page["part"]["offered"], "all is painted now"
    assert [item["current"] for item in page["filmstrip"]["pictures"]] == [False, True]
    assert page["filmstrip"]["before"] == old.name
    assert steps[0]["busy"] == "render"


def test_render_all_paints_all(handlers: Handlers, rendered: Conversation) -> None:
    page, _ = play(handlers.render(PAGE, edited(rendered), SETTINGS))
    old, new = shown(page["chat"])
    assert record(handlers, new).origin is None
    corner = np.abs(pixels(handlers, old) - pixels(handlers, new))[100:, :40]
    assert corner.max() > 0


def test_an_undo_and_a_branch_bring_the_right_picture_back(handlers: Handlers, rendered: Conversation) -> None:
    page, _ = play(handlers.render(PAGE, edited(rendered), SETTINGS, OPTIONS))
    long = page["chat"]
    short, _ = play(handlers.undo(PAGE, long, Conversation()))
    assert short["chat"] == long.before(len(long) - 1), "first the picture, then the edit"
    assert short["part"]["offered"]
    short, _ = play(handlers.undo(PAGE, short["chat"], Conversation()))
    assert short["chat"] == rendered
    assert not short["part"]["offered"]
    other = edited(short["chat"], replace(BEFORE, regions=BEFORE.regions[:1]))
    plan = handlers.repainting.plan(PAGE, other, OPTIONS)
    assert plan.picture == shown(rendered)[0].name
    assert plan.line.endswith(": removed white lighthouse.")
    back, _ = play(handlers.redo(PAGE, short["chat"]))
    back, _ = play(handlers.redo(PAGE, back["chat"]))
    assert back["chat"] == long
    assert handlers.repainting.plan(PAGE, back["chat"], OPTIONS).picture == shown(long)[-1].name


def test_a_reload_finds_the_picture_of_a_kept_conversation(tmp_path: Path, painter: Any) -> None:
    def opened() -> Handlers:
        store = Store(tmp_path / "sessions")
        gallery = Gallery(tmp_path / "outputs", store)
        return Handlers(open_studio(painter=painter), gallery, Keeper(store, gallery))

    page, _ = play(opened().render(PAGE, TALK, SETTINGS, OPTIONS))
    for path in (tmp_path / "outputs").rglob("*.png"):
        path.unlink()
    again = opened()
    back, _ = play(again.opened("other", page["memory"]))
    chat = edited(back["chat"])
    assert line(again, chat).endswith("added red kite.")
    after, _ = play(again.render("other", chat, SETTINGS, OPTIONS))
    assert record(again, shown(after["chat"])[-1]).origin is not None
    assert len(after["filmstrip"]["pictures"]) == 2


def test_a_hand_that_edits_sees_the_plan_follow(handlers: Handlers, rendered: Conversation) -> None:
    turn = rendered.turn()
    page, _ = play(handlers.hand_edited(PAGE, rendered, Edit(AFTER, turn)))
    assert page["part"]["rects"] == [list(NEW.rect.as_tuple)]
    page, _ = play(handlers.hand_edited(PAGE, rendered, Edit(BEFORE, turn, extra=(0,))))
    assert page["part"]["offered"]
    assert page["part"]["line"].endswith("red boat again.")
    page, _ = play(handlers.adjust(PAGE, rendered, replace(OPTIONS, grow=9, extra=(0,))))
    assert page["part"]["grow"] == 9
    page, _ = play(handlers.hand_edited(PAGE, rendered, Edit(AFTER, turn)))
    assert page["part"]["grow"] == 9, "what the sliders said still holds"
    page, _ = play(handlers.code_edited(PAGE, rendered, write(AFTER)))
    assert page["part"]["changed"] == [2]
    page, _ = play(handlers.hand_edited(PAGE, rendered, Edit(BEFORE, turn + 1, extra=(0,))))
    assert not page["part"]["offered"], "an edit of another reply marks nothing"


# -- what cannot be kept -----------------------------------------------------------------------------------------------


def whole(handlers: Handlers, chat: Conversation, options: Options = OPTIONS) -> str:
    """The sentence that says why; Render paints the whole picture then."""
    plan = handlers.repainting.plan(PAGE, chat, options)
    assert plan.part is None
    page, _ = play(handlers.render(PAGE, chat, dict(options.settings), options))
    assert isinstance(page["chat"].entries[-1], PictureEntry), page["progress"]
    assert record(handlers, page["chat"].entries[-1]).origin is None
    assert plan.line.endswith(", so Render paints the whole picture.")
    return plan.line


def test_a_picture_that_was_deleted(handlers: Handlers, rendered: Conversation) -> None:
    path = handlers.gallery.find(shown(rendered)[0].name)
    assert path is not None
    path.unlink()
    assert "The file of the last picture is missing" in whole(handlers, edited(rendered))


def test_a_picture_of_another_program(handlers: Handlers, rendered: Conversation) -> None:
    path = handlers.gallery.find(shown(rendered)[0].name)
    assert path is not None
    Image.new("RGB", (128, 128)).save(path)
    assert "does not contain its layout" in whole(handlers, edited(rendered))
    path.write_bytes(b"GIF89a")
    assert "does not contain its layout" in whole(handlers, edited(rendered))


def test_another_size(handlers: Handlers, rendered: Conversation) -> None:
    options = replace(OPTIONS, settings={**SETTINGS, "width": 192})
    assert "has 128 × 128 pixels, not 192 × 128" in whole(handlers, edited(rendered), options)
    larger = replace(OPTIONS, settings={**SETTINGS, "hires_scale": 1.5, "hires_steps": 1})
    assert "not 128 × 128 × 1.5" in whole(handlers, edited(rendered), larger)
    assert line(handlers, rendered, options) == "", "nothing has changed, so there is nothing to say"


def test_a_picture_that_was_resized_elsewhere(handlers: Handlers, rendered: Conversation) -> None:
    path = handlers.gallery.find(shown(rendered)[0].name)
    assert path is not None
    made = read_record_file(path).record
    save_png(path, Picture(0, 7, Image.new("RGB", (64, 64)), 0.1), made)
    assert "was resized to 64 × 64 pixels" in whole(handlers, edited(rendered))


def test_a_picture_of_another_painter(handlers: Handlers, rendered: Conversation) -> None:
    path = handlers.gallery.find(shown(rendered)[0].name)
    assert path is not None
    made = replace(read_record_file(path).record, painter="other", painter_hash="sha256:0")
    save_png(path, Picture(0, 7, Image.new("RGB", (128, 128)), 0.1), made)
    assert "was painted by other, not by" in whole(handlers, edited(rendered))
    save_png(path, Picture(0, 7, Image.new("RGB", (128, 128)), 0.1), replace(made, painter_hash=""))
    assert "was painted by other, not by" in line(handlers, edited(rendered))


def test_a_painter_that_cannot_keep(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path, painter=Brush())
    page, _ = play(handlers.render(PAGE, TALK, SETTINGS))
    assert "cannot keep a part of a picture" in whole(handlers, edited(page["chat"]))
    fresh = open_handlers(tmp_path, painter=Brush())  # its painter is not loaded, so nobody knows yet
    assert fresh.repainting.plan(PAGE, edited(page["chat"]), OPTIONS).part is not None
    page, _ = play(fresh.render(PAGE, edited(page["chat"]), SETTINGS, OPTIONS))
    assert record(fresh, shown(page["chat"])[-1]).origin is None, "all of it was painted"


def test_a_picture_that_goes_while_the_page_looks_is_reported_and_nothing_is_lost(
    handlers: Handlers, rendered: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = edited(rendered)
    plan = handlers.repainting.plan(PAGE, chat, OPTIONS)
    path = handlers.gallery.find(shown(rendered)[0].name)
    assert path is not None
    monkeypatch.setattr(handlers.repainting, "plan", lambda *_: plan)
    path.unlink()
    page, _ = play(handlers.render(PAGE, chat, SETTINGS, OPTIONS))
    assert page["chat"].entries[:-1] == chat.entries
    assert page["chat"].entries[-1] == NoticeEntry(
        "The file of the last picture is missing: render the whole picture.", "error"
    )
    assert page["busy"] is None


# -- one region again --------------------------------------------------------------------------------------------------


def test_a_region_is_painted_again_in_variations(handlers: Handlers, rendered: Conversation) -> None:
    page, _ = play(handlers.repaint(PAGE, rendered, SETTINGS, OPTIONS, 1, 2))
    old, *new = shown(page["chat"])
    assert settled(page["chat"]) == ["Prompt", "Reply", "PictureEntry", "PictureEntry", "PictureEntry"]
    assert [record(handlers, entry).settings.seed for entry in new] == [8, 9]
    part = Repaint((BEFORE.regions[1].rect,))
    cover = part.cover(128, 128)
    images = [pixels(handlers, entry) for entry in (old, *new)]
    assert all(np.array_equal(images[0][cover == 0], image[cover == 0]) for image in images[1:])
    assert len({image.tobytes() for image in images}) == 3
    origins = [record(handlers, entry).origin for entry in new]
    assert all(origin is not None and origin.repaint == part and origin.seed == 7 for origin in origins)
    assert page["filmstrip"]["before"] == old.name, "the picture that they were painted from"
    chosen, _ = play(handlers.choose(PAGE, page["chat"], new[0].name))
    again, _ = play(handlers.repaint(PAGE, chosen["chat"], SETTINGS, OPTIONS, 1, 1))
    assert record(handlers, shown(again["chat"])[-1]).settings.seed == 10, "a seed that no variation has"


def test_the_settings_that_are_kept_are_those_of_the_controls(handlers: Handlers, rendered: Conversation) -> None:
    _, steps = play(handlers.repaint(PAGE, rendered, SETTINGS, OPTIONS, 1, 2))
    used = [step["used"]["render"] for step in steps if "used" in step]
    assert used
    assert all(one == SETTINGS for one in used)


def test_a_region_takes_along_what_else_has_changed(handlers: Handlers, rendered: Conversation) -> None:
    page, _ = play(handlers.repaint(PAGE, edited(rendered), SETTINGS, OPTIONS, 0, 1))
    made = record(handlers, shown(page["chat"])[-1])
    assert made.origin is not None
    assert made.origin.repaint.rects == (NEW.rect, BEFORE.regions[0].rect)


@pytest.mark.parametrize("region", [-1, 2, 10**9])
def test_a_region_that_is_not_there_only_warns(handlers: Handlers, rendered: Conversation, region: int) -> None:
    page, _ = play(handlers.repaint(PAGE, rendered, SETTINGS, OPTIONS, region, 1))
    assert page == {"warning": "Select the region to repaint."}


def test_what_cannot_be_repainted_only_warns(handlers: Handlers, rendered: Conversation) -> None:
    def warned(chat: Conversation, settings: dict[str, Any] = SETTINGS) -> str:
        page, _ = play(handlers.repaint(PAGE, chat, settings, OPTIONS, 0, 1))
        assert list(page) == ["warning"]
        return str(page["warning"])

    assert "There is no picture yet" in warned(TALK)
    assert "render it before" in warned(edited(rendered, DARK))
    assert "not 192 × 128" in warned(rendered, {**SETTINGS, "width": 192})
    assert "its regions cannot be repainted" in warned(rendered, {**SETTINGS, "width": 192})


@pytest.mark.parametrize(("count", "made"), [(-3, 1), (99, 4)])
def test_there_are_one_to_four_variations(handlers: Handlers, rendered: Conversation, count: int, made: int) -> None:
    page, _ = play(handlers.repaint(PAGE, rendered, {**SETTINGS, "steps": 1}, OPTIONS, 0, count))
    assert len(shown(page["chat"])) == 1 + made


def test_variations_cost_as_many_pictures_as_they_are(tmp_path: Path, painter: Any) -> None:
    admission = Admission(Limits(pictures=3))
    handlers = Handlers(open_studio(painter=painter), Gallery(tmp_path), admission=admission)
    page, _ = play(handlers.render(PAGE, TALK, SETTINGS))
    with pytest.raises(Exception, match="used up"):
        play(handlers.repaint(PAGE, page["chat"], SETTINGS, OPTIONS, 0, 3))
    after, _ = play(handlers.repaint(PAGE, page["chat"], SETTINGS, OPTIONS, 0, 2))
    assert len(shown(after["chat"])) == 3


def test_a_stop_ends_the_variations_and_keeps_those_that_are_done(handlers: Handlers, rendered: Conversation) -> None:
    page: Any = {}
    for change in handlers.repaint(PAGE, rendered, {**SETTINGS, "steps": 12}, OPTIONS, 0, 4):
        page |= change
        if "chat" in change:
            handlers.stop(PAGE)
    assert 2 <= len(shown(page["chat"])) < 5
    assert page["busy"] is None


def test_while_the_page_is_at_work_nothing_is_repainted_or_chosen(handlers: Handlers, rendered: Conversation) -> None:
    with handlers.jobs.working(PAGE, "render"):
        for refused in (
            handlers.repaint(PAGE, rendered, SETTINGS, OPTIONS, 0, 1),
            handlers.choose(PAGE, rendered, shown(rendered)[0].name),
        ):
            page, _ = play(refused)
            assert "is being rendered" in page["warning"]
        assert play(handlers.adjust(PAGE, rendered, OPTIONS))[0] == {}


# -- the strip of pictures ---------------------------------------------------------------------------------------------


def test_an_earlier_picture_comes_back_with_its_layout(handlers: Handlers, rendered: Conversation) -> None:
    page, _ = play(handlers.render(PAGE, edited(rendered), SETTINGS, OPTIONS))
    first, second = shown(page["chat"])
    back, _ = play(handlers.choose(PAGE, page["chat"], first.name))
    chat = back["chat"]
    assert chat.entries[: len(page["chat"])] == page["chat"].entries, "what came since stays"
    assert chat.entries[-1] == first
    assert chat.entries[-3] == Prompt("Return to picture 1.")
    assert chat.canvas() == BEFORE
    assert not back["part"]["offered"], "picture and layout go together"
    assert back["settings"] == {"render": {"width": 128, "height": 128, "hires_scale": 1.0}}
    strip = back["filmstrip"]["pictures"]
    assert [(item["name"], item["current"]) for item in strip] == [(first.name, True), (second.name, False)]
    assert [item["number"] for item in strip] == [1, 2]
    assert chat.history()[-1].text == chat.entries[-2].text, "the composer knows of it"
    undone, _ = play(handlers.undo(PAGE, chat, Conversation()))
    assert undone["chat"] == page["chat"]
    assert play(handlers.redo(PAGE, undone["chat"]))[0]["chat"] == chat


def test_a_variation_is_chosen_without_a_new_round(handlers: Handlers, rendered: Conversation) -> None:
    page, _ = play(handlers.repaint(PAGE, rendered, SETTINGS, OPTIONS, 0, 2))
    _, first, _ = shown(page["chat"])
    chosen, _ = play(handlers.choose(PAGE, page["chat"], first.name))
    assert chosen["chat"] == page["chat"] + first
    strip = chosen["filmstrip"]["pictures"]
    assert [item["current"] for item in strip] == [False, True, False]
    assert [item["variation"] for item in strip] == [False, True, True]
    assert chosen["filmstrip"]["before"] == shown(rendered)[0].name
    same, _ = play(handlers.choose(PAGE, chosen["chat"], first.name))
    assert "chat" not in same, "it is the current one already"
    assert "warning" not in same


def test_the_current_picture_gives_its_layout_back(handlers: Handlers, rendered: Conversation) -> None:
    changed = rendered.with_canvas(AFTER)
    back, _ = play(handlers.choose(PAGE, changed, shown(rendered)[0].name))
    assert back["chat"].canvas() == BEFORE


@pytest.mark.parametrize("name", ["", "../../secret.png", "2026-01-01/other.png"])
def test_only_pictures_of_the_chat_can_be_chosen(handlers: Handlers, rendered: Conversation, name: str) -> None:
    page, _ = play(handlers.choose(PAGE, rendered, name))
    assert page == {"warning": "The file of this picture is missing."}


def test_a_picture_without_a_layout_cannot_be_go_back_to(handlers: Handlers, rendered: Conversation) -> None:
    page, _ = play(handlers.render(PAGE, edited(rendered), SETTINGS, OPTIONS))
    first = shown(page["chat"])[0]
    path = handlers.gallery.find(first.name)
    assert path is not None
    Image.new("RGB", (128, 128)).save(path)
    back, _ = play(handlers.choose(PAGE, page["chat"], first.name))
    assert "does not contain its layout" in back["warning"]


def test_a_record_is_read_once_and_again_when_the_file_changes(handlers: Handlers, rendered: Conversation) -> None:
    name = shown(rendered)[0].name
    first = handlers.gallery.metadata(name)
    assert first is not None
    assert handlers.gallery.metadata(name) is first
    path = handlers.gallery.find(name)
    assert path is not None
    made = replace(first[0].record, settings=replace(first[0].record.settings, seed=99))
    save_png(path, Picture(0, 99, Image.new("RGB", (128, 128)), 0.1), made)
    second = handlers.gallery.metadata(name)
    assert second is not None
    assert second[0].record.settings.seed == 99


def test_seeds_end_where_settings_do(handlers: Handlers, rendered: Conversation) -> None:
    page, _ = play(handlers.render(PAGE, TALK, {**SETTINGS, "seed": 2**32 - 1}))
    assert handlers.repainting.next_seed(PAGE, page["chat"], 2) == 0
