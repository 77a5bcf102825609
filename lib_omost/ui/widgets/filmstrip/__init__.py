"""The pictures of the conversation in a strip, and the current one compared with the one before it."""
