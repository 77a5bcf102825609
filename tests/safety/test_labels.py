from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib_omost.errors import ModelError
from lib_omost.safety.labels import SAFE, UNSAFE, normalized, unsafe_labels


@pytest.mark.parametrize(
    ("labels", "unsafe"),
    [
        ({0: "safe", 1: "nsfw"}, (1,)),
        ({0: "NSFW", 1: "SFW"}, (0,)),
        ({0: "normal", 1: "nsfw"}, (1,)),
        ({0: "drawings", 1: "hentai", 2: "neutral", 3: "porn", 4: "sexy"}, (1, 3, 4)),
        ({0: "Toxic", 1: "severe-toxic", 2: "Identity Hate", 3: "non_toxic"}, (0, 1, 2)),
        ({0: "toxic", 1: "obscene"}, (0, 1)),
    ],
)
def test_labels_are_understood_by_their_names(labels: dict[int, str], unsafe: tuple[int, ...]) -> None:
    assert unsafe_labels(labels, "owner/check") == unsafe


@pytest.mark.parametrize(
    ("labels", "named", "sentence"),
    [
        ({0: "LABEL_0", 1: "LABEL_1"}, (), "The meaning of the labels of the check owner/check is unknown (LABEL_0,"),
        ({0: "safe", 1: "nsfw", 2: "S3"}, (), "owner/check=S3"),
        ({0: "safe", 1: "normal"}, (), "distinguishes nothing"),
        ({0: "nsfw"}, (), "distinguishes nothing"),
        ({0: "OK", 1: "S"}, ("W", "s", "V"), "The check owner/check has no label v or w: its labels are OK, S."),
    ],
)
def test_what_is_not_understood_is_refused(labels: dict[int, str], named: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(ModelError) as refused:
        unsafe_labels(labels, "owner/check", named)
    assert sentence in str(refused.value)


def test_labels_may_be_named() -> None:
    labels = {0: "OK", 1: "S", 2: "S3", 3: "H"}
    assert unsafe_labels(labels, "owner/check", ["s", "S3"]) == (1, 2)


def test_no_name_means_both() -> None:
    assert not SAFE & UNSAFE


gaps = st.text("-_ ", min_size=1, max_size=3)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(SAFE | UNSAFE)), st.randoms(use_true_random=False), st.lists(gaps, min_size=4, max_size=4)
)
def test_capitals_and_gaps_do_not_matter(label: str, random: Random, spaces: list[str]) -> None:
    cased = "".join(random.choice((char.lower(), char.upper())) for char in label)
    first, *inner = cased.split("_")
    written = spaces[0] + first + "".join(gap + word for gap, word in zip(spaces[1:], inner, strict=False)) + spaces[3]
    assert normalized(written) == label
