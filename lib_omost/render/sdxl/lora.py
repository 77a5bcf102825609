"""LoRA files and their relatives: what they were made for, and merging them into the weights, which costs nothing per
step.

The changes of all forms are computed in float32 by `deltas` and added, so that every form is merged in the same way.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lib_omost.errors import ModelError
from lib_omost.render.packing import require_known, unpacked
from lib_omost.render.sdxl.deltas import Incomplete, Misfit, Parts, Strength, bias_change, weight_change
from lib_omost.render.sdxl.families import WIDTHS, family, piece
from lib_omost.render.sdxl.lora_names import Layer, Layers, parse
from lib_omost.render.settings import Lora
from lib_omost.render.tensors import Contents, contents, tensors

_CROSS = re.compile(r"attn2[._](processor\.)?to_[kv]$")
_METHODS = ("GLoRA", "OFT", "IA3", "VeRA")
"""Forms that cannot be read here."""
_NOT_WEIGHTS = (".alpha", ".dora_scale", ".scalar", ".on_input")
"""Ends of the names of tensors that may be whole numbers, or whose name has no meaning for `packing`."""
_SHOWN = 3
"""How many names of layers a message shows."""


def merge(
    pipeline: Any, loras: Sequence[Lora], *, pickles: bool = False, notify: Callable[[str], object] = lambda _: None
) -> None:
    """Add each of `loras`, multiplied by its scale, to the weights of the pipeline's UNet and text encoders.

    The files must be on this disk. notify: gets a sentence for each file of which something was left out. DoRA at
    another strength than 1 is that part of the change that it makes at 1. Raises ModelError for a file that is absent,
    damaged, or made for another kind of checkpoint; the pipeline may be half merged then and must not be used.
    """
    layers = Layers(pipeline)
    for lora in loras:
        path = Path(lora.source).expanduser() / lora.file
        if not path.is_file():
            raise ModelError(f"There is no LoRA at {path}: check its name.")
        held = contents(path, pickles=pickles)
        require_fitting(held, path, pipeline.unet.config.cross_attention_dim)
        sorted_ = _sorted(unpacked(tensors(path, pickles=pickles), path, torch.float32), layers)
        _require_most(sorted_, held, path)
        alphas = _Alphas.of(held, path)
        for layer, parts in sorted_.found:
            _add(pipeline, layer, parts, alphas, lora.scale, path)
        if left := sorted_.left_out():
            notify(f"Of the LoRA {path.name} {left} left out.")


def require_fitting(held: Contents, path: Path, width: int) -> None:
    """Raises ModelError unless the file at `path` holds layers of a LoRA, or of a form like it, and none of them is for
    a UNet with prompt embeds of another width than `width` channels."""
    names = [parse(name) for name in held.shapes]
    if not any(name.part for name in names):
        kind = next((name.kind for name in names if name.kind in _METHODS), None)
        what = piece(held.shapes) or "of an unknown kind"
        if kind is None and "model.diffusion_model." in " ".join(held.shapes):
            raise ModelError(f"{path} is a checkpoint and not a LoRA: name it with --painter, or choose a LoRA.")
        raise ModelError(
            f"{path} is of the kind {kind}, which cannot be read here: choose a LoRA, LoCon, LoHa, LoKr or DoRA."
            if kind
            else f"{path} is not a LoRA: it is {what}. Choose another file."
        )
    weights = {
        name: shape
        for name, shape in held.shapes.items()
        if not name.endswith(_NOT_WEIGHTS) and (parse(name).part or "scale" in name)
    }
    require_known(Contents(weights, {}, held.dtypes), path)
    for name, shape in weights.items():
        read = parse(name)
        if read.part == "down" and len(shape) > 1 and shape[1] != width and _CROSS.search(read.layer):
            _refuse_family(path, WIDTHS.get(shape[1], f"a checkpoint that reads texts of {shape[1]} channels"), width)


@dataclass(slots=True)
class _Sorted:
    """The tensors of a file: those of each layer that is `found`, and how many of each other kind there are.

    missing: layers that the pipeline does not have.
    """

    found: list[tuple[Layer, Parts]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)

    def left_out(self) -> str:
        """What was left out, with the verb; "" if nothing was."""
        phrases = []
        if self.missing:
            shown = ", ".join(self.missing[:_SHOWN]) + (", …" if len(self.missing) > _SHOWN else "")
            phrases.append(f"{_count(len(self.missing), 'layer')} that this painter does not have ({shown})")
        phrases += [f"{_count(number, 'tensor')} ({kind})" for kind, number in sorted(self.others.items())]
        alone = len(self.missing) + self.others.total() == 1
        return f"{' and '.join(phrases)} {'was' if alone else 'were'}" if phrases else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _sorted(stored: dict[str, Tensor], layers: Layers) -> _Sorted:
    result = _Sorted()
    grouped: dict[str, Parts] = defaultdict(dict)
    for name, tensor in stored.items():
        read = parse(name)
        if read.part:
            grouped[read.layer][read.part] = tensor
        else:
            result.others[read.kind or f"such as {name}"] += 1
    for name, parts in grouped.items():
        layer = layers.find(name)
        if layer is not None:
            result.found.append((layer, parts))
        elif parts.keys() - {"alpha"}:
            result.missing.append(name)
    return result


def _require_most(sorted_: _Sorted, held: Contents, path: Path) -> None:
    """Raises ModelError if half of the layers or more have no counterpart in the pipeline, or cannot be read."""
    unread = sum(number for kind, number in sorted_.others.items() if kind in _METHODS)
    given = len(sorted_.found) + len(sorted_.missing) + unread
    if 2 * len(sorted_.found) > given:
        return
    if unread > len(sorted_.missing):
        what = next(kind for kind in sorted_.others if kind in _METHODS)
        raise ModelError(f"{path} is in large part {what}, which cannot be read here: choose another LoRA.")
    if foreign := family(held.shapes):
        _refuse_family(path, foreign, 2048)
    raise ModelError(
        f"Of the {given} layers in the LoRA {path} only {len(sorted_.found)} are found in this painter: it was made "
        "for a checkpoint of another structure, so choose another LoRA or painter."
    )


def _refuse_family(path: Path, made_for: str, width: int) -> None:
    raise ModelError(
        f"The LoRA {path} was made for {made_for}; this painter is {WIDTHS.get(width, 'an SDXL checkpoint')}"
        f"{'' if width in WIDTHS else f' that reads texts of {width} channels'}: choose a LoRA or a painter of "
        "the same kind."
    )


@dataclass(frozen=True, slots=True)
class _Alphas:
    """What a file states about the alphas of its layers beside the tensors: the configuration of peft, which diffusers
    writes into the header (`lora_adapter_metadata`) with a prefix for the network, and peft into a file beside it."""

    stated: dict[str, Any]

    @staticmethod
    def of(held: Contents, path: Path) -> _Alphas:
        text = held.metadata.get("lora_adapter_metadata", "")
        beside = path.with_name("adapter_config.json")
        try:
            if not text and path.stem == "adapter_model" and beside.is_file():
                text = beside.read_text(encoding="utf-8")
            stated = json.loads(text) if text else {}
        except (OSError, ValueError) as error:
            raise ModelError(f"What the LoRA {path} says of its strength cannot be read: {error}.") from error
        return _Alphas(stated if isinstance(stated, dict) else {})

    def get(self, layer: Layer) -> Strength:
        """What is stated about a layer."""
        network, module = layer

        def value(key: str) -> Any:
            return self.stated.get(f"{network}.{key}", self.stated.get(key))

        def own(key: str, usual: Any) -> Any:
            """The value for this layer, of which peft names some by patterns."""
            for pattern, other in (value(key) or {}).items():
                if re.match(rf"(.*\.)?({pattern})$", module):
                    return other
            return usual

        alpha = own("alpha_pattern", value("lora_alpha") if value("lora_alpha") is not None else value("alpha"))
        rank = own("rank_pattern", value("r"))
        return Strength(
            None if alpha is None else float(alpha), None if rank is None else int(rank), bool(value("use_rslora"))
        )


def _add(pipeline: Any, layer: Layer, parts: Parts, alphas: _Alphas, scale: float, path: Path) -> None:
    """Add the change of one layer. Raises ModelError."""
    module = getattr(pipeline, layer[0]).get_submodule(layer[1])
    stated, bias = alphas.get(layer), getattr(module, "bias", None)
    try:
        changes = [
            (module.weight, weight_change(parts, module.weight.data, stated)),
            (bias, bias_change(parts, bias, stated)),
        ]
    except Incomplete as error:
        raise ModelError(f"The LoRA {path} was not saved whole ({layer[1]}: {error}): choose another.") from error
    except Misfit as error:
        raise ModelError(
            f"The LoRA {path} does not fit this painter ({layer[0]} {layer[1]}: {error}): it was made for a checkpoint "
            "of another structure, so choose another LoRA or painter."
        ) from error
    for stored, change in changes:
        if stored is None or change is None:
            continue
        if not torch.isfinite(change).all():
            raise ModelError(f"The LoRA {path} is damaged, as some of its weights are not numbers: choose another.")
        stored.data.copy_(stored.data.float() + scale * change)
