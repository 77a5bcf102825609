"""The passes of classifier-free guidance: both in one batch, or one after the other to save memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from diffusers.hooks.hooks import HookRegistry, ModelHook
from torch import Tensor

from lib_omost.canvas.geometry import Rect
from lib_omost.render.conditioning import Conditioning, Joined, Side
from lib_omost.render.regions import Regions, RenderRegions
from lib_omost.render.sdxl.attention import installed
from lib_omost.render.settings import Formula

_HOOK = "omost_passes_apart"


class Passes:
    """The regions of one render and their way into a UNet; the tensors are those of `RenderRegions`.

    `region_negatives` are the embeddings of the regions' own negatives (the common one first), empty if there are none.
    `sequential_cfg` runs the negative rows and the positive rows of every call one after the other, each with its own
    regions; the sums are the same. `cached` keeps keys and values for the whole render. `kind` makes the regions that
    are asked for. `conditionings` join every call of the UNet.
    """

    def __init__(
        self,
        rects: Sequence[Rect],
        embeds: Sequence[Tensor],
        negative: Tensor | None,
        formula: Formula,
        *,
        region_negatives: Sequence[Tensor] = (),
        weights: Sequence[float] | None = None,
        kind: Regions = RenderRegions,
        sequential_cfg: bool = False,
        cached: bool = True,
        conditionings: Sequence[Conditioning] = (),
    ) -> None:
        others = None
        if region_negatives:
            others = RenderRegions(rects, region_negatives, None, formula, cached=cached, weights=weights)
        self._conditionings = tuple(conditionings)
        self._negative: RenderRegions | None = None
        if sequential_cfg and negative is not None:
            self._negative = others or RenderRegions((Rect.FULL,), (negative,), None, formula, cached=cached)
            negative = others = None
        self._positive = kind(rects, embeds, negative, formula, cached=cached, weights=weights, region_negatives=others)

    @property
    def embeds(self) -> Tensor:
        """[T, C]: the tokens of all regions."""
        return self._positive.embeds

    def resize(self, height: int, width: int) -> None:
        """Latents have height x width from now on."""
        self._positive.resize(height, width)
        if self._negative is not None:
            self._negative.resize(height, width)

    @contextmanager
    def installed(self, unet: Any, *, compiled: bool = False) -> Iterator[None]:
        """Installs the regions and the conditionings in `unet` for a while; see `attention.installed`."""
        with ExitStack() as stack:
            if self._negative is None:
                sides: tuple[Side, ...] = ("negative", "positive") if self._positive.guided else ("positive",)
                joined = Joined(self._conditionings, sides)
                stack.enter_context(installed(unet, self._positive, compiled=compiled, joined=joined))
                for network in joined.networks:
                    stack.enter_context(installed(network, self._positive))
                hook: ModelHook | None = _Beside(joined) if self._conditionings else None
            else:
                hook = _Apart(self._negative, self._positive, self._conditionings)
            if hook is not None:
                registry = HookRegistry.check_if_exists_or_initialize(unet)
                registry.register_hook(hook, _HOOK)
                stack.callback(registry.remove_hook, _HOOK, recurse=False)
            yield


class _Beside(ModelHook):
    """Gives a UNet the arguments that the conditionings bring."""

    def __init__(self, joined: Joined) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._joined = joined

    def pre_forward(self, module: Any, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return args, self._joined.arguments(args[0], args[1], kwargs)


class _Apart(ModelHook):
    """Runs the halves of a UNet's batch, [negative; positive], one after the other, each with its own regions."""

    def __init__(
        self, negative: RenderRegions, positive: RenderRegions, conditionings: tuple[Conditioning, ...]
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._halves = (
            (negative, Joined(conditionings, ("negative",))),
            (positive, Joined(conditionings, ("positive",))),
        )

    def new_forward(self, module: Any, *args: Any, **kwargs: Any) -> tuple[Tensor]:
        rows = args[0].shape[0]
        forward: Any = self.fn_ref.original_forward
        predictions = []
        for number, (regions, joined) in enumerate(self._halves):
            given, named = _half((args, kwargs), number, rows)
            with ExitStack() as stack:
                stack.enter_context(installed(module, regions, joined=joined))
                for network in joined.networks:
                    stack.enter_context(installed(network, regions))
                predictions.append(forward(*given, **joined.arguments(given[0], given[1], named))[0])
        return (torch.cat(predictions),)


def _half(value: Any, number: int, rows: int) -> Any:
    """Half `number` of every tensor in `value` that has `rows` rows; the timestep, say, is for both."""
    if isinstance(value, Tensor):
        return value.chunk(2)[number] if value.dim() and value.shape[0] == rows else value
    if isinstance(value, dict):
        return {name: _half(part, number, rows) for name, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_half(part, number, rows) for part in value)
    return value
