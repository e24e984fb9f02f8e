"""Loading: the split where none is given, unknown tasks and shares, and every problem at once."""

import os
from pathlib import Path

import pytest

from engine.data.formats import DatasetError, load
from engine.data.formats.files.file_index import list_files
from tests import dataset_files
from tests.data.formats.reading import refusal
from tests.dataset_files import IMAGE, pascal, put, write_table


def many(folder: Path, count=50, groups=None) -> Path:
    rows = [(f"{n}.jpg", "ab"[n % 2], *([f"g{n // groups}"] if groups else [])) for n in range(count)]
    return pascal(folder, rows, "fname,labels" + (",group" if groups else ""))


def test_without_marks_a_share_is_chosen_by_the_seed(tmp_path):
    folder = many(tmp_path)
    first, again, other = (
        load(folder, "multi-label", valid_share=0.3, seed=seed).table["is_valid"] for seed in (0, 0, 1)
    )
    assert first.sum() == other.sum() == 15
    assert first.equals(again) and not first.equals(other)
    notes = load(folder, "multi-label", valid_share=0.3).notes
    assert notes == ("15 images chosen for validation, evenly by label (seed 0).",)


def test_a_group_is_never_on_both_sides(tmp_path):
    dataset = load(many(tmp_path, groups=7), "single-label", valid_share=0.3)
    assert (dataset.table.groupby("group")["is_valid"].nunique() == 1).all()
    assert 0 < dataset.table["is_valid"].sum() < 50
    assert "whole groups together" in dataset.notes[-1]


def test_unknown_tasks_and_shares_are_refused(tmp_path):
    for share in (0, 1, -0.1, 2):
        with pytest.raises(ValueError, match="between 0 and 1"):
            load(tmp_path, "points", valid_share=share)
    with pytest.raises(ValueError, match="single-label, multi-label, points"):
        load(tmp_path, "detection")


def test_every_problem_of_a_table_is_told_at_once(tmp_path):
    rows = [
        ("1.jpg", "dog", "False"),
        ("1.jpg", "cat", "False"),
        ("../secret.jpg", "dog", "False"),
        ("/etc/passwd", "dog", "False"),
        ("C:\\x.jpg", "dog", "False"),
        ("two.JPG", "Dog", "maybe"),
        ("", "dog", "True"),
        *[(f"gone{n}.jpg", "polar bear" if n else "polar_bear", "True") for n in range(5)],
        ("3.jpg", "dog, cat", "True"),
    ]
    write_table(tmp_path / "train.csv", "fname,labels,is_valid", rows)
    with (tmp_path / "train.csv").open("a") as file:
        file.write("4.jpg,dog\r\n")
    put(tmp_path, {f"train/{name}": IMAGE for name in ("1.jpg", "Two.jpg", "3.jpg", "4.jpg")})
    with pytest.raises(DatasetError) as raised:
        load(tmp_path, "multi-label")
    said = str(raised.value)
    assert len(raised.value.problems) == 7
    assert "every row must have 3 cells like the header: line 15 has 2 cells" in said
    assert "Rows without an image's name: line 8" in said
    assert "../secret.jpg, /etc/passwd, C:/x.jpg" in said
    assert "Not found in “train”: 5 of the 8 images that the table names: gone0.jpg" in said
    assert "gone2.jpg and 2 more" in said
    assert "these have more: train/1.jpg (2 times)" in said
    assert "must contain train, valid or test, or True or False (--split-column): “maybe” in line 7" in said
    assert "“Dog” (1) and “dog” (" in said and "“polar bear” (4) and “polar_bear” (1)" in said


def test_an_ending_left_off_is_guessed(tmp_path):
    pascal(tmp_path)
    write_table(tmp_path / "train.csv", "fname,labels", [("1", "a"), ("2", "b"), ("3.jpg", "a")])
    dataset = load(tmp_path, "multi-label")
    assert dataset.table["fname"].tolist() == ["train/1.jpg", "train/2.jpg", "train/3.jpg"]
    assert "“1” is “train/1.jpg”" in " ".join(map(str, dataset.assumptions))


def test_links_do_not_lead_out(tmp_path):
    put(tmp_path, {"outside/secret.jpg": IMAGE})
    folder = pascal(tmp_path / "inside")
    (folder / "train" / "1.jpg").unlink()
    (folder / "train" / "1.jpg").symlink_to(tmp_path / "outside" / "secret.jpg")
    (folder / "train" / "2.jpg").unlink()
    (folder / "train" / "2.jpg").symlink_to(folder / "train" / "3.jpg")
    said = refusal(folder)
    assert "Links that lead out of the folder are not followed: train/1.jpg." in said and "2.jpg" not in said


def test_a_point_behind_a_link_is_not_even_measured(tmp_path, monkeypatch):
    put(tmp_path, {"outside/4.jpg": IMAGE})
    folder = dataset_files.points(tmp_path / "inside")
    (folder / "images" / "4.jpg").unlink()
    (folder / "images" / "4.jpg").symlink_to(tmp_path / "outside" / "4.jpg")
    measured = []
    monkeypatch.setattr(
        "engine.data.formats.checks.image_size", lambda path: measured.append(path.name) or (64, 48)
    )
    refusal(folder, "points")
    assert sorted(measured) == ["1.jpg", "2.jpg", "3.jpg", "5.jpg"]


def test_linked_folders_are_not_followed_and_circles_end(tmp_path):
    folder = pascal(tmp_path / "inside")
    (folder / "circle").symlink_to(folder)
    (folder / "etc").symlink_to("/etc")
    listing = list_files(folder)
    assert len(listing.names) == 7 and listing.links_out == {"circle", "etc"}
    assert listing.leads_out("etc/passwd") and not listing.leads_out("train/1.jpg")


@pytest.mark.parametrize(
    ("header", "task", "words"),
    [
        (
            "fname,price",
            "multi-label",
            "has no column of labels; its columns are: fname, price. Name them",
        ),
        (
            "a,",
            "points",
            "has no columns “x” and “y”; its columns are: a, (no name). Name them with --x-column",
        ),
        ("fname,labels", "points", "holds labels, not points; choose the task single-label or multi-label"),
        ("fname,x,y", "single-label", "holds points, not labels; choose the task points"),
    ],
)
def test_a_table_of_another_kind(tmp_path, header, task, words):
    write_table(
        tmp_path / "train.csv", header, [(f"{n}.jpg", n + 0.5, 4)[: header.count(",") + 1] for n in range(5)]
    )
    assert words in refusal(tmp_path, task)
    assert words in refusal(tmp_path / "train.csv", task)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty; its first line must name the columns"),
        (b"\xff\xfef\x00n", "is not a text table"),
        (b"fname,labels\n\0\n", "is not a text table"),
        (b"PK\x03\x04\xc0\xc1", "is not a text table"),
        (b'fname,labels\n"1.jpg,dog\n', "cannot be read as a table in line 2"),
        (b'fname,labels\n"1".jpg,dog\n', "cannot be read as a table in line 2"),
        (b"fname,labels\n1.jpg," + b"x" * 200_000 + b"\n", "cannot be read as a table in line 2"),
        (b"fname,labels\n", "no images"),
    ],
)
def test_tables_that_are_none(tmp_path, content, words):
    put(tmp_path, {"train.csv": content})
    assert words in refusal(tmp_path)


def test_nothing_there(tmp_path):
    assert "There is no folder or table" in refusal(tmp_path / "gone")
    assert "No dataset was found" in refusal(tmp_path)
    put(tmp_path, {"1.jpg": IMAGE, "notes.txt": "x"})
    assert "No dataset was found" in refusal(tmp_path)


@pytest.mark.parametrize("task", ["single-label", "multi-label"])
def test_too_few(tmp_path, task):
    assert "Too few images for training: 1, and at least 2 are needed." in refusal(
        pascal(tmp_path / "a", [("1.jpg", "a", False), ("2.jpg", "b", True)]), task
    )
    assert "No image is for validation" in refusal(
        pascal(tmp_path / "b", [("1.jpg", "a", False), ("2.jpg", "b", False)]), task
    )
    assert "No image has a label" in refusal(pascal(tmp_path / "c", [("1.jpg", "", False)] * 1), task)


def test_one_label_tells_nothing_apart(tmp_path):
    folder = pascal(tmp_path, [(f"{n}.jpg", "dog") for n in range(5)], "fname,labels")
    assert "There is only one label, “dog”" in refusal(folder, "single-label")
    assert "There is only one label, “dog”" in refusal(folder, "multi-label")
    write_table(folder / "train.csv", "fname,labels", [(f"{n}.jpg", "dog" * (n > 2)) for n in range(5)])
    assert load(folder, "multi-label").vocab == ("dog",)


def test_labels_and_points_are_not_mixed_up(tmp_path):
    with pytest.raises(ValueError, match="points"):
        load(dataset_files.points(tmp_path / "p"), "points").targets()
    with pytest.raises(ValueError, match="multi-label"):
        load(pascal(tmp_path / "l"), "multi-label").points_px()


def test_a_problem_may_be_one_sentence_or_many():
    assert DatasetError("One.").problems == ("One.",)
    assert str(DatasetError(["One.", "Two."])) == "One.\nTwo."


def test_a_folder_is_listed_once_and_no_file_is_asked_for(tmp_path, monkeypatch):
    """What keeps 5,000 pictures at a fraction of a second: a stat for each file would take most of the time."""
    folder = many(tmp_path, count=400)
    asked, listed = [], []
    real_stat, real_scandir = os.stat, os.scandir
    monkeypatch.setattr(os, "stat", lambda *args, **kw: asked.append(args[0]) or real_stat(*args, **kw))
    monkeypatch.setattr(os, "scandir", lambda *args: listed.append(args) or real_scandir(*args))
    assert len(load(folder, "multi-label").table) == 400
    assert len(asked) < 40 and len(listed) == 2
