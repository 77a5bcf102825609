"""Evaluates the embedded composer on held-out prompts and edits.

    python -m training.evaluate_composer --count 6 --out FOLDER
    python -m training.evaluate_composer --out FOLDER --transcript PATH_OF_A_TRANSCRIPT

Replies are decoded with the model class and the settings of the program. ``--count`` takes a sample of so many prompts
and so many edits, with the kinds of edits in turn. ``--out`` saves every reply; a run with the folder of an earlier one
uses the replies in it and makes the others, so different adapters need different folders.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads starve a shared machine

import torch

from lib_omost.canvas.events import Interpretation
from lib_omost.canvas.model import Canvas, Region
from lib_omost.canvas.prompt import system_prompt
from lib_omost.canvas.stream import interpret
from lib_omost.embedded.composer.guidance import BriefGuidance
from lib_omost.embedded.composer.layout import overlap
from lib_omost.embedded.composer.loading import converted_base, open_base
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.local import LocalChatModel
from lib_omost.llm.templates import render
from lib_omost.presets import COMPOSERS
from training.corpus import heldout, setting
from training.corpus.briefs import COLOR_WORDS, Brief, Wish
from training.corpus.director import Director
from training.corpus.layout import write
from training.corpus.things import thing
from training.export_composer import TARGET


@dataclass(frozen=True)
class Reply:
    """The result of one request. ``first``: seconds until its first words. ``sound``: it ended by itself and every call
    was parsed without a note."""

    text: str
    interpretation: Interpretation
    finished: str | None
    tokens: int
    seconds: float
    first: float = 0.0
    notices: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        canvas = self.interpretation.canvas
        dropped = any(note.kind == "dropped" for note in self.interpretation.notes)
        return self.finished == "end" and canvas is not None and bool(canvas.regions) and not dropped


def ask(model: LocalChatModel, turns: Sequence[str], sampling: Sampling, grammar: bool) -> Reply:
    """The reply to the last of ``turns``, which are prompts and replies alternately."""
    roles = ("user", "assistant")
    messages = [Message("system", system_prompt())]
    messages += [Message(roles[index % 2], text) for index, text in enumerate(turns)]  # type: ignore[arg-type]
    started = time.monotonic()
    generation = model.stream(messages, sampling, grammar=grammar, stop=threading.Event())
    text, first = "", 0.0
    for piece in generation:
        first = first or time.monotonic() - started
        text += piece
    seconds = time.monotonic() - started
    notices = tuple(generation.notices)
    return Reply(text, interpret(text), generation.finished, generation.tokens, seconds, first, notices)


def load(base: Path, adapter: Path) -> LocalChatModel:
    """The embedded composer as the program runs it on a CPU."""
    return open_base(base, device="cpu", adapter=adapter, guidance=BriefGuidance())


def _texts(canvas: Canvas) -> str:
    parts = [canvas.global_description.description, *canvas.global_description.detailed_descriptions]
    for region in canvas.regions:
        parts += [region.description, *region.detailed_descriptions]
    return " ".join(parts).lower()


def placed(canvas: Canvas | None, nouns: Sequence[str], regions_only: bool = False) -> float:
    """Share of the nouns that appear in a description (plurals count; "/" separates alternatives)."""
    if canvas is None:
        return 0.0
    text = " ".join(region.description for region in canvas.regions).lower() if regions_only else _texts(canvas)
    return sum(any(word in text for word in noun.split("/")) for noun in nouns) / max(1, len(nouns))


def distinct(canvas: Canvas | None) -> float:
    """Share of distinct sentences among all sentences of a canvas."""
    if canvas is None:
        return 0.0
    sentences = list(canvas.global_description.detailed_descriptions)
    sentences += [text for region in canvas.regions for text in region.detailed_descriptions]
    return len(set(sentences)) / max(1, len(sentences))


def first_canvas(index: int) -> tuple[str, Canvas]:
    """The prompt and canvas with which a held-out edit starts; it never contains what the edit asks for."""
    kind, (names, place), _, words = heldout.EDITS[index]
    rng = random.Random(f"held-out {index}")
    while True:
        brief = Brief(tuple(Wish(thing(name)) for name in names), place=setting.all_places()[place])
        canvas = Director(rng, brief, terse=True).scene(len(names) + rng.choice((0, 1))).canvas()
        if not done(kind, words, canvas, canvas):
            break
    return f"a picture of the {names[0]} and the {names[1]} {setting.all_places()[place].phrase}", canvas


def _with(canvas: Canvas, word: str) -> list[Region]:
    pattern = re.compile(rf"\b{re.escape(word)}", re.IGNORECASE)
    return [region for region in canvas.regions if pattern.search(region.description)]


def done(kind: str, words: Sequence[str], before: Canvas, after: Canvas | None) -> bool:
    """Whether an edit did what it should, by rules."""
    if after is None:
        return False
    if kind == "add":
        return len(after.regions) > len(before.regions) and bool(_with(after, words[0]))
    if kind == "remove":
        return not _with(after, words[0]) and len(after.regions) == len(before.regions) - len(_with(before, words[0]))
    if kind == "replace":
        return bool(_with(after, words[1])) and not _with(after, words[0])
    if kind == "recolor":
        found = _with(after, words[0])
        return bool(found) and (
            words[1] in found[0].description.lower() or found[0].color_name in COLOR_WORDS[words[1]]
        )
    if kind == "move":
        found = _with(after, words[0])
        if not found:
            return False
        old, new = _with(before, words[0])[0].rect, found[0].rect
        dx = new.left + new.right - old.left - old.right
        dy = new.top + new.bottom - old.top - old.bottom
        return {"left": dx < 0, "right": dx > 0, "top": dy < 0, "bottom": dy > 0}[words[1]]
    assert kind == "light"
    head = after.global_description
    said = " ".join((head.description, *head.detailed_descriptions, head.tags)).lower()
    return words[0] in said and head != before.global_description


def kept(kind: str, words: Sequence[str], before: Canvas, after: Canvas | None) -> tuple[int, int]:
    """Of the regions that an edit should not change: how many are unchanged word for word, and how many there are."""
    touched = _with(before, words[0]) if kind in ("remove", "replace", "recolor", "move") else []
    alone = [region for region in before.regions if region not in touched]
    return sum(region in after.regions for region in alone) if after else 0, len(alone)


def transcript_turns(path: Path) -> list[str]:
    """Prompts and replies of a transcript with the headings "### User" and "### Assistance"."""
    parts = re.split(r"^### .*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [part.strip() for part in parts]


def likelihood(turns: Sequence[str], base: Path, adapter: Path | None) -> float:
    """Mean loss of the replies in a conversation, in nats per token."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    total, count = 0.0, 0
    messages = [Message("system", system_prompt())]
    ids: list[int] = []
    spans: list[tuple[int, int]] = []
    text = ""
    for index, turn in enumerate(turns):
        messages.append(Message("user" if index % 2 == 0 else "assistant", turn))
        whole = render("chatml", messages, generation_prompt=index % 2 == 0)
        fresh = tokenizer(whole[len(text) :], add_special_tokens=False).input_ids
        if index % 2:
            spans.append((len(ids), len(ids) + len(fresh)))
        ids += fresh
        text = whole
    with torch.inference_mode():
        hidden = model.model(input_ids=torch.tensor([ids])).last_hidden_state[0]
        for begin, end in spans:
            logits = model.lm_head(hidden[begin - 1 : end - 1]).float()
            total += float(torch.nn.functional.cross_entropy(logits, torch.tensor(ids[begin:end]), reduction="sum"))
            count += end - begin
    return total / count


def _mean(values: Sequence[float]) -> str:
    return f"{100 * sum(values) / len(values):.0f}%" if values else "-"


def main() -> None:
    usual = COMPOSERS["embedded"].sampling
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, help="the converted base (default: in the program's cache)")
    parser.add_argument("--adapter", type=Path, default=TARGET)
    parser.add_argument("--prompts", type=int, default=len(heldout.PROMPTS) + len(heldout.NOTHING_VISUAL))
    parser.add_argument("--edits", type=int, default=len(heldout.EDITS))
    parser.add_argument("--grammar", choices=("on", "off", "both"), default="both")
    parser.add_argument("--temperature", type=float, default=usual.temperature)
    parser.add_argument("--max-new-tokens", type=int, default=usual.max_new_tokens)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--transcript", type=Path, help="also print the likelihood of this transcript")
    parser.add_argument("--out", type=Path, help="save the replies in this folder")
    parser.add_argument("--count", type=int, help="number of prompts, and of edits (default: all)")
    options = parser.parse_args()
    torch.set_grad_enabled(False)
    base = options.base or converted_base()
    sampling = Sampling(options.temperature, usual.top_p, options.max_new_tokens, options.seed)
    if options.transcript:
        turns = transcript_turns(options.transcript)
        untuned, tuned = likelihood(turns, base, None), likelihood(turns, base, options.adapter)
        print(f"transcript: {untuned:.3f} nats per token without, {tuned:.3f} with the adapter", flush=True)
    prompts, changes = options.count or options.prompts, options.count or options.edits
    asked = list(enumerate([*heldout.PROMPTS, *[(text, ()) for text in heldout.NOTHING_VISUAL]]))
    asked = asked[:: max(1, len(asked) // max(1, prompts))][:prompts]
    edits = in_turn()[:changes]
    if not asked and not edits:
        return
    model = load(base, options.adapter)
    for grammar in [True, False] if options.grammar == "both" else [options.grammar == "on"]:
        _report_prompts(model, asked, sampling, grammar, options.out)
    _report_edits(model, edits, sampling, options.grammar != "off", options.out)


def in_turn() -> list[int]:
    """Indices of the held-out edits, with the kinds of edits in turn."""
    seen: dict[str, int] = {}
    ranks = []
    for index, (kind, _, _, _) in enumerate(heldout.EDITS):
        ranks.append((seen.setdefault(kind, 0), index))
        seen[kind] += 1
    return [index for _, index in sorted(ranks)]


def kept_reply(folder: Path | None, name: str, make: Callable[[], Reply]) -> Reply:
    """The saved reply of this name, or a new one, which is then saved."""
    if folder is None:
        return make()
    path = folder / f"{re.sub(r'[^A-Za-z0-9]+', '-', name)[:120]}.json"
    if path.exists():
        saved = json.loads(path.read_text(encoding="utf-8"))
        return Reply(interpretation=interpret(saved["text"]), **saved)
    reply = make()
    folder.mkdir(parents=True, exist_ok=True)
    saved = {name: getattr(reply, name) for name in ("text", "finished", "tokens", "seconds", "first", "notices")}
    path.write_text(json.dumps(saved, ensure_ascii=False, indent=1), encoding="utf-8")
    return reply


def _report_prompts(
    model: LocalChatModel,
    asked: Sequence[tuple[int, tuple[str, Sequence[str]]]],
    sampling: Sampling,
    grammar: bool,
    out: Path | None,
) -> None:
    sound, nouns, in_regions, different, lengths = [], [], [], [], []
    common: list[float] = []
    for index, (text, expected) in asked:
        name = f"prompt{index}-{'grammar' if grammar else 'free'}"
        reply = kept_reply(out, name, lambda text=text: ask(model, [text], sampling, grammar))  # type: ignore[misc]
        canvas = reply.interpretation.canvas
        sound.append(reply.sound)
        different.append(distinct(canvas))
        lengths.append(reply.tokens)
        if expected:
            nouns.append(placed(canvas, expected))
            in_regions.append(placed(canvas, expected, regions_only=True))
        if canvas:
            common += [overlap(one.rect, other.rect) for one, other in combinations(canvas.regions, 2)]
        titles = [region.description for region in canvas.regions] if canvas else []
        print(
            f"  {'sound' if reply.sound else 'BROKEN'} {reply.tokens} tokens {reply.seconds:.0f} s {text!r}: {titles}",
            flush=True,
        )
    if asked:
        print(
            f"{len(asked)} prompts {'with' if grammar else 'without'} grammar: sound {_mean(sound)}, "
            f"nouns placed {_mean(nouns)} (named by a region {_mean(in_regions)}), "
            f"distinct sentences {_mean(different)}, of two regions {_mean(common)} of the smaller one shared, "
            f"{sum(lengths) / len(lengths):.0f} tokens a reply",
            flush=True,
        )


def _report_edits(
    model: LocalChatModel, edits: Sequence[int], sampling: Sampling, grammar: bool, out: Path | None
) -> None:
    did: dict[str, list[bool]] = {}
    same, alone = 0, 0
    for index in edits:
        kind, _, request, words = heldout.EDITS[index]
        prompt, before = first_canvas(index)
        turns = [prompt, write(before), request]
        reply = kept_reply(out, f"edit{index}-{kind}", lambda turns=turns: ask(model, turns, sampling, grammar))  # type: ignore[misc]
        after = reply.interpretation.canvas
        good = done(kind, words, before, after)
        whole, untouched = kept(kind, words, before, after)
        did.setdefault(kind, []).append(good)
        same, alone = same + whole, alone + untouched
        print(
            f"  {'done' if good else 'NOT DONE'} kept {whole}/{untouched} "
            f"{reply.tokens} tokens {reply.seconds:.0f} s  {kind}: {request!r}",
            flush=True,
        )
    if edits:
        kinds = ", ".join(f"{kind} {sum(row)}/{len(row)}" for kind, row in did.items())
        print(
            f"{len(edits)} edits: done {_mean([good for row in did.values() for good in row])} ({kinds}), "
            f"untouched regions kept {_mean([same / max(1, alone)])}",
            flush=True,
        )


if __name__ == "__main__":
    main()
