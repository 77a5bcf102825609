"""The system prompt of the published models, generated from the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lib_omost.canvas.fields import Number, Texts, specs
from lib_omost.canvas.model import GlobalDescription, Region
from lib_omost.canvas.vocabulary import AREAS, LOCATIONS, OFFSETS

_TYPES: dict[type, str] = {Number: "float", Texts: "list[str]"}


def published(element: type) -> dict[str, str]:
    """The parameters of an element that the published models know, in order, with their types."""
    return {row.keyword: _TYPES.get(type(row.kind), "str") for row in specs(element) if not row.extension}


def _signature(parameters: dict[str, str]) -> str:
    return ", ".join(["self", *(f"{name}: {kind}" for name, kind in parameters.items())])


def _phrases(table: Iterable[str]) -> str:
    return json.dumps(list(table))


def system_prompt() -> str:
    """The system prompt that the published models were trained with, 1,269 characters; a test checks its SHA-256."""
    return f"""You are a helpful AI assistant to compose images using the below python class `Canvas`:

```python
class Canvas:
    def set_global_description({_signature(published(GlobalDescription))}):
        pass

    def add_local_description({_signature(published(Region))}):
        assert location in {_phrases(LOCATIONS)}
        assert offset in {_phrases(OFFSETS)}
        assert area in {_phrases(AREAS)}
        assert distance_to_viewer > 0
        pass
```"""
