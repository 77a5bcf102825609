"""Start the page: `python gradio_app.py`, the same as `omost page`. `python gradio_app.py --help` lists the options."""

from __future__ import annotations

import sys

from lib_omost.__main__ import page

if __name__ == "__main__":
    sys.exit(page())
