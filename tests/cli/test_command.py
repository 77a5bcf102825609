"""The ways into the program: the command `omost`, `python -m lib_omost`, `gradio_app.py`; what pip reads of it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import lib_omost
from lib_omost.runtime.entry import OLDEST, begin

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMMANDS = ("page", "compose", "check", "render", "chat", "open")
# What an old Python reads before `begin` has refused it.
ENTRY = ["gradio_app.py", "lib_omost/__init__.py", "lib_omost/__main__.py"]
ENTRY += ["lib_omost/runtime/__init__.py", "lib_omost/runtime/entry.py"]


def omost(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as pip makes it of the entry point."""
    module, function = PROJECT["project"]["scripts"]["omost"].split(":")
    script = f"import sys; sys.argv[0] = '/bin/omost'; from {module} import {function}; sys.exit({function}())"
    return run(sys.executable, "-c", script, *arguments)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=120, check=False)


def test_the_command_lists_its_commands_and_the_page() -> None:
    done = omost("--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: omost ")
    for command in COMMANDS:
        assert re.search(rf"^    {command} ", done.stdout, re.MULTILINE), command


def test_the_page_tells_its_arguments_under_each_of_its_names() -> None:
    told = {}
    for usage, done in (
        ("usage: omost page ", omost("page", "--help")),
        ("usage: python -m lib_omost page ", run(sys.executable, "-m", "lib_omost", "page", "--help")),
        ("usage: gradio_app.py ", run(sys.executable, "gradio_app.py", "--help")),
    ):
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(usage)
        told[usage] = set(re.findall(r"--[a-z-]+", done.stdout))
    assert len({frozenset(options) for options in told.values()}) == 1
    assert {"--composer", "--port"} <= told["usage: omost page "]


def test_a_wrong_argument_of_the_page_is_a_sentence_and_the_status_is_handed_on() -> None:
    done = omost("page", "--port", "0")
    assert done.returncode == 2
    assert done.stderr == "There is no port 0: choose one from 1 to 65535.\n"


@pytest.mark.parametrize("path", ENTRY)
def test_an_old_python_can_read_what_refuses_it(path: str) -> None:
    ast.parse((ROOT / path).read_text("utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("path", ENTRY)
def test_before_the_version_is_checked_only_the_standard_library_is_imported(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    names = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    own = {"lib_omost.runtime.entry", "lib_omost.__main__"}
    assert {str(name).split(".")[0] for name in names - own} <= sys.stdlib_module_names


def test_an_old_python_is_refused_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        begin(version=(3, 10))
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "3.11, 3.12 or 3.13, but this is Python 3.10" in line
    begin(version=(3, 11))


def test_an_install_without_the_models_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "chat_templates").mkdir()
    with pytest.raises(SystemExit) as stopped:
        begin(root=tmp_path)
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(tmp_path / "models") in line
    assert "`python -m pip install -e .`" in line


@pytest.mark.parametrize("program", ["gradio_app", "lib_omost.__main__"])
def test_importing_an_entry_point_changes_nothing_and_loads_no_torch(program: str) -> None:
    code = f"import os, sys; before = dict(os.environ); import {program}; "
    code += "print('torch' in sys.modules, before == os.environ)"
    assert run(sys.executable, "-c", code).stdout == "False True\n"


@pytest.mark.parametrize("call", ["main(['check', '/nowhere'])", "page(['--port', '0'])"])
def test_waiting_threads_sleep_unless_the_environment_says_otherwise(call: str) -> None:
    code = f"import os, sys; import lib_omost.__main__ as m; m.{call}; "
    code += "print(os.environ['OMP_WAIT_POLICY'], 'torch' in sys.modules)"
    assert run("env", "-u", "OMP_WAIT_POLICY", sys.executable, "-c", code).stdout == "PASSIVE False\n"
    assert run("env", "OMP_WAIT_POLICY=ACTIVE", sys.executable, "-c", code).stdout == "ACTIVE False\n"


def test_pip_reads_what_the_repository_says_once() -> None:
    project, dynamic = PROJECT["project"], PROJECT["tool"]["setuptools"]["dynamic"]
    assert set(project["dynamic"]) == set(dynamic)
    module, attribute = dynamic["version"]["attr"].rsplit(".", 1)
    assert getattr(sys.modules[module], attribute) == lib_omost.__version__
    (requirements,) = dynamic["dependencies"]["file"]
    assert requirements == "requirements.txt"
    for line in (ROOT / requirements).read_text("utf-8").splitlines():
        assert re.match(r"#|$|[a-z]", line), f"setuptools cannot read {line!r}"
    assert project["requires-python"].startswith(f">={OLDEST[0]}.{OLDEST[1]},")
    assert PROJECT["tool"]["mypy"]["python_version"] == f"{OLDEST[0]}.{OLDEST[1]}"
