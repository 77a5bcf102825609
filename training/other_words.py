"""Other words of English: the words that the lexicon lists in addition to visible nouns."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection

from training.wordnet import WordNet, is_common


def other_words(net: WordNet, known: Collection[str]) -> list[str]:
    """The rows of the other words with their parts of speech, most frequent first and rare ones in capitals, and of
    irregular forms."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for part, letter in (("verb", "v"), ("adj", "a"), ("adv", "r")):
        for word, count in net.words(part):
            if re.fullmatch(r"[a-z][a-z'-]+", word):
                counts[word][letter] = count
    for word, senses in net.nouns.items():
        if re.fullmatch(r"[a-z][a-z'-]+", word) and is_common(word, senses):
            counts[word]["n"] = sum(sense.count for sense in senses)
    rows = []
    for word, parts in sorted(counts.items()):
        if word in known and set(parts) == {"n"}:
            continue
        if sum(parts.values()) == 0 and not ({"v", "a"} & set(parts) and len(word) < 9):
            continue
        ordered = sorted(parts, key=lambda letter: -parts[letter])
        often = max(parts.values())
        letters = (part if 12 * (parts[part] + 1) >= often else part.upper() for part in ordered)
        rows.append(f"{word}\t{''.join(letters)}")
    forms = [
        f"{form}\t{part[0]}={base}"
        for part in ("noun", "verb")
        for form, base in net.irregular(part)
        if "_" not in form and (base in known or base in counts) and sum(counts.get(base, {"n": 1}).values())
    ]
    return rows + forms
