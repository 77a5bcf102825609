from __future__ import annotations

import threading
import time

from lib_omost.runtime.accelerator import Accelerator
from lib_omost.runtime.turns import Turns


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    turns = Turns()
    order: list[int] = []
    with turns.ticket():
        tickets = [turns.ticket() for _ in range(5)]

        def work(number: int) -> None:
            # The later ones try again and again, the first ones seldom: only the order of the tickets counts.
            while not tickets[number].acquire(timeout=0.2 / (number + 1)):
                pass
            order.append(number)
            tickets[number].leave()

        threads = [threading.Thread(target=work, args=(number,)) for number in reversed(range(5))]
        for thread in threads:
            thread.start()
        time.sleep(0.1)
        assert order == []
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_who_leaves_or_is_forgotten_holds_nobody_up() -> None:
    turns = Turns()
    first, second, third = turns.ticket(), turns.ticket(), turns.ticket()
    assert first.acquire(0)
    assert not third.acquire(0)
    first.leave()
    assert not third.acquire(0)
    second.leave()
    assert third.acquire(0)
    third.leave()
    forgotten, last = turns.ticket(), turns.ticket()
    assert forgotten.acquire(0)
    del forgotten
    assert last.acquire(0)


def test_a_lease_that_is_given_up_lets_the_next_one_pass() -> None:
    accelerator = Accelerator("cpu")
    holder, waiting, patient = (accelerator.lease("painter") for _ in range(3))
    assert holder.acquire(0)
    assert not waiting.acquire(0.01)
    assert not patient.acquire(0.01)
    waiting.give_up()
    holder.give_up()
    assert patient.acquire(0)
    assert not waiting.acquire(0), "it stands at the end of the line now"
