"""From options to models that run, by way of a hub on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from huggingface_hub import constants

from lib_omost.opening.options import Options
from lib_omost.opening.studio import open_studio
from lib_omost.render.settings import Picture, RenderSettings
from tests.hub_server import Hub, serving
from tests.render import tiny
from tests.scripted import REPLY


def test_a_painter_of_the_hub_is_downloaded_told_and_paints_by_the_plan_asked_for(
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
        assert studio.status().memory == "Memory plan for 6 GB, as asked for."
        said = [status.message for status in studio._painter.wait()]
    assert any(message.startswith("Downloading tiny: ") and "Licence: openrail++." in message for message in said)
    painter = studio._painter.model
    assert painter.name == "tiny"
    assert painter.plan.memory == 6
    events = list(studio.render(studio.check(REPLY).canvas, RenderSettings(width=64, height=64, steps=1)))
    assert isinstance(events[-1], Picture)
    # The server is gone now.
    again = open_studio(Options(painter="owner/tiny", device="cpu", models=models, offline=True))
    assert not any(message.startswith("Downloading") for message in (s.message for s in again._painter.wait()))
    assert again._painter.model.name == "tiny"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    # Set by opening offline; kept to its test.
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
