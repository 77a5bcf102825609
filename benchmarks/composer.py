"""The embedded composer: what an edit reads again, what drafts save, what the grammar costs, and the speed.

The edit is the second round of a published transcript: exactly its tokens are picked, whatever the model predicts, so
that passes and times are those of that reply. Decoding with drafts writes the whole reply; plain decoding writes
stretches of it in between, from the same cache, and the rest is extrapolated at the same time per token.
"""

from __future__ import annotations

import argparse
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks.report import finish, table
from lib_omost.canvas import interpret, system_prompt
from lib_omost.embedded.composer.loading import load_embedded
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.decoding import Decoding, Drafter
from lib_omost.llm.local import LocalChatModel
from lib_omost.llm.lookup import PromptLookup
from lib_omost.llm.sampling import TokenSampler
from lib_omost.presets import COMPOSERS, EMBEDDED_COMPOSER, ROOT

TRANSCRIPT = ROOT.parent / "shared" / "data" / "transcript.md"
STRETCHES = 8
"""Number of places in the reply at which plain decoding is measured."""
STRETCH = 12
"""Number of tokens that plain decoding writes at each of them."""
GREEDY = 240
"""Number of tokens that are decoded greedily, with and without drafts."""
PARTS = ("edit", "greedy", "grammar", "stream")

Rows = list[tuple[object, ...]]
Ratios = dict[str, object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument(
        "--transcript", type=Path, default=TRANSCRIPT, help="transcript with a ### heading before every turn"
    )
    parser.add_argument("--tokens", type=int, default=4096, help="maximum number of tokens of the edit")
    parser.add_argument("--replies", type=int, default=20, help="sampled replies of an untrained model and of ours")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = load_embedded(EMBEDDED_COMPOSER, device=options.device)
    rows: Rows = []
    ratios: Ratios = {}
    if "edit" in options.parts:
        _edit(model, _turns(options.transcript), options.tokens, rows, ratios)
    if "greedy" in options.parts:
        _greedy(model, _turns(options.transcript), rows, ratios)
    if "grammar" in options.parts:
        _grammar(model, options.replies, rows, ratios)
    if "stream" in options.parts:
        _stream(model, rows, ratios)
    table(("what", "value", "unit"), rows)
    finish("composer", options.device, ratios)


class _Script:
    """A sampler that picks the tokens of a given text in order."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens = iter(tokens)

    def pick(self, logits: torch.Tensor) -> int:
        del logits
        return next(self._tokens)


def _asked(turns: Sequence[str]) -> list[Message]:
    """The conversation up to the request for the edit."""
    roles: Iterator[Any] = iter(("system", "user", "assistant", "user"))
    return [Message(next(roles), text) for text in (system_prompt(), *turns[:3])]


def _greedy(model: LocalChatModel, turns: Sequence[str], rows: Rows, ratios: Ratios) -> None:
    """Greedy decoding with and without drafts."""
    engine, encoder = model._engine, model._encoder
    prompt = encoder.encode(_asked(turns))
    replies: list[list[int]] = []
    for drafter in (None, PromptLookup(model._draft_cost)):
        sampler = TokenSampler(Sampling(temperature=0))
        decoding = Decoding(
            engine,
            prompt,
            limit=GREEDY,
            sampler=sampler,
            stop_ids=encoder.stop_ids,
            stopped=lambda: False,
            drafter=drafter,
        )
        replies.append([token for tokens in decoding for token in tokens])
        engine.cache.crop(len(prompt) - 1)
    plain, drafted = replies
    same = next((place for place, (a, b) in enumerate(zip(plain, drafted, strict=False)) if a != b), len(plain))
    rows.append(
        ("greedy reply alike with drafts", f"{same} of {len(plain)}", f"tokens in {decoding.statistics.passes} passes")
    )
    ratios["greedy alike"] = same / len(plain)


def _edit(model: LocalChatModel, turns: Sequence[str], most: int, rows: Rows, ratios: Ratios) -> None:
    engine, encoder = model._engine, model._encoder
    messages = _asked(turns)
    first = encoder.encode(messages[:3], generation_prompt=False)
    prompt = encoder.encode(messages)
    reply = [*encoder.encode_text(turns[3]), encoder.stop_ids[0]][:most]

    def read() -> None:
        engine.prepare(prompt)
        engine.feed(prompt, (), lambda: False)

    engine.cache.forget()
    cold = _cpu(read)
    # What the first round left behind: its prompt and its reply.
    common = next((place for place, (a, b) in enumerate(zip(first, prompt, strict=False)) if a != b), len(first))
    engine.cache.crop(common)
    warm = _cpu(read)
    new = (len(prompt) - common) / len(prompt)
    rows += [
        ("round two: prompt tokens", len(prompt), "tokens"),
        ("of them read again", len(prompt) - common, "tokens"),
    ]
    rows += [("reading it anew", cold, "s"), ("with the conversation's cache", warm, "s")]
    ratios.update({"prompt read again": new, "prefill faster": cold / warm})

    def decoding(context: Sequence[int], tokens: Sequence[int], drafter: Drafter | None) -> Decoding:
        sampler: Any = _Script(tokens)
        stop_ids = encoder.stop_ids
        return Decoding(
            engine,
            context,
            limit=len(tokens),
            sampler=sampler,
            stop_ids=stop_ids,
            stopped=lambda: False,
            drafter=drafter,
        )

    drafted = decoding(prompt, reply, PromptLookup(model._draft_cost))
    every = max(1, len(reply) // STRETCHES)
    seconds = plain = 0.0
    written = sampled = 0
    while True:
        pieces: list[list[int]] = []
        seconds += _cpu(lambda pieces=pieces: pieces.extend([piece] if (piece := next(drafted, None)) else []))  # type: ignore[misc]
        if not pieces:
            break
        before, written = written, len(drafted.reply)
        if before // every == written // every or len(reply) - written < STRETCH:
            continue
        # The same place without drafts; what it writes is forgotten again.
        context = [*prompt, *drafted.reply]
        stretch = decoding(context, reply[written : written + STRETCH], None)
        next(stretch)  # reads what is new in the context, which drafted decoding would have read in its own next pass
        plain += _cpu(lambda stretch=stretch: [None for _ in stretch])  # type: ignore[misc]
        sampled += STRETCH - 1
        engine.cache.crop(len(context) - 1)
    tokens = drafted.statistics.tokens
    token = plain / sampled
    rows += [("plain decoding", token * 1e3, "ms a token"), ("with drafts", seconds / tokens * 1e3, "ms a token")]
    rows += [("passes", drafted.statistics.passes, f"for {tokens} tokens")]
    ratios["passes a token"] = drafted.statistics.passes / tokens
    ratios["edit faster"] = token * tokens / seconds

    constraint = model.grammar.start(model.context_length)

    def follow() -> None:
        logits = torch.zeros(model.grammar.vocabulary)
        for id in drafted.reply:
            constraint.mask(logits)
            constraint.forced()
            constraint.accept(id)

    masking = _cpu(follow) / len(drafted.reply)
    rows.append(("grammar", masking * 1e3, "ms a token"))
    ratios["grammar's part of a plain token"] = masking / token


def _grammar(model: LocalChatModel, replies: int, rows: Rows, ratios: Ratios) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = model._encoder.tokenizer
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=4096,
        initializer_range=0.2,
    )
    untrained = LocalChatModel(LlamaForCausalLM(config), tokenizer, name="untrained", family="chatml")
    asked = [[Message("user", "a lake")]]
    ours = [[Message("system", system_prompt()), Message("user", text)] for text in COMPOSERS["embedded"].examples]
    _sample("an untrained model", untrained, asked, replies, rows, ratios)
    _sample("the embedded composer", model, ours, replies, rows, ratios)


def _sample(
    name: str, model: LocalChatModel, asked: Sequence[Sequence[Message]], replies: int, rows: Rows, ratios: Ratios
) -> None:
    """Replies sampled at temperature 1, with budgets from the minimum that a canvas needs."""
    valid = tokens = 0
    for seed in range(replies):
        budget = model.grammar.least + 40 * (seed % 10)
        sampling = Sampling(temperature=1.0, top_p=1.0, max_new_tokens=budget, seed=seed)
        messages = asked[seed % len(asked)]
        with model.stream(messages, sampling, grammar=True, stop=threading.Event()) as generation:
            found = interpret("".join(generation))
            tokens += generation.tokens
        valid += found.canvas is not None and not found.notes and bool(found.canvas.regions)
    rows.append((f"valid replies of {name}", f"{valid} of {replies}", f"{tokens} tokens"))
    ratios[f"valid, {name}"] = valid / max(1, replies)


def _stream(model: LocalChatModel, rows: Rows, ratios: Ratios) -> None:
    preset = COMPOSERS["embedded"]
    model.warm([Message("system", system_prompt())], grammar=True)
    messages = [Message("system", system_prompt()), Message("user", preset.examples[0])]
    sampling = Sampling(temperature=preset.sampling.temperature, top_p=preset.sampling.top_p, max_new_tokens=200)
    wall, cpu = time.perf_counter(), time.process_time()
    first = first_cpu = 0.0
    with model.stream(messages, sampling, grammar=True, stop=threading.Event()) as generation:
        for _ in generation:
            if not first:
                first, first_cpu = time.perf_counter() - wall, time.process_time() - cpu
        tokens = generation.tokens
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rows += [("first words after", first, "s"), ("first words after, of CPU time", first_cpu, "s")]
    rows += [("speed", tokens / wall, "tokens/s"), ("speed, of CPU time", tokens / cpu, "tokens/s")]
    ratios.update({"first words s": first, "first words CPU s": first_cpu})
    ratios.update({"tokens/s": tokens / wall, "tokens/CPU s": tokens / cpu})


def _turns(path: Path) -> list[str]:
    """Prompts and replies alternately; lines set in asterisks are remarks of the publisher."""
    if not path.exists():
        raise SystemExit(f"There is no transcript at {path}: name one with --transcript, or leave out the part edit.")
    parts = re.split(r"^### .*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [re.sub(r"^\*\(.*\)\*$", "", part, flags=re.MULTILINE).strip() for part in parts]


def _cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process; on an idle machine about equal to wall time."""
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
