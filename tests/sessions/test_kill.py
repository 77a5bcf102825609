"""`kill -9` at any moment costs nothing that was finished. The children run the page's own handlers, store and gallery.

`python -m pytest -m slow tests/sessions/test_kill.py -s` kills fifty times each and prints the count.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib_omost.artifacts.png import check_png
from lib_omost.sessions import Store
from tests.scripted import REPLY

ROOT = Path(__file__).resolve().parents[2]
LINES = {"stream": 150, "render": 25, "save": 40}
"""Lines after which a child is killed at the latest; a reply of the stream has about 130."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


class Victim:
    """The process that forks children; `kill` lets one work and kills it, and returns what it had said."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.sessions.victim"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def kill(self, kind: str, folder: Path, chance: random.Random) -> list[str]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{kind} {folder}\n".encode())
        self.process.stdin.flush()
        first, _, child = self.process.stdout.readline().decode().strip().partition(" ")
        assert first == "child"
        said: list[str] = []
        for _ in range(chance.randrange(LINES[kind])):
            line = self.process.stdout.readline().decode().strip()
            assert line != "end", "the child ended by itself"
            said.append(line)
        time.sleep(chance.random() * 0.004)
        os.kill(int(child), signal.SIGKILL)
        while (line := self.process.stdout.readline().decode().strip()) != "end":
            said.append(line)
        return said


@pytest.fixture(scope="module")
def victim() -> Iterator[Victim]:
    made = Victim()
    yield made
    assert made.process.stdin is not None
    made.process.stdin.close()
    made.process.wait(30)


def last(said: list[str], what: str) -> int | None:
    """The number of the last line that begins with `what`."""
    return next((int(line.split()[1]) for line in reversed(said) if line.startswith(f"{what} ")), None)


def kill(victim: Victim, kind: str, times: int, folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    found = 0
    for number in range(times):
        place = folder / f"{kind}-{number}"
        said = victim.kill(kind, place, chance)
        store = Store(place / "sessions")
        names = [item.id for item in store.summaries()]
        assert store.notices() == [], "nothing is damaged"
        if last(said, {"stream": "text", "render": "pictures", "save": "saved"}[kind]) is None:
            continue
        found += 1
        (name,) = names
        way = store.load(name).path()
        if kind == "stream":
            rounds = last(said, "rounds") or 0
            since = said[max(index for index, line in enumerate(said) if line.startswith("rounds ")) :]
            replies = [message.text for message in way if message.kind == "reply"]
            assert replies[:rounds] == [REPLY] * rounds
            text = last(since, "text")
            if text is not None:
                assert REPLY.startswith(replies[rounds])
                assert len(replies[rounds]) >= text, "a finished token was lost"
        elif kind == "render":
            pictures = [message for message in way if message.kind == "picture"]
            assert len(pictures) >= (last(said, "pictures") or 0)
            for picture in pictures:
                path = store.picture(name, picture.file)
                assert path is not None
                with path.open("rb") as file:
                    check_png(file, picture.file)
        else:
            assert int(way[-1].text) >= (last(said, "saved") or 0)
    print(f"{kind}: killed {times} times, {found} of them after something was finished; nothing was lost")
    assert found, "every child was killed before it did anything"


@pytest.mark.parametrize("kind", LINES)
def test_a_kill_loses_nothing_that_was_finished(victim: Victim, kind: str, tmp_path: Path) -> None:
    kill(victim, kind, 4, tmp_path, seed=5)


@pytest.mark.slow
@pytest.mark.parametrize("kind", LINES)
def test_fifty_kills_lose_nothing_that_was_finished(victim: Victim, kind: str, tmp_path: Path) -> None:
    kill(victim, kind, 50, tmp_path, seed=50)
