"""Chooses the places of elements: sky above, ground below, riders on their mounts, near things lower and larger."""

# ruff: noqa: E501 (hand-written material, one record a line)

from __future__ import annotations

import random

from training.corpus.scenes import Seat

# layout of a relation -> (seats of the first, seats of the second), as location, offset, area, distance
_PAIRS = {
    "face": [
        (("on the left", "slightly to the lower", "a medium-sized vertical area", 4.5), ("on the right", "slightly to the lower", "a medium-sized vertical area", 5.0)),
        (("on the right", "no offset", "a medium-sized vertical area", 5.0), ("on the left", "no offset", "a medium-sized vertical area", 5.5)),
        (("on the left", "slightly to the right", "a medium-sized square area", 4.0), ("on the right", "slightly to the upper", "a medium-sized square area", 6.0)),
        (("on the bottom-left", "slightly to the upper", "a medium-sized square area", 4.0), ("on the right", "no offset", "a medium-sized square area", 5.5)),
        (("on the right", "slightly to the lower", "a medium-sized square area", 4.0), ("on the left", "slightly to the upper", "a medium-sized square area", 6.0)),
    ],
    "ride": [
        (("in the center", "slightly to the upper", "a small vertical area", 4.0), ("in the center", "slightly to the lower", "a large square area", 5.0)),
        (("on the left", "slightly to the upper-right", "a small vertical area", 4.0), ("on the left", "slightly to the lower-right", "a medium-sized square area", 5.0)),
        (("on the right", "slightly to the upper-left", "a small vertical area", 4.5), ("on the right", "slightly to the lower-left", "a medium-sized square area", 5.5)),
    ],
    "on": [
        (("in the center", "slightly to the upper", "a small square area", 4.0), ("on the bottom", "slightly to the upper", "a medium-sized square area", 5.0)),
        (("on the left", "slightly to the upper-right", "a small square area", 4.0), ("on the bottom-left", "slightly to the right", "a medium-sized square area", 5.0)),
        (("on the right", "slightly to the upper-left", "a small square area", 4.0), ("on the bottom-right", "slightly to the left", "a medium-sized square area", 5.0)),
    ],
    "under": [
        (("on the bottom", "slightly to the upper", "a small square area", 4.0), ("in the center", "slightly to the upper", "a large vertical area", 6.5)),
        (("on the bottom-left", "slightly to the upper", "a small square area", 4.0), ("on the left", "slightly to the upper", "a large vertical area", 6.0)),
    ],
    "front": [
        (("on the bottom", "slightly to the upper-left", "a medium-sized square area", 4.0), ("in the center", "slightly to the upper", "a large square area", 9.0)),
        (("on the bottom-right", "slightly to the upper-left", "a medium-sized square area", 3.5), ("on the left", "slightly to the upper-right", "a large square area", 8.5)),
    ],
    "back": [
        (("in the center", "slightly to the upper", "a large square area", 8.0), ("on the bottom", "slightly to the upper", "a medium-sized square area", 4.0)),
    ],
    "over": [
        (("on the top", "slightly to the lower", "a medium-sized horizontal area", 6.0), ("on the bottom", "slightly to the upper", "a large horizontal area", 8.0)),
        (("on the top-left", "slightly to the lower-right", "a medium-sized square area", 5.5), ("on the bottom", "slightly to the upper", "a medium-sized horizontal area", 7.5)),
        (("on the top-right", "slightly to the lower-left", "a medium-sized square area", 5.5), ("on the bottom-left", "slightly to the right", "a medium-sized horizontal area", 7.5)),
    ],
    "hold": [
        (("in the center", "no offset", "a large vertical area", 5.0), ("in the center", "slightly to the lower-right", "a small square area", 4.0)),
        (("in the center", "no offset", "a large square area", 5.5), ("on the bottom", "slightly to the upper-left", "a small square area", 4.5)),
    ],
}  # fmt: skip

# Relations that are about other kinds of things but stand like these.
_LIKE = {"eat": "hold", "wear": "hold", "play": "hold", "plant": "hold", "make": "front", "drive": "ride"}

_MAIN = {
    "ground": [("in the center", "no offset", "a large square area"), ("in the center", "slightly to the lower", "a large square area"), ("in the center", "slightly to the lower", "a medium-sized square area"), ("in the center", "no offset", "a large vertical area"), ("in the center", "slightly to the lower-left", "a medium-sized square area"), ("in the center", "slightly to the right", "a large square area")],
    "sky": [("in the center", "slightly to the upper", "a large square area"), ("in the center", "slightly to the upper-right", "a medium-sized square area"), ("on the top", "slightly to the lower", "a medium-sized horizontal area"), ("in the center", "no offset", "a large horizontal area")],
    "water": [("in the center", "slightly to the lower", "a large square area"), ("in the center", "no offset", "a large horizontal area"), ("in the center", "slightly to the left", "a medium-sized horizontal area")],
    "small": [("in the center", "no offset", "a medium-sized square area"), ("in the center", "slightly to the lower", "a medium-sized square area"), ("in the center", "slightly to the lower", "a large square area")],
    "large": [("in the center", "no offset", "a large square area"), ("in the center", "slightly to the upper", "a large vertical area"), ("in the center", "slightly to the upper-left", "a large square area")],
    "back": [("in the center", "slightly to the upper", "a large horizontal area"), ("in the center", "no offset", "a large horizontal area")],
    "low": [("in the center", "slightly to the lower", "a large square area"), ("in the center", "no offset", "a medium-sized horizontal area")],
    "top": [("on the top", "slightly to the lower", "a medium-sized square area"), ("in the center", "slightly to the upper", "a medium-sized square area"), ("on the top", "slightly to the lower", "a large horizontal area")],
}  # fmt: skip
_MAIN_DISTANCE = {
    "ground": 4.5,
    "sky": 5.5,
    "water": 5.0,
    "small": 3.5,
    "large": 7.5,
    "back": 12.0,
    "low": 4.5,
    "top": 11.0,
}

_SIDE = {
    "ground": [("on the left", "slightly to the lower", "a medium-sized vertical area"), ("on the right", "slightly to the lower", "a medium-sized vertical area"), ("on the left", "no offset", "a medium-sized square area"), ("on the right", "no offset", "a medium-sized square area"), ("on the bottom-left", "slightly to the upper", "a small square area"), ("on the bottom-right", "slightly to the upper", "a small square area")],
    "sky": [("on the top-left", "no offset", "a small square area"), ("on the top-right", "no offset", "a small square area"), ("on the top-right", "slightly to the lower", "a small horizontal area"), ("on the top-left", "slightly to the lower-right", "a small horizontal area"), ("on the top", "slightly to the right", "a small horizontal area")],
    "water": [("on the left", "slightly to the lower", "a medium-sized horizontal area"), ("on the right", "slightly to the lower", "a medium-sized horizontal area"), ("on the bottom-right", "slightly to the upper", "a small square area"), ("on the left", "no offset", "a small horizontal area")],
    "small": [("on the bottom-left", "no offset", "a small square area"), ("on the bottom-right", "no offset", "a small square area"), ("on the bottom-left", "slightly to the upper-right", "a small square area"), ("on the bottom-right", "slightly to the upper", "a small square area"), ("on the bottom", "no offset", "a small square area")],
    "large": [("on the left", "slightly to the upper", "a medium-sized vertical area"), ("on the right", "slightly to the upper", "a medium-sized vertical area"), ("on the top-left", "slightly to the lower-right", "a medium-sized square area"), ("on the top-right", "slightly to the lower-left", "a medium-sized square area")],
    "back": [("on the top", "slightly to the lower", "a large horizontal area"), ("on the top-left", "slightly to the lower", "a medium-sized horizontal area"), ("on the top-right", "slightly to the lower", "a medium-sized horizontal area")],
    "low": [("on the bottom-left", "slightly to the upper", "a medium-sized square area"), ("on the bottom-right", "slightly to the upper", "a medium-sized square area"), ("on the left", "slightly to the lower", "a medium-sized square area"), ("on the right", "slightly to the lower", "a small vertical area")],
    "top": [("on the top-left", "no offset", "a small square area"), ("on the top-right", "no offset", "a small square area"), ("on the top", "no offset", "a small horizontal area"), ("on the top", "slightly to the upper", "a medium-sized horizontal area")],
}  # fmt: skip
_SIDE_DISTANCE = {
    "ground": 6.0,
    "sky": 8.0,
    "water": 6.5,
    "small": 2.5,
    "large": 9.0,
    "back": 14.0,
    "low": 4.0,
    "top": 15.0,
}


def _near(rng: random.Random, distance: float) -> float:
    return max(1.0, distance + rng.choice((-1.0, -0.5, 0.0, 0.0, 0.5, 1.0)))


def pair(rng: random.Random, layout: str) -> tuple[Seat, Seat]:
    """Places for two subjects in a relation."""
    first, second = rng.choice(_PAIRS[_LIKE.get(layout, layout)])
    shift = rng.choice((-0.5, 0.0, 0.0, 0.5))
    return Seat(first[0], first[1], first[2], first[3] + shift), Seat(
        second[0], second[1], second[2], second[3] + shift
    )


def main(rng: random.Random, placement: str) -> Seat:
    """A place for the main subject."""
    return Seat(*rng.choice(_MAIN[placement]), _near(rng, _MAIN_DISTANCE[placement]))


def beside(rng: random.Random, placement: str, taken: list[Seat]) -> Seat:
    """A place for another subject, if possible away from the places in use."""
    used = {seat.location for seat in taken}
    free = [seat for seat in _SIDE[placement] if seat[0] not in used] or list(_SIDE[placement])
    return Seat(*rng.choice(free), _near(rng, _SIDE_DISTANCE[placement]))


def row(rng: random.Random, count: int) -> list[Seat]:
    """Places for two or three equal subjects side by side."""
    if count == 2:
        return list(pair(rng, "face"))
    low = rng.choice(("no offset", "slightly to the lower"))
    distance = rng.choice((4.0, 4.5, 5.0))
    return [
        Seat("on the left", low, "a medium-sized vertical area", distance + 1.0),
        Seat("in the center", low, "a medium-sized vertical area", distance),
        Seat("on the right", low, "a medium-sized vertical area", distance + 1.5),
    ]


def behind(rng: random.Random) -> Seat:
    """A place for a backdrop."""
    offset = rng.choice(("no offset", "slightly to the lower", "slightly to the lower"))
    return Seat("on the top", offset, "a large horizontal area", rng.choice((14.0, 15.0, 16.0, 18.0)))


def before(rng: random.Random) -> Seat:
    """A place for a foreground."""
    return Seat(
        "on the bottom",
        rng.choice(("no offset", "slightly to the lower")),
        rng.choice(("a large horizontal area", "a medium-sized horizontal area")),
        rng.choice((1.5, 2.0, 2.5)),
    )
