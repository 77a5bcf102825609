"""The decoding loop: prefill with reuse of the cache, then passes of the model, each of which gives one or more tokens.

A constraint (a grammar) may mask tokens and force others. A drafter may propose several tokens, which one pass then
verifies. A proposal is accepted only if it is the token that would have been sampled anyway, with the same random
numbers, so drafting changes the speed but not the reply. Biases may change logits before masking.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from ..runtime.device import send
from .base import Finish
from .cache import PrefixCache
from .sampling import TokenSampler

_FAR = 1 << 60  # a number of tokens that no text has


class Constraint(Protocol):
    """Restricts the next tokens. Is given every token of the reply once, in order."""

    def mask(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits [vocabulary] with -inf for every token that is not allowed."""
        ...

    def accept(self, token: int) -> None:
        """Take the next token of the reply."""
        ...

    def forced(self) -> Sequence[int]:
        """The tokens that must follow; they are not sampled. Often empty."""
        ...

    def allowed(self, tokens: Sequence[int]) -> int:
        """How many of these tokens, counted from the first, may follow."""
        ...


class Bias(Protocol):
    """Changes the probability of tokens before masking. Is given every token of the reply once, in order."""

    def adjust(self, logits: torch.Tensor) -> torch.Tensor:
        """The changed logits [vocabulary]; does not modify its argument."""
        ...

    def accept(self, token: int) -> None:
        """Take the next token of the reply."""
        ...


class Drafter(Protocol):
    """Proposes how the text continues."""

    def propose(self, context: Sequence[int]) -> Sequence[int]:
        """Tokens that may follow the context (prompt and reply so far); empty for no proposal."""
        ...

    def observe(self, proposed: int, accepted: int) -> None:
        """Learn from the last pass: how many tokens were proposed and how many of them accepted."""
        ...


@dataclass(slots=True)
class Statistics:
    """The cost of a reply. `tokens` counts all generated tokens, including the one that ended the reply."""

    prompt_tokens: int = 0
    reused_tokens: int = 0
    tokens: int = 0
    forced_tokens: int = 0
    passes: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0


class Engine:
    """A causal language model with the cache of its conversation.

    prefill_chunk: tokens per pass while reading a prompt; reading can be stopped between passes.
    """

    def __init__(self, model: Any, prefill_chunk: int = 256) -> None:
        self.model = model
        self.cache = PrefixCache()
        self._chunk = prefill_chunk
        self._regime_end = _regime_end(model.config)

    def prepare(self, prompt: Sequence[int]) -> int:
        """Crop the cache to what it shares with the prompt; returns the number of tokens that need not be read
        again."""
        long_before = self._is_long(len(self.cache))
        reused = self.cache.reuse(prompt)
        # Keys rotated for the long regime are invalid for a short text.
        if long_before and not self._is_long(reused):
            self.cache.forget()
            reused = 0
        return reused

    def feed(self, context: Sequence[int], draft: Sequence[int], stopped: Callable[[], bool]) -> torch.Tensor | None:
        """Read the new part of the context, then the draft. Returns logits [len(draft) + 1, vocabulary]: row 0 is for
        the token after the context, row i for the one after draft[:i]; None if stopped while reading."""
        tokens = [*context, *draft]
        if self._is_long(len(tokens)) and not self._is_long(len(self.cache)):
            self.cache.forget()
        rows = len(draft) + 1
        while True:
            start = len(self.cache)
            end = len(tokens) if len(tokens) - start <= self._chunk + rows else start + self._chunk
            if self._is_long(len(tokens)) and not self._is_long(end):
                end = min(
                    len(tokens), self._regime_end + 1
                )  # in one pass, so that all keys are rotated in the same way
            if stopped():
                return None
            logits = self._forward(tokens[start:end], rows if end == len(tokens) else 1)
            if end == len(tokens):
                return logits

    def room(self, length: int) -> int:
        """How many drafted tokens may follow a context of this length without crossing into the long regime."""
        return _FAR if self._is_long(length) else self._regime_end - length

    def _forward(self, tokens: Sequence[int], rows: int) -> torch.Tensor:
        with torch.inference_mode():
            ids = send(torch.tensor([tokens]), self.model.device)
            output = self.model(
                input_ids=ids, past_key_values=self.cache.states, use_cache=True, logits_to_keep=min(rows, len(tokens))
            )
        self.cache.ids += tokens
        logits: torch.Tensor = output.logits[0]
        return logits

    def _is_long(self, length: int) -> bool:
        return length > self._regime_end


def _regime_end(config: Any) -> int:
    """The length up to which a model with LongRoPE uses its short factors (Phi-3 128k); infinite for other models.

    https://arxiv.org/abs/2402.13753; transformers chooses the factors by the largest position of each pass.
    """
    parameters = getattr(config, "rope_parameters", None) or {}
    if parameters.get("rope_type") != "longrope":
        return _FAR
    original = parameters.get("original_max_position_embeddings") or config.original_max_position_embeddings
    return int(original)


class Decoding(Iterator[list[int]]):
    """The decoding of one reply. Each step of the iteration runs one pass of the model and yields the tokens that it
    determined, without the one that ends the reply. `finish` is None until the iteration ends by itself."""

    def __init__(
        self,
        engine: Engine,
        prompt: Sequence[int],
        *,
        limit: int,
        sampler: TokenSampler,
        stop_ids: Collection[int],
        stopped: Callable[[], bool],
        constraint: Constraint | None = None,
        drafter: Drafter | None = None,
        biases: Sequence[Bias] = (),
    ) -> None:
        self.finish: Finish | None = None
        self.statistics = Statistics(prompt_tokens=len(prompt))
        self._engine = engine
        self._context = list(prompt)
        self._prompt_length = len(prompt)
        self._limit = limit
        self._sampler = sampler
        self._stop_ids = frozenset(stop_ids)
        self._stopped = stopped
        self._constraint = constraint
        self._drafter = drafter
        self._biases = tuple(biases)
        self.statistics.reused_tokens = engine.prepare(prompt)

    @property
    def reply(self) -> list[int]:
        """The reply's tokens so far, without the one that ended it."""
        return self._context[self._prompt_length :]

    def __next__(self) -> list[int]:
        if self.finish is not None:
            raise StopIteration
        start = len(self._context)
        if self._constraint is not None and start == self._prompt_length:
            self._take_forced(deque(self._forced()))  # the fixed beginning of every reply needs no pass
        draft = self._draft()
        logits = self._engine.feed(self._context, draft, self._stopped)
        if logits is None:
            self.finish = "stopped"
            raise StopIteration
        accepted = self._settle(logits, draft)
        self.statistics.passes += 1
        if self._drafter is not None and self.statistics.passes > 1:
            self._drafter.observe(len(draft), accepted)
        return self._context[start:]

    def _draft(self) -> list[int]:
        if self._drafter is None or not self.statistics.passes or self.finish is not None:
            return []
        left = self._limit - self.statistics.tokens - 1  # every pass gives one token without a draft
        draft = list(self._drafter.propose(self._context))[: min(left, self._engine.room(len(self._context)))]
        for place, token in enumerate(draft):
            if token in self._stop_ids:
                del draft[place:]
                break
        if self._constraint is not None and draft:
            del draft[self._constraint.allowed(draft) :]
        return draft

    def _settle(self, logits: torch.Tensor, draft: Sequence[int]) -> int:
        """Take tokens from the rows as long as the draft was right, then forced ones. Returns how many drafted tokens
        were right."""
        forced: deque[int] = deque()
        start = len(self._context)
        accepted = 0
        for place in range(len(draft) + 1):
            token = forced.popleft() if forced else self._pick(logits[place])
            self._take(token)
            if not forced:
                forced.extend(self._forced())
            if self.finish is not None or place == len(draft) or token != draft[place]:
                break
            accepted += 1
        self._take_forced(forced)
        self._engine.cache.crop(start + accepted)
        self.statistics.drafted_tokens += len(draft)
        self.statistics.accepted_tokens += accepted
        return accepted

    def _pick(self, row: torch.Tensor) -> int:
        if self._biases:
            row = row.cpu()  # copied once; a bias reads single logits, each of which would wait for the device
        for bias in self._biases:
            row = bias.adjust(row)
        return self._sampler.pick(row if self._constraint is None else self._constraint.mask(row))

    def _forced(self) -> Sequence[int]:
        if self._constraint is None or self.finish is not None:
            return ()
        forced = self._constraint.forced()
        self.statistics.forced_tokens += len(forced)
        return forced

    def _take_forced(self, forced: deque[int]) -> None:
        """Take forced tokens as long as there are more."""
        while forced and self.finish is None:
            self._take(forced.popleft())
            if not forced:
                forced.extend(self._forced())

    def _take(self, token: int) -> None:
        self.statistics.tokens += 1
        if token in self._stop_ids:
            self.finish = "end"
            return
        self._context.append(token)
        for bias in self._biases:
            bias.accept(token)
        if self._constraint is not None:
            self._constraint.accept(token)
        if self.statistics.tokens >= self._limit:
            self.finish = "length"
