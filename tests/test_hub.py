"""Downloads, by the real hub library from a real server on this machine."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from lib_omost.errors import ModelError
from lib_omost.hub import DownloadRequest, download, fetch, is_repository
from tests.hub_server import COMMIT, Hub, serving
from tests.proxy_servers import proxying

ROOT = Path(__file__).resolve().parents[1]
BIG = bytes(range(256)) * 4096
COMPOSER = {"config.json": b"{}", "tokenizer.json": b"{}", "model.safetensors": BIG, "pytorch_model.bin": BIG,
            "consolidated.safetensors": BIG, "original/params.json": b"{}", "README.md": b"# It"}  # fmt: skip
PAINTER = {
    "model_index.json": b"{}",
    "all_in_one.safetensors": BIG,
    "unet/config.json": b"{}",
    "unet/diffusion_pytorch_model.safetensors": BIG,
    "unet/diffusion_pytorch_model.fp16.safetensors": BIG[:1000],
    "unet/diffusion_pytorch_model.bin": BIG,
    "vae/config.json": b"{}",
    "vae/diffusion_pytorch_model.safetensors": BIG[:2000],
    "vae/diffusion_flax_model.msgpack": BIG,
    "vae_1_0/diffusion_pytorch_model.safetensors": BIG,
    "tokenizer/merges.txt": b"",
    "scheduler/scheduler_config.json": b"{}",
}
ONE = DownloadRequest("owner/one", "composer", "The One", "Trained without filtering: take care.")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving(Hub({"owner/one": COMPOSER, "owner/two": PAINTER})) as running:
        # The hub library read its environment when it was imported.
        monkeypatch.setattr(constants, "ENDPOINT", running.address)
        monkeypatch.setattr("huggingface_hub.hf_api.constants.ENDPOINT", running.address)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", running.address + "/{repo_id}/resolve/{revision}/{filename}"
        )
        # Files here are small, and what is less than a chunk is lost when a connection breaks.
        monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 2**16)
        yield running


class Told(list[tuple[str, float | None]]):
    def __call__(self, message: str, progress: float | None) -> None:
        self.append((message, progress))


def test_what_is_needed_is_downloaded_with_sizes_and_the_licence_first(
    hub: Hub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = Told()
    with caplog.at_level(logging.INFO, "lib_omost"):
        folder = fetch(ONE, models=tmp_path, offline=False, report=told)
    assert folder == tmp_path / "models--owner--one" / "snapshots" / COMMIT
    assert {path.name for path in folder.iterdir()} == {"config.json", "tokenizer.json", "model.safetensors"}
    assert (folder / "model.safetensors").read_bytes() == BIG
    said = [message for message, progress in told if progress is not None]
    note = "Licence: openrail++. Trained without filtering: take care."
    assert said[0] == f"Downloading The One: 0 kB of 1.0 MB. {note}"
    assert all(message.endswith(note) for message in said), "it can be read while the download goes on"
    assert told[-1][1] == 1.0
    fractions = [progress for _, progress in told if progress is not None]
    assert fractions == sorted(fractions)
    first = caplog.records[0]
    assert first.levelno == logging.WARNING
    assert note in first.getMessage()
    assert "1.0 MB of 1.0 MB" in caplog.text
    assert hub.downloads()
    hub.asked.clear()
    told.clear()
    assert fetch(ONE, models=tmp_path, offline=False, report=told) == folder
    assert hub.downloads() == []
    assert [message for message, _ in told] == ["Asking the hub for The One …"], "a second time there is no note"


@pytest.mark.parametrize(("half", "unet"), [(True, ".fp16.safetensors"), (False, "model.safetensors")])
def test_of_a_painter_one_form_of_the_weights_is_taken(hub: Hub, tmp_path: Path, half: bool, unet: str) -> None:
    wanted = DownloadRequest("owner/two", "painter", "Two", half=half)
    folder = fetch(wanted, models=tmp_path, offline=False, report=Told())
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    weights = next(name for name in files if name.startswith("unet/diff"))
    assert weights.endswith(unet)
    assert files - {weights} == {
        "model_index.json", "unet/config.json", "vae/config.json", "vae/diffusion_pytorch_model.safetensors",
        "tokenizer/merges.txt", "scheduler/scheduler_config.json",
    }  # fmt: skip


def test_a_broken_connection_is_taken_up_where_it_broke(hub: Hub, tmp_path: Path) -> None:
    hub.breaks["model.safetensors"] = 600_000
    told = Told()
    folder = fetch(ONE, models=tmp_path, offline=False, report=told)
    assert (folder / "model.safetensors").read_bytes() == BIG
    assert len(hub.ranges()) == 1
    start = int(hub.ranges()[0].removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= 600_000
    assert told[-1][1] == 1.0


def test_whole_files_of_an_interrupted_download_are_kept(hub: Hub, tmp_path: Path) -> None:
    hub.repositories["owner/one"]["model-2.safetensors"] = BIG[:5000]
    hub.failing.add("model-2.safetensors")
    with pytest.raises(ModelError, match="status 403"):
        fetch(ONE, models=tmp_path, offline=False, report=Told())
    hub.failing.clear()
    hub.asked.clear()
    told = Told()
    fetch(ONE, models=tmp_path, offline=False, report=told)
    assert set(hub.downloads()) == {"model-2.safetensors"}
    assert "of 5 kB" in told[1][0]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COMPOSER", "PAINTER"):
        monkeypatch.setitem(globals(), name, dict(globals()[name]))


def test_a_single_file_is_fetched_alone(hub: Hub, tmp_path: Path) -> None:
    wanted = DownloadRequest("owner/two", "file", "A LoRA", file="all_in_one.safetensors")
    folder = fetch(wanted, models=tmp_path, offline=False, report=Told())
    assert [path.name for path in folder.iterdir()] == ["all_in_one.safetensors"]
    with pytest.raises(ModelError, match="holds no file lora"):
        fetch(DownloadRequest("owner/two", "file", "A LoRA", file="lora.safetensors"), models=tmp_path, offline=False,
              report=Told())  # fmt: skip


def test_offline_and_out_of_reach_what_is_on_the_disk_is_used(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = fetch(ONE, models=tmp_path, offline=False, report=Told())
    hub.asked.clear()
    caplog.clear()
    assert fetch(ONE, models=tmp_path, offline=True, report=Told()) == folder
    assert hub.asked == [], "nobody was asked"
    hub.status = 503
    monkeypatch.setattr(download, "TIMEOUT", 1.0)
    monkeypatch.setattr(constants, "ENDPOINT", hub.address.replace("//", "//me:secret@"))
    told = Told()
    assert fetch(ONE, models=tmp_path, offline=False, report=told) == folder
    assert told[-1][0] == "The hub could not be asked for The One: the files on this disk are used."
    (record,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert "owner/one: HfHubHTTPError, status 503" in record.getMessage()
    assert "secret" not in caplog.text


def test_home_endpoint_and_offline_of_the_environment_are_followed(hub: Hub, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from lib_omost.hub import DownloadRequest, fetch\n"
        "request = DownloadRequest('owner/one', 'composer', 'One')\n"
        "print(fetch(request, models=None, offline=False, report=lambda *_: None))"
    )
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_ENDPOINT": hub.address, "PYTHONPATH": str(ROOT)}
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE"):
        environment.pop(name, None)
    expected = str(tmp_path / "hub" / "models--owner--one" / "snapshots" / COMMIT)
    for more in ({}, {"HF_HUB_OFFLINE": "1"}):
        hub.asked.clear()
        done = subprocess.run(
            [sys.executable, "-c", code], env={**environment, **more}, capture_output=True, text=True, timeout=120
        )
        assert done.stdout.strip() == expected, done.stderr
        assert bool(hub.asked) == (not more)


def test_a_download_goes_through_the_proxy_and_its_failure_is_named(hub: Hub, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from lib_omost.errors import ModelError\n"
        "from lib_omost.hub import DownloadRequest, fetch\n"
        "request = DownloadRequest('owner/one', 'composer', 'One')\n"
        "for name in sys.argv[1:]:\n"
        "    try: print(fetch(request, models=Path(name), offline=False, report=lambda *_: None).name)\n"
        "    except ModelError as error: print(error)"
    )
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with proxying("http", int(hub.address.rpartition(":")[2])) as proxy:
        address = f"127.0.0.1:{proxy.port}"
        environment = {**kept, "PYTHONPATH": str(ROOT), "HF_ENDPOINT": "http://hub.example.test", "http_proxy": address}

        def said(name: str) -> str:
            command = [sys.executable, "-c", code, str(tmp_path / name)]
            return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120).stdout

        assert said("a").strip() == COMMIT
        assert set(proxy.asked) == {"hub.example.test"}
        hub.status = 502
        assert f"the proxy {address}, or the hub behind it, answered with the status 502" in said("b")
    assert f"Check the connection and the proxy {address} and try again" in said("c")


def test_what_is_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine").mkdir()
    assert is_repository("owner/model")
    for source in ("embedded", "/models/mine", "./models/mine", "models/mine", "~/model", "a/b/c", "a\\b/c"):
        assert not is_repository(source), source
