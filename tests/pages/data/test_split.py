"""Your data, split: four ways, how labels divide, what leaks, and the division in use is that of load."""

import pytest

from engine.data import library
from tests.data.checks.small_datasets import ROWS, labelled, saved, scene
from tests.dataset_files import points
from tests.lesson_data import button, chart, open_page, texts

PAGE = "9_Your_data"
pytestmark = pytest.mark.usefixtures("home")


def import_dataset(home, rows=ROWS, **how):
    return library.add("mine", "multi-label", in_place=labelled(home / "mine", rows, **how))


def opened():
    app = open_page(PAGE, set="mine", do="Split")
    assert not app.exception
    return app


def choose(app, way):
    app.button_group(key="split_way").set_value(way).run()
    assert not app.exception
    return app


def words(app) -> str:
    """What the page says, without the marks that keep names from being read as mark-up."""
    return texts(app).replace("\\", "")


def valid_of(one) -> set:
    return set(one.record().part(valid=True).table["fname"])


def test_the_division_in_use_is_told_and_a_new_one_is_used_and_undone(home):
    one = import_dataset(home)
    before = valid_of(one)
    app = opened()
    assert "as the dataset defines it" in words(app)
    app.number_input(key="split_seed").set_value(3).run()
    button(app, "Use this split").click().run()
    assert not app.exception and "split here: evenly by label, seed 3" in words(app)
    assert valid_of(one) != before and len(valid_of(one)) == 2
    button(app, "Undo the last split").click().run()
    assert "as the dataset defines it" in words(app) and valid_of(one) == before


def test_as_the_table_says_brings_the_tables_own_back(home):
    one = import_dataset(home)
    before = valid_of(one)
    app = opened()
    button(app, "Use this split").click().run()
    button(choose(app, "table"), "Use this split").click().run()
    assert valid_of(one) == before


def test_without_a_division_of_its_own_the_table_says_nothing(home):
    import_dataset(home, [row[:2] for row in ROWS], header="fname,labels")
    app = opened()
    assert "chosen by Loss Lab, because the dataset has no split" in words(app)
    assert "does not mark any images" in words(choose(app, "table"))


SERIES = [
    (f"{who}_{n}.jpg", ("dog", "cat")[n % 2], n == 3)
    for who in ("ann", "ben", "cid", "dan")
    for n in range(4)
]


def test_groups_are_guessed_shown_and_kept_whole(home):
    one = import_dataset(home, SERIES)
    app = opened()
    assert (
        "4 groups" in words(app)
        and app.selectbox(key="split_rule_mine").value == "the name before its last number"
    )
    button(app, "Use this split").click().run()
    assert "by group" in words(app)
    people = {fname.split("_")[0] for fname in valid_of(one)}
    assert len(people) == 1 and len(valid_of(one)) == 4


def test_a_random_division_of_series_warns(home):
    import_dataset(home, SERIES)
    assert "would be in both parts" in words(choose(opened(), "random"))


def test_pictures_that_look_alike_stay_together_unless_unchecked(home):
    twins = {f"{n:02}.jpg": saved(scene(0)) for n in range(6)}
    rows = [(f"{n:02}.jpg", ("dog", "cat")[n % 2], n % 3 == 0) for n in range(12)]
    import_dataset(home, rows, images=twins)
    app = choose(opened(), "random")
    assert "In both parts: 1 group of images that look alike" in words(app)  # in use: told
    assert "look alike would be in both parts" not in words(app)
    app.checkbox(key="split_together").uncheck().run()
    assert "look alike would be in both parts" in words(app)


def test_the_figure_shows_every_label_and_the_share_asked_for(home):
    import_dataset(home)
    figure = chart(opened())
    assert list(figure.data[0].y) == ["dog", "cat", "all images"]
    assert figure.layout.shapes[0].x0 == 20


def test_single_label_divides_the_pictures_that_it_uses(home):
    one = library.add("mine", "single-label", in_place=labelled(home / "mine", ROWS))
    app = opened()
    assert "In use: 4 for training, 2 for validation" in words(app).replace("**", "")
    button(app, "Use this split").click().run()
    assert not app.exception and len(valid_of(one)) == 2  # one of each label that has three images


def test_another_data_set_has_groups_of_its_own(home):
    import_dataset(home, SERIES)
    rows = [(f"{who}/{n}.jpg", ("dog", "cat")[n % 2], n == 3) for who in ("p", "q", "r") for n in range(4)]
    library.add("other", "multi-label", in_place=labelled(home / "other", rows))
    app = opened()
    app.selectbox(key="set").set_value("other").run()
    assert not app.exception and "3 groups" in words(app)
    app.selectbox(key="set").set_value("mine").run()
    assert not app.exception and "4 groups" in words(app)


def test_points_are_not_offered_a_division_by_label(home):
    library.add("mine", "points", in_place=points(home / "points"))
    ways = opened().button_group(key="split_way").options
    assert ways == ["At random", "By group", "As in the dataset"]
