from __future__ import annotations

import argparse
import os
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from lib_omost.errors import SettingsError
from lib_omost.safety.checks import DEFAULT_CHECKS
from lib_omost.ui.serving.hosting import ARGUMENTS, PASSWORD, environment_arguments, is_public, limits_of, login, logins
from lib_omost.ui.serving.start import build_parser, main, open_store
from lib_omost.ui.state.limits import Limits

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPACE_ID", "SPACES_ZERO_GPU", "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", ARGUMENTS, PASSWORD):
        monkeypatch.delenv(name, raising=False)


def parsed(*arguments: str) -> argparse.Namespace:
    return build_parser().parse_args(arguments)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3"])
def test_this_machine_needs_no_password(host: str) -> None:
    assert logins(parsed("--host", host)) == []
    assert limits_of(parsed("--host", host)) is None


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--host", "0.0.0.0"], "opens the page to the network"),
        (["--host", "192.168.1.5"], "opens the page to the network"),
        (["--host", "::"], "opens the page to the network"),
        (["--host", "a.b"], "opens the page to the network"),
        (["--share"], "makes the page public"),
        (["--public"], "opens the page to others"),
    ],
)
def test_others_need_a_password_or_somebody_who_insists(
    arguments: list[str], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match=f"{what}.*--password USER:PASSWORD"):
        logins(parsed(*arguments))
    with pytest.raises(SettingsError, match="empty"):
        logins(parsed(*arguments, "--password", "me:"))
    assert logins(parsed(*arguments, "--password", "secret")) == [("omost", "secret")]
    assert logins(parsed(*arguments, "--no-password")) == []
    monkeypatch.setenv(PASSWORD, "ann:from the environment")
    assert logins(parsed(*arguments)) == [("ann", "from the environment")]
    assert limits_of(parsed(*arguments)) == Limits()
    assert limits_of(parsed(*arguments, "--replies", "3", "--minutes", "1.5")) == Limits(replies=3, minutes=1.5)
    assert limits_of(parsed(*arguments, "--no-limits")) is None


def test_several_users_have_their_own_passwords() -> None:
    several = parsed("--share", "--password", "ann:a", "--password", "ben:b")
    assert logins(several) == [("ann", "a"), ("ben", "b")]
    with pytest.raises(SettingsError, match="two passwords for one user"):
        logins(parsed("--password", "a", "--password", "b"))


def test_a_password_may_come_with_a_user() -> None:
    assert login("secret") == ("omost", "secret")
    assert login("me:se:cret") == ("me", "se:cret")


def test_the_defaults_keep_the_page_to_this_machine() -> None:
    options = parsed()
    assert (options.host, options.port, options.share, options.password) == ("127.0.0.1", 7860, False, None)
    assert not is_public(options)
    assert (options.text_check, options.picture_check) == (None, None)


def test_the_environment_can_say_what_a_command_line_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7000")
    options = parsed()
    assert (options.host, options.port, is_public(options)) == ("0.0.0.0", 7000, True)
    monkeypatch.setenv(ARGUMENTS, "--outputs '/a folder' --replies 3")
    assert environment_arguments() == ["--outputs", "/a folder", "--replies", "3"]


def test_what_the_environment_says_is_read_like_a_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(ARGUMENTS, "--composer 'no such composer'")
    assert main([]) == 2
    assert "There is no composer called 'no such composer'" in capsys.readouterr().err
    monkeypatch.setenv(ARGUMENTS, "--composer 'no end")
    assert main([]) == 2
    assert f"The variable {ARGUMENTS} cannot be read" in capsys.readouterr().err


def test_a_space_is_open_by_its_owners_choice_and_yet_has_limits_and_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "owner/space")
    options = parsed()
    assert (options.host, options.port, options.proxies) == ("0.0.0.0", 7860, 1)
    assert is_public(options)
    assert logins(options) == []
    assert limits_of(options) == Limits()
    assert {"text": options.text_check, "picture": options.picture_check} == DEFAULT_CHECKS
    assert parsed("--text-check", "off").text_check == "off"
    assert open_store(options) is None, "what one visitor says is not shown to the next"
    assert options.device is None
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    assert (parsed().device, parsed().composer) == ("cuda", "omost-llama-3-8b")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--host", "0.0.0.0"], "opens the page to the network"),
        (["--share"], "makes the page public"),
        (["--composer", "no such composer"], "There is no composer called 'no such composer'"),
        (["--painter", "nothing"], "There is no painter called 'nothing'"),
        (["--device", "abacus"], "There is no device called 'abacus'"),
        (["--port", "0"], "There is no port 0"),
        (["--proxies", "-1"], "There cannot be -1 proxies"),
        (["--public", "--no-password", "--waiting", "0"], "The limit of waiting must be at least 1"),
        (["--text-check", "nothing"], "There is no text check called 'nothing'"),
        (["--check-threshold", "2", "--picture-check"], "The threshold of the checks"),
        (
            ["--public", "--no-password", "--composer", "omost-dolphin-2.9-llama3-8b-4bits", "--picture-check"],
            "trained without filtering",
        ),
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


def test_a_port_in_use_is_reported() -> None:
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


@pytest.mark.parametrize("place", ["at home", "on a Space", "behind a dead proxy"])
def test_the_page_answers_before_torch_is_imported(place: str, tmp_path: Path) -> None:
    """The real program; its models fail at once (an empty folder), which must not keep the page from answering. A Space
    has no command line and nobody who would give a password."""
    space = place == "on a Space"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = (
        "import sys, runpy, gradio as gr\n"
        "answered = gr.Blocks.launch\n"
        "def launch(self, **options):\n"
        "    answered(self, **options)\n"
        "    print('torch' in sys.modules, options['server_name'], options['max_file_size'], flush=True)\n"
        "gr.Blocks.launch = launch\n"
        "sys.argv[0] = 'gradio_app.py'\n"
        "runpy.run_path('gradio_app.py', run_name='__main__')\n"
    )
    arguments = ["--device", "cpu", "--port", str(port), "--composer", str(tmp_path), "--painter", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if place == "behind a dead proxy":
        environment["http_proxy"] = "http://127.0.0.1:9"
    if space:
        checks = ["--text-check", str(tmp_path), "--picture-check", str(tmp_path)]
        environment |= {"SPACE_ID": "owner/space", "GRADIO_SERVER_PORT": str(port)}
        environment[ARGUMENTS] = shlex.join([*arguments[:2], *arguments[4:], *checks])
        arguments = []
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            assert process.stdout is not None
            expected = f"False 0.0.0.0 {64 << 20}" if space else f"False 127.0.0.1 {512 << 20}"
            assert process.stdout.readline().strip() == expected
            assert f":{port}" in process.stdout.readline()
            if space:
                assert "Others can reach this page: each user may have 20 replies" in process.stdout.readline()
            deadline = time.monotonic() + 30
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=deadline - time.monotonic()) as answer:
                assert b"Omost Studio" in answer.read()
        finally:
            process.terminate()
            process.wait(20)


@pytest.mark.skipif(find_spec("socksio") is not None, reason="httpx can speak to SOCKS proxies here")
def test_a_socks_proxy_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["--device", "cpu", "--port", str(port), "--composer", str(tmp_path), "--painter", str(tmp_path)]
    with subprocess.Popen(
        [sys.executable, "gradio_app.py", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "ALL_PROXY": "socks5://127.0.0.1:9"},
    ) as process:
        try:
            assert process.stdout is not None
            assert "The proxy socks5://127.0.0.1:9 is not used" in process.stdout.readline()
            assert f":{port}" in process.stdout.readline()
        finally:
            process.terminate()
            process.wait(20)
