"""The text check with a real, tiny classifier that was trained on one word."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from lib_omost.errors import ModelError
from lib_omost.safety.classifier import Classifier
from lib_omost.safety.text import CACHED, OVERLAP, WINDOW, TextCheck
from tests.safety import tiny

CALM = "a quiet red boat on the calm sea with a lantern "


@pytest.fixture(scope="module")
def check(text_check_folder: Path) -> TextCheck:
    return TextCheck.load(text_check_folder, name="tiny")


def test_the_worst_piece_decides(check: TextCheck) -> None:
    assert check.score("a boat") < 0.1
    assert check.score("a boat and gore") > 0.9


@pytest.mark.parametrize("before", [0, 1, 7, 8, 9, 10, 20, 31, 100])
def test_nothing_escapes_by_length(check: TextCheck, before: int) -> None:
    assert check.score(CALM * (before + 20)) < 0.1
    assert check.score(CALM * before + "gore " + CALM * 20) > 0.9
    assert check.score(CALM * 20 + "gore " + CALM * before) > 0.9


def test_a_piece_is_no_longer_than_the_models_window() -> None:
    short = TextCheck(Classifier(tiny.text_classifier(positions=24), "short"), tiny.tokenizer(512), 0.5)
    assert 0 <= short.score(CALM * 20) <= 1, "24 positions, and none is asked for that is not there"
    small = TextCheck(Classifier(tiny.text_classifier(), "small"), tiny.tokenizer(16), 0.5)
    assert small._window == 16
    assert WINDOW < 128


def test_a_model_that_counts_positions_from_two_on_reads_to_its_last() -> None:
    check = TextCheck(Classifier(tiny.roberta(positions=24), "roberta"), tiny.tokenizer(512), 0.5)
    assert check._window == 22
    assert 0 <= check.score(CALM * 20) <= 1


@pytest.mark.parametrize("ends", [{"eos_token": "[SEP]"}, {"eos_token": None}])
def test_a_model_without_end_of_positions_and_without_padding_is_a_check(
    tmp_path: Path, ends: dict[str, str | None]
) -> None:
    tiny.save_bloom(tmp_path, **ends)
    check = TextCheck.load(tmp_path, name="bloom")
    assert check._window == WINDOW
    assert 0 <= check.score(CALM * 40) <= 1
    texts = ["a boat", "the red boat on the calm sea", "gore"]
    words = check._tokenizer
    assert words.pad_token == (ends["eos_token"] or "[UNK]")
    alone = [score for text in texts for score in check._classifier.scores(words(text, return_tensors="pt"))]
    together = check._classifier.scores(words(texts, padding=True, return_tensors="pt"))
    assert together == pytest.approx(alone, abs=1e-6), "what fills up a short text says nothing"


def test_no_sentence_is_cut_in_two_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    words = tiny.tokenizer()
    check = TextCheck(Classifier(tiny.text_classifier(), "tiny"), words, 0.5)
    pieces: list[list[int]] = []

    def scores(inputs: dict[str, torch.Tensor]) -> list[float]:
        pieces.extend(row.tolist() for row in inputs["input_ids"])
        return [0.0] * len(inputs["input_ids"])

    monkeypatch.setattr(check._classifier, "scores", scores)
    check.score(CALM * 40)
    inner = [[token for token in piece if token > 3] for piece in pieces]
    assert len(inner) > 4
    assert all(len(piece) <= WINDOW for piece in pieces)
    for one, other in pairwise(inner):
        assert one[-OVERLAP:] == other[:OVERLAP]
    whole = inner[0] + [token for piece in inner[1:] for token in piece[OVERLAP:]]
    assert whole == words(CALM * 40, add_special_tokens=False)["input_ids"]


def test_invisible_characters_hide_nothing(check: TextCheck) -> None:
    assert check.score("a boat with go\u200bre") > 0.9
    assert check.score("a boat with ｇｏｒｅ") > 0.9


def test_the_first_unsafe_text_is_found(check: TextCheck) -> None:
    assert check.first_unsafe(["a boat", "", "gore on the sea", "gore"]) == "gore on the sea"
    assert check.first_unsafe(["a boat", "a cat", "  "]) is None
    assert check.first_unsafe(["gore"], lambda: True) is None, "who has stopped waits for no check"


def test_the_threshold_is_where_refusing_begins(text_check_folder: Path, check: TextCheck) -> None:
    score = check.score("a boat and gore")
    at = TextCheck.load(text_check_folder, name="tiny", threshold=score)
    above = TextCheck.load(text_check_folder, name="tiny", threshold=min(1.0, score + 1e-6))
    assert at.first_unsafe(["a boat and gore"]) is not None
    assert above.first_unsafe(["a boat and gore"]) is None or score == 1.0


def test_a_text_is_scored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    check = TextCheck(Classifier(tiny.text_classifier(), "tiny"), tiny.tokenizer(), 0.5)
    score = check.score("a boat")
    monkeypatch.setattr(check._classifier, "scores", lambda inputs: [1.0])
    assert check.score("a b\u200boat") == score
    assert check.score("a cat") == 1.0
    assert check._cached_score.cache_info().maxsize == CACHED


def test_no_text_is_read_after_a_stop(check: TextCheck) -> None:
    stops = iter([False, True])
    assert check.first_unsafe(["a boat", "gore"], lambda: next(stops)) is None
    stops = iter([False, False])
    assert check.first_unsafe(["a boat", "a boat", "gore"], lambda: next(stops)) == "gore", "nothing is read twice"


def test_labels_that_stand_beside_each_other_count_each_for_itself() -> None:
    labels = {0: "toxic", 1: "obscene", 2: "threat", 3: "neutral"}
    model = tiny.text_classifier(labels, problem_type="multi_label_classification")
    classifier = Classifier(model, "several")
    inputs = dict(tiny.tokenizer()(["a boat", "gore"], return_tensors="pt", padding=True))
    with torch.no_grad():
        expected = model(**inputs).logits.sigmoid()[:, :3].amax(1)
    assert classifier.scores(inputs) == pytest.approx(expected.tolist())


def test_a_broken_model_lets_nothing_through() -> None:
    model = tiny.text_classifier()
    with torch.no_grad():
        model.classifier.bias.fill_(float("nan"))
    check = TextCheck(Classifier(model, "broken"), tiny.tokenizer(), 0.5)
    with pytest.raises(ModelError, match=r"The check broken .*invalid scores"):
        check.first_unsafe(["a boat"])


def test_what_is_no_text_check_is_one_sentence(
    text_check_folder: Path, picture_check_folder: Path, tmp_path: Path
) -> None:
    for folder in (tmp_path, picture_check_folder):
        with pytest.raises(
            ModelError, match=r"^none could not be loaded as a check of texts .* a classifier of texts"
        ) as told:
            TextCheck.load(folder, name="none")
        assert len(str(told.value)) < 450, "whatever the library said"
        assert "\n" not in str(told.value)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        wordless = Path(shutil.copytree(text_check_folder, tmp_path / name))
        (wordless / name).write_text("{")
        with pytest.raises(ModelError, match=r"^mine could not be loaded as a check of texts"):
            TextCheck.load(wordless, name="mine")
    nameless = Path(shutil.copytree(text_check_folder, tmp_path / "nameless"))
    config = json.loads((nameless / "config.json").read_text())
    config["id2label"] = {"0": "LABEL_0", "1": "LABEL_1"}
    (nameless / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match=r"check nameless is unknown \(LABEL_0, LABEL_1\)"):
        TextCheck.load(nameless, name="nameless")
    assert TextCheck.load(nameless, name="nameless", named=["LABEL_1"]).score("gore") > 0.9


def test_only_safetensors_are_read(text_check_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(text_check_folder, tmp_path / "pickled"))
    (folder / "model.safetensors").unlink()
    torch.save(tiny.text_classifier().state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="safetensors"):
        TextCheck.load(folder, name="pickled")


def test_a_head_made_up_by_chance_is_no_check(text_check_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = Path(shutil.copytree(text_check_folder, tmp_path / "headless"))
    weights = load_file(folder / "model.safetensors")
    save_file(
        {name: weights[name] for name in weights if "classifier" not in name},
        folder / "model.safetensors",
        {"format": "pt"},
    )
    with pytest.raises(ModelError, match=r"^headless is not a complete check of texts: weights are missing"):
        TextCheck.load(folder, name="headless")


def test_a_head_of_another_size_is_no_check(text_check_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(text_check_folder, tmp_path / "wide"))
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = {"0": "safe", "1": "nsfw", "2": "gore"}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match=r"^wide "):
        TextCheck.load(folder, name="wide")


def test_code_of_a_folder_is_not_executed(text_check_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(text_check_folder, tmp_path / "own"))
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModelForSequenceClassification": "own.Own"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'executed')!r}, 'w')\nclass Own: pass\n")
    assert TextCheck.load(folder, name="own").score("gore") > 0.9
    assert not (tmp_path / "executed").exists()
