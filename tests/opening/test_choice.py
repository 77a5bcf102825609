from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import HfApi, constants

from lib_omost.errors import SettingsError
from lib_omost.opening import choice
from lib_omost.opening.choice import choose
from lib_omost.opening.options import Options
from lib_omost.presets import COMPOSERS, PAINTERS, composer_preset, painter_preset
from lib_omost.runtime import device
from lib_omost.runtime.device import choose_device
from tests.hub_server import Hub, serving


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "choose_device", lambda requested: "cuda")
    monkeypatch.setattr(choice, "free_memory", lambda device: 10 * 2**30)


def test_without_an_accelerator_the_embedded_models_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_may_have_accelerator", lambda: False)
    chosen = choose(Options())
    assert (chosen.composer.name, chosen.painter.name, chosen.device) == ("embedded", "embedded", "cpu")
    assert "no CUDA device" in chosen.reason


def test_a_card_that_is_not_used_is_reported_unless_another_device_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device, "_may_have_accelerator", lambda: False)
    monkeypatch.setattr(choice, "unused_card", lambda: "This machine has an NVIDIA card, but …")
    assert choose(Options()).advice == "This machine has an NVIDIA card, but …"
    assert choose(Options(composer="embedded", painter="embedded")).advice != ""
    assert choose(Options(device="cpu")).advice == ""


def test_with_cuda_and_weights_the_large_models_run(cuda: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "reachable", lambda source, options: True)
    chosen = choose(Options())
    assert chosen.composer.source == "lllyasviel/omost-llama-3-8b-4bits"
    assert chosen.painter.source == "SG161222/RealVisXL_V4.0"


def test_with_cuda_and_no_way_to_the_weights_the_reason_names_them(cuda: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "reachable", lambda source, options: "RealVis" not in source)
    chosen = choose(Options())
    assert (chosen.composer.name, chosen.painter.name) == ("embedded", "embedded")
    assert "SG161222/RealVisXL_V4.0" in chosen.reason
    assert "omost-llama" not in chosen.reason


def test_what_is_named_is_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_may_have_accelerator", lambda: False)
    chosen = choose(Options(composer="omost-phi-3-mini-128k-8bits", painter=str(tmp_path), device="cpu"))
    assert chosen.composer.family == "phi-3"
    assert chosen.painter.source == str(tmp_path)
    chosen = choose(Options(painter=str(tmp_path)))
    assert chosen.composer.name == "embedded"
    assert str(tmp_path) in chosen.reason


def test_unknown_names_are_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="omost-llama-3-8b-4bits"):
        composer_preset("no-such-model")
    with pytest.raises(SettingsError, match="realvisxl"):
        painter_preset("/no/such/folder")
    with pytest.raises(SettingsError, match="cuda, mps, xpu, cpu"):
        choose_device("tpu")


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("lllyasviel/omost-llama-3-8b", "llama-3"),
        ("lllyasviel/omost-dolphin-2.9-llama3-8b", "chatml"),
        ("lllyasviel/omost-phi-3-mini-128k", "phi-3"),
        ("HuggingFaceTB/SmolLM2-1.7B-Instruct", "chatml"),
        ("somebody/omost-tuned", None),
        ("somebody/instruct", None),
    ],
)
def test_the_family_of_a_model_that_nobody_listed_is_left_to_its_vocabulary(name: str, family: str | None) -> None:
    preset = composer_preset(name)
    assert preset.family == family
    assert preset.grammar == ("omost" not in name), "a model that was not trained for canvases is held to the grammar"


def test_each_omost_model_has_its_forms() -> None:
    for model in ("omost-llama-3-8b", "omost-dolphin-2.9-llama3-8b", "omost-phi-3-mini-128k"):
        full, eight, four = (COMPOSERS[model + form] for form in ("", "-8bits", "-4bits"))
        assert full.source == f"lllyasviel/{model}"
        assert full.bits is None
        for bits, preset in ((8, eight), (4, four)):
            published = preset.source == f"lllyasviel/{preset.name}"
            assert preset.bits == (None if published else bits)
            assert published or preset.source == full.source
        assert len({full.family, eight.family, four.family}) == 1
    assert all("without filtering" in preset.note for preset in COMPOSERS.values() if "dolphin" in preset.name)


def test_a_folder_and_a_gguf_file_are_composers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "Some.GGUF"
    file.write_bytes(b"GGUF")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, source in ((str(tmp_path), tmp_path), (str(file), file), ("~/Some.GGUF", file)):
        preset = composer_preset(name)
        assert (preset.source, preset.family, preset.grammar) == (str(source), None, True)
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(SettingsError, match=r"a \.gguf file or a whole folder"):
        composer_preset(str(tmp_path / "model.safetensors"))
    with pytest.raises(SettingsError, match="http://127"):
        composer_preset("no-such.gguf")


def test_an_address_is_a_composer_whose_secrets_nobody_sees(cuda: None, monkeypatch: pytest.MonkeyPatch) -> None:
    preset = composer_preset("http://me:secret@127.0.0.1:8000")
    assert preset.remote
    assert (preset.name, preset.title) == ("server", "Model at http://127.0.0.1:8000/v1")
    assert not any(other.remote for other in COMPOSERS.values())
    asked: list[str] = []
    monkeypatch.setattr(choice, "reachable", lambda source, options: asked.append(source) or True)
    chosen = choose(Options(composer="http://me:secret@127.0.0.1:8000"))
    assert (chosen.composer.source, chosen.painter.name) == ("http://me:secret@127.0.0.1:8000", "realvisxl")
    assert asked == ["SG161222/RealVisXL_V4.0"], "a server is no repository"
    assert "secret" not in chosen.reason
    with pytest.raises(SettingsError, match="cannot be read"):
        composer_preset("http://127.0.0.1:port/v1")


def test_presets_are_found_by_name_and_by_source() -> None:
    for preset in COMPOSERS.values():
        assert composer_preset(preset.name) is preset
        assert (composer_preset(preset.source) is preset) == (preset.bits is None), "a source by itself is as it is"
    for painter in PAINTERS.values():
        assert painter_preset(painter.name) is painter
        named_by_source = painter_preset(painter.source)
        assert (named_by_source is painter) == (painter.lora is None), "a source by itself is without a LoRA"


def test_a_distilled_painter_brings_its_sampler_and_few_steps() -> None:
    few = {name: preset.settings for name, preset in PAINTERS.items() if preset.settings.sampler != "dpm++"}
    assert {settings.sampler for settings in few.values()} == {"lightning", "lcm", "hyper", "turbo", "flow"}
    assert all(settings.steps <= 9 for settings in few.values())


def test_offline_and_not_on_disk_is_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(HfApi, "model_info", lambda *_, **__: pytest.fail("the hub was asked"))
    with caplog.at_level(logging.INFO, "lib_omost"):
        assert not choice.reachable("lllyasviel/omost-llama-3-8b-4bits", Options(offline=True, models=tmp_path))
        assert not choice.reachable("not a repository name", Options(models=tmp_path))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
        assert not choice.reachable("owner/model", Options(models=tmp_path))
    assert [record.getMessage() for record in caplog.records] == [
        "lllyasviel/omost-llama-3-8b-4bits is not on this disk, and the hub is not asked in offline mode",
        "'not a repository name' is not a valid repository name",
        "owner/model is not on this disk, and the hub is not asked in offline mode",
    ]


def test_why_the_hub_is_out_of_reach_is_logged_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(Hub({})) as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.address.replace("//", "//me:secret@"))
        monkeypatch.setattr("huggingface_hub.hf_api.constants.ENDPOINT", constants.ENDPOINT)
        assert not choice.reachable("owner/absent", Options(models=tmp_path))
    assert "owner/absent: RepositoryNotFoundError, status 404" in caplog.text
    assert "secret" not in caplog.text


def test_what_is_on_disk_is_within_reach_offline(tmp_path: Path) -> None:
    snapshot = tmp_path / "models--owner--model" / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (tmp_path / "models--owner--model" / "refs").mkdir()
    (tmp_path / "models--owner--model" / "refs" / "main").write_text("0" * 40)
    assert choice.reachable("owner/model", Options(offline=True, models=tmp_path))


def test_choosing_on_a_machine_without_an_accelerator_loads_no_torch() -> None:
    code = (
        "import sys; from lib_omost.runtime import device; device._may_have_accelerator = lambda: False\n"
        "from lib_omost.opening.options import Options\n"
        "from lib_omost.opening.studio import open_studio; open_studio(Options())\n"
        "assert 'torch' not in sys.modules and 'gradio' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("free", "memory", "composer"),
    [
        (23.0, None, "omost-llama-3-8b-4bits"),
        (7.0, None, "omost-llama-3-8b-4bits"),
        (5.4, None, "omost-phi-3-mini-128k-8bits"),
        (4.5, None, "omost-phi-3-mini-128k-4bits"),
        (3.0, None, "embedded"),
        (23.0, 6, "omost-phi-3-mini-128k-8bits"),
        (23.0, 8, "omost-llama-3-8b-4bits"),
    ],
)
def test_the_composer_is_the_best_that_memory_suffices_for(
    cuda: None, monkeypatch: pytest.MonkeyPatch, free: float, memory: int | None, composer: str
) -> None:
    monkeypatch.setattr(choice, "reachable", lambda source, options: True)
    monkeypatch.setattr(choice, "free_memory", lambda device: int(free * 2**30))
    chosen = choose(Options(memory=memory))
    assert (chosen.composer.name, chosen.painter.name) == (composer, "realvisxl")
    smaller = composer != "omost-llama-3-8b-4bits"
    assert ("Omost Llama-3 8B, 4 bit takes about 6." in chosen.reason) == smaller
    assert (f"so {chosen.composer.title} writes; --composer names another." in chosen.reason) == smaller


def test_a_named_composer_that_is_too_large_runs_with_a_message(cuda: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "reachable", lambda source, options: True)
    chosen = choose(Options(composer="omost-llama-3-8b"))
    assert chosen.composer.name == "omost-llama-3-8b"
    assert "Omost Llama-3 8B, 16 bit takes about 16.9 GB while it writes, more than is free" in chosen.memory
    assert "more than is free" not in choose(Options(composer="omost-llama-3-8b-8bits")).memory


def test_the_composer_that_is_there_counts_in_the_plan(cuda: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "reachable", lambda source, options: True)
    monkeypatch.setattr(choice, "free_memory", lambda device: 23 * 2**30)
    plans = {
        name: choose(Options(composer=name)).plan.memory for name in ("omost-llama-3-8b-4bits", "omost-llama-3-8b")
    }
    assert plans == {"omost-llama-3-8b-4bits": 24, "omost-llama-3-8b": 12}


def test_the_plan_follows_free_memory_and_is_reported(cuda: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "reachable", lambda source, options: True)
    monkeypatch.setattr(choice, "backend", lambda device: "ROCm")
    for free, memory in ((20, 24), (10, 12), (7, 8), (3, 6)):
        monkeypatch.setattr(choice, "free_memory", lambda device, free=free: free * 2**30)
        chosen = choose(Options())
        assert chosen.plan.memory == memory
        assert f"Memory plan for {memory} GB" in chosen.memory
        assert chosen.plan.description in chosen.memory
        assert ("That is little" in chosen.memory) == (free == 3)
    assert chosen.memory.startswith("3.2 GB of the ROCm device's memory are free.")
    assert choose(Options(memory=12)).plan.memory == 12, "what is asked for"
    assert "as requested" in choose(Options(memory=12)).memory
    assert (
        choose(Options(composer="embedded", painter="embedded")).plan.painting
        == choose(Options(memory=24)).plan.painting
    )
    large = Options(composer="omost-llama-3-8b-4bits", painter="embedded")
    assert choose(large).plan.memory == 12, "the large composer needs the card to itself"


def test_compiling_weights_in_8_bits_is_refused(cuda: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "reachable", lambda source, options: True)
    assert choose(Options(compiled=True)).plan.memory == 12
    for memory in (6, 8):
        with pytest.raises(SettingsError, match=rf"--compile does not go with the memory plan for {memory} GB.*8 bits"):
            choose(Options(compiled=True, memory=memory))


def test_on_a_cpu_memory_is_not_mentioned_unless_it_is_given() -> None:
    assert choose(Options(device="cpu")).memory == ""
    assert choose(Options(device="cpu", memory=8)).plan.memory == 8


@pytest.mark.parametrize(
    ("device", "composer", "slow"),
    [
        ("mps", "omost-llama-3-8b-4bits", True),
        ("mps", "omost-phi-3-mini-128k-4bits", True),
        ("mps", "omost-phi-3-mini-128k", False),
        ("mps", "embedded", False),
        ("cpu", "omost-llama-3-8b-4bits", False),
    ],
)
def test_a_mac_says_that_few_bits_are_slow(
    device: str, composer: str, slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib_omost.opening.choice.choose_device", lambda requested: device)
    monkeypatch.setattr("lib_omost.opening.choice.free_memory", lambda device: None)
    choice = choose(Options(composer=composer, painter="embedded"))
    assert ("GGUF" in choice.reason) is slow


def test_the_guide_is_for_the_embedded_composer_unless_the_user_says_otherwise() -> None:
    assert choose(Options("embedded", "embedded", "cpu")).composer.guided
    other = choose(Options("omost-llama-3-8b", "embedded", "cpu")).composer
    assert not other.guided
    guided = choose(Options("omost-llama-3-8b", "embedded", "cpu", guide=True)).composer
    assert guided.guided
    assert guided.grammar, "a reply is guided by its grammar"
    alone = choose(Options("embedded", "embedded", "cpu", guide=False)).composer
    assert not alone.guided
    assert alone.grammar
    with pytest.raises(SettingsError, match="not for one on a server"):
        choose(Options("http://127.0.0.1:8000/v1", "embedded", "cpu", guide=True))
    assert not choose(Options("http://127.0.0.1:8000/v1", "embedded", "cpu", guide=False)).composer.guided
