"""The Canvas code of the reply, and the notes about it."""
