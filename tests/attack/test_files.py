"""Small files with large effects, many files, and a disk without room."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from lib_omost.errors import LimitError, SessionError
from lib_omost.sessions import Session, Store, StoredMessage
from lib_omost.sessions.archive import import_archive
from lib_omost.sessions.form import MAX_BYTES, to_bytes
from lib_omost.ui.serving.uploads import BYTES, FILES, Uploads
from lib_omost.ui.state.gallery import Gallery
from lib_omost.ui.state.handlers import Handlers
from lib_omost.ui.state.limits import FILES as OPENED
from lib_omost.ui.state.limits import Admission, Limits
from lib_omost.ui.state.shelf import Shelf
from tests.ui.brush import Brush
from tests.ui.studios import open_studio, play

HEAD = b'{"format": "omost-session", "version": 1, "id": "x", "messages": '
MIB = 2**20


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def session_with(pictures: int) -> bytes:
    messages = tuple(
        StoredMessage("picture", "", file=f"p{number}.png", id=f"{number:012x}", parent=None)
        for number in range(pictures)
    )
    return to_bytes(Session("20260131-235959-0a1b2c", messages=messages, current=messages[-1].id))


def refused(store: Store, path: Path) -> str:
    """The sentence with which the import is refused, in little time and memory and with nothing left on the disk."""
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(SessionError) as error:
        import_archive(store, path)
    seconds, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 5
    assert peak < 200 * MIB
    assert not store.folder.exists()
    return str(error.value)


@pytest.mark.parametrize("unit", [b"[],", b"{},", b"0,", b'"",', b"[[["])
def test_a_small_zip_does_not_become_a_large_conversation(tmp_path: Path, unit: bytes) -> None:
    text = HEAD + b"[" + unit * ((MAX_BYTES - 1000) // len(unit)) + b"0]}"
    path = zipped(tmp_path / "x.zip", **{"session.json": text})
    assert path.stat().st_size < 0.3 * MIB
    assert refused(Store(tmp_path / "s"), path)


def test_a_small_zip_does_not_become_many_pictures(tmp_path: Path) -> None:
    padded = io.BytesIO()
    Image.new("RGB", (8, 8)).save(padded, "PNG")
    files = {f"pictures/p{number}.png": padded.getvalue() + bytes(24 * MIB) for number in range(12)}
    path = zipped(tmp_path / "x.zip", **{"session.json": session_with(12)}, **files)
    assert "unpacks to more than" in refused(Store(tmp_path / "s"), path)


def test_flat_pictures_of_the_largest_size_take_no_time(tmp_path: Path) -> None:
    flat = io.BytesIO()
    Image.new("1", (4096, 4096)).save(flat, "PNG")
    files = {f"pictures/p{number}.png": flat.getvalue() for number in range(100)}
    path = zipped(tmp_path / "x.zip", **{"session.json": session_with(100)}, **files)
    assert path.stat().st_size < MIB
    began = time.process_time()
    session, notices = import_archive(Store(tmp_path / "s"), path)
    assert time.process_time() - began < 5
    assert (len(session.messages), notices) == (100, ())


def test_bytes_that_two_files_share_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", **{"session.json": session_with(1), "pictures/p0.png": b"0" * 100})
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)  # the second file claims the place of the first
    path.write_bytes(bytes(data))
    assert "more than once" in refused(Store(tmp_path / "s"), path)


def test_a_user_opens_one_file_at_a_time_and_not_without_end(tmp_path: Path) -> None:
    handlers = Handlers(open_studio(painter=Brush()), Gallery(tmp_path), admission=Admission(Limits()))
    handlers.jobs.set_user("page", "ann")
    path = tmp_path / "x.png"
    path.write_bytes(b"no picture")
    shelf = Shelf(handlers)
    with handlers.jobs.admitted("page", "file"):
        assert "You already have a file" in play(shelf.import_archive("page", path))[0]["warning"]
    seen = [play(shelf.import_archive("page", path))[0]["warning"] for _ in range(OPENED)]
    assert "not a PNG" in seen[0]
    assert "yours are used up" in seen[-1]
    with pytest.raises(LimitError, match="used up"), handlers.jobs.admitted("page", "file"):
        pass


def test_uploads_end_with_a_sentence(tmp_path: Path) -> None:
    uploads = Uploads(public=True, folder=tmp_path, free=0)
    assert [uploads.refusal("ann", 1) for _ in range(FILES)] == [None] * FILES
    assert "too many files: try again in 60 minutes" in str(uploads.refusal("ann", 1))
    assert uploads.refusal("ben", BYTES) is None
    assert uploads.refusal("ben", 1) is not None
    free = shutil.disk_usage(tmp_path).free
    full = Uploads(folder=tmp_path, free=free)
    assert "disk of this page is full" in str(full.refusal("ann", MIB))


FULL = """
import os, sys, time
from pathlib import Path
room, outputs = Path(sys.argv[1]), Path(sys.argv[2])
os.environ["GRADIO_TEMP_DIR"] = str(room / "gradio")
import tempfile
tempfile.tempdir = str(room)
from gradio_client import Client
from lib_omost.ui.serving.app import build_page, launch
from tests.scripted import REPLY, ScriptedComposer
from tests.ui.brush import Brush
from tests.ui.studios import open_studio
blocks = build_page(open_studio(ScriptedComposer(), Brush()), outputs)
launch(blocks, server_name="127.0.0.1", server_port=int(sys.argv[3]))
client = Client(blocks.local_url, verbose=False, download_files=str(outputs))
with open(room / "filling", "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        pass
try:
    print(client.predict(REPLY, width=64, height=64, steps=2, api_name="/render"))
except Exception as error:
    print("SAID", error)
print("SAVED", len(list(outputs.rglob("*seed*.png"))))
os._exit(0)
"""


def test_a_full_temporary_folder_ends_a_render_with_a_sentence(tmp_path: Path) -> None:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    room = tmp_path / "room"
    room.mkdir()
    (tmp_path / "outputs").mkdir()
    mount = "mount -t tmpfs -o size=1m tmpfs"
    namespace = ["unshare", "-rm", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*namespace, f"{mount} {room}"], capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    command = f'{mount} {room} && ip link set lo up; exec "$0" -c "$1" {room} {tmp_path / "outputs"} {port}'
    done = subprocess.run([*namespace, command, sys.executable, FULL], capture_output=True, text=True, timeout=180)
    assert "SAID" in done.stdout, done.stdout + done.stderr[-2000:]
    assert "There is no room in the temporary folder" in done.stdout
    assert "SAVED 1" in done.stdout
