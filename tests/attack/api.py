"""Random calls of a page, as nobody's client makes them.

    python -m tests.attack.api 20000 [--seed N] [--logins]

makes that many calls of the endpoints, the events of the page and gradio's own addresses, and prints, as one line of
JSON, the counts of the answers, the slowest one, and the growth of the memory. It fails for a status of 500, a
traceback or a bug in an answer or in the log, and for growth.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.scripted import REPLY, ScriptedComposer

ENDPOINTS = {"compose": 5, "edit": 6, "check": 1, "render": 11, "repaint": 6}
"""Names, and numbers of parameters."""
PATHS = """/ /config /login_check /gradio_api/info /gradio_api/queue/data /gradio_api/file=/etc/passwd /gradio_api/user
/gradio_api/file=../../x /gradio_api/upload_progress /gradio_api/startup-events /theme.css /manifest.json /robots.txt
/gradio_api/heartbeat /static/../../etc/passwd /assets/x /custom_component/x /gradio_api/call/nothing/x /svelte/x
/gradio_api/stream/x/y/z/playlist.m3u8 /gradio_api/deep_link /monitoring /openapi.json /gradio_api/token
/gradio_api/app_id /pwa_icon/1 /favicon.ico /gradio_api/file/x /gradio_api/runs /runs""".split()  # noqa: SIM905
POSTS = """/gradio_api/cancel /gradio_api/reset /gradio_api/component_server /gradio_api/stream/x /gradio_api/upload
/gradio_api/run/check /gradio_api/api/check /gradio_api/call/v2/check /login /gradio_api/process_recording
/gradio_api/stream/x/close /gradio_api/run/nothing /gradio_api/queue/join""".split()  # noqa: SIM905
CODE = "canvas.add_local_description(description='a boat')"


def value(rng: random.Random, depth: int = 0) -> Any:
    """Any JSON value."""
    kinds = [
        lambda: None,
        lambda: rng.choice([True, False]),
        lambda: rng.choice([0, 1, -1, 7, 64, 10**12, -(10**30), int("9" * 400)]),
        lambda: rng.choice([0.0, -0.5, 1e-300, 1e308, 0.5]),
        lambda: rng.choice(["", "a boat", REPLY, CODE, "\x00\ud7ff", "é" * 300, "../../etc/passwd", "9" * 5000]),
        lambda: "".join(chr(rng.randrange(32, 0x2FF)) for _ in range(rng.randrange(40))),
    ]
    if depth < 3:
        kinds += [
            lambda: [value(rng, depth + 1) for _ in range(rng.randrange(4))],
            lambda: {rng.choice(KEYS): value(rng, depth + 1) for _ in range(rng.randrange(5))},
        ]
    return rng.choice(kinds)()


KEYS = """path url orig_name size mime_type meta _type is_stream role content text metadata component value kind global
regions rect turn edit description session event_data trigger_id fn_index data session_hash index repaint name act id
title""".split()  # noqa: SIM905


def body(rng: random.Random, path: str, events: int) -> dict[str, Any]:
    """A request's JSON, mostly with the right members."""
    made: dict[str, Any] = {"data": [value(rng) for _ in range(rng.randrange(14))]}
    if path.endswith("join") or rng.random() < 0.2:
        made |= {"fn_index": rng.randrange(-1, events + 2), "session_hash": rng.choice(["a", "b", "x" * 300, None, 5])}
        made |= {"event_data": value(rng), "trigger_id": rng.randrange(-1, 90)}
    if rng.random() < 0.1:
        made[rng.choice(KEYS)] = value(rng)
    return made


def arguments(rng: random.Random, count: int) -> list[Any]:
    """Arguments of an endpoint: some right, some not, some missing."""
    made = [
        rng.choice([REPLY, CODE, "a boat", value(rng)]),
        *(rng.choice([None, value(rng)]) for _ in range(count - 1)),
    ]
    return made[: rng.choice([count, count, rng.randrange(count + 1)])]


class Log(logging.Handler):
    """What is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else ""
        self.seen[f"{record.name}: {record.getMessage()[:100]} {type(error).__name__}: {str(error)[:200]}"] += 1


async def one(client: httpx.AsyncClient, rng: random.Random, events: int) -> tuple[str, int, str]:
    """Make one call; what it was, the status and the text of the answer."""
    kind = rng.random()
    if kind < 0.15:
        path = rng.choice(PATHS)
        try:
            async with client.stream("GET", path, params={"x": "y"} if rng.random() < 0.3 else None) as answer:
                text = (await anext(answer.aiter_text(), ""))[:20_000]
        except httpx.ReadTimeout:
            return f"GET {path}", 0, ""
        return f"GET {path}", answer.status_code, text
    if kind < 0.55:
        name = rng.choice(list(ENDPOINTS))
        call = await client.post(f"/gradio_api/call/{name}", json={"data": arguments(rng, ENDPOINTS[name])})
        if call.status_code != 200:
            return f"call {name}", call.status_code, call.text
        answer = await client.get(f"/gradio_api/call/{name}/{call.json()['event_id']}")
        return f"call {name}", answer.status_code, answer.text
    path = "/gradio_api/queue/join" if kind < 0.8 else rng.choice(POSTS)
    answer = await client.post(path, json=body(rng, path, events))
    if path.endswith("join") and answer.status_code == 200 and rng.random() < 0.5:
        # A reader takes what the events of this session say, and leaves.
        with_events = client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "a"}, timeout=0.5)
        text = ""
        try:
            async with with_events as stream:
                async for piece in stream.aiter_text():
                    text += piece
        except (httpx.ReadTimeout, httpx.RemoteProtocolError):
            pass
        return "events", 200, text
    return f"POST {path}", answer.status_code, answer.text


async def run(address: str, count: int, seed: int, cookie: str = "", workers: int = 6) -> dict[str, Any]:
    """Make `count` calls; the report."""
    rng = random.Random(seed)
    headers = {"Cookie": cookie} if cookie else {}
    statuses: Counter[str] = Counter()
    bad: list[str] = []
    process = psutil.Process()
    memory: list[int] = []
    slowest = (0.0, "")
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60, trust_env=False) as client:
        config = (await client.get("/config")).json()
        events = len(config.get("dependencies", [])) or 40
        left = count

        async def work() -> None:
            nonlocal left, slowest
            while left > 0:
                left -= 1
                if left % max(1, count // 10) == 0:
                    memory.append(process.memory_info().rss)
                began = time.perf_counter()
                try:
                    what, status, text = await one(client, rng, events)
                except (httpx.RemoteProtocolError, httpx.ReadError):  # the connection was closed meanwhile
                    what, status, text = "closed", -1, ""
                slowest = max(slowest, (time.perf_counter() - began, what))
                statuses[f"{status}"] += 1
                if (status >= 500 and status != 503) or "Traceback" in text or "because of a bug" in text:
                    bad.append(f"{what} {status} {text[:300]}")

        await asyncio.gather(*(work() for _ in range(workers)))
    growth = (memory[-1] - memory[len(memory) // 2]) / 2**20 if len(memory) > 3 else 0.0
    return {
        "calls": sum(statuses.values()),
        "statuses": dict(sorted(statuses.items())),
        "bad": bad[:20],
        "slowest": [round(slowest[0], 2), slowest[1]],
        "memory_mib": [round(size / 2**20) for size in memory],
        "growth_of_the_second_half_mib": round(growth, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logins", action="store_true", help="a page with a login, whose cookie the calls carry")
    options = parser.parse_args()
    from lib_omost.ui.serving.app import build_page, launch
    from tests.ui.brush import Brush
    from tests.ui.studios import open_studio

    log = Log()
    logging.getLogger().addHandler(log)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    studio = open_studio(ScriptedComposer(size=400), Brush())
    studio.start()
    blocks = build_page(studio, Path(tempfile.mkdtemp()))
    launch(blocks, server_name="127.0.0.1", server_port=port, auth=[("ann", "a")] if options.logins else None)
    address, cookie = f"http://127.0.0.1:{port}", ""
    if options.logins:
        cookies = httpx.post(f"{address}/login", data={"username": "ann", "password": "a"}, trust_env=False).cookies
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    report = asyncio.run(run(address, options.count, options.seed, cookie))
    report["logged"] = dict(log.seen)
    print(json.dumps(report))
    blocks.close(verbose=False)
    sys.stdout.flush()
    sys.exit(1 if report["bad"] or log.seen or report["growth_of_the_second_half_mib"] > 100 else 0)


if __name__ == "__main__":
    main()
