"""Estimates of the device memory that a composer needs while it writes.

For presets they are sums of published sizes (weights in that precision, keys and values per token), for other models
they come from the size of the files or the number of parameters in the name.
"""

from __future__ import annotations

import re
from pathlib import Path

from .composers import ComposerPreset

GIB = 2**30
CONVERSATION = 3000
"""Tokens of a first round: system prompt, user prompt and canvas."""
WORKSPACE = int(0.4 * GIB)
"""Bytes for logits, prefill, and the workspaces of the libraries."""
PER_TOKEN = 2**17
"""Bytes of keys and values per token assumed for an unknown model: those of Llama-3 8B."""


def footprint(preset: ComposerPreset) -> int | None:
    """Bytes of device memory that the composer needs in a first round, 0 for a server; None if unknown."""
    if preset.remote:
        return 0
    weights = preset.weights or _of_files(Path(preset.source)) or _of_name(preset.source)
    if not weights:
        return None
    return weights + CONVERSATION * (preset.per_token or PER_TOKEN) + WORKSPACE


def _of_files(path: Path) -> int:
    """Bytes that the weights on this disk take when loaded; a GGUF file is unpacked to 16 bits."""
    if path.is_file():
        packed = re.search(r"q([2-8])", path.name.lower())
        return round(path.stat().st_size * 16 / (int(packed[1]) + 0.5)) if packed else path.stat().st_size
    return sum(file.stat().st_size for file in path.glob("*.safetensors"))


def _of_name(name: str) -> int:
    """Bytes according to the billions of parameters in the name of a repository, such as 7B or 1.7b."""
    stated = re.search(r"(?<![\d.a-z])(\d+(?:\.\d+)?)b(?![a-z])", name.rpartition("/")[2].lower())
    if stated is None:
        return 0
    bits = (
        5 if re.search(r"4-?bit|int4|awq|gptq|nf4", name.lower()) else 8 if re.search(r"8-?bit", name.lower()) else 16
    )
    return round(float(stated[1]) * 1e9 * bits / 8)
