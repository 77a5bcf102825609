"""The small models that come with the program, and what only they need."""
