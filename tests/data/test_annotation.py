"""What is labelled and what is not, on sources of every kind; and sets of bare pictures, labelled from nothing."""

import pytest

from engine.data import annotation, edits, formats, library
from engine.data.annotation import ALL, YOURS, Sheet, label_keys, next_of, toggled
from engine.data.checks import check
from engine.data.formats import DatasetError
from engine.data.formats.read_options import ReadOptions
from tests.dataset_files import IMAGE, pascal, points, put, voc


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    return tmp_path


def bare(home, count=6, task="multi-label"):
    """A dataset in the library about whose pictures nothing is said."""
    folder = put(home / "bare", {f"{number}.jpg": IMAGE for number in range(count)})
    return library.add("bare", task, in_place=folder, options=ReadOptions(format="pictures"))


def sheet_of(one) -> Sheet:
    source = annotation.read(one.data_path, one.task)
    return Sheet(source, edits.read(edits.home(one.data_path)))


# --- what has an answer


def test_pictures_kept_for_testing_are_not_asked_for(home):
    source = annotation.read(voc(home / "voc"), "multi-label")
    assert len(source.fnames) == 5 and not any("000006" in fname for fname in source.fnames)


def test_a_picture_kept_for_testing_that_was_labelled_all_the_same_is_there(home):
    one = library.add("voc", "multi-label", in_place=voc(home / "voc"))
    edits.add(one.folder, "JPEGImages/000006.jpg", edits.LABELS, ["dog"])
    assert sheet_of(one).those(YOURS) == ("JPEGImages/000006.jpg",)
    assert "JPEGImages/000006.jpg" in library.find("voc").record().table["fname"].tolist()


def test_empty_cells_and_pictures_beside_the_table_have_no_answer(home):
    folder = put(pascal(home / "set"), {"train/new.jpg": IMAGE, "elsewhere/other.jpg": IMAGE})
    sheet = sheet_of(library.add("set", "multi-label", in_place=folder))
    assert sheet.without == ("train/3.jpg", "train/new.jpg")
    assert sheet.on_empty.startswith("1 image has no label yet: training reads that as")
    assert sheet.labels("train/1.jpg") == ("dog", "bear")
    assert sheet.vocab == ("bear", "cat", "dog", "horse")
    assert "elsewhere/other.jpg" not in sheet.fnames


def test_an_empty_cell_is_told_as_the_check_and_the_training_take_it(home):
    one = library.add("set", "multi-label", in_place=pascal(home / "set"))
    checked = next(found for found in check(one.folder, "multi-label").findings if found.kind == "no label")
    assert "“none of the labels”" in checked.sentence and "“none of the labels”" in sheet_of(one).on_empty
    assert checked.fnames == sheet_of(one).without
    library.change(one, task="single-label")
    assert "the task single-label leaves out images" in sheet_of(library.find("set")).on_empty
    assert sheet_of(bare(home)).on_empty == ""


def test_nothing_of_these_is_an_answer_too_and_undo_takes_it_back(home):
    one = library.add("set", "multi-label", in_place=pascal(home / "set"))
    edits.add(one.folder, "train/3.jpg", edits.LABELS, [])
    assert sheet_of(one).without == ()
    assert sheet_of(one).those(YOURS) == ("train/3.jpg",)
    assert sheet_of(one).on_empty == ""
    edits.undo(one.folder)
    assert sheet_of(one).without == ("train/3.jpg",)


def test_a_picture_that_a_review_kept_is_answered(home):
    one = bare(home)
    edits.add(one.folder, "2.jpg", edits.KEPT)
    assert "2.jpg" not in sheet_of(one).without


def test_left_out_and_lost_pictures_are_not_gone_through(home):
    rows = [("1.jpg", "dog", False), ("gone.jpg", "", False), ("3.jpg", "", True)]
    folder = pascal(home / "set", rows)
    (folder / "train" / "gone.jpg").unlink()
    one = library.add("set", "multi-label", in_place=folder)
    edits.add(one.folder, "train/3.jpg", edits.LEFT_OUT)
    assert sheet_of(one).those(ALL) == ("train/1.jpg",)


def test_a_picture_whose_name_was_mended_is_there_once(home):
    folder = put(pascal(home / "set"), {"train/A.JPG": IMAGE})
    (folder / "train" / "1.jpg").unlink()
    one = library.add("set", "multi-label", in_place=folder)
    edits.add(one.folder, "train/1.jpg", edits.IMAGE, "train/A.JPG")
    sheet = sheet_of(one)
    assert sheet.fnames.count("train/A.JPG") == 1
    assert sheet.labels("train/A.JPG") == ("dog", "bear")


def test_points_of_a_table_in_shares_are_in_pixels(home):
    rows = [("1.jpg", 0.5, 0.25), ("2.jpg", 0.75, 0.5)]
    folder = put(points(home / "set", rows), {"images/new.jpg": IMAGE})
    one = library.add(
        "set", "points", in_place=folder, options=ReadOptions(format="points", units="fractions")
    )
    sheet = sheet_of(one)
    assert sheet.point("images/1.jpg") == (32, 12)
    assert sheet.without == ("images/new.jpg",)
    edits.add(one.folder, "images/new.jpg", edits.POINT, (20, 10))
    assert sheet_of(one).without == ()
    table = one.record().table.set_index("fname")
    assert table.loc["images/new.jpg", ["x", "y"]].tolist() == [20, 10]
    assert table.loc["images/1.jpg", ["x", "y"]].tolist() == [32, 12]


def test_voc_masks_are_no_pictures_to_be_labelled(home):
    folder = put(voc(home / "voc"), {"SegmentationClass/000001.png": IMAGE, "JPEGImages/new.jpg": IMAGE})
    sheet = sheet_of(library.add("voc", "multi-label", in_place=folder))
    assert "JPEGImages/new.jpg" in sheet.without
    assert not any(fname.startswith("Segmentation") for fname in sheet.fnames)


# --- from nothing


def test_pictures_alone_are_labelled_from_nothing_and_only_the_labelled_are_trained_on(home):
    one = bare(home)
    assert (sheet_of(one).vocab, len(sheet_of(one).without)) == ((), 6)
    with pytest.raises(DatasetError, match="None of its 6 images has a label yet"):
        one.record()
    edits.add(one.folder, ["bear", "cat"], edits.NEW_LABEL)
    assert sheet_of(one).vocab == ("bear", "cat")
    for number in range(4):
        edits.add(one.folder, f"{number}.jpg", edits.LABELS, ["bear", "cat"][: number % 2 + 1])
    record = one.record()
    assert record.table["fname"].tolist() == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert record.vocab == ("bear", "cat")
    assert {True, False} == set(record.table["is_valid"])
    assert "2 images are unused until they get a label." in record.notes


def test_a_bare_picture_of_nothing_counts_as_labelled(home):
    one = bare(home)
    edits.add(one.folder, ["0.jpg", "1.jpg", "2.jpg"], edits.LABELS, ["bear"])
    edits.add(one.folder, ["3.jpg", "4.jpg"], edits.LABELS, [])
    assert one.record().table["labels"].tolist().count(()) == 2


def test_points_are_set_from_nothing(home):
    one = bare(home, task="points")
    with pytest.raises(DatasetError, match="images has a point yet"):
        one.record()
    edits.add_each(one.folder, edits.POINT, {f"{n}.jpg": (10 + n, 20) for n in range(5)})
    record = formats.load(one.data_path, "points")
    assert record.points_px().tolist() == [[10 + n, 20] for n in range(5)]
    assert record.sizes_wh().tolist() == [[64, 48]] * 5


# --- going through


def test_the_next_picture_goes_round_and_passes_over_what_does_not_fit():
    fnames = ["a", "b", "c", "d"]
    assert next_of(fnames, "b") == "c"
    assert next_of(fnames, "d") == "a"
    assert next_of(fnames, "b", lambda fname: fname in "ab") == "a"
    assert next_of(fnames, None) == "a"
    assert next_of(["a"], "a") is None
    assert next_of([], "a") is None


def test_the_most_uncertain_comes_first_and_the_unseen_last():
    assert annotation.by_uncertainty(["a", "b", "c", "d"], {"b": 0.1, "d": 0.9}) == ["d", "b", "a", "c"]


def test_toggled():
    assert toggled(("a", "b"), "a") == ("b",)
    assert toggled(("a",), "b") == ("a", "b")


# --- labels and keys


def test_every_label_has_a_key_of_its_own_as_long_as_there_are_keys():
    vocab = [f"label {number}" for number in range(50)]
    keys = label_keys(vocab)
    assert list(keys.values())[:9] == list("123456789")
    assert len(keys) == len(set(keys.values())) == 9 + 26
    assert label_keys([*"123456789", "Äffchen", "ape", "42"])["Äffchen"] == "f"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("  ", "1 to 60"),
        ("x" * 61, "1 to 60"),
        ("a,b", "comma"),
        ("Polar-Bear", "There is already a label “polar bear”"),
    ],
)
def test_a_label_that_cannot_be_is_one_sentence(text, says):
    with pytest.raises(ValueError, match=says):
        annotation.checked_label(text, ["polar bear"])
    assert annotation.checked_label("  brown\n bear ", ["polar bear"]) == "brown bear"
    assert annotation.checked_label("<script>", []) == "<script>"


def test_added_labels_follow_and_keep_the_keys_of_the_others(home):
    one = library.add("set", "multi-label", in_place=pascal(home / "set"))
    before = label_keys(sheet_of(one).vocab)
    edits.add(one.folder, "ape", edits.NEW_LABEL)
    edits.add(one.folder, "train/1.jpg", edits.LABELS, ["zebra", "dog"])
    assert sheet_of(one).vocab == ("bear", "cat", "dog", "horse", "ape", "zebra")
    assert before.items() <= label_keys(sheet_of(one).vocab).items()
