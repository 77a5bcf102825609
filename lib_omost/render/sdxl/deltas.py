"""The change that a LoRA or a related adapter makes to a layer, computed from the tensors of its file.

LoRA: https://arxiv.org/abs/2106.09685. LoCon, LoHa, LoKr and their variants for convolutions (Tucker decomposition):
https://arxiv.org/abs/2309.14859, and https://arxiv.org/abs/2108.06098 for LoHa. DoRA: https://arxiv.org/abs/2402.09353.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

Parts = dict[str, Tensor]
"""The tensors of one layer, keyed by `part` of `lora_names.Name`."""

_ASIDE = {"alpha", "scalar", "diff_b", "b_norm", "bias"}
"""Parts that do not change a weight on their own."""


class Misfit(ValueError):
    """The shapes of the tensors do not match each other or the layer."""


class Incomplete(ValueError):
    """A layer lacks one of its tensors."""


@dataclass(frozen=True, slots=True)
class Strength:
    """What the configuration of an adapter states about a layer: the alpha, the rank, and whether alpha is divided by
    the square root of the rank (https://arxiv.org/abs/2312.03732). An alpha among the tensors takes precedence; without
    any alpha, the factor of a product is 1."""

    alpha: float | None = None
    rank: int | None = None
    rank_stabilised: bool = False

    def factor(self, parts: Parts, rank: int | None) -> float:
        """The factor of a product of this rank, or of a Kronecker product of two full matrices if `rank` is None; peft
        applies the stated rank to the latter, LyCORIS no factor."""
        alpha = self.alpha if "alpha" not in parts else None if rank is None else float(parts["alpha"])
        rank = rank or self.rank
        if alpha is None or rank is None:
            return 1.0
        return alpha / (math.sqrt(rank) if self.rank_stabilised else rank)


UNSTATED = Strength()


def weight_change(parts: Parts, weight: Tensor, stated: Strength = UNSTATED) -> Tensor | None:
    """The change of `weight` at full strength, in float32 and in its shape; None if the parts do not change it.

    Raises Misfit and Incomplete.
    """
    parts = {name: tensor.to(weight.device, torch.float32) for name, tensor in parts.items()}
    if not parts.keys() - _ASIDE:
        return None
    try:
        changes = [_shaped(change, weight) for change in _products(parts, stated)]
    except KeyError as error:
        raise Incomplete(f"{error.args[0]} is missing") from error
    except (RuntimeError, IndexError) as error:  # raised by torch for shapes that do not match
        raise Misfit(str(error).splitlines()[0]) from error
    change = sum(changes, torch.zeros_like(weight, dtype=torch.float32))
    if "scalar" in parts:
        change = change * parts["scalar"]
    direction = parts.get("magnitude", parts.get("magnitude_out"))
    if direction is None:
        return change
    return _with_magnitude(change, weight.float(), direction, by_row="magnitude_out" in parts)


def bias_change(parts: Parts, bias: Tensor | None, stated: Strength = UNSTATED) -> Tensor | None:
    """The change of `bias` at full strength, in float32; None if the parts do not change it. Raises Misfit."""
    found = next((name for name in ("diff_b", "b_norm", "bias") if name in parts), None)
    if found is None:
        return None
    if bias is None or parts[found].numel() != bias.numel():
        raise Misfit(f"a bias of the shape {list(parts[found].shape)}")
    change = parts[found].to(bias.device, torch.float32).reshape(bias.shape)
    if found == "bias" and "down" in parts:
        change = change * stated.factor(parts, parts["down"].shape[0])
    return change


def _products(parts: Parts, stated: Strength) -> Iterator[Tensor]:
    """The changes without DoRA, each with as many elements as the weight. Raises KeyError for a missing part."""
    for name in ("diff", "w_norm"):
        if name in parts:
            yield parts[name]
    if any(name.startswith("hada_") for name in parts):
        first, second = (
            _tucker(parts.get(f"hada_t{one}"), parts[f"hada_w{one}_a"], parts[f"hada_w{one}_b"]) for one in (1, 2)
        )
        yield first * second * stated.factor(parts, parts["hada_w1_b"].shape[0])
    if any(name.startswith("lokr_") for name in parts):
        yield _kronecker(parts, stated)
    if parts.keys() & {"down", "up", "mid"}:
        down, up = parts["down"], parts["up"]
        if "mid" in parts:  # a 1x1, a k x k and a 1x1 convolution
            change = torch.einsum("or,rskl,si->oikl", up.flatten(1), parts["mid"], down.flatten(1))
        else:
            change = (up.flatten(1) @ down.flatten(1)).reshape(up.shape[0], *down.shape[1:])
        yield change * stated.factor(parts, down.shape[0])


def _tucker(core: Tensor | None, left: Tensor, right: Tensor) -> Tensor:
    return left @ right if core is None else torch.einsum("pqkl,po,qi->oikl", core, left, right)


def _kronecker(parts: Parts, stated: Strength) -> Tensor:
    """The Kronecker product of two sides, each a matrix or a product of two matrices."""
    rank = None
    sides = []
    for one in ("1", "2"):
        if f"lokr_w{one}" in parts:
            sides.append(parts[f"lokr_w{one}"])
            continue
        left, right = parts[f"lokr_w{one}_a"], parts[f"lokr_w{one}_b"]
        rank = right.shape[0]
        sides.append(_tucker(parts.get("lokr_t2") if one == "2" else None, left, right))
    first, second = sides
    product = torch.kron(first.reshape(*first.shape, *([1] * (second.ndim - 2))), second.contiguous())
    return product * stated.factor(parts, rank)


def _shaped(change: Tensor, weight: Tensor) -> Tensor:
    """`change` in the shape of `weight`; files may store the change of a convolution as a matrix."""
    if change.shape[0] != weight.shape[0] or change.numel() != weight.numel():
        raise Misfit(f"{list(change.shape)} for a weight of the shape {list(weight.shape)}")
    return change.reshape(weight.shape)


def _with_magnitude(change: Tensor, weight: Tensor, magnitude: Tensor, *, by_row: bool) -> Tensor:
    """The change of DoRA: weight and change are added, and each row or column is scaled to the norm in `magnitude`.
    LyCORIS writes [rows, 1] or [1, columns], peft one number per row."""
    total = weight + change
    by_row = by_row or magnitude.ndim == 1 or magnitude.shape[0] == weight.shape[0] != 1
    axis = 0 if by_row else 1
    if total.ndim < 2 or magnitude.numel() != total.shape[axis]:
        raise Misfit(f"a magnitude of the shape {list(magnitude.shape)} for {list(total.shape)}")
    others = [number for number in range(total.ndim) if number != axis]
    length = torch.linalg.vector_norm(total, dim=others, keepdim=True)
    rescaled: Tensor = total * (magnitude.reshape(length.shape) / length) - weight
    return rescaled
