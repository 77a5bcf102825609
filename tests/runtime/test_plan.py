from __future__ import annotations

import pytest

from lib_omost.errors import SettingsError
from lib_omost.runtime.plan import LARGEST, PLANS, SMALLEST, choose_plan, smaller, smaller_for_painting

GIB = 2**30


@pytest.mark.parametrize(
    ("free", "memory"), [(23, 24), (18, 24), (15, 12), (9.5, 12), (9.2, 8), (7, 8), (6, 6), (1, 6), (0, 6)]
)
def test_the_largest_plan_that_free_memory_suffices_for(free: float, memory: int) -> None:
    assert choose_plan(None, int(free * GIB)).memory == memory


def test_the_composer_that_is_there_is_counted_where_both_stay_on_the_device() -> None:
    def plan(free: float, composer: float) -> int:
        return choose_plan(None, int(free * GIB), int(composer * GIB)).memory

    assert [plan(23, size) for size in (0, 6.3, 11, 16.5)] == [24, 24, 24, 12]
    assert [plan(13, size) for size in (0, 1, 6.3)] == [24, 24, 12]
    assert plan(7, 16.5) == 8, "in turns the painter has it all"


def test_the_next_plan_that_paints_with_less() -> None:
    assert [less and less.memory for less in map(smaller_for_painting, reversed(PLANS))] == [8, 8, 6, None]


def test_what_is_asked_for_is_followed_whatever_is_free() -> None:
    assert [choose_plan(plan.memory, 3 * GIB) for plan in PLANS] == list(PLANS)
    assert choose_plan(6, None) is SMALLEST
    with pytest.raises(SettingsError, match=r"no memory plan for 16 GB: choose one of 6, 8, 12, 24\."):
        choose_plan(16, None)


def test_without_an_accelerator_nothing_has_to_be_saved() -> None:
    assert choose_plan(None, None) is LARGEST
    assert LARGEST.painting == (False, False, False, False, True)


def test_a_smaller_plan_saves_at_least_as_much() -> None:
    plan = LARGEST
    while (less := smaller(plan)) is not None:
        assert less.memory < plan.memory
        assert less.needs < plan.needs
        assert all(not before or after for before, after in zip(plan.painting[:-1], less.painting[:-1], strict=True))
        assert plan.cached >= less.cached
        plan = less
    assert plan is SMALLEST


def test_each_plan_is_described() -> None:
    assert len({plan.description for plan in PLANS}) == len(PLANS)
    assert PLANS[0].description == (
        "image weights in 8 bits, decoding in tiles, the passes of guidance one after the other, text encoders on the "
        "device only while they are used, no cached keys and values, composer and painter in turns"
    )
