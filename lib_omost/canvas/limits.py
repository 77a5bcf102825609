"""Limits on the size of a reply; texts from models, from the clipboard and from browsers are all untrusted.

The published models write about 1.5k characters per region and stop at 4,096 tokens (some 16k characters).
"""

from __future__ import annotations

MAX_REPLY_CHARS = 200_000
"""Characters of a reply that are read; the rest is ignored."""
MAX_CALL_CHARS = 60_000
"""Characters of one call, from its name to its closing bracket."""
MAX_CALL_CODE = 4_000
"""Characters of one call outside texts and blanks; a usual call has about 200."""
MAX_ARGUMENTS = 64
"""Arguments of one call; `add_local_description` has 11."""
MAX_NESTING = 16
"""Depth of nested brackets in one call; a usual call has 2."""
MAX_REGIONS = 32
"""Regions of one canvas; the published models write 3 to 7."""
MAX_TEXT_CHARS = 2_000
"""Characters of one text; about 300 fit into the 75 tokens of a text encoder."""
MAX_LIST_ITEMS = 32
"""Texts in one list of detailed descriptions; the published models write 5 to 8."""
MAX_NOTES = 200
"""Notes about one reply; the last one says that there were more."""
MAX_WRITTEN_CHARS = 120
"""Characters of the reply that a note quotes."""
MIN_WEIGHT = 0.1
MAX_WEIGHT = 10.0
"""Range of a region's weight; 1 has no effect."""
MIN_DISTANCE = 0.001
MAX_DISTANCE = 1_000_000.0
"""Range of distance_to_viewer, which only orders regions; the published models write 1 to 20."""
