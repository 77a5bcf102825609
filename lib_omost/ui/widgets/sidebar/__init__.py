"""The kept conversations at the side, and the way in and out for files."""
