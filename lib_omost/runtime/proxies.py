"""Proxy settings of the environment: local addresses bypass them, and unsupported proxies are removed."""

from __future__ import annotations

import os
from importlib.util import find_spec
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
_KINDS = ("http", "https", "all")
_SUPPORTED = ("http", "https")
_SOCKS = ("socks5", "socks5h")


def prepare_proxies(*hosts: str) -> tuple[str, ...]:
    """Change the environment of this process so that local addresses and `hosts` are reached directly, and remove the
    proxies that httpx would refuse. Returns a sentence for each of those. Call it before gradio is imported, because
    gradio requests its own page at startup.
    """
    found = getproxies()
    proxies = {kind: found[kind] for kind in _KINDS if found.get(kind)}
    if not proxies:
        return ()
    refused = {kind: reason for kind, address in proxies.items() if (reason := _refusal(address))}
    for kind, address in proxies.items():
        # On Windows and macOS the system settings apply only if the environment sets no proxy.
        _set(f"{kind}_proxy", None if kind in refused else address)
    excluded = [host.strip() for host in found.get("no", "").split(",") if host.strip()]
    _set("no_proxy", ",".join(dict.fromkeys([*excluded, *LOCAL, *(host.strip("[]") for host in hosts)])))
    return tuple(
        f"The proxy {_redacted(proxies[kind])} is not used: {reason}. Downloads are attempted without it."
        for kind, reason in refused.items()
    )


def proxy_for(address: str) -> str:
    """The proxy through which `address` is reached, without its password; "" if it is reached directly."""
    parts, found = urlsplit(address), getproxies()
    proxy = found.get(parts.scheme) or found.get("all") or ""
    return "" if not proxy or proxy_bypass(parts.hostname or "") else _redacted(proxy)


def _refusal(address: str) -> str:
    """Why a proxy cannot be used; "" if it can."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        kind, _ = parts.scheme.lower(), parts.port
    except ValueError:
        return "its address is invalid"
    if not parts.hostname:
        return "its address has no host name"
    if kind in _SOCKS:
        return "" if find_spec("socksio") else 'SOCKS needs a package, `python -m pip install "httpx[socks]"`'
    return "" if kind in _SUPPORTED else f"{kind} proxies are not supported"


def _redacted(address: str) -> str:
    """The address without user name and password."""
    head, _, tail = address.rpartition("@")
    return f"{head.partition('://')[0]}://{tail}" if "://" in head else tail


def _set(name: str, value: str | None) -> None:
    for spelling in (name, name.upper()):
        os.environ.pop(spelling, None)
    if value is not None:
        os.environ[name] = value
