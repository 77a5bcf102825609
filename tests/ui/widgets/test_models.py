"""Models and LoRAs are switched on the page, in a real browser."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from lib_omost.opening.options import Options
from lib_omost.opening.switching import Switchboard
from tests.opening.test_switching import filled
from tests.ui.visitor import Visitor, expect, needs_browser

pytestmark = needs_browser


def test_another_image_model_and_a_lora_are_loaded_without_a_restart(browser: Any, tmp_path: Path) -> None:
    from lib_omost.ui.serving.app import build_page, launch

    models = filled(tmp_path / "models")
    options = Options(str(models / "writer"), str(models / "first"), "cpu", models=models, offline=True)
    board = Switchboard.open(options)
    blocks = build_page(board.studio, tmp_path / "outputs", switchboard=board)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    launch(blocks, server_name="127.0.0.1", server_port=port)
    board.studio.start()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        visitor = Visitor(context.new_page(), f"http://127.0.0.1:{port}/")
        page = visitor.page
        page.locator("#models-fold button").first.click()
        painter = page.get_by_label("Image model")
        expect(painter).to_have_value("first")
        expect(page.get_by_label("held to the things of your words")).to_have_value("The embedded one only")
        page.locator("#loras").get_by_label("inked", exact=True).check()
        weight = page.get_by_label("Weight of inked")
        weight.fill("0.6")
        weight.press("Tab")
        page.wait_for_timeout(500)  # nothing on the page tells when the server knows the weight
        painter.fill(str(models / "second"))
        painter.press("Enter")
        page.locator("#load-models").click()
        expect(page.locator("#models")).to_contain_text("second with inked (0.6) is ready.")
        assert board.studio.painter_preset.added[0].scale == 0.6
        painter.fill("no such model")
        painter.press("Enter")
        page.locator("#load-models").click()
        expect(page.get_by_test_id("toast-body").filter(has_text="no such model")).to_be_visible()
        expect(page.locator("#models .ready")).to_have_count(2)
        visitor.leave("models")
    finally:
        context.close()
        blocks.close(verbose=False)
