"""Relations: how two things of a prompt stand to each other, by the words between them."""

from __future__ import annotations

from collections.abc import Sequence

from ..lexicon import Lexicon
from ..words import word_set
from .brief import Relation, Thing

RELATIONS: dict[str, Relation] = {
    "on": "on", "onto": "on", "on top of": "on", "atop": "on", "upon": "on", "on the back of": "on", "under": "under",
    "underneath": "under", "beneath": "under", "below": "under", "behind": "behind", "in front of": "before",
    "before": "before", "next to": "beside", "beside": "beside", "near": "beside", "by": "beside", "close to": "beside",
    "alongside": "beside", "against": "beside", "around": "beside", "in": "in", "inside": "in", "into": "in",
    "within": "in", "from": "in", "over": "over", "above": "over",
}  # fmt: skip
STANDING = frozenset(RELATIONS) - {"into", "by", "before", "onto", "around", "from"}
_HOLDING = word_set(
    """
    hold carry lift wield clutch grip raise brandish grasp juggle play eat read sell wave
    """
)
_RIDING = word_set("ride drive mount steer pilot straddle")
_SEATED = word_set("sit fly soar race gallop travel perch stand be balance")
_SEATS = word_set("broom broomstick carpet skateboard surfboard snowboard sled swing")
_WINDING = word_set("curl coil wrap wind twist")
ABROAD = word_set(
    """
    in on at into inside across along by over to towards toward off through among amid of
    """
)
"""Prepositions before a place in which something is or happens."""
_OTHERS = word_set("within from during near under with without called named like as for past") | {"out of"}
_PREPOSITIONS = ABROAD | _OTHERS


def is_of(link: Sequence[str]) -> bool:
    """Whether the words between two phrases are "of"."""
    return tuple(link) == ("of",)


def preposition_of(link: Sequence[str]) -> str:
    """The last preposition of the words between two phrases; an empty string if there is none."""
    return next((word for word in reversed(link) if word in RELATIONS or word in _PREPOSITIONS), "")


def relation_of(link: Sequence[str], one: Thing, other: Thing, words: Lexicon) -> Relation | None:
    """The relation of two things that follow each other."""
    preposition = preposition_of(link)
    verbs = {words.verb(word) for word in link if word.isalpha()} - {None}
    alive = one.kind in ("person", "animal")
    if verbs & _RIDING or (preposition == "on" and alive and _is_mount(other, one) and verbs <= _SEATED):
        return "riding"
    if preposition == "around" and verbs & _WINDING:
        return "in"
    small = other.size <= min(2, one.size)
    if verbs & _HOLDING and not preposition:
        return "holding" if small else "beside"
    if preposition == "with" and alive and (other.place == "held" or (other.kind == "object" and other.size < 2)):
        return "holding"
    return RELATIONS.get(preposition)


def _is_mount(thing: Thing, rider: Thing) -> bool:
    if thing.kind == "animal":
        return thing.size >= min(2, rider.size)
    return thing.head in _SEATS or (thing.kind == "vehicle" and thing.size <= 3)
