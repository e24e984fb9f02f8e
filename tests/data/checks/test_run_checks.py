"""A sound dataset has only notes, and the check accepts what training accepts."""

import pytest

from engine import __main__ as command_line
from engine.data.checks import HARMS, NOTE, check
from engine.data.formats import DatasetError, load
from tests.data.checks.small_datasets import ROWS, kinds, labelled, sound_after


def test_a_sound_set_has_only_notes_and_its_counts_are_right(home):
    health = check(labelled(home / "set", ROWS), "multi-label")
    assert health.is_accepted and {finding.severity for finding in health.findings} == {NOTE}
    assert set(kinds(health)) == {"no label"}
    assert (health.image_count, health.training, health.validation) == (10, 6, 4)
    assert health.labels.to_dict("index") == {
        "cat": {"training": 3, "validation": 2, "all": 5},
        "dog": {"training": 3, "validation": 2, "all": 5},
    }
    assert kinds(health)["no label"].fnames == ("train/3.jpg", "train/7.jpg")


def test_what_load_accepts_the_check_accepts_and_the_other_way_round(home):
    gone = [(f"gone{at}.jpg", "dog", False) for at in range(20)]
    spoiled = {
        "sound": [],
        "one missing": gone[:1],
        "a spelling": [("1.jpg", "Dog", False)],
        "most missing": gone,
    }
    for name, rows in spoiled.items():
        folder = labelled(home / name, ROWS + rows, images=dict.fromkeys([row[0] for row in gone]))
        is_sound = name in ("sound", "one missing")
        if is_sound:
            load(folder, "multi-label")
        else:
            with pytest.raises(DatasetError):
                load(folder, "multi-label")
        assert check(folder, "multi-label").is_accepted == is_sound


@pytest.mark.parametrize("task", ["single-label", "multi-label"])
@pytest.mark.parametrize(
    "labels", [["dog"] * 6, ["dog cat"] * 6, ["dog", "dog", "dog", "dog", "dog cat", ""]]
)
def test_nothing_to_learn_stops_the_check_and_training(home, task, labels):
    rows = [(f"{n}.jpg", labels[n], n % 2 == 0) for n in range(6)]
    folder = labelled(home / "set", rows)
    is_learnable = task == "multi-label" and "" in labels
    assert check(folder, task).is_accepted == is_learnable
    if not is_learnable:
        with pytest.raises(DatasetError, match=r"nothing to distinguish|exactly one label"):
            load(folder, task)
        assert command_line.main(["check", str(folder), "--task", task]) == 2
        train = ["train", "--task", task, "--data", str(folder), "--out", str(home / "run")]
        assert command_line.main(train) == 2 and not (home / "run").exists()


def test_an_image_of_no_known_part_can_only_be_left_out(home):
    folder = labelled(home / "set", [*ROWS, ("x.jpg", "dog", "maybe")])
    finding = kinds(check(folder, "multi-label"))["part"]
    assert (finding.fnames, finding.severity) == (("train/x.jpg",), HARMS)
    assert "train/x.jpg" not in set(sound_after(folder, finding.fixes[0]).table["fname"])
