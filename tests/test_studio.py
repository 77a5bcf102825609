from __future__ import annotations

import threading

import pytest

from lib_omost.canvas import CanvasStream, system_prompt
from lib_omost.canvas.events import GlobalSet, RegionAdded
from lib_omost.errors import ModelError, SettingsError
from lib_omost.llm.base import Message, Sampling
from lib_omost.presets import composer_preset, painter_preset
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import Notice, Picture, RenderSettings, Step
from lib_omost.runtime.accelerator import Accelerator
from lib_omost.runtime.background import BackgroundModel
from lib_omost.runtime.plan import PLANS
from lib_omost.studio import CanvasChanged, ChatFinished, Performance, Studio, TextPiece, Waiting
from tests.render import tiny
from tests.scripted import REPLY, ScriptedComposer


@pytest.fixture(scope="module")
def painter() -> SDXLPainter:
    return SDXLPainter(tiny.pipeline(), "tiny")


def small(steps: int) -> RenderSettings:
    return RenderSettings(width=64, height=64, steps=steps, previews=False)


def open_studio(composer: object, painter: object) -> Studio:
    accelerator = Accelerator("cpu")
    accelerator.load("composer", lambda make_room: composer)  # type: ignore[arg-type, return-value]
    accelerator.load("painter", lambda make_room: painter)  # type: ignore[arg-type, return-value]
    return Studio(
        composer_preset("embedded"),
        painter_preset("embedded"),
        BackgroundModel("composer", lambda report: composer),  # type: ignore[arg-type, return-value]
        BackgroundModel("painter", lambda report: painter),  # type: ignore[arg-type, return-value]
        accelerator,
    )


def test_a_chat_streams_text_and_regions_and_ends_with_the_canvas(painter: SDXLPainter) -> None:
    composer = ScriptedComposer()
    events = list(open_studio(composer, painter).chat([], " a harbour ", Sampling()))
    assert "".join(event.text for event in events if isinstance(event, TextPiece)) == REPLY
    kinds = [type(event.event) for event in events if isinstance(event, CanvasChanged)]
    assert kinds.count(GlobalSet) == 1
    assert kinds.count(RegionAdded) == 2
    first = next(i for i, event in enumerate(events) if isinstance(event, CanvasChanged) and event.canvas.regions)
    assert any(isinstance(event, TextPiece) for event in events[first:]), "regions come while text still streams"
    finished = events[-1]
    assert isinstance(finished, ChatFinished)
    assert finished.speed is not None
    assert finished.speed.first_token <= finished.seconds
    assert finished.finished == "end"
    assert finished.interpretation.notes == ()
    descriptions = [region.description for region in finished.interpretation.canvas.regions]
    assert descriptions == ["A red boat.", "A white lighthouse."]
    assert composer.asked[0] == (Message("system", system_prompt()), Message("user", "a harbour"))


def test_an_edit_round_sends_the_earlier_rounds(painter: SDXLPainter) -> None:
    composer = ScriptedComposer()
    history = [Message("user", "a harbour"), Message("assistant", REPLY)]
    list(open_studio(composer, painter).chat(history, "make it night", Sampling()))
    assert [message.role for message in composer.asked[0]] == ["system", "user", "assistant", "user"]
    assert composer.asked[0][2].text == REPLY


def test_what_was_set_by_hand_is_not_shown_to_the_composer(painter: SDXLPainter) -> None:
    composer = ScriptedComposer()
    edited = REPLY.replace("'snow',", "'snow',\n    rect=[0, 50, 40, 90],\n    weight=2.0,")
    history = [Message("user", "rect=[1, 2, 3, 4]"), Message("assistant", edited)]
    list(open_studio(composer, painter).chat(history, "make it night", Sampling()))
    asked = composer.asked[0]
    assert asked[1] == history[0]
    assert "weight" not in asked[2].text
    assert "rect=" not in asked[2].text
    assert "location='on the top-right',\n    offset='no offset',\n    area='a large square area'" in asked[2].text


def test_a_stop_keeps_the_sound_calls(painter: SDXLPainter) -> None:
    stop = threading.Event()
    # The composer runs ahead of its reader; here it writes into the second region and waits there.
    halt = REPLY.index("# Add a lighthouse") // 16 + 2
    composer = ScriptedComposer(before_piece=lambda number: number < halt or stop.wait(10))
    events = []
    for event in open_studio(composer, painter).chat([], "a harbour", Sampling(), stop=stop):
        events.append(event)
        if isinstance(event, CanvasChanged) and isinstance(event.event, RegionAdded):
            stop.set()
    assert isinstance(events[-1], ChatFinished)
    assert events[-1].finished == "stopped"
    assert len(events[-1].interpretation.canvas.regions) == 1


def test_a_reply_that_runs_in_a_circle_is_ended(painter: SDXLPainter) -> None:
    begun = REPLY[: REPLY.index("# Add a lighthouse")]
    composer = ScriptedComposer(begun + 400 * "# Add a boat on the wide sea.\n")
    events = list(open_studio(composer, painter).chat([], "a harbour", Sampling()))
    assert isinstance(events[-1], ChatFinished)
    assert events[-1].finished == "repeating"
    assert len(events[-1].reply) < len(begun) + 500
    assert len(events[-1].interpretation.canvas.regions) == 1


@pytest.mark.parametrize("prompt", ["", "  \n", "x" * 20_001])
def test_a_prompt_that_cannot_be_sent_is_refused(prompt: str, painter: SDXLPainter) -> None:
    with pytest.raises(SettingsError):
        list(open_studio(ScriptedComposer(), painter).chat([], prompt, Sampling()))


def test_a_failing_composer_reaches_the_reader_and_frees_the_device(painter: SDXLPainter) -> None:
    def fail(number: int) -> None:
        if number == 3:
            raise ModelError("The model has failed.")

    studio = open_studio(ScriptedComposer(before_piece=fail), painter)
    with pytest.raises(ModelError, match="has failed"):
        list(studio.chat([], "a harbour", Sampling()))
    canvas = studio.check(REPLY).canvas
    assert isinstance(list(studio.render(canvas, small(1)))[-1], Picture)


def test_a_render_paints_the_canvas(painter: SDXLPainter) -> None:
    studio = open_studio(ScriptedComposer(), painter)
    events = list(studio.render(studio.check(REPLY).canvas, small(3)))
    assert [event.step for event in events if isinstance(event, Step)] == [1, 2, 3]
    assert events[-1].image.size == (64, 64)


def test_the_first_render_says_what_was_left_out_of_the_painters_files(painter: SDXLPainter) -> None:
    studio = open_studio(ScriptedComposer(), painter)
    studio._painter.load()
    studio._painter.note("Of the LoRA x 2 tensors were left out.")
    canvas = studio.check(REPLY).canvas
    assert canvas is not None

    def told() -> list[str]:
        return [event.message for event in studio.render(canvas, small(1)) if isinstance(event, Notice)]

    assert told()[0] == "Of the LoRA x 2 tensors were left out."
    assert "Of the LoRA x 2 tensors were left out." not in told()


def test_the_speed_and_the_memory_of_the_last_work_are_reported(
    painter: SDXLPainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(ScriptedComposer(), painter)
    assert studio.performance == Performance()
    assert studio.status().performance.sentences == ""
    finished = list(studio.chat([], "a harbour", Sampling()))[-1]
    assert isinstance(finished, ChatFinished)
    speed = studio.performance.tokens_per_second
    assert speed == pytest.approx(finished.tokens / finished.seconds)
    assert studio.performance.seconds_per_picture is None
    picture = list(studio.render(studio.check(REPLY).canvas, small(1)))[-1]
    assert studio.performance == Performance(speed, picture.seconds), "a CPU has no memory of its own"
    monkeypatch.setattr(studio._accelerator, "device", "cuda")
    monkeypatch.setattr("lib_omost.studio.peak_memory", lambda device: 5_600_000_000)
    monkeypatch.setattr(painter._weights, "plan", PLANS[1])
    assert studio.status().performance.sentences == (
        f"The last reply: {speed:.1f} tokens a second. The last picture: {picture.seconds:.1f} s. "
        "At most 5.6 GB of the device's memory were used by the memory plan for 8 GB."
    )
    assert studio.performance.to_json() == {
        "tokens_per_second": round(speed, 3),
        "seconds_per_picture": round(picture.seconds, 3),
        "peak_memory": 5_600_000_000,
        "memory_plan": 8,
    }


def test_a_render_waits_for_a_chat_and_says_so(painter: SDXLPainter) -> None:
    go_on = threading.Event()
    composer = ScriptedComposer(before_piece=lambda number: number < 4 or go_on.wait(10))
    studio = open_studio(composer, painter)
    talk = studio.chat([], "a harbour", Sampling())
    while not isinstance(next(talk), TextPiece):
        pass
    events = studio.render(studio.check(REPLY).canvas, small(1))
    messages = [next(event.message for event in events if "composer" in getattr(event, "message", ""))]
    assert messages == ["Waiting for the composer to finish its work …"]
    go_on.set()
    talk.close()
    assert any(isinstance(event, Picture) for event in events)


def test_a_composer_on_a_server_and_the_painter_do_not_wait_for_each_other(painter: SDXLPainter) -> None:
    composer = ScriptedComposer()
    accelerator = Accelerator("cpu")
    accelerator.load("painter", lambda make_room: painter)
    studio = Studio(
        composer_preset("http://me:secret@10.1.2.3:8000/v1"),
        painter_preset("embedded"),
        BackgroundModel("composer", lambda report: composer),
        BackgroundModel("painter", lambda report: painter),
        accelerator,
    )
    canvas = studio.check(REPLY).canvas
    assert studio.record(canvas, small(1), ["a harbour"]).composer == "server"
    events = studio.render(canvas, small(50))
    while not isinstance(next(events), Step):
        pass
    talk = list(studio.chat([], "a harbour", Sampling()))
    assert isinstance(talk[-1], ChatFinished)
    assert not any("finish its work" in getattr(event, "message", "") for event in talk)
    events.close()  # type: ignore[attr-defined]
    assert studio.record(canvas, small(1), ["a harbour"]).composer == "scripted", "the model's name, not the address"
    stop = threading.Event()
    stop.set()
    assert [type(event) for event in studio.chat([], "a harbour", Sampling(), stop=stop)][-1] is ChatFinished
    assert len(composer.asked) == 1


def test_a_stopped_wait_leaves_the_queue(painter: SDXLPainter) -> None:
    studio = open_studio(ScriptedComposer(before_piece=lambda number: None), painter)
    talk = studio.chat([], "a harbour", Sampling())
    while not isinstance(next(talk), TextPiece):
        pass
    stop = threading.Event()
    events = studio.render(studio.check(REPLY).canvas, small(1), stop=stop)
    while not (isinstance(event := next(events), Waiting) and "composer" in event.message):
        pass
    stop.set()
    assert list(events) == []
    talk.close()


def test_closing_a_stream_closes_the_work_below_it(painter: SDXLPainter) -> None:
    studio = open_studio(ScriptedComposer(), painter)
    events = studio.render(studio.check(REPLY).canvas, small(50))
    while not isinstance(next(events), Step):
        pass
    events.close()  # type: ignore[attr-defined]
    assert not any(thread.name == "painter" for thread in threading.enumerate())
    assert isinstance(list(studio.chat([], "a harbour", Sampling()))[-1], ChatFinished), "the device is free again"


def test_a_missing_model_is_reported_as_it_is(painter: SDXLPainter) -> None:
    def absent(report: object) -> None:
        raise ModelError("models/painter holds no weights.")

    studio = open_studio(ScriptedComposer(), painter)
    studio._painter = BackgroundModel("painter", absent)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="holds no weights"):
        list(studio.render(studio.check(REPLY).canvas, small(1)))
    assert studio.status().painter.state == "failed"


DRAFT = "canvas.add_local_description(location='on the left', description='A draft.')\n"


def finished_chat(reply: str, **sampling: int) -> tuple[ChatFinished, list[object]]:
    studio = open_studio(ScriptedComposer(reply), None)
    events: list[object] = list(studio.chat([], "a harbour", Sampling(**sampling)))  # type: ignore[arg-type]
    last = events[-1]
    assert isinstance(last, ChatFinished)
    return last, events


def test_thinking_is_marked_and_has_no_regions() -> None:
    finished, events = finished_chat(f"[THINK]{DRAFT}[/THINK]{REPLY}")
    assert finished.reply == f"<think>\n{DRAFT}</think>\n{REPLY}"
    assert finished.interpretation.canvas is not None
    assert len(finished.interpretation.canvas.regions) == 2
    pieces = [event for event in events if isinstance(event, TextPiece)]
    assert [piece.thinking for piece in pieces[:2]] == [True, True]
    assert not pieces[-1].thinking
    assert finished.problem is None


def test_drafts_before_a_closing_mark_alone_are_taken_back() -> None:
    finished, events = finished_chat(f"{DRAFT}</think>\n{REPLY}")
    counts = [len(event.canvas.regions) if event.canvas else 0 for event in events if isinstance(event, CanvasChanged)]
    assert counts[0] == 1
    assert 0 in counts[1:], "the draft disappears"
    assert counts[-1] == 2
    assert finished.interpretation.notes[0].message.startswith("The text before this line is the model's thinking")


def test_a_layout_as_json_after_prose_is_read() -> None:
    layout = '{"global": {"description": "A lake."}, "regions": [{"description": "A boat.", "area": "a small square"}]}'
    finished, events = finished_chat(f"Here {{it}} is:\n{layout}")
    assert finished.interpretation.canvas is not None
    assert [type(event.event) for event in events if isinstance(event, CanvasChanged)].count(RegionAdded) == 1


@pytest.mark.parametrize(
    ("reply", "tokens", "parts"),
    [
        ("", 100, ("The composer's answer is empty", "Retry with a new seed")),
        (f"<think>\n{DRAFT}</think>\n", 100, ("The composer only thought", "switch the model's thinking off")),
        (f"<think>\n{DRAFT}", 3, ("used all of its 3 tokens for thinking", "Raise “Max reply length”")),
        ("I cannot help with that.", 100, ("The answer has no layout", "Say what the picture should show")),
        (REPLY, 5, ("cut off at 5 tokens, before its first description", "Raise “Max reply length”")),
        (REPLY, 40, ("cut off at 40 tokens. Every part that was finished is kept", "--max-new-tokens")),
        ("canvas.add_local_description()", 100, ("no call in the reply could be understood",)),
    ],
)
def test_each_way_to_end_without_a_whole_layout_has_a_sentence_of_its_own(
    reply: str, tokens: int, parts: tuple[str, ...]
) -> None:
    finished, _ = finished_chat(reply, max_new_tokens=tokens)
    assert finished.problem is not None
    for part in parts:
        assert part in finished.problem
    assert finished.problem.endswith(".")


def test_a_picture_is_recorded_with_the_painters_precision(painter: SDXLPainter) -> None:
    studio = open_studio(ScriptedComposer(), painter)
    canvas = studio.check(REPLY).canvas
    assert canvas is not None
    list(studio.render(canvas, small(1)))
    record = studio.record(canvas, small(1))
    assert record.precision == ""
    assert studio.as_painted(record).precision == "float32"


def test_a_full_window_is_told_apart_from_the_setting() -> None:
    reply = ChatFinished("<think>\nx", CanvasStream().result(), 900, 1.0, "length", window_full=True)
    assert reply.problem is not None
    assert "The model's window is full: start a new chat" in reply.problem
    assert "Max reply length" not in reply.problem
