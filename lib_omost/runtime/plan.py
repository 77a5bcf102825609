"""How a picture is painted in the memory that there is: plans for cards of 6, 8, 12 and 24 GB.

What SDXL takes in half precision, in GiB: UNet 4.8, text encoders 1.5, autoencoder 0.2, keys and values of six regions
0.3 and of twelve 0.6, the UNet's work on both passes of guidance about 2, decoding at 1024 x 1024 about 2 whole and 0.5
in tiles. Beside it stands a composer of any size, which counts if both are to be side by side. Values only: no torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import SettingsError

_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Plan:
    """What is saved, for a card of `memory` GB; `needs` is how many bytes must be free for the painter.

    together: composer and painter both stay on the device. float8: the UNet's weights are kept in 8 bits and unpacked
    layer by layer. encoders_out: the text encoders leave the device when the prompts are encoded. sequential_cfg: the
    two passes of guidance run one after the other. tiled: pictures of every size are decoded in tiles, unless the
    settings say otherwise. cached: keys and values of the regions are kept for the whole render.

    A picture comes out the same again by the same plan; `sequential_cfg` and `cached` change nothing but the rounding,
    `tiled` leaves faint seams, `float8` moves details.
    """

    memory: int
    needs: int
    together: bool = False
    float8: bool = False
    encoders_out: bool = False
    sequential_cfg: bool = False
    tiled: bool = False
    cached: bool = True

    @property
    def painting(self) -> tuple[bool, ...]:
        """What tells whether two plans paint differently."""
        return self.float8, self.encoders_out, self.sequential_cfg, self.tiled, self.cached

    @property
    def description(self) -> str:
        """What the plan does, as a part of a sentence."""
        done = [
            *(["image weights in 8 bits"] if self.float8 else []),
            *(["decoding in tiles"] if self.tiled else []),
            *(["the passes of guidance one after the other"] if self.sequential_cfg else []),
            *(["text encoders on the device only while they read"] if self.encoders_out else []),
            *(["no keys and values kept"] if not self.cached else []),
            "composer and painter side by side" if self.together else "composer and painter in turns",
        ]
        return ", ".join(done)


PLANS = (
    Plan(6, 0, float8=True, tiled=True, sequential_cfg=True, encoders_out=True, cached=False),
    Plan(8, int(6.5 * _GIB), float8=True, tiled=True),
    Plan(12, int(9.5 * _GIB)),
    Plan(24, 12 * _GIB, together=True),
)
"""From the smallest to the largest."""

SMALLEST, LARGEST = PLANS[0], PLANS[-1]
COMPOSER = 6 * _GIB
"""Bytes that a composer of unknown size is taken to need: those of an 8B model in 4 bits with its conversation."""
LEAST = 4 * _GIB
"""Bytes below which even the smallest plan is likely to fail with pictures of 1024 x 1024."""


def choose_plan(requested: int | None, free: int | None, composer: int = COMPOSER) -> Plan:
    """The plan for `requested` GB, else the largest that `free` bytes suffice for, with the `composer`'s bytes if both
    are to be side by side; None is a machine without an accelerator, where nothing has to be saved.

    Raises SettingsError for a number of GB that there is no plan for.
    """
    if requested is not None:
        for plan in PLANS:
            if plan.memory == requested:
                return plan
        known = ", ".join(str(plan.memory) for plan in PLANS)
        raise SettingsError(f"There is no memory plan for {requested} GB: choose one of {known}.")
    if free is None:
        return LARGEST
    return next((plan for plan in reversed(PLANS) if plan.needs + plan.together * composer <= free), SMALLEST)


def smaller(plan: Plan) -> Plan | None:
    """The next smaller plan, or None for the smallest."""
    place = PLANS.index(plan)
    return PLANS[place - 1] if place else None


def less_painting(plan: Plan) -> Plan | None:
    """The next smaller plan by which a picture takes less memory, or None."""
    less = smaller(plan)
    while less is not None and less.painting == plan.painting:
        less = smaller(less)
    return less
