"""The dataset that a command is given: by path, by its name in the library, and read as flags say."""

import json

import pytest

from engine.__main__ import main
from engine.data import chosen_data, library
from engine.data.formats import DatasetError, load
from engine.data.formats.read_options import ReadOptions
from engine.data.imports import import_worker
from engine.training import preflight, trainer
from tests.dataset_files import IMAGE, put

NAMES = [f"{at}.jpg" for at in range(8)]


@pytest.fixture(autouse=True)
def _own_library(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def two_columns(tmp_path):
    """A table of which nobody can tell which column holds the labels."""
    rows = [f"{name},{'ab'[at % 2]},{'xyz'[at % 3]}" for at, name in enumerate(NAMES)]
    text = "\n".join(["photo,first,second", *rows, ""])
    return put(tmp_path / "data", {"t.csv": text} | {name: IMAGE for name in NAMES})


FIRST = ReadOptions(label_columns=("first",))


def labels(path, options=None):
    return load(path, "single-label", options).table[["fname", "labels", "is_valid"]].values.tolist()


def test_a_path_a_name_and_flags_read_the_same_input_in_the_same_way(two_columns):
    imported = import_worker.import_folder(two_columns, "mine", FIRST)
    by_flags = chosen_data.resolve(str(two_columns), FIRST)
    assert chosen_data.resolve("mine") == by_flags == str(imported.data_path)
    assert labels(by_flags) == labels(two_columns, FIRST) == labels(imported.data_path)
    assert len(library.all_sets()) == 1


def test_flags_import_a_path_once(two_columns):
    first = chosen_data.resolve(str(two_columns), FIRST)
    assert chosen_data.resolve(str(two_columns), FIRST) == first
    other = chosen_data.resolve(str(two_columns / "t.csv"), ReadOptions(label_columns=("second",)))
    assert load(other, "single-label").vocab == ("x", "y", "z") and len(library.all_sets()) == 2


def test_a_path_that_is_there_and_an_unknown_name_stay_as_they_are(two_columns, monkeypatch):
    monkeypatch.chdir(two_columns.parent)
    import_worker.import_folder(two_columns, "data", FIRST)
    assert chosen_data.resolve("data") == "data" and chosen_data.resolve("PASCAL_2007") == "PASCAL_2007"


def test_flags_for_a_dataset_of_the_library_are_refused(two_columns):
    one = import_worker.import_folder(two_columns, "mine", FIRST)
    for data in ("mine", str(one.data_path)):
        with pytest.raises(DatasetError, match="is in the library and is read as it was imported"):
            chosen_data.resolve(data, ReadOptions(label_columns=("second",)))


@pytest.fixture
def trained(monkeypatch):
    """What `train` was asked to train on, without training."""
    asked = []
    monkeypatch.setattr(preflight, "check", lambda config, out: asked.append(config.data))
    monkeypatch.setattr(trainer, "train", lambda config, folder, bar: {})
    return asked


def test_train_takes_the_flags_of_import_and_names(two_columns, trained, tmp_path, capsys):
    words = ["train", "--task", "single-label", "--out", str(tmp_path / "run")]
    assert main([*words, "--data", str(two_columns), "--label-column", "first"]) == 0
    assert load(trained[0], "single-label").vocab == ("a", "b")
    assert main([*words, "--data", library.all_sets()[0].name]) == 0 and trained[1] == trained[0]
    assert main([*words, "--data", str(two_columns), "--label-column", "third"]) == 2
    assert "has no column “third” (--label-column)" in capsys.readouterr().err


@pytest.mark.parametrize(
    "more",
    [
        ["--label-column", "a"],
        ["--out", "x"],
        ["--task", "points", "--data", "y", "--epochs", "3"],
        ["--epochs", "3"],
    ],
)
def test_resume_with_other_flags_is_refused(more, tmp_path, capsys):
    assert main(["train", "--resume", str(tmp_path / "run"), *more]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and ("would change nothing" in said or "leave out every other flag" in said)


def test_check_takes_a_name(two_columns, capsys):
    import_worker.import_folder(two_columns, "mine", FIRST)
    assert main(["check", "mine", "--task", "single-label", "--json"]) in (0, 2)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["name"] == "mine"
