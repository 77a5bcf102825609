"""The page: the only room that knows gradio. It talks to the studio and to nothing below it."""
