"""The proxies of the environment: not for this machine's own addresses, and none that the libraries cannot speak to."""

from __future__ import annotations

import os
from importlib.util import find_spec
from urllib.parse import urlsplit
from urllib.request import getproxies

LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
_KINDS = ("http", "https", "all")
_SPOKEN = ("http", "https")
_SOCKS = ("socks5", "socks5h")


def prepare_proxies(*hosts: str) -> tuple[str, ...]:
    """Change the environment of this process so that local addresses and `hosts` are reached directly, and without the
    proxies that httpx would refuse; returns a sentence for each of these. Call it before gradio is imported, which asks
    its own page for an answer when it starts.
    """
    found = getproxies()
    proxies = {kind: found[kind] for kind in _KINDS if found.get(kind)}
    if not proxies:
        return ()
    refused = {kind: reason for kind, address in proxies.items() if (reason := _refusal(address))}
    for kind, address in proxies.items():
        # The system's own settings, on Windows and macOS, count only as long as the environment says nothing.
        _set(f"{kind}_proxy", None if kind in refused else address)
    said = [host.strip() for host in found.get("no", "").split(",") if host.strip()]
    _set("no_proxy", ",".join(dict.fromkeys([*said, *LOCAL, *(host.strip("[]") for host in hosts)])))
    return tuple(
        f"The proxy {_shown(proxies[kind])} is not used: {reason}. Downloads are tried without it."
        for kind, reason in refused.items()
    )


def _refusal(address: str) -> str:
    """Why a proxy cannot be used; "" if it can."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        kind, _ = parts.scheme.lower(), parts.port
    except ValueError:
        return "its address is not one"
    if not parts.hostname:
        return "its address names no machine"
    if kind in _SOCKS:
        return "" if find_spec("socksio") else 'SOCKS needs a package, `python -m pip install "httpx[socks]"`'
    return "" if kind in _SPOKEN else f"{kind} proxies are not supported"


def _shown(address: str) -> str:
    """The address without a password."""
    head, _, tail = address.rpartition("@")
    return f"{head.partition('://')[0]}://{tail}" if "://" in head else tail


def _set(name: str, value: str | None) -> None:
    for spelling in (name, name.upper()):
        os.environ.pop(spelling, None)
    if value is not None:
        os.environ[name] = value
