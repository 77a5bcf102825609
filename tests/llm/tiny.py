"""Real models and tokenizers of toy size, made on the spot."""

from __future__ import annotations

import json
from functools import cache

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, Phi3Config, Phi3ForCausalLM, PreTrainedTokenizerFast

from lib_omost.llm.local import LocalChatModel

SPECIAL = (
    "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>",
    "<|eot_id|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<|endoftext|>",
)  # fmt: skip

CORPUS = [
    "canvas = Canvas()\ncanvas.set_global_description(\n    description='A quiet lake in the mountains.',\n",
    "    detailed_descriptions=[\n        'The water is still and mirrors the snow.',\n    ],\n",
    "    tags='lake, snow',\n",
    "canvas.add_local_description(\n    location='in the center',\n    offset='no offset',\n",
    "    area='a small square area',\n    distance_to_viewer=5.0,\n    HTML_web_color_name='darkgreen',\n)\n```",
    "The boat’s sail is white; a heron stands where the reeds are.",
]


@cache
def tokenizer(special: tuple[str, ...] = SPECIAL) -> PreTrainedTokenizerFast:
    """Byte-level BPE, by default with the special tokens of all three chat formats; 512 ids at most."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=512, special_tokens=list(special), initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator(CORPUS * 4, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|im_end|>" if "<|im_end|>" in special else "<|eot_id|>"
    )


@cache
def metaspace_tokenizer() -> PreTrainedTokenizerFast:
    """The other kind, as Phi-3 has it: blanks are part of words, unknown characters are single bytes."""
    bytes_and_words = [f"<0x{byte:02X}>" for byte in range(256)]
    normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    learnt = Tokenizer(models.BPE())
    learnt.normalizer = normalizer
    learnt.train_from_iterator(CORPUS[2:] * 4, trainers.BpeTrainer(vocab_size=220, show_progress=False))
    model = json.loads(learnt.to_str())["model"]
    vocabulary = {text: id for id, text in enumerate(["<unk>", *bytes_and_words, *model["vocab"]])}
    merges = [tuple(pair) for pair in model["merges"]]
    made = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", byte_fallback=True))
    made.normalizer = normalizer
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    made.add_special_tokens([AddedToken(text, rstrip=True) for text in SPECIAL])
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|end|>", unk_token="<unk>")


def llama(
    seed: int = 0, layers: int = 2, window: int = 4096, vocabulary: int | None = None, wide: int = 128
) -> LlamaForCausalLM:
    """About 70,000 random weights; logits spread wide enough that greedy choices are not ties.

    wide: the MLP's inner size. Like those of published models, sizes are multiples of 64, the block of 4-bit weights.
    """
    config = LlamaConfig(
        vocab_size=vocabulary or len(tokenizer()), hidden_size=64, intermediate_size=wide, num_hidden_layers=layers,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=window, initializer_range=0.2,
        bos_token_id=None, eos_token_id=None, pad_token_id=None,
    )  # fmt: skip
    return _seeded(LlamaForCausalLM, config, seed)


def phi3(seed: int = 0, window: int = 4096, original: int | None = None) -> Phi3ForCausalLM:
    """With `original`, positions beyond it are rotated by LongRoPE's long factors, as in Phi-3 128k."""
    rope: dict[str, object] = {"rope_type": "default", "rope_theta": 10000.0}
    if original is not None:
        rope = {
            "rope_type": "longrope", "rope_theta": 10000.0, "short_factor": [1.0] * 8, "long_factor": [4.0] * 8,
            "original_max_position_embeddings": original,
        }  # fmt: skip
    config = Phi3Config(
        vocab_size=len(tokenizer()), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=4, max_position_embeddings=window, initializer_range=0.2, rope_parameters=rope,
        original_max_position_embeddings=original or window, sliding_window=None,
        bos_token_id=None, eos_token_id=None, pad_token_id=None,
    )  # fmt: skip
    return _seeded(Phi3ForCausalLM, config, seed)


def chat_model(model: LlamaForCausalLM | Phi3ForCausalLM | None = None, family: str = "chatml") -> LocalChatModel:
    return LocalChatModel(model or llama(), tokenizer(), name="tiny", family=family)


def _seeded(kind: type, config: object, seed: int):  # type: ignore[no-untyped-def]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return kind(config).eval()
