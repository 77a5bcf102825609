"""`python -m lib_omost`: the command line."""

from __future__ import annotations

import os
import sys

# Threads that spin while they wait make decoding ten times slower on a busy machine. OpenMP reads this once, when
# torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from .cli import main

sys.exit(main())
