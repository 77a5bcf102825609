"""Safety checks: what is read, and what is painted, before it is used. Models of others, from folders on this disk."""
