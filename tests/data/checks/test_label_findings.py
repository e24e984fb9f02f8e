"""Faults of labels: spellings, rare labels, balance, and parts without any."""

from engine.data import edits
from engine.data.checks import HARMS, NOTE, STOPS, check
from tests.data.checks.small_datasets import (
    ROWS,
    kinds,
    labelled,
    saved,
    scene,
    sound_after,
    use,
)


def test_spellings_become_the_commonest(home):
    rows = [*ROWS, ("x.jpg", "Dog", False), ("y.jpg", "CAT", True), ("z.jpg", "c_at", False)]
    folder = labelled(home / "set", rows)
    finding = kinds(check(folder, "multi-label"))["spelling"]
    assert finding.fnames[:3] == ("train/x.jpg", "train/y.jpg", "train/z.jpg")
    assert finding.fixes[0].given == {"Dog": "dog", "CAT": "cat", "c_at": "cat"}
    assert [fix.given for fix in finding.fixes[1:]] == [{"CAT": "cat", "c_at": "cat"}, {"Dog": "dog"}]
    assert sound_after(folder, finding.fixes[0]).vocab == ("cat", "dog")


def test_a_label_with_one_picture_and_one_only_in_validation(home):
    rows = [*ROWS, ("x.jpg", "dgo", False), ("y.jpg", "fox", True), ("z.jpg", "fox", True)]
    folder = labelled(home / "set", rows)
    found = kinds(check(folder, "multi-label"))
    assert found["one image only"].fnames == ("train/x.jpg",)
    assert found["only in validation"].fnames == ("train/y.jpg", "train/z.jpg")
    assert {found[kind].severity for kind in ("one image only", "only in validation")} == {HARMS}
    use(folder, found["one image only"].fixes[-1])
    record = sound_after(folder, found["only in validation"].fixes[0])
    table = record.table.set_index("fname")
    assert record.vocab == ("cat", "dog") and table.loc["train/x.jpg", "labels"] == ()
    assert not {"train/y.jpg", "train/z.jpg"} & set(table.index)


def test_a_label_that_every_image_has_can_be_removed(home):
    folder = labelled(home / "set", [(name, f"{labels} pet", part) for name, labels, part in ROWS])
    finding = kinds(check(folder, "multi-label"))["on every image"]
    assert "Every image has “pet”" in finding.sentence and finding.severity == HARMS
    assert "pet" not in sound_after(folder, finding.fixes[0]).vocab


def test_no_fix_moves_an_image_to_training_that_the_source_keeps_for_validation(home):
    twin = saved(scene(50))
    rows = [*ROWS, ("a.jpg", "fox", True), ("b.jpg", "dog", True), ("c.jpg", "dog", False)]
    folder = labelled(home / "set", rows, images={"b.jpg": twin, "c.jpg": twin})
    valid_only = labelled(home / "valid", [(name, labels, True) for name, labels, _ in ROWS])
    fixes = [
        fix for at in (folder, valid_only) for one in check(at, "multi-label").findings for fix in one.fixes
    ]
    assert fixes and not [fix for fix in fixes if fix.kind == edits.SPLIT]


def test_single_label_counts_what_it_does_not_use(home):
    health = check(labelled(home / "set", ROWS), "single-label")
    assert len(kinds(health)["several labels"].fnames) == 2 and health.training + health.validation == 6


def test_balance_counts_both_spellings_of_a_label(home):
    rows = [(f"{n}.jpg", ("dog", "Dog", "dog", "cat")[n % 4], n > 5) for n in range(12)]
    found = kinds(check(labelled(home, rows), "single-label"))
    assert found["balance"].sentence.startswith("The most frequent label, “dog” (9), is 3.0 times")


def test_balance_harms_beyond_ten_to_one(home):
    def severity(folder, dogs):
        rows = [(f"{n}.jpg", "dog" if n < dogs else "cat", n % 2 == 0) for n in range(dogs + 2)]
        return kinds(check(labelled(folder, rows), "single-label"))["balance"].severity

    assert severity(home / "a", 20) == NOTE and severity(home / "b", 21) == HARMS
    rows = [(f"{n}.jpg", ("dog", "cat")[n % 2], n > 5) for n in range(8)]
    assert "balance" not in kinds(check(labelled(home / "c", rows), "single-label"))


def test_one_label_only_or_no_validation_stops(home):
    rows = [(f"{n}.jpg", "dog", n > 2) for n in range(5)]
    assert kinds(check(labelled(home / "a", rows), "single-label"))["too few labels"].severity == STOPS
    rows = [(f"{n}.jpg", ("dog", "cat")[n % 2], False) for n in range(5)]
    finding = kinds(check(labelled(home / "b", rows), "single-label"))["parts"]
    assert "No image is for validation" in finding.sentence
    assert len(sound_after(home / "b", finding.fixes[0], "single-label").part(valid=True).table) == 1


def test_a_slip_of_the_pen_is_offered_to_be_written_right(home):
    folder = labelled(home / "set", [*ROWS, ("x.jpg", "dogg", False)])
    finding = kinds(check(folder, "multi-label"))["one image only"]
    assert [fix.says for fix in finding.fixes][:2] == ["Exclude it", "Change “dogg” to “dog”"]
    assert sound_after(folder, finding.fixes[1]).vocab == ("cat", "dog")


def test_an_image_decided_to_have_none_of_the_labels_is_not_called_unlabelled(home):
    folder = labelled(home / "set", ROWS)
    edits.add_each(edits.home(folder), edits.LABELS, {"train/3.jpg": []})
    assert kinds(check(folder, "multi-label"))["no label"].fnames == ("train/7.jpg",)
    assert len(kinds(check(folder, "single-label"))["no label"].fnames) == 2
