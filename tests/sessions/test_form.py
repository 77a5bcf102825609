"""The stored form of a conversation: what is written, and what is read of a sound, an unsound and a broken file."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from lib_omost.errors import SessionError
from lib_omost.sessions import Session, StoredMessage, form
from lib_omost.sessions.form import MAX_TEXT, ParsedSession, clean, from_bytes, to_bytes
from lib_omost.sessions.model import KINDS, MAX_TITLE

NAME = "20260131-235959-0a1b2c"
FIRST, SECOND, THIRD, FOURTH = (f"{number:012x}" for number in (1, 2, 3, 4))
TIME = "2026-01-31T23:59:59Z"
SESSION = Session(
    NAME,
    "Mine",
    TIME,
    "2026-02-01T00:00:00Z",
    (
        StoredMessage("prompt", "a ü\nharbour", id=FIRST, time=TIME),
        StoredMessage("reply", "x", id=SECOND, parent=FIRST, by_hand=True),
        StoredMessage("picture", "A", file="a-1.png", caption="Seed 7", id=THIRD, parent=SECOND),
    ),
    SECOND,
    {"sampling": {"seed": 3, "top_p": 0.5}, "render": {"formula": "omost", "repeat_scene": True, "x": None}},
)
VALUE = {
    "format": "omost-session", "version": 1, "id": NAME, "title": "Mine", "created": TIME,
    "updated": "2026-02-01T00:00:00Z", "current": SECOND,
    "settings": {
        "sampling": {"seed": 3, "top_p": 0.5}, "render": {"formula": "omost", "repeat_scene": True, "x": None},
    },
    "messages": [
        {"id": FIRST, "parent": None, "kind": "prompt", "text": "a ü\nharbour", "time": TIME},
        {"id": SECOND, "parent": FIRST, "kind": "reply", "text": "x", "by_hand": True},
        {"id": THIRD, "parent": SECOND, "kind": "picture", "text": "A", "file": "a-1.png", "caption": "Seed 7"},
    ],
}  # fmt: skip


def read(value: Any) -> ParsedSession:
    return from_bytes(json.dumps(value).encode(), NAME)


def test_the_form_is_as_it_is_described() -> None:
    data = to_bytes(SESSION)
    assert json.loads(data) == VALUE
    head, *lines, end, nothing = data.decode().split("\n")
    assert head.endswith(', "messages": [')
    assert [json.loads(line.removesuffix(",")) for line in lines] == VALUE["messages"], "a message a line"
    assert (end, nothing) == ("]}", "")
    assert "ü" in data.decode(), "for a person to read"
    assert read(VALUE) == ParsedSession(SESSION, 0)


texts = st.text(max_size=10).map(clean)
times = st.sampled_from(["", TIME])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
settings = st.dictionaries(
    st.sampled_from(["sampling", "render"]), st.dictionaries(texts, scalars, min_size=1, max_size=3)
)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    names = draw(st.lists(st.integers(0, 2**48 - 1).map("{:012x}".format), unique=True, max_size=5))
    messages = []
    for at, name in enumerate(names):
        kind = draw(st.sampled_from(KINDS))
        parent = draw(st.sampled_from([None, *names[:at]]))
        file = draw(st.sampled_from(["a.png", "0_-Z.png"])) if kind == "picture" else ""
        options = {"caption": draw(texts), "time": draw(times), "by_hand": draw(st.booleans())}
        messages.append(StoredMessage(kind, draw(texts), file=file, id=name, parent=parent, **options))
    current = draw(st.sampled_from([None, *names]))
    return Session(NAME, draw(texts), draw(times), draw(times), tuple(messages), current, draw(settings))


@limits(deadline=None)
@given(sessions())
def test_what_is_written_is_read_and_nothing_is_lost(session: Session) -> None:
    assert from_bytes(to_bytes(session), NAME) == ParsedSession(session, 0)


@limits(deadline=None)
@given(sessions(), st.integers(0, 4000))
def test_what_is_whole_in_a_file_that_broke_off_is_read(session: Session, end: int) -> None:
    data = to_bytes(session)
    end = min(end, len(data) - 2)
    head, *lines = data.split(b"\n")
    ends = [at + len(line.removesuffix(b",")) for at, line in zip(_starts(head, lines), lines, strict=True)]
    whole = sum(1 for at in ends[: len(session.messages)] if at <= end)
    if end < len(head):
        with suppress(ValueError):
            assert from_bytes(data[:end], NAME).session.messages == ()
        return
    reading = from_bytes(data[:end], NAME)
    assert reading.session.messages == session.messages[:whole]
    assert (reading.session.title, reading.session.settings) == (session.title, session.settings)
    current = session.current in [each.id for each in reading.session.messages] or session.current is None
    assert reading.lost == 1 + (not current and whole > 0)


def _starts(head: bytes, lines: list[bytes]) -> list[int]:
    return list(accumulate((len(line) + 1 for line in lines[:-1]), initial=len(head) + 1))


def message(number: int, parent: Any = None, **values: Any) -> dict[str, Any]:
    follows = f"{parent:012x}" if isinstance(parent, int) else parent
    return {"id": f"{number:012x}", "parent": follows, "kind": "prompt", "text": str(number), **values}


def ways(reading: ParsedSession) -> list[tuple[int, int | None]]:
    """Each message's number and that of its parent."""
    return [(int(each.id, 16), int(each.parent, 16) if each.parent else None) for each in reading.session.messages]


# Messages of a file, and of what is read of them the numbers with those of their parents.
MESSAGES: dict[str, tuple[Any, list[tuple[int, int | None]]]] = {
    "no list": ({"1": 2}, []),
    "none": (None, []),
    "other things": ([7, None, "x", [], message(1)], [(1, None)]),
    "no name": ([message(1, id=5), message(2, id=""), message(3, id="g" * 12), message(4, id="a" * 13)], []),
    "one name twice": ([message(1), message(2, 1), message(1, 2)], [(1, None), (2, 1)]),
    "a parent behind its child": ([message(1, 2), message(2, 1)], [(1, None), (2, 1)]),
    "its own parent": ([message(1), message(2, 2)], [(1, None), (2, None)]),
    "parents that are none": (
        [message(1), message(2, [7]), message(3, "x")], [(1, None), (2, None), (3, None)],
    ),
    "an unsound one between two": ([message(1), message(2, 1, kind="program"), message(3, 2)], [(1, None), (3, 1)]),
    "two unsound ones between": (
        [message(1), message(2, 1, text=5), message(3, 2, kind=None), message(4, 3), message(5, 4)],
        [(1, None), (4, 1), (5, 4)],
    ),
    "an unsound first one": ([message(1, text=None), message(2, 1)], [(2, None)]),
    "pictures": (
        [
            message(1, kind="picture", file="a.png"),
            message(2, 1, kind="picture", file="../a.png"),
            message(3, 2, kind="picture", file=5),
            message(4, 3, kind="picture"),
            message(5, 4, file="../x"),
        ],
        [(1, None), (5, 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("messages", "kept"), MESSAGES.values(), ids=MESSAGES)
def test_sound_messages_are_kept_each_after_its_parent(messages: Any, kept: list[tuple[int, int | None]]) -> None:
    reading = read({**VALUE, "current": None, "messages": messages})
    assert ways(reading) == kept
    assert reading.lost == (len(messages) - len(kept) if isinstance(messages, list) else 1)
    assert all(each.file in ("", "a.png") for each in reading.session.messages)


def test_values_of_a_message_are_bounded_and_of_their_type() -> None:
    odd = {"caption": "c" * 1001, "time": TIME + "\n", "by_hand": 1, "file": "a.png", "text": "t" * (MAX_TEXT + 1)}
    (found,) = read({**VALUE, "current": FIRST, "messages": [message(1, **odd)]}).session.messages
    assert found == StoredMessage("prompt", "t" * MAX_TEXT, caption="c" * 1000, id=FIRST)
    odd = {"caption": 5, "time": 5, "by_hand": True, "text": "\ud800x"}
    (found,) = read({**VALUE, "current": FIRST, "messages": [message(1, **odd)]}).session.messages
    assert found == StoredMessage("prompt", "?x", id=FIRST, by_hand=True)


# What a file says elsewhere, the session that is read of it, and how many things in it are not sound.
HEADS: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "a long title": ({"title": "t" * (MAX_TITLE + 1)}, {"title": "t" * MAX_TITLE}, 0),
    "no title": ({"title": 5}, {"title": ""}, 0),
    "no times": ({"created": 5, "updated": "yesterday"}, {"created": "", "updated": ""}, 0),
    "another name": ({"id": "x"}, {}, 0),
    "at no message": ({"current": None}, {"current": None}, 0),
    "at an unknown message": ({"current": FOURTH}, {"current": THIRD}, 1),
    "at no name": ({"current": [FIRST]}, {"current": THIRD}, 1),
    "at an unknown message of none": ({"current": FIRST, "messages": []}, {"current": None, "messages": ()}, 0),
    "settings that are none": ({"settings": [1]}, {"settings": {}}, 1),
    "groups that are none": (
        {"settings": {"sampling": 5, "render": {"a": 1}, "other": {"a": 1}}}, {"settings": {"render": {"a": 1}}}, 1,
    ),
    "empty groups": ({"settings": {"sampling": {}, "render": {"a": [1]}}}, {"settings": {}}, 1),
    "values that are none": (
        {"settings": {"render": {"a": float("inf"), "b": float("nan"), "c": {}, "d": -1.5, "e": "\ud800", "f": False}}},
        {"settings": {"render": {"d": -1.5, "e": "?", "f": False}}},
        3,
    ),
    "a long value": (
        {"settings": {"render": {"a": "x" * (MAX_TEXT + 1)}}}, {"settings": {"render": {"a": "x" * MAX_TEXT}}}, 0,
    ),
    "many values": (
        {"settings": {"render": {str(number): number for number in range(66)}}},
        {"settings": {"render": {str(number): number for number in range(64)}}},
        2,
    ),
    "all at once": (
        {"current": 5, "settings": {"sampling": 5}, "messages": [*VALUE["messages"], 5]},
        {"current": THIRD, "settings": {}},
        3,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected", "lost"), HEADS.values(), ids=HEADS)
def test_what_is_not_sound_is_left_out_and_counted(given: dict[str, Any], expected: dict[str, Any], lost: int) -> None:
    assert read({**VALUE, **given}) == ParsedSession(replace(SESSION, **expected), lost)


@pytest.mark.parametrize("missing", ["title", "created", "updated", "settings", "current", "id"])
def test_what_is_absent_has_its_default(missing: str) -> None:
    reading = read({name: value for name, value in VALUE.items() if name != missing})
    default = {"settings": {}, "current": THIRD}.get(missing, "")
    assert reading.session == (SESSION if missing == "id" else replace(SESSION, **{missing: default}))
    assert reading.lost == (missing == "current")


NONE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no JSON": (lambda: b"hello", "it is not JSON"),
    "nested": (lambda: b"[" * 100_000, "nested too deeply"),
    "a list": (lambda: b"[]", "not a conversation of this program"),
    "a list that broke off": (lambda: b"[\n", "it is not JSON"),
    "another format": (lambda: json.dumps({**VALUE, "format": "x"}).encode(), "not a conversation of this program"),
    "no format": (lambda: b'{"version": 1}', "not a conversation of this program"),
    "no version": (lambda: json.dumps({**VALUE, "version": "1"}).encode(), "has no version"),
}


@pytest.mark.parametrize(("data", "reason"), NONE.values(), ids=NONE)
def test_what_is_no_conversation_says_why(data: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        from_bytes(data(), NAME)


def test_a_later_version_is_reported_with_the_name() -> None:
    with pytest.raises(SessionError, match=f"{NAME} was written by a later version"):
        read({**VALUE, "version": 2})
    assert read({**VALUE, "version": 0}).session == SESSION


def test_no_more_is_read_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    data = to_bytes(SESSION)
    monkeypatch.setattr(form, "MAX_BYTES", len(data))
    assert from_bytes(data, NAME) == ParsedSession(SESSION, 0)
    with pytest.raises(ValueError, match="too long"):
        from_bytes(data + b" ", NAME)
    monkeypatch.undo()
    monkeypatch.setattr(form, "MAX_MESSAGES", 2)
    reading = from_bytes(data, NAME)
    assert (reading.session.messages, reading.session.current, reading.lost) == (SESSION.messages[:2], SECOND, 1)
    broken = from_bytes(data.removesuffix(b"]}\n"), NAME)
    assert broken.session.messages == SESSION.messages[:2]
    assert broken.lost >= 1


def test_a_text_is_cleaned_to_what_can_be_written() -> None:
    data = to_bytes(SESSION).replace("ü".encode(), b"\xff")
    assert from_bytes(data, NAME).session.messages[0].text == "a \ufffd\nharbour"
    assert clean("a\ud800b\udfff", 3) == "a?b"
    assert clean("ü" * 5, 5) == "ü" * 5
    assert clean(5) == clean(None) == clean(b"x") == ""
    assert to_bytes(Session(NAME, "\ud800")).decode().count("?") == 1
