"""The small models of this repository, with everything that only they need."""
