from __future__ import annotations

import os
from pathlib import Path

import pytest

# As the program's own entry points do it; OpenMP reads this once, when a test first imports torch.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@pytest.fixture(scope="session")
def text_check_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text classifier that holds "gore" to be unsafe."""
    from tests.safety.tiny import save_text_check

    return save_text_check(tmp_path_factory.mktemp("text-check"))


@pytest.fixture(scope="session")
def picture_check_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image classifier that holds red pictures to be unsafe."""
    from tests.safety.tiny import save_picture_check

    return save_picture_check(tmp_path_factory.mktemp("picture-check"))
