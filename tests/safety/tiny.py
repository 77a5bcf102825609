"""Tiny real classifiers, made and trained on the spot: texts with the word "gore" are unsafe, and red pictures."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    BloomConfig,
    BloomForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForSequenceClassification,
    ViTConfig,
    ViTForImageClassification,
)
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

CALM_WORDS = "a the red boat on calm sea quiet harbour dusk lantern tower of with and cat dog hill light"
WORDS = [*CALM_WORDS.split(), "gore"]
SIDE = 32
LABELS = {0: "safe", 1: "nsfw"}


def tokenizer(longest: int = 128) -> PreTrainedTokenizerFast:
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = {word: number for number, word in enumerate([*special, *WORDS])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=longest, model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


def text_classifier(labels: dict[int, str] | None = None, positions: int = 128, **options: Any) -> Any:
    """Untrained; `labels` by their numbers."""
    torch.manual_seed(1)
    names = labels or LABELS
    config = DistilBertConfig(
        vocab_size=4 + len(WORDS), dim=32, n_layers=1, n_heads=2, hidden_dim=64, max_position_embeddings=positions,
        dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.0, pad_token_id=0,
        id2label=names, label2id={name: number for number, name in names.items()}, **options,
    )  # fmt: skip
    return DistilBertForSequenceClassification(config)


def roberta(positions: int) -> Any:
    """Untrained; its first two positions belong to nothing that is read."""
    torch.manual_seed(1)
    config = RobertaConfig(
        vocab_size=4 + len(WORDS), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=positions, type_vocab_size=1, pad_token_id=1, id2label=LABELS,
        label2id={name: number for number, name in LABELS.items()},
    )  # fmt: skip
    return RobertaForSequenceClassification(config)


def save_bloom(folder: Path, eos_token: str | None) -> None:
    """An untrained text check which neither ends its positions nor names a token that fills up."""
    torch.manual_seed(1)
    config = BloomConfig(
        vocab_size=4 + len(WORDS), hidden_size=32, n_layer=1, n_head=2, pad_token_id=None, id2label=LABELS,
        label2id={name: number for number, name in LABELS.items()},
    )  # fmt: skip
    BloomForSequenceClassification(config).save_pretrained(folder)
    words = tokenizer()
    PreTrainedTokenizerFast(
        tokenizer_object=words.backend_tokenizer, unk_token="[UNK]", eos_token=eos_token, model_max_length=128,
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(folder)  # fmt: skip


def picture_classifier() -> Any:
    """Untrained."""
    torch.manual_seed(1)
    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, image_size=SIDE,
        patch_size=8, id2label={0: "normal", 1: "nsfw"}, label2id={"normal": 0, "nsfw": 1},
    )  # fmt: skip
    return ViTForImageClassification(config)


def save_text_check(folder: Path) -> Path:
    """A trained text check."""
    words = tokenizer()
    model = text_classifier()
    draw = random.Random(1)

    def batch() -> tuple[dict[str, Any], torch.Tensor]:
        texts, answers = [], []
        for number in range(16):
            text = [draw.choice(WORDS[:-1]) for _ in range(draw.randint(1, 94))]
            if number % 2:
                text[draw.randrange(len(text))] = "gore"
            texts.append(" ".join(text))
            answers.append(number % 2)
        return dict(words(texts, padding=True, return_tensors="pt")), torch.tensor(answers)

    _train(model, batch, 150)
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def save_picture_check(folder: Path) -> Path:
    """A trained picture check."""
    processor = ViTImageProcessorPil(size={"height": SIDE, "width": SIDE})
    model = picture_classifier()
    draw = random.Random(1)

    def batch() -> tuple[dict[str, Any], torch.Tensor]:
        reds = [number % 2 for number in range(16)]
        images = [
            Image.new("RGB", (SIDE, SIDE), (draw.randint(180, 255) if red else draw.randint(0, 90), 90, 90))
            for red in reds
        ]
        return dict(processor(images, return_tensors="pt")), torch.tensor(reds)

    _train(model, batch, 40)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _train(model: Any, batch: Any, steps: int) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(steps):
        inputs, answers = batch()
        loss = model(**inputs, labels=answers).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.05, "the tiny classifier has not learnt its word"
