"""Moves: the places of the vocabulary that a change of place or size leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from ...canvas.geometry import Rect
from .changes import Change
from .layout import Spot, all_spots, shared

CHOICES = 4
"""Places that the model chooses from."""
_FEW = 40


def open_spots(rect: Rect, changes: Sequence[Change], others: Sequence[Rect]) -> list[Spot]:
    """Spots for a region at `rect` after its moves and changes of size, those first that bury the others least; empty
    if none is asked for."""
    spots: list[Spot] = []
    asked = [change for change in changes if change.kind in ("move", "resize")]
    together = [spot for spot in all_spots() if all(_meets(spot.rect, rect, change) for change in asked)]
    if asked and together:
        return sorted(together, key=lambda spot: _cost(spot.rect, rect, asked, others))[:CHOICES]
    for change in asked:
        pool = spots or list(all_spots())
        met = [spot for spot in pool if _meets(spot.rect, rect, change)]
        spots = sorted(met or pool, key=lambda spot: _cost(spot.rect, rect, asked, others))[:_FEW]
        if not met:
            spots = sorted(pool, key=lambda spot: _short(spot.rect, change))[:1]  # as far as it goes
    return spots[:CHOICES]


def _meets(now: Rect, was: Rect, change: Change) -> bool:
    if change.kind == "resize":
        return now.area > 1.2 * was.area if change.value == "bigger" else now.area < 0.85 * was.area
    dx, dy = _shift(now, was)
    x, y = (now.left + now.right) / 2, (now.top + now.bottom) / 2
    met = {
        "left": dx <= -10 and x <= 40,  # in that half of the picture, too, and not merely nearer to it
        "right": dx >= 10 and x >= 50,
        "top": dy <= -10 and y <= 40,
        "bottom": dy >= 10 and y >= 50,
        "center": _off_center(now) < 6,
    }
    return all(met[name] for name in change.value.split())


def _cost(now: Rect, was: Rect, asked: Sequence[Change], others: Sequence[Rect]) -> float:
    """By how much a place changes what was not asked to, and buries other regions."""
    kinds = {change.kind for change in asked}
    where = " ".join(change.value for change in asked if change.kind == "move")
    dx, dy = _shift(now, was)
    cost = 60 * sum(max(0.0, shared(now, other) - 0.3) for other in others)
    cost += 0 if "resize" in kinds else 30 * abs(now.area - was.area) / max(1, was.area)
    cost += 0 if "left" in where or "right" in where or "center" in where else abs(dx)
    return cost + (0 if "top" in where or "bottom" in where or "center" in where else abs(dy))


def _short(rect: Rect, change: Change) -> float:
    """How far a place stays behind what is asked."""
    if change.kind == "resize":
        return -rect.area if change.value == "bigger" else rect.area
    x, y = (rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2
    behind = {"left": x, "right": -x, "top": y, "bottom": -y, "center": _off_center(rect)}
    return sum(behind[name] for name in change.value.split())


def _shift(now: Rect, was: Rect) -> tuple[float, float]:
    return (now.left + now.right - was.left - was.right) / 2, (now.top + now.bottom - was.top - was.bottom) / 2


def _off_center(rect: Rect) -> float:
    return (abs(rect.left + rect.right - 90) + abs(rect.top + rect.bottom - 90)) / 2
