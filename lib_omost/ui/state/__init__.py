"""What a page knows and does, as values and use cases that need no gradio: chats, edits, work, what is kept."""
