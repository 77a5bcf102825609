from __future__ import annotations

import os

# As the program's own entry points do it; OpenMP reads this once, when a test first imports torch.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
