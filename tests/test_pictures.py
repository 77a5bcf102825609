"""The README's pictures: docs/pictures/make.sh makes them again, and the replies they were drawn from byte for byte."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"


def test_every_strip_has_its_replies() -> None:
    strips = {path.stem for path in PICTURES.glob("*.png")}
    assert strips
    rounds = {name: 5 if name == "kept" else 2 for name in strips}
    assert {path.stem for path in (PICTURES / "replies").glob("*.txt")} == {
        f"{name}-{n + 1}" for name, count in rounds.items() for n in range(count)
    }


@pytest.mark.slow
def test_the_replies_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run(
        ["sh", "docs/pictures/make.sh", str(tmp_path)], cwd=ROOT, check=True, capture_output=True, timeout=1800
    )
    for reply in (PICTURES / "replies").glob("*.txt"):
        assert (tmp_path / "replies" / reply.name).read_bytes() == reply.read_bytes(), reply.name
