"""What the outlier threshold of 8-bit weights costs in quality, for the base of the embedded composer: KL from float32.

bitsandbytes multiplies input columns above the threshold in half precision beside the 8-bit product, and waits for the
device in every layer to find them; with 0 it does not look for any. The text is a canvas; the divergence is the mean
over its tokens, in nats.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import kl_div

from benchmarks.report import finish, table
from lib_omost.embedded.composer.loading import converted_base
from lib_omost.llm.checkpoint import read_checkpoint
from lib_omost.presets import ROOT

TEXT = ROOT / "docs" / "pictures" / "replies" / "round-1.txt"
THRESHOLDS = (6.0, 0.0, 30.0)
"""The library's default, none, and one that few inputs exceed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, default=TEXT)
    parser.add_argument("--tokens", type=int, default=300)
    options = parser.parse_args()
    base, text = converted_base(), options.text.read_text(encoding="utf-8")
    exact, tokenizer = read_checkpoint(base, device="cpu", dtype=torch.float32)
    ids = tokenizer(text, return_tensors="pt").input_ids[:, : options.tokens]
    reference = _logits(exact, ids).log_softmax(-1)
    eight, _ = read_checkpoint(base, device="cpu", bits=8)
    four, _ = read_checkpoint(base, device="cpu", bits=4, dtype=torch.float32)
    rows: list[tuple[object, ...]] = []
    ratios: dict[str, object] = {}
    for threshold in THRESHOLDS:
        for layer in eight.modules():
            if type(layer).__name__ == "Linear8bitLt":
                layer.state.threshold = threshold
        name = f"8 bits, threshold {threshold:g}"
        ratios[name] = _divergence(_logits(eight, ids), reference)
        rows.append((name, ratios[name]))
    ratios["4 bits (nf4)"] = _divergence(_logits(four, ids), reference)
    rows.append(("4 bits (nf4)", ratios["4 bits (nf4)"]))
    table(("weights", "KL from float32, nats a token"), rows)
    finish("outliers", "cpu", ratios)


@torch.inference_mode()
def _logits(model: Any, ids: torch.Tensor) -> torch.Tensor:
    found: torch.Tensor = model(input_ids=ids).logits[0].float()
    return found


def _divergence(logits: torch.Tensor, reference: torch.Tensor) -> float:
    return float(kl_div(logits.log_softmax(-1), reference, reduction="batchmean", log_target=True))


if __name__ == "__main__":
    main()
