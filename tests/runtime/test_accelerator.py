from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from lib_omost.errors import ModelError
from lib_omost.runtime.accelerator import Accelerator


class Weights:
    """Stands for a model: remembers where it was moved."""

    def __init__(self) -> None:
        self.moves: list[str] = []

    def to(self, device: str) -> None:
        self.moves.append(device)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> tuple[Accelerator, Weights, Weights]:
    accelerator = Accelerator("cuda")
    # There is no CUDA allocator here to give memory back to.
    monkeypatch.setattr(accelerator, "_free", lambda: None)
    composer, painter = Weights(), Weights()
    accelerator.load("painter", lambda make_room: painter)
    accelerator.load("composer", lambda make_room: (make_room(), composer)[1])
    painter.moves.clear()  # it has moved out
    return accelerator, composer, painter


def test_the_one_who_works_is_moved_in_and_the_other_out_first(card: tuple[Accelerator, Weights, Weights]) -> None:
    accelerator, composer, painter = card
    with accelerator.lease("painter"):
        assert composer.moves == ["cpu"]
        assert painter.moves == ["cuda"]
    with accelerator.lease("painter"):
        assert painter.moves == ["cuda"], "weights that are there already stay where they are"
    with accelerator.lease("composer"):
        assert composer.moves == ["cpu", "cuda"]
        assert painter.moves == ["cuda", "cpu"]


def test_nothing_moves_where_both_fit() -> None:
    accelerator = Accelerator("cpu")
    composer, painter = Weights(), Weights()
    accelerator.load("composer", lambda make_room: composer)
    accelerator.load("painter", lambda make_room: painter)
    for name in ("painter", "composer", "painter"):
        with accelerator.lease(name):
            pass
    assert composer.moves == painter.moves == []


def test_after_an_exchange_the_new_plan_holds(card: tuple[Accelerator, Weights, Weights]) -> None:
    accelerator, composer, _ = card
    small = Weights()
    with accelerator.vacated("painter", keep_together=True):
        pass
    accelerator.load("painter", lambda make_room: (make_room(), small)[1])
    assert composer.moves == [], "both fit now"
    with accelerator.vacated("painter", keep_together=False):
        pass
    accelerator.load("painter", lambda make_room: (make_room(), Weights())[1])
    assert composer.moves == ["cpu"]


def test_a_lease_excludes_another_and_says_who_holds_it() -> None:
    accelerator = Accelerator("cpu")
    accelerator.load("composer", lambda make_room: Weights())
    accelerator.load("painter", lambda make_room: Weights())
    with accelerator.lease("composer"):
        assert accelerator.holder == "composer"
        waiting = accelerator.lease("painter")
        assert not waiting.acquire(timeout=0.01)
    assert accelerator.holder is None
    assert waiting.acquire(timeout=0.01)
    with waiting:
        assert accelerator.holder == "painter"


def test_a_lease_may_be_released_on_another_thread() -> None:
    accelerator = Accelerator("cpu")
    accelerator.load("painter", lambda make_room: Weights())
    lease = accelerator.lease("painter")
    lease.__enter__()
    thread = threading.Thread(target=lease.__exit__, args=(None, None, None))
    thread.start()
    thread.join()
    assert accelerator.lease("painter").acquire(timeout=0.01)


def test_a_failed_move_gives_the_turn_back(card: tuple[Accelerator, Weights, Weights]) -> None:
    accelerator, _, painter = card

    def refuse(device: str) -> None:
        raise MemoryError(device)

    painter.to = refuse  # type: ignore[method-assign]
    with pytest.raises(MemoryError), accelerator.lease("painter"):
        pass
    assert accelerator.holder is None
    assert accelerator.lease("composer").acquire(timeout=0.01)


def test_what_is_loaded_is_a_tenant_at_once_and_the_others_are_out(card: tuple[Accelerator, Weights, Weights]) -> None:
    accelerator, composer, _ = card
    newcomer = Weights()

    def make(make_room: Callable[[], object]) -> Weights:
        assert composer.moves == [], "what can be built on the host is built first"
        make_room()
        assert composer.moves == ["cpu"]
        return newcomer

    assert accelerator.load("second", make) is newcomer
    with accelerator.lease("composer"):
        assert newcomer.moves == ["cpu"]
    assert accelerator.holder is None


def test_where_memory_runs_out_beside_others_they_move_out_and_it_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accelerator = Accelerator("cuda", keep_together=True)
    monkeypatch.setattr(accelerator, "_free", lambda: None)
    composer, painter = Weights(), Weights()
    accelerator.load("composer", lambda make_room: composer)
    tries: list[list[str]] = []

    def make(make_room: Callable[[], object]) -> Weights:
        make_room()
        tries.append(list(composer.moves))
        if len(tries) == 1:
            try:
                raise MemoryError
            except MemoryError as error:
                raise ModelError("It does not fit.") from error
        return painter

    assert accelerator.load("painter", make) is painter
    assert tries == [[], ["cpu"]]
    assert not accelerator.keeps_together
    with accelerator.lease("composer"):
        assert painter.moves == ["cpu"], "from now on they take turns"


def test_a_model_that_cannot_be_made_alone_or_for_another_reason_is_not_tried_again(
    card: tuple[Accelerator, Weights, Weights],
) -> None:
    accelerator, composer, _ = card
    for error in (ModelError("Its files are damaged."), MemoryError()):
        tries: list[int] = []

        def make(make_room: Callable[[], object], error: Exception = error, tries: list[int] = tries) -> Weights:
            tries.append(1)
            make_room()
            raise error

        with pytest.raises(type(error)):
            accelerator.load("painter", make)
        assert tries == [1]
        assert composer.moves == ["cpu"]
