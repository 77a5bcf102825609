"""Writes the trained adapter in the format that the program loads.

    python -m training.export_composer --checkpoint FOLDER/checkpoint.pt

The folder gets ``adapter_config.json`` and ``adapter_model.safetensors`` (bfloat16) in peft's format.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from training.composer import TARGETS, Recipe

TARGET = Path(__file__).resolve().parents[1] / "models" / "composer"


def export(
    checkpoint: Path, target: Path = TARGET, recipe: Recipe | None = None, layers: int = 30, strength: float = 1.0
) -> int:
    """Write the adapter of a checkpoint, scaled by `strength`, and return its size in bytes."""
    recipe = recipe or Recipe()
    saved = torch.load(checkpoint, weights_only=True)
    weights = {name: value.to(torch.bfloat16).contiguous() for name, value in saved["weights"].items()}
    target.mkdir(parents=True, exist_ok=True)
    save_file(weights, target / "adapter_model.safetensors", metadata={"format": "pt"})
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": "HuggingFaceTB/SmolLM2-135M-Instruct",
        "r": recipe.rank,
        "lora_alpha": recipe.alpha * strength,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": TARGETS,
        "layers_to_transform": list(range(recipe.first_layer, layers)),
        "inference_mode": True,
    }
    (target / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return (target / "adapter_model.safetensors").stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--target", type=Path, default=TARGET)
    parser.add_argument("--strength", type=float, default=1.0, help="scale of the adapter, 0 to 1")
    options = parser.parse_args()
    size = export(options.checkpoint, options.target, strength=options.strength)
    print(f"{options.target}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
