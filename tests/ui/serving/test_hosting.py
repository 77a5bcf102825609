"""What others read to host the page: a Space's front matter, the Dockerfile, the notes. Held to the program itself."""

from __future__ import annotations

import ast
import fnmatch
import http.server
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

from lib_omost.presets import COMPOSERS, PAINTERS
from lib_omost.safety.checks import DEFAULT_CHECKS
from lib_omost.ui.serving.hosting import ARGUMENTS, PASSWORD, limits_of, logins
from lib_omost.ui.serving.start import build_parser

ROOT = Path(__file__).resolve().parents[3]
NOTES = (ROOT / "docs" / "hosting.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
# https://huggingface.co/docs/hub/spaces-config-reference
COLORS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
HARDWARE = {"cpu-basic", "cpu-upgrade", "t4-small", "t4-medium", "l4x1", "a10g-small", "a10g-large", "zero-a10g"}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and what follows them, each on one line."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [tuple(line.split(None, 1)) for line in lines if line and not line.startswith("#")]  # type: ignore[misc]


def the(name: str) -> str:
    (found,) = [value for key, value in instructions() if key == name]
    return found


def test_the_front_matter_is_what_a_space_wants_and_agrees_with_the_pins() -> None:
    assert README.startswith("---\n"), "a Space reads it there only"
    front: dict[str, Any] = yaml.safe_load(README.split("---\n")[1])
    pins = dict(re.findall(r"^([a-z-]+)==(\S+)$", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE))
    assert front["sdk"] == "gradio"
    assert front["sdk_version"] == pins["gradio"]
    assert (ROOT / front["app_file"]).is_file()
    assert isinstance(front["python_version"], str), "3.10 without quotes would be 3.1"
    assert "3.11" <= front["python_version"] <= "3.13"
    assert {front["colorFrom"], front["colorTo"]} <= COLORS
    assert front["suggested_hardware"] in HARDWARE
    assert len(front["short_description"]) <= 60
    assert front["license"] == "apache-2.0"
    sources = {preset.source for preset in (*COMPOSERS.values(), *PAINTERS.values())} | set(DEFAULT_CHECKS.values())
    assert set(front["models"]) <= sources


def test_the_container_starts_the_page_for_others_and_not_as_root() -> None:
    names = [name for name, _ in instructions()]
    assert names[0] == "FROM"
    assert names.index("USER") < names.index("CMD")
    user = the("USER")
    assert user not in ("root", "0")
    assert any(name == "RUN" and re.search(rf"useradd .*\b{user}\b", value) for name, value in instructions())
    command = json.loads(the("CMD"))
    assert command[:2] == ["python", "gradio_app.py"]
    assert (ROOT / command[1]).is_file()
    options = build_parser().parse_args(command[2:])
    assert options.host == "0.0.0.0"
    assert int(the("EXPOSE")) == options.port
    assert str(options.outputs).startswith(the("VOLUME"))
    assert options.password is None, "it would show in the list of processes"
    for name, value in (pair.split("=") for pair in the("ENV").split()):
        assert name == "PYTHONUNBUFFERED" or value.startswith(the("VOLUME")), name


def test_the_container_asks_for_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    from lib_omost.errors import SettingsError

    for name in ("SPACE_ID", PASSWORD):
        monkeypatch.delenv(name, raising=False)
    options = build_parser().parse_args(json.loads(the("CMD"))[2:])
    with pytest.raises(SettingsError, match=PASSWORD):
        logins(options)
    monkeypatch.setenv(PASSWORD, "ann:secret")
    assert logins(options) == [("ann", "secret")]
    assert limits_of(options) is not None


def test_what_the_container_copies_and_installs_is_there() -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text("utf-8").split("\n") if line and line[0] != "#"]
    copied = [word for name, value in instructions() if name == "COPY" for word in value.split()[:-1]]
    installed = [
        word for name, value in instructions() if name == "RUN" for word in shlex.split(value) if word.endswith(".txt")
    ]
    assert sorted(installed) == ["requirements-embedded.txt", "requirements.txt"]
    for name in (*copied, *installed, "gradio_app.py", "lib_omost", "models", "chat_templates"):
        assert (ROOT / name).exists(), name
        assert not any(fnmatch.fnmatch(name, pattern) for pattern in ignored), name
    kept = {path.split("/")[0] for path in git("ls-files").split("\n") if path}
    imported = {"lib_omost", "gradio_app.py"}
    for path in (ROOT / "lib_omost").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                top = node.module.split(".")[0]
                assert top in imported or top not in kept, f"{path} imports {top}, which the container has not"


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this is no git checkout")
    return done.stdout


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (500, False)])
def test_the_containers_health_is_looked_at(status: int, healthy: bool) -> None:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *given: object) -> None:
            pass

    command = json.loads(the("HEALTHCHECK").partition("CMD ")[2])
    assert command[0] == "python"
    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = {**os.environ, "GRADIO_SERVER_PORT": str(server.server_port)}
        done = subprocess.run([sys.executable, *command[1:]], env=environment, capture_output=True, timeout=60)
        server.shutdown()
    assert (done.returncode == 0) is healthy, done.stderr


def test_the_notes_name_only_what_there_is() -> None:
    known = {option for action in build_parser()._actions for option in action.option_strings}
    blocks = "\n".join(re.findall(r"^```\n(.*?)^```", NOTES, re.MULTILINE | re.DOTALL))
    told = "\n".join(line for line in blocks.split("\n") if not re.search(r"docker|hf |git|pip", line))
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", told + " ".join(re.findall(r"`(--[^`]+)`", NOTES))))
    assert {"--password", "--proxies", "--text-check"} <= named
    assert named <= known
    assert set(re.findall(r"OMOST_[A-Z]+", NOTES)) <= {ARGUMENTS, PASSWORD}
    for model in DEFAULT_CHECKS.values():
        assert model in NOTES
        assert model in README
    for path in re.findall(r"`(lib_omost/[\w/]+\.py)`", NOTES):
        assert (ROOT / path).is_file(), path


def test_the_notebooks_cells_run_what_there_is() -> None:
    colab = NOTES.partition("## Colab")[2]
    first, second = re.findall(r"^```\n(.*?)^```", colab, re.MULTILINE | re.DOTALL)
    for name in re.findall(r"-r (\S+)", first):
        assert (ROOT / name).is_file()
    ast.parse("\n".join(line for line in second.split("\n") if not line.startswith("!")))
    (start,) = re.findall(r"^!python (.*)$", second, re.MULTILINE)
    script, *arguments = shlex.split(start)
    assert (ROOT / script).is_file()
    assert build_parser().parse_args(arguments).share
    assert PASSWORD in second
