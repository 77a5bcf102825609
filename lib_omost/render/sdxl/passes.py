"""The two passes of classifier-free guidance: in one batch, or one after the other to save memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from diffusers.hooks.hooks import HookRegistry, ModelHook
from torch import Tensor

from lib_omost.canvas.geometry import Rect
from lib_omost.render.conditioning import Conditioning, Conditionings, Side
from lib_omost.render.regions import RegionsFactory, RenderRegions
from lib_omost.render.sdxl.attention import installed
from lib_omost.render.settings import Formula

_HOOK = "omost_guidance_passes"


class Passes:
    """The regions of one render, and how a UNet gets them; the tensors are those of `RenderRegions`.

    region_negatives: embeddings of the regions' negative prompts, the shared one first; empty if no region has one.
    sequential_cfg: run the negative rows and the positive rows of every UNet call one after the other, each with its
    regions; the results are equal up to rounding. cached: keep keys and values for the whole render. make_regions:
    builds the regions of the positive pass. conditionings: take part in every UNet call.
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
        make_regions: RegionsFactory = RenderRegions,
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
        self._positive = make_regions(
            rects, embeds, negative, formula, cached=cached, weights=weights, region_negatives=others
        )

    @property
    def embeds(self) -> Tensor:
        """[T, C]: the tokens of all regions."""
        return self._positive.embeds

    def resize(self, height: int, width: int) -> None:
        """Set the size of the latents from now on."""
        self._positive.resize(height, width)
        if self._negative is not None:
            self._negative.resize(height, width)

    @contextmanager
    def installed(self, unet: Any, *, compiled: bool = False) -> Iterator[None]:
        """Install the regions and the conditionings in `unet` within this context; see `attention.installed`."""
        with ExitStack() as stack:
            if self._negative is None:
                sides: tuple[Side, ...] = ("negative", "positive") if self._positive.guided else ("positive",)
                conditionings = Conditionings(self._conditionings, sides)
                stack.enter_context(installed(unet, self._positive, compiled=compiled, conditionings=conditionings))
                for network in conditionings.networks:
                    stack.enter_context(installed(network, self._positive))
                hook: ModelHook | None = _ConditioningHook(conditionings) if self._conditionings else None
            else:
                hook = _SequentialHook(self._negative, self._positive, self._conditionings)
            if hook is not None:
                registry = HookRegistry.check_if_exists_or_initialize(unet)
                registry.register_hook(hook, _HOOK)
                stack.callback(registry.remove_hook, _HOOK, recurse=False)
            yield


class _ConditioningHook(ModelHook):
    """Adds the arguments of the conditionings to every call of a UNet."""

    def __init__(self, conditionings: Conditionings) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._conditionings = conditionings

    def pre_forward(self, module: Any, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return args, self._conditionings.arguments(args[0], args[1], kwargs)


class _SequentialHook(ModelHook):
    """Runs the halves of a UNet's batch, [negative; positive], one after the other, each with its regions."""

    def __init__(
        self, negative: RenderRegions, positive: RenderRegions, conditionings: tuple[Conditioning, ...]
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._halves = (
            (negative, Conditionings(conditionings, ("negative",))),
            (positive, Conditionings(conditionings, ("positive",))),
        )

    def new_forward(self, module: Any, *args: Any, **kwargs: Any) -> tuple[Tensor]:
        rows = args[0].shape[0]
        forward: Any = self.fn_ref.original_forward
        predictions = []
        for number, (regions, conditionings) in enumerate(self._halves):
            half_args, half_kwargs = _half((args, kwargs), number, rows)
            with ExitStack() as stack:
                stack.enter_context(installed(module, regions, conditionings=conditionings))
                for network in conditionings.networks:
                    stack.enter_context(installed(network, regions))
                arguments = conditionings.arguments(half_args[0], half_args[1], half_kwargs)
                predictions.append(forward(*half_args, **arguments)[0])
        return (torch.cat(predictions),)


def _half(value: Any, number: int, rows: int) -> Any:
    """Half `number` of every tensor in `value` that has `rows` rows; other tensors, such as the timestep, whole."""
    if isinstance(value, Tensor):
        return value.chunk(2)[number] if value.dim() and value.shape[0] == rows else value
    if isinstance(value, dict):
        return {name: _half(part, number, rows) for name, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_half(part, number, rows) for part in value)
    return value
