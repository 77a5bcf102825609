"""The canvas as boxes that can be moved, drawn and filled in."""
