"""A small atlas with flat things, and a reader that has read already."""

from __future__ import annotations

from typing import Any

import torch

from lib_omost.embedded.painter.atlas import Atlas
from lib_omost.embedded.painter.conditioning import Layout


def tiny_atlas() -> Atlas:
    """Two things, a red square that covers all and a half transparent green one, before a blue and a white setting."""
    basis = torch.zeros(4, 4, 256)
    for channel in range(4):
        basis[channel, channel] = 0.01
    codes = torch.tensor([[100, 0, 0, 100], [0, 50, 0, 50]], dtype=torch.int8)
    grounds = torch.zeros(2, 2, 2, 3, dtype=torch.uint8)
    grounds[0, ..., 2] = 255
    grounds[1] = 255
    return Atlas(
        codes[:, None].repeat(1, 256, 1),
        basis.flatten(1).half(),
        torch.zeros(1024).half(),
        grounds,
        ("red", "green"),
        ("sea day", "snow day"),
    )


class Told:
    """In the place of a reader."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def layout(self, *_: Any) -> Layout:
        return self._layout
