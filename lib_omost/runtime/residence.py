"""Moving a model's weights between host and device, with a copy that stays on the host.

Two models that take turns on one card move gigabytes at every turn. Since weights do not change between turns, a model
that leaves the device need not be copied back if the host still has its weights, and pinned copies return several times
faster. torch is imported when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .device import free_host_memory

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

MARGIN = 2 * 2**30
"""Bytes of main memory that must stay free when a copy is kept."""
CHUNK = 2**26
"""Bytes of pinned memory to allocate at once; torch rounds each allocation up to a power of two."""
_ALIGNED = 256

Key = tuple[int, str]


class Residence:
    """The weights of some modules, which are on the host or on one device.

    When they move to the device, their copy on the host is kept if that leaves `MARGIN` of main memory free; moving
    them back then copies nothing. After changing weights on the device, call `forget` before they leave it.

    copied: bytes copied between host and device so far. spare: returns the free bytes of main memory.
    """

    def __init__(self, *modules: Any, spare: Callable[[], int] = free_host_memory) -> None:
        self._modules = modules
        self._spare = spare
        self._kept: dict[Key, Tensor] = {}
        self.copied = 0

    @property
    def kept(self) -> int:
        """Bytes of the copies on the host while the weights are on the device."""
        return sum({tensor.data_ptr(): tensor.nbytes for tensor in self._kept.values()}.values())

    def forget(self) -> None:
        """Drop the copies on the host."""
        self._kept.clear()

    def to(self, device: str | Any) -> None:
        """Move the weights to `device`. Those that are already there stay, so a failed move can be reversed."""
        import torch

        target = torch.device(device)
        plain = [module for module in self._modules if _is_plain(module)]
        for module in self._modules:
            if module not in plain:
                module.to(target)  # tensors of a type that only its library can move
        if target.type == "cpu":
            self._leave(plain)
        else:
            self._enter(plain, target)

    def where(self, tensor: Tensor) -> str:
        """The type of device that a weight is on."""
        return tensor.device.type

    def send(self, tensor: Tensor, device: Any) -> Tensor:
        """A copy of a weight on the device."""
        return tensor.to(device, non_blocking=True)

    def fetch(self, tensor: Tensor, host: _Host) -> Tensor:
        """A copy of a device's weight on the host."""
        return host.copy(tensor)

    def _enter(self, modules: list[Module], device: Any) -> None:
        places = [place for place in _places(modules) if self.where(place.tensor) == "cpu"]
        host = _Host(pinned=self._pins(places, device))
        moved: dict[tuple[object, ...], tuple[Tensor, Tensor]] = {}
        for place in places:
            tensor = place.tensor
            if (same := _identity(tensor)) not in moved:
                kept = tensor if tensor.is_pinned() else host.pin(tensor)
                moved[same] = kept, self.send(kept, device)
                self.copied += tensor.nbytes
            self._kept[place.key], sent = moved[same]
            place.set(sent)
        moved.clear()
        _synchronize(device)
        if self._spare() < MARGIN:
            self.forget()

    def _leave(self, modules: list[Module]) -> None:
        places = [place for place in _places(modules) if self.where(place.tensor) != "cpu"]
        needed = [place for place in places if not _fits(self._kept.get(place.key), place.tensor)]
        device = places[0].tensor.device if places else None
        host = _Host(pinned=self._pins(needed, device))
        moved: dict[tuple[object, ...], Tensor] = {}
        for place in places:
            tensor = place.tensor
            kept = self._kept.get(place.key)
            if kept is None or not _fits(kept, tensor):
                if tensor.is_meta:
                    continue  # another library's hook has moved it elsewhere
                if (same := _identity(tensor)) not in moved:
                    moved[same] = self.fetch(tensor, host)
                    self.copied += tensor.nbytes
                kept = moved[same]
            place.set(kept)
        if device is not None:
            _synchronize(device)
        self.forget()

    def _pins(self, places: list[_Place], device: Any) -> bool:
        """Whether to pin the copies: pinned memory cannot be swapped out, so it may take at most half of what is
        free."""
        if device is None or device.type not in ("cuda", "xpu"):
            return False
        return 2 * sum(place.tensor.nbytes for place in places) <= self._spare() - MARGIN


class _Place:
    """The place of one tensor in a module, at which another tensor can be put."""

    def __init__(self, owner: Any, name: str, tensor: Tensor, set_: Callable[[Tensor], None]) -> None:
        self.key: Key = id(owner), name
        self.tensor = tensor
        self.set = set_


class _Host:
    """Main memory for copies, pinned as long as the system allows it."""

    def __init__(self, *, pinned: bool) -> None:
        self._pinned = pinned
        self._chunk: Tensor | None = None
        self._used = 0

    def copy(self, tensor: Tensor) -> Tensor:
        """A copy of a device tensor, complete after the device was synchronised."""
        import torch

        room = self._room(tensor)
        if room is None:
            return tensor.to("cpu", memory_format=torch.preserve_format)
        return room.copy_(tensor, non_blocking=True)

    def pin(self, tensor: Tensor) -> Tensor:
        """A pinned copy of a host tensor, or the tensor if it cannot be pinned."""
        room = self._room(tensor)
        return tensor if room is None else room.copy_(tensor)

    def _room(self, tensor: Tensor) -> Tensor | None:
        """Pinned memory with the type and shape of `tensor`; None if there is none."""
        import torch

        if not self._pinned or not tensor.is_contiguous():
            return None
        size = -(-tensor.nbytes // _ALIGNED) * _ALIGNED
        try:
            if self._chunk is None or self._used + size > self._chunk.nbytes:
                self._chunk = torch.empty(max(CHUNK, size), dtype=torch.uint8, pin_memory=True)
                self._used = 0
        except RuntimeError:  # the system refuses to pin more memory
            self._pinned = False
            return None
        start, self._used = self._used, self._used + size
        return self._chunk[start : start + tensor.nbytes].view(tensor.dtype).view(tensor.shape)


def _places(modules: list[Module]) -> Iterator[_Place]:
    """Every tensor of the modules: parameters, buffers, and the additional tensors of bitsandbytes.

    These are the scales of 4-bit weights and the state of 8-bit layers, which holds their weights under another name.
    """
    for module in (one for whole in modules for one in whole.modules()):
        for name, parameter in module._parameters.items():
            if parameter is None:
                continue
            yield _Place(module, name, parameter.data, _parameter_setter(module, name, parameter))
            yield from _attributes(parameter, ("CB", "SCB"))
            state = getattr(parameter, "quant_state", None)
            while state is not None:
                yield from _attributes(state, ("absmax", "code", "offset"))
                state = getattr(state, "state2", None)
        for name, buffer in module._buffers.items():
            if buffer is not None:
                yield _Place(module, name, buffer, lambda tensor, m=module, n=name: m._buffers.update({n: tensor}))  # type: ignore[misc]
        yield from _attributes(getattr(module, "state", None), ("CB", "SCB", "idx"))


def _attributes(owner: Any, names: tuple[str, ...]) -> Iterator[_Place]:
    import torch

    for name in names:
        tensor = getattr(owner, name, None)
        if isinstance(tensor, torch.Tensor):
            yield _Place(owner, name, tensor, lambda moved, name=name: setattr(owner, name, moved))  # type: ignore[misc]


def _parameter_setter(module: Module, name: str, parameter: Any) -> Callable[[Tensor], None]:
    import torch

    def put(tensor: Tensor) -> None:
        if torch._has_compatible_shallow_copy_type(parameter.data, tensor):
            parameter.data = tensor
        else:  # as torch.nn.Module.to does for such devices
            module._parameters[name] = torch.nn.Parameter(tensor, requires_grad=parameter.requires_grad)

    return put


def _is_plain(module: Any) -> bool:
    """Whether all weights are plain torch tensors, which a view of other memory can replace."""
    import torch

    return isinstance(module, torch.nn.Module) and all(type(one.data) is torch.Tensor for one in module.parameters())


def _fits(kept: Tensor | None, tensor: Tensor) -> bool:
    return kept is not None and kept.dtype == tensor.dtype and kept.shape == tensor.shape


def _identity(tensor: Tensor) -> tuple[object, ...]:
    """A key that is equal for tensors that share memory; unique for tensors without memory (meta, empty)."""
    pointer = 0 if tensor.is_meta else tensor.data_ptr()
    return (pointer, tensor.dtype, tensor.shape) if pointer else (id(tensor),)


def _synchronize(device: Any) -> None:
    import torch

    if device.type in ("cuda", "xpu", "mps"):
        torch.get_device_module(device.type).synchronize()
