"""The page: the only package that imports gradio. Models run only through the studio."""
