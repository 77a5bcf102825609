"""Console output of the libraries: none, unless the user asks for it."""

from __future__ import annotations

import logging
import os
import warnings

_VARIABLES = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TQDM_DISABLE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "DIFFUSERS_VERBOSITY": "error",
}


def silence() -> None:
    """Suppress warnings and progress bars of the model libraries in this process, because the program reports progress
    itself. Environment variables that the user has set take precedence. Call it before the libraries are imported.
    """
    for name, value in _VARIABLES.items():
        os.environ.setdefault(name, value)
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"(transformers|diffusers|torch|bitsandbytes)\b")
