"""README and docs: short where they must be, without dead links, and naming only what there is."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from lib_omost import cli
from lib_omost.presets import COMPOSERS, PAINTERS
from lib_omost.ui.serving.start import build_parser

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
PROGRAM = "\n".join(path.read_text("utf-8") for path in (ROOT / "lib_omost").rglob("*.py"))
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def options(parser: argparse.ArgumentParser) -> set[str]:
    """The long options of a parser and of its commands."""
    found: set[str] = set()
    for action in parser._actions:
        found.update(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                found |= options(command)
    return found


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_the_readme_is_short_and_links_every_page() -> None:
    text = README.read_text("utf-8")
    assert len(text.splitlines()) <= 160
    for page in PAGES[1:]:
        assert f"(docs/{page.name})" in text


def test_start_and_test_are_one_line_each() -> None:
    lines = README.read_text("utf-8").splitlines()
    installed = "python -m pip install --no-deps -r requirements-embedded.txt"
    assert f"python -m pip install -r requirements.txt && {installed} && python gradio_app.py" in lines
    tests = "python -m pytest -n 2 --dist loadfile"
    assert f"python -m pip install -r requirements-dev.txt && {installed} && {tests}" in lines


@pages
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in target:
            continue
        name, _, part = target.partition("#")
        file = page.parent / name if name else page
        assert file.is_file(), target
        if part:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert part in {anchor(heading) for heading in headings}, target


@pages
def test_files_options_and_variables_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    for path in re.findall(r"`((?:lib_omost|tests|training|models)/[\w/.]+\.\w+)`", text):
        assert (ROOT / path).is_file(), path
    code = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    told = {option for span in code for option in re.findall(r"(?<!\S)--[a-z][a-z-]+", span) if "pip " not in span}
    assert told <= options(build_parser()) | options(cli.build_parser()) | {"--help"}
    for variable in re.findall(r"\bOMOST_[A-Z0-9_]+", text):
        assert f'"{variable}"' in PROGRAM, variable


def test_every_variable_and_every_option_of_the_page_is_documented() -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for variable in re.findall(r'"(OMOST_[A-Z0-9_]+)"', PROGRAM):
        assert f"`{variable}`" in text, variable
    for option in options(build_parser()) - {"-h", "--help", "--no-zero-terminal-snr"}:
        assert option in text, option


@pytest.mark.parametrize("name", [*COMPOSERS, *PAINTERS])
def test_every_preset_is_documented(name: str) -> None:
    pages = "".join((ROOT / "docs" / f"{page}.md").read_text("utf-8") for page in ("composers", "painters", "devices"))
    plain = re.sub(r"-[48]bits$", "", name)
    assert f"`{name}`" in pages or f"`{plain}`" in pages
