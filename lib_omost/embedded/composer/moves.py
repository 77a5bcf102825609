"""Moves: candidate places for a region that the user wants moved or resized."""

from __future__ import annotations

from collections.abc import Sequence

from ...canvas.geometry import Rect
from .change import Change
from .layout import Spot, all_spots, overlap

CHOICES = 4
"""Number of places that the model chooses from."""
_FEW = 40


def candidate_spots(rect: Rect, changes: Sequence[Change], others: Sequence[Rect]) -> list[Spot]:
    """Spots for a region at `rect` after the requested moves and changes of size, cheapest first; empty if `changes`
    has none. others: the rectangles of the other regions."""
    spots: list[Spot] = []
    requested = [change for change in changes if change.kind in ("move", "resize")]
    meeting_all = [spot for spot in all_spots() if all(_meets(spot.rect, rect, change) for change in requested)]
    if requested and meeting_all:
        return sorted(meeting_all, key=lambda spot: _cost(spot.rect, rect, requested, others))[:CHOICES]
    for change in requested:
        pool = spots or list(all_spots())
        met = [spot for spot in pool if _meets(spot.rect, rect, change)]
        spots = sorted(met or pool, key=lambda spot: _cost(spot.rect, rect, requested, others))[:_FEW]
        if not met:
            spots = sorted(pool, key=lambda spot: _shortfall(spot.rect, change))[:1]  # as far as possible
    return spots[:CHOICES]


def _meets(now: Rect, was: Rect, change: Change) -> bool:
    if change.kind == "resize":
        return now.area > 1.2 * was.area if change.value == "bigger" else now.area < 0.85 * was.area
    dx, dy = _shift(now, was)
    x, y = (now.left + now.right) / 2, (now.top + now.bottom) / 2
    met = {
        "left": dx <= -10 and x <= 40,  # it must also lie in that half of the picture
        "right": dx >= 10 and x >= 50,
        "top": dy <= -10 and y <= 40,
        "bottom": dy >= 10 and y >= 50,
        "center": _off_center(now) < 6,
    }
    return all(met[name] for name in change.value.split())


def _cost(now: Rect, was: Rect, requested: Sequence[Change], others: Sequence[Rect]) -> float:
    """The cost of a place: the unrequested changes that it makes, and how far it covers other regions."""
    kinds = {change.kind for change in requested}
    where = " ".join(change.value for change in requested if change.kind == "move")
    dx, dy = _shift(now, was)
    cost = 60 * sum(max(0.0, overlap(now, other) - 0.3) for other in others)
    cost += 0 if "resize" in kinds else 30 * abs(now.area - was.area) / max(1, was.area)
    cost += 0 if "left" in where or "right" in where or "center" in where else abs(dx)
    return cost + (0 if "top" in where or "bottom" in where or "center" in where else abs(dy))


def _shortfall(rect: Rect, change: Change) -> float:
    """How far a place falls short of the requested change."""
    if change.kind == "resize":
        return -rect.area if change.value == "bigger" else rect.area
    x, y = (rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2
    behind = {"left": x, "right": -x, "top": y, "bottom": -y, "center": _off_center(rect)}
    return sum(behind[name] for name in change.value.split())


def _shift(now: Rect, was: Rect) -> tuple[float, float]:
    return (now.left + now.right - was.left - was.right) / 2, (now.top + now.bottom - was.top - was.bottom) / 2


def _off_center(rect: Rect) -> float:
    return (abs(rect.left + rect.right - 90) + abs(rect.top + rect.bottom - 90)) / 2
