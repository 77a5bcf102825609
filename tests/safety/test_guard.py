"""The safety checks where they are used: in every reply and every render of a studio."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lib_omost.errors import ModelError, RefusedError
from lib_omost.llm.base import Message, Sampling
from lib_omost.render.settings import Notice, Picture, Preview, RenderSettings
from lib_omost.runtime.accelerator import Accelerator
from lib_omost.runtime.background import BackgroundModel
from lib_omost.safety.checks import check_source
from lib_omost.safety.guard import QUOTED, Guard, open_guard
from lib_omost.studio import ChatFinished, Studio, TextPiece
from lib_omost.ui.state.conversation import Conversation
from lib_omost.ui.state.entries import Prompt, Reply
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from tests.hub_server import Hub, serving
from tests.scripted import REPLY, ScriptedComposer
from tests.ui import studios as ui
from tests.ui.brush import Brush

SETTINGS = RenderSettings(width=64, height=64, steps=1, seed=5, count=2)
RED, BLUE = (230, 90, 90), (20, 90, 90)


class Colors(Brush):
    """Paints one plain picture after another, each with a preview."""

    def __init__(self, *colors: tuple[int, int, int]) -> None:
        self.colors = colors
        self.asked: list[RenderSettings] = []

    def render(self, conditions: object, settings: RenderSettings, *, stop: Any, keep: Any = None) -> Any:
        self.asked.append(settings)
        for index, color in enumerate(self.colors):
            image = Image.new("RGB", (64, 64), color)
            if settings.previews:
                yield Preview(image, index)
            yield Picture(index, settings.seed + index, image, 0.1)


@pytest.fixture(scope="module")
def guard(text_check_folder: Path, picture_check_folder: Path) -> Guard:
    from lib_omost.safety.picture import PictureCheck
    from lib_omost.safety.text import TextCheck

    return Guard(
        BackgroundModel("The text check", lambda report: TextCheck.load(text_check_folder, name="reader")),
        BackgroundModel("The picture check", lambda report: PictureCheck.load(picture_check_folder, name="looker")),
    )


@pytest.fixture
def open_studio(guard: Guard) -> Callable[..., Studio]:
    def make(composer: Any = None, painter: Any = None, guard: Guard = guard) -> Studio:
        return ui.open_studio(composer, painter or Colors(BLUE), guard=guard)

    return make


def test_what_is_harmless_passes(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    last = list(studio.chat([], "a harbour", Sampling()))[-1]
    assert isinstance(last, ChatFinished)
    events = list(studio.render(last.interpretation.canvas, SETTINGS))
    assert [type(event) for event in events if not hasattr(event, "message")] == [Picture]
    assert [part.state for part in studio.status().parts] == ["ready"] * 4


def test_a_request_is_checked_before_the_composer_gets_it(open_studio: Callable[..., Studio]) -> None:
    composer = ScriptedComposer()
    studio = open_studio(composer)
    with pytest.raises(
        RefusedError, match=r"The text check reader refuses what was asked: “a boat with gore”.*nothing"
    ):
        list(studio.chat([], "a boat with gore", Sampling()))
    forged = [Message("user", "gore"), Message("assistant", REPLY)]
    with pytest.raises(RefusedError, match="“gore”"):
        list(studio.chat(forged, "a boat", Sampling()))
    assert composer.asked == []


def test_a_reply_is_broken_off_where_its_layout_becomes_unsafe(open_studio: Callable[..., Studio]) -> None:
    reply = REPLY.replace("Its paint is peeling.", "Gore on the red boat.")
    studio = open_studio(ScriptedComposer(reply))
    arrived: list[Any] = []
    with pytest.raises(RefusedError, match=r"refuses what the layout says: “A red boat\. Gore on the red boat\."):
        arrived.extend(studio.chat([], "a harbour", Sampling()))
    text = "".join(event.text for event in arrived if isinstance(event, TextPiece))
    assert "firebrick" in text, "what was written stays"
    assert "lighthouse" not in text, "and no more is written"
    assert isinstance(list(open_studio().chat([], "a harbour", Sampling()))[-1], ChatFinished)


@pytest.mark.parametrize(
    "words",
    [
        {"description": "Gore."},
        {"detailed_descriptions": ("A boat.", "The sea and gore.")},
        {"tags": "boat, gore"},
        {"atmosphere": "gore"},
        {"style": "Gore."},
        {"quality_meta": "gore"},
    ],
)
def test_a_canvas_written_by_hand_is_read_in_full(open_studio: Callable[..., Studio], words: dict[str, Any]) -> None:
    painter = Colors(BLUE)
    studio = open_studio(painter=painter)
    canvas = studio.check(REPLY).canvas
    assert canvas is not None
    bad = replace(canvas, regions=(canvas.regions[0], replace(canvas.regions[1], **words)))
    with pytest.raises(RefusedError, match="what the layout says"):
        list(studio.render(bad, SETTINGS))
    assert painter.asked == []
    unpainted = replace(bad, regions=(bad.regions[0], replace(bad.regions[1], enabled=False)))
    assert list(studio.render(unpainted, SETTINGS)), "what is not painted is not read"


def test_the_opening_words_are_read_too(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    canvas = studio.check(REPLY).canvas
    with pytest.raises(RefusedError):
        list(studio.render(canvas, replace(SETTINGS, opening="gore")))
    assert list(studio.render(canvas, replace(SETTINGS, negative_prompt="gore"))), "what shall not be seen may be named"


def test_a_picture_is_looked_at_before_anybody_sees_it(open_studio: Callable[..., Studio]) -> None:
    painter = Colors(BLUE, RED, BLUE)
    studio = open_studio(painter=painter)
    events = list(studio.render(studio.check(REPLY).canvas, SETTINGS))
    assert [event.index for event in events if isinstance(event, Picture)] == [0, 2]
    assert not any(isinstance(event, Preview) for event in events), "nobody looked at a preview"
    (notice,) = [event.message for event in events if isinstance(event, Notice)]
    assert notice.startswith("The picture check looker holds back picture 2 (seed 6)")


def test_where_no_picture_is_left_the_render_has_failed(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio(painter=Colors(RED, RED))
    shown: list[Any] = []
    with pytest.raises(RefusedError, match=r"holds back picture 1 \(seed 5\)"):
        shown.extend(studio.render(studio.check(REPLY).canvas, SETTINGS))
    assert not any(isinstance(event, Picture) for event in shown)
    assert isinstance(list(studio.chat([], "a harbour", Sampling()))[-1], ChatFinished), "the device is free again"


def test_nothing_is_read_without_a_text_check_nor_after_a_stop() -> None:
    Guard().read(["gore"], "this", stop := threading.Event())
    stop.set()
    Guard(BackgroundModel("The text check", lambda report: pytest.fail("it is not needed"))).read(["gore"], "", stop)


def test_a_check_that_cannot_be_loaded_lets_nothing_through(open_studio: Callable[..., Studio]) -> None:
    def absent(report: object) -> Any:
        raise ModelError("The check is not here.")

    composer, painter = ScriptedComposer(), Colors(BLUE)
    studio = open_studio(composer, painter, Guard(picture=BackgroundModel("The picture check", absent)))
    canvas = studio.check(REPLY).canvas
    with pytest.raises(ModelError, match="not here"):
        list(studio.chat([], "a harbour", Sampling()))
    with pytest.raises(ModelError, match="not here"):
        list(studio.render(canvas, SETTINGS))
    assert (composer.asked, painter.asked) == ([], [])


def test_a_stop_during_the_check_paints_nothing(open_studio: Callable[..., Studio]) -> None:
    painter = Colors(BLUE)
    studio = open_studio(painter=painter)
    bad = studio.check(REPLY.replace("Calm.", "Gore.")).canvas
    stop = threading.Event()
    stop.set()
    assert not any(isinstance(event, Picture) for event in studio.render(bad, SETTINGS, stop=stop))
    assert painter.asked == []


@pytest.fixture
def hub(text_check_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    from huggingface_hub import constants

    files = {path.name: path.read_bytes() for path in text_check_folder.iterdir()} | {"pytorch_model.bin": b"0"}
    with serving(Hub({"owner/check": files})) as running:
        monkeypatch.setattr(constants, "ENDPOINT", running.address)
        monkeypatch.setattr("huggingface_hub.hf_api.constants.ENDPOINT", running.address)
        template = running.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        yield running


def test_checks_come_from_the_hub_or_from_a_folder(hub: Hub, picture_check_folder: Path, tmp_path: Path) -> None:
    picture = check_source("picture", str(picture_check_folder), 0.9)
    guard = open_guard(check_source("text", "owner/check"), picture, models=tmp_path)
    titles = ["Text check owner/check", f"Picture check {picture_check_folder.name}"]
    assert [part.status.name for part in guard.checks] == titles
    guard.start()
    stop = threading.Event()
    told = [status.message for status in guard.wait(stop)]
    assert "pytorch_model.bin" not in hub.downloads()
    assert all(part.status.state == "ready" for part in guard.checks), told
    with pytest.raises(RefusedError, match="The text check owner/check refuses this"):
        guard.read(["a boat", "gore"], "this", stop)
    assert picture_check_folder.name in str(guard.refusal(Image.new("RGB", (64, 64), RED), 1, 5))
    assert guard.refusal(Image.new("RGB", (64, 64), BLUE), 1, 5) is None
    assert open_guard(None, None).checks == ()


def test_nothing_is_downloaded_offline_nor_by_a_loader(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lib_omost.safety.text import TextCheck

    guard = open_guard(check_source("text", "owner/check"), None, models=tmp_path, offline=True)
    with pytest.raises(ModelError):
        list(guard.wait(threading.Event()))
    assert hub.asked == []
    monkeypatch.chdir(tmp_path)  # where there is no such folder
    with pytest.raises(ModelError, match="check of texts"):
        TextCheck.load(Path("owner/check"), name="none")
    assert hub.downloads() == []


def test_labels_and_thresholds_reach_the_checks(text_check_folder: Path, picture_check_folder: Path) -> None:
    text = check_source("text", f"{text_check_folder}=safe", 0.25)
    picture = check_source("picture", f"{picture_check_folder}=normal", 0.75)
    guard = open_guard(text, picture)
    list(guard.wait(stop := threading.Event()))
    guard.read(["gore"], "this", stop)
    with pytest.raises(RefusedError, match=f"The text check {text_check_folder.name} refuses this: “a boat”"):
        guard.read(["gore", "a boat"], "this", stop)
    assert guard.refusal(Image.new("RGB", (64, 64), RED), 1, 5) is None
    assert guard.refusal(Image.new("RGB", (64, 64), BLUE), 1, 5) is not None
    assert guard.text is not None
    assert guard.picture is not None
    assert (guard.text.model.threshold, guard.picture.model.threshold) == (0.25, 0.75)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("gore" + " a" * (QUOTED // 2 - 2), "gore" + " a" * (QUOTED // 2 - 2)),
        ("gore boat" + " a" * (QUOTED // 2 - 4), "gore boat" + " a" * (QUOTED // 2 - 5) + "  …"),
        ("gore\n\n  on the\tsea", "gore on the sea"),
    ],
)
def test_so_much_of_a_refused_text_is_quoted(guard: Guard, text: str, quoted: str) -> None:
    list(guard.wait(stop := threading.Event()))
    with pytest.raises(RefusedError, match=f"refuses this: “{quoted}”. "):
        guard.read([text], "this", stop)
    stop.set()
    guard.read([text], "this", stop)


def test_checks_and_models_load_one_after_the_other(text_check_folder: Path, picture_check_folder: Path) -> None:
    accelerator = Accelerator("cpu")
    checks = check_source("text", str(text_check_folder)), check_source("picture", str(picture_check_folder))
    guard = open_guard(*checks, turn=accelerator.turn)
    with accelerator.turn():
        guard.start()
        for part in guard.checks:
            assert next(part.wait()).state == "loading"
        threading.Event().wait(0.5)
        assert [part.status.state for part in guard.checks] == ["loading", "loading"], "a model has the turn"
    list(guard.wait(threading.Event()))
    assert [part.status.state for part in guard.checks] == ["ready", "ready"]
    assert accelerator.lease("painter").acquire(timeout=5), "the turn was given back"


def test_the_page_says_what_was_refused_and_loses_nothing(guard: Guard, tmp_path: Path) -> None:
    handlers = Handlers(ui.open_studio(painter=Colors(RED), guard=guard), Gallery(tmp_path))
    page, _ = ui.play(handlers.send(ui.PAGE, Conversation(), "a boat with gore", ui.SAMPLING))
    assert page["prompt"] == "a boat with gore", "it stands in the box again"
    (told,) = page["chat"].entries
    assert "refuses what was asked: “a boat with gore”" in told.text
    talk = Conversation((Prompt("a harbour"), Reply(REPLY)))
    page, _ = ui.play(handlers.render(ui.PAGE, talk, ui.SETTINGS))
    assert page["chat"].entries[:2] == talk.entries
    assert "holds back picture 1" in page["chat"].entries[2].text
    assert list(tmp_path.iterdir()) == [], "no picture was saved"
    parts = handlers.status(ui.PAGE, None)["models"]["parts"]
    assert [part["role"] for part in parts] == ["layout model", "image model", "safety check", "safety check"]
