"""The side bar: stored conversations, import and export."""
