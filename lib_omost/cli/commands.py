"""The commands that run models. Each takes the parsed arguments and returns the exit status."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lib_omost.canvas import Interpretation, as_json, interpret
from lib_omost.canvas.layouts import read_layout
from lib_omost.cli.console import IncompleteReplyError, Waits, failure, piped_lines, print_json, progress, read_text
from lib_omost.cli.models import open_studio_for
from lib_omost.cli.rendering import canvas_of, paint, settings_for
from lib_omost.errors import CanvasError, OmostError
from lib_omost.events import unknown_sentence
from lib_omost.opening.limits import unknown_to
from lib_omost.presets import PAINTERS, PainterPreset

if TYPE_CHECKING:
    from lib_omost.llm.base import Message, Sampling
    from lib_omost.studio import ChatFinished, Studio


def check(options: argparse.Namespace) -> int:
    """Interpret a reply, without any model, and print the result."""
    interpretation = read_layout(read_text(options.file, options.encoding))
    unknown = _unknown(PAINTERS["embedded"], interpretation)
    if options.json:
        print_json({**_answer(interpretation), "unknown": unknown})
    else:
        _print_notes(interpretation)
        _print_canvas(interpretation)
        if unknown:
            progress(unknown_sentence(unknown, "embedded image model"))
    return 0 if interpretation.canvas is not None else 1


def compose(options: argparse.Namespace) -> int:
    """Ask the composer for a canvas, or for a change to an earlier one."""
    studio = open_studio_for(options)
    history = _history(options.edit, options.encoding) if options.edit is not None else []
    finished = _chat(studio, history, options.prompt, _sampling(options, studio), echo=not options.json)
    if options.json:
        performance = studio.performance.to_json()
        unknown = _unknown(studio.painter_preset, finished.interpretation)
        answer = {**_answer(finished.interpretation), **_cost(finished), "unknown": unknown}
        print_json({**answer, "performance": performance})
    else:
        _print_notes(finished.interpretation)
        _print_unknown(studio, finished.interpretation)
    return 0 if finished.interpretation.canvas is not None else 1


def chat(options: argparse.Namespace) -> int:
    """Chat with the composer, one line per round; /render FILE paints the last canvas, /new starts over, /quit ends."""
    from lib_omost.llm.base import Message

    studio = open_studio_for(options)
    studio.start()
    history: list[Message] = []
    rounds: list[dict[str, object]] = []
    last: Interpretation | None = None
    progress("Describe a picture. /render FILE paints it, /new starts over, /quit ends.")
    for line in _lines(options.encoding):
        command, _, rest = line.partition(" ")
        try:
            if command in ("/quit", "/exit"):
                break
            if command == "/new":
                history, last = [], None
            elif command == "/render":
                if last is None:
                    raise CanvasError("There is no canvas yet: describe a picture first.")
                settings = settings_for(options, studio)
                target = Path(rest.strip() or "out.png")
                prompts = [message.text for message in history if message.role == "user"]
                pictures = paint(studio, studio.record(canvas_of(last), settings, prompts), target)
                rounds.append({"pictures": pictures})
            else:
                finished = _chat(studio, history, line, _sampling(options, studio), echo=not options.json)
                last = finished.interpretation
                unknown = _unknown(studio.painter_preset, last)
                rounds.append({"prompt": line, **_answer(last), **_cost(finished), "unknown": unknown})
                _print_notes(last)
                _print_unknown(studio, last)
                if last.canvas is not None:
                    history += [Message("user", line), Message("assistant", finished.reply)]
        except OmostError as error:
            rounds.append({"prompt": line, **failure(error)})
            progress(str(error))
    if options.json:
        print_json({"rounds": rounds, "performance": studio.performance.to_json()})
    return 0 if all(entry.get("ok", True) for entry in rounds) else 1


def _lines(encoding: str) -> Iterator[str]:
    """The user's non-empty lines, until the end of the input. Piped lines may be in any encoding."""
    if not sys.stdin.isatty():
        yield from filter(None, map(str.strip, piped_lines(encoding)))
        return
    while True:
        try:
            line = input("> " if sys.stdout.isatty() else "").strip()
        except EOFError:
            return
        if line:
            yield line


def _history(name: str, encoding: str) -> list[Message]:
    """A history of one round, with the reply in file `name`; its global description replaces the unknown prompt."""
    from lib_omost.llm.base import Message

    reply = read_text(name, encoding)
    scene = canvas_of(interpret(reply)).global_description.description.rstrip(".")
    return [Message("user", f"generate an image of {scene}"), Message("assistant", reply)]


def _chat(studio: Studio, history: list[Message], prompt: str, sampling: Sampling, *, echo: bool) -> ChatFinished:
    from lib_omost.render.settings import Notice
    from lib_omost.studio import CanvasChanged, ChatFinished, TextPiece, Waiting

    finished: ChatFinished | None = None
    pieces: list[str] = []
    waits = Waits()
    try:
        for event in studio.chat(history, prompt, sampling):
            match event:
                case Waiting():
                    waits.tell(event.message)
                case Notice():
                    progress(event.message)
                case TextPiece():
                    pieces.append(event.text)
                    if echo:
                        print(event.text, end="", flush=True)
                case CanvasChanged() if not echo and event.canvas is not None:
                    progress(f"{len(event.canvas.regions)} regions", over=True)
                case ChatFinished():
                    finished = event
    except OmostError as error:
        if not pieces:
            raise
        raise IncompleteReplyError(str(error), "".join(pieces)) from error
    assert finished is not None, "a chat stream ends with ChatFinished"
    if echo and not finished.reply.endswith("\n"):
        print()
    progress(f"{finished.tokens} tokens in {finished.seconds:.1f} s, finished: {finished.finished}")
    if finished.problem is not None:
        progress(finished.problem)
    return finished


def _sampling(options: argparse.Namespace, studio: Studio) -> Sampling:
    return replace(studio.composer_preset.sampling, **_given(options, "seed", "max_new_tokens", "temperature", "top_p"))


def _given(options: argparse.Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def _answer(interpretation: Interpretation) -> dict[str, object]:
    """The part of the JSON output that `check`, `compose` and `chat` share."""
    canvas = interpretation.canvas
    answer: dict[str, object] = {
        "ok": canvas is not None,
        "canvas": None if canvas is None else as_json(canvas),
        "notes": [note.to_json() for note in interpretation.notes],
    }
    if canvas is None:
        answer["error"] = interpretation.error
    return answer


def _cost(finished: ChatFinished) -> dict[str, object]:
    return {
        "reply": finished.reply,
        "tokens": finished.tokens,
        "seconds": round(finished.seconds, 3),
        "finished": finished.finished,
        "problem": finished.problem,
    }


def _unknown(painter: PainterPreset, interpretation: Interpretation) -> list[str]:
    """What the painter does not know of the canvas, if there is one."""
    return [] if interpretation.canvas is None else list(unknown_to(painter, interpretation.canvas))


def _print_unknown(studio: Studio, interpretation: Interpretation) -> None:
    if sentence := unknown_sentence(_unknown(studio.painter_preset, interpretation)):
        progress(sentence)


def _print_canvas(interpretation: Interpretation) -> None:
    if interpretation.canvas is None:
        progress(interpretation.error or "There is no canvas in this text.")
        return
    print(interpretation.canvas.global_description.description)
    for region in interpretation.canvas.regions:
        print(f"  {region.location}, {region.offset}, {region.area}: {region.description}")


def _print_notes(interpretation: Interpretation) -> None:
    for note in interpretation.notes:
        progress(f"line {note.line}: {note.message}")
