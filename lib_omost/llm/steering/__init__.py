"""Steering: how a small model is helped to write canvases, by nats for or against single tokens.

Large models need none of this. Every help is a bias, never a rule: what the model is sure of it writes all the same.

- everywhere: not to run in circles (`loops`);
- in a first canvas: to begin it (`opening`), to name no keyword twice in a call (`keywords`), to give each thing that
  the prompt names a region (`subjects`), none over another (`crowding`);
- in an edit: to copy what the request is not about and to change what it is about (`copying`, `stretches`); where
  the request is simple, from a reply in which the change has been made (`recoloring`, `removing`); to name a region
  after what is to be added, and to find it a place beside the others (`subjects`, `crowding` again).

What a prompt or a request says is read in `requests`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..base import Message
from ..decoding import Bias
from .copying import CopyBias
from .crowding import CrowdGuard
from .keywords import KeywordGuard
from .loops import LoopGuard
from .opening import OPENING, OpeningBias
from .recoloring import recolored
from .removing import without
from .requests import added, things
from .subjects import SubjectGuard


def biases(
    messages: Sequence[Message], spell: Callable[[int], bytes], encode: Callable[[str], Sequence[int]]
) -> list[Bias]:
    """The biases for the reply to a conversation. spell: the bytes of a token. encode: the tokens of a reply."""
    request = messages[-1].text
    replies = [message.text for message in messages if message.role == "assistant"]
    if not replies:
        form = (OpeningBias(spell, encode(OPENING)), KeywordGuard(spell))
        return [LoopGuard(spell), *form, SubjectGuard(spell, request), CrowdGuard(spell, len(things(request)))]
    wanted = recolored(replies[-1], request) or without(replies[-1], request)
    earlier = wanted or replies[-1]
    copies: list[Bias] = [LoopGuard(spell, earlier), CopyBias(spell, encode(earlier), request, done=wanted is not None)]
    new = " ".join(added(request))
    if wanted or not new:
        return copies
    return [*copies, SubjectGuard(spell, new), CrowdGuard(spell, earlier=earlier)]
