"""Your data, import: what is imported is recognized, kept, shown, changed, renamed, removed, and goes to training."""

import io
import time

import pytest

from engine.data import imports, library
from engine.jobs import job_places
from engine.jobs.job import Job
from engine.jobs.status import Progress
from tests.data.imports.sending import HONEST, zipped
from tests.dataset_files import IMAGE, pascal, points, put, write_table
from tests.lesson_data import button, identity, open_page, texts

PAGE = "9_Your_data"
HERE = "A path"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    return tmp_path


def import_dataset(path, name=""):
    app = open_page(PAGE, import_way=HERE)
    app.segmented_control(key="import_way").set_value(HERE).run()
    app.text_input(key="import_path").set_value(str(path))
    app.text_input(key="import_name").set_value(name).run()
    button(app, "Import").click().run()
    _arrived()
    return app.run()


def _arrived():
    deadline = time.monotonic() + 240
    while any(one.is_active for one in imports.all_imports()):
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def test_an_empty_library_says_what_can_be_imported():
    app = open_page(PAGE)
    said = texts(app)
    assert not app.exception and "You have no dataset yet" in said and "Pascal VOC, COCO, YOLO" in said
    assert "Everyone who uses this app sees these datasets." in said
    assert button(app, "Import").disabled


def test_the_limits_are_those_of_the_field_and_of_the_library(monkeypatch):
    assert "Limits: 1 GB per uploaded file, 2 GB per dataset, 10 GB for all datasets." in texts(
        open_page(PAGE)
    )
    monkeypatch.setenv("LOSS_LAB_MOST_MB_PER_SET", "100")
    app = open_page(PAGE)
    assert "Limits: 100 MB per uploaded file, 100 MB per dataset" in texts(app)
    assert app.get("file_uploader")[0].proto.max_upload_size_mb == 100


def test_the_samples_can_be_tried():
    app = open_page(PAGE)
    button(app, "Try it with the sample scenes").click().run()
    _arrived()
    app.run()
    assert not app.exception and "800 images: " in texts(app) and library.find("sample scenes")


def test_while_the_first_is_on_its_way_nothing_says_that_there_is_none():
    at_work = imports.take([("slow.zip", io.BytesIO(zipped(HONEST)))])  # this process counts as at work on it
    app = open_page(PAGE)
    assert not app.exception and "You have no dataset yet" not in texts(app)
    at_work.job.update(progress=Progress(job_places.WAITING))
    says = [bar.proto.text.replace("\\", "") for bar in app.run().get("progress")]
    assert "slow.zip: waiting for other imports" in says
    imports.dismiss(at_work)
    assert "You have no dataset yet" in texts(app.run())


def test_what_is_open_stays_open_when_another_import_ends(home):
    library.add("mine", "multi-label", in_place=pascal(home / "mine"))
    at_work = imports.take([("slow.zip", io.BytesIO(zipped(HONEST)))])
    app = open_page(PAGE)
    app.toggle(key="map_columns_mine").set_value(True).run()
    before = [identity(app, key) for key in ("map_mine", "import_change")]
    imports.dismiss(at_work)
    assert not app.run().get("progress")
    assert before == [identity(app, key) for key in ("map_mine", "import_change")]


def test_a_folder_of_this_machine_is_imported_and_goes_to_training(home):
    app = import_dataset(pascal(home / "mine"))
    assert not app.exception
    said = texts(app)
    assert "as PASCAL" in said and "6 images: 4 for training, 2 for validation" in said
    [one] = library.all_sets()
    assert one.manifest.in_place == str(home / "mine")
    button(app, "Train on it").click().run()
    assert not app.exception and app.selectbox(key="train_data").value == str(one.data_path)
    assert app.selectbox(key="train_task").value == "multi-label"


def test_pictures_that_the_task_does_not_use_are_counted(home):
    rows = [(f"{at}.jpg", "dog" if at % 2 else "cat", at > 5) for at in range(8)]
    app = import_dataset(pascal(home / "mine", [*rows, ("8.jpg", "dog cat", False), ("9.jpg", "", False)]))
    app.selectbox(key="import_task_mine").set_value("single-label").run()
    assert "10 images: 6 for training, 2 for validation, 2 unused by the task single-label." in texts(app)


def test_images_without_labels_are_to_be_labelled_before_anything_else(home):
    app = import_dataset(put(home / "mine", {f"{n}.jpg": IMAGE for n in range(3)}))
    said = texts(app)
    assert not app.exception and app.selectbox(key="import_task_mine").value == "single-label"
    assert "before training" not in said and "Every image has exactly one label" in said
    in_order = [one.label for one in app.main.get("button")]
    assert in_order.index("Label 3 images") < in_order.index("Import") and "Train on it" not in in_order
    button(app, "Label 3 images").click().run()
    assert not app.exception and app.segmented_control(key="do").value == "Label"


def test_what_cannot_be_imported_is_one_sentence(home):
    app = import_dataset(home / "nowhere")
    assert "There is no folder or table" in texts(app) and library.all_sets() == []
    put(home / "empty", {"notes.txt": "x"})
    assert "There are no images in" in texts(import_dataset(home / "empty"))


def test_a_zip_arrives_while_the_page_is_closed(home):
    imports.begin([("pets.zip", io.BytesIO(zipped(HONEST)))])
    _arrived()
    app = open_page(PAGE)
    assert not app.exception and app.selectbox(key="set").value == "pets"
    assert "6 images" in texts(app) and imports.all_imports() == []


def test_what_was_refused_stays_until_it_is_understood(home):
    imports.begin([("<b>.zip", io.BytesIO(zipped({"../a.jpg": IMAGE})))])
    _arrived()
    app = open_page(PAGE)
    assert "was not imported" in texts(app) and "leads out of its folder" in texts(app)
    assert "<b>" not in texts(app).replace("\\<b\\>", "")
    button(app, "Dismiss").click().run()
    assert imports.all_imports() == [] and "was not imported" not in texts(app)


def change(app, option, value):
    """Set the input for an option among the assumptions, and apply it."""
    [box] = [
        one
        for one in app.selectbox
        if (one.key or "").startswith("assumed") and (one.key or "").endswith(f"_{option}")
    ]
    box.set_value(value).run()
    place = "_".join(box.key.split("_")[:2])
    [apply] = [
        one
        for one in app.button
        if (one.key or "").startswith(f"{place}_") and (one.key or "").endswith("_apply")
    ]
    assert not apply.disabled
    return apply.click().run()


def test_form_task_and_separator_can_be_changed_and_undone(home):
    put(home / "mine", {f"{label}/{n}.jpg": IMAGE for label in ("x", "y") for n in range(4)})
    rows = [(f"x/{n}.jpg", ("red sky", "sea")[n % 2]) for n in range(4)]
    write_table(home / "mine" / "t.csv", "fname,labels", rows)
    app = import_dataset(home / "mine")
    assert "Separator: **spaces**" in texts(app) and "You chose" not in texts(app)
    change(app, "separator", "none")
    assert library.find("mine").record().vocab == ("red sky", "sea")
    assert "You chose: Separator: **None\\: one label per cell**" in texts(app)
    next(one for one in app.button if one.label == "Undo").click().run()
    assert library.find("mine").record().vocab == ("red", "sea", "sky") and "You chose" not in texts(app)
    change(app, "format", "folders")
    assert not app.exception and library.find("mine").record().vocab == ("x", "y")
    assert "whose names are taken as labels" in texts(app)
    app.selectbox(key="import_task_mine").set_value("multi-label").run()
    assert library.find("mine").task == "multi-label"


def test_the_unit_of_points_is_shown_and_changed(home):
    app = import_dataset(points(home / "mine", [(f"{n}.jpg", 0.1 * n, 0.15 * n) for n in range(1, 7)]))
    assert "Units: **fractions**" in texts(app) and "rings in the right places" in texts(app)
    assert library.find("mine").record().points_px()[0].tolist() == pytest.approx([6.4, 7.2])
    change(app, "units", "-1..1")
    assert library.find("mine").record().points_px()[0].tolist() == pytest.approx([35.2, 27.6])


def test_a_data_set_is_renamed_removed_and_put_back(home):
    app = import_dataset(pascal(home / "mine"))
    [key] = [one.key for one in app.text_input if (one.key or "").startswith("import_rename")]
    app.text_input(key=key).set_value("pets").run()
    button(app, "Rename").click().run()
    assert [one.name for one in library.all_sets()] == ["pets"] and app.selectbox(key="set").value == "pets"
    button(app, "Remove").click().run()
    assert library.all_sets() == [] and "“pets” was removed" in texts(app)
    button(app, "Undo").click().run()
    assert [one.name for one in library.all_sets()] == ["pets"] and not app.exception
    assert len(list((home / "mine" / "train").iterdir())) == 6


def test_an_import_is_undone_and_that_too(home):
    app = import_dataset(pascal(home / "mine"))
    assert "“mine” was imported" in texts(app)
    button(app, "Undo the import").click().run()
    assert not app.exception and library.all_sets() == [] and "“mine” was removed" in texts(app)
    button(app, "Undo").click().run()
    assert [one.name for one in library.all_sets()] == ["mine"] and not app.exception
    assert len(list((home / "mine" / "train").iterdir())) == 6


def test_an_import_that_a_job_reads_is_not_undone(home, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(home / "runs"))
    app = import_dataset(pascal(home / "mine"))
    Job(home / "runs" / "first").create(data=str(library.find("mine").folder))
    button(app, "Undo the import").click().run()
    assert not app.exception and library.find("mine")
    assert "the run “first” trains on it" in texts(app).replace("\\", "")


def test_a_link_to_a_tab_of_an_older_version_opens_the_first_tab():
    app = open_page(PAGE, do="Bring")
    assert not app.exception and app.segmented_control(key="do").value == "Import"


def test_a_damaged_dataset_is_named_removed_and_put_back(home):
    import_dataset(pascal(home / "squares"), "squares")
    one = library.find("squares")
    (one.folder / "set.json").write_text('{"cut off', "utf-8")
    app = open_page(PAGE)
    assert not app.exception and any(one.folder.name in warning.value for warning in app.warning)
    app.button(key=f"remove_damaged_{one.folder.name}").click().run()
    assert not app.exception and not library.damaged()
    button(app, "Undo").click().run()
    assert not app.exception and len(library.damaged()) == 1
