"""The chat: messages, prompt, buttons, and branches."""
