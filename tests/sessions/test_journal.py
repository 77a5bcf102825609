"""The journal of a reply: what is on the disk after each piece, and what of it counts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lib_omost.sessions import journal as journal_module
from lib_omost.sessions.form import MAX_TEXT
from lib_omost.sessions.journal import Journal, JournaledReply, read_journal

PARENT = "0123456789ab"


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def test_every_piece_is_on_the_disk_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "reply.jsonl"
    journal = Journal(path, PARENT)
    assert lines(path) == [{"version": 1, "parent": PARENT}]
    for number, piece in enumerate(("a\nb", "ü\ud800", "")):
        journal.append(piece)
        assert lines(path)[number + 1 :] == [piece]
    journal.close()
    assert read_journal(path) == JournaledReply(PARENT, "a\nbü?")
    with pytest.raises(ValueError, match="closed"):
        journal.append("x")
    with pytest.raises(FileExistsError):
        Journal(path, PARENT)


def test_what_was_written_is_brought_to_the_disk_so_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    synced: list[tuple[float, int]] = []
    monkeypatch.setattr(journal_module.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(journal_module.os, "fsync", lambda handle: synced.append((clock[0], os.fstat(handle).st_size)))
    journal = Journal(tmp_path / "reply.jsonl", None)
    sizes: dict[float, int] = {}
    for clock[0] in (100.5, 101.0, 101.25, 102.0, 102.5, 110.0):
        journal.append("x")
        sizes[clock[0]] = journal.path.stat().st_size
    journal.close()
    assert synced == [(at, sizes[at]) for at in (101.25, 102.5, 110.0)]


HEAD = {"version": 1, "parent": PARENT}
# Lines of a journal, and what it holds.
JOURNALS: dict[str, tuple[list[Any], JournaledReply | None]] = {
    "a first reply": ([{"version": 1, "parent": None}, "a", "b"], JournaledReply(None, "ab")),
    "no parent": ([{"version": 1}, "a"], JournaledReply(None, "a")),
    "no piece": ([HEAD], JournaledReply(PARENT, "")),
    "no line": ([], None),
    "no version": ([{"parent": PARENT}, "a"], None),
    "a later version": ([{"version": 2, "parent": PARENT}, "a"], None),
    "no head": (["a", "b"], None),
    "a parent of another kind": ([{"version": 1, "parent": 5}, "a"], None),
    "a parent with another name": ([{"version": 1, "parent": PARENT + "0"}, "a"], None),
    "a piece of another kind": ([HEAD, "a", 5, "b"], JournaledReply(PARENT, "a")),
    "too long a text": ([HEAD, "a" * MAX_TEXT, "b"], JournaledReply(PARENT, "a" * MAX_TEXT)),
}


@pytest.mark.parametrize(("values", "written"), JOURNALS.values(), ids=JOURNALS)
def test_a_journal_is_read_as_far_as_it_is_sound(
    values: list[Any], written: JournaledReply | None, tmp_path: Path
) -> None:
    path = tmp_path / "reply.jsonl"
    whole = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    for end in (b"", b'"c', b'"c"', b'\xff\n"c"\n', b"[" * 100_000 + b'\n"c"\n'):
        path.write_bytes(whole + end)
        assert read_journal(path) == written


def test_so_much_of_a_journal_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "reply.jsonl"
    path.write_bytes(json.dumps(HEAD).encode() + b'\n"a"\n"b"\n')
    size = path.stat().st_size
    for bound, text in ((size, "ab"), (size - 1, "a"), (size - 4, "a"), (size - 5, "")):
        monkeypatch.setattr(journal_module, "MAX_BYTES", bound)
        assert read_journal(path) == JournaledReply(PARENT, text)
