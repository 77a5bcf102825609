"""The commands that paint: `render` for a layout or its changes, and `repaint` for one region of a picture."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lib_omost.canvas.layouts import read_layout
from lib_omost.canvas.summary import summary
from lib_omost.cli.console import Waits, print_json, progress, read_text
from lib_omost.cli.files import open_like, recall
from lib_omost.cli.models import open_studio_for
from lib_omost.errors import CanvasError, PictureError, SettingsError

if TYPE_CHECKING:
    from lib_omost.artifacts.parent import Parent
    from lib_omost.artifacts.record import Record
    from lib_omost.canvas import Canvas, Interpretation
    from lib_omost.render.repaint import Keep, Repaint
    from lib_omost.render.settings import RenderSettings
    from lib_omost.studio import Studio


def render(options: argparse.Namespace) -> int:
    """Paint the canvas of a reply; with --keep only what it changes in a picture, with --like a picture again."""
    if (options.file is None) == (options.like is None):
        raise SettingsError("Give either the file of a reply, or a picture to paint again with --like FILE.")
    if options.like is not None and options.keep is not None:
        raise SettingsError("--keep needs the file of a reply. With --like, give the earlier picture with --from.")
    if options.like is not None:
        return _painted(options, *_again(options), [])
    interpretation = read_layout(read_text(options.file, options.encoding))
    for note in interpretation.notes:
        progress(f"line {note.line}: {note.message}")
    canvas = canvas_of(interpretation)
    notes = [note.to_json() for note in interpretation.notes]
    if options.keep is not None:
        return _painted(options, *_changed(options, canvas), notes)
    studio = open_studio_for(options)
    return _painted(options, studio, studio.record(canvas, settings_for(options, studio)), None, notes)


def repaint(options: argparse.Namespace) -> int:
    """Paint one region of a picture anew, with other seeds, and keep the rest of it."""
    from lib_omost.artifacts.parent import read_parent, region_part

    parent = read_parent(options.picture)
    part = region_part(parent.canvas, options.region, **_part_options(options))
    studio, source = open_like(options, parent.record), parent.record
    settings = settings_for(options, studio, source.settings)
    if sentence := parent.other_size(settings):
        raise SettingsError(f"{sentence} To repaint a region, leave out the size.")
    if options.seed is None:
        settings = replace(settings, seed=(settings.seed + 1) % 2**32)
    return _painted(options, studio, *_kept(studio, parent, part, source, source.canvas, settings), [])


def paint(studio: Studio, record: Record, target: Path, keep: Keep | None = None) -> list[dict[str, object]]:
    """Paint and save the pictures of `record`; if there are several, each file name ends with a number."""
    from lib_omost.artifacts.record import save_png
    from lib_omost.render.settings import Notice, Picture, Step
    from lib_omost.studio import Waiting

    settings, waits = record.settings, Waits()
    pictures: list[dict[str, object]] = []
    for event in studio.render(record.canvas, settings, keep=keep):
        match event:
            case Waiting():
                waits.tell(event.message)
            case Notice():
                progress(event.message)
            case Step():
                counts = f"{event.phase} {event.step}/{event.steps}"
                progress(f"picture {event.picture + 1}/{event.pictures}: {counts}", over=True)
            case Picture():
                path = target if settings.count == 1 else target.with_stem(f"{target.stem}-{event.index + 1}")
                save_png(path, event, studio.as_painted(record))
                pictures.append({"path": str(path), "seed": event.seed})
                progress(f"{path}: seed {event.seed}, {event.seconds:.1f} s")
    return pictures


def settings_for(options: argparse.Namespace, studio: Studio, usual: RenderSettings | None = None) -> RenderSettings:
    """`usual`, by default the settings of the painter's preset, with the options that the user gave."""
    numbers = ("seed", "steps", "width", "height", "count", "guidance_scale", "guidance_rescale", "clip_skip")
    given = {name: getattr(options, name) for name in (*numbers, "negative_prompt", "wording", "opening")}
    return replace(
        usual or studio.painter_preset.settings, **{name: value for name, value in given.items() if value is not None}
    )


def canvas_of(interpretation: Interpretation) -> Canvas:
    """The canvas. Raises CanvasError if there is none."""
    if interpretation.canvas is None:
        raise CanvasError(interpretation.error or "There is no canvas in this text.")
    return interpretation.canvas


def _again(options: argparse.Namespace) -> tuple[Studio, Record, Keep | None]:
    """Studio, record and kept picture to paint the picture of --like again."""
    source = recall(options.like).record
    origin, parent = source.origin, None
    if origin is not None and not options.all:
        from lib_omost.artifacts.parent import read_parent

        if options.parent is None:
            raise SettingsError(
                f"Only a part of {options.like} was repainted. Give the picture before it with --from FILE, or paint "
                "the whole picture with --all."
            )
        parent = read_parent(options.parent)
        if parent.pixels != origin.pixels:
            raise PictureError(f"{options.parent} is not the picture that {options.like} was made from.")
    elif options.parent is not None and origin is None:
        raise SettingsError(f"{options.like} was painted as a whole, so it needs no --from.")
    studio = open_like(options, source)
    record = _of(studio, source, source.canvas, settings_for(options, studio, source.settings))
    if parent is None or origin is None:
        return studio, record, None
    return studio, replace(record, origin=origin), parent.keep(origin.repaint, record.painter_hash)


def _changed(options: argparse.Namespace, canvas: Canvas) -> tuple[Studio, Record, Keep | None]:
    """Studio, record and kept picture to repaint the part of --keep that `canvas` changes."""
    from lib_omost.artifacts.parent import changed_part, read_parent

    parent = read_parent(options.keep)
    before = parent.canvas
    part, found = (None, None) if options.all else changed_part(before, canvas, **_part_options(options))
    studio, source = open_like(options, parent.record), parent.record
    settings = settings_for(options, studio, source.settings)
    for sentence in () if found is None else found.whole:
        progress(sentence)
    if found is not None and found.whole:
        progress("The whole picture is painted anew.")
        part = part if options.strength is not None else None
    elif found is not None:
        progress(f"Repainted: {', '.join(summary(found, before, canvas))}.")
    if part is not None and (sentence := parent.other_size(settings)):
        progress(sentence)
        part = None
    if part is None:
        return studio, _of(studio, source, canvas, settings), None
    return studio, *_kept(studio, parent, part, source, canvas, settings)


def _kept(
    studio: Studio, parent: Parent, part: Repaint, source: Record, canvas: Canvas, settings: RenderSettings
) -> tuple[Record, Keep]:
    record = replace(_of(studio, source, canvas, settings), origin=parent.origin(part))
    return record, parent.keep(part, record.painter_hash)


def _of(studio: Studio, source: Record, canvas: Canvas, settings: RenderSettings) -> Record:
    """A record with the prompts and the composer of `source`."""
    record = studio.record(canvas, settings)
    return replace(record, prompts=source.prompts, composer=source.composer, composer_hash=source.composer_hash)


def _part_options(options: argparse.Namespace) -> dict[str, Any]:
    return {name: value for name in ("grow", "strength") if (value := getattr(options, name)) is not None}


def _painted(
    options: argparse.Namespace, studio: Studio, record: Record, keep: Keep | None, notes: list[dict[str, Any]]
) -> int:
    began = time.perf_counter()
    pictures = paint(studio, record, options.output, keep)
    seconds = round(time.perf_counter() - began, 3)
    if options.json:
        answer = {"pictures": pictures, "seconds": seconds, "steps": record.settings.steps, "notes": notes}
        answer["kept"] = None if record.origin is None else record.origin.to_json()
        print_json({**answer, "performance": studio.performance.to_json()})
    else:
        for picture in pictures:
            print(picture["path"])
    return 0 if pictures else 1
