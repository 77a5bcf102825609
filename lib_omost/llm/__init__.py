"""Language models that write canvases. Importing this package loads no model and no torch."""

from .base import ChatModel, Generation, Message, Sampling

__all__ = ["ChatModel", "Generation", "Message", "Sampling"]
