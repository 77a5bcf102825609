"""The buttons Render and Stop, and the progress of the work."""
