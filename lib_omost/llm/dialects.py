"""Constraining a served model to the Canvas language: each kind of server has a different field for that.

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
"""The additional fields of a request, by dialect."""
KINDS = {"vllm": "vllm", "llamacpp": "llama.cpp", "library": JSON_SCHEMA, "organization_owner": JSON_SCHEMA}
"""The dialect for each `owned_by` in a list of models; the last two are Ollama and LM Studio."""


def constrained_request(request: dict[str, Any], dialect: str) -> tuple[dict[str, Any], CanvasFromJson | None]:
    """The request with a constraint in this dialect, and what translates its reply; None if that is code."""
    constrained = {**request, **DIALECTS[dialect]()}
    if dialect != JSON_SCHEMA:
        return constrained, None
    first, *rest = request["messages"]
    constrained["messages"] = [{**first, "content": f"{first['content']}\n\n{REQUEST}"}, *rest]
    return constrained, CanvasFromJson()
