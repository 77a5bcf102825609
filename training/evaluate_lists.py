"""Evaluates the embedded composer on the lists of prompts and edits as people type them.

    python -m training.evaluate_lists open --without-model
    python -m training.evaluate_lists open --count 20 --out FOLDER

What a canvas shows and where, and which edits are made, depends only on the scripts that the composer writes for its
model; ``--without-model`` judges those in seconds, with the shortest text in every open place. With the model,
``--count`` takes so many prompts and so many edits, spread over the lists, and also prints times and sentences.
``--out`` saves the replies; the same command continues from there.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import torch

from lib_omost.canvas.stream import interpret
from lib_omost.embedded.composer.guidance import BriefGuidance
from lib_omost.embedded.composer.layout import CLOSE
from lib_omost.embedded.composer.loading import converted_base
from lib_omost.embedded.composer.reader import read
from lib_omost.llm.base import Message
from lib_omost.presets import COMPOSERS
from training import floors
from training.evaluate_composer import Reply, ask, kept_reply, load
from training.export_composer import TARGET

Row = TypeVar("Row")
Answer = Callable[[str, Sequence[str]], Reply]
"""Returns the reply to the last of some turns; the first argument is a name for it."""


def shortest(name: str, turns: Sequence[str]) -> Reply:
    """The shortest reply that the script of a request allows."""
    roles = ("user", "assistant")
    messages = [Message(roles[index % 2], text) for index, text in enumerate(turns)]  # type: ignore[arg-type]
    guide = BriefGuidance().guide(messages)
    text = f"```python\n# Initialize the canvas\ncanvas = Canvas()\n{''.join(guide.scripts[0].calls)}```"
    return Reply(text, interpret(text), "end", 0, 0.0, notices=guide.notices)


def report_prompts(asked: Sequence[floors.Asked], answer: Answer) -> None:
    """Prints a line for every prompt with a failure, then the totals."""
    missing = wanted = unrequested = regions = overlaps = pairs = told = foreign = unsound = 0
    times: list[tuple[float, float, int]] = []
    for one in asked:
        reply = answer(f"prompt {one.prompt}", [one.prompt])
        canvas = reply.interpretation.canvas
        unsound += not reply.sound
        if canvas is None:
            continue
        if not one.english:
            foreign += 1
            told += any("English" in notice for notice in reply.notices)
            continue
        brief = read(one.prompt)
        close = [link for link in brief.links if link.relation in CLOSE]
        reasons = [(brief.things[link.one].head, brief.things[link.other].head) for link in close]
        left, more = floors.missing(canvas, one), floors.unrequested(canvas, one)
        wrong, both = floors.overlapping(canvas, reasons)
        if left or more or wrong:
            print(f"  {one.prompt!r}: no region for {left}, unrequested {more}, {wrong} overlaps", flush=True)
        missing, wanted = missing + len(left), wanted + len(one.things)
        unrequested, regions = unrequested + len(more), regions + len(canvas.regions)
        overlaps, pairs = overlaps + wrong, pairs + both
        times.append((reply.first, reply.seconds, len(canvas.regions)))
    print(
        f"{len(asked)} prompts, {unsound} invalid: {_share(wanted - missing, wanted)} of things have a region, "
        f"{_share(unrequested, regions)} of regions unrequested, {_share(overlaps, pairs)} of pairs overlap too much, "
        f"{told} of {foreign} in other languages answered with a notice",
        flush=True,
    )
    three = sorted(seconds for _, seconds, count in times if count == 3 and seconds)
    first = sorted(first for first, _, _ in times if first)
    if first and three:
        print(
            f"first words after {first[len(first) // 2]:.1f} s, a reply of 3 regions {three[len(three) // 2]:.1f} s "
            "(medians)",
            flush=True,
        )


def report_edits(wanted: Sequence[floors.Wanted], answer: Answer) -> None:
    """Prints a line for every edit with a failure, then the totals."""
    good = unsound = same = alone = 0
    for one in wanted:
        first = answer(f"layout {one.prompt}", [one.prompt])
        reply = answer(f"edit {one.prompt} {one.request}", [one.prompt, first.text, one.request])
        before, after = first.interpretation.canvas, reply.interpretation.canvas
        unsound += not reply.sound
        if before is None or after is None:
            continue
        undone = [change for change in one.changes if not floors.done(change, before, after)]
        whole, untouched = floors.kept(one.changes, before, after)
        good, same, alone = good + (not undone), same + whole, alone + untouched
        if undone or whole < untouched:
            print(f"  {one.request!r} for {one.prompt!r}: not done {undone}, kept {whole} of {untouched}", flush=True)
    print(
        f"{len(wanted)} edits, {unsound} invalid: {_share(good, len(wanted))} done as requested, "
        f"{_share(same, alone)} of the other regions kept word for word",
        flush=True,
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f}% ({part} of {whole})"


def _some(rows: Sequence[Row], count: int | None) -> Sequence[Row]:
    return rows if not count else rows[:: max(1, len(rows) // count)][:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", choices=("open", "closed", "sealed", "unseen", "last"))
    parser.add_argument("--without-model", action="store_true")
    parser.add_argument("--count", type=int, help="number of prompts, and of edits (default: all)")
    parser.add_argument("--base", type=Path, help="the converted base (default: in the program's cache)")
    parser.add_argument("--adapter", type=Path, default=TARGET)
    parser.add_argument("--out", type=Path, help="save the replies in this folder")
    options = parser.parse_args()
    answer: Answer = shortest
    if not options.without_model:
        torch.set_grad_enabled(False)
        model = load(options.base or converted_base(), options.adapter)
        sampling = COMPOSERS["embedded"].sampling

        def write(name: str, turns: Sequence[str]) -> Reply:
            return kept_reply(options.out, name, lambda: ask(model, turns, sampling, grammar=True))

        answer = write
    if prompts := floors.prompts(options.list):
        report_prompts(_some(prompts, options.count), answer)
    report_edits(_some(floors.edits(options.list), options.count), answer)


if __name__ == "__main__":
    main()
