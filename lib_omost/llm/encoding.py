"""Encoding messages to token ids and decoding them: special tokens come only from the template."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import pairwise

from transformers import PreTrainedTokenizerBase

from ..errors import ModelError
from .base import Message
from .templates import STOP_STRINGS, segments

CACHED_REPLIES = 16
REPLACEMENT = "\ufffd"


class ChatEncoder:
    """Encodes conversations for one tokenizer and one chat format.

    stop_ids: the tokens that end a reply, that of the chat format first.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, family: str) -> None:
        self.tokenizer = tokenizer
        self.family = family
        added = {id: token.content for id, token in tokenizer.added_tokens_decoder.items()}
        # In some vocabularies runs of blanks are added tokens, although they are ordinary text.
        self._special = {id: text for id, text in added.items() if text.strip() and len(text) > 1}
        longest_first = sorted(self._special.values(), key=len, reverse=True)
        self._special_text = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
        self._replies: OrderedDict[str, tuple[int, ...]] = OrderedDict()
        segments(family, [])  # raises for an unknown family
        ids = {text: id for id, text in self._special.items()}
        stops = [ids[text] for text in STOP_STRINGS[family] if text in ids]
        if not stops:
            raise ModelError(
                f"This model does not know the chat format {family}: its vocabulary has no token "
                f"{STOP_STRINGS[family][0]}. Choose the format that it was trained with."
            )
        self.stop_ids = tuple(stops)

    def encode(self, messages: Sequence[Message], *, generation_prompt: bool = True) -> list[int]:
        """The ids of a whole prompt; with generation_prompt it ends at the beginning of the assistant's turn.

        A reply that this model wrote gets the ids with which it was generated. They may differ from the tokenisation of
        its text, and reusing them keeps the model's cache valid.
        """
        ids: list[int] = []
        for segment in segments(self.family, messages, generation_prompt):
            if segment.message is None:
                ids += self._encode(segment.text)
            elif messages[segment.message].role == "assistant":
                ids += self.encode_reply(segment.text)
            else:
                ids += self.encode_text(segment.text)
        return ids

    def count(self, messages: Sequence[Message], counts: Callable[[str], int]) -> int:
        """The number of ids that `encode` returns; `counts` gives that of a text without special tokens."""
        total = 0
        for segment in segments(self.family, messages):
            if segment.message is None:
                total += len(self._encode(segment.text))
            elif messages[segment.message].role == "assistant" and (ids := self._replies.get(segment.text)):
                total += len(ids)
            else:
                total += counts(segment.text)
        return total

    def encode_reply(self, text: str) -> Sequence[int]:
        """The ids of an assistant message: those with which it was generated, if this model wrote it."""
        text = text.strip()
        return self._replies[text] if text in self._replies else self.encode_text(text)

    def encode_text(self, text: str) -> list[int]:
        """The ids of a text without special tokens: strings that look like one are tokenised in two parts."""
        cuts = [0]
        while found := self._special_text.search(text, cuts[-1]):
            cuts.append(found.start() + 1)
        ids = [id for start, end in pairwise([*cuts, len(text)]) for id in self._encode(text[start:end])]
        return [id for id in ids if id not in self._special]

    def remember(self, ids: Sequence[int]) -> None:
        """Store the ids of a reply for later rounds."""
        text = self.decode(ids)
        if text and text == text.strip():
            self._replies[text] = tuple(ids)
            self._replies.move_to_end(text)
            while len(self._replies) > CACHED_REPLIES:
                self._replies.popitem(last=False)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids, without special tokens."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _encode(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False))


def family_of(tokenizer: PreTrainedTokenizerBase) -> str:
    """The chat format whose tokens the vocabulary has. ChatML is tried first, because models that were trained for it
    still have the tokens of their base model. Raises ModelError if it has none."""
    known = {token.content for token in tokenizer.added_tokens_decoder.values()}
    for family in ("chatml", "llama-3", "phi-3"):
        if STOP_STRINGS[family][0] in known:
            return family
    raise ModelError(
        f"This model has none of the chat formats {', '.join(STOP_STRINGS)}: take an instruct model that has one, "
        "or let a server run it and give its address."
    )


class Detokenizer:
    """Turns ids that arrive a few at a time into text.

    decode: ids to text. A character is held back until its last byte has arrived. Joined, the pieces equal the decoding
    of all ids if the ids are valid UTF-8; a run of invalid bytes may give another number of U+FFFD.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._context: list[
            int
        ] = []  # ids whose text was returned last; some tokenizers decode an id depending on its predecessor
        self._waiting: list[int] = []

    def push(self, ids: Sequence[int]) -> str:
        """The text that these ids complete; empty while a character is unfinished."""
        self._waiting += ids
        text = self._text()
        if text.endswith(REPLACEMENT):
            return ""
        return self._give(text)

    def flush(self) -> str:
        """The rest of the text; an incomplete character becomes U+FFFD."""
        return self._give(self._text())

    def _text(self) -> str:
        before = self._decode(self._context)
        return self._decode(self._context + self._waiting)[len(before) :]

    def _give(self, text: str) -> str:
        if self._waiting:
            self._context, self._waiting = self._waiting, []
        return text
