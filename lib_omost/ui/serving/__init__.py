"""From the command line to a page that answers: arguments, access, the HTTP API, gradio's server."""
