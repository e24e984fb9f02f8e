"""What a format cannot represent of a dataset is said before anything is written, by the engine and the command."""

import json

import pytest

from engine import __main__ as command_line
from engine.data.exports import ExportError, formats_for, plan_export
from engine.data.exports.export_format import BOXES, EMPTY, GROUPS, NAMES, SIZE, TURNED, UNUSED
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from tests.data.exports.round_trip import labelled, pointed
from tests.dataset_files import pascal
from tests.tiny_data import last_json

LABELS = {
    "a/1.jpg": ("cat",),
    "a/1.png": ("dog",),
    "b/1.jpg": (),
    "4.jpg": ("cat",),
    "5.jpg": ("dog",),
    "6.jpg": (),
}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pascal", set()),
        ("coco", {BOXES}),
        ("yolo", {BOXES, EMPTY, NAMES, GROUPS}),
        ("voc", {BOXES, EMPTY, NAMES, GROUPS}),
        ("label-studio", {GROUPS}),
        ("hugging-face", set()),
    ],
)
def test_the_limitations_of_each_format(home, name, expected):
    plan = plan_export(labelled(home / "set", LABELS, groups=["x", "y", None] * 2), MULTI_LABEL, name)
    assert {one.kind for one in plan.limitations} == expected
    for one in plan.limitations:
        assert one.sentence.endswith(".") and plan.format.short_title in one.sentence
        assert one.fnames or one.kind in (BOXES, GROUPS)


@pytest.mark.parametrize("name", formats_for(POINTS))
def test_points_without_groups_in_upright_images_need_no_word_but_for_boxes(home, name):
    plan = plan_export(pointed(home / "set", {f"{at}.jpg": (1, 2) for at in range(6)}), POINTS, name)
    assert {one.kind for one in plan.limitations} == ({BOXES} if name in ("coco", "yolo", "voc") else set())


def test_the_sentences_name_numbers_and_images(home):
    dataset = labelled(home / "set", LABELS, groups=["x", "y", None] * 2)
    told = {one.kind: one for one in plan_export(dataset, MULTI_LABEL, "voc").limitations}
    assert told[EMPTY].fnames == ("b/1.jpg", "6.jpg") and "2 images (b/1.jpg, 6.jpg)" in told[EMPTY].sentence
    assert told[GROUPS].sentence == (
        "Pascal VOC cannot store groups: the 2 groups of 4 images are lost, so a new split could put a group into"
        " both parts."
    )
    assert "3 images get another name: “a/1.jpg” becomes “a_1.jpg”" in told[NAMES].sentence
    [turned] = plan_export(
        pointed(home / "points", {f"{at}.jpg": (1, 2) for at in range(6)}, turned=("3.jpg",)),
        POINTS,
        "points",
    ).limitations
    assert (turned.kind, turned.fnames) == (TURNED, ("3.jpg",))


def test_one_label_leaves_out_images_with_none_or_several_in_folders_of_classes(home):
    labels = {f"{at}.jpg": (("cat", "dog")[at % 2],) for at in range(6)}
    dataset = labelled(home / "set", labels | {"x.jpg": (), "y.jpg": ("cat", "bear")})
    plan = plan_export(dataset, SINGLE_LABEL, "yolo")
    [unused] = [one for one in plan.limitations if one.kind == UNUSED]
    assert unused.fnames == ("x.jpg", "y.jpg") and "with them “bear”" in unused.sentence
    assert len(plan.contents.images) == 6


def test_an_export_that_could_not_be_imported_again_says_so(home, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_FILES", "8")
    dataset = labelled(home / "set", LABELS)
    [size] = [one for one in plan_export(dataset, MULTI_LABEL, "yolo").limitations if one.kind == SIZE]
    assert "13 files, and the limit is 8" in size.sentence
    assert not [one for one in plan_export(dataset, MULTI_LABEL, "pascal").limitations if one.kind == SIZE]


# --- what is refused ----------------------------------------------------------------------------------------------


def test_a_label_that_would_be_read_as_something_else_is_named(home):
    dataset = labelled(home / "set", {f"{at}.jpg": (("a,b", "c")[at % 2],) for at in range(6)})
    with pytest.raises(ExportError, match="cannot hold"):
        plan_export(dataset, MULTI_LABEL, "pascal")
    for name in ("coco", "yolo", "voc", "label-studio", "hugging-face"):
        assert plan_export(dataset, MULTI_LABEL, name)


def test_labels_with_spaces_are_separated_by_bars(home):
    labels = {"1.jpg": ("traffic light",), "2.jpg": ("cat", "traffic light"), "3.jpg": (), "4.jpg": ("cat",)}
    plan = plan_export(labelled(home / "set", labels), MULTI_LABEL, "pascal")
    assert "traffic light|" in plan.contents.texts["train.csv"]


def test_a_class_that_cannot_be_a_folder_is_named(home):
    dataset = labelled(home / "set", {f"{at}.jpg": (("a/b", "c")[at % 2],) for at in range(6)})
    with pytest.raises(ExportError, match="no folder can be called “a/b”"):
        plan_export(dataset, SINGLE_LABEL, "yolo")


@pytest.mark.parametrize("name", ["../1.jpg", "a\\b.jpg", "__MACOSX/1.jpg", "x\n.jpg"])
def test_a_name_that_no_archive_may_have_is_refused(home, name):
    dataset = labelled(home / "set" / "in", {f"{at}.jpg": (("a", "b")[at % 2],) for at in range(6)})
    table = dataset.table.assign(fname=[name, *dataset.table["fname"][1:]])
    with pytest.raises(ExportError, match="no archive may have such a name"):
        plan_export(
            type(dataset)("made", MULTI_LABEL, dataset.folder, table, dataset.vocab), MULTI_LABEL, "coco"
        )


def test_a_format_for_another_task_is_refused(home):
    dataset = labelled(home / "set", LABELS)
    with pytest.raises(ExportError, match="does not hold multi-label; choose one of pascal, coco"):
        plan_export(dataset, MULTI_LABEL, "points")


# --- the command --------------------------------------------------------------------------------------------------


def test_the_command_says_the_limitations_and_writes_the_zip(home, capsys):
    out, folder = home / "x" / "out.zip", str(pascal(home / "set"))
    arguments = ["export-data", folder, "--task", MULTI_LABEL, "--out", str(out), "--format"]
    assert command_line.main([*arguments, "yolo"]) == 0
    told = capsys.readouterr()
    assert "1 image (train/3.jpg)" in told.err and out.is_file()
    record = last_json(told.out)
    assert (record["file"], record["images"]) == (str(out), 6)
    assert [(one["kind"], one["image_count"]) for one in record["limitations"]] == [(BOXES, 0), (EMPTY, 1)]
    assert command_line.main([*arguments, "points"]) == 2
    assert json.dumps(record) and "choose one of" in capsys.readouterr().err
