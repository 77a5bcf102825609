"""One greedy reply and one picture by the embedded models, as JSON: python -m tests.portrayal PICTURE.npy

Run in a separate process, since torch reads ATEN_CPU_CAPABILITY and its thread count once.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import numpy as np

from lib_omost.canvas import conditions, interpret, system_prompt
from lib_omost.embedded.composer.loading import load_embedded
from lib_omost.embedded.painter.loading import components
from lib_omost.llm.base import Message, Sampling
from lib_omost.presets import EMBEDDED_COMPOSER, EMBEDDED_PAINTER
from lib_omost.render.sdxl.loading import load_painter
from lib_omost.render.settings import Picture, RenderSettings
from lib_omost.runtime.device import compute_dtype

LAYOUT = """canvas = Canvas()
canvas.set_global_description('A cat in a meadow.', [], 'cat', 'lightgreen')
canvas.add_local_description(
    'on the left', 'no offset', 'a medium-sized square area', 3, 'A cat.', [], '', '', '', '', 'gray'
)
canvas.add_local_description(
    'on the right', 'no offset', 'a small square area', 5, 'A tree.', [], '', '', '', '', 'green'
)
"""
TOKENS = 48
STEPS = 3


def main() -> None:
    import torch

    composer = load_embedded(EMBEDDED_COMPOSER, device="cpu")
    asked = [Message("system", system_prompt()), Message("user", "an owl on a stack of books")]
    sampling = Sampling(temperature=0, max_new_tokens=composer.grammar.least + TOKENS)
    reply = "".join(composer.stream(asked, sampling, grammar=True, stop=threading.Event()))

    canvas = interpret(LAYOUT).canvas
    assert canvas is not None
    painter = load_painter(str(EMBEDDED_PAINTER), device="cpu", **components(EMBEDDED_PAINTER))
    settings = RenderSettings(width=256, height=256, steps=STEPS, previews=False)
    events = painter.render(conditions(canvas), settings, stop=threading.Event())
    (picture,) = [event.image for event in events if isinstance(event, Picture)]
    np.save(Path(sys.argv[1]), np.asarray(picture.convert("RGB")))
    found = {
        "reply": reply,
        "large": str(compute_dtype("cpu", "bfloat16")),
        "threads": torch.get_num_threads(),
        "capability": torch.backends.cpu.get_cpu_capability(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
