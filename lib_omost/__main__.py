"""`omost`, or `python -m lib_omost`: the command line, and with `page` the page.

This module joins the two faces, which do not know each other. It parses on Python 3.8, like all that it
imports before `begin` has looked at the version.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from lib_omost.runtime.entry import begin


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    begin()
    from lib_omost.cli import main as run

    return run(arguments, page=page)


def page(arguments: Sequence[str] | None = None, program: str = "gradio_app.py") -> int:
    """Run the page until it is interrupted; returns the exit status. `program` is what its help calls it."""
    begin()
    from lib_omost.ui.serving.start import main as run

    return run(arguments, program)


if __name__ == "__main__":
    sys.exit(main())
