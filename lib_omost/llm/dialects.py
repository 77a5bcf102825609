"""How a server is told of the Canvas language: each kind that can hold a model to one takes it in its own field.

https://docs.vllm.ai/en/latest/features/structured_outputs/
https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
https://platform.openai.com/docs/guides/structured-outputs
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .gbnf import canvas_gbnf
from .schema import REQUEST, CanvasFromJson, canvas_schema

JSON_SCHEMA = "json-schema"
DIALECTS: dict[str, Callable[[], dict[str, Any]]] = {
    "vllm": lambda: {"structured_outputs": {"grammar": canvas_gbnf()}},
    "llama.cpp": lambda: {"grammar": canvas_gbnf()},
    JSON_SCHEMA: lambda: {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "canvas", "strict": True, "schema": canvas_schema()},
        }
    },
}
"""The fields of a request."""
KINDS = {"vllm": "vllm", "llamacpp": "llama.cpp", "library": JSON_SCHEMA, "organization_owner": JSON_SCHEMA}
"""Who the list of models says it is owned by, and whose dialect that is; the last two are Ollama and LM Studio."""


def held(request: dict[str, Any], dialect: str) -> tuple[dict[str, Any], Callable[[str], str]]:
    """The request with the language in this dialect, and what makes Canvas code of the pieces of its reply."""
    held = {**request, **DIALECTS[dialect]()}
    if dialect != JSON_SCHEMA:
        return held, str
    first, *rest = request["messages"]
    held["messages"] = [{**first, "content": f"{first['content']}\n\n{REQUEST}"}, *rest]
    return held, CanvasFromJson().feed
