from __future__ import annotations

from pathlib import Path

import pytest

from lib_omost.errors import SettingsError
from lib_omost.safety.checks import DEFAULT_CHECKS, CheckSource, check_source


def test_a_check_is_a_repository_or_a_folder(tmp_path: Path) -> None:
    assert check_source("text", None) is None
    assert check_source("text", "off") is None
    assert check_source("text", DEFAULT_CHECKS["text"]) == CheckSource("text", DEFAULT_CHECKS["text"])
    found = check_source("picture", f"{tmp_path}=gore, nude", 0.3)
    assert found == CheckSource("picture", str(tmp_path), ("gore", "nude"), 0.3)
    assert found.title == f"Picture check {tmp_path.name}", "no folders of this machine are shown"
    odd = tmp_path / "a=b"
    odd.mkdir()
    assert check_source("text", str(odd)) == CheckSource("text", str(odd))


@pytest.mark.parametrize("given", ["nothing", "a/b/c", "./none", ""])
def test_what_is_neither_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match=f"There is no text check called '{given}'.*{DEFAULT_CHECKS['text']}"):
        check_source("text", given)


@pytest.mark.parametrize("threshold", [0.0, -1.0, 1.1, float("nan")])
def test_a_threshold_is_a_probability(threshold: float) -> None:
    with pytest.raises(SettingsError, match="threshold"):
        check_source("text", "owner/model", threshold)
