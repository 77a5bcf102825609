"""Recognising unfiltered models: language models that refuse nothing, image models that draw everything. Only their
names tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ..errors import SettingsError

SIGNS = (
    *("dolphin", "uncensored", "unfiltered", "unaligned", "abliterated", "ablated", "nsfw", "erotic", "heretic"),
    *("ponydiffusion", "pony_diffusion", "ponyxl", "pony_xl", "noobai", "hentai", "porn"),
)
"""Parts of the names of unfiltered models. Dolphin's training data was cleared of refusals; abliterated models had the
refusal direction removed from their weights. Pony Diffusion and NoobAI were deliberately trained on adult pictures."""
MAX_CONFIG = 2**20


def sounds_unfiltered(source: str) -> bool:
    """Whether the name of a repository, folder or file, or the original name in a folder's config.json, says that the
    model is unfiltered. An unknown model counts as filtered."""
    return any(sign in name.lower() for name in _names(source) for sign in SIGNS)


def require_checks(title: str, part: str, unfiltered: bool, checks: int) -> None:
    """Raises SettingsError if the public could use an unfiltered model with fewer than both `checks`."""
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
    # With the parent folders, because a hub snapshot is named after its commit, and with the target of a link.
    yield "/".join((*path.parts[-3:], *path.resolve().parts[-3:]))
    try:
        config = path / "config.json"
        if config.stat().st_size <= MAX_CONFIG:
            yield str(json.loads(config.read_text("utf-8")).get("_name_or_path", ""))
    except (OSError, ValueError, AttributeError):
        return
