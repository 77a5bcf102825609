"""The headers of requests and answers: which are believed, and which protect the page."""

from __future__ import annotations

from .names import Names

Headers = list[tuple[bytes, bytes]]
"""Names in lower case, and values, as ASGI passes them on."""
POLICY = (
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-src 'self'",
)
"""The page loads pictures, sounds and fonts from itself only and sends forms to itself only, whatever a model or an
imported conversation contains, because a request to elsewhere would disclose the reader."""
FORWARDING: tuple[bytes, ...] = (
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"x-forwarded-prefix",
    b"x-forwarded-proto",
)
FORWARDING += (b"forwarded", b"x-real-ip", b"x-gradio-server")
"""Headers that only a proxy should send."""


def value_of(headers: Headers, name: bytes) -> str:
    """The value of a header; "" if it is absent or given more than once."""
    found = [value for key, value in headers if key == name]
    return found[0].decode("latin-1").strip() if len(found) == 1 else ""


def values_of(headers: Headers, name: bytes) -> list[str]:
    """All values of a header, lists taken apart."""
    return [part.strip() for key, value in headers if key == name for part in value.decode("latin-1").split(",")]


def believed(headers: Headers, names: Names, client: str) -> Headers:
    """`headers` with only those claims of a proxy that cannot harm: an allowed name, and whether TLS is used."""
    kept = [(key, value) for key, value in headers if key not in FORWARDING]
    host = values_of(headers, b"x-forwarded-host")[:1]
    if host and names.is_host(host[0]):
        kept.append((b"x-forwarded-host", host[0].encode("latin-1")))
    scheme = values_of(headers, b"x-forwarded-proto")[:1]
    if scheme and scheme[0] in ("http", "https"):
        kept.append((b"x-forwarded-proto", scheme[0].encode("latin-1")))
    return [*kept, (b"x-forwarded-for", client.encode("latin-1", "replace"))]


def protected(headers: Headers, names: Names) -> Headers:
    """The headers of an answer with those that protect the page, and with login cookies that other sites cannot use.
    Only in a frame of another site does a browser send them there, too."""
    policy = "; ".join((*POLICY, f"frame-ancestors {names.ancestors}"))
    kept = [(key, _cookie(value, bool(names.frames)) if key == b"set-cookie" else value) for key, value in headers]
    return [
        *kept,
        (b"content-security-policy", policy.encode("latin-1")),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
    ]


def _cookie(value: bytes, framed: bool) -> bytes:
    if framed:
        return value
    parts = [part.strip() for part in value.split(b";")]
    kept = [part for part in parts if not part.lower().startswith(b"samesite=")]
    return b"; ".join([*kept, b"SameSite=Lax"])
