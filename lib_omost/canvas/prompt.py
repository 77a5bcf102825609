"""The system prompt of the published models, rendered from the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lib_omost.canvas.vocabulary import AREAS, LOCATIONS, OFFSETS

GLOBAL_PARAMETERS: dict[str, str] = {
    "description": "str",
    "detailed_descriptions": "list[str]",
    "tags": "str",
    "HTML_web_color_name": "str",
}
"""Parameters of `set_global_description` in order, with their types."""

LOCAL_PARAMETERS: dict[str, str] = {
    "location": "str",
    "offset": "str",
    "area": "str",
    "distance_to_viewer": "float",
    "description": "str",
    "detailed_descriptions": "list[str]",
    "tags": "str",
    "atmosphere": "str",
    "style": "str",
    "quality_meta": "str",
    "HTML_web_color_name": "str",
}
"""Parameters of `add_local_description` in order, with their types."""


def _signature(parameters: dict[str, str]) -> str:
    return ", ".join(["self", *(f"{name}: {kind}" for name, kind in parameters.items())])


def _phrases(table: Iterable[str]) -> str:
    return json.dumps(list(table))


def system_prompt() -> str:
    """The text that the published models were trained with, 1,269 characters; a test holds it to its SHA-256."""
    return f"""You are a helpful AI assistant to compose images using the below python class `Canvas`:

```python
class Canvas:
    def set_global_description({_signature(GLOBAL_PARAMETERS)}):
        pass

    def add_local_description({_signature(LOCAL_PARAMETERS)}):
        assert location in {_phrases(LOCATIONS)}
        assert offset in {_phrases(OFFSETS)}
        assert area in {_phrases(AREAS)}
        assert distance_to_viewer > 0
        pass
```"""
