"""How much of a reply is taken: a model's text, a pasted text and a browser's text are untrusted alike.

The published models write about 1.5k characters a region and stop at 4,096 tokens (some 16k characters).
"""

from __future__ import annotations

MAX_REPLY_CHARS = 200_000
"""Characters of a reply that are read; what follows is left out."""
MAX_CALL_CHARS = 60_000
"""Characters of one call, from its name to its closing bracket."""
MAX_CALL_CODE = 4_000
"""Characters of one call that are neither text nor blank; a usual call has about 200."""
MAX_ARGUMENTS = 64
"""Arguments of one call; `add_local_description` has 11."""
MAX_NESTING = 16
"""Brackets open at a time in one call; a usual call has 2."""
MAX_REGIONS = 32
"""Regions kept of one canvas; the published models write 3 to 7."""
MAX_TEXT_CHARS = 2_000
"""Characters of one text; only about 300 of them fit the 75 tokens of a text encoder."""
MAX_LIST_ITEMS = 32
"""Texts of one list of detailed descriptions; the published models write 5 to 8."""
MAX_NOTES = 200
"""Notes of one reply; the last one says that there were more."""
MAX_WRITTEN_CHARS = 120
"""Characters of the reply that a note quotes."""
MIN_WEIGHT = 0.1
MAX_WEIGHT = 10.0
"""Range of a region's weight; 1 leaves the painter's attention as it is."""
MIN_DISTANCE = 0.001
MAX_DISTANCE = 1_000_000.0
"""Range of distance_to_viewer, which only orders regions; the published models write 1 to 20."""
