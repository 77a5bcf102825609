"""Starting the page from the command line."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from lib_omost.errors import OmostError, SettingsError
from lib_omost.opening.options import add_model_arguments, from_arguments
from lib_omost.opening.switching import Switchboard
from lib_omost.presets import ROOT
from lib_omost.runtime.proxies import prepare_proxies
from lib_omost.runtime.zero import is_zero, prepare
from lib_omost.sessions import Store, Stores, default_folder
from lib_omost.sessions.lock import FolderLock

from .hosting import (
    access_of,
    add_hosting_arguments,
    environment_arguments,
    install_embedded,
    is_public,
    is_separate,
    limits_of,
    logins,
    on_space,
)
from .stubs import leave_out_stubs


def build_parser(program: str = "gradio_app.py") -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="Omost Studio: words to layouts to pictures.")
    add_model_arguments(parser)
    parser.add_argument(
        "--outputs", type=Path, metavar="FOLDER", default=ROOT / "outputs", help="where pictures go (default: outputs)"
    )
    storage = parser.add_mutually_exclusive_group()
    default = str(default_folder()).replace("%", "%%")
    storage.add_argument(
        "--sessions", type=Path, metavar="FOLDER", help=f"folder of the conversations (default: {default})"
    )
    storage.add_argument(
        "--no-sessions", action="store_true", help="store no conversations here, only in each user's browser"
    )
    parser.add_argument(
        "--shared-sessions", action="store_true", help="all logins see all conversations, not only their own"
    )
    add_hosting_arguments(parser)
    return parser


def main(arguments: Sequence[str] | None = None, program: str = "gradio_app.py") -> int:
    """Run the page until it is interrupted; returns the exit status: 0, or 2 if it could not start. `program` is its
    name in the help."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("lib_omost").setLevel(logging.INFO)  # downloads log their progress
    try:
        command_line = sys.argv[1:] if arguments is None else arguments
        options = build_parser(program).parse_args([*environment_arguments(), *command_line])
        logins(options)
        access_of(options)
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


def require_port(host: str, port: int) -> None:
    """Raises SettingsError if the page cannot listen there; to be called before anything slow."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server does: a port whose last connections are still closing is available.
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise SettingsError(_no_port(host, port, error)) from error


def _no_port(host: str, port: int, error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine: use --host 127.0.0.1, or --host 0.0.0.0 for all addresses."
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system: choose one above 1023 with --port."
    return (
        f"The page cannot listen on {host}, port {port} ({error.strerror or error}): the port may be in use by another "
        "program, so choose another one with --port."
    )


def open_store(options: argparse.Namespace) -> Store | Stores | None:
    """The store of the conversations, one for each of several logins, or None.

    Without logins everybody who can reach the page sees all stored conversations, so a public page without a password
    stores none unless a folder is named.
    """
    if options.no_sessions or (options.sessions is None and is_public(options) and not logins(options)):
        return None
    folder = options.sessions or default_folder()
    return Stores(folder) if is_separate(options) else Store(folder)


def lock_store(store: Store | Stores | None) -> tuple[Store | Stores | None, FolderLock | None, str]:
    """The store, its lock, and a sentence for the user; no store if another process has it."""
    if store is None:
        return None, None, ""
    lock = FolderLock(store.folder)
    try:
        if not lock.acquire():
            return None, None, _TAKEN.format(store.folder)
    except OSError:
        return store, None, ""  # the page reports it when a conversation cannot be written
    earlier = len(Store(store.folder).names()) if isinstance(store, Stores) else 0
    return store, lock, _EARLIER.format(earlier, store.folder) if earlier else ""


_TAKEN = (
    "Another Omost Studio works with the conversations in {}. This one therefore keeps its conversations in the "
    "browser only; to store them, end the other one, or name another folder with --sessions."
)
_EARLIER = (
    "Each login has its own conversations. {} earlier ones in {} belong to no login; --shared-sessions shows them, to "
    "all logins."
)


def _serve(options: argparse.Namespace) -> None:
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    prepare()
    public, limits = is_public(options), limits_of(options)
    switchboard = Switchboard.open(from_arguments(options, public=public))
    studio = switchboard.studio
    for note in studio.status().notes:
        print(note, flush=True)
    if is_zero():
        studio.load()  # ZeroGPU moves weights quickly only if they were on the device before the page is up
    # Imported here because gradio is slow to import, and a wrong argument should be reported at once.
    leave_out_stubs()
    prepare_proxies(options.host)
    from .app import WORKERS, build_page, launch

    # The models are shared, so on a public page nobody may switch them.
    own = None if public or is_zero() else switchboard
    store, lock, sentence = lock_store(open_store(options))
    if sentence:
        print(sentence, flush=True)
    blocks = build_page(studio, options.outputs, store, limits, own, public=public, separate=is_separate(options))
    try:
        launch(
            blocks,
            public=public,
            jobs=WORKERS if limits is None else limits.waiting,
            access=access_of(options),
            server_name=options.host,
            server_port=options.port,
            share=options.share,
            auth=logins(options) or None,
        )
    except OSError as error:
        raise SettingsError(_no_port(options.host, options.port, error)) from error
    print(f"Omost Studio is running on {blocks.local_url}", flush=True)
    if blocks.share_url:
        print(f"and for others on {blocks.share_url}", flush=True)
    if limits is not None:
        print(limits.sentence, flush=True)
    # After the page is up, because importing torch and reading weights keeps the processor busy for a while.
    if on_space() and studio.composer_preset.embedded:
        install_embedded()
    studio.start()
    try:
        blocks.block_thread()
    finally:
        blocks.close(verbose=False)
        if lock is not None:
            lock.release()
