"""The guidance of the embedded composer, and of others at the user's wish: a script for every request that its reader
understands."""

from __future__ import annotations

from collections.abc import Sequence

from ...llm.base import Message
from ...llm.guidance import Guide, Script
from ..lexicon import lexicon
from ..words import clean
from .changes import not_understood
from .language import is_english
from .reader import read
from .repetition import RepetitionGuard
from .revision import changes_of, edit_scripts
from .script import first_scripts

EDIT_TEMPERATURE_SCALE = 0.5
"""Factor of the temperature for edits."""
ENGLISH_ONLY = (
    "The embedded composer reads English, and this does not seem to be English; say it in English, or choose a larger "
    "composer."
)
NOT_UNDERSTOOD = (
    "The embedded composer did not understand “{}”; it only added it to the description of the whole picture."
)


UNGUIDED_LANGUAGE = (
    "The guide reads English, and this does not seem to be English, so this reply was written without it."
)
UNGUIDED = "The guide did not understand “{}”, so this reply was written without it."


class BriefGuidance:
    """Reads a prompt or an edit into a brief or changes, and generates the grammar of a reply that carries them out.

    fluent: the model understands what the reader does not, and needs no help with its sentences. It writes them freely,
    and replies to requests that the reader cannot read without a script.
    """

    def __init__(self, *, fluent: bool = False) -> None:
        self._fluent = fluent

    def guide(self, messages: Sequence[Message]) -> Guide:
        """The guide for the reply to the last message."""
        request = messages[-1].text
        replies = [message.text for message in messages if message.role == "assistant"]
        english = is_english(clean(request), lexicon())
        if self._fluent and not english:
            return Guide(notices=(UNGUIDED_LANGUAGE,))
        notices: tuple[str, ...] = () if english else (ENGLISH_ONLY,)
        scripts = edit_scripts(replies[-1], request, self._fluent) if replies else []
        if not scripts:
            return self._guide(first_scripts(read(request), self._fluent), 1.0, notices)
        unread = not_understood(changes_of(replies[-1], request)) if english else []
        if unread and self._fluent:
            return Guide(notices=(UNGUIDED.format(unread[0]),))
        notices += tuple(NOT_UNDERSTOOD.format(text) for text in unread)
        return self._guide(scripts, EDIT_TEMPERATURE_SCALE, notices)

    def _guide(self, scripts: Sequence[Script], temperature_scale: float, notices: tuple[str, ...]) -> Guide:
        if self._fluent:
            return Guide(tuple(scripts), notices=notices)
        return Guide(tuple(scripts), temperature_scale, notices, lambda spell: [RepetitionGuard(spell)])
