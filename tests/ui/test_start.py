from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from lib_omost.errors import SettingsError
from lib_omost.ui.start import build_parser, login, main, open_store, require_password

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3"])
def test_this_machine_needs_no_password(host: str) -> None:
    require_password(host, False, None, False)


@pytest.mark.parametrize(
    ("host", "share"), [("0.0.0.0", False), ("192.168.1.5", False), ("::", False), ("a.b", False), ("127.0.0.1", True)]
)
def test_others_need_a_password_or_somebody_who_insists(host: str, share: bool) -> None:
    with pytest.raises(SettingsError, match="--password USER:PASSWORD"):
        require_password(host, share, None, False)
    with pytest.raises(SettingsError, match="empty"):
        require_password(host, share, "me:", False)
    require_password(host, share, "secret", False)
    require_password(host, share, None, True)


def test_a_password_may_come_with_a_user() -> None:
    assert login("secret") == ("omost", "secret")
    assert login("me:se:cret") == ("me", "se:cret")


def test_the_defaults_keep_the_page_to_this_machine() -> None:
    options = build_parser().parse_args([])
    assert (options.host, options.port, options.share, options.password) == ("127.0.0.1", 7860, False, None)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--host", "0.0.0.0"], "opens the page to the network"),
        (["--share"], "makes the page public"),
        (["--composer", "no such composer"], "There is no composer called 'no such composer'"),
        (["--painter", "nothing"], "There is no painter called 'nothing'"),
        (["--device", "abacus"], "There is no device called 'abacus'"),
        (["--port", "0"], "There is no port 0"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_conversations_are_kept_where_only_their_owner_reads_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OMOST_SESSIONS", str(tmp_path))

    def folder(*arguments: str) -> Path | None:
        store = open_store(build_parser().parse_args(arguments))
        return None if store is None else store.folder

    assert folder() == tmp_path
    assert folder("--sessions", str(tmp_path / "mine")) == tmp_path / "mine"
    assert folder("--no-sessions") is None
    assert folder("--host", "0.0.0.0", "--no-password") is None
    assert folder("--share", "--password", "secret") == tmp_path
    assert folder("--share", "--no-password", "--sessions", str(tmp_path)) == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "gradio_app.py", "--device", "cpu", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_page_answers_before_torch_is_imported(tmp_path: Path) -> None:
    """The real program; its models fail at once (an empty folder), which must not keep the page from answering."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = (
        "import sys, runpy, gradio as gr\n"
        "answered = gr.Blocks.launch\n"
        "def launch(self, **options):\n"
        "    answered(self, **options)\n"
        "    print('torch' in sys.modules, flush=True)\n"
        "gr.Blocks.launch = launch\n"
        "sys.argv[0] = 'gradio_app.py'\n"
        "runpy.run_path('gradio_app.py', run_name='__main__')\n"
    )
    arguments = ["--device", "cpu", "--port", str(port), "--composer", str(tmp_path), "--painter", str(tmp_path)]
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "False"
            assert f"http://127.0.0.1:{port}" in process.stdout.readline()
            deadline = time.monotonic() + 30
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=deadline - time.monotonic()) as answer:
                assert b"Omost Studio" in answer.read()
        finally:
            process.terminate()
            process.wait(20)
