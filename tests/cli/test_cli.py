from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lib_omost import cli
from lib_omost.errors import RefusedError
from lib_omost.presets import composer_preset, painter_preset
from lib_omost.runtime.accelerator import Accelerator
from lib_omost.runtime.background import BackgroundModel
from lib_omost.safety.checks import DEFAULT_CHECKS
from lib_omost.studio import Studio
from tests.llm.wire import Answer, event, wire
from tests.scripted import REPLY, ScriptedComposer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def composer(monkeypatch: pytest.MonkeyPatch) -> ScriptedComposer:
    """Every command opens a studio around this composer."""
    scripted = ScriptedComposer()
    accelerator = Accelerator("cpu")
    accelerator.load("composer", lambda make_room: scripted)

    def no_painter(report: object) -> None:
        raise AssertionError("no painter is needed here")

    studio = Studio(
        composer_preset("embedded"),
        painter_preset("embedded"),
        BackgroundModel("composer", lambda report: scripted),
        BackgroundModel("painter", no_painter),  # type: ignore[arg-type]
        accelerator,
    )
    monkeypatch.setattr("lib_omost.opening.studio.open_studio", lambda options: studio)
    return scripted


@pytest.fixture
def reply(tmp_path: Path) -> Path:
    path = tmp_path / "reply.txt"
    path.write_text(REPLY, encoding="utf-8")
    return path


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The one JSON object on standard output."""
    printed: dict[str, object] = json.loads(capsys.readouterr().out)
    return printed


def test_check_prints_the_canvas_and_no_note(reply: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(reply), "--json"]) == 0
    printed = answer(capsys)
    assert printed["ok"] is True
    assert printed["notes"] == []
    canvas = printed["canvas"]
    assert canvas["global"]["description"] == "A quiet harbour at dusk."
    assert canvas["global"]["color"] == [25, 25, 112]
    assert [region["rect"] for region in canvas["regions"]] == [[35, 75, 0, 45], [5, 85, 50, 90]]
    assert canvas["regions"][0]["color"] == [178, 34, 34]
    assert canvas["regions"][0]["distance"] == 3.0


def test_check_and_compose_say_what_the_embedded_painter_does_not_know(
    composer: ScriptedComposer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    composer.reply = REPLY.replace("A red boat.", "A neon sign.").replace("A white lighthouse.", "A blorptang.")
    path = tmp_path / "reply.txt"
    path.write_text(composer.reply, encoding="utf-8")
    said = "image model does not know: blorptang, neon sign (draws a sign)."
    for arguments in (["check", str(path)], ["compose", "a harbour"]):
        assert cli.main(arguments) == 0
        assert said in capsys.readouterr().err
        assert cli.main([*arguments, "--json"]) == 0
        assert answer(capsys)["unknown"] == ["blorptang", "neon sign (draws a sign)"]


def test_check_lists_what_was_mended(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "reply.txt"
    path.write_text(REPLY.replace("'on the left'", "'in the middle'"), encoding="utf-8")
    assert cli.main(["check", str(path), "--json"]) == 0
    (note,) = answer(capsys)["notes"]
    assert note["kind"] == "corrected"
    assert note["line"] == 15
    assert "in the middle" in note["written"]
    assert "in the center" in note["made"]


def test_check_reads_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(REPLY.encode())))
    assert cli.main(["check", "-"]) == 0
    assert "A white lighthouse." in capsys.readouterr().out


def test_a_text_without_a_canvas_is_status_1_with_the_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reply.txt"
    path.write_text("I cannot draw today.", encoding="utf-8")
    assert cli.main(["check", str(path), "--json"]) == 1
    printed = answer(capsys)
    assert printed["ok"] is False
    assert printed["canvas"] is None
    assert printed["error"]
    assert cli.main(["render", str(path), "--json"]) == 1
    assert answer(capsys)["error"]


@pytest.mark.parametrize(
    "arguments",
    [[], ["paint"], ["check"], ["check", "no-such-file"], ["compose"], ["compose", "x", "--composer", "no-such-model"]],
)
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = cli.main(arguments)
    except SystemExit as leave:
        status = leave.code
    assert status == 2
    assert capsys.readouterr().err.strip()


def test_compose_prints_the_reply(composer: ScriptedComposer, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compose", "a harbour"]) == 0
    assert capsys.readouterr().out == REPLY + "\n"


def test_compose_as_json(composer: ScriptedComposer, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compose", "a harbour", "--json", "--seed", "3"]) == 0
    printed = answer(capsys)
    assert printed["ok"] is True
    assert printed["reply"] == REPLY
    assert printed["finished"] == "end"
    assert printed["tokens"] == -(-len(REPLY) // 16)
    assert printed["seconds"] >= 0
    assert printed["performance"]["tokens_per_second"] > 0
    assert set(printed["performance"]) == {"tokens_per_second", "seconds_per_picture", "peak_memory", "memory_plan"}
    assert len(printed["canvas"]["regions"]) == 2


def test_a_short_limit_is_reported(composer: ScriptedComposer, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compose", "a harbour", "--json", "--max-new-tokens", "30"]) == 0
    printed = answer(capsys)
    assert printed["finished"] == "length"
    assert printed["tokens"] == 30
    assert printed["notes"], "the broken tail is told"


def test_an_edit_sends_the_earlier_reply(
    composer: ScriptedComposer, reply: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["compose", "make it night", "--edit", str(reply), "--json"]) == 0
    _, first, earlier, last = composer.asked[0]
    assert "A quiet harbour at dusk" in first.text
    assert earlier.text == REPLY
    assert last.text == "make it night"


def test_an_empty_prompt_is_wrong_usage(composer: ScriptedComposer, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compose", "  ", "--json"]) == 2
    assert "empty" in answer(capsys)["error"]


def test_settings_out_of_range_are_wrong_usage(
    composer: ScriptedComposer, reply: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["render", str(reply), "--steps", "0", "--json"]) == 2
    assert "steps" in answer(capsys)["error"]


def test_chat_keeps_the_conversation(
    composer: ScriptedComposer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a harbour\nmake it night\n/new\na ship\n/quit\n"))
    assert cli.main(["chat", "--json"]) == 0
    rounds = answer(capsys)["rounds"]
    assert [entry["prompt"] for entry in rounds] == ["a harbour", "make it night", "a ship"]
    assert [len(messages) for messages in composer.asked] == [2, 4, 2]


def test_rendering_before_a_canvas_is_reported(
    composer: ScriptedComposer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("/render\n"))
    assert cli.main(["chat"]) == 1
    assert "no canvas yet" in capsys.readouterr().err


def test_check_as_a_command_loads_no_torch_and_survives_a_closed_pipe(reply: Path) -> None:
    code = (
        "import sys\nfrom lib_omost.cli import main\n"
        f"status = main(['check', {str(reply)!r}])\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules\nsys.exit(status)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "lib_omost", "check", str(reply)]
    closed = subprocess.run(command, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert "Traceback" not in closed.stderr


def compose_on_a_server(chat: Callable[[Answer], object], capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    with wire(chat) as there:
        status = cli.main(["compose", "a harbour", "--composer", there.url, "--device", "cpu", "--json"])
    return status, answer(capsys)


def test_a_server_composes(capsys: pytest.CaptureFixture[str]) -> None:
    pieces = [REPLY[start : start + 40] for start in range(0, len(REPLY), 40)]
    status, printed = compose_on_a_server(lambda asked: asked.reply(*pieces), capsys)
    assert (status, printed["ok"], printed["reply"], printed["finished"]) == (0, True, REPLY, "end")
    assert len(printed["canvas"]["regions"]) == 2


def test_a_server_that_wants_a_key_is_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMOST_SERVER_KEY", raising=False)
    status, printed = compose_on_a_server(lambda asked: asked.json({}, 401), capsys)
    assert (status, printed["ok"]) == (1, False)
    assert "OMOST_SERVER_KEY" in printed["error"]


def test_what_a_failing_server_had_written_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    def cut_off(asked: Answer) -> None:
        asked.begin()
        asked.send(event(REPLY[:300]))
        asked.end()

    status, printed = compose_on_a_server(cut_off, capsys)
    assert (status, printed["ok"], printed["reply"]) == (1, False, REPLY[:300])
    assert "before the reply was complete" in printed["error"]


def test_checks_are_asked_for_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def refuse(options: object) -> None:
        asked.append(options)
        raise RefusedError("The text check refuses what was asked.")

    monkeypatch.setattr("lib_omost.opening.studio.open_studio", refuse)
    arguments = ["--json", "--text-check", "--picture-check", "folder=gore", "--check-threshold", "0.3"]
    assert cli.main(["compose", "a harbour", *arguments]) == 1
    assert answer(capsys) == {"ok": False, "error": "The text check refuses what was asked."}
    (options,) = asked
    assert (options.text_check, options.picture_check) == (DEFAULT_CHECKS["text"], "folder=gore")
    assert (options.threshold, options.public) == (0.3, False)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "cp866", "big5", "euc_kr"])
def test_piped_text_is_read_in_the_encoding_of_any_console(encoding: str) -> None:
    words = {"cp866": "Замок на холме.", "big5": "一座山，一條河。", "euc_kr": "산 위의 성."}.get(encoding, "Café.")
    code = f"canvas.set_global_description(description='{words}')\n"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "lib_omost", "check", "--json", "-"]
    done = subprocess.run(command, input=code.encode(encoding), capture_output=True, env=environment, check=True)
    assert json.loads(done.stdout)["canvas"]["global"]["description"] == words
    assert (b"--encoding" in done.stderr) == (not encoding.startswith("utf"))


def test_the_encoding_of_a_file_can_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reply.txt"
    path.write_bytes("canvas.set_global_description(description='Żółw')\n".encode("cp1250"))
    for command in ("check", "open"):
        assert cli.main([command, "--json", "--encoding", "cp1250", str(path)]) == 0
        told = capsys.readouterr()
        assert json.loads(told.out)["canvas"]["global"]["description"] == "Żółw"
        assert "encoding" not in told.err
    assert cli.main(["check", "--encoding", "cp12500", str(path)]) == 2
    assert "There is no encoding 'cp12500'" in capsys.readouterr().err


def test_the_code_page_of_piped_lines_is_told_once() -> None:
    code = "from lib_omost.cli.console import piped_lines\nprint(ascii(list(piped_lines())))"
    data = "дом\na house\nзамок у реки\nлес и поле\n".encode("cp866")
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    assert [line.strip() for line in ast.literal_eval(done.stdout.decode())][1:] == [
        "a house",
        "замок у реки",
        "лес и поле",
    ]
    assert done.stderr.decode().count("code page 866") == 1


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_piped_lines_of_a_chat_are_read_in_the_encoding_of_any_console(encoding: str) -> None:
    code = "from lib_omost.cli.console import piped_lines\nprint(ascii(list(piped_lines())))"
    data = "un château\n/quit\n".encode(encoding)
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    assert [line.strip() for line in ast.literal_eval(done.stdout.decode())] == ["un château", "/quit"]
