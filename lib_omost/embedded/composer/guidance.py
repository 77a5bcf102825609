"""The guidance of the embedded composer: a script for every request that its reader understands."""

from __future__ import annotations

from collections.abc import Sequence

from ...llm.base import Message
from ...llm.guidance import Guide
from ..lexicon import lexicon
from ..words import clean
from .language import is_english
from .reader import read
from .repetition import RepetitionGuard
from .revision import edit_scripts
from .script import first_scripts

EDIT_TEMPERATURE_SCALE = 0.5
"""Factor of the temperature for edits."""
ENGLISH_ONLY = (
    "The embedded composer reads English, and this does not seem to be English; say it in English, or choose a larger "
    "composer."
)


class BriefGuidance:
    """Reads a prompt or an edit into a brief or changes, and generates the grammar of a reply that carries them out."""

    def guide(self, messages: Sequence[Message]) -> Guide:
        """The guide for the reply to the last message."""
        request = messages[-1].text
        replies = [message.text for message in messages if message.role == "assistant"]
        scripts = edit_scripts(replies[-1], request) if replies else []
        if scripts:
            notices = () if is_english(clean(request), lexicon()) else (ENGLISH_ONLY,)
            return Guide(tuple(scripts), EDIT_TEMPERATURE_SCALE, notices, lambda spell: [RepetitionGuard(spell)])
        brief = read(request)
        notices = () if brief.english else (ENGLISH_ONLY,)
        return Guide(tuple(first_scripts(brief)), notices=notices, biases=lambda spell: [RepetitionGuard(spell)])
