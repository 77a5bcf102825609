"""Real SDXL parts at toy size, built from configurations: nothing is downloaded, everything is seeded."""

from __future__ import annotations

from transformers import CLIPTokenizer


def tokenizer(merges: tuple[tuple[str, str], ...] = (), pad: str = "<|endoftext|>") -> CLIPTokenizer:
    """A CLIP tokenizer over printable ASCII: one token a character, fewer where `merges` join characters."""
    letters = [chr(code) for code in range(33, 127)]
    pieces = letters + [f"{letter}</w>" for letter in letters] + ["".join(pair) for pair in merges]
    vocabulary = {piece: number for number, piece in enumerate([*pieces, "<|startoftext|>", "<|endoftext|>"])}
    return CLIPTokenizer(vocab=vocabulary, merges=list(merges), model_max_length=77, pad_token=pad)
