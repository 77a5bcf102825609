"""The address of an OpenAI-compatible server, as given to `--composer`. Imports nothing heavy."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from ..errors import SettingsError

SCHEMES = ("http://", "https://")
_TAIL = "/chat/completions"


def is_address(name: str) -> bool:
    """Whether the name of a composer is an address, not a preset, repository or file."""
    return name.lower().startswith(SCHEMES)


@dataclass(frozen=True, slots=True)
class Address:
    """The base URL of the API, without a slash at the end: `http://127.0.0.1:8000/v1`. The user and password of
    `http://user:password@host` are stored separately, so that showing `url` discloses no secret."""

    url: str
    host: str
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Parse the user's input. A host without a path gets the usual `/v1`; the address of the chat endpoint is cut
        to the base URL. Raises SettingsError if it is not an address."""
        try:
            parts = urlsplit(text.strip())
            host, port = parts.hostname or "", parts.port
        except ValueError:
            parts, host, port = SplitResult("", "", "", "", ""), "", None
        printable = text.strip().isprintable() and " " not in text.strip()
        if parts.scheme not in ("http", "https") or not host or not printable or parts.query or parts.fragment:
            raise SettingsError(
                "The address of the composer cannot be read: write it like http://127.0.0.1:8000/v1, "
                "with the model and the key in the environment."
            )
        path = parts.path.rstrip("/")
        path = (path[: -len(_TAIL)] if path.endswith(_TAIL) else path) or "/v1"
        place = f"[{host}]" if ":" in host else host
        url = f"{parts.scheme}://{place}{'' if port is None else f':{port}'}{path}"
        named = parts.username is not None or parts.password is not None
        credentials = (unquote(parts.username or ""), unquote(parts.password or "")) if named else None
        return cls(url, host, credentials)

    @property
    def local(self) -> bool:
        """Whether the server runs on this machine, so that no proxy of the environment stands between."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False
