"""Starting and serving the page: arguments, access control, the HTTP API, gradio's server."""
