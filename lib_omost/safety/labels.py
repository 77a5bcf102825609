"""Deciding which labels of a classifier mean unsafe: by known names, never by guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lib_omost.errors import ModelError

UNSAFE = frozenset(
    {
        "explicit", "gore", "graphic_violence", "harassment", "harmful", "hate", "hate_speech", "hateful",
        "hentai", "identity_attack", "identity_hate", "inappropriate", "insult", "not_safe", "nsfw", "nude",
        "nudity", "obscene", "offensive", "porn", "pornography", "self_harm", "severe_toxic",
        "severe_toxicity", "sexual", "sexual_explicit", "sexually_explicit", "sexy", "threat", "toxic",
        "toxicity", "unsafe", "violence", "violent",
    }
)  # fmt: skip
SAFE = frozenset(
    {
        "appropriate", "benign", "clean", "drawing", "drawings", "general", "harmless", "neutral", "non_nsfw",
        "non_toxic", "normal", "not_nsfw", "not_toxic", "ok", "safe", "sfw",
    }
)  # fmt: skip


def unsafe_labels(id2label: Mapping[int, str], model: str, named: Sequence[str] = ()) -> tuple[int, ...]:
    """The numbers of the labels that mean unsafe: those in `named`, else those with known names.

    Raises ModelError if a label's name is unknown, if a named label does not exist, and if no label means unsafe or
    there is only one label: such a check would pass or refuse everything.
    """
    names = {number: normalized(label) for number, label in id2label.items()}
    shown = ", ".join(str(label) for label in id2label.values())
    if named:
        wanted = {normalized(label) for label in named}
        if absent := wanted - set(names.values()):
            raise ModelError(f"The check {model} has no label {' or '.join(sorted(absent))}: its labels are {shown}.")
        unsafe = {number for number, name in names.items() if name in wanted}
    else:
        unknown = [id2label[number] for number, name in names.items() if name not in UNSAFE | SAFE]
        if unknown:
            raise ModelError(
                f"The meaning of the labels of the check {model} is unknown ({shown}): name those that mean unsafe "
                f"after it, as in {model}={unknown[0]}, or choose another model."
            )
        unsafe = {number for number, name in names.items() if name in UNSAFE}
    if not unsafe or len(names) < 2:
        raise ModelError(f"The check {model} distinguishes nothing (its labels are {shown}): choose another model.")
    return tuple(sorted(unsafe))


def normalized(label: str) -> str:
    """A label in lower case with underscores between words."""
    return "_".join(str(label).lower().replace("-", " ").replace("_", " ").split())
