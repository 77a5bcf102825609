from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lib_omost.llm.eventstream import MAX_EVENT, EventStream, OversizedError

LINE = st.text(st.characters(blacklist_characters="\r\n", blacklist_categories=["Cs"]), max_size=12)


def read(*pieces: bytes) -> list[str]:
    stream = EventStream()
    return [event.data for piece in pieces for event in stream.feed(piece)]


@given(
    st.lists(st.lists(LINE, min_size=1, max_size=3), max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.lists(st.integers(0, 400), max_size=12),
)
def test_events_are_the_same_wherever_the_bytes_are_cut(events: list[list[str]], end: str, cuts: list[int]) -> None:
    text = "".join("".join(f"data: {line}{end}" for line in lines) + end for lines in events)
    sent = f": hello{end}event: x{end}{text}id: 7{end}".encode()
    places = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    pieces = [sent[start:stop] for start, stop in pairwise(places)]
    assert read(*pieces) == ["\n".join(lines) for lines in events]
    assert read(*(sent[place : place + 1] for place in range(len(sent)))) == ["\n".join(lines) for lines in events]


def test_an_event_without_its_end_is_none() -> None:
    assert read(b"data: a\n\ndata: b\n") == ["a"]


def test_the_last_event_needs_no_end_and_a_body_that_is_no_stream_is_read_whole() -> None:
    stream = EventStream()
    assert stream.feed(b"event: error\ndata: a\n\ndata: b\ndata: c") == [("a", "error", True)]
    assert stream.finish() == [("b\nc", "", False)]
    stream = EventStream()
    assert stream.feed(b'{"a": 1}\n{"b": 2}\r\n{"c":') == [('{"a": 1}', "", True), ('{"b": 2}', "", True)]
    assert stream.finish() == [('{"c":', "", False)]
    stream = EventStream()
    assert stream.feed(b'{\n "error": "no"\n') == []
    assert stream.finish() == [('{\n "error": "no"', "", False)]


def test_one_blank_after_the_colon_belongs_to_the_format() -> None:
    assert read(b"data:  a\n\ndata:b\n\ndata\n\n") == [" a", "b", ""]


def test_bytes_that_are_no_text_come_through_as_such() -> None:
    assert read(b"data: \xff\n\n") == ["\ufffd"]


def sent_before_giving_up(piece: bytes) -> int:
    stream, sent = EventStream(), 0
    try:
        while sent < 2 * MAX_EVENT:
            stream.feed(piece)
            sent += len(piece)
    except OversizedError:
        pass
    return sent


def test_a_line_or_an_event_without_end_is_given_up_soon() -> None:
    assert sent_before_giving_up(b"data: " + b"x" * 65530) <= MAX_EVENT
    assert sent_before_giving_up(b"data: " + b"x" * 1017 + b"\n") <= MAX_EVENT * 1.01


def test_small_pieces_of_a_long_line_take_no_longer() -> None:
    stream, began = EventStream(), time.process_time()
    for _ in range(200_000):
        stream.feed(b"x")
    assert time.process_time() - began < 2
