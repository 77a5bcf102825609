"""Who holds the accelerator: one lock, leases in turn, and models that move in and out.

The composer and the painter share one device. Whoever works holds a lease; the other waits for its turn. On a card
that cannot hold both, the one that works is moved in and the other is moved out to the host first, so that a chat and a
render never evict each other half-way.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ..errors import ModelError
from .device import is_out_of_memory, release
from .turns import Ticket, Turns


class Movable(Protocol):
    """A model whose weights can change device."""

    def to(self, device: str) -> object: ...


Model = TypeVar("Model", bound=Movable)


@dataclass(slots=True)
class _Tenant:
    model: Movable
    on_device: bool


class Accelerator:
    """One device ("cuda", "mps", "xpu", "cpu") and the models that take turns on it.

    `keep_together` says that the device holds every tenant at once, so nothing is moved out; so it is on the CPU.
    """

    def __init__(self, device: str, *, keep_together: bool = False) -> None:
        self.device = device
        self._keep_together = keep_together or device == "cpu"
        self._turns = Turns()
        self._tenants: dict[str, _Tenant] = {}
        self._holder: str | None = None

    @property
    def holder(self) -> str | None:
        """The name of the tenant that works now, or None."""
        return self._holder

    @property
    def keeps_together(self) -> bool:
        """Whether all tenants may be on the device at once."""
        return self._keep_together

    def load(self, name: str, make: Callable[[Callable[[], object]], Model]) -> Model:
        """Make a model called `name` on the device and a tenant of it, in one turn.

        `make` calls what it is given when it is about to fill the device: only then the others move out, so that what
        is built on the host and what moves there do not stand side by side for longer than they must. If memory runs
        out beside others that were to stay, they move out for good, and it is made again.
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
        # Only here: the error held on to what had been loaded.
        self._free()
        return make(room)

    def turn(self) -> AbstractContextManager[object]:
        """A turn with no tenant, for what must not run beside the loading of one."""
        return self._turns.ticket()

    def lease(self, name: str) -> Lease:
        """A lease for tenant `name`, not yet held: `acquire` it, then use it as a context manager."""
        return Lease(self, name)

    def make_room(self, name: str) -> bool:
        """Let nobody stay beside `name`, who holds the turn, from now on; whether somebody had to move out."""
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
    """One tenant's turn on the device.

    Used in two steps, so that the one who waits can go on telling its user why::

        lease = accelerator.lease("painter")
        while not lease.acquire(timeout=0.5):
            ...  # say who holds the device, look whether to `give_up`
        with lease:
            ...  # the weights are on the device

    Turns come in the order in which they were first asked for. The steps may run on different threads: generators that
    feed a page are resumed on whichever is free.
    """

    def __init__(self, accelerator: Accelerator, name: str) -> None:
        self._accelerator = accelerator
        self._name = name
        self._ticket: Ticket | None = None

    def acquire(self, timeout: float | None = None) -> bool:
        """Whether the turn came within `timeout` seconds; None waits for as long as it takes."""
        if self._ticket is None:
            self._ticket = self._accelerator._turns.ticket()
        return self._ticket.acquire(timeout)

    def give_up(self) -> None:
        """Wait no longer: those behind move up."""
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
