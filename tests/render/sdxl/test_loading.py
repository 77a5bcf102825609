from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file

from lib_omost.canvas.conditions import RegionCondition
from lib_omost.canvas.geometry import Rect
from lib_omost.errors import ModelError
from lib_omost.render.preview import SDXL, LatentPreview
from lib_omost.render.sdxl.loading import load_painter
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.settings import Picture, Preview, RenderSettings, Training
from lib_omost.runtime.device import is_out_of_memory
from lib_omost.runtime.plan import PLANS, Plan
from tests.render import tiny


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    pipeline = tiny.pipeline()
    pipeline.to(torch.float16)
    pipeline.save_pretrained(folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "tiny"))


def test_a_folder_is_loaded_in_full_precision_on_the_cpu(folder: Path) -> None:
    painter = load_painter(folder, device="cpu")
    assert painter.name == "tiny"
    assert painter.pipeline.unet.dtype == painter.pipeline.vae.dtype == torch.float32
    assert painter.pipeline.text_encoder_2.dtype == torch.float32
    assert painter.pipeline.watermark is None
    assert painter._preview == SDXL


def test_a_precision_can_be_named(folder: Path) -> None:
    painter = load_painter(str(folder), device="cpu", dtype=torch.bfloat16)
    assert painter.pipeline.unet.dtype == painter.pipeline.vae.dtype == torch.bfloat16
    painter = load_painter(folder, device="cpu", dtype=torch.float16)
    assert painter.pipeline.unet.dtype == torch.float16
    assert painter.pipeline.vae.dtype == torch.float32, "the autoencoder overflows in half precision"


def test_an_autoencoder_that_bears_half_precision_keeps_it(folder: Path) -> None:
    config = json.loads((folder / "vae" / "config.json").read_text())
    (folder / "vae" / "config.json").write_text(json.dumps({**config, "force_upcast": False}))
    assert load_painter(folder, device="cpu", dtype=torch.float16).pipeline.vae.dtype == torch.float16


def test_a_model_brings_its_own_preview_map(folder: Path) -> None:
    own = LatentPreview(((1.0, 0.0, 0.0),) * 4, (1.0, 2.0, 3.0))
    own.save(folder / "preview.json")
    assert load_painter(folder, device="cpu")._preview == own


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink()


def write(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def cut(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-1000])


def without_a_tensor(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        tensors = load_file(folder / name)
        del tensors[sorted(tensors)[3]]
        save_file(tensors, folder / name, metadata={"format": "pt"})

    return damage


def in_int8(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        tensors = load_file(folder / name)
        tensors["conv_in.weight"] = torch.zeros_like(tensors["conv_in.weight"], dtype=torch.int8)
        save_file(tensors, folder / name, metadata={"format": "pt"})

    return damage


UNET = "unet/diffusion_pytorch_model.safetensors"
INDEX = f"{UNET}.index.json"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (remove("model_index.json"), "model_index.json"),
        (write("model_index.json", b"{"), "cannot be read"),
        (write("model_index.json", b'{"_class_name": "FluxPipeline"}'), "FluxPipeline"),
        (remove("unet"), "unet"),
        (remove(UNET), UNET),
        (remove("text_encoder_2/model.safetensors"), "text_encoder_2/model.safetensors"),
        (remove("tokenizer"), "tokenizer"),
        (remove("vae/config.json"), "vae/config.json"),
        (write(INDEX, b'{"weight_map": {"a": "part-2.safetensors"}}'), "part-2"),
        (write(INDEX, b"[]"), "index.json"),
        (cut(UNET), "772,080 of its 773,080 bytes: fetch the file again"),
        (cut("text_encoder/model.safetensors"), "bytes: fetch the file again"),
        (write("vae/diffusion_pytorch_model.safetensors", b""), "is empty: fetch the file again"),
        (write(UNET, b"version https://git-lfs.github.com/spec/v1\noid sha256:3\nsize 5\n"), "Git LFS pointer"),
        (in_int8(UNET), "8-bit integers"),
        (write("vae/config.json", b"{}"), "tiny"),
        (without_a_tensor(UNET), "incomplete"),
        (without_a_tensor("vae/diffusion_pytorch_model.safetensors"), "incomplete"),
        (without_a_tensor("text_encoder/model.safetensors"), "of the"),
        (without_a_tensor("text_encoder_2/model.safetensors"), "of the"),
        (write("scheduler/scheduler_config.json", b"nonsense"), "could not be loaded"),
    ],
)
def test_a_damaged_folder_is_reported_in_a_sentence(folder: Path, damage: Callable[[Path], None], said: str) -> None:
    damage(folder)
    with pytest.raises(ModelError, match=r"\.$") as caught:
        load_painter(folder, device="cpu")
    assert said in str(caught.value)


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    config = json.loads((folder / "unet" / "config.json").read_text())
    config["block_out_channels"] = [32, 64]
    (folder / "unet" / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="could not be loaded"):
        load_painter(folder, device="cpu")


def test_an_inpainting_network_is_refused(folder: Path) -> None:
    pipeline = tiny.pipeline()
    pipeline.unet.register_to_config(in_channels=9)
    pipeline.unet.conv_in = torch.nn.Conv2d(9, 16, 3, padding=1)
    pipeline.unet.save_pretrained(folder / "unet")
    with pytest.raises(ModelError, match="text-to-image"):
        load_painter(folder, device="cpu")


def test_an_autoencoder_that_is_not_the_networks_is_refused(folder: Path) -> None:
    vae = tiny.autoencoder(channels=8)
    vae.save_pretrained(folder / "vae")
    with pytest.raises(ModelError, match="UNet paints latents of 4 channels, its autoencoder reads 8"):
        load_painter(folder, device="cpu")


def test_latents_of_any_depth_are_painted_and_have_previews_where_the_model_brings_a_map(folder: Path) -> None:
    tiny.unet(channels=8).save_pretrained(folder / "unet")
    tiny.autoencoder(channels=8).save_pretrained(folder / "vae")
    assert load_painter(folder, device="cpu")._preview is None
    LatentPreview(((1.0, 0.0, 0.0),) * 4, (1.0, 2.0, 3.0)).save(folder / "preview.json")
    with pytest.raises(ModelError, match="latents of 4 channels, but the model has 8"):
        load_painter(folder, device="cpu")
    LatentPreview(((1.0, 0.0, 0.0),) * 8, (1.0, 2.0, 3.0)).save(folder / "preview.json")
    painter = load_painter(folder, device="cpu")
    conditions = (RegionCondition(Rect.FULL, ("A lake.",), (), (10, 100, 200), None),)
    settings = RenderSettings(width=64, height=64, steps=2, color_strength=0.3, hires_scale=1.5, hires_steps=2)
    events = list(painter.render(conditions, settings))
    assert [event.image.size for event in events if isinstance(event, Picture)] == [(96, 96)]
    assert any(isinstance(event, Preview) for event in events)


def test_what_does_not_exist_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="neither a folder nor a file"):
        load_painter(tmp_path / "nothing", device="cpu")
    (tmp_path / "model.txt").write_bytes(b"")
    with pytest.raises(ModelError, match="is empty"):
        load_painter(tmp_path / "model.txt", device="cpu")
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="is a text file: fetch the file itself"):
        load_painter(tmp_path / "model.safetensors", device="cpu")


def test_weights_in_half_precision_are_read_where_they_suffice_or_are_all(folder: Path) -> None:
    for part in ("unet", "vae", "text_encoder", "text_encoder_2"):
        for file in (folder / part).glob("*.safetensors"):
            halves = load_file(file)
            shutil.copy(file, file.with_suffix(".fp16.safetensors"))
            if part != "vae":  # so that both forms can be told apart
                halves = {name: tensor + 1 if "conv_in" in name else tensor for name, tensor in halves.items()}
            save_file(halves, file, metadata={"format": "pt"})
    name = "conv_in.bias"
    whole = load_painter(folder, device="cpu").pipeline.unet.get_parameter(name)
    half = load_painter(folder, device="cpu", dtype=torch.float16).pipeline.unet.get_parameter(name)
    torch.testing.assert_close(whole.float(), half.float() + 1, atol=1e-3, rtol=1e-3)
    for file in folder.rglob("*.safetensors"):
        if ".fp16" not in file.name:
            file.unlink()
    alone = load_painter(folder, device="cpu").pipeline
    torch.testing.assert_close(alone.unet.get_parameter(name), half.float())
    assert {alone.unet.dtype, alone.text_encoder_2.dtype} == {torch.float32}


def in_pickles(folder: Path, *parts: str) -> None:
    """The weights of `parts` as older repositories hold them."""
    for part in parts:
        for file in (folder / part).glob("*.safetensors"):
            name = "pytorch_model.bin" if part.startswith("text") else "diffusion_pytorch_model.bin"
            torch.save(load_file(file), file.with_name(name))
            file.unlink()


def test_a_folder_of_pickles_is_refused_unless_they_are_allowed(folder: Path) -> None:
    whole = load_painter(folder, device="cpu").pipeline
    in_pickles(folder, "unet")
    with pytest.raises(ModelError, match=r"unet/diffusion_pytorch_model\.bin is a pickle.*--allow-pickle"):
        load_painter(folder, device="cpu")
    in_pickles(folder, "vae", "text_encoder", "text_encoder_2")
    read = load_painter(folder, device="cpu", pickles=True).pipeline
    for name in ("unet", "vae", "text_encoder", "text_encoder_2"):
        torch.testing.assert_close(getattr(read, name).state_dict(), getattr(whole, name).state_dict())
    weights = torch.load(folder / "text_encoder" / "pytorch_model.bin")
    del weights[sorted(weights)[3]]
    torch.save(weights, folder / "text_encoder" / "pytorch_model.bin")
    with pytest.raises(ModelError, match="of the"):
        load_painter(folder, device="cpu", pickles=True)


def test_the_noise_of_a_folder_is_read_from_its_scheduler_and_can_be_overridden(folder: Path) -> None:
    file = folder / "scheduler" / "scheduler_config.json"
    config = json.loads(file.read_text())
    stated = {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    file.write_text(json.dumps({**config, "_class_name": "DDIMScheduler", **stated}))
    for training, expected in (
        (Training(), ("v_prediction", True)),
        (Training("epsilon", False), ("epsilon", False)),
        (Training(zero_snr=False), ("v_prediction", False)),
    ):
        found = load_painter(folder, device="cpu", training=training).scheduler.config
        assert (found.prediction_type, found.rescale_betas_zero_snr) == expected
        assert (found.beta_start, found.beta_end) == (0.00085, 0.012)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.memory} GB")
def test_room_is_made_just_before_the_device_is_filled(
    folder: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = UNet2DConditionModel.from_pretrained
    loaded: list[UNet2DConditionModel] = []

    def from_pretrained(*given: object, **options: object) -> object:
        loaded.append(real(*given, **options))
        return loaded[-1]

    monkeypatch.setattr(UNet2DConditionModel, "from_pretrained", from_pretrained)
    seen: list[set[torch.dtype]] = []
    load_painter(
        folder,
        device="cpu",
        plan=plan,
        make_room=lambda: seen.append({weight.dtype for unet in loaded for weight in unet.parameters()}),
    )
    assert len(seen) == 1
    if plan.float8:
        assert torch.float8_e4m3fn in seen[0], "what moves to the device is in 8 bits before others leave it"
    else:
        assert seen[0] == set(), "nothing was read on the host before"


def test_on_zero_gpu_weights_are_read_on_the_host_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diffusers.pipelines.pipeline_utils.SUPPORTED_DEVICE_MAP", ["meta"])
    monkeypatch.setattr("lib_omost.render.sdxl.loading.SUPPORTED_DEVICE_MAP", ["meta"])
    monkeypatch.setattr(SDXLPainter, "to", lambda painter, device: painter)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    assert load_painter(folder, device="meta", dtype=torch.bfloat16).pipeline.unet.device.type == "cpu"


def test_weights_are_read_straight_to_the_device(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diffusers.pipelines.pipeline_utils.SUPPORTED_DEVICE_MAP", ["meta"])
    monkeypatch.setattr("lib_omost.render.sdxl.loading.SUPPORTED_DEVICE_MAP", ["meta"])
    # Weights on meta are otherwise taken for missing ones.
    monkeypatch.setattr("lib_omost.render.sdxl.loading._check_parts", lambda *_: None)
    monkeypatch.setattr(SDXLPainter, "to", lambda painter, device: painter)  # nothing is moved there afterwards
    pipeline = load_painter(folder, device="meta", dtype=torch.bfloat16).pipeline
    networks = pipeline.unet, pipeline.vae, pipeline.text_encoder, pipeline.text_encoder_2
    assert {network.device.type for network in networks} == {"meta"}


def test_no_memory_while_loading_is_reported_and_known_for_what_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object, **options: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(UNet2DConditionModel, "from_pretrained", full)
    with pytest.raises(ModelError, match="not enough memory to load the image model") as caught:
        load_painter(folder, device="cpu")
    assert is_out_of_memory(caught.value)
