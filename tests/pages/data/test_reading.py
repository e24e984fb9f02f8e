"""Your data, import: columns are mapped with a preview, and a dataset with several readings asks for one."""

import io

import pytest

from engine.data import imports, library
from engine.data.imports import import_worker
from tests.data.imports.sending import zipped
from tests.dataset_files import IMAGE, put, write_table
from tests.lesson_data import button, open_page, texts

PAGE = "9_Your_data"
COLOURS = ("red", "green", "blue")
ROWS = [(n, f"{n:02}.jpg", 10 + n, 20, COLOURS[n % 3], "ab"[n % 2]) for n in range(12)]
COMMA = "image,label\n" + "".join(f'{n:02}.jpg,"{("ant, red", "bee", "fox")[n % 3]}"\n' for n in range(12))
IMAGES = {f"{n:02}.jpg": IMAGE for n in range(12)}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    return tmp_path


def undecided(content: str = COMMA) -> None:
    """Upload a table that can be read in two ways, as the page does."""
    job = imports.take([("pets.zip", io.BytesIO(zipped({"t.csv": content, **IMAGES})))])
    assert import_worker.work(job, keep_undecided=True).problems == ()
    imports.dismiss(job)


def mapped(home):
    """A page about a table of unknown column names, with the form for its columns open."""
    put(home / "mine", IMAGES)
    write_table(home / "mine" / "t.csv", "ref,shot,px,py,hue,site", ROWS)
    import_worker.import_folder(home / "mine", keep_undecided=True)
    app = open_page(PAGE)
    return app.toggle(key="map_columns_mine").set_value(True).run()


def box(app, name):
    return next(one for one in app.selectbox if one.key.startswith("map_mine") and f"_{name}" in one.key)


def apply(app):
    return app.button(key="map_mine_apply")


def kind(app, value):
    [control] = [one for one in app.segmented_control if one.key.startswith("map_mine_kind")]
    return control.set_value(value).run()


def test_columns_of_unknown_names_are_mapped_and_undone(home):
    app = mapped(home)
    assert not app.exception and apply(app).disabled
    box(app, "label").set_value("hue").run()
    assert "12 of 12 images found; 3 labels" in texts(app).replace("\\", "") and not apply(app).disabled
    apply(app).click().run()
    one = library.find("mine")
    assert one.record().vocab == ("blue", "green", "red") and one.task == "single-label"
    assert "Image column: **“shot”**" in texts(app) and "You chose: " in texts(app)
    assert apply(app).disabled  # it would change nothing
    button(app, "Undo").click().run()
    assert "Choose how to read it" in [one.value for one in app.header] and not app.exception
    assert library.find("mine").manifest.options.format is None


def test_points_are_mapped_and_an_invalid_combination_is_one_sentence(home):
    app = kind(mapped(home), "points")
    box(app, "x_column").set_value("px").run()
    assert "Choose both the x column and the y column" in texts(app).replace("\\", "")
    box(app, "y_column").set_value("py").run()
    assert "12 points" in texts(app)
    apply(app).click().run()
    assert library.find("mine").record().points_px()[0].tolist() == [10, 20]
    kind(app, "columns")
    [classes] = [
        one for one in app.multiselect if one.key.startswith("map_") and one.key.endswith("label_columns")
    ]
    classes.set_value(["hue"]).run()
    assert not app.exception and "Choose two or more class columns" in texts(app)


def test_an_ambiguous_upload_is_kept_and_asks(home):
    undecided()
    app = open_page(PAGE)
    said = texts(app).replace("\\", "")
    assert not app.exception and "may be one label with “,” in it" in said and "--separator" not in said
    assert "3 labels: ant, red (4), bee (4), fox (4)" in said and "4 labels: ant (4), bee (4)" in said
    app.button(key="reading_1_pets_apply").click().run()
    one = library.find("pets")
    assert one.record().vocab == ("ant", "bee", "fox", "red") and one.task == "multi-label"
    assert "You chose: Separator: **Commas**" in texts(app) and not app.exception


def test_an_undecided_dataset_is_used_for_nothing(home):
    undecided()
    app = open_page(PAGE, do="Check")
    assert not app.exception and "can be read in several ways" in texts(app)
