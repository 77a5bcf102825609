"""The filmstrip of the chat's pictures, and the comparison of the current picture with the one before."""
