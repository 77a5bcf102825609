"""Start the page: `python gradio_app.py`. What can be chosen is told by `python gradio_app.py --help`."""

from __future__ import annotations

import os
import sys

# Read by the OpenMP runtime when torch is imported: threads that wait sleep, and leave the processor to others.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from lib_omost.ui.start import main

if __name__ == "__main__":
    sys.exit(main())
