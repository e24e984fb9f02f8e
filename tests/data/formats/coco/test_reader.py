"""COCO datasets: as published, of several files, with ids of any type, and beside what is not read."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.formats import load
from tests import format_samples
from tests.data.formats.reading import labels_of, points_of, problems_of, told_of, valid_of
from tests.dataset_files import IMAGE, put
from tests.format_samples import KINDS, NAMES

CATEGORIES = [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog", "keypoints": ["nose", "tail"]}]


def coco(names, first=0, **more) -> dict:
    """A file of images with one object each: a cat, a dog, a cat ..."""
    images = [{"id": first + at, "file_name": name} for at, name in enumerate(names)]
    annotations = [
        {"id": at, "image_id": first + at, "category_id": 1 + at % 2, "bbox": [8, 4, 16, 12]} | more
        for at in range(len(names))
    ]
    return {"images": images, "annotations": annotations, "categories": [*CATEGORIES]}


def write(folder, files: dict[str, object], images=()) -> Path:
    put(folder, {name: json.dumps(held) for name, held in files.items()})
    return put(folder, {name: IMAGE for name in images})


def in_folder(folder, names):
    return [f"{folder}/{name}" for name in names]


@given(
    st.lists(st.sets(st.sampled_from(["ant", "bee", "fly"]), max_size=3), min_size=5, max_size=7).filter(
        lambda rows: len(set().union(*rows)) >= 2 and len({frozenset(row) for row in rows}) > 1
    )
)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_agrees_with_pycocotools(tmp_path_factory, rows):
    from pycocotools.coco import COCO

    folder = tmp_path_factory.mktemp("coco")
    classes = ["ant", "bee", "fly"]
    held = {
        "images": [{"id": 7 * at, "file_name": f"{at}.jpg"} for at in range(len(rows))],
        "categories": [{"id": 3 * at + 1, "name": name} for at, name in enumerate(classes)],
        "annotations": [
            {
                "id": 10 * at + k,
                "image_id": 7 * at,
                "category_id": 3 * classes.index(name) + 1,
                "bbox": [at, k, 8, 6],
            }
            for at, row in enumerate(rows)
            for k, name in enumerate(sorted(row))
        ],
    }
    write(folder, {"a.json": held}, [f"{at}.jpg" for at in range(len(rows))])
    theirs = COCO(str(folder / "a.json"))
    objects = {one["file_name"]: theirs.imgToAnns[one["id"]] for one in theirs.imgs.values()}
    names = {one["id"]: one["name"] for one in theirs.loadCats(theirs.getCatIds())}
    assert labels_of(folder) == {
        name: {names[one["category_id"]] for one in ones} for name, ones in objects.items()
    }
    middles = {name: ones[0]["bbox"] for name, ones in objects.items() if len(ones) == 1}
    if len(middles) > 3:
        assert points_of(folder) == {name: [x + w / 2, y + h / 2] for name, (x, y, w, h) in middles.items()}


def test_as_published(tmp_path):
    """Every part lists its images three times; labels come from instances, points from keypoints."""
    train, val = NAMES[:4], NAMES[4:]
    files = {}
    for part, names, first in (("train", train, 0), ("val", val, 50)):
        keypoints = coco(names, first, keypoints=[20, 30, 2, 0, 0, 0])
        captions = {"images": keypoints["images"], "annotations": [{"image_id": first, "caption": "a cat"}]}
        files[f"annotations/instances_{part}2017.json"] = coco(names, first)
        files[f"annotations/person_keypoints_{part}2017.json"] = keypoints
        files[f"annotations/captions_{part}2017.json"] = captions
    folder = write(tmp_path, files, in_folder("train2017", train) + in_folder("val2017", val))
    assert labels_of(folder) == {name: {"dog" if at % 2 else "cat"} for at, name in enumerate(NAMES)}
    assert valid_of(folder) == val
    assert points_of(folder) == {name: [20, 30] for name in NAMES}
    assert "captions_train2017.json" in told_of(folder) and "person_keypoints_val2017.json" in told_of(folder)
    one = folder / "annotations/instances_train2017.json"
    assert labels_of(one).keys() == {*train}


def test_equal_names_in_both_parts_stay_apart(tmp_path):
    files = {"annotations/train.json": coco(NAMES[:4]), "annotations/val.json": coco(NAMES[1:3])}
    folder = write(tmp_path, files, in_folder("train", NAMES[:4]) + in_folder("val", NAMES[1:3]))
    table = load(folder, "multi-label").table
    assert dict(zip(table["fname"], table["labels"], strict=True))["val/2.jpg"] == ("cat",)
    assert table["is_valid"].tolist() == [False] * 4 + [True] * 2


@pytest.mark.parametrize("kind", [str, float, lambda number: f" {number} "])
def test_ids_of_other_types_are_the_same(tmp_path, kind):
    held = coco(NAMES)
    for one in held["annotations"]:
        one["image_id"], one["category_id"] = kind(one["image_id"]), kind(one["category_id"])
    assert labels_of(write(tmp_path, {"a.json": held}, NAMES))["2.jpg"] == {"dog"}


def test_ids_that_two_things_have_stop(tmp_path):
    held = coco(NAMES)
    held["images"][1]["id"] = 0
    held["categories"].append({"id": 2, "name": "fox"})
    said = problems_of(write(tmp_path, {"a.json": held}, NAMES))
    assert "have the id of another image (1): image 2 of “a.json”" in said
    assert "have the id of another category (1): “fox” and “dog”" in said


@pytest.mark.parametrize("box", [[float("nan"), 1, 2, 2], [1, 1, None, None], "none", [1, 2], {}])
def test_a_box_matters_for_points_only(tmp_path, box):
    held = coco(NAMES)
    held["annotations"][1]["bbox"] = box
    folder = write(tmp_path, {"a.json": held}, NAMES)
    assert labels_of(folder)["2.jpg"] == {"dog"}
    assert points_of(folder).keys() == {*NAMES} - {"2.jpg"}
    assert "box or keypoints are not numbers (1): image 2 of “a.json”" in told_of(folder, "points")


def test_rows_that_say_nothing_are_set_aside_and_told(tmp_path):
    held = coco(NAMES)
    held["images"] += [{"id": 70}, "nonsense"]
    held["annotations"] += [{"image_id": 999, "category_id": 1}, {"image_id": 3, "category_id": 77}, 5]
    folder = write(tmp_path, {"a.json": held}, NAMES)
    told = told_of(folder)
    assert labels_of(folder).keys() == {*NAMES} - {"4.jpg"}
    assert "without a file name (1)" in told and "an image that is not listed (1)" in told
    assert "a category that is not listed (1): image 4" in told
    held["annotations"][1]["category_id"] = 55
    write(tmp_path, {"a.json": held})
    assert "2.jpg" not in labels_of(folder) and points_of(folder)["2.jpg"] == [16, 10]


def test_the_same_keypoint_everywhere(tmp_path):
    held = coco(NAMES, keypoints=[0, 0, 0, 40, 20, 2])
    held["annotations"][0]["keypoints"] = [10, 10, 2, 40, 20, 2]
    folder = write(tmp_path, {"a.json": held}, NAMES)
    assert points_of(folder, keypoint="tail") == {name: [40, 20] for name in NAMES}
    assert points_of(folder, keypoint="box") == {name: [16, 10] for name in NAMES}
    held["annotations"][1]["keypoints"] = held["annotations"][2]["keypoints"] = [11, 10, 1, 0, 0, 0]
    write(tmp_path, {"a.json": held})
    assert points_of(folder).keys() == {"1.jpg", "2.jpg", "3.jpg"}
    assert "where the keypoint “nose” is not labelled (3)" in told_of(folder, "points")
    assert "There is no keypoint “ear”" in problems_of(folder, "points", keypoint="ear")


def test_a_file_for_each_image(tmp_path):
    names = [f"p{n}.jpg" for n in range(23)]
    files = {
        f"ann/{name}.json": coco([name], first=1, category_id=1 + at % 2) for at, name in enumerate(names)
    }
    folder = write(tmp_path, files, in_folder("images", names))
    assert labels_of(folder) == {name: {"dog" if at % 2 else "cat"} for at, name in enumerate(names)}


def test_files_that_disagree_stop_and_files_that_agree_are_one(tmp_path):
    files = {"a.json": coco(NAMES), "b.json": coco(NAMES)}
    folder = write(tmp_path, files, NAMES)
    assert len(labels_of(folder)) == 6 and "listed by two files alike" in told_of(folder)
    files["b.json"]["annotations"][0]["category_id"] = 2
    write(folder, files)
    assert "“a.json” and “b.json” contradict each other about “1.jpg”" in problems_of(folder)
    assert labels_of(folder / "a.json")["1.jpg"] == {"cat"}


def test_a_file_of_which_no_image_is_there_is_left_out(tmp_path):
    files = {
        "annotations/instances_train2017.json": coco(["x.jpg"] * 1),
        "annotations/instances_val2017.json": coco(NAMES),
    }
    folder = write(tmp_path, files, in_folder("val2017", NAMES))
    assert labels_of(folder).keys() == {*NAMES} and "none of which is there" in told_of(folder)


def test_files_divide_the_pictures_and_test_is_left_out(tmp_path):
    format_samples.coco(tmp_path, NAMES[:3], "train/_annotations.coco.json", "train")
    format_samples.coco(tmp_path, NAMES[3:5], "valid/_annotations.coco.json", "valid")
    format_samples.coco(tmp_path, NAMES[5:], "test/_annotations.coco.json", "test")
    found = load(tmp_path, "multi-label")
    assert found.table["is_valid"].tolist() == [False, False, False, True, True]
    assert any("1 image for test" in note for note in found.notes)
    assert labels_of(tmp_path) == {name: set(KINDS[name]) for name in NAMES[:5]}


def test_values_of_any_type_are_refused_in_a_sentence(tmp_path):
    held = {
        "images": [{"id": [1], "file_name": {}}],
        "categories": [{"id": {}, "name": []}],
        "annotations": [{"image_id": [1], "category_id": {}}],
    }
    assert "without a file name" in problems_of(write(tmp_path, {"a.json": held}, NAMES))
