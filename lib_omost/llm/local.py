"""A language model that runs in this process, on transformers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerBase

from ..errors import ModelError
from ..runtime.device import is_out_of_memory
from ..runtime.residence import Residence
from .base import Finish, Generation, Message, Sampling
from .checkpoint import read_checkpoint
from .constrain import CanvasConstraint, CanvasGrammar
from .decoding import Decoding, Engine, Statistics
from .encoding import ChatEncoder, Detokenizer, family_of
from .guidance import Guidance, Guide
from .lookup import ACCELERATOR, CPU_BFLOAT16, CPU_FLOAT32, PassCost, PromptLookup
from .sampling import TokenSampler
from .window import Counts, FittedConversation, candidates, fit

_LEFT_OUT = "The reply has no room for everything, so it leaves out: {}. Allow more new tokens to get it all."
_NO_ROOM = "The limit of new tokens is too small to make sure that the reply has all of it. Allow more new tokens."


class LocalChatModel:
    """A causal language model with its tokenizer, chat format and conversation cache. It writes one reply at a time; a
    second request waits until the first has ended.

    name: as shown to the user. context_length: maximum number of tokens of prompt and reply together. statistics: of
    the last reply (None before the first). guidance: additional help for replies with a grammar. draft_cost: cost of
    verifying drafted tokens; None for the default of the device and precision.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        *,
        name: str,
        family: str,
        context_length: int | None = None,
        notices: Sequence[str] = (),
        guidance: Guidance | None = None,
        draft_cost: PassCost | None = None,
    ) -> None:
        known = getattr(model.config, "max_position_embeddings", None)
        lengths = [length for length in (context_length, known) if length]
        if not lengths:
            raise ModelError(f"{name} does not say how long its window is; give a context length.")
        self.name = name
        self.context_length = min(lengths)
        self.statistics: Statistics | None = None
        self._notices = tuple(notices)
        self._guidance = guidance
        self._encoder = ChatEncoder(tokenizer, family)
        self._counts = Counts(lambda text: len(self._encoder.encode_text(text)))
        self._engine = Engine(model, prefill_chunk=256 if model.device.type == "cpu" else 2048)
        self._residence = Residence(model)
        self._stop_ids = {*self._encoder.stop_ids, *_end_tokens(model)}
        self._lock = threading.Lock()
        on_cpu = CPU_BFLOAT16 if model.dtype == torch.bfloat16 else CPU_FLOAT32
        self._draft_cost = draft_cost or (on_cpu if model.device.type == "cpu" else ACCELERATOR)

    @classmethod
    def load(
        cls,
        source: str | Path,
        *,
        family: str | None,
        device: str,
        dtype: torch.dtype | None = None,
        adapter: Path | None = None,
        context_length: int | None = None,
        name: str | None = None,
        notices: Sequence[str] = (),
        bits: int | None = None,
        guidance: Guidance | None = None,
    ) -> LocalChatModel:
        """Load a checkpoint, see `checkpoint.read_checkpoint`.

        family: the chat format, None to infer it from the vocabulary. context_length: shortens the window that the
        checkpoint states. notices: sentences for the user, passed on with every reply. guidance: see the class. Raises
        ModelError if it cannot be loaded.
        """
        model, tokenizer = read_checkpoint(source, device=device, dtype=dtype, adapter=adapter, bits=bits)
        return cls(
            model,
            tokenizer,
            name=name or Path(source).name,
            family=family or family_of(tokenizer),
            context_length=context_length,
            notices=notices,
            guidance=guidance,
        )

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Tokens of the whole prompt for these messages, including the beginning of the assistant's turn."""
        return self._encoder.count(messages, self._counts)

    def prepare(self, messages: Sequence[Message], stop: threading.Event) -> None:
        """See `ChatModel.prepare`."""
        for message in candidates(messages, self.context_length):
            if stop.is_set():
                return
            self._encoder.count([message], self._counts)

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, *, grammar: bool, stop: threading.Event
    ) -> Generation:
        """Start a reply, see `ChatModel.stream`. Raises ModelError if the last message alone is too long."""
        fitted = fit(messages, self.count_tokens, self.context_length, sampling.max_new_tokens)
        prompt = self._encoder.encode(fitted.messages)
        guide = self._guidance.guide(fitted.messages) if self._guidance is not None and grammar else Guide()
        script = self.grammar.fitting(guide.scripts, fitted.max_new_tokens) if guide.scripts else None
        left_out = []
        if guide.scripts and script is None:
            left_out = [_NO_ROOM]
        elif script is not None and script.dropped:
            left_out = [_LEFT_OUT.format(", ".join(script.dropped))]
        sampling = replace(sampling, temperature=min(2.0, sampling.temperature * guide.temperature_scale))

        def work(emit: Callable[[str, int], None], stopped: Callable[[], bool]) -> Finish:
            with self._acquired(stopped) as acquired:
                if not acquired:
                    return "stopped"
                constraint = self.grammar.start(fitted.max_new_tokens, script) if grammar else None
                return self._write(prompt, fitted, sampling, constraint, guide, emit, stopped)

        return Generation(
            work,
            stop=stop,
            prompt_tokens=len(prompt),
            dropped_rounds=fitted.dropped_rounds,
            limit=fitted.max_new_tokens,
            notices=(*self._notices, *guide.notices, *left_out, *fitted.notices),
            name=f"{self.name} writes",
        )

    @cached_property
    def grammar(self) -> CanvasGrammar:
        """The Canvas grammar for this model's tokenizer, compiled at first use."""
        return CanvasGrammar(self._encoder.tokenizer, self._engine.model.config.vocab_size, self._encoder.stop_ids[0])

    def warm(self, messages: Sequence[Message], *, grammar: bool) -> None:
        """Prepare the first reply: read the messages with which all conversations begin, and compile the grammar."""
        with self._lock:
            if grammar:
                constraint = self.grammar.start(self.context_length)
                constraint.mask(torch.zeros(self.grammar.vocabulary))
            prompt = self._encoder.encode(messages, generation_prompt=False)
            self._engine.prepare(prompt)
            self._engine.feed(prompt, (), lambda: False)

    def to(self, device: str) -> LocalChatModel:
        """Move the weights after the current reply has ended; the conversation's cache is dropped."""
        with self._lock:
            self._engine.cache.forget()
            self._residence.to(device)
        return self

    def forget(self) -> None:
        """Drop the conversation's cache; the next round reads its whole prompt again."""
        with self._lock:
            self._engine.cache.forget()

    def _write(
        self,
        prompt: Sequence[int],
        fitted: FittedConversation,
        sampling: Sampling,
        constraint: CanvasConstraint | None,
        guide: Guide,
        emit: Callable[[str, int], None],
        stopped: Callable[[], bool],
    ) -> Finish:
        text = Detokenizer(self._encoder.decode)
        limit = fitted.max_new_tokens
        try:
            decoding = Decoding(
                self._engine,
                prompt,
                limit=limit,
                sampler=TokenSampler(sampling),
                stop_ids=self._stop_ids,
                stopped=stopped,
                constraint=constraint,
                drafter=PromptLookup(self._draft_cost),
                biases=guide.biases(self.grammar.spell) if constraint is not None else (),
            )
            self.statistics = decoding.statistics
            for tokens in decoding:
                emit(text.push(tokens), decoding.statistics.tokens)
        except BaseException as error:
            self._engine.cache.forget()  # it may be inconsistent
            if is_out_of_memory(error):
                raise ModelError(
                    f"The memory of the device did not suffice for a conversation of {len(prompt)} tokens. "
                    "Start a new chat, ask for fewer new tokens, or use a smaller model."
                ) from error
            raise
        emit(text.flush(), decoding.statistics.tokens)
        self._encoder.remember(decoding.reply)
        assert decoding.finish is not None
        return decoding.finish

    @contextmanager
    def _acquired(self, stopped: Callable[[], bool]) -> Iterator[bool]:
        """Wait for the lock; yields whether it was acquired before `stopped` became true."""
        while not (acquired := self._lock.acquire(timeout=0.05)):
            if stopped():
                break
        try:
            yield acquired
        finally:
            if acquired:
                self._lock.release()


def _end_tokens(model: Any) -> list[int]:
    """The end tokens in the checkpoint's generation configuration."""
    end = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    return [] if end is None else [end] if isinstance(end, int) else list(end)
