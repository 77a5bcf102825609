"""Sharing of the accelerator: fair leases, and models that move to and from the device.

Composer and painter share one device. The one that works holds a lease; the other waits for its turn. On a card that
cannot hold both, taking a lease first moves the other model to the host, so a chat and a render never evict each other
half-way.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ..errors import ModelError
from .device import is_out_of_memory, release
from .turns import Ticket, Turns


class Movable(Protocol):
    """A model whose weights can be moved between devices."""

    def to(self, device: str) -> object: ...


Model = TypeVar("Model", bound=Movable)


@dataclass(slots=True)
class _Tenant:
    model: Movable
    on_device: bool


class Accelerator:
    """One device ("cuda", "mps", "xpu", "cpu") and the models, its tenants, that take turns on it.

    `keep_together` says that all tenants fit on the device at once, so none is moved out; always true on the CPU.
    """

    def __init__(self, device: str, *, keep_together: bool = False) -> None:
        self.device = device
        self._keep_together = keep_together or device == "cpu"
        self._turns = Turns()
        self._tenants: dict[str, _Tenant] = {}
        self._holder: str | None = None

    @property
    def holder(self) -> str | None:
        """The name of the tenant that holds the lease, or None."""
        return self._holder

    @property
    def keeps_together(self) -> bool:
        """Whether all tenants may stay on the device at once."""
        return self._keep_together

    def load(self, name: str, make: Callable[[Callable[[], object]], Model]) -> Model:
        """Create a model on the device and make it the tenant `name`, in one turn.

        `make` must call its argument immediately before it fills the device. Only then do the other tenants move out,
        so a model that is built on the host and the ones that move there share it as briefly as possible. If memory
        runs out while others stay on the device, they move out permanently, and `make` is called again.
        """
        with self._turns.ticket():
            self._holder = name
            try:
                model = self._make(name, make)
                self._tenants[name] = _Tenant(model, on_device=True)
                return model
            finally:
                self._holder = None

    def _make(self, name: str, make: Callable[[Callable[[], object]], Model]) -> Model:
        def room() -> bool:
            return self._move_out(except_for=name)

        try:
            return make(room)
        except Exception as error:
            if not is_out_of_memory(error) or not self.make_room(name):
                raise
        # Not in the except block: there the error still holds what had been loaded.
        self._free()
        return make(room)

    @contextmanager
    def vacated(self, name: str, *, keep_together: bool) -> Iterator[None]:
        """Within this context, which is one turn, there is no tenant `name`: its owner lets go of it here. Its memory
        is free afterwards. keep_together: whether the tenants fit together from now on."""
        with self._turns.ticket():
            self._tenants.pop(name, None)
            self._keep_together = keep_together or self.device == "cpu"
            yield
            gc.collect()
            self._free()

    def turn(self) -> AbstractContextManager[object]:
        """A turn without a tenant, for work that must not run while a tenant is being loaded."""
        return self._turns.ticket()

    def lease(self, name: str) -> Lease:
        """A lease for tenant `name`, not yet acquired: call `acquire`, then use it as a context manager."""
        return Lease(self, name)

    def make_room(self, name: str) -> bool:
        """Move all tenants but `name`, which holds the turn, off the device, and do not keep tenants together from now
        on. Returns whether any had to move."""
        if self.device == "cpu":
            return False
        self._keep_together = False
        return self._move_out(except_for=name)

    def _move_in(self, name: str) -> None:
        tenant = self._tenants[name]
        if tenant.on_device:
            return
        self._move_out(except_for=name)
        try:
            tenant.model.to(self.device)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            tenant.model.to("cpu")
            self._free()
            raise ModelError(
                f"The memory of the device does not suffice to move the {name} in. "
                "Close other programs that use it, or start again with a smaller number for --memory."
            ) from error
        tenant.on_device = True

    def _move_out(self, *, except_for: str) -> bool:
        if self._keep_together:
            return False
        moved = False
        for name, tenant in self._tenants.items():
            if name != except_for and tenant.on_device:
                tenant.model.to("cpu")
                tenant.on_device = False
                moved = True
        if moved:
            self._free()
        return moved

    def _free(self) -> None:
        if self.device != "cpu":
            release(self.device)


class Lease:
    """A tenant's turn on the device.

    It is used in two steps, so that the caller can report why it is waiting::

        lease = accelerator.lease("painter")
        while not lease.acquire(timeout=0.5):
            ...  # report who holds the device; possibly `give_up`
        with lease:
            ...  # the weights are on the device

    Turns come in the order of the first calls of `acquire`. The steps may run on different threads, because the
    generators of a page are resumed on any free thread.
    """

    def __init__(self, accelerator: Accelerator, name: str) -> None:
        self._accelerator = accelerator
        self._name = name
        self._ticket: Ticket | None = None

    def acquire(self, timeout: float | None = None) -> bool:
        """Wait for the turn; returns whether it came within `timeout` seconds (None: wait indefinitely)."""
        if self._ticket is None:
            self._ticket = self._accelerator._turns.ticket()
        return self._ticket.acquire(timeout)

    def give_up(self) -> None:
        """Stop waiting and give up the place in the queue."""
        if self._ticket is not None:
            self._ticket.leave()
            self._ticket = None

    def __enter__(self) -> Lease:
        self.acquire()
        self._accelerator._holder = self._name
        try:
            self._accelerator._move_in(self._name)
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._release()

    def _release(self) -> None:
        self._accelerator._holder = None
        self.give_up()
