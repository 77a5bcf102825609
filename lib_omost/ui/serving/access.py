"""Who may reach the page, and what they may send."""

from __future__ import annotations

from dataclasses import dataclass, field

from .names import Names
from .uploads import Uploads


@dataclass(frozen=True)
class Access:
    """Who may reach the page and what they may send.

    names: see `Names`. proxies: number of trusted proxies before the program. limited: whether there are limits for
    each user. uploads: bounds of uploaded files. separate: each login has conversations and pictures of its own, and
    gets no file of another one.
    """

    names: Names = field(default_factory=Names)
    proxies: int = 0
    limited: bool = False
    uploads: Uploads = field(default_factory=Uploads)
    separate: bool = False
