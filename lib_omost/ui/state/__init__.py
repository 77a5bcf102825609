"""The state and the handlers of a page, without gradio: chats, edits, jobs, storage."""
