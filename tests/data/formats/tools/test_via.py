"""VGG Image Annotator: its projects, its JSON and its CSV give the labels and points that a person drew."""

import csv
import io
import json

import pytest

from engine.data.formats import detect
from engine.tasks import POINTS
from tests.data.formats.reading import labels_of, points_of, problems_of, told_of
from tests.dataset_files import IMAGE, put

LABELS = {"0.jpg": ["cat"], "1.jpg": ["dog"], "2.jpg": ["cat", "dog"], "3.jpg": [], "4.jpg": ["dog"]}
BOX = {"name": "rect", "x": 8, "y": 4, "width": 16, "height": 12}
LONE = {name: [16, 10] for name, labels in LABELS.items() if len(labels) == 1}


def region(label, shape=None, attribute="kind"):
    return {"shape_attributes": shape or BOX, "region_attributes": {attribute: label}}


def metadata(regions=lambda labels: [region(label) for label in labels], attributes=lambda labels: {}):
    return {
        f"{name}900": {"filename": name, "size": 900, "regions": regions(labels)}
        | {"file_attributes": attributes(labels)}
        for name, labels in LABELS.items()
    }


def as_json(folder, held):
    return put(folder, {"via.json": json.dumps(held)} | dict.fromkeys(LABELS, IMAGE))


def as_csv(folder, held):
    text = io.StringIO()
    header = [
        "filename",
        "file_size",
        "file_attributes",
        "region_count",
        "region_id",
        "region_shape_attributes",
    ]
    rows = csv.writer(text)
    rows.writerow([*header, "region_attributes"])
    for one in held.values():
        regions = one["regions"] or [{"shape_attributes": {}, "region_attributes": {}}]
        for at, each in enumerate(regions):
            objects = [json.dumps(each[key]) for key in ("shape_attributes", "region_attributes")]
            own = json.dumps(one["file_attributes"])
            rows.writerow([one["filename"], 900, own, len(one["regions"]), at, *objects])
    return put(folder, {"via.csv": text.getvalue()} | dict.fromkeys(LABELS, IMAGE))


def as_project(folder, held):
    return as_json(folder, {"_via_settings": {}, "_via_img_metadata": held, "_via_attributes": {}})


@pytest.mark.parametrize("write", [as_json, as_csv, as_project])
def test_regions_give_labels_and_points(tmp_path, write):
    folder = write(tmp_path, metadata())
    assert detect(folder).form == "via"
    assert labels_of(folder) == {name: set(labels) for name, labels in LABELS.items()}
    assert points_of(folder) == LONE


@pytest.mark.parametrize("write", [as_json, as_csv])
@pytest.mark.parametrize(
    "attribute", [lambda labels: {kind: kind in labels for kind in ("cat", "dog")}, lambda labels: labels[0]]
)
def test_attributes_of_images_are_labels(tmp_path, write, attribute):
    held = metadata(lambda labels: [], lambda labels: {"kind": attribute(labels or ["owl"])})
    expected = {name: set(labels or []) for name, labels in LABELS.items()}
    if isinstance(attribute(["cat"]), str):
        expected = {name: {(labels or ["owl"])[0]} for name, labels in LABELS.items()}
    assert labels_of(write(tmp_path, held)) == expected


@pytest.mark.parametrize(
    ("shape", "point"),
    [
        ({"name": "point", "cx": 3, "cy": 5}, [3, 5]),
        ({"name": "circle", "cx": 20, "cy": 9, "r": 4}, [20, 9]),
        ({"name": "polygon", "all_points_x": [8, 24, 24], "all_points_y": [4, 4, 16]}, [16, 10]),
    ],
)
def test_each_shape_has_a_place(tmp_path, shape, point):
    folder = as_json(tmp_path, metadata(lambda labels: [region(label, shape) for label in labels]))
    assert points_of(folder) == dict.fromkeys(LONE, point)


def test_regions_of_the_first_version_are_an_object(tmp_path):
    held = metadata(lambda labels: {str(at): region(label) for at, label in enumerate(labels)})
    assert labels_of(as_json(tmp_path, held))["2.jpg"] == {"cat", "dog"}


def test_several_attributes_are_a_question(tmp_path):
    folder = as_json(tmp_path, metadata(attributes=lambda labels: {"light": "dim"}))
    assert "several attributes: “light”, “kind”. Decide with --label-column" in problems_of(folder)
    assert labels_of(folder, label_columns=("kind",))["1.jpg"] == {"dog"}


def test_a_region_without_a_label_sets_its_image_aside(tmp_path):
    held = metadata()
    held["0.jpg900"]["regions"][0]["region_attributes"] = {}
    folder = as_json(tmp_path, held)
    assert "0.jpg" not in labels_of(folder) and "a region has no label" in told_of(folder)


def test_named_points_are_chosen_by_their_name(tmp_path):
    nose, tail = ({"name": "point", "cx": at, "cy": at + 1} for at in (10, 20))
    folder = as_csv(tmp_path, metadata(lambda labels: [region("nose", nose), region("tail", tail)]))
    assert detect(folder).task == POINTS
    assert "5 images have several points: “nose”, “tail”. Decide with --keypoint" in problems_of(
        folder, "points"
    )
    assert points_of(folder, keypoint="tail") == {name: [20, 21] for name in LABELS}
    assert points_of(folder, keypoint="1") == {name: [10, 11] for name in LABELS}
    assert "There is no object “ear”; the names of objects are “nose”, “tail”." in problems_of(
        folder, "points", keypoint="ear"
    )
