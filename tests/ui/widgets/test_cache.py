"""Copies of files in gradio's cache."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from lib_omost.ui.widgets import cache


@pytest.fixture
def component(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> gr.HTML:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    return gr.HTML()


def test_a_file_is_read_once_until_it_changes(component: gr.HTML, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"one")
    copy = cache.cached(component, file)
    assert copy is not None
    assert Path(copy).read_bytes() == b"one"
    component.temp_files.clear()
    real = component.move_resource_to_block_cache
    component.move_resource_to_block_cache = lambda path: pytest.fail("read again")  # type: ignore[method-assign]
    assert cache.cached(component, file) == copy
    assert copy in component.temp_files, "the page may fetch it"
    component.move_resource_to_block_cache = real  # type: ignore[method-assign]
    Path(copy).unlink()
    again = cache.cached(component, file)
    assert again is not None
    assert Path(again).read_bytes() == b"one", "gradio had deleted it"
    file.write_bytes(b"another")
    other = cache.cached(component, file)
    assert other is not None
    assert Path(other).read_bytes() == b"another"
    assert cache.cached(component, tmp_path / "missing.png") is None
    assert cache.cached(component, None) is None


def test_a_thumbnail_is_a_file_that_the_page_may_fetch(component: gr.HTML) -> None:
    copy = cache.cached_jpeg(component, b"jpeg")
    assert copy is not None
    assert Path(copy).read_bytes() == b"jpeg"
    assert cache.cached_jpeg(component, b"jpeg") == copy
    assert copy in component.temp_files
    assert cache.cached_jpeg(component, None) is None
