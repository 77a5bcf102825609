"""The parts of the page: each widget with its gradio components, its events and its scripts and styles."""
