"""What axe-core finds on the page that keeps somebody from using it."""

from __future__ import annotations

from typing import Any

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")


def barriers(page: Any) -> list[str]:
    """The serious and critical findings on `page` as it stands, each with its element. There is no list of exceptions:
    what is wrong in gradio's own components is mended by `reach.js`."""
    # A colour that is on its way to another one would be measured half-way.
    page.add_style_tag(content="*, *::before, *::after { transition: none !important; animation: none !important; }")
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary'][:300]}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
