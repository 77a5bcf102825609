"""Muon: momentum with nearly orthogonalised matrices (Jordan et al. 2024).

It learns more per step than Adam, which matters if steps are few and expensive. Convolutions count as matrices of (out,
in * height * width). The update is scaled to the size of Adam's, so that both use the same learning rate (Liu et al.
2025, "Muon is scalable for LLM training": 0.2 * sqrt(max(rows, columns))).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

# Three iterations of a quintic polynomial, each with its optimal coefficients: Amsel et al. 2025, "The Polar Express".
_ROUNDS = (
    (8.28721201814563, -23.595886519098837, 17.300387312530933),
    (4.107059111542203, -2.9478499167379106, 0.5448431082926601),
    (3.9486908534822946, -2.908902115962949, 0.5518191394370137),
)


def orthogonal(matrix: Tensor) -> Tensor:
    """A matrix with the singular vectors of `matrix` [m, n] and singular values near 1.

    The iterations ``x <- (a + b x x' + c (x x')**2) x`` run on the small square matrix x x' only; their effect on x is
    a product of polynomials in it.
    """
    x = matrix / (matrix.norm() + 1e-7)
    if tall := x.shape[0] > x.shape[1]:
        x = x.T
    gram = x @ x.T
    identity = torch.eye(len(gram), device=gram.device, dtype=gram.dtype)
    whole = identity
    for a, b, c in _ROUNDS:
        factor = a * identity + b * gram + c * gram @ gram
        whole = factor @ whole
        gram = factor @ gram @ factor
    x = whole @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """The optimizer for parameters with two or more dimensions; use AdamW for the others."""

    def __init__(
        self, parameters: Iterable[nn.Parameter], lr: float, momentum: float = 0.9, weight_decay: float = 0.01
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One step; `closure` is not used."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(parameter)
                held = state["momentum"]
                held.mul_(group["momentum"]).add_(parameter.grad)
                ahead = parameter.grad + group["momentum"] * held
                made = orthogonal(ahead.flatten(1)).view_as(parameter)
                size = 0.2 * max(ahead.shape[0], ahead[0].numel()) ** 0.5
                parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(made, alpha=-group["lr"] * size)
