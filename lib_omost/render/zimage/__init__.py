"""Z-Image: a transformer over text tokens and pixels, whose regions are a mask over its joint attention."""
