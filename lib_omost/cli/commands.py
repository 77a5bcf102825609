"""The commands that run models. Each takes the parsed arguments and returns the exit status."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lib_omost.canvas import Canvas, Interpretation, as_json, interpret
from lib_omost.canvas.layouts import read_layout
from lib_omost.cli.console import IncompleteReplyError, failure, print_json, progress, read_text
from lib_omost.cli.files import open_like, recall
from lib_omost.cli.models import open_studio_for
from lib_omost.errors import CanvasError, OmostError, SettingsError

if TYPE_CHECKING:
    from lib_omost.artifacts.record import Record
    from lib_omost.llm.base import Message, Sampling
    from lib_omost.render.settings import RenderSettings
    from lib_omost.studio import ChatFinished, Studio


def check(options: argparse.Namespace) -> int:
    """Interpret a reply, without any model, and print the result."""
    interpretation = read_layout(read_text(options.file))
    if options.json:
        print_json(_answer(interpretation))
    else:
        _print_notes(interpretation)
        _print_canvas(interpretation)
    return 0 if interpretation.canvas is not None else 1


def compose(options: argparse.Namespace) -> int:
    """Ask the composer for a canvas, or for a change to an earlier one."""
    studio = open_studio_for(options)
    history = _history(options.edit) if options.edit is not None else []
    finished = _chat(studio, history, options.prompt, _sampling(options, studio), echo=not options.json)
    if options.json:
        performance = studio.performance.to_json()
        print_json({**_answer(finished.interpretation), **_cost(finished), "performance": performance})
    else:
        _print_notes(finished.interpretation)
    return 0 if finished.interpretation.canvas is not None else 1


def render(options: argparse.Namespace) -> int:
    """Paint the canvas of a reply or, with --like, make the picture of a PNG again from its metadata."""
    if (options.file is None) == (options.like is None):
        raise SettingsError("Name either the file of a reply, or a picture to make again with --like FILE.")
    notes: list[dict[str, Any]] = []
    if options.like is not None:
        source = recall(options.like).record
        studio = open_like(options, source)
        record = studio.record(source.canvas, _settings(options, source.settings))
        record = replace(record, prompts=source.prompts, composer=source.composer, composer_hash=source.composer_hash)
    else:
        interpretation = read_layout(read_text(options.file))
        _print_notes(interpretation)
        notes = [note.to_json() for note in interpretation.notes]
        canvas = _canvas(interpretation)
        studio = open_studio_for(options)
        record = studio.record(canvas, _settings(options, studio.painter_preset.settings))
    began = time.perf_counter()
    pictures = _paint(studio, record, options.output)
    seconds = round(time.perf_counter() - began, 3)
    if options.json:
        answer = {"pictures": pictures, "seconds": seconds, "steps": record.settings.steps, "notes": notes}
        print_json({**answer, "performance": studio.performance.to_json()})
    else:
        for picture in pictures:
            print(picture["path"])
    return 0 if pictures else 1


def chat(options: argparse.Namespace) -> int:
    """Chat with the composer, one line per round; /render FILE paints the last canvas, /new starts over, /quit ends."""
    from lib_omost.llm.base import Message

    studio = open_studio_for(options)
    studio.start()
    history: list[Message] = []
    rounds: list[dict[str, object]] = []
    last: Interpretation | None = None
    progress("Describe a picture. /render FILE paints it, /new starts over, /quit ends.")
    for line in _lines():
        command, _, rest = line.partition(" ")
        try:
            if command in ("/quit", "/exit"):
                break
            if command == "/new":
                history, last = [], None
            elif command == "/render":
                if last is None:
                    raise CanvasError("There is no canvas yet: describe a picture first.")
                settings = _settings(options, studio.painter_preset.settings)
                target = Path(rest.strip() or "out.png")
                prompts = [message.text for message in history if message.role == "user"]
                pictures = _paint(studio, studio.record(_canvas(last), settings, prompts), target)
                rounds.append({"pictures": pictures})
            else:
                finished = _chat(studio, history, line, _sampling(options, studio), echo=not options.json)
                last = finished.interpretation
                rounds.append({"prompt": line, **_answer(last), **_cost(finished)})
                _print_notes(last)
                if last.canvas is not None:
                    history += [Message("user", line), Message("assistant", finished.reply)]
        except OmostError as error:
            rounds.append({"prompt": line, **failure(error)})
            progress(str(error))
    if options.json:
        print_json({"rounds": rounds, "performance": studio.performance.to_json()})
    return 0 if all(entry.get("ok", True) for entry in rounds) else 1


def _lines() -> Any:
    """The user's non-empty lines, until the end of the input."""
    while True:
        try:
            line = input("> " if sys.stdin.isatty() and sys.stdout.isatty() else "").strip()
        except EOFError:
            return
        if line:
            yield line


def _history(name: str) -> list[Message]:
    """A history of one round, with the reply in file `name`; its global description replaces the unknown prompt."""
    from lib_omost.llm.base import Message

    reply = read_text(name)
    scene = _canvas(interpret(reply)).global_description.description.rstrip(".")
    return [Message("user", f"generate an image of {scene}"), Message("assistant", reply)]


def _chat(studio: Studio, history: list[Message], prompt: str, sampling: Sampling, *, echo: bool) -> ChatFinished:
    from lib_omost.render.settings import Notice
    from lib_omost.studio import CanvasChanged, ChatFinished, TextPiece, Waiting

    finished: ChatFinished | None = None
    pieces: list[str] = []
    try:
        for event in studio.chat(history, prompt, sampling):
            match event:
                case Waiting() | Notice():
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
    return finished


def _paint(studio: Studio, record: Record, target: Path) -> list[dict[str, object]]:
    from lib_omost.artifacts.record import save_png
    from lib_omost.render.settings import Notice, Picture, Step
    from lib_omost.studio import Waiting

    settings = record.settings
    pictures: list[dict[str, object]] = []
    for event in studio.render(record.canvas, settings):
        match event:
            case Waiting() | Notice():
                progress(event.message)
            case Step():
                counts = f"{event.phase} {event.step}/{event.steps}"
                progress(f"picture {event.picture + 1}/{event.pictures}: {counts}", over=True)
            case Picture():
                path = target if settings.count == 1 else target.with_stem(f"{target.stem}-{event.index + 1}")
                save_png(path, event, record)
                pictures.append({"path": str(path), "seed": event.seed})
                progress(f"{path}: seed {event.seed}, {event.seconds:.1f} s")
    return pictures


def _sampling(options: argparse.Namespace, studio: Studio) -> Sampling:
    return replace(studio.composer_preset.sampling, **_given(options, "seed", "max_new_tokens", "temperature", "top_p"))


def _settings(options: argparse.Namespace, settings: RenderSettings) -> RenderSettings:
    numbers = ("seed", "steps", "width", "height", "count", "guidance_scale", "guidance_rescale", "clip_skip")
    return replace(settings, **_given(options, *numbers, "negative_prompt", "wording", "opening"))


def _given(options: argparse.Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def _canvas(interpretation: Interpretation) -> Canvas:
    if interpretation.canvas is None:
        raise CanvasError(interpretation.error or "There is no canvas in this text.")
    return interpretation.canvas


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
    }


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
