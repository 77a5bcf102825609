from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lib_omost.artifacts.record import read_record_file
from lib_omost.canvas import interpret
from lib_omost.errors import ModelError, RenderError
from lib_omost.runtime.plan import LARGEST
from lib_omost.sessions import Store
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.entries import NoticeEntry, PictureEntry, Prompt, Reply
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.interruptions import SENTENCE
from lib_omost.ui.state.keeping import Keeper
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.studios import PAGE, SAMPLING, SETTINGS, open_handlers, open_studio, play, settled, tiny_painter

TALK = Conversation((Prompt("a harbour"), Reply(REPLY)))


def labels(changes: Any) -> list[str]:
    """The descriptions of the regions that the editor is told to show."""
    canvas = changes.get("layout", {}).get("canvas") or {"regions": []}
    return [region["description"] for region in canvas["regions"]]


@pytest.fixture(scope="module")
def painter() -> Any:
    return tiny_painter()


def test_a_prompt_streams_text_and_boxes_and_ends_with_the_reply(tmp_path: Path) -> None:
    composer = ScriptedComposer(before_piece=lambda number: time.sleep(0.01))
    handlers = open_handlers(tmp_path, composer)
    page, steps = play(handlers.send(PAGE, Conversation(), " a harbour ", SAMPLING))
    assert page["chat"] == TALK
    assert page["prompt"] == ""
    assert page["busy"] is None
    assert labels(page) == ["A red boat.", "A white lighthouse."], "as they were written"
    assert page["layout"]["canvas"]["global"]["color_name"] == "midnightblue"
    assert [step["layout"]["editable"] for step in steps if "layout" in step][-2:] == [False, True]
    assert page["code"] == REPLY
    boxes = [len(labels(step)) for step in steps if "layout" in step]
    assert boxes == sorted(boxes), "boxes are only added"
    assert 1 in boxes[:-1], "the first box is drawn before the reply is finished"
    lengths = [len(step["chat"].entries[1].text) for step in steps[1:] if "chat" in step]
    assert lengths == sorted(lengths)
    assert len(lengths) > 3, "text comes in pieces"
    assert page["memory"] == TALK.to_json()
    assert page["progress"]["text"].startswith("2 regions in ")
    assert "The last reply: " in page["models"]["reason"]


def test_the_page_shows_that_the_composer_writes_before_it_does(tmp_path: Path) -> None:
    first = next(open_handlers(tmp_path).send(PAGE, Conversation(), "a harbour", SAMPLING))
    assert first["busy"] == "chat"
    assert first["chat"].entries == (Prompt("a harbour"), NoticeEntry("The layout model reads …", "busy"))
    assert first["memory"] == [{"kind": "prompt", "text": "a harbour"}], "a reload now loses nothing that was said"
    assert not first["ready"]
    assert "writing" in first["reason"]


def test_an_edit_round_sends_prompts_and_replies_and_nothing_else(tmp_path: Path) -> None:
    composer = ScriptedComposer()
    handlers = open_handlers(tmp_path, composer)
    chat = (
        TALK
        + NoticeEntry("The reply was cut.")
        + PictureEntry("a.png", "Seed 7", "a harbour")
        + NoticeEntry("Broken.", "error")
    )
    page, _ = play(handlers.send(PAGE, chat, "make it night", SAMPLING))
    assert [(message.role, message.text) for message in composer.asked[0][1:]] == [
        ("user", "a harbour"),
        ("assistant", REPLY),
        ("user", "make it night"),
    ]
    assert page["chat"].entries[: len(chat)] == chat.entries


def test_a_stop_keeps_the_text_and_the_canvas_of_the_sound_calls(tmp_path: Path) -> None:
    composer = ScriptedComposer(before_piece=lambda number: time.sleep(0.01))
    handlers = open_handlers(tmp_path, composer)
    page: Any = {}
    for change in handlers.send(PAGE, Conversation(), "a harbour", SAMPLING):
        page |= change
        if "layout" in change and len(labels(change)) == 1 and page["busy"]:
            assert handlers.stop(PAGE)["progress"]["text"] == "Stopping …"
    assert settled(page["chat"]) == ["Prompt", "Reply", "NoticeEntry"]
    assert REPLY.startswith(page["chat"].entries[1].text)
    assert len(page["chat"].canvas().regions) == 1
    assert page["busy"] is None
    assert page["progress"]["text"] == "Stopped."
    assert handlers.stop(PAGE) == {}, "there is nothing left to stop"


def test_a_stop_before_the_first_word_gives_the_prompt_back(tmp_path: Path) -> None:
    go_on = threading.Event()
    handlers = open_handlers(tmp_path, ScriptedComposer(before_piece=lambda number: go_on.wait(20)))
    page: Any = {}
    for change in handlers.send(PAGE, TALK, "make it night", SAMPLING):
        page |= change
        handlers.stop(PAGE)
        go_on.set()
    assert page["prompt"] == "make it night"
    assert page["chat"].entries[:2] == TALK.entries
    assert settled(page["chat"])[2:] == ["NoticeEntry"]
    assert len(labels(page)) == 2, "the earlier canvas stands again"


@pytest.mark.parametrize("error", [ModelError("The model has failed."), ZeroDivisionError("oops")])
def test_a_failure_keeps_the_partial_reply_and_says_why(tmp_path: Path, error: Exception) -> None:
    def fail(number: int) -> None:
        if number == 40:
            raise error

    handlers = open_handlers(tmp_path, ScriptedComposer(before_piece=fail))
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    assert settled(page["chat"])[:2] == ["Prompt", "Reply"]
    assert page["chat"].entries[1].text == REPLY[: 40 * 16]
    notice = page["chat"].entries[2]
    assert isinstance(notice, NoticeEntry)
    assert notice.kind == "error"
    assert str(error) in notice.text
    assert page["progress"] == {"text": notice.text, "kind": "error"}
    assert page["chat"].canvas() is not None
    assert page["busy"] is None
    again, _ = play(handlers.send(PAGE, Conversation(), "a harbour", {**SAMPLING, "max_new_tokens": 5}))
    assert again["busy"] is None, "the page can work again"


def test_a_failure_before_the_first_word_keeps_the_prompt(tmp_path: Path) -> None:
    def fail(number: int) -> None:
        raise ModelError("The model has failed.")

    handlers = open_handlers(tmp_path, ScriptedComposer(before_piece=fail))
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    assert page["prompt"] == "a harbour"
    assert page["chat"].entries == (NoticeEntry("The model has failed.", "error"),)


def test_a_setting_that_cannot_be_is_reported_and_keeps_the_prompt(tmp_path: Path) -> None:
    page, _ = play(open_handlers(tmp_path).send(PAGE, Conversation(), "a harbour", {**SAMPLING, "top_p": 0.0}))
    assert page["prompt"] == "a harbour"
    assert "Top-p" in page["progress"]["text"]


def test_a_reply_that_was_cut_off_says_so(tmp_path: Path) -> None:
    page, _ = play(open_handlers(tmp_path).send(PAGE, Conversation(), "a harbour", {**SAMPLING, "max_new_tokens": 30}))
    assert any("cut off at 30 tokens" in entry.text for entry in page["chat"].entries if isinstance(entry, NoticeEntry))


def test_a_reply_without_a_canvas_says_why(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path, ScriptedComposer("I would rather talk about the weather."))
    page, _ = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    assert page["notes"]["error"]
    assert not page["ready"]
    assert page["reason"].startswith("Nothing to render yet: ")
    assert page["notes"]["error"] in page["reason"]


def test_corrections_and_losses_are_listed(tmp_path: Path) -> None:
    reply = REPLY.replace("'on the left'", "'in the middle'").replace("'firebrick'", "'burgundy'")
    page, _ = play(open_handlers(tmp_path, ScriptedComposer(reply)).send(PAGE, Conversation(), "a harbour", SAMPLING))
    notes = page["notes"]["notes"]
    assert [note["kind"] for note in notes] == ["corrected", "corrected"]
    assert {"in the middle", "burgundy"} <= {note["written"].strip("'\"") for note in notes}


@pytest.mark.parametrize("prompt", ["", " \n "])
def test_an_empty_prompt_only_warns(tmp_path: Path, prompt: str) -> None:
    page, _ = play(open_handlers(tmp_path).send(PAGE, TALK, prompt, SAMPLING))
    assert list(page) == ["warning"]


def test_retry_asks_the_last_prompt_again_with_another_seed(tmp_path: Path) -> None:
    composer = ScriptedComposer()
    chat = TALK + Prompt("make it night") + Reply("```python\n```") + PictureEntry("a.png", "", "")
    page, _ = play(open_handlers(tmp_path, composer).retry(PAGE, chat, SAMPLING))
    assert [message.text for message in composer.asked[0][1:]] == ["a harbour", REPLY, "make it night"]
    unchanged = NoticeEntry("The layout did not change.")
    assert page["chat"].entries == (*TALK.entries, Prompt("make it night"), Reply(REPLY), unchanged)
    assert page["seed"] == SAMPLING["seed"] + 1


def test_an_edit_says_what_it_changed(tmp_path: Path) -> None:
    composer = ScriptedComposer(REPLY.replace("A red boat.", "A red boat at anchor.").replace("snow", "gold"))
    page, _ = play(open_handlers(tmp_path, composer).send(PAGE, TALK, "make the lighthouse gold", SAMPLING))
    assert page["chat"].entries[-1] == NoticeEntry("Rewrote red boat at anchor · recoloured white lighthouse")
    first, _ = play(open_handlers(tmp_path, composer).send(PAGE, Conversation(), "a harbour", SAMPLING))
    assert isinstance(first["chat"].entries[-1], Reply), "at first there is nothing to compare"


@pytest.mark.parametrize("edit", [False, True])
def test_a_retry_that_fails_at_once_loses_nothing(tmp_path: Path, edit: bool) -> None:
    def fail(number: int) -> None:
        raise ModelError("The model has failed.")

    handlers = open_handlers(tmp_path, ScriptedComposer(before_piece=fail))
    chat = TALK + PictureEntry("a.png", "", "")
    changes = handlers.edited(PAGE, chat, 0, SAMPLING) if edit else handlers.retry(PAGE, chat, SAMPLING)
    page, _ = play(changes)
    assert page["chat"].entries == (*chat.entries, NoticeEntry("The model has failed.", "error"))
    assert len(labels(page)) == 2
    assert page["prompt"] == ""


def test_undo_and_redo_take_one_step_each(tmp_path: Path) -> None:
    chat = TALK + PictureEntry("a.png", "", "") + Prompt("make it night") + Reply("```python\n```") + NoticeEntry("x")
    handlers = open_handlers(tmp_path)
    play(handlers.opened(PAGE, chat.to_json()))
    chats = [chat]
    for length in (3, 2, 0):
        page, _ = play(handlers.undo(PAGE, chats[-1], Conversation()))
        assert page["chat"].entries == chat.entries[:length]
        chats.append(page["chat"])
    assert page["layout"]["canvas"] is None
    assert list(play(handlers.undo(PAGE, page["chat"], Conversation()))[0]) == ["warning"], "undo never acts as redo"
    for before in chats[-2::-1]:
        page, _ = play(handlers.redo(PAGE, page["chat"]))
        assert page["chat"] == before
    assert list(play(handlers.redo(PAGE, page["chat"]))[0]) == ["warning"]


def test_every_picture_is_a_step(tmp_path: Path, painter: Any) -> None:
    handlers = open_handlers(tmp_path)
    page, steps = play(handlers.render(PAGE, TALK, {**SETTINGS, "count": 3}))
    assert page["layout"]["rendered"] == 3
    assert sum(step["layout"]["rendered"] for step in steps if "layout" in step) == 3
    chat = page["chat"]
    for left in (2, 1, 0):
        page, _ = play(handlers.undo(PAGE, chat, Conversation()))
        chat = page["chat"]
        assert page["layout"]["rendered"] == 0
        assert len([entry for entry in chat.entries if isinstance(entry, PictureEntry)]) == left
    assert chat == TALK


def test_edits_by_hand_that_were_undone_leave_no_step(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path)
    rendered = TALK + PictureEntry("a.png", "", "")
    chat = rendered.with_code(REPLY.replace("A red boat.", "A blue boat."))
    assert len(chat) == len(rendered) + 2
    page, _ = play(handlers.undo(PAGE, chat, Conversation()))
    assert page["chat"] == rendered
    page, _ = play(handlers.undo(PAGE, chat.with_code(REPLY), Conversation()))
    assert page["chat"] == TALK, "the picture is the last thing that is seen"


@pytest.mark.parametrize("prompt", ["undo that", "Go back!", "please undo", "Undo, please."])
def test_a_step_can_be_asked_for_in_words(tmp_path: Path, prompt: str) -> None:
    composer = ScriptedComposer()
    handlers = open_handlers(tmp_path, composer)
    long = TALK + Prompt("make it night") + Reply(REPLY)
    page, _ = play(handlers.send(PAGE, long, prompt, SAMPLING))
    assert (page["chat"], page["prompt"]) == (TALK, "")
    page, _ = play(handlers.send(PAGE, TALK, "start over", SAMPLING))
    assert (page["chat"], page["cleared"]) == (Conversation(), TALK)
    assert composer.asked == []
    play(handlers.send(PAGE, TALK, "go back to the first sky", SAMPLING))
    assert len(composer.asked) == 1, "any other sentence is for the composer"


def test_undo_brings_back_a_chat_that_was_cleared(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path)
    page, _ = play(handlers.new_chat(PAGE, TALK))
    assert page["chat"] == Conversation()
    assert page["memory"] == []
    assert "prompt" not in page, "what is typed before the answer arrives stays"
    page, _ = play(handlers.undo(PAGE, page["chat"], page["cleared"]))
    assert page["chat"] == TALK
    page, _ = play(handlers.undo(PAGE, Conversation(), Conversation()))
    assert list(page) == ["warning"]


def test_edit_last_puts_the_prompt_back_into_the_box(tmp_path: Path) -> None:
    page, _ = play(open_handlers(tmp_path).edit_last(PAGE, TALK))
    assert page["prompt"] == "a harbour"
    assert page["chat"] == Conversation()


def test_an_edited_reply_is_read_again(tmp_path: Path) -> None:
    chat = Conversation((Prompt("a harbour"), Reply(REPLY.replace("A red boat.", "A green boat."))))
    page, _ = play(open_handlers(tmp_path).edited(PAGE, chat, 1, SAMPLING))
    assert page["chat"] == chat
    assert "A green boat." in labels(page)


def test_an_edited_prompt_is_asked_again_and_what_followed_goes(tmp_path: Path) -> None:
    composer = ScriptedComposer()
    chat = Conversation((Prompt("a port"), Reply("old"), Prompt("make it night"), Reply("older")))
    page, _ = play(open_handlers(tmp_path, composer).edited(PAGE, chat, 0, SAMPLING))
    assert page["chat"].entries == (Prompt("a port"), Reply(REPLY))
    assert len(composer.asked[0]) == 2


@pytest.mark.parametrize("at", [-1, 99])
def test_an_edit_nowhere_changes_nothing(tmp_path: Path, at: int) -> None:
    page, _ = play(open_handlers(tmp_path).edited(PAGE, TALK, at, SAMPLING))
    assert page["chat"] == TALK


def test_a_render_shows_progress_previews_and_saved_pictures(tmp_path: Path, painter: Any) -> None:
    handlers = open_handlers(tmp_path, painter=painter)
    page, steps = play(handlers.render(PAGE, TALK, {**SETTINGS, "count": 2}))
    pictures = [entry for entry in page["chat"].entries if isinstance(entry, PictureEntry)]
    assert page["chat"].entries[:2] == TALK.entries
    assert [picture.caption.split(" · ")[:2] for picture in pictures] == [["Seed 7", "64 × 64"], ["Seed 8", "64 × 64"]]
    assert "A quiet harbour at dusk." in pictures[0].alt_text
    for picture in pictures:
        path = handlers.gallery.find(picture.name)
        assert path is not None
        with Image.open(path) as image:
            assert image.size == (64, 64)
            assert "A red boat." in image.text["omost"]  # type: ignore[attr-defined]
    assert steps[0]["busy"] == "render"
    assert any("step" in step["progress"]["text"] for step in steps if "progress" in step)
    assert any(str(step["layout"]["preview"]).startswith("data:image/jpeg") for step in steps if "layout" in step)
    assert page["layout"]["preview"] is None
    assert page["busy"] is None
    assert page["progress"]["text"].startswith("2 pictures in ")
    assert page["memory"] == page["chat"].to_json()


def test_what_the_page_has_no_widget_for_is_the_painters_own(tmp_path: Path) -> None:
    handlers = open_handlers(tmp_path)
    preset = handlers.studio.painter_preset
    own = replace(preset.settings, sampler="lightning", guidance_rescale=0.5, steps=9)
    handlers.studio.painter_preset = replace(preset, settings=own)
    play(handlers.render(PAGE, TALK, SETTINGS))
    (path,) = tmp_path.rglob("*.png")
    used = read_record_file(path).record.settings
    assert (used.sampler, used.guidance_rescale, used.steps) == ("lightning", 0.5, SETTINGS["steps"])


def test_a_stopped_render_keeps_the_pictures_that_are_done(tmp_path: Path, painter: Any) -> None:
    handlers = open_handlers(tmp_path, painter=painter)
    page: Any = {}
    for change in handlers.render(PAGE, TALK, {**SETTINGS, "count": 12, "steps": 8}):
        page |= change
        if "chat" in change:
            handlers.stop(PAGE)
    made = sum(isinstance(entry, PictureEntry) for entry in page["chat"].entries)
    assert 1 <= made < 12
    assert page["progress"]["text"].startswith("Stopped after ")
    assert page["busy"] is None


def test_what_the_painter_did_differently_is_listed_outside_the_chat(tmp_path: Path, painter: Any) -> None:
    chat = Conversation((Prompt("a harbour"), Reply(REPLY.replace("A red boat.", "A red boat, " * 40))))
    page, _ = play(open_handlers(tmp_path, painter=painter).render(PAGE, chat, SETTINGS))
    assert any("A red boat" in notice for notice in page["notes"]["notices"])
    assert settled(page["chat"]) == ["Prompt", "Reply", "PictureEntry"]


def test_render_without_a_canvas_says_what_to_do(tmp_path: Path) -> None:
    page, _ = play(open_handlers(tmp_path).render(PAGE, Conversation(), SETTINGS))
    assert page == {"warning": "Nothing to render yet: describe a picture or draw a box."}


def test_render_paints_the_last_canvas_there_is(tmp_path: Path, painter: Any) -> None:
    chat = TALK + Prompt("and now?") + Reply("I do not know.")
    page, _ = play(open_handlers(tmp_path, painter=painter).render(PAGE, chat, SETTINGS))
    assert isinstance(page["chat"].entries[-1], PictureEntry)


def test_a_painter_that_fails_is_reported_in_the_chat(tmp_path: Path) -> None:
    def absent(report: object) -> Any:
        raise ModelError("models/painter holds no weights.")

    handlers = open_handlers(tmp_path, load_painter=absent)
    page, _ = play(handlers.render(PAGE, TALK, SETTINGS))
    assert page["chat"].entries[-1] == NoticeEntry("models/painter holds no weights.", "error")
    assert page["reason"] == "The image model cannot render: models/painter holds no weights."
    status = handlers.status(PAGE, page["chat"])
    assert status["failed"]
    assert status["models"]["parts"][1]["state"] == "failed"


def test_a_picture_that_cannot_be_saved_is_reported(tmp_path: Path, painter: Any) -> None:
    blocked = tmp_path / "outputs"
    blocked.write_text("a file where a folder should be")
    page, _ = play(open_handlers(blocked, painter=painter).render(PAGE, TALK, SETTINGS))
    assert isinstance(page["chat"].entries[-1], NoticeEntry)
    assert page["progress"]["kind"] == "error"
    assert page["busy"] is None


@pytest.mark.parametrize("setting", [{"width": 63}, {"steps": 0}, {"seed": -1}, {"formula": "<script>"}])
def test_a_render_setting_that_cannot_be_is_reported(tmp_path: Path, painter: Any, setting: dict[str, Any]) -> None:
    page, _ = play(open_handlers(tmp_path, painter=painter).render(PAGE, TALK, {**SETTINGS, **setting}))
    assert page["progress"]["kind"] == "error"
    assert page["busy"] is None


def test_one_page_does_one_thing_at_a_time_and_pages_do_not_mix(tmp_path: Path) -> None:
    go_on = threading.Event()
    handlers = open_handlers(tmp_path, ScriptedComposer(before_piece=lambda number: go_on.wait(20)))
    talk = handlers.send(PAGE, TALK, "make it night", SAMPLING)
    next(talk)
    next(talk)
    for refused in (
        handlers.retry(PAGE, TALK, SAMPLING),
        handlers.undo(PAGE, TALK, Conversation()),
        handlers.edit_last(PAGE, TALK),
        handlers.new_chat(PAGE, TALK),
        handlers.edited(PAGE, TALK, 0, SAMPLING),
    ):
        page, _ = play(refused)
        assert "layout model is writing" in page["warning"]
        assert page.get("chat", TALK) == TALK
    for waits in (handlers.send(PAGE, TALK, "more", SAMPLING), handlers.render(PAGE, TALK, SETTINGS)):
        page, _ = play(waits)
        assert "chat" not in page
    assert [item["text"] for item in page["waiting"]["items"]] == ["more", "Render all"]
    assert handlers.jobs.current("another page") is None
    assert handlers.stop("another page") == {}
    assert play(handlers.undo("another page", TALK, Conversation()))[0]["chat"] == Conversation()
    go_on.set()
    list(talk)
    assert handlers.jobs.current(PAGE) is None


def test_a_closed_page_stops_its_work_and_frees_the_device(tmp_path: Path, painter: Any) -> None:
    composer = ScriptedComposer(REPLY * 20, before_piece=lambda number: time.sleep(0.01))
    handlers = open_handlers(tmp_path, composer, painter)
    talk = handlers.send(PAGE, Conversation(), "a harbour", SAMPLING)
    while not labels(next(talk)):
        pass
    talk.close()  # what gradio does when the tab is gone
    assert handlers.jobs.current(PAGE) is None
    page, _ = play(handlers.render(PAGE, TALK, SETTINGS))
    assert isinstance(page["chat"].entries[-1], PictureEntry), "the painter got its turn"


def test_a_reload_restores_what_the_browser_stores(tmp_path: Path) -> None:
    page, _ = play(open_handlers(tmp_path).opened(PAGE, TALK.to_json()))
    assert page["chat"] == TALK
    shown = play(open_handlers(tmp_path).undo(PAGE, TALK + Prompt("x"), TALK))[0]["layout"]
    assert page["layout"] == {**shown, "continues": False}
    assert not page["loaded"]
    assert {part["state"] for part in page["models"]["parts"]} == {"waiting"}
    assert "This is a test." in page["models"]["reason"]


@pytest.mark.parametrize(
    ("composer", "painter", "said"),
    [(True, True, ["English", "single"]), (True, False, ["English"]), (False, True, ["single"]), (False, False, [])],
)
def test_the_page_says_what_built_in_models_are(tmp_path: Path, composer: bool, painter: bool, said: list[str]) -> None:
    handlers = open_handlers(tmp_path)
    studio = handlers.studio
    studio.composer_preset = replace(studio.composer_preset, embedded=composer)
    studio.painter_preset = replace(studio.painter_preset, embedded=painter)
    hint = handlers.status(PAGE, None)["models"]["hint"]
    assert [word for word in ("English", "single") if word in hint] == said
    assert ("Demonstration" in hint) == bool(said)


def test_the_page_says_before_a_render_what_the_painter_does_not_know(tmp_path: Path) -> None:
    painter = tiny_painter()
    painter.unknown = lambda conditions: tuple(f"thing {number}" for number in range(len(conditions) + 7))
    handlers = open_handlers(tmp_path, painter=painter)
    handlers.studio.load()
    page, steps = play(handlers.send(PAGE, Conversation(), "a harbour", SAMPLING))
    assert page["unknown"] == f"The image model does not know: {', '.join(f'thing {n}' for n in range(8))}, 2 more."
    assert steps[0]["unknown"] == "", "the layout is being written anew"
    assert handlers.status(PAGE, page["chat"])["unknown"] == page["unknown"]
    assert play(handlers.new_chat(PAGE, page["chat"]))[0]["unknown"] == ""


@pytest.mark.parametrize(
    ("chat", "cut"),
    [
        (Conversation((Prompt("a harbour"),)), "The reply to this prompt was cut off"),
        (Conversation((Prompt("a harbour"), Reply(REPLY[:200]))), "This reply was cut off"),
        (TALK, None),
    ],
)
def test_a_reload_says_what_was_cut_off(tmp_path: Path, chat: Conversation, cut: str | None) -> None:
    page, _ = play(open_handlers(tmp_path).opened(PAGE, chat.to_json()))
    assert page["chat"].entries[: len(chat)] == chat.entries
    assert [entry.text.split(".")[0] for entry in page["chat"].entries[len(chat) :]] == ([cut] if cut else [])


def test_render_tells_that_the_painter_is_loading_and_waits_for_it(tmp_path: Path, painter: Any) -> None:
    go_on = threading.Event()

    def slow(report: Any) -> Any:
        report("Reading the weights …", 0.5)
        go_on.wait(20)
        return painter

    handlers = open_handlers(tmp_path, load_painter=slow)
    handlers.studio.start()
    status = handlers.status(PAGE, TALK)
    assert status["reason"] == "The image model is still loading: Render will wait for it."
    assert status["ready"]
    render = handlers.render(PAGE, TALK, SETTINGS)
    while handlers.studio.status().painter.progress != 0.5:
        time.sleep(0.01)
    lines = [next(render)["progress"], next(render)["progress"]]
    assert {"text": "Reading the weights …", "kind": "busy", "fraction": 0.5} in lines
    go_on.set()
    page, _ = play(render)
    assert isinstance(page["chat"].entries[-1], PictureEntry)


def test_the_test_reply_is_a_sound_canvas() -> None:
    assert interpret(REPLY).notes == ()


def test_a_render_error_names_no_internals(tmp_path: Path) -> None:
    class Broken:
        plan = LARGEST

        def to(self, device: str) -> None: ...

        def render(self, *args: Any, **options: Any) -> Any:
            raise RenderError("There is not enough memory for 2048 x 2048: choose a smaller size.")
            yield

    page, _ = play(open_handlers(tmp_path, painter=Broken()).render(PAGE, TALK, SETTINGS))
    assert page["progress"]["text"] == "There is not enough memory for 2048 x 2048: choose a smaller size."


def test_a_render_whose_page_was_reloaded_is_said_to_be_cut_off_once(tmp_path: Path, painter: Any) -> None:
    store = Store(tmp_path / "sessions")
    gallery = Gallery(tmp_path / "outputs", store)
    handlers = Handlers(open_studio(painter=painter), gallery, Keeper(store, gallery))
    page, _ = play(handlers.opened(PAGE, TALK.to_json()))
    page, _ = play(handlers.code_edited(PAGE, page["chat"], REPLY.replace("dusk", "noon")))
    work = handlers.render(PAGE, page["chat"], {**SETTINGS, "count": 12})
    next(work)
    ending = threading.Timer(0.3, work.close)  # as after a moment when a browser has gone
    ending.start()
    again, _ = play(handlers.opened("another", page["memory"]))
    ending.join()
    assert again["chat"].entries[-1] == NoticeEntry(SENTENCE)
    once, _ = play(handlers.opened("a third", page["memory"]))
    assert once["chat"].entries.count(NoticeEntry(SENTENCE)) == 1
