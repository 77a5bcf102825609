"""Reading a checkpoint's configuration, with current names for settings that have been renamed since."""

from __future__ import annotations

from typing import Any

from transformers import CONFIG_MAPPING, AutoConfig, PreTrainedConfig


def read_configuration(origin: dict[str, Any]) -> Any:
    """The configuration of a checkpoint, for `from_pretrained`.

    origin: the arguments that tell transformers where it is. Code in the checkpoint is never run. Raises transformers'
    exceptions for a configuration that is missing, damaged or of an unknown kind.
    """
    if "gguf_file" not in origin:
        found, _ = PreTrainedConfig.get_config_dict(**origin)
        scaling = found.get("rope_scaling")
        if found.get("model_type") == "phi3" and isinstance(scaling, dict) and scaling.get("type") == "su":
            # The Phi-3 of spring 2024 calls LongRoPE "su". transformers 5.23 renames it, but only after the point at
            # which it fills in the parameters of LongRoPE.
            renamed = {**scaling, "type": "longrope"}
            return CONFIG_MAPPING["phi3"].from_dict({**found, "rope_scaling": renamed})
    return AutoConfig.from_pretrained(**origin, trust_remote_code=False)
