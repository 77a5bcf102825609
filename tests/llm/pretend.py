"""A device that is not there: tensors on the CPU that say to lie on it, and behave so.

Tensors made there or moved there belong to it, and so does what is computed from them. As on a real one, an operation
takes no tensors of two devices; as on MPS, nothing has double precision. Counted: the times that the host waits for a
result, and the bytes in use on either side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

READS = {"item", "tolist", "__bool__", "__int__", "__float__", "__index__", "numpy", "nonzero", "argwhere", "equal"}
"""Calls that give the host a value, for which it waits until the device is done."""


class Pretended(TorchFunctionMode):
    """While it is entered, "mps" (or another `kind`) is a device. waits: how often the host waited for it."""

    def __init__(self, kind: str = "mps") -> None:
        super().__init__()
        self.device = torch.device(kind)
        self.waits = 0
        self._here: dict[int, StorageWeakRef] = {}

    def __torch_function__(self, call: Any, types: Any, given: Any = (), named: Any = None) -> Any:
        named = dict(named or {})
        name = getattr(call, "__name__", "")
        first = given[0] if given else None
        if call == torch.Tensor.device.__get__:  # type: ignore[attr-defined]
            return self.device if self.holds(first) else call(*given)
        if isinstance(first, torch.Tensor) and name in ("to", "cpu"):
            return self._moved(first, name, given[1:], named)
        inside = [tensor for tensor in _tensors(given, named) if self.holds(tensor)]
        if inside:
            outside = [tensor for tensor in _tensors(given, named) if not self.holds(tensor) and tensor.dim()]
            if outside and name not in ("__set__", "_has_compatible_shallow_copy_type"):
                raise RuntimeError(f"{name}: expected all tensors to be on the same device")
            self.waits += name in READS
        here = bool(inside) or self._names(named.get("device"))
        if self._names(named.get("device")):
            self.waits += name == "tensor"  # it is filled by a copy
            named["device"] = "cpu"
        made = call(*given, **named)
        if here:
            self._keep(made)
        return made

    def holds(self, tensor: Any) -> bool:
        if not isinstance(tensor, torch.Tensor):
            return False
        with torch._C.DisableTorchFunction():
            known = self._here.get(tensor.untyped_storage()._cdata)
        return known is not None and not known.expired()

    def bytes(self) -> int:
        """Bytes in use on the device, by whomever."""
        with torch._C.DisableTorchFunction():
            return sum(_storage(known).nbytes() for known in self._here.values() if not known.expired())

    def _moved(self, tensor: torch.Tensor, name: str, given: Any, named: dict[str, Any]) -> torch.Tensor:
        device, dtype, unhurried, _ = (
            (torch.device("cpu"), None, False, None) if name == "cpu" else torch._C._nn._parse_to(*given, **named)
        )
        was_here = self.holds(tensor)
        there = was_here if device is None else device.type == self.device.type
        moved = tensor.to(dtype=dtype or tensor.dtype)
        if was_here != there:
            moved = moved.clone()
            self.waits += not unhurried
        if there:
            self._keep(moved)
        return moved

    def _names(self, device: Any) -> bool:
        return device is not None and torch.device(device).type == self.device.type

    def _keep(self, made: Any) -> None:
        for tensor in _tensors(made):
            if tensor.dtype in (torch.float64, torch.complex128):
                raise TypeError("Cannot convert a tensor to float64 on a device that has none")
            with torch._C.DisableTorchFunction():
                storage = tensor.untyped_storage()
                self._here[storage._cdata] = StorageWeakRef(storage)


def _tensors(*values: Any) -> Iterator[torch.Tensor]:
    return (value for value in tree_leaves(values) if isinstance(value, torch.Tensor))


def _storage(known: StorageWeakRef) -> torch.UntypedStorage:
    return torch.UntypedStorage._new_with_weak_ptr(known.cdata)
