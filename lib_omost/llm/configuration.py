"""Reading a checkpoint's configuration, with today's names for what was named differently when it was published."""

from __future__ import annotations

from typing import Any

from transformers import CONFIG_MAPPING, AutoConfig, PreTrainedConfig


def read_configuration(origin: dict[str, Any]) -> Any:
    """The configuration of a checkpoint, for `from_pretrained`.

    origin: the arguments that tell transformers where it is. Code that the checkpoint brings along is never run. Raises
    what transformers raises for a configuration that is missing, damaged or of an unknown kind.
    """
    if "gguf_file" not in origin:
        found, _ = PreTrainedConfig.get_config_dict(**origin)
        scaling = found.get("rope_scaling")
        if found.get("model_type") == "phi3" and isinstance(scaling, dict) and scaling.get("type") == "su":
            # LongRoPE was called "su" in the Phi-3 of spring 2024. transformers 5.23 knows that, but translates the
            # name only after it has filled in what LongRoPE needs, and then misses it.
            renamed = {**scaling, "type": "longrope"}
            return CONFIG_MAPPING["phi3"].from_dict({**found, "rope_scaling": renamed})
    return AutoConfig.from_pretrained(**origin, trust_remote_code=False)
