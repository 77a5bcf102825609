"""The filmstrip of the chat's pictures."""
