"""Real model servers in processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def running(
    command: Sequence[str], log: Path, *, health: str, seconds: float = 120.0, **environment: str
) -> Iterator[str]:
    """The address of a server that `command` starts, with --host and --port behind it, once it answers at `health`.

    What it says goes to `log`; it is killed at the end.
    """
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE", **environment},
        )
    address = f"http://127.0.0.1:{port}"
    try:
        if not _answers(address + health, process, seconds):
            pytest.fail(f"{' '.join(command[:4])} did not start:\n{log.read_text()[-2000:]}")
        yield address
    finally:
        process.kill()
        process.wait()


def _answers(address: str, process: subprocess.Popen[bytes], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=2).close()
            return True
        except OSError:
            time.sleep(0.2)
    return False
