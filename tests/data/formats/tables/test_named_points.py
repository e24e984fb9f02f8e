"""Tables with several points for each image, in rows or in pairs of columns, and tables with boxes."""

import pytest

from engine.data.formats import detect
from engine.tasks import POINTS
from tests.data.formats.reading import labels_of, points_of, problems_of, told_of
from tests.dataset_files import IMAGE, put

NAMES = [f"{at}.jpg" for at in range(5)]


def table(folder, header, rows):
    return put(folder, {"points.csv": "\n".join([header, *rows])} | dict.fromkeys(NAMES, IMAGE))


@pytest.fixture
def landmarks(tmp_path):
    rows = [f"{name},{part},{x},{x + 1}" for name in NAMES for part, x in (("nose", 10), ("tail", 20))]
    return table(tmp_path, "image,part,x,y", rows[:-1])


def test_rows_of_several_points_are_a_question(landmarks):
    said = problems_of(landmarks, "points")
    assert "named by “part”: “nose”, “tail”. Decide with --keypoint" in said
    assert "There is no keypoint “ear”; the keypoints are “nose”, “tail”." in problems_of(
        landmarks, "points", keypoint="ear"
    )


def test_the_chosen_point_is_read_and_images_without_it_are_told(landmarks):
    assert points_of(landmarks, keypoint="tail") == {name: [20, 21] for name in NAMES[:-1]}
    assert "1 image without “tail”: 4.jpg" in told_of(landmarks, "points", keypoint="tail")
    assert points_of(landmarks, keypoint="1") == {name: [10, 11] for name in NAMES}


@pytest.mark.parametrize("headings", ["nose_x,nose_y,tail_x,tail_y", "x_nose,y_nose,x_tail,y_tail"])
def test_pairs_of_columns_are_a_question_and_no_labels(tmp_path, headings):
    folder = table(tmp_path, f"image,{headings}", [f"{name},10,11,20,21" for name in NAMES])
    assert "holds 2 points for each image: nose, tail" in problems_of(folder, "points")
    x, y = headings.split(",")[2:]
    assert points_of(folder, x_column=x, y_column=y) == {name: [20, 21] for name in NAMES}


def test_the_only_pair_of_columns_is_the_point(tmp_path):
    folder = table(tmp_path, "image,nose_x,nose_y", [f"{name},10,11" for name in NAMES])
    assert detect(folder).task == POINTS
    assert points_of(folder) == {name: [10, 11] for name in NAMES}


@pytest.mark.parametrize("sides", ["bbox_x,bbox_y,bbox_width,bbox_height", "Roi.X1,Roi.Y1,Roi.X2,Roi.Y2"])
def test_the_sides_of_a_box_are_no_labels(tmp_path, sides):
    box = "8,4,16,12" if "width" in sides else "8,4,24,16"
    rows = [f"{name},{box},{'cat' if at % 2 else 'dog'}" for at, name in enumerate(NAMES)]
    folder = table(tmp_path, f"image,{sides},ClassId", rows)
    assert labels_of(folder)["1.jpg"] == {"cat"}
    assert points_of(folder) == {name: [16, 10] for name in NAMES}


@pytest.mark.parametrize(
    ("commas", "point"), [(["10,125", "10,125", "10,125"], 10.125), (["10,5", "10,125", "9"], 10.125)]
)
def test_a_decimal_comma(tmp_path, commas, point):
    rows = [f'{name},"{commas[at % 3]}","{commas[at % 3]}"' for at, name in enumerate(NAMES)]
    assert points_of(table(tmp_path, "image,x,y", rows))["1.jpg"] == [point, point]


def test_a_comma_that_may_stand_between_thousands_sets_its_image_aside(tmp_path):
    rows = ['0.jpg,"1,011",12', *(f"{name},10,12" for name in NAMES[1:])]
    folder = table(tmp_path, "image,x,y", rows)
    assert "0.jpg" not in points_of(folder) and "“1,011”" in told_of(folder, "points")


def test_x_and_y_that_are_an_image_and_its_label(tmp_path):
    folder = table(tmp_path, "x,y", [f"{name},{'ab'[at % 2]}" for at, name in enumerate(NAMES)])
    assert labels_of(folder)["1.jpg"] == {"b"}
