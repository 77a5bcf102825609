"""The Render and Stop buttons, and what the program is doing."""
