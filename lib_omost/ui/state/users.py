"""Who asks: the user of a request, as far as it can be known without trusting what the request says of itself.

A session's name is the browser's own choice, so it tells pages apart and not people. What cannot be chosen freely is
the address that a connection comes from, and the name that somebody logged in by.
"""

from __future__ import annotations

import ipaddress
from typing import Any

UNKNOWN = "unknown"


def user_of(request: Any, proxies: int = 0) -> str:
    """The user behind a gradio request, by login name and address.

    proxies: how many proxies of one's own stand before the program. Each notes the address that it was called from at
    the end of X-Forwarded-For; what stands further left comes from the outside and is not believed.
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
    """The address, or the part of an IPv6 one that one household has: it may call from any address of its /64."""
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
