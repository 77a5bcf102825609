"""The viewer: the pictures of the chat in large, several as a grid, and two of them compared."""
