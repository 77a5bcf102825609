from __future__ import annotations

import pickle
import socket
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from lib_omost.errors import ModelError
from lib_omost.render.sdxl.loading import load_painter
from lib_omost.render.sdxl.painter import SDXLPainter
from lib_omost.render.sdxl.single_file import LAYOUT, stated_training, tokenizer
from lib_omost.render.settings import Training
from lib_omost.render.tensors import contents
from tests.render.sdxl import original
from tests.render.sdxl.test_painter import SMALL, pictures, same


@pytest.fixture(scope="module")
def source() -> Any:
    return original.pipeline()


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory, source: Any) -> Path:
    return original.layout(tmp_path_factory.mktemp("layout") / "tiny", source)


@pytest.fixture(scope="module")
def state(source: Any) -> dict[str, Tensor]:
    return original.state_dict(source)


def load(path: Path, layout: Path, **more: Any) -> SDXLPainter:
    return load_painter(path, device="cpu", layout=layout, **more)


def saved(folder: Path, tensors: dict[str, Tensor], **metadata: str) -> Path:
    path = folder / "model.safetensors"
    save_file(tensors, path, metadata={"format": "pt", **metadata})
    return path


def without(tensors: dict[str, Tensor], *prefixes: str) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors.items() if not name.startswith(prefixes)}


def test_the_real_vocabulary_is_here() -> None:
    reader = tokenizer(LAYOUT)
    assert len(reader) == 49408
    # Counted by the tokenizer of OpenAI's CLIP.
    assert reader("a photograph of an astronaut riding a horse").input_ids == [
        49406, 320, 8853, 539, 550, 18376, 6765, 320, 4558, 49407,
    ]  # fmt: skip
    assert (reader.pad_token_id, tokenizer(LAYOUT, pad="!").pad_token_id) == (49407, 0)


def test_a_checkpoint_goes_round_through_one_file_without_a_network(
    source: Any, layout: Path, state: dict[str, Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no network here")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "empty"))
    painter = load(saved(tmp_path, state), layout)
    assert painter.name == "model"
    for name in ("unet", "vae", "text_encoder", "text_encoder_2"):
        theirs, ours = (getattr(pipeline, name).state_dict() for pipeline in (source, painter.pipeline))
        assert theirs.keys() == ours.keys(), name
        for key, tensor in theirs.items():
            torch.testing.assert_close(ours[key], tensor, atol=0, rtol=0, msg=f"{name}.{key}")
    assert same(pictures(painter, SMALL)[0].image, pictures(SDXLPainter(source, "source"), SMALL)[0].image)


@pytest.mark.parametrize(
    ("markers", "metadata", "expected"),
    [
        ((), {}, Training()),
        (("v_pred",), {}, Training("v_prediction")),
        (("v_pred", "ztsnr"), {"modelspec.prediction_type": "epsilon"}, Training("v_prediction", True)),
        ((), {"modelspec.prediction_type": "v"}, Training("v_prediction")),
        ((), {"modelspec.prediction_type": "epsilon", "ss_v_parameterization": "True"}, Training("epsilon")),
        ((), {"ss_v_parameterization": "True", "ss_zero_terminal_snr": "True"}, Training("v_prediction", True)),
        ((), {"ss_v_parameterization": "False", "ss_zero_terminal_snr": "None"}, Training()),
    ],
)
def test_a_file_says_what_noise_it_was_trained_with(
    tmp_path: Path, markers: tuple[str, ...], metadata: dict[str, str], expected: Training
) -> None:
    tensors = {"x": torch.zeros(1), **{name: torch.zeros(0) for name in markers}}
    assert stated_training(contents(saved(tmp_path, tensors, **metadata))) == expected


def test_what_it_says_is_followed_unless_it_is_known_better(
    state: dict[str, Tensor], layout: Path, tmp_path: Path
) -> None:
    plain = load(saved(tmp_path, state), layout).scheduler.config
    assert (plain.prediction_type, plain.rescale_betas_zero_snr) == ("epsilon", False)
    path = saved(tmp_path, {**state, "v_pred": torch.zeros(0), "ztsnr": torch.zeros(0)})
    config = load(path, layout).scheduler.config
    assert (config.prediction_type, config.rescale_betas_zero_snr) == ("v_prediction", True)
    said = load(path, layout, training=Training("epsilon", False)).scheduler.config
    assert (said.prediction_type, said.rescale_betas_zero_snr) == ("epsilon", False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: without(state, "conditioner.", "first_stage_model."), "holds the UNet alone:"),
        (lambda state: without(state, "conditioner.embedders.0."), "lacks its first text encoder"),
        (lambda state: without(state, "first_stage_model."), "lacks its autoencoder"),
        (lambda state: without(state, "conditioner.embedders.1."), "is a refiner"),
        (lambda state: without(state, "model.diffusion_model."), "holds the autoencoder (VAE) alone"),
        (lambda state: {"x": torch.zeros(1)}, "holds no SDXL checkpoint"),
        (lambda state: {**without(state, "conditioner."), "cond_stage_model.x": torch.zeros(1)}, "Diffusion 1 or 2"),
        (lambda state: {"lora_unet_x.lora_down.weight": torch.zeros(1)}, "--lora"),
        (lambda state: {**state, "edm_mean": torch.zeros(4)}, "EDM"),
        (
            lambda state: {**state, "model.diffusion_model.input_blocks.0.0.weight": torch.zeros(16, 9, 3, 3)},
            "inpainting",
        ),
        (lambda state: without(state, "model.diffusion_model.middle_block.1.norm"), "lacks weights of its UNet"),
        (
            lambda state: without(state, "conditioner.embedders.1.model.transformer.resblocks.2"),
            "lacks weights of its second text encoder",
        ),
        (lambda state: {**state, "first_stage_model.decoder.conv_in.weight": torch.zeros(3)}, "could not be loaded"),
    ],
)
def test_a_file_that_is_no_whole_checkpoint_is_reported(
    state: dict[str, Tensor], layout: Path, tmp_path: Path, change: Any, said: str
) -> None:
    with pytest.raises(ModelError, match=r"\.$") as caught:
        load(saved(tmp_path, change(state)), layout)
    assert said in str(caught.value)


def test_a_pickle_is_refused_unless_it_is_allowed(
    source: Any, state: dict[str, Tensor], layout: Path, tmp_path: Path
) -> None:
    path = tmp_path / "model.ckpt"
    torch.save({"state_dict": {**state, "v_pred": torch.zeros(0)}, "global_step": 3}, path)
    with pytest.raises(ModelError, match="--allow-pickle"):
        load(path, layout)
    painter = load(path, layout, pickles=True)
    torch.testing.assert_close(painter.pipeline.unet.state_dict(), source.unet.state_dict())
    assert painter.scheduler.config.prediction_type == "v_prediction"


class Callback:
    """In a pickle, an object of a training framework."""

    def __init__(self) -> None:
        self.best = np.float64(1.5)


def test_what_training_left_in_a_pickle_is_passed_over(
    source: Any, state: dict[str, Tensor], layout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.ckpt"
    module = types.ModuleType("pytorch_lightning.callbacks")
    module.Callback = Callback
    monkeypatch.setattr(Callback, "__module__", module.__name__)
    with monkeypatch.context() as present:
        present.setitem(sys.modules, "pytorch_lightning", types.ModuleType("pytorch_lightning"))
        present.setitem(sys.modules, module.__name__, module)
        callbacks = {Callback: Callback(), "best": np.float32(0.5), "history": np.zeros(3)}
        torch.save({"state_dict": state, "callbacks": callbacks}, path)
    painter = load(path, layout, pickles=True)
    torch.testing.assert_close(painter.pipeline.unet.state_dict(), source.unet.state_dict())


class Evil:
    ran = False

    def __reduce__(self) -> tuple[Any, ...]:
        return setattr, (Evil, "ran", True)


def test_a_pickle_that_would_run_code_does_not(layout: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.ckpt"
    torch.save({"state_dict": {}, "callbacks": Evil()}, path)
    with pytest.raises(ModelError, match="would have to run code"):
        load(path, layout, pickles=True)
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ModelError):
        load(path, layout, pickles=True)
    assert not Evil.ran
    for data, said in ((b"", "is empty"), (b"nonsense", "is a text"), (b"\x80nonsense", "could not be loaded")):
        path.write_bytes(data)
        with pytest.raises(ModelError, match=said):
            load(path, layout, pickles=True)
    torch.save([1, 2], path)
    with pytest.raises(ModelError, match="holds no weights"):
        load(path, layout, pickles=True)


@pytest.mark.parametrize("name", ["model.ckpt", "MODEL.SAFETENSORS", "model.sft", "model"])
def test_a_safetensors_file_may_have_any_name(
    source: Any, state: dict[str, Tensor], layout: Path, tmp_path: Path, name: str
) -> None:
    saved(tmp_path, state).rename(tmp_path / name)
    painter = load(tmp_path / name, layout)
    torch.testing.assert_close(painter.pipeline.unet.state_dict(), source.unet.state_dict())


def test_a_pickle_is_one_by_any_name(state: dict[str, Tensor], layout: Path, tmp_path: Path) -> None:
    torch.save(state, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match=r"is a pickle.*--allow-pickle"):
        load(tmp_path / "model.safetensors", layout)


def test_tensors_of_a_unet_that_sdxl_does_not_have_are_reported(
    state: dict[str, Tensor], layout: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    load(saved(tmp_path, state), layout, notify=told.append)
    assert told == []
    more = {"model.diffusion_model.extra.weight": torch.zeros(2)}
    load(saved(tmp_path, {**state, **more}), layout, notify=told.append)
    assert len(told) == 1
    assert "1 tensor of its UNet" in told[0]


def test_a_unet_with_fewer_blocks_is_called_what_it_is(state: dict[str, Tensor], layout: Path, tmp_path: Path) -> None:
    fewer = {
        name: tensor
        for name, tensor in state.items()
        if not name.startswith("model.diffusion_model.") or ".transformer_blocks.1." not in name
    }
    with pytest.raises(ModelError, match=r"has 7 transformer blocks and SDXL has 11.*SSD-1B.*folder"):
        load(saved(tmp_path, fewer), layout)


@pytest.mark.parametrize(
    ("name", "kind", "parameters"),
    [
        ("unet", UNet2DConditionModel, 2_567_463_684),
        ("vae", AutoencoderKL, 83_653_863),
        ("text_encoder", CLIPTextModel, 123_060_480),
        ("text_encoder_2", CLIPTextModelWithProjection, 694_659_840),
    ],
)
def test_the_networks_of_a_full_size_checkpoint_have_their_published_sizes(
    name: str, kind: Any, parameters: int
) -> None:
    with init_empty_weights():
        if name in ("unet", "vae"):
            network = kind.from_config(kind.load_config(LAYOUT / name))
        else:
            network = kind(CLIPTextConfig.from_pretrained(LAYOUT / name))
    assert sum(weight.numel() for weight in network.parameters()) == parameters
