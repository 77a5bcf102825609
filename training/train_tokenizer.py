"""Makes the painter's two tokenizers: one small lower-case byte-level BPE vocabulary in CLIP's format.

    python -m training.train_tokenizer            # under a minute

The vocabulary is learned from the reader's training texts and from the nouns of the lexicon, so that the important
words are single tokens. It is written as two folders that `CLIPTokenizer.from_pretrained` loads.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from lib_omost.canvas.vocabulary import COLORS
from lib_omost.embedded.lexicon import lexicon
from training.art import DEFAULT_CACHE
from training.readings import Readings
from training.subjects import SUBJECTS, plural
from training.wordnet import FOLDER, WordNet

BOS, EOS = "<|startoftext|>", "<|endoftext|>"
_SPLIT = r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""


def texts(seed: int, count: int) -> Iterator[str]:
    """Readings, the words of every subject (many times), the nouns and other words of the lexicon, and colour names."""
    rng = random.Random(seed)
    known = lexicon()
    readings = Readings(known, WordNet(FOLDER))
    for number in range(count):
        caption = (readings.whole if number % 4 == 0 else readings.region)(rng).caption
        yield " ".join((*caption.prefixes, *caption.suffixes))
    for subject in SUBJECTS:
        for name in (subject.name, *subject.words):
            yield f"{name} {plural(name)} " * 20
    for word, _, _ in readings.drawn:
        if " " not in word:
            yield f"{word} {plural(word)} " * 3
    yield " ".join([*COLORS] * 20)


def main() -> None:
    """The command; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=DEFAULT_CACHE / "runs")
    parser.add_argument("--size", type=int, default=16000, help="tokens in the vocabulary")
    parser.add_argument("--readings", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()

    from tokenizers import Regex
    from transformers import CLIPTokenizer

    bpe = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix="</w>", unk_token=EOS))
    bpe.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    bpe.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(_SPLIT), behavior="removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
    ])  # fmt: skip
    trainer = trainers.BpeTrainer(
        vocab_size=options.size,
        special_tokens=[BOS, EOS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    bpe.train_from_iterator(texts(options.seed, options.readings), trainer)
    model = json.loads(bpe.to_str())["model"]
    vocabulary = complete(model["vocab"])
    merges = [tuple(merge) if not isinstance(merge, str) else tuple(merge.split(" ")) for merge in model["merges"]]
    for name in ("tokenizer", "tokenizer_2"):
        folder = options.runs / name
        folder.mkdir(parents=True, exist_ok=True)
        CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=77).save_pretrained(folder)
        (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
        lines = ["#version: 0.2", *(" ".join(merge) for merge in merges), ""]
        (folder / "merges.txt").write_text("\n".join(lines), encoding="utf-8")
    print(f"{len(vocabulary)} tokens, {len(merges)} merges")


def complete(vocabulary: dict[str, int]) -> dict[str, int]:
    """`vocabulary` with the end-of-word form of every byte, so that every text can be encoded."""
    whole = dict(vocabulary)
    for letter in sorted(pre_tokenizers.ByteLevel.alphabet()):
        for form in (letter, f"{letter}</w>"):
            whole.setdefault(form, len(whole))
    return whole


if __name__ == "__main__":
    main()
