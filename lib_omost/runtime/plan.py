"""Memory plans: how to paint on cards of 6, 8, 12 and 24 GB.

What SDXL needs in half precision, in GiB: UNet 4.8, text encoders 1.5, autoencoder 0.2, keys and values of six regions
0.3 and of twelve 0.6, activations of the UNet for both passes of guidance about 2, decoding at 1024 x 1024 about 2 at
once and 0.5 in tiles. The composer counts in addition if both models are to stay on the device. Values only: no torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import SettingsError

_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for a card of `memory` GB.

    needs: free bytes that the painter needs. together: composer and painter both stay on the device. float8: the UNet's
    weights are stored in 8 bits and unpacked layer by layer. encoders_out: the text encoders leave the device after
    encoding the prompts. sequential_cfg: the two passes of guidance run one after the other. tiled: pictures of every
    size are decoded in tiles, unless the settings say otherwise. cached: keys and values of the regions are kept for
    the whole render.

    The same plan gives the same picture. Between plans, `sequential_cfg` and `cached` change only the rounding, `tiled`
    leaves faint seams, and `float8` changes details.
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
        """The options that affect painting; plans with equal ones need the same memory for a picture."""
        return self.float8, self.encoders_out, self.sequential_cfg, self.tiled, self.cached

    @property
    def description(self) -> str:
        """What the plan does, as part of a sentence."""
        parts = [
            *(["image weights in 8 bits"] if self.float8 else []),
            *(["decoding in tiles"] if self.tiled else []),
            *(["the passes of guidance one after the other"] if self.sequential_cfg else []),
            *(["text encoders on the device only while they are used"] if self.encoders_out else []),
            *(["no cached keys and values"] if not self.cached else []),
            "composer and painter side by side" if self.together else "composer and painter in turns",
        ]
        return ", ".join(parts)


PLANS = (
    Plan(6, 0, float8=True, tiled=True, sequential_cfg=True, encoders_out=True, cached=False),
    Plan(8, int(6.5 * _GIB), float8=True, tiled=True),
    Plan(12, int(9.5 * _GIB)),
    Plan(24, 12 * _GIB, together=True),
)
"""From the smallest to the largest."""

SMALLEST, LARGEST = PLANS[0], PLANS[-1]
COMPOSER = 6 * _GIB
"""Bytes assumed for a composer of unknown size: those of an 8B model in 4 bits with its conversation."""
LEAST = 4 * _GIB
"""With fewer free bytes even the smallest plan is likely to fail for pictures of 1024 x 1024."""


def choose_plan(requested: int | None, free: int | None, composer: int = COMPOSER) -> Plan:
    """The plan for `requested` GB, or if None the largest one for which `free` bytes suffice.

    A plan that keeps both models on the device also needs the bytes of the `composer`. If `free` is None there is no
    accelerator, so nothing has to be saved. Raises SettingsError if there is no plan for `requested` GB.
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
    index = PLANS.index(plan)
    return PLANS[index - 1] if index else None


def smaller_for_painting(plan: Plan) -> Plan | None:
    """The next smaller plan under which a picture needs less memory, or None."""
    less = smaller(plan)
    while less is not None and less.painting == plan.painting:
        less = smaller(less)
    return less
