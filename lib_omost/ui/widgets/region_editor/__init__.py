"""The region editor: the canvas as boxes that can be moved, resized and filled in."""
