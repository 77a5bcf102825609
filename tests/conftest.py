from __future__ import annotations

import os
from pathlib import Path

import pytest

# As the program's own entry points do it; OpenMP reads this once, when a test first imports torch.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

LONGEST = (
    "tests/test_end_to_end.py",
    "tests/test_processors.py",
    "tests/ui/widgets/test_workspace.py",
    "tests/ui/widgets/test_region_editor.py",
    "tests/ui/widgets/test_repainting.py",
    "tests/llm/test_quantisation.py",
    "tests/cli/test_quiet.py",
)
"""The files that take longest. They begin, and the other browser tests follow, so that no process of pytest-xdist is
left alone with one of them at the end."""
BROWSER = "tests/ui/"


def pytest_configure(config: pytest.Config) -> None:
    # By default pytest-xdist begins with the files of most tests, which are quick ones.
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: place for place, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0]
        return rank.get(file, len(rank) + (not file.startswith(BROWSER)))

    items.sort(key=place)


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
