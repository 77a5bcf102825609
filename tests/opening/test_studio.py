"""From options to models that run, by way of a hub on this machine."""

from __future__ import annotations

import socket
from pathlib import Path
from socket import getaddrinfo as find

import pytest
import torch
from huggingface_hub import constants

from lib_omost.opening.options import Options
from lib_omost.opening.studio import open_studio
from lib_omost.render.settings import Picture, RenderSettings
from lib_omost.runtime.residence import Residence
from tests.hub_server import Hub, serving
from tests.llm.tiny import llama, tokenizer
from tests.render import tiny
from tests.scripted import REPLY


def test_a_painter_of_the_hub_is_downloaded_reported_and_paints_by_the_plan_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "saved"
    pipeline = tiny.pipeline()
    pipeline.to(torch.float16)
    pipeline.save_pretrained(saved)
    files = {path.relative_to(saved).as_posix(): path.read_bytes() for path in saved.rglob("*") if path.is_file()}
    models = tmp_path / "models"
    with serving(Hub({"owner/tiny": files})) as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.address)
        template = hub.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        studio = open_studio(Options(painter="owner/tiny", device="cpu", models=models, memory=6))
        assert studio.status().memory == "Memory plan for 6 GB, as requested."
        said = [status.message for status in studio._painter.wait()]
    assert any(message.startswith("Downloading tiny: ") and "Licence: openrail++." in message for message in said)
    painter = studio._painter.model
    assert painter.name == "tiny"
    assert painter.plan.memory == 6
    events = list(studio.render(studio.check(REPLY).canvas, RenderSettings(width=64, height=64, steps=1)))
    assert isinstance(events[-1], Picture)
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: asked.append(address) or find(*address))
    composer = tmp_path / "composer"
    llama().save_pretrained(composer)
    tokenizer().save_pretrained(composer)
    again = open_studio(
        Options(composer=str(composer), painter="owner/tiny", device="cpu", models=models, offline=True)
    )
    assert not any(message.startswith("Downloading") for message in (s.message for s in again._painter.wait()))
    assert again._painter.model.name == "tiny"
    assert list(again._composer.wait())
    assert again._composer.model.name == "composer"
    assert asked == [], "offline, no address is looked up"


def test_a_painter_that_does_not_fit_is_loaded_by_the_next_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffusers import UNet2DConditionModel

    tiny.pipeline().save_pretrained(tmp_path)
    real = Residence.to

    def to(residence: Residence, device: object) -> None:
        for module in residence._modules:
            if isinstance(module, UNet2DConditionModel) and {one.dtype for one in module.parameters()} == {
                torch.float32
            }:
                raise torch.OutOfMemoryError("CUDA out of memory.")
        real(residence, device)  # type: ignore[arg-type]

    monkeypatch.setattr(Residence, "to", to)
    studio = open_studio(Options(composer="embedded", painter=str(tmp_path), device="cpu"))
    said = [status.message for status in studio._painter.wait()]
    assert any("ran out" in message and "by the plan for 8 GB" in message for message in said)
    assert studio._painter.model.plan.memory == 8
    assert studio.status().memory.startswith("Memory ran out: since then the plan for 8 GB, image weights in 8 bits")
