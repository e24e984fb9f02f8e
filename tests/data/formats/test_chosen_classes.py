"""The classes that a person chose, in formats that name classes in different ways, and files that are no dataset."""

import pytest

from engine.data.formats import DatasetError, detect, load
from engine.data.formats.read_options import ReadOptions
from tests.dataset_files import IMAGE, put

LABELS = ("hen", "fox", "owl")
NAMES = [f"{at}.jpg" for at in range(9)]


def coco() -> dict:
    labels = [
        {"id": at + 1, "image_id": at, "category_id": at % 3 + 1, "bbox": [0, 0, 1, 1]} for at in range(9)
    ]
    return {
        "images": [{"id": at, "file_name": name, "width": 8, "height": 8} for at, name in enumerate(NAMES)],
        "categories": [{"id": at, "name": label} for at, label in enumerate(LABELS, 1)],
        "annotations": labels,
    }


def written(home, form):
    import json

    images = {name: IMAGE for name in NAMES}
    if form == "coco":
        return put(home, images | {"instances.json": json.dumps(coco())})
    if form == "folders":
        return put(home, {f"{LABELS[at % 3]}/{name}": IMAGE for at, name in enumerate(NAMES)})
    rows = [f"{name},{LABELS[at % 3]}" for at, name in enumerate(NAMES)]
    return put(home, images | {"labels.csv": "\n".join(["image,label", *rows, ""])})


@pytest.mark.parametrize("form", ["coco", "folders", "cells"])
def test_chosen_classes_are_kept_and_misspelt_ones_are_named(tmp_path, form):
    folder = written(tmp_path / "set", form)
    assert load(folder, "single-label", ReadOptions(classes=("hen", "fox"))).vocab == ("fox", "hen")
    some = load(folder, "multi-label", ReadOptions(classes=("hen", "fox", "howl")))
    assert some.vocab == ("fox", "hen") and "No image has the label “howl” (--classes)." in some.notes
    for read in (detect, lambda path, options: load(path, "multi-label", options)):
        with pytest.raises(DatasetError, match="No image has the label “cow”"):
            read(folder, options=ReadOptions(classes=("cow",)))


@pytest.mark.parametrize(
    ("name", "says"),
    [("0.jpg", "is an image: give the folder"), ("notes.csv", "has no column that names images")],
)
def test_a_file_that_describes_no_images_does_not_stand_for_its_folder(tmp_path, name, says):
    home = {f"{label}/{at}.jpg": IMAGE for label in LABELS for at in range(3)}
    folder = put(tmp_path / "set", home | {"0.jpg": IMAGE, "notes.csv": "hello\nyou\n"})
    assert load(folder, "single-label").vocab == tuple(sorted(LABELS))
    for read in (detect, lambda path: load(path, "single-label")):
        with pytest.raises(DatasetError, match=says):
            read(folder / name)
