"""The conversation: its messages, the prompt, the buttons below it, and the other versions of the chat."""
