"""The user of a request, as far as it can be determined without trusting the request.

The browser chooses the name of a session, so that identifies a page, not a user. It cannot choose the address that its
connection comes from, nor the name with which the user logged in.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

UNKNOWN = "unknown"
MAX_ADDRESS = 100


def user_of(request: Any) -> str:
    """The user behind a gradio request, by login name and address. The address is that of the client as the page's
    middleware has determined it, see `client_address`."""
    name = getattr(request, "username", None) or ""
    return f"{name}@{network(getattr(getattr(request, 'client', None), 'host', None) or UNKNOWN)}"


def login_in(user: str) -> str:
    """The login of a user as `user_of` gives it; "" if there is none."""
    return user.rpartition("@")[0]


def page_name(session: str, login: str) -> str:
    """The name of a page, from the name of its session, which the browser has chosen, and the login. Nobody can name
    the page of another login."""
    return f"{login}\n{session}" if login else session


def login_of(page: str) -> str:
    """The login in the name of a page; "" if there is none."""
    login, line, _ = page.partition("\n")
    return login if line else ""


def client_address(peer: str, forwarded: Sequence[str], proxies: int) -> str:
    """The address of a client, whose connection comes from `peer`.

    forwarded: the addresses in X-Forwarded-For. proxies: number of trusted proxies before the program. Each appends the
    address that it was called from; anything further left comes from outside and is ignored.
    """
    address = forwarded[-proxies] if proxies and len(forwarded) >= proxies else peer
    return address.strip("[]")[:MAX_ADDRESS]


def network(address: str) -> str:
    """The address, or the /64 network of an IPv6 address, because a household may use any address in it."""
    text = address.strip("[]")
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return text[:MAX_ADDRESS].replace("@", "")
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))
