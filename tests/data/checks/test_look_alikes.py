"""The check finds labels that nobody can tell apart, and characters that nobody sees, with a fix for each."""

import pytest

from engine.data.checks.finding import HARMS
from engine.data.checks.fixes import apply_fix
from engine.data.checks.run_checks import check
from engine.data.formats import load
from engine.data.imports.import_worker import import_path
from tests.dataset_files import IMAGE, put


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _imported(home, other):
    labels = ["cat", "cat", "cat", other, "dog", "dog", "dog", "dog"]
    rows = "".join(f"{n}.jpg,{label}\n" for n, label in enumerate(labels))
    put(home / "set", {"labels.csv": f"fname,label\n{rows}", **{f"{n}.jpg": IMAGE for n in range(8)}})
    return import_path(home / "set").folder


@pytest.mark.parametrize("other", ["c\u0430t", "ca\u200bt", "ｃａｔ"])
def test_a_look_alike_is_found_and_written_alike(home, other):
    folder = _imported(home, other)
    health = check(folder, "single-label")
    (finding,) = [finding for finding in health.findings if finding.kind == "look alike"]
    assert finding.severity == HARMS and finding.fnames == ("0.jpg", "1.jpg", "2.jpg", "3.jpg")
    assert "plain letters" in finding.sentence and "U+" in finding.sentence
    (fix,) = finding.fixes
    assert fix.given == {other: "cat"}
    apply_fix(folder, "single-label", f"look-alike/{fix.name}")
    assert load(folder, "single-label").vocab == ("cat", "dog")


def test_characters_that_cannot_be_seen_are_found_and_removed(home):
    folder = _imported(home, "fox\u202e")
    (finding,) = [one for one in check(folder, "single-label").findings if one.kind == "unseen characters"]
    assert "“fox⟨U+202E⟩”" in finding.sentence and finding.fnames == ("3.jpg",)
    apply_fix(folder, "single-label", f"unseen-characters/{finding.fixes[0].name}")
    assert "fox" in load(folder, "single-label").vocab


def test_labels_that_only_differ_in_case_are_told_once(home):
    kinds = [finding.kind for finding in check(_imported(home, "Cat"), "single-label").findings]
    assert "spelling" in kinds and "look alike" not in kinds
