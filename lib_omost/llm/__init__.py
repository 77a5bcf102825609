"""Language models that write canvases. Importing this loads no model and no torch."""

from .base import ChatModel, Generation, Message, Sampling

__all__ = ["ChatModel", "Generation", "Message", "Sampling"]
