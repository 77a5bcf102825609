"""The buttons Undo and Redo."""
