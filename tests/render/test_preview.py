from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lib_omost.errors import ModelError
from lib_omost.render.preview import SDXL, LatentPreview


def test_a_linear_map_is_found_again_and_survives_its_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    latents = torch.randn(3, 4, 5, 6)
    factors = ((1.0, 2.0, 3.0), (-4.0, 5.0, 6.0), (7.0, 8.0, -9.0), (0.5, 0.25, 0.125))
    true = LatentPreview(factors, (100.0, 110.0, 120.0))
    colors = torch.einsum("nchw,cr->nrhw", latents, torch.tensor(true.factors)) + torch.tensor(true.bias)[:, None, None]
    found = LatentPreview.fit(latents, colors)
    torch.testing.assert_close(torch.tensor(found.factors), torch.tensor(true.factors), atol=1e-3, rtol=0)
    found.save(tmp_path / "preview.json")
    assert LatentPreview.load(tmp_path / "preview.json") == found


def test_colors_are_bytes_and_the_picture_keeps_its_proportions() -> None:
    latents = torch.zeros(1, 4, 8, 16)
    latents[0, 0, 0, 0] = 1e9
    latents[0, 0, 0, 1] = float("nan")
    colors = SDXL.colors(latents)
    assert colors.shape == (8, 16, 3)
    assert colors[4, 4].tolist() == [150, 140, 130]
    assert colors[0, 0].tolist() == [255, 255, 255]
    image = SDXL.image(colors)
    assert image.size == (256, 128)
    assert image.getpixel((128, 100)) == (150, 140, 130)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"factors": 3, "bias": [1, 2, 3]}', '{"factors": [[1]], "bias": [1, 2, 3]}']
)
def test_a_broken_map_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "preview.json").write_text(text)
    with pytest.raises(ModelError, match="preview map"):
        LatentPreview.load(tmp_path / "preview.json")


def test_previews_copy_their_map_to_the_device_once(monkeypatch: pytest.MonkeyPatch) -> None:
    own = LatentPreview(((1.0, 2.0, 3.0),) * 4, (0.125, 0.25, 0.5))
    made: list[object] = []
    real = torch.tensor
    monkeypatch.setattr(torch, "tensor", lambda *given, **options: made.append(given) or real(*given, **options))
    for step in range(5):
        own.colors(torch.full((1, 4, 2, 2), float(step)))
    assert len(made) == 2, "factors and bias, at the first step"
    own.colors(torch.zeros(1, 4, 2, 2, device="meta"))
    assert len(made) == 4, "another device has copies of its own"
