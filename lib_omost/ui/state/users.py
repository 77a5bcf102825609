"""The user of a request, as far as it can be determined without trusting the request.

The browser chooses the name of a session, so that identifies a page, not a user. It cannot choose the address that its
connection comes from, nor the name with which the user logged in.
"""

from __future__ import annotations

import ipaddress
from typing import Any

UNKNOWN = "unknown"


def user_of(request: Any, proxies: int = 0) -> str:
    """The user behind a gradio request, by login name and address.

    proxies: number of trusted proxies before the program. Each appends the address that it was called from to
    X-Forwarded-For; anything further left comes from outside and is ignored.
    """
    name = getattr(request, "username", None) or ""
    return f"{name}@{_network(_address(request, proxies))}"


def _address(request: Any, proxies: int) -> str:
    client = getattr(request, "client", None)
    peer = getattr(client, "host", None) or UNKNOWN
    if not proxies:
        return str(peer)
    headers = request.headers
    lines = headers.getlist("x-forwarded-for") if hasattr(headers, "getlist") else [headers.get("x-forwarded-for")]
    noted = [part.strip() for line in lines if line for part in str(line).split(",")]
    return noted[-proxies] if len(noted) >= proxies else str(peer)


def _network(address: str) -> str:
    """The address, or the /64 network of an IPv6 address, because a household may use any address in it."""
    text = address.strip("[]")
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return text[:100]
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))
