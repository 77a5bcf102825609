"""A server's list of models: which one to use, and how long its window is."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

CONTEXT_LENGTH = 8192
"""Window in tokens of a server that does not report one."""
OLLAMA_CONTEXT_LENGTH = 4096
"""Window of a model of Ollama that was not told otherwise. It cuts longer prompts without a word."""

_WINDOWS = (
    "loaded_context_length", "max_model_len", "n_ctx", "context_length", "context_window", "max_context_length",
    "max_input_tokens", "max_seq_len",
)  # fmt: skip
_NOT_CHAT = re.compile(
    r"embed|(?<![a-z])(?:bge|e5|gte|minilm|rerank\w*|whisper|tts|stt|asr|clip|siglip|dall-?e|moderation|ocr|vae|flux"
    r"|sdxl|stable-?diffusion|nomic|mxbai|arctic|colbert|bert|wav2vec\w*|kokoro|parakeet|piper)(?![a-z])",
    re.IGNORECASE,
)
_NOT_CHAT_TYPES = frozenset(
    ["embedding", "embeddings", "embed", "rerank", "reranker", "audio", "stt", "tts", "transcription", "image"]
)
_NUM_CTX = re.compile(r"^\s*num_ctx\s+(\d{3,8})\s*$", re.MULTILINE)

Ask = Callable[..., Awaitable[Any]]
"""`Endpoint.ask`."""


def entries_of(value: Any) -> list[dict[str, Any]] | None:
    """The entries of a list of models, each with its name as `id`; None if it is no such list."""
    if isinstance(value, dict):
        if "data" in value and value["data"] is None:
            return []  # Ollama without a model
        value = value.get("data") or value.get("models") or value.get("data")
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        return None
    named = [{**entry, "id": _name(entry)} for entry in value]
    return [entry for entry in named if entry["id"] and entry["id"].isprintable()]


def _name(entry: Mapping[str, Any]) -> str:
    found = next((entry[name] for name in ("id", "model", "name") if isinstance(entry.get(name), str)), "")
    return str(found)


def chosen(entries: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The first entry that can chat, a loaded one before others; the first if none seems to; None without entries."""
    able = [entry for entry in entries if _can_chat(entry)]
    loaded = [entry for entry in able if entry.get("state") == "loaded"]
    return next(iter([*loaded, *able, *entries]), None)


def _can_chat(entry: Mapping[str, Any]) -> bool:
    for name in ("type", "task", "model_type", "object_type"):
        if str(entry.get(name, "")).lower() in _NOT_CHAT_TYPES:
            return False
    able = entry.get("capabilities")
    if isinstance(able, dict) and able.get("completion_chat") is False:
        return False
    if isinstance(able, list) and able and not {"completion", "chat", "chat.completion", "text"} & set(map(str, able)):
        return False
    return not _NOT_CHAT.search(entry["id"].rpartition("/")[2])


def reported_window(entry: Mapping[str, Any]) -> int | None:
    """The window in tokens that an entry reports; None if it does not."""
    meta = entry.get("meta")
    provider = entry.get("top_provider")
    for source in (entry, meta, provider):
        if isinstance(source, dict):
            for name in _WINDOWS:
                value = source.get(name)
                if isinstance(value, int) and not isinstance(value, bool) and value >= 512:
                    return value
    return None


async def window(ask: Ask, entry: Mapping[str, Any], owner: str) -> tuple[int, bool]:
    """The window of a model in tokens, and whether it is known rather than assumed. `owner` is `owned_by` in the list
    of models, by which llama.cpp, LM Studio and Ollama are recognised."""
    reported = reported_window(entry)
    if reported is not None:
        return reported, True
    found: int | None = None
    if owner == "llamacpp":
        found = _at(await ask("/props"), "default_generation_settings", "n_ctx")
    elif owner == "organization_owner":
        listed = entries_of(await ask("/api/v0/models")) or []
        found = next((reported_window(item) for item in listed if item["id"] == entry["id"]), None)
    elif owner == "library":
        return await _ollama_window(ask, entry["id"])
    return (CONTEXT_LENGTH, False) if found is None else (found, True)


async def _ollama_window(ask: Ask, name: str) -> tuple[int, bool]:
    running = await ask("/api/ps")
    for item in (entries_of(running) or []) if isinstance(running, dict) and "models" in running else []:
        if item["id"] == name and (found := reported_window(item)):
            return found, True
    shown = await ask("/api/show", {"model": name})
    settings = shown.get("parameters") if isinstance(shown, dict) else None
    told = _NUM_CTX.search(settings) if isinstance(settings, str) else None
    return (int(told[1]), True) if told and int(told[1]) >= 512 else (OLLAMA_CONTEXT_LENGTH, False)


def _at(value: Any, *names: str) -> int | None:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, int) and value >= 512 else None
