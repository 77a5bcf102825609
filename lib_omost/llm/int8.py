"""Linear layers with weights in 8 bits, for processors that compute slowly in bfloat16.

Writing a token reads every weight once, so on a CPU the weights' size is the time. Each row of a weight matrix gets a
scale of its own; activations are rounded to bfloat16 and never quantised. Rows of a batch are computed alike however
many there are, so that checking drafted tokens gives the very numbers of writing them one by one.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Int8Linear(nn.Module):
    """A linear layer without bias; its weights [out, in] are rounded to 255 levels a row."""

    weight: torch.Tensor
    scales: torch.Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        assert linear.bias is None
        weight = linear.weight.detach().float()
        scales = weight.abs().amax(dim=1, keepdim=True).clamp_min(1e-12) / 127
        self.register_buffer("weight", (weight / scales).round().to(torch.int8))
        self.register_buffer("scales", scales[:, 0].to(torch.bfloat16))

    def forward(self, hidden_states: torch.Tensor) -> torch.Tensor:
        """[..., in] to [..., out], in the type of the input."""
        rows = hidden_states.reshape(-1, hidden_states.shape[-1]).to(torch.bfloat16)
        output = torch._weight_int8pack_mm(rows, self.weight, self.scales)
        return output.to(hidden_states.dtype).view(*hidden_states.shape[:-1], -1)


def in_int8(model: Any) -> Any:
    """The model, its linear layers without bias replaced; embeddings and norms stay as they are."""
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Linear and child.bias is None:
                setattr(module, name, Int8Linear(child))
    return model
