"""The widgets of the page, each with its gradio components, events, scripts and styles."""
