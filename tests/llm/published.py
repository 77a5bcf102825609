"""Checkpoints with the files of the published Omost models of June 2024, key for key, around toy weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers
from transformers import AutoConfig, AutoModelForCausalLM, BitsAndBytesConfig

from tests.llm.tiny import metaspace_tokenizer, tokenizer

SHORT = [1.0 + 0.02 * place for place in range(48)]
LONG = [1.0 + 0.5 * place for place in range(48)]

QUANTISED: dict[str, Any] = {
    "_load_in_4bit": False, "_load_in_8bit": False, "bnb_4bit_compute_dtype": "bfloat16",
    "bnb_4bit_quant_storage": "uint8", "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": False,
    "llm_int8_enable_fp32_cpu_offload": False, "llm_int8_has_fp16_weight": False, "llm_int8_skip_modules": None,
    "llm_int8_threshold": 6.0, "load_in_4bit": False, "load_in_8bit": False, "quant_method": "bitsandbytes",
}  # fmt: skip

LLAMA: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"], "attention_bias": False, "attention_dropout": 0.0, "hidden_act": "silu",
    "hidden_size": 64, "initializer_range": 0.2, "intermediate_size": 96, "max_position_embeddings": 8192,
    "mlp_bias": False, "model_type": "llama", "num_attention_heads": 4, "num_hidden_layers": 2,
    "num_key_value_heads": 2, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": None,
    "rope_theta": 500000.0, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
    "transformers_version": "4.41.1", "use_cache": True,
}  # fmt: skip

PHI3: dict[str, Any] = {
    "architectures": ["Phi3ForCausalLM"], "attention_bias": False, "attention_dropout": 0.0,
    "auto_map": {
        "AutoConfig": "configuration_phi3.Phi3Config", "AutoModelForCausalLM": "modeling_phi3.Phi3ForCausalLM",
    },
    "bos_token_id": 1, "embd_pdrop": 0.0, "eos_token_id": 32000, "hidden_act": "silu", "hidden_size": 192,
    "initializer_range": 0.2, "intermediate_size": 96, "max_position_embeddings": 131072, "model_type": "phi3",
    "num_attention_heads": 2, "num_hidden_layers": 2, "num_key_value_heads": 2,
    "original_max_position_embeddings": 4096, "pad_token_id": 32000, "resid_pdrop": 0.0, "rms_norm_eps": 1e-05,
    "rope_scaling": {"long_factor": LONG, "short_factor": SHORT, "type": "su"}, "rope_theta": 10000.0,
    "sliding_window": 262144, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
    "transformers_version": "4.41.1", "use_cache": True, "vocab_size": 32064,
}  # fmt: skip

LLAMA3_SPECIAL = ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")

PHI3_SPECIAL = [
    "<|endoftext|>", "<|assistant|>", "<|placeholder1|>", "<|placeholder2|>", "<|placeholder3|>", "<|placeholder4|>",
    "<|system|>", "<|end|>", "<|placeholder5|>", "<|placeholder6|>", "<|user|>",
]  # fmt: skip
"""From id 32000 on."""


def llama3(folder: Path, bits: int | None = 4, dtype: torch.dtype = torch.bfloat16) -> None:
    """omost-llama-3-8b, by default with -4bits; dtype: of what is not quantised."""
    _llama(folder, LLAMA3_SPECIAL, ["<|end_of_text|>", "<|eot_id|>"], bits, dtype)


def dolphin(folder: Path, bits: int | None = 4, dtype: torch.dtype = torch.bfloat16) -> None:
    """omost-dolphin-2.9-llama3-8b: ChatML's tokens added to Llama-3's vocabulary."""
    _llama(folder, (*LLAMA3_SPECIAL, "<|im_end|>", "<|im_start|>"), ["<|im_end|>"], bits, dtype)


def phi3(folder: Path, bits: int | None = 8, dtype: torch.dtype = torch.bfloat16) -> None:
    """omost-phi-3-mini-128k, by default with -8bits, and with code that must not run: it leaves a file behind."""
    words = phi3_tokenizer()
    folder.mkdir(parents=True)
    words.save(str(folder / "tokenizer.json"))
    added = words.get_added_tokens_decoder()
    settings = {
        "add_bos_token": True, "add_eos_token": False, "bos_token": "<s>", "clean_up_tokenization_spaces": False,
        "eos_token": "<|endoftext|>", "legacy": False, "model_max_length": 131072, "pad_token": "<|endoftext|>",
        "padding_side": "left", "sp_model_kwargs": {}, "tokenizer_class": "LlamaTokenizer", "unk_token": "<unk>",
        "use_default_system_prompt": False,
        "added_tokens_decoder": {
            str(id): {
                "content": token.content, "lstrip": token.lstrip, "normalized": token.normalized,
                "rstrip": token.rstrip, "single_word": token.single_word, "special": token.special,
            }
            for id, token in added.items()
        },
    }  # fmt: skip
    _write(folder / "tokenizer_config.json", settings)
    _finish(
        folder, PHI3, {"bos_token_id": 1, "eos_token_id": [32000, 32001, 32007], "pad_token_id": 32000}, bits, dtype
    )
    for name in ("configuration_phi3", "modeling_phi3"):
        (folder / f"{name}.py").write_text(f"open({str(folder / 'ran')!r}, 'w')\n", encoding="utf-8")


def phi3_tokenizer() -> Tokenizer:
    """Sentencepiece's kind: 32,000 pieces, `<s>` and `</s>` among them, then the special tokens, which eat blanks on
    their right."""
    learnt = json.loads(metaspace_tokenizer().backend_tokenizer.to_str())["model"]
    pieces = ["<unk>", "<s>", "</s>", *(piece for piece in learnt["vocab"] if piece != "<unk>")]
    pieces += [f"piece{number}" for number in range(32000 - len(pieces))]
    merges = [tuple(pair) for pair in learnt["merges"]]
    vocabulary = {piece: id for id, piece in enumerate(pieces)}
    made = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    made.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    made.add_special_tokens([AddedToken(piece, normalized=False, special=True) for piece in ("<unk>", "<s>")])
    made.add_tokens([AddedToken("</s>", rstrip=True, normalized=False)])
    made.add_special_tokens([AddedToken(piece, rstrip=True, normalized=False) for piece in PHI3_SPECIAL])
    return made


def _llama(folder: Path, special: tuple[str, ...], ends: list[str], bits: int | None, dtype: torch.dtype) -> None:
    words = tokenizer(special)
    folder.mkdir(parents=True)
    words.backend_tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "bos_token": "<|begin_of_text|>", "clean_up_tokenization_spaces": True, "eos_token": ends[-1],
        "model_input_names": ["input_ids", "attention_mask"], "model_max_length": 1000000000000000019884624838656,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }  # fmt: skip
    _write(folder / "tokenizer_config.json", settings)
    stops = words.convert_tokens_to_ids(ends)
    bos = words.convert_tokens_to_ids("<|begin_of_text|>")
    config = {**LLAMA, "bos_token_id": bos, "eos_token_id": stops[-1], "vocab_size": len(words)}
    generation = {"bos_token_id": bos, "do_sample": True, "eos_token_id": stops, "temperature": 0.6, "top_p": 0.9}
    _finish(folder, config, generation, bits, dtype)


def _finish(
    folder: Path, config: dict[str, Any], generation: dict[str, Any], bits: int | None, dtype: torch.dtype
) -> None:
    """Weights as bitsandbytes laid them out in 2024, then the configuration as it was written then."""
    today = {key: value for key, value in config.items() if key not in ("model_type", "auto_map", "rope_scaling")}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(config["model_type"], **today), dtype=dtype)
    model.save_pretrained(folder)
    if bits is not None:
        names = {4: "load_in_4bit", 8: "load_in_8bit"}
        config = {**config, "quantization_config": {**QUANTISED, f"_{names[bits]}": True, names[bits]: True}}
        made = BitsAndBytesConfig(
            **{key: value for key, value in config["quantization_config"].items() if key[0] != "_"}
        )
        model = AutoModelForCausalLM.from_pretrained(
            folder, quantization_config=made, device_map={"": "cpu"}, dtype=dtype
        )
        model.save_pretrained(folder)
    _write(folder / "config.json", config)
    _write(folder / "generation_config.json", {"_from_model_config": True, **generation})


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
