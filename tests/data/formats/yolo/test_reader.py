"""YOLO datasets: classes, boxes, keypoints, outlines, splits and names, as Ultralytics and Darknet write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.formats import detect, load
from engine.data.formats.files.yaml_text import read_yaml
from engine.data.formats.yolo.labels import Line, Shape, point_of, read_lines
from tests import format_samples
from tests.data.formats.reading import labels_of, points_of, problems_of, told_of, valid_of
from tests.dataset_files import IMAGE, put
from tests.format_samples import CLASSES, MIDDLE

NUMBERS = range(6)


def dataset(folder, line="{k} 0.5 0.5 0.2 0.2", yaml="names: [cat, dog, owl]", count=6, **files):
    """`count` images in images/, each with a line whose {k} is 0, 1, 2, 0 ..., and data.yaml."""
    put(folder, {f"images/{n}.jpg": IMAGE for n in range(count)})
    put(folder, {f"labels/{n}.txt": line.format(k=n % 3) + "\n" for n in range(count)})
    return put(folder, {"data.yaml": yaml, **files})


def test_points_are_middles_in_pixels(tmp_path):
    found = load(format_samples.yolo(tmp_path), "points")
    np.testing.assert_allclose(found.points_px(), [MIDDLE] * 3, atol=1e-4)


def test_without_names_classes_are_numbers(tmp_path):
    assert load(format_samples.yolo(tmp_path, names=False), "multi-label").vocab == ("0", "1", "2")
    assert "their numbers are their names" in " ".join(detect(tmp_path).reasons)


@pytest.mark.parametrize(
    "text",
    ["names: [bear, cat, dog]", "names:\n  0: bear\n  1: cat\n  2: dog", "names:\n- bear\n- cat\n- dog"],
)
def test_names_in_yaml(tmp_path, text):
    put(format_samples.yolo(tmp_path, names=False), {"data.yaml": f"train: ../../etc\nnc: 3\n{text}\n"})
    assert load(tmp_path, "multi-label").vocab == CLASSES


@pytest.mark.parametrize(
    "names", [["off", "on", "yes"], ["1_000", "0x1F", "12:30"], ["null", "~", "2024-01-01"]]
)
def test_names_stay_the_text_that_is_written(tmp_path, names):
    folder = dataset(tmp_path, yaml=f"names: [{', '.join(names)}]")
    assert set(load(folder, "single-label").vocab) == set(names)


@pytest.mark.parametrize(
    "names", ["{0: a, 1: b, 2: c}", "{0: a, 2: c, 1: b, 7: z}", "{'0': a, '1': b, '2': c}"]
)
def test_numbered_names_need_no_order_and_may_have_gaps(tmp_path, names):
    assert labels_of(dataset(tmp_path, yaml=f"names: {names}"))["2.jpg"] == {"c"}


def test_a_class_without_a_name_is_told_with_the_likely_reason(tmp_path):
    folder = dataset(tmp_path, yaml="names: [cat, dog]", line="{k} 0.5 0.5 0.1 0.1")
    assert "names the classes 0 to 1, but objects have the class 2; name it." in problems_of(folder)
    put(folder, {f"labels/{n}.txt": f"{1 + n % 2} 0 0 0 0" for n in NUMBERS})
    assert "if the text files count from 1" in problems_of(folder)
    assert len(points_of(folder)) == 6


@pytest.mark.parametrize(
    "text",
    [
        "names: !!python/object/apply:os.system ['touch ran']",
        "names: [[a, b], c]",
        "names: {one: a}",
        "names: " + "[" * 10_000,
        "a: &a [x, x]\nb: &b [*a, *a]\nnames: [*b, *b]",
        "names: 7",
        "names: [a, b, c]\nnames: [c, b, a]",
        "names: [ä, b, c]".encode("latin-1"),
    ],
)
def test_yaml_that_is_no_list_of_names_is_refused_and_never_run(tmp_path, text, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(format_samples.yolo(tmp_path, names=False), {"data.yaml": text})
    assert "should name the classes, cannot be read" in problems_of(tmp_path)
    assert not (tmp_path / "ran").exists()


def test_files_that_name_classes_differently_are_refused(tmp_path):
    folder = dataset(tmp_path, **{"labels/classes.txt": "dog\ncat\nowl\n"})
    assert "“data.yaml” calls class 0 “cat”, and “labels/classes.txt” calls it “dog”" in problems_of(folder)
    put(folder, {"labels/classes.txt": "cat\n\ndog\n"})
    assert "line 2 is empty" in problems_of(folder)


@given(
    st.dictionaries(
        st.text("abcäß019_yesno.-", min_size=1), st.lists(st.text("anyes01.~", min_size=1)), max_size=4
    )
)
def test_yaml_keeps_every_quoted_word(held):
    quoted = {key: "[" + ", ".join(f'"{word}"' for word in words) + "]" for key, words in held.items()}
    assert read_yaml("\n".join(f'"{key}": {words}' for key, words in quoted.items())) == held


# --- lines ------------------------------------------------------------------------------------------------------


def test_lines_are_read_or_told(tmp_path):
    assert read_lines("0.0 0.1 0.2 0.3 0.4\n\n3 0 0 1 1 0.9") == [
        Line(0, (0.1, 0.2, 0.3, 0.4), 1),
        Line(3, (0, 0, 1, 1, 0.9), 3),
    ]
    for line in ("1 2 3", "a 0 0 0 0", "-1 0 0 0 0", "1 0 0 nan 0", "0.5 0 0 0 0", "1e99 0 0 0 0"):
        with pytest.raises(ValueError, match="line 1"):
            read_lines(line)


def test_a_bad_text_file_is_set_aside_and_a_bad_number_matters_for_points_only(tmp_path):
    folder = dataset(tmp_path)
    put(folder, {"labels/1.txt": "what is this", "labels/2.txt": "2 0.5 7.5 0.1 0.1"})
    assert "1.jpg" not in labels_of(folder) and labels_of(folder)["2.jpg"] == {"owl"}
    assert "1 text file cannot be read: “labels/1.txt” (line 1 is not a class and numbers)" in told_of(folder)
    assert points_of(folder).keys() == {"0.jpg", "3.jpg", "4.jpg", "5.jpg"}
    assert "line 1 has 7.5, which is not between 0 and 1" in told_of(folder, "points")


def test_numbers_slightly_outside_are_moved_to_the_edge():
    assert point_of(Line(0, (1.004, -0.001, 0.1, 0.1), 1), Shape()) == (1.0, 0.0)
    assert point_of(Line(0, (0.2, 0.2, 0.8, 0.2, 0.8, 1.003), 1), Shape()) == (0.5, 0.6)


# --- keypoints and outlines -------------------------------------------------------------------------------------

BOX = "0 0.5 0.5 0.4 0.4"


@pytest.mark.parametrize(
    ("more", "shape", "keypoint", "point"),
    [
        ("0.25 0.25", "[1, 2]", None, [16, 12]),
        ("0.25 0.25 1", "[1, 3]", None, [16, 12]),
        ("0.25 0.25 2 0.75 0.5 2", "[2, 3]", "2", [48, 24]),
        ("0.25 0.25 0.75 0.5", "[2, 2]", "box", [32, 24]),
        ("0.25 0.25 2 0.75 0.5 1", None, None, [16, 12]),
    ],
)
def test_keypoints(tmp_path, more, shape, keypoint, point):
    yaml = f"names: [cat]\nkpt_shape: {shape}" if shape else "names: [cat]"
    folder = dataset(tmp_path, f"{BOX} {more}", yaml)
    assert points_of(folder, keypoint=keypoint) == {f"{n}.jpg": point for n in NUMBERS}
    assert "keypoint" in told_of(folder, "points", keypoint=keypoint)
    assert not shape or detect(folder).task == "points"


def test_named_keypoints_and_those_that_are_not_labelled(tmp_path):
    yaml = "names: [cat]\nkpt_shape: [2, 3]\nkpt_names: {0: [nose, tail]}"
    folder = dataset(tmp_path, f"{BOX} 0.25 0.25 2 0.75 0.5 2", yaml)
    put(folder, {"labels/1.txt": f"{BOX} 0 0 0 0.75 0.5 2"})
    assert "1.jpg" not in points_of(folder) and points_of(folder, keypoint="tail")["1.jpg"] == [48, 24]
    assert "keypoint is not labelled: images/1.jpg" in told_of(folder, "points")
    assert "There is no keypoint “ear”; the keypoints are nose, tail, or “box”." in problems_of(
        folder, "points", keypoint="ear"
    )


def test_outlines_or_keypoints_is_a_question_for_points_alone(tmp_path):
    folder = dataset(tmp_path, "0 0.25 0.25 0.75 0.25 0.75 0.5 0.25 0.5", "names: [cat]")
    assert "--keypoint" in problems_of(folder, "points") and "kpt_shape: [2, 2]" in problems_of(
        folder, "points"
    )
    assert points_of(folder, keypoint="box")["0.jpg"] == [32, 18]
    assert points_of(folder, keypoint="1")["0.jpg"] == [48, 24]
    put(folder, {"labels/1.txt": "0 0.25 0.25 0.75 0.25 0.75 0.5"})
    assert points_of(folder)["0.jpg"] == [32, 18]


def test_wrong_kpt_shape_stops_points_only(tmp_path):
    folder = dataset(tmp_path, yaml="names: [cat, dog, owl]\nkpt_shape: [1, 4]")
    assert "“kpt_shape” in “data.yaml” must be" in problems_of(folder, "points")
    assert labels_of(folder)["1.jpg"] == {"dog"}


# --- splits -----------------------------------------------------------------------------------------------------


def test_parts_and_same_names_in_both(tmp_path):
    train = {"1.jpg": ("dog",), "2.jpg": ("cat",)}
    format_samples.yolo(tmp_path, "train/images", "train/labels", kinds=train)
    format_samples.yolo(tmp_path, "valid/images", "valid/labels", kinds={"1.jpg": ("bear",), "3.jpg": ()})
    table = load(tmp_path, "multi-label").table
    assert table["labels"].tolist() == [("dog",), ("cat",), ("bear",), ()]
    assert table["is_valid"].tolist() == [False, False, True, True]


LISTS = {
    "a.txt": "./images/0.jpg\n/home/me/set/images/1.jpg\nC:\\set\\images\\2.jpg\n",
    "b.txt": "images/5.jpg\n",
}


@pytest.mark.parametrize(
    "config",
    [
        {"data.yaml": "names: [cat, dog, owl]\ntrain: a.txt\nval: b.txt"},
        {"data.yaml": "path: ../set\nnames: [cat, dog, owl]\ntrain: [a.txt]\nval: [b.txt]"},
        {
            "data.yaml": "",
            "obj.data": "classes = 3\ntrain = data/a.txt\nvalid = data/b.txt",
            "obj.names": "cat\ndog\nowl",
        },
    ],
)
def test_lists_divide_the_images_and_others_are_left_out(tmp_path, config):
    folder = put(dataset(tmp_path), {**LISTS, **config})
    assert valid_of(folder) == ["5.jpg"] and labels_of(folder).keys() == {"0.jpg", "1.jpg", "2.jpg", "5.jpg"}
    assert "Left out: 2 images in no part of" in told_of(folder)


def test_folders_of_another_place_divide_the_images(tmp_path):
    yaml = "names: [cat, dog, owl]\ntrain: ../train/images\nval: ../valid/images\ntest: ../test/images"
    for part, numbers in {"train": (0, 1, 2), "valid": (3,), "test": (4, 5)}.items():
        put(tmp_path, {f"{part}/images/{n}.jpg": IMAGE for n in numbers})
        put(tmp_path, {f"{part}/labels/{n}.txt": f"{n % 3} 0 0 0 0" for n in numbers})
    put(tmp_path, {"data.yaml": yaml})
    assert valid_of(tmp_path) == ["3.jpg"] and labels_of(tmp_path).keys() == {f"{n}.jpg" for n in range(4)}


def test_train_and_test_alone_let_test_validate(tmp_path):
    folder = put(
        dataset(tmp_path),
        {"train.txt": "images/0.jpg\nimages/1.jpg\nimages/2.jpg", "test.txt": "images/3.jpg"},
    )
    put(folder, {"data.yaml": "names: [cat, dog, owl]\ntrain: train.txt\ntest: test.txt"})
    assert valid_of(folder) == ["3.jpg"] and "test is used as validation" in told_of(folder)


def test_the_same_images_for_both_parts_are_divided_by_chance(tmp_path):
    folder = dataset(tmp_path, yaml="names: [cat, dog, owl]\ntrain: images\nval: images")
    assert len(valid_of(folder)) == 1 and "the same images for training and validation" in told_of(folder)


def test_an_image_for_training_and_validation_stops(tmp_path):
    lists = {"train.txt": "images/0.jpg\nimages/1.jpg", "val.txt": "images/1.jpg\nimages/2.jpg"}
    assert "for training and for another part: images/1.jpg" in problems_of(put(dataset(tmp_path), lists))


def test_a_list_that_names_nothing_is_told(tmp_path):
    folder = dataset(tmp_path, yaml="names: [cat, dog, owl]\ntrain: images\nval: elsewhere/val.txt")
    assert "“data.yaml” names “elsewhere/val.txt”, but there is no such image." in told_of(folder)
