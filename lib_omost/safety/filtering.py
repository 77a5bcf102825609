"""Whether a model was made without filtering, a language model to refuse nothing, an image model to draw everything: as
far as its name says so, for there is no other sign of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ..errors import SettingsError

SIGNS = (
    *("dolphin", "uncensored", "unfiltered", "unaligned", "abliterated", "ablated", "nsfw", "erotic", "heretic"),
    *("ponydiffusion", "pony_diffusion", "ponyxl", "pony_xl", "noobai", "hentai", "porn"),
)
"""Parts of names by which their makers say it: Dolphin's data was cleared of refusals; an abliterated model had the
direction of its refusals removed from its weights. Pony Diffusion and NoobAI learnt from adult pictures on purpose."""
MAX_CONFIG = 2**20


def sounds_unfiltered(source: str) -> bool:
    """Whether the name of a repository, folder or file says that the model is unfiltered, or the name that a folder's
    own config.json remembers. A model of which nothing is known counts as filtered: only its owner can know."""
    return any(sign in name.lower() for name in _names(source) for sign in SIGNS)


def require_checks(title: str, part: str, unfiltered: bool, checks: int) -> None:
    """Raises SettingsError if an unfiltered model is to be open to others with fewer than both `checks`."""
    if not unfiltered or checks == 2:
        return
    missing = "neither of the two is on" if checks == 0 else "only one of the two is on"
    raise SettingsError(
        f"{title} is trained without filtering, so a page that others can reach runs it only with a text check and a "
        f"picture check, and {missing}: add --text-check --picture-check, or choose another {part}."
    )


def _names(source: str) -> Iterator[str]:
    path = Path(source).expanduser()
    if not path.exists():
        yield source
        return
    # The folder above it, too, for a hub's copy is called by its commit; a link's target says more than the link.
    yield "/".join((*path.parts[-3:], *path.resolve().parts[-3:]))
    try:
        config = path / "config.json"
        if path.is_dir() and config.stat().st_size <= MAX_CONFIG:
            yield str(json.loads(config.read_text("utf-8")).get("_name_or_path", ""))
    except (OSError, ValueError, AttributeError):
        return
