from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from lib_omost.errors import ModelError
from lib_omost.render.signatures import PICKLE, SAFETENSORS, kind_of, require_weights


@pytest.mark.parametrize(
    ("data", "what", "advice"),
    [
        (b"", "empty", "fetch the file again"),
        (bytes(1000), "zeros", "fetch the file again"),
        (b"\n <!DOCTYPE html><html><title>Sign in</title>", "web page", "access token"),
        (b"\xef\xbb\xbf<html>", "web page", "fetch the file itself"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:31\nsize 69", "Git LFS pointer", "git lfs pull"),
        (b'{"error": "Unauthorized"}', "JSON", "fetch the file itself"),
        (b"Invalid username or password.", "a text", "fetch the file itself"),
        (b"GGUF\x03\x00\x00\x00", "GGUF", ".safetensors version"),
        (b"PK\x03\x04cut off", "beginning of a ZIP", "fetch the file again"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "archive", "unpack"),
        (b"Rar!\x1a\x07", "archive", "unpack"),
        (b"\x89PNG\r\n\x1a\n", "picture", ".safetensors"),
        (b"\x08\x07\x12\x07pytorch", "ONNX", ".safetensors version"),
        (b"\x01\x02\x03\xff" * 9, "unknown", ".safetensors version"),
        (b"\xff" * 7 + b"\x7f{}", "unknown", ".safetensors version"),
    ],
)
def test_what_is_not_weights_is_called_what_it_is(tmp_path: Path, data: bytes, what: str, advice: str) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    kind = kind_of(path)
    assert what in kind.what
    assert advice in kind.advice
    with pytest.raises(ModelError) as caught:
        require_weights(path, pickles=True)
    assert str(caught.value) == f"{path} is {kind.what}: {kind.advice}."


def test_weights_are_known_whatever_their_name(tmp_path: Path) -> None:
    save_file({"x": torch.zeros(3)}, tmp_path / "weights.ckpt")
    torch.save({"x": torch.zeros(3)}, tmp_path / "zipped.safetensors")
    torch.save({"x": torch.zeros(3)}, tmp_path / "old.bin", _use_new_zipfile_serialization=False)
    (tmp_path / "plain.pt").write_bytes(pickle.dumps({}))
    assert kind_of(tmp_path / "weights.ckpt") is SAFETENSORS
    for name in ("zipped.safetensors", "old.bin", "plain.pt"):
        assert kind_of(tmp_path / name) is PICKLE, name
        assert require_weights(tmp_path / name, pickles=True) is PICKLE
        with pytest.raises(ModelError, match="--allow-pickle"):
            require_weights(tmp_path / name, pickles=False)
    with zipfile.ZipFile(tmp_path / "archive.pt", "w") as archive:
        archive.writestr("model.safetensors", b"")
    assert "archive" in kind_of(tmp_path / "archive.pt").what


@pytest.mark.parametrize("cut", [1, 20, 4000, 4160])
def test_a_file_that_ends_too_early_is_reported_with_its_sizes(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"x": torch.ones(1000), "y": torch.ones(40)}, path, metadata={"format": "pt"})
    data = path.read_bytes()
    path.write_bytes(data[:-cut])
    with pytest.raises(ModelError, match=f"only {len(data) - cut:,} of its {len(data):,} bytes: fetch"):
        kind_of(path)


def test_a_file_that_ends_within_its_header(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"x": torch.ones(1000)}, path)
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(ModelError, match=r"only 30 of its .* bytes"):
        kind_of(path)


def test_a_header_that_is_no_json_is_left_to_its_library(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes((4).to_bytes(8, "little") + b"{][}")
    assert kind_of(tmp_path / "model.safetensors") is SAFETENSORS


def test_a_file_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        kind_of(tmp_path / "absent")
