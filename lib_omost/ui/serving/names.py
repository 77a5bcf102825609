"""The names under which the page may be opened, and the sites that may call it.

A browser sends the name in the address bar as `Host` and the site of a calling script as `Origin`. If any name were
allowed, a foreign site could point a name of its own at this machine (DNS rebinding) and its scripts could read the
page. Allowed are therefore addresses, names that nobody can register, and names that the user gives.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

UNREGISTERED = (".localhost", ".local", ".internal", ".home.arpa")
"""Endings that belong to one machine or one network."""
HUB = "huggingface.co"
SPACES = "*.hf.space"
SHARED = "*.gradio.live"
"""The names of gradio's public links."""

_NAME = re.compile(r"[0-9a-z._:%-]{1,253}")


@dataclass(frozen=True, slots=True)
class Names:
    """allowed: further names, such as "studio.example.org", "*.example.org" or "*" for all. frames: names of the sites
    that may show the page in a frame."""

    allowed: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()

    def is_host(self, host: str) -> bool:
        """Whether `host`, a name or address with or without a port, is one of this page."""
        name = host_name(host)
        if not _NAME.fullmatch(name):
            return False
        if is_address(name) or "." not in name or name.endswith(UNREGISTERED):
            return True
        return _matches(name, self.allowed)

    def is_origin(self, origin: str, hosts: Sequence[str]) -> bool:
        """Whether the site `origin` may call a page that was asked for under one of `hosts`: the page itself, under
        the same name and port, or an allowed name."""
        try:
            parts = urlsplit(origin)
            site = (parts.hostname or "", parts.port or _port(parts.scheme))
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or not site[0]:
            return False
        same = any(site == (host_name(host), _port_of(host) or _port(parts.scheme)) for host in hosts)
        return same or _matches(site[0], self.allowed)

    @property
    def ancestors(self) -> str:
        """The value of `frame-ancestors`."""
        return " ".join(["'self'", *(f"https://{name}" for name in self.frames)])


def host_name(host: str) -> str:
    """The name or address in a Host header, in lower case and without brackets; "" if there is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _matches(name: str, patterns: Sequence[str]) -> bool:
    for pattern in patterns:
        if pattern == "*" or name == pattern or (pattern.startswith("*.") and name.endswith(pattern[1:])):
            return True
    return False


def _port_of(host: str) -> int | None:
    try:
        return urlsplit(f"//{host}").port
    except ValueError:
        return -1


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
