"""Which labels of a classifier mean that something is unsafe: by their names, and never by guessing."""

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
    """The numbers of the labels that mean unsafe: those `named`, else those whose names are known to mean it.

    Raises ModelError if a label's name says nothing that is known, where a named one is absent, and where no label
    means safe or none means unsafe: such a check would pass or refuse everything.
    """
    names = {number: plain(label) for number, label in id2label.items()}
    shown = ", ".join(str(label) for label in id2label.values())
    if named:
        wanted = {plain(label) for label in named}
        if absent := wanted - set(names.values()):
            raise ModelError(f"The check {model} has no label {' or '.join(sorted(absent))}: it knows {shown}.")
        unsafe = {number for number, name in names.items() if name in wanted}
    else:
        unknown = [id2label[number] for number, name in names.items() if name not in UNSAFE | SAFE]
        if unknown:
            raise ModelError(
                f"What the labels of the check {model} mean is not known here ({shown}): name those that mean unsafe "
                f"behind it, as in {model}={unknown[0]}, or choose another model."
            )
        unsafe = {number for number, name in names.items() if name in UNSAFE}
    if not unsafe or len(names) < 2:
        raise ModelError(f"The check {model} tells nothing apart (its labels are {shown}): choose another model.")
    return tuple(sorted(unsafe))


def plain(label: str) -> str:
    """A label without capitals and with one kind of gap."""
    return "_".join(str(label).lower().replace("-", " ").replace("_", " ").split())
