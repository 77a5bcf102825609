from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from lib_omost.errors import SettingsError
from lib_omost.safety.checks import DEFAULT_CHECKS, THRESHOLD, CheckSource, add_check_arguments, check_source


def test_a_check_is_a_repository_or_a_folder(tmp_path: Path) -> None:
    assert check_source("text", None) is None
    assert check_source("text", "off") is check_source("text", "OFF") is None
    assert check_source("text", DEFAULT_CHECKS["text"]) == CheckSource("text", DEFAULT_CHECKS["text"])
    found = check_source("picture", f"{tmp_path}=gore, nude", 0.3)
    assert found == CheckSource("picture", str(tmp_path), ("gore", "nude"), 0.3)
    assert found.title == f"Picture check {tmp_path.name}", "no folders of this machine are shown"
    odd = tmp_path / "a=b"
    odd.mkdir()
    assert check_source("text", str(odd)) == CheckSource("text", str(odd))
    assert check_source("text", f"{odd}=gore") == CheckSource("text", str(odd), ("gore",))


def test_labels_stand_behind_the_last_equals_sign() -> None:
    found = check_source("text", "owner/model= gore,, nude ,", 1.0)
    assert found == CheckSource("text", "owner/model", ("gore", "nude"), 1.0)
    assert found.name == "owner/model"


def test_a_folder_may_be_named_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    (tmp_path / "mine=2").mkdir()
    for given, labels in (("~/mine=2", ()), ("~/mine=2=gore", ("gore",))):
        assert check_source("text", given) == CheckSource("text", str(tmp_path / "mine=2"), labels)


@pytest.mark.parametrize("given", ["nothing", "a/b/c", "./none", ""])
def test_what_is_neither_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match=f"There is no text check called '{given}'.*{DEFAULT_CHECKS['text']}"):
        check_source("text", given)


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.1, float("nan")])
def test_a_threshold_is_a_probability(threshold: float) -> None:
    with pytest.raises(SettingsError, match="threshold"):
        check_source("text", "owner/model", threshold)


def test_a_threshold_is_reported_as_it_was_given() -> None:
    assert CheckSource("text", "owner/model", threshold=1e-9).threshold == 1e-9
    with pytest.raises(SettingsError, match=r"above 0, up to 1, but it is 1\.25\."):
        CheckSource("text", "owner/model", threshold=1.25)


def test_checks_are_chosen_by_arguments() -> None:
    parser = argparse.ArgumentParser()
    add_check_arguments(parser)

    def parsed(*arguments: str) -> tuple[str | None, str | None, float]:
        found = parser.parse_args(arguments)
        return found.text_check, found.picture_check, found.threshold

    assert parsed() == (None, None, THRESHOLD)
    assert parsed("--text-check", "--picture-check") == (DEFAULT_CHECKS["text"], DEFAULT_CHECKS["picture"], THRESHOLD)
    given = parsed("--text-check", "off", "--picture-check", "owner/model=gore", "--check-threshold", "0.25")
    assert given == ("off", "owner/model=gore", 0.25)
    with pytest.raises(SystemExit):
        parsed("--check-threshold", "much")
    text, picture, threshold = parser.format_help().split("\n  --")[1:]
    assert text.startswith("text-check [MODEL[=LABELS]]")
    assert DEFAULT_CHECKS["text"] in "".join(text.split())
    assert picture.startswith("picture-check [MODEL[=LABELS]]")
    assert DEFAULT_CHECKS["picture"] in "".join(picture.split())
    assert threshold.startswith("check-threshold SCORE")
    assert f"(default: {THRESHOLD})" in " ".join(threshold.split())
