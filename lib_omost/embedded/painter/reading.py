"""The reader: classifies prompt embeds into the thing, colour and count of each region, and the setting.

The first text encoder is trained to encode them at two positions: at `REGION`, after the description of a region, and
at the end of a bag for the whole picture. Linear classifiers read them. Only the most likely class counts, and only if
it is likely enough, so an unclear text gives one thing or none, never a mixture.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from lib_omost.canvas.geometry import GRID, Rect
from lib_omost.embedded.painter.conditioning import WEATHERS, Layout, PlacedThing
from lib_omost.errors import ModelError

BAG = 77
"""Tokens in a bag, including start and end."""
REGION = 25
"""The position at which a region's thing is read."""
LEAST = 0.4
"""Minimum probability of a thing that is drawn."""
_PALE = (0.80, 0.86, 0.92)
"""The background of a picture whose text describes none."""
PLAIN, UNKNOWN = "plain", "unknown"
HEADS = ("thing", "tint", "count", "ground", "hour", "weather", "color")
_ALONE = Rect(round(0.14 * GRID), round(0.86 * GRID), round(0.14 * GRID), round(0.86 * GRID))
"""The rectangle of the thing in the text of the whole picture, if there are no regions."""


@dataclass(frozen=True, slots=True)
class Reader:
    """heads: [classes, width + 1] for each name in `HEADS`; the last column is the bias. The last thing, tint and color
    mean none. grounds, hours: names of the classes. settings: those of the atlas, each "<ground> <hour>". colors:
    [N, 3], 0..1."""

    heads: dict[str, Tensor]
    colors: Tensor
    grounds: tuple[str, ...]
    hours: tuple[str, ...]
    settings: tuple[str, ...]

    def layout(self, rects: Sequence[Rect], embeds: Sequence[Tensor]) -> Layout:
        """The layout for the prompt embeds [T, C] of the whole picture and of each region, from far to near."""
        things = [self._thing(rect, rows) for rect, rows in zip(rects[1:], embeds[1:], strict=True)]
        if len(rects) == 1:
            things = [self._thing(_ALONE, embeds[0])]
        ends = embeds[0][BAG - 1 :: BAG]
        ground = self.grounds[self._class("ground", ends)]
        color = self._color(self._class("color", ends))
        setting: int | tuple[float, float, float] = color or _PALE
        if ground not in (PLAIN, UNKNOWN):
            hour = self.hours[self._class("hour", ends)]
            names = (f"{ground} {hour}", f"{ground} {self.hours[0]}")
            setting = next((self.settings.index(name) for name in names if name in self.settings), setting)
        weather = self._class("weather", ends) if isinstance(setting, int) else 0
        return Layout(setting, tuple(thing for thing in things if thing is not None), weather)

    def _thing(self, rect: Rect, rows: Tensor) -> PlacedThing | None:
        state = rows[REGION : REGION + 1]
        scores = self._scores("thing", state)
        number = int(scores.argmax())
        if number == len(scores) - 1 or scores.softmax(0)[number] < LEAST:
            return None
        return PlacedThing(number, rect, self._color(self._class("tint", state)), self._class("count", state) + 1)

    def _class(self, name: str, states: Tensor) -> int:
        return int(self._scores(name, states).argmax())

    def _scores(self, name: str, states: Tensor) -> Tensor:
        head = self.heads[name].float()
        width = head.shape[1] - 1
        return (states[:, :width] @ head[:, :-1].T + head[:, -1]).mean(0)

    def _color(self, number: int) -> tuple[float, float, float] | None:
        if number == len(self.colors):
            return None
        red, green, blue = self.colors[number].tolist()
        return red, green, blue

    def save(self, path: Path) -> None:
        """Write the file that `load` reads."""
        names = {name: json.dumps(getattr(self, name)) for name in ("grounds", "hours", "settings")}
        save_file({**{f"head.{name}": self.heads[name] for name in HEADS}, "colors": self.colors}, path, metadata=names)

    @classmethod
    def load(cls, path: Path) -> Reader:
        """Read the file that `save` wrote. Raises ModelError for any other file."""
        try:
            with safe_open(path, framework="pt") as file:
                heads = {name: file.get_tensor(f"head.{name}") for name in HEADS}
                colors = file.get_tensor("colors")
                names = file.metadata() or {}
            grounds, hours, settings = (
                tuple(map(str, json.loads(names[name]))) for name in ("grounds", "hours", "settings")
            )
            classes = {"ground": len(grounds), "hour": len(hours), "weather": len(WEATHERS), "count": 4}
            classes |= {"tint": len(colors) + 1, "color": len(colors) + 1}
            if any(len(heads[name]) != count for name, count in classes.items()):
                raise ValueError("its classes do not fit their names")
            if len({head.shape[1:] for head in heads.values()}) != 1 or colors.shape[1:] != (3,):
                raise ValueError("a table has the wrong shape")
        except Exception as error:  # a broken file can make safetensors raise anything
            raise ModelError(f"{path} cannot be read: {error}. Fetch the model again.") from error
        return cls(heads, colors, grounds, hours, settings)
