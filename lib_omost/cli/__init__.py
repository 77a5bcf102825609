"""The command line: `omost compose | check | render | repaint | open | chat`.

Without an install, `python -m lib_omost` stands for `omost`.

Results go to standard output, progress and notes to standard error. With `--json` a command prints one JSON object on
standard output and nothing else. Exit status: 0 on success, 1 if no canvas or picture could be made (with the reason),
2 for wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lib_omost.canvas.geometry import GRID
from lib_omost.cli import commands, files, rendering
from lib_omost.cli.console import failure, print_json, progress, use_utf8
from lib_omost.errors import OmostError, SettingsError
from lib_omost.opening.options import add_model_arguments
from lib_omost.render.repaint import GROW
from lib_omost.render.settings import WORDINGS

Page = Callable[[Sequence[str], str], int]
"""Runs the page with its arguments and the program name for its help; returns the exit status."""


def main(arguments: Sequence[str] | None = None, page: Page | None = None) -> int:
    """Run one command and return the exit status. `page` runs the command `page`; without it there is none."""
    use_utf8()
    command_line = sys.argv[1:] if arguments is None else arguments
    parser = build_parser(with_page=page is not None)
    if page is not None and command_line[:1] == ["page"]:
        return page(command_line[1:], f"{parser.prog} page")
    options = parser.parse_args(command_line)
    try:
        status: int = options.run(options)
        return status
    except OmostError as error:
        return _fail(options, error, 2 if isinstance(error, SettingsError) else 1)
    except KeyboardInterrupt:
        return _fail(options, OmostError("Stopped."), 1)
    except BrokenPipeError:
        # Nobody reads standard output any more. Redirect it, so that the interpreter's last flush does not fail, too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _fail(options: argparse.Namespace, error: OmostError, status: int) -> int:
    if options.json:
        print_json(failure(error))
    progress(str(error))
    return status


def build_parser(*, with_page: bool = False) -> argparse.ArgumentParser:
    """The parser of all commands. With `with_page` its help lists `page`, which parses its arguments itself."""
    program = "omost" if Path(sys.argv[0]).stem == "omost" else "python -m lib_omost"
    parser = argparse.ArgumentParser(prog=program, description="Words to layouts to pictures.")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    if with_page:
        subparsers.add_parser("page", add_help=False, help="Start the page in the browser, like gradio_app.py.")

    output = argparse.ArgumentParser(add_help=False)
    output.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    text = argparse.ArgumentParser(add_help=False)
    text.add_argument("--encoding", metavar="NAME", default="", help="of the text; without it, it is recognised")
    models = argparse.ArgumentParser(add_help=False)
    add_model_arguments(models)
    seed = argparse.ArgumentParser(add_help=False)
    seed.add_argument("--seed", type=int, help="seed of the random numbers")
    sampling = argparse.ArgumentParser(add_help=False)
    sampling.add_argument("--max-new-tokens", type=int, metavar="N", help="longest reply, in tokens")
    sampling.add_argument("--top-p", type=float, metavar="P", help="sample from this share of the most likely tokens")
    sampling.add_argument("--temperature", type=float, help="0 always takes the most likely token")
    size = argparse.ArgumentParser(add_help=False)
    for name in ("steps", "width", "height", "count"):
        size.add_argument(f"--{name}", type=int, metavar="N")
    size.add_argument("--guidance-scale", type=float, metavar="G")
    size.add_argument("--guidance-rescale", type=float, metavar="R", help="0 to 1: keep guidance from overexposing")
    size.add_argument("--clip-skip", type=int, metavar="N", help="layers of the text encoders to skip")
    size.add_argument("--negative-prompt", metavar="TEXT")
    size.add_argument("--wording", choices=WORDINGS, help="describe elements by sentences or by tags")
    size.add_argument("--opening", metavar="TEXT", help="words to put before every description")

    command = subparsers.add_parser(
        "compose", parents=[output, text, models, seed, sampling], help=commands.compose.__doc__
    )
    command.add_argument("prompt", metavar="PROMPT")
    command.add_argument("--edit", metavar="FILE", help="an earlier reply to change; - reads standard input")
    command.set_defaults(run=commands.compose)
    command = subparsers.add_parser("check", parents=[output, text], help=commands.check.__doc__)
    command.add_argument("file", metavar="FILE", help="a reply; - reads standard input")
    command.set_defaults(run=commands.check)
    part = argparse.ArgumentParser(add_help=False)
    part.add_argument("--grow", type=int, metavar="CELLS", help=f"widen the repainted part; default: {GROW}, of {GRID}")
    part.add_argument("--strength", type=float, metavar="S", help="up to 1: how much the repainted part may change")
    target = argparse.ArgumentParser(add_help=False)
    target.add_argument("-o", "--output", type=Path, default=Path("out.png"), metavar="FILE", help="default: out.png")
    painting = [output, models, seed, size, part, target]
    command = subparsers.add_parser("render", parents=[*painting, text], help=rendering.render.__doc__)
    command.add_argument("file", metavar="FILE", nargs="?", help="a reply; - reads standard input")
    command.add_argument("--like", type=Path, metavar="PNG", help="make the picture of a PNG again, from its metadata")
    command.add_argument("--keep", type=Path, metavar="PNG", help="repaint only what changed since this picture")
    command.add_argument("--from", dest="parent", type=Path, metavar="PNG", help="with --like: the picture before it")
    command.add_argument("--all", action="store_true", help="paint the whole picture, with the settings of --keep")
    command.set_defaults(run=rendering.render)
    command = subparsers.add_parser("repaint", parents=painting, help=rendering.repaint.__doc__)
    command.add_argument("picture", type=Path, metavar="PNG", help="a picture of this program")
    command.add_argument("region", metavar="REGION", help="its number, from 1, or words of its description")
    command.set_defaults(run=rendering.repaint)
    command = subparsers.add_parser(
        "chat", parents=[output, text, models, seed, sampling, size], help=commands.chat.__doc__
    )
    command.set_defaults(run=commands.chat)
    command = subparsers.add_parser("open", parents=[output, text], help=files.open_file.__doc__)
    command.add_argument("file", type=Path, metavar="FILE", help="a PNG of this program, or an exported conversation")
    command.add_argument("--keep", action="store_true", help="make the picture a conversation that the page lists")
    command.add_argument("--sessions", type=Path, metavar="FOLDER", help="folder of the conversations")
    command.set_defaults(run=files.open_file)
    return parser
