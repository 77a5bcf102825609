"""The way from the command line to a page that answers."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from lib_omost.choice import Options
from lib_omost.device import DEVICES
from lib_omost.errors import OmostError, SettingsError
from lib_omost.opening import open_studio
from lib_omost.painters import PAINTER_OPTIONS, add_painter_arguments
from lib_omost.plan import PLANS
from lib_omost.presets import COMPOSERS, PAINTERS, ROOT
from lib_omost.sessions import Store, default_folder

DEFAULT_USER = "omost"


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gradio_app.py", description="Omost Studio: words to layouts to pictures.")
    parser.add_argument("--host", default="127.0.0.1", help="address to answer on (default: this machine only)")
    parser.add_argument("--port", type=int, default=7860, help="port to answer on (default: 7860)")
    parser.add_argument("--share", action="store_true", help="make a public link, for which a password is needed")
    parser.add_argument(
        "--password", metavar="[USER:]PASSWORD", help=f"ask for it; the user is {DEFAULT_USER!r} where none is named"
    )
    parser.add_argument("--no-password", action="store_true", help="open the page to others without a password")
    parser.add_argument(
        "--composer",
        help=f"language model: {', '.join(COMPOSERS)}, a hub repository owner/model, a folder, a .gguf file, or the "
        "address of an OpenAI-compatible server",
    )
    parser.add_argument(
        "--painter", help=f"image model: {', '.join(PAINTERS)}, a hub repository, a folder or a .safetensors file"
    )
    add_painter_arguments(parser)
    parser.add_argument("--device", help=f"{', '.join(DEVICES)} (default: the best there is)")
    parser.add_argument(
        "--memory",
        type=int,
        choices=[plan.memory for plan in PLANS],
        help="GB of graphics memory to plan for (default: by what is free)",
    )
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="where downloaded models are kept")
    parser.add_argument("--offline", action="store_true", help="use only what is on disk")
    parser.add_argument(
        "--compile",
        action="store_true",
        dest="compiled",
        help="compile the image model's blocks: slow first steps for faster later ones (CUDA)",
    )
    parser.add_argument(
        "--outputs", type=Path, metavar="FOLDER", default=ROOT / "outputs", help="where pictures go (default: outputs)"
    )
    kept = parser.add_mutually_exclusive_group()
    where = str(default_folder()).replace("%", "%%")
    kept.add_argument(
        "--sessions", type=Path, metavar="FOLDER", help=f"where conversations are kept (default: {where})"
    )
    kept.add_argument(
        "--no-sessions", action="store_true", help="keep no conversation here: each browser remembers its own"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the page until it is interrupted; returns the exit status: 0, or 2 where it could not start."""
    options = build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("lib_omost").setLevel(logging.INFO)  # downloads tell how far they are
    try:
        require_password(options.host, options.share, options.password, options.no_password)
        if not 0 < options.port < 65536:
            raise SettingsError(f"There is no port {options.port}: choose one from 1 to 65535.")
        require_port(options.host, options.port)
        _serve(options)
    except OmostError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    return 0


def require_password(host: str, share: bool, password: str | None, insist: bool) -> None:
    """Raises SettingsError where others could reach the page and nothing would keep them out."""
    if password is not None and not login(password)[1]:
        raise SettingsError("The password is empty: write --password USER:PASSWORD.")
    if password is not None or insist or not (share or not _is_local(host)):
        return
    what = "--share makes the page public" if share else f"--host {host} opens the page to the network"
    raise SettingsError(
        f"{what}: give it a password with --password USER:PASSWORD, or insist on none with --no-password."
    )


def require_port(host: str, port: int) -> None:
    """Raises SettingsError where the page could not answer there, before anything slow is begun."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server does: a port whose last connections are still closing can be had.
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise SettingsError(_no_port(host, port, error)) from error


def _no_port(host: str, port: int, error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all of its addresses with --host."
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system: choose one above 1023 with --port."
    return (
        f"The page cannot answer on {host}, port {port} ({error.strerror or error}): the port may be in use by another "
        "program, so choose another one with --port."
    )


def login(password: str) -> tuple[str, str]:
    """User and password of `USER:PASSWORD`, or of a password alone."""
    user, colon, secret = password.partition(":")
    return (user or DEFAULT_USER, secret) if colon else (DEFAULT_USER, password)


def open_store(options: argparse.Namespace) -> Store | None:
    """Where conversations are kept, or None. Everybody who reaches the page sees all that are kept, so a page that is
    open to others without a password keeps none unless a folder is named."""
    shared = options.share or not _is_local(options.host)
    if options.no_sessions or (options.sessions is None and shared and options.password is None):
        return None
    return Store(options.sessions or default_folder())


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _serve(options: argparse.Namespace) -> None:
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    names = ("composer", "painter", "device", "models", "offline", "compiled", "memory", *PAINTER_OPTIONS)
    studio = open_studio(Options(**{name: getattr(options, name) for name in names}))
    if studio.status().memory:
        print(studio.status().memory, flush=True)
    # Only now: gradio is slow to import, and a wrong argument should be answered at once.
    from .app import build_page, launch

    blocks = build_page(studio, options.outputs, open_store(options))
    try:
        launch(
            blocks,
            server_name=options.host,
            server_port=options.port,
            share=options.share,
            auth=None if options.password is None else login(options.password),
        )
    except OSError as error:
        raise SettingsError(_no_port(options.host, options.port, error)) from error
    print(f"Omost Studio answers on {blocks.local_url}", flush=True)
    if blocks.share_url:
        print(f"and for others on {blocks.share_url}", flush=True)
    # The page answers first: importing torch and reading weights keeps the processor busy for a while.
    studio.start()
    try:
        blocks.block_thread()
    finally:
        blocks.close(verbose=False)
