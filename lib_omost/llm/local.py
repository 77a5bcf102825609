"""A language model that runs in this process, through transformers."""

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
from .encoding import Detokenizer, PromptEncoder, family_of
from .guidance import Guidance, Guide
from .lookup import ACCELERATOR, CPU_BFLOAT16, CPU_FLOAT32, PassCost, PromptLookup
from .sampling import Sampler
from .window import Fitted, fit

_LEFT_OUT = "The reply has no room for everything, so it leaves out: {}. Allow more new tokens to get it all."
_NO_ROOM = "The reply has too little room to be held to what was asked for. Allow more new tokens."


class LocalChatModel:
    """A causal language model with its tokenizer, chat format and conversation cache. One reply at a time: a second
    request waits until the first has ended.

    name: as shown to the user. context_length: tokens that prompt and reply may have together. statistics: what the
    last reply cost (None before the first). guidance: what a model that needs help is held to if the grammar is asked
    for. draft_cost: what checking drafted tokens costs; None for the usual one of the device and precision.
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
        self._encoder = PromptEncoder(tokenizer, family)
        self._engine = Engine(model, prefill_chunk=256 if model.device.type == "cpu" else 2048)
        self._residence = Residence(model)
        self._stop_ids = {*self._encoder.stop_ids, *_end_tokens(model)}
        self._turn = threading.Lock()
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
        """Loads a checkpoint, see `checkpoint.read_checkpoint`.

        family: the chat format, None for the one that the vocabulary shows. context_length: shortens the window that
        the checkpoint states. notices: sentences for the user, given with every reply. guidance: see the class.
        Raises ModelError when it cannot be loaded.
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
        """Tokens of the whole prompt for these messages, the opening of the answer included."""
        return len(self._encoder.encode(messages))

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, *, grammar: bool, stop: threading.Event
    ) -> Generation:
        """Starts a reply, see `ChatModel.stream`. Raises ModelError when the last message alone is too long."""
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
            with self._my_turn(stopped) as mine:
                if not mine:
                    return "stopped"
                constraint = self.grammar.start(fitted.max_new_tokens, script) if grammar else None
                return self._write(prompt, fitted, sampling, constraint, guide, emit, stopped)

        return Generation(
            work,
            stop=stop,
            prompt_tokens=len(prompt),
            dropped_rounds=fitted.dropped_rounds,
            notices=(*self._notices, *guide.notices, *left_out, *fitted.notices),
            name=f"{self.name} writes",
        )

    @cached_property
    def grammar(self) -> CanvasGrammar:
        """The Canvas grammar for this model's tokenizer, made at first use."""
        return CanvasGrammar(self._encoder.tokenizer, self._engine.model.config.vocab_size, self._encoder.stop_ids[0])

    def warm(self, messages: Sequence[Message], *, grammar: bool) -> None:
        """Does beforehand what every first reply would have to: reads the messages that all conversations begin
        with, and makes the grammar."""
        with self._turn:
            if grammar:
                constraint = self.grammar.start(self.context_length)
                constraint.mask(torch.zeros(self.grammar.vocabulary))
            prompt = self._encoder.encode(messages, generation_prompt=False)
            self._engine.prepare(prompt)
            self._engine.feed(prompt, (), lambda: False)

    def to(self, device: str) -> LocalChatModel:
        """Moves the weights, once the reply that is being written has ended; the conversation's cache is dropped."""
        with self._turn:
            self._engine.cache.forget()
            self._residence.to(device)
        return self

    def forget(self) -> None:
        """Gives the memory of the conversation's cache back; the next round reads its prompt anew."""
        with self._turn:
            self._engine.cache.forget()

    def _write(
        self,
        prompt: Sequence[int],
        fitted: Fitted,
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
                sampler=Sampler(sampling),
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
            self._engine.cache.forget()  # it may be half written
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
    def _my_turn(self, stopped: Callable[[], bool]) -> Iterator[bool]:
        while not (mine := self._turn.acquire(timeout=0.05)):
            if stopped():
                break
        try:
            yield mine
        finally:
            if mine:
                self._turn.release()


def _end_tokens(model: Any) -> list[int]:
    """The tokens at which the checkpoint itself says to stop."""
    end = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    return [] if end is None else [end] if isinstance(end, int) else list(end)
