from __future__ import annotations

import io
import json
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from lib_omost.errors import SessionError
from lib_omost.sessions import Store, StoredMessage, archive
from lib_omost.sessions.archive import export, import_archive
from lib_omost.sessions.form import to_bytes


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "sessions")


@pytest.fixture
def kept(store: Store, tmp_path: Path) -> str:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "made.png")
    said = [
        StoredMessage("prompt", "a harbour ü"),
        StoredMessage("reply", "x"),
        StoredMessage("picture", "A", file="a.png"),
    ]
    session = store.keep(None, said, {"render": {"width": 64}}, {"a.png": tmp_path / "made.png"})
    store.keep(session.id, [said[0], StoredMessage("reply", "another")])
    return session.id


def png(width: int = 8, height: int = 8) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "blue").save(buffer, "PNG")
    return buffer.getvalue()


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_a_conversation_goes_out_and_comes_in_whole(store: Store, kept: str, tmp_path: Path) -> None:
    path = export(store, kept, tmp_path / "out.zip")
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["pictures/a.png", "session.json"]
    other = Store(tmp_path / "elsewhere")
    session, notices = import_archive(other, path)
    assert notices == ()
    before = store.load(kept)
    assert session.id != kept
    assert (session.messages, session.current, session.settings) == (before.messages, before.current, before.settings)
    picture = other.picture(session.id, "a.png")
    assert picture is not None
    assert picture.read_bytes() == (tmp_path / "made.png").read_bytes()
    import_archive(other, path)
    assert len(other.summaries()) == 2, "nothing is ever replaced"


def test_names_in_a_zip_cannot_leave_the_folder(store: Store, kept: str, tmp_path: Path) -> None:
    data = to_bytes(store.load(kept)).replace(b'"file": "a.png"', b'"file": "../../evil.png"')
    path = zipped(tmp_path / "x.zip", **{"session.json": data, "../../evil.png": png(), "/evil.png": png(), "a/": b""})
    session, notices = import_archive(Store(tmp_path / "in" / "sessions"), path)
    assert not list(tmp_path.rglob("evil*"))
    assert [message.kind for message in session.messages] == ["prompt", "reply", "reply"]
    assert any("3 other files" in notice for notice in notices)
    assert any("left out" in notice for notice in notices)


@pytest.mark.parametrize("bad", [b"", b"no picture", png()[:60], b"\x89PNG\r\n\x1a\n" + bytes(20)])
def test_a_picture_that_is_none_is_left_out_and_reported(store: Store, kept: str, tmp_path: Path, bad: bytes) -> None:
    files = {"session.json": to_bytes(store.load(kept)), "pictures/a.png": bad}
    session, notices = import_archive(store, zipped(tmp_path / "x.zip", **files))
    assert "a.png" in notices[0]
    assert store.picture(session.id, "a.png") is None
    assert len(session.messages) == 4


def test_a_picture_with_a_billion_pixels_is_left_out(store: Store, kept: str, tmp_path: Path) -> None:
    header = struct.pack(">LLBBBBB", 32_000, 32_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">L", 13) + chunk + struct.pack(">L", zlib.crc32(chunk))
    files = {"session.json": to_bytes(store.load(kept)), "pictures/a.png": bomb}
    _, notices = import_archive(store, zipped(tmp_path / "x.zip", **files))
    assert "32000 x 32000" in notices[0]


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("session.json", "w") as file:
        for _ in range(80):
            file.write(bytes(2**20))


def test_no_more_of_a_file_is_unpacked_than_it_may_have(
    store: Store, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_PICTURE", 2**20)
    files = {"session.json": to_bytes(store.load(kept)), "pictures/a.png": bytes(64 * 2**20)}
    path = zipped(tmp_path / "x.zip", **files)
    tracemalloc.start()
    with pytest.raises(SessionError, match=r"pictures/a.png unpacks to more than the 1,048,576 bytes"):
        import_archive(store, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 2**20


def test_a_zip_may_have_so_many_bytes_of_which_only_the_end_is_looked_at_first(
    store: Store, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("other", bytes(8 * 2**20))
        file.writestr("session.json", to_bytes(store.load(kept)))
    size = path.stat().st_size
    monkeypatch.setattr(archive, "MAX_ARCHIVE", size)
    tracemalloc.start()
    _, notices = import_archive(store, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20
    assert notices == ("1 other files in x.zip were not imported.",)
    monkeypatch.setattr(archive, "MAX_ARCHIVE", size - 1)
    with pytest.raises(SessionError, match=rf"x.zip has {size:,} bytes; .* at most {size - 1:,}\."):
        import_archive(store, path)


def test_bounds_are_what_may_just_be(store: Store, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, picture = to_bytes(store.load(kept)), png()
    second = data.replace(b'"text": "another"', b'"text": "another", "kind": "picture", "file": "b.png"')
    files = {"session.json": second, "pictures/a.png": picture, "pictures/b.png": picture}
    path = zipped(tmp_path / "x.zip", **files)
    bounds = {"MAX_PICTURE": len(picture), "MAX_UNPACKED": 2 * len(picture), "MAX_BYTES": len(second), "MAX_ENTRIES": 3}
    for name, bound in bounds.items():
        monkeypatch.setattr(archive, name, bound)
    session, notices = import_archive(store, path)
    assert notices == ()
    assert all(store.picture(session.id, file) is not None for file in ("a.png", "b.png"))
    assert session.updated >= store.load(kept).updated
    for name, bound in bounds.items():
        monkeypatch.setattr(archive, name, bound - 1)
        with pytest.raises(SessionError):
            import_archive(store, path)
        monkeypatch.setattr(archive, name, bound)
    assert len(store.summaries()) == 2


def test_a_picture_that_is_not_in_the_zip_is_no_error(store: Store, kept: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", **{"session.json": to_bytes(store.load(kept)), "pictures/z.png": png()})
    session, notices = import_archive(store, path)
    assert notices == (), "a picture that no message shows is not taken in, and no other file either"
    assert not (store.folder / session.id / "pictures").exists()


def test_an_end_that_only_looks_like_one_hides_nothing(store: Store, kept: str, tmp_path: Path) -> None:
    """The library takes the very last 22 bytes for the end if they look like one, else the last signature."""
    data = zipped(tmp_path / "x.zip", **{"session.json": to_bytes(store.load(kept))}).read_bytes()
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 5001, 5001, 0, 0, 0)
    for whole in (data + end, data[:-2] + struct.pack("<H", len(end) + 3) + end + b"abc"):
        path = tmp_path / "y.zip"
        path.write_bytes(whole)
        with pytest.raises(SessionError, match="too many files"):
            import_archive(store, path)
    path.write_bytes(data[:-2] + struct.pack("<H", 2**16 - 1) + bytes(2**16 - 1))
    assert len(import_archive(store, path)[0].messages) == 4, "with the longest comment"


def test_a_zip_of_the_64_bit_kind_is_refused(store: Store, kept: str, tmp_path: Path) -> None:
    data = zipped(tmp_path / "x.zip", **{"session.json": to_bytes(store.load(kept))}).read_bytes()
    end = data.rindex(b"PK\x05\x06")
    (tmp_path / "x.zip").write_bytes(data[:end] + b"PK\x06\x07" + bytes(16) + data[end:])
    with pytest.raises(SessionError, match="ZIP64"):
        import_archive(store, tmp_path / "x.zip")


def many(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(5001):
            archive.writestr(f"{number}", b"")


def encrypted(path: Path) -> None:
    data = zipped(path, **{"session.json": b"{}"}).read_bytes()
    # Bit 0 of the flags, in both headers.
    path.write_bytes(data.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"))  # fmt: skip


def packed_otherwise(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("session.json", b"{}" * 100)


def huge_directory(path: Path) -> None:
    data = zipped(path, **{"session.json": b"{}"}).read_bytes()
    end = data.rindex(b"PK\x05\x06")
    path.write_bytes(data[: end + 12] + struct.pack("<L", 2**31) + data[end + 16 :])


HOSTILE = {
    "empty": lambda path: path.write_bytes(b""),
    "no zip": lambda path: path.write_bytes(b"hello" * 100),
    "a picture": lambda path: path.write_bytes(png()),
    "truncated": lambda path: path.write_bytes(zipped(path, **{"session.json": b"{}" * 500}).read_bytes()[:-40]),
    "another zip": lambda path: zipped(path, **{"word/document.xml": b"<x/>"}),
    "no conversation": lambda path: zipped(path, **{"session.json": b"[]"}),
    "later version": lambda path: zipped(
        path, **{"session.json": json.dumps({"format": "omost-session", "version": 9}).encode()}
    ),
    "bomb": bomb,
    "many files": many,
    "encrypted": encrypted,
    "packed otherwise": packed_otherwise,
    "huge directory": huge_directory,
    "a bad checksum": lambda path: path.write_bytes(
        zipped(path, **{"session.json": b"{}"}).read_bytes().replace(struct.pack("<L", zlib.crc32(b"{}")), b"abcd")
    ),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_exported_conversation_is_reported_and_nothing_is_kept(
    store: Store, make: object, tmp_path: Path
) -> None:
    path = tmp_path / "x.zip"
    make(path)  # type: ignore[operator]
    with pytest.raises(SessionError) as told:
        import_archive(store, path)
    assert str(told.value).endswith(".")
    assert store.summaries() == []


def test_a_place_that_cannot_be_written_to_is_reported(store: Store, kept: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SessionError, match=r"cannot be written: File exists\.$"):
        export(store, kept, tmp_path / "file" / "out.zip")
