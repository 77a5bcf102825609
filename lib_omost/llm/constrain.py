"""Constrains a model to the Canvas grammar, and to a canvas that ends within its budget of tokens.

There is one `CanvasGrammar` per tokenizer and one `CanvasConstraint` per reply. The constraint follows the reply line
by line and knows the least number of tokens that the rest of the canvas takes. With enough budget it only masks tokens.
When the budget runs low, it starts no further region, then ends texts after their sentence, and finally at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import llguidance
import llguidance.hf
import torch
from transformers import PreTrainedTokenizerBase, TokenizersBackend

from ..canvas.fields import Color, FieldSpec, Number, Phrase, Texts
from ..errors import ModelError
from ..runtime.device import send
from .costs import MARGIN, TERSE, Costs
from .grammar import CLOSING, GLOBAL, INDENT, REGION, SLICES, CallGrammar, canvas_grammar
from .guidance import Script

ENDLESS = 1 << 30
"""More tokens than any reply has."""
DECENT_REGION = 60
"""Tokens, in addition to those of a terse region, that must be left to start one more region."""


class CanvasGrammar:
    """The grammar compiled for one tokenizer, which takes about a second.

    vocabulary: width of the model's logits, which may differ from that of the tokenizer. end: the token that ends a
    reply. Raises ModelError for a tokenizer that does not come from the tokenizers library.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, vocabulary: int, end: int) -> None:
        if not isinstance(tokenizer, TokenizersBackend):
            raise ModelError("The Canvas grammar needs a tokenizer of the tokenizers library; this model has another.")
        self.end = end
        self.vocabulary = vocabulary
        self.tokenizer = llguidance.hf.from_tokenizer(
            tokenizer, n_vocab=max(vocabulary, len(tokenizer)), eos_token=end, slices=SLICES
        )
        self._matcher = llguidance.LLMatcher(self.tokenizer, canvas_grammar(), log_level=0)
        assert not self._matcher.is_error(), self._matcher.get_error()
        places = torch.tensor([1 << place for place in range(8)])
        self._unpacked = (
            torch.arange(256)[:, None] & places
        ) == 0  # [256, 8]: which tokens each value of a byte forbids
        self.costs = Costs(lambda text: len(self.tokens(text)))
        self.least = self.costs.canvas
        """The smallest budget with which a complete canvas is guaranteed."""

    def start(self, budget: int, script: Script | None = None) -> CanvasConstraint:
        """A constraint for one reply of at most `budget` tokens, including the one that ends it.

        script: a narrower grammar for this reply. If the budget is too small for a canvas, the reply follows the
        grammar until it is cut off, like a reply without a grammar.
        """
        if script is None:
            return CanvasConstraint(self, self._matcher.deep_copy(), budget if budget >= self.least else ENDLESS)
        matcher = llguidance.LLMatcher(self.tokenizer, script.grammar, log_level=0)
        assert not matcher.is_error(), matcher.get_error()
        enough = budget >= self.least_of(script)
        return CanvasConstraint(self, matcher, budget if enough else ENDLESS, self.costs.calls(script))

    def least_of(self, script: Script) -> int:
        """The smallest budget with which a complete canvas of the script is guaranteed."""
        return self.costs.script(script)

    def fitting(self, scripts: Sequence[Script], budget: int) -> Script | None:
        """The first script for which the budget suffices; None if there is none."""
        return next((script for script in scripts if self.least_of(script) <= budget), None)

    def tokens(self, text: str) -> list[int]:
        return list(self.tokenizer.tokenize_str(text))

    def spell(self, token: int) -> bytes:
        """The bytes of a token."""
        return bytes(self.tokenizer.decode_bytes([token]))

    def forbidden(self, mask: bytes, logits: torch.Tensor) -> torch.Tensor:
        """The tokens that a mask with one bit per token, lowest bit first, does not allow: bool [vocabulary].

        It is unpacked on the device of the logits, so that only the bits are transferred.
        """
        device = logits.device
        if self._unpacked.device != device:
            self._unpacked = self._unpacked.to(device)
        bits = send(torch.frombuffer(bytearray(mask), dtype=torch.uint8), device)
        return self._unpacked.index_select(0, bits.int()).flatten()[: len(logits)]


class CanvasConstraint:
    """The progress of one reply through the grammar, see `decoding.Constraint`. calls: the tokens of each call of a
    script."""

    def __init__(
        self, grammar: CanvasGrammar, matcher: llguidance.LLMatcher, budget: int, calls: Sequence[int] = ()
    ) -> None:
        self._grammar = grammar
        self._matcher = matcher
        self._scripted = tuple(calls)
        self._left = budget
        self._before = b""  # the line before the one being written
        self._line = b""
        self._line_tokens = 0
        self._calls = 0  # finished ones
        self._call: CallGrammar | None = None
        self._field = -1  # index of the field being written

    def mask(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary] with -inf for every token that the grammar does not allow."""
        if self._matcher.is_stopped():
            ended = torch.full_like(logits, -torch.inf)
            ended[self._grammar.end] = 0
            return ended
        return logits.masked_fill(self._grammar.forbidden(self._matcher.compute_bitmask(), logits), -torch.inf)

    def accept(self, token: int) -> None:
        """Take the next token. A token that the grammar does not allow is a bug."""
        consumed = self._matcher.consume_token(token)
        assert consumed, self._matcher.get_error()
        self._left -= 1
        self._line_tokens += 1
        *lines, line = (self._line + self._grammar.spell(token)).split(b"\n")
        for finished in lines:
            self._follow(finished)
            self._before, self._line_tokens = finished, 0
        self._line = line
        self._enter(line)

    def forced(self) -> list[int]:
        """The tokens that must follow because of the grammar, or because the budget runs out."""
        if self._matcher.is_stopped():
            return [self._grammar.end]
        for text in self._shortcuts():
            tokens = self._grammar.tokens(text)
            # Nothing can be closed in the middle of a character; the margin covers the token that completes it.
            if self._matcher.validate_tokens(tokens) == len(tokens):
                return tokens
        tokens = list(self._matcher.compute_ff_tokens())
        # The tokenisation of blanks depends on what follows, which is left to the model.
        while tokens and not self._grammar.spell(tokens[-1]).strip():
            tokens.pop()
        return tokens

    def allowed(self, tokens: Sequence[int]) -> int:
        """How many of the tokens the grammar allows; the budget is checked when they are accepted."""
        if self._matcher.is_stopped():
            return 0
        return int(self._matcher.validate_tokens(list(tokens)))

    def _follow(self, line: bytes) -> None:
        """Update the position after a finished line."""
        self._enter(line)
        for call in (GLOBAL, REGION):
            if line + b"\n" == call.opening.encode():
                self._call, self._field = call, -1
        if line == b")":
            self._calls += 1
            self._call = None

    def _enter(self, line: bytes) -> None:
        """Update the position if the line begins with the keyword of the next field."""
        if self._call is None or self._field + 1 == len(self._call.fields):
            return
        if line.startswith(f"{INDENT}{self._call.fields[self._field + 1].keyword}=".encode()):
            self._field += 1

    def _shortcuts(self) -> Iterator[str]:
        """Texts that shorten the rest of the canvas, if the budget demands it; the first one that is valid is used."""
        if self._call is None:
            yield from self._between_calls()
        elif self._field >= 0:
            yield from self._within(self._call, self._call.fields[self._field])
        if self._spare() <= 0:
            yield bytes(self._matcher.compute_ff_bytes()).decode(errors="ignore")

    def _between_calls(self) -> Iterator[str]:
        if self._calls > 1 and self._ending():
            yield CLOSING
        if self._spare() > MARGIN:
            return
        if self._line.startswith(b"#"):
            yield "\n"
        if not self._line:
            opening = (REGION if self._calls else GLOBAL).opening
            yield opening
            yield "\n" + opening

    def _within(self, call: CallGrammar, field: FieldSpec) -> Iterator[str]:
        name, quote, text = self._line.partition(b"'")
        in_text = quote and b"'" not in text.replace(b"\\'", b"")
        if call is REGION and self._field + 1 == len(call.fields) and not in_text and self._ending():
            written = b"\n".join((self._before, self._line)).rpartition(b"'")[2].decode()
            yield f",\n)\n{CLOSING}"[len(written) :]
        if isinstance(field.kind, Number):
            if self._spare() <= 0:
                yield ",\n"
        elif isinstance(field.kind, Phrase | Color):
            if in_text and self._spare() <= 0:
                values = (value for value in field.kind.values if value.startswith(text.decode()))
                yield min(values, key=len)[len(text) :] + "',\n"
        elif in_text:
            sentence = text.endswith((b".", b"!", b"?")) or self._line_tokens > 2 * TERSE
            rounded = sentence and self._line_tokens >= TERSE and self._spare(terse=True) <= 0
            if self._scripted and self._spare() <= 0 and not sentence:  # the texts of a script are sentences
                yield f".',\n{INDENT}],\n" if isinstance(field.kind, Texts) else ".',\n"
                yield ".',\n"
            if rounded or self._spare() <= 0:
                yield f"',\n{INDENT}],\n" if isinstance(field.kind, Texts) else "',\n"
        elif isinstance(field.kind, Texts):
            between_items = self._before.startswith(b" " * 8) and not name
            if between_items and self._spare(terse=True) < TERSE:
                yield f"{INDENT}],\n"

    def _ending(self) -> bool:
        """Whether the budget does not suffice for another region."""
        region = self._grammar.costs.rest(REGION, 0, terse=True)
        return self._spare(terse=True) < DECENT_REGION + (region if self._call is not None else 0)

    def _spare(self, *, terse: bool = False) -> int:
        """Tokens left beyond those that must still be written: the current call, the global description and a region if
        they are missing; between two calls another region counts."""
        rest = self._grammar.costs.rest
        needed = len(CLOSING) + 1 + MARGIN
        if self._scripted:
            begun = MARGIN + rest(self._call, self._field + 1, terse=terse) if self._call is not None else 0
            return self._left - needed - begun - sum(self._scripted[self._calls :])
        if self._call is not None:
            needed += MARGIN + rest(self._call, self._field + 1, terse=terse)
        elif not self._calls:
            needed += rest(GLOBAL, 0, terse=terse)
        if self._call is None or self._call is GLOBAL:
            needed += rest(REGION, 0, terse=terse)
        return self._left - needed
