"""The atlas: the looks of all things and settings that the embedded painter can draw.

A thing is a square of `SIDE` pixels with premultiplied colour and coverage, stored in blocks of `BLOCK` pixels; each
block is a few coefficients of the principal components of all blocks. A setting is a small picture of its colours,
which is stretched over the whole picture.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import fold

from lib_omost.errors import ModelError

SIDE = 256
BLOCK = 16
_BLOCKS = (SIDE // BLOCK) ** 2
_WIDTH = 4 * BLOCK * BLOCK


@dataclass(frozen=True, slots=True)
class Atlas:
    """codes: int8 [things, 256, K], the coefficients of the blocks, row by row. basis: [K, 1024], the components,
    channels first. mean: [1024]. grounds: uint8 [settings, h, w, 3]. things, settings: their names."""

    codes: Tensor
    basis: Tensor
    mean: Tensor
    grounds: Tensor
    things: tuple[str, ...]
    settings: tuple[str, ...]

    def look(self, thing: int) -> Tensor:
        """float32 [4, SIDE, SIDE]: premultiplied red, green, blue, and coverage, 0..1."""
        blocks = self.codes[thing].float() @ self.basis.float() + self.mean.float()
        picture = fold(blocks.T[None], SIDE, BLOCK, stride=BLOCK)[0]
        cover = picture[3:].clamp(0, 1)
        return torch.cat([picture[:3].clamp(min=0).minimum(cover), cover])

    def ground(self, setting: int) -> Tensor:
        """float32 [3, h, w] of a setting, 0..1."""
        return self.grounds[setting].permute(2, 0, 1).float() / 255

    def save(self, path: Path) -> None:
        """Write the file that `load` reads."""
        names = {"things": json.dumps(self.things), "settings": json.dumps(self.settings)}
        tensors = {name: getattr(self, name).contiguous() for name in _SHAPES}
        save_file(tensors, path, metadata=names)

    @classmethod
    def load(cls, path: Path) -> Atlas:
        """Read the file that `save` wrote. Raises ModelError for any other file."""
        try:
            with safe_open(path, framework="pt") as file:
                tensors = {name: file.get_tensor(name) for name in _SHAPES}
                names = file.metadata() or {}
            things, settings = (tuple(map(str, json.loads(names[key]))) for key in ("things", "settings"))
            if any(tensors[name].dim() != dims for name, dims in _SHAPES.items()):
                raise ValueError("a table has the wrong shape")
            kept = tensors["codes"].shape[2]
            wrong = (
                tensors["codes"].shape[:2] != (len(things), _BLOCKS)
                or tensors["basis"].shape != (kept, _WIDTH)
                or tensors["mean"].shape != (_WIDTH,)
                or (len(tensors["grounds"]), tensors["grounds"].shape[3]) != (len(settings), 3)
            )
            if wrong:
                raise ValueError("its tables do not fit each other")
        except Exception as error:  # a broken file can make safetensors raise anything
            raise ModelError(f"{path} cannot be read: {error}. Fetch the model again.") from error
        return cls(**tensors, things=things, settings=settings)


_SHAPES = {"codes": 3, "basis": 2, "mean": 1, "grounds": 4}
