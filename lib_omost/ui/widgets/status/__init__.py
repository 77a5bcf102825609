"""Which models run, and how far they are loaded."""
