"""Your data, look: the pictures with their labels or points, filtered, in pages."""

import pytest
from PIL import Image

from engine.data import library
from engine.data.checks import check
from engine.data.checks.image_filter import NO_LABEL, chosen, label_counts
from engine.data.formats.read_options import ReadOptions
from engine.plots.point_map import of_points
from pages.parts.data import image_tiles
from tests.data.checks.small_datasets import POINTS, ROWS, labelled, pointed, saved, scene
from tests.dataset_files import put
from tests.lesson_data import chart, open_page, texts

PAGE = "9_Your_data"
pytestmark = pytest.mark.usefixtures("home")


def opened():
    app = open_page(PAGE, set="mine", do="Browse")
    assert not app.exception
    return app


def under_images(app) -> list[str]:
    """What stands under the pictures."""
    return [one.value.replace("\\", "") for one in app.markdown if ":small[" in one.value]


def shown(app) -> list[str]:
    """The names under the pictures."""
    return [said.split(":small[")[1].split(" :gray")[0].rstrip("]") for said in under_images(app)]


def test_every_picture_stands_with_its_labels_and_its_part(home):
    library.add("mine", "multi-label", in_place=labelled(home / "mine", ROWS))
    app = opened()
    assert shown(app) == [f"train/{n}.jpg" for n in range(10)]
    assert under_images(app)[2] == ":blue-badge[dog] :blue-badge[cat]  \n:small[train/2.jpg :gray[training]]"


def test_filters_by_label_part_and_finding(home):
    folder = labelled(home / "mine", [*ROWS, ("10.jpg", "fox", False)])
    library.add("mine", "multi-label", in_place=folder)
    app = opened()
    app.selectbox(key="look_label").set_value("dog").run()
    assert shown(app) == [f"train/{n}.jpg" for n in (0, 2, 4, 6, 8)]
    app.button_group(key="look_part").set_value("validation").run()
    assert shown(app) == ["train/6.jpg", "train/8.jpg"]
    app.selectbox(key="look_label").set_value("any").run()
    app.button_group(key="look_part").set_value("both").run()
    app.selectbox(key="look_finding").set_value("one image only").run()
    assert shown(app) == ["train/10.jpg"] and not app.exception


def test_pages_are_turned(home):
    rows = [(f"{n:02}.jpg", ("dog", "cat")[n % 2], n > 20) for n in range(30)]
    library.add("mine", "multi-label", in_place=labelled(home / "mine", rows))
    app = opened()
    assert len(shown(app)) == 24 and "1 to 24 of 30" in texts(app)
    app.button(key="look_next").click().run()
    assert len(shown(app)) == 6 and "25 to 30 of 30" in texts(app)
    app.selectbox(key="look_label").set_value("cat").run()
    assert len(shown(app)) == 15


def test_points_are_drawn_where_they_are(home):
    library.add("mine", "points", in_place=pointed(home / "mine", POINTS))
    app = opened()
    assert len(shown(app)) == 10
    figure = chart(app)
    assert list(figure.data[0].x) == pytest.approx([100 * (10 + n) / 64 for n in range(6)])
    assert list(figure.data[1].y) == pytest.approx([100 * 20 / 48] * 4)


def test_the_ring_lies_around_the_point(tmp_path):
    from io import BytesIO

    import numpy as np

    Image.new("RGB", (640, 480), (128, 128, 128)).save(tmp_path / "grey.png")
    plain, marked = (image_tiles.thumbnail(tmp_path / "grey.png", 160, at) for at in (None, (480, 120)))
    difference = np.abs(
        np.asarray(Image.open(BytesIO(marked)), int) - np.asarray(Image.open(BytesIO(plain)), int)
    ).sum(axis=2)
    rows, columns = np.nonzero(difference > 90)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(240, abs=2)  # 480 of 640, shown on 320
    assert (rows.min() + rows.max()) / 2 == pytest.approx(60, abs=2)


def test_choosing_by_hand(home):
    health = check(
        labelled(home / "mine", [*ROWS, ("gone.jpg", "dog", False)], images={"gone.jpg": None}),
        "multi-label",
    )
    assert label_counts(health) == {"dog": 5, "cat": 5, NO_LABEL: 2}
    assert chosen(health, NO_LABEL) == ["train/3.jpg", "train/7.jpg"]
    assert chosen(health, "cat", True) == ["train/6.jpg", "train/9.jpg"]
    assert chosen(health, finding="missing") == ["train/gone.jpg"]


def test_many_points_are_thinned_out():
    from engine.data.formats.parsed_source import Row

    rows = [Row(f"{n}", point_px=(1.0, 1.0), is_valid=False) for n in range(12_000)]
    figure = of_points(rows, dict.fromkeys((f"{n}" for n in range(12_000)), (10, 10)))
    assert 2_000 < len(figure.data[0].x) <= 5_000


def test_a_heap_of_pictures_without_labels_can_be_looked_at(home):
    folder = put(home / "mine", {f"{n}.jpg": saved(scene(n)) for n in range(3)})
    library.add("mine", "multi-label", in_place=folder, options=ReadOptions(format="pictures"))
    assert shown(opened()) == ["0.jpg", "1.jpg", "2.jpg"]
