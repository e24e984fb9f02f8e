"""A table with a point for each image, in pixels, shares, percent or -1..1."""

import numpy as np
import pytest

from engine.data.formats import detect, load
from engine.data.formats.forms import FORMS
from engine.data.formats.read_options import FORM_NAMES, SEPARATORS, UNITS, ReadOptions
from engine.data.formats.tables.point_columns import in_pixels
from tests import dataset_files
from tests.data.formats.reading import refusal
from tests.dataset_files import IMAGE, points, put


def test_points_are_read_with_sizes_from_headers(tmp_path):
    dataset_files.points(tmp_path)
    put(tmp_path, {"images/1.jpg": IMAGE[:-40]})
    dataset = load(tmp_path, "points")
    assert dataset.points_px().tolist() == [[10 * n, 8 * n] for n in range(1, 6)]
    assert dataset.sizes_wh().tolist() == [[64, 48]] * 5
    assert dataset.table.columns.tolist() == ["fname", "x", "y", "is_valid", "width", "height"]


def test_points_are_in_pixels_of_the_upright_picture(tmp_path):
    """The file's rows are 48 wide and 64 high, and its EXIF turns them: a point at x = 60 is inside."""
    dataset = load(
        dataset_files.points(tmp_path, [(f"{n}.jpg", 60, 40) for n in range(4)], image=dataset_files.TURNED),
        "points",
    )
    assert dataset.sizes_wh().tolist() == [[64, 48]] * 4
    assert "outside" in refusal(
        dataset_files.points(
            tmp_path / "b", [(f"{n}.jpg", 40, 60) for n in range(4)], image=dataset_files.TURNED
        ),
        "points",
    )


def test_points_on_the_edge_are_inside(tmp_path):
    rows = [("1.jpg", 0, 0), ("2.jpg", 64, 48), ("3.jpg", 0, 48), ("4.jpg", 64, 0)]
    assert len(load(dataset_files.points(tmp_path, rows), "points").table) == 4


def test_points_of_a_group_stay_together(tmp_path):
    rows = [(f"{n}.jpg", 5, 6, f"video{n // 4}") for n in range(12)]
    dataset = load(dataset_files.points(tmp_path, rows, "fname,x,y,group"), "points", valid_share=0.3)
    assert (dataset.table.groupby("group")["is_valid"].nunique() == 1).all()


def test_images_without_a_point_are_set_aside(tmp_path):
    """Most of a table may wait for its points; an empty row next to a full one of the same image changes nothing."""
    rows = [(f"{n}.jpg", 5, 6) if n < 4 else (f"{n}.jpg", "", "nan") for n in range(12)] + [("0.jpg", "", "")]
    dataset = load(dataset_files.points(tmp_path, rows), "points")
    assert sorted(dataset.table["fname"]) == [f"images/{n}.jpg" for n in range(4)]
    assert any(note.startswith("Set aside 8 images. Without x and y: line 6,") for note in dataset.notes)


def test_a_table_without_any_point_is_refused(tmp_path):
    rows = [(f"{n}.jpg", "", "") for n in range(4)]
    assert "No image has a point; x and y are empty: line 2" in refusal(
        dataset_files.points(tmp_path, rows), "points"
    )


def test_point_faults_are_told_together(tmp_path):
    rows = [
        ("1.jpg", 64.5, 10),
        ("2.jpg", -1, 10),
        ("3.jpg", "left", 10),
        ("4.jpg", "nan", 10),
        ("5.jpg", 1, 2),
        ("gone.jpg", 1, 2),
    ]
    dataset_files.points(tmp_path, rows)
    (tmp_path / "images" / "gone.jpg").unlink()
    put(tmp_path, {"images/5.jpg": "no image"})
    said = refusal(tmp_path, "points")
    assert "2 points outside the image: images/1.jpg in line 2 has (64.5, 10) in 64 x 48 pixels" in said
    assert "x and y must be numbers, in pixels: “left”, “10” in line 4, “nan”, “10” in line 5" in said
    assert "Not found in “images”: 1 of the 6 images that the table names: gone.jpg." in said
    assert "“5.jpg” is a text file" in said


def test_points_as_shares_are_recognized(tmp_path):
    folder = dataset_files.points(tmp_path, [(f"{n}.jpg", 0.1 * n, -0.1 * n) for n in range(5)])
    dataset = load(folder, "points")
    width, height = dataset.table.iloc[1][["width", "height"]]
    assert dataset.points_px()[1].tolist() == pytest.approx([0.55 * width, 0.45 * height])
    assert ("units", "-1..1") in [(one.what, one.value) for one in dataset.assumptions]
    assert "outside the image" in refusal(folder, "points", options=ReadOptions(units="pixels"))


TRUE = [(10 * n, 7 * n) for n in range(1, 7)]


def written_as(unit: str, x: float, y: float) -> tuple:
    shares = x / 64, y / 48
    return {
        "pixels": (x, y),
        "fractions": shares,
        "percent": tuple(f"{100 * share}%" for share in shares),
        "-1..1": tuple(2 * share - 1 for share in shares),
    }[unit]


@pytest.mark.parametrize("unit", UNITS)
def test_units_are_recognised_and_read(tmp_path, unit):
    rows = [(f"{n}.jpg", *written_as(unit, *xy)) for n, xy in enumerate(TRUE)]
    folder = points(tmp_path, rows)
    seen = detect(folder)
    assert seen.options.units == unit and seen.task == "points"
    dataset = load(folder, "points", ReadOptions(units=seen.options.units))
    np.testing.assert_allclose(dataset.points_px(), TRUE, atol=1e-9)


def test_percent_without_a_sign_is_told_from_pixels_by_the_size_of_the_pictures(tmp_path):
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", (640, 480)).save(buffer, "JPEG")
    rows = [(f"{n}.jpg", 15 * n, 90 - 10 * n) for n in range(7)]
    folder = points(tmp_path, rows, image=buffer.getvalue())
    seen = detect(folder)
    assert seen.options.units == "percent" and "480 pixels" in " ".join(seen.reasons)
    assert load(folder, "points", ReadOptions(units="percent")).points_px()[1].tolist() == [96.0, 384.0]
    assert load(folder, "points", ReadOptions(units="pixels")).points_px()[1].tolist() == [15, 80]


def test_in_pixels_by_hand():
    size = (640, 480)
    assert in_pixels((0.25, 0.5), "fractions", size) == (160.0, 240.0)
    assert in_pixels((-1, 1), "-1..1", size) == (0.0, 480.0)
    assert in_pixels((0, -0.5), "-1..1", size) == (320.0, 120.0)
    assert tuple(FORMS) == FORM_NAMES
    assert set(SEPARATORS) == {"spaces", "commas", "semicolons", "bars", "none"}
