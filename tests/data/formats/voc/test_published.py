"""Pascal VOC as it is published: JPEGImages, Annotations and ImageSets."""

import pytest

from engine.data.formats import load
from tests import dataset_files
from tests.data.formats.reading import labels_by_name, refusal
from tests.dataset_files import put


def test_voc_is_read(tmp_path):
    dataset = load(dataset_files.voc(tmp_path), "multi-label")
    assert labels_by_name(dataset) == {
        "000001.jpg": ("dog",),
        "000002.jpg": ("cat",),
        "000003.jpg": (),
        "000004.jpg": ("dog", "person"),
        "000005.jpg": ("person",),
    }
    assert dataset.vocab == ("cat", "dog", "person")
    assert dataset.table["is_valid"].tolist() == [False, False, False, True, True]
    assert any("Left out: 1 image for test" in note for note in dataset.notes)


@pytest.mark.parametrize(("part", "valid"), [("train", False), ("val", True)])
def test_voc_agrees_with_torchvision(tmp_path, part, valid):
    from torchvision.datasets import VOCDetection

    folder = dataset_files.voc(tmp_path / "VOCdevkit" / "VOC2007")
    theirs = {
        annotation["filename"]: {thing["name"] for thing in annotation.get("object", [])}
        for _, read in VOCDetection(tmp_path, "2007", part)
        for annotation in [read["annotation"]]
    }
    ours = {
        name: set(labels) for name, labels in labels_by_name(load(folder, "multi-label").part(valid)).items()
    }
    assert ours == theirs and len(ours) >= 2


def test_voc_without_lists_takes_every_annotation(tmp_path):
    dataset = load(dataset_files.voc(tmp_path, lists={}), "multi-label")
    assert len(dataset.table) == 6 and dataset.table["is_valid"].sum() == 1


def test_voc_trainval_beyond_val_is_for_training(tmp_path):
    lists = {"trainval": [f"00000{n}" for n in range(1, 6)], "val": ["000002"]}
    assert load(dataset_files.voc(tmp_path, lists=lists), "multi-label").table["is_valid"].tolist() == [
        0,
        1,
        0,
        0,
        0,
    ]


def test_voc_points_are_middles_of_lone_boxes(tmp_path):
    objects = dataset_files.VOC_OBJECTS | {"000007": [("cat", 0, 0, 64, 48)]}
    lists = dataset_files.VOC_LISTS | {"train": ["000001", "000002", "000003", "000007"]}
    dataset = load(dataset_files.voc(tmp_path, objects, lists), "points")
    assert dataset.table["fname"].tolist() == [f"JPEGImages/00000{n}.jpg" for n in (2, 5, 7)]
    assert dataset.points_px().tolist() == [[7.0, 14.0], [20.5, 15.5], [32.0, 24.0]]
    assert any("3 images without exactly one object" in note for note in dataset.notes)


def test_voc_faults_are_told_together(tmp_path):
    folder = dataset_files.voc(
        tmp_path, lists=dataset_files.VOC_LISTS | {"val": ["000003", "000004", "000005", "000099"]}
    )
    (folder / "JPEGImages" / "000005.jpg").unlink()
    put(folder, {"Annotations/000001.xml": "<annotation><object>", "Annotations/000002.xml": ""})
    put(folder, {"Annotations/000003.xml": "<annotation><object><name> </name></object></annotation>"})
    said = refusal(folder)
    assert "in both train.txt and val.txt: 000003" in said
    assert "“Annotations” has no annotation for 1 name of the dataset: 000099" in said
    assert "“JPEGImages” has no image for 2 names of the dataset: 000005, 000099" in said
    assert "3 annotations cannot be read" in said and "an object has no name" in said


def test_a_bomb_in_an_annotation_is_not_unfolded(tmp_path):
    folder = dataset_files.voc(tmp_path)
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    bomb = (
        f'<!DOCTYPE a [<!ENTITY l0 "lol">{lol}]><annotation><object><name>&l8;</name></object></annotation>'
    )
    put(folder, {"Annotations/000001.xml": bomb})
    assert "1 annotation cannot be read" in " ".join(load(folder, "multi-label").notes)
