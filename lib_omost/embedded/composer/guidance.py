"""The guidance of the embedded composer: a script for every request that its reader understands."""

from __future__ import annotations

from collections.abc import Sequence

from ...llm.base import Message
from ...llm.guidance import Guide
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


class BriefGuidance:
    """Reads a prompt or an edit into a brief or changes, and generates the grammar of a reply that carries them out."""

    def guide(self, messages: Sequence[Message]) -> Guide:
        """The guide for the reply to the last message."""
        request = messages[-1].text
        replies = [message.text for message in messages if message.role == "assistant"]
        scripts = edit_scripts(replies[-1], request) if replies else []
        if scripts:
            notices: tuple[str, ...] = () if is_english(clean(request), lexicon()) else (ENGLISH_ONLY,)
            unread = not_understood(changes_of(replies[-1], request)) if not notices else []
            notices += tuple(NOT_UNDERSTOOD.format(text) for text in unread)
            return Guide(tuple(scripts), EDIT_TEMPERATURE_SCALE, notices, lambda spell: [RepetitionGuard(spell)])
        brief = read(request)
        notices = () if brief.english else (ENGLISH_ONLY,)
        return Guide(tuple(first_scripts(brief)), notices=notices, biases=lambda spell: [RepetitionGuard(spell)])
