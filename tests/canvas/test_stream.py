from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.canvas import (
    Canvas,
    CanvasStream,
    Corrected,
    Dropped,
    Finished,
    GlobalSet,
    Interpretation,
    RegionAdded,
    interpret,
    write,
)
from lib_omost.canvas.events import CanvasEvent
from lib_omost.canvas.limits import MAX_REPLY_CHARS
from tests.canvas.fuzz import programs
from tests.canvas.replies import CANVAS, REPLY, call
from tests.canvas.test_interpreter import BROKEN, FORMS
from tests.canvas.values import canvases


def stream(pieces: list[str]) -> tuple[Interpretation, list[CanvasEvent]]:
    stream = CanvasStream()
    events = [event for piece in pieces for event in stream.feed(piece)]
    events += stream.finish()
    assert isinstance(events[-1], Finished)
    return events[-1].interpretation, events


def check(reply: str, pieces: list[str]) -> None:
    result, events = stream(pieces)
    assert result == interpret(reply)
    assert tuple(event.note for event in events if isinstance(event, Corrected | Dropped)) == result.notes


@pytest.mark.parametrize("reply", [*FORMS.values(), *BROKEN.values()], ids=[*FORMS, *BROKEN])
def test_one_character_at_a_time_is_the_whole(reply: str) -> None:
    check(reply, list(reply))


@settings(max_examples=60)
@given(canvases, st.lists(st.integers(0, 3000), max_size=12))
def test_any_split_is_the_whole(canvas: Canvas, cuts: list[int]) -> None:
    reply = write(canvas)
    edges = [0, *sorted(min(cut, len(reply)) for cut in cuts), len(reply)]
    check(reply, [reply[a:b] for a, b in pairwise(edges)])


def test_generated_programs_stream_as_they_are_read() -> None:
    for _, program in programs(seed=5, count=200):
        check(
            program,
            list(program) if len(program) < 5_000 else [program[i : i + 97] for i in range(0, len(program), 97)],
        )


def test_a_region_appears_with_its_closing_bracket() -> None:
    reader = CanvasStream()
    seen: list[CanvasEvent] = []
    written = ""
    for char in REPLY:
        written += char
        for event in reader.feed(char):
            seen.append(event)
            assert written.endswith("\n)")
    lines = REPLY.split("\n")
    assert seen[0] == GlobalSet(CANVAS.global_description, 1 + lines.index("canvas.set_global_description("))
    regions = [event for event in seen[1:] if isinstance(event, RegionAdded)]
    assert [(event.region, event.index) for event in regions] == [
        (region, i) for i, region in enumerate(CANVAS.regions)
    ]
    assert len(seen) == 4
    assert all(lines[event.line - 1] == "canvas.add_local_description(" for event in regions)
    assert reader.canvas == CANVAS


def test_a_mended_region_appears_with_the_end_of_its_line() -> None:
    reader = CanvasStream()
    assert not any(isinstance(event, RegionAdded) for event in reader.feed(call(description="'the dragon's tail'")))
    events = reader.feed("\n")
    assert [type(event) for event in events] == [Corrected, RegionAdded]


def test_the_canvas_grows() -> None:
    reader = CanvasStream()
    assert reader.canvas is None
    reader.feed(REPLY[: REPLY.index("# Add")])
    assert reader.canvas == Canvas(CANVAS.global_description)


def test_a_reply_that_is_too_long_streams_as_it_is_read() -> None:
    reply = REPLY + "\n" + "# filler\r\n" * (MAX_REPLY_CHARS // 9) + REPLY
    check(reply, [reply[i : i + 997] for i in range(0, len(reply), 997)])


def test_finishing_twice_is_finishing_once() -> None:
    reader = CanvasStream()
    reader.feed(REPLY)
    events = reader.finish()
    assert reader.finish() == events
    assert reader.feed(REPLY) == []


def test_time_is_linear_in_the_length() -> None:
    def seconds(reply: str) -> float:
        start = time.process_time()
        stream(list(reply))
        return time.process_time() - start

    block = call(description="'The dragon's tail'") + "\n"
    short = block * (MAX_REPLY_CHARS // 8 // len(block))
    seconds(short)
    assert seconds(short * 8) < 8 * 4 * max(seconds(short), 0.01)
