"""Your data, check: findings stand with their pictures, one press fixes them, and undo reverts it."""

import pytest

from engine.data import library
from engine.data.checks import jobs
from engine.jobs.status import Progress
from pages.parts.data import check_results, image_tiles
from tests.data.checks.small_datasets import ROWS, labelled, saved, scene
from tests.dataset_files import put
from tests.lesson_data import button, open_page, texts
from tests.pages.data.label.label_sessions import progress

PAGE = "9_Your_data"
pytestmark = pytest.mark.usefixtures("home")


def import_dataset(home, rows=ROWS, task="multi-label", **how):
    return library.add("mine", task, in_place=labelled(home / "mine", rows, **how))


def opened(section="Check"):
    app = open_page(PAGE, set="mine", do=section)
    assert not app.exception
    return app


def test_a_sound_set_can_be_trained_on_and_tells_the_score_to_beat(home):
    import_dataset(home)
    said = texts(opened())
    assert "Ready for training: 6 for training and 4 for validation" in said
    assert "**To beat:** accuracy\\_multi **0.5000**: never predicts any label" in said


def test_every_fault_stands_at_once_and_is_fixed_by_one_press_each(home):
    rows = [*ROWS, ("gone.jpg", "dog", False), ("x.jpg", "Dog", False)]
    one = import_dataset(home, rows, images={"gone.jpg": None})
    app = opened()
    said = texts(app)
    assert "Fix 1 of 4 findings" in said and "gone" in said and "use one spelling" in said
    button(app, "Exclude it").click().run()
    button(app, "Change all to “dog”").click().run()
    assert not app.exception and "Ready for training" in texts(app)
    record = one.record()
    assert len(record.table) == 11 and record.vocab == ("cat", "dog")
    button(app, "Undo").click().run()
    assert "Fix 1 of 4 findings" in texts(app) and "use one spelling" in texts(app)


def test_pictures_that_nobody_names_can_be_left_out_or_labelled(home):
    one = import_dataset(home)
    put(home / "mine" / "train", {"extra.jpg": saved(scene(98))})
    app = opened()
    assert "because no row names it" in texts(app)
    button(app, "Exclude it").click().run()
    assert not app.exception and one.record() is not None
    assert "1 image excluded by you" in texts(app) and "because no row names" not in texts(app)
    button(app, "Put back").click().run()
    button(app, "Label them").click().run()
    assert not app.exception and app.segmented_control(key="do").value == "Label"
    assert progress(app) == "**8 of 11** images are labelled"


def test_the_first_remedy_of_all_makes_it_trainable_and_each_is_undone(home):
    rows = [*ROWS, ("gone.jpg", "dog", False), ("x.jpg", "Dog", False), ("1.jpg", "dog", False)]
    one = import_dataset(home, rows, images={"gone.jpg": None, "1.jpg": saved(scene(1))})
    app = opened()
    button(app, "Apply the first fix to all 2").click().run()
    assert not app.exception and "Ready for training" in texts(app) and len(one.record().table) == 11
    assert [toast.value for toast in app.toast] == ["2 fixes applied. Undo reverts them one by one."]
    for _ in range(2):
        button(app, "Undo").click().run()
    assert "2 of " in texts(app)


def test_a_single_picture_of_a_finding_is_left_out(home):
    one = import_dataset(home, [*ROWS, ("a.jpg", "dog", False), ("b.jpg", "dog", True)],
                images={"a.jpg": saved(scene(50)), "b.jpg": saved(scene(50))})  # fmt: skip
    app = opened()
    outs = [one for one in app.button if str(one.key).endswith("_out_train/b.jpg")]
    outs[0].click().run()
    assert not app.exception and "train/b.jpg" not in set(one.record().table["fname"])
    assert "in both parts" not in texts(app)


def test_names_and_labels_are_never_mark_up(home):
    rows = [*ROWS, ("**x**.jpg", "<script>alert(1)</script>", False), ("[a](b).jpg", ":red[x]", True)]
    import_dataset(home, rows)
    app = opened()
    said = texts(app)
    assert "\\<script\\>alert" in said and "<script>" not in said
    assert "\\:red\\[x\\]" in said and "**x**.jpg" not in said


def test_a_set_that_cannot_be_read_says_why(home):
    (home / "mine").mkdir()
    (home / "mine" / "train.csv").write_bytes(b"\xff\xfe\x00")
    library.add("mine", "multi-label", in_place=home / "mine")
    assert "Fix 1 of" in texts(opened())


def test_a_large_set_is_looked_at_in_a_process_and_the_page_waits(home, monkeypatch):
    import_dataset(home)
    started, at = [], [Progress("checking every image", 0.25, 0.0, 20.0)]
    monkeypatch.setattr(jobs, "QUICK_BYTES", 0)
    monkeypatch.setattr(jobs, "start", lambda path, task: started.append(path.name))
    monkeypatch.setattr(jobs, "progress", lambda path: at[0])
    app = opened()
    assert started == ["mine"] and "25%, about 60 s left" in str([one.proto for one in app.get("progress")])
    at[0] = None
    app.run()
    assert "stopped early" in texts(app) and started == ["mine"]
    monkeypatch.setattr(jobs, "QUICK_BYTES", 10**9)
    button(app, "Continue the image check").click().run()
    assert "Ready for training" in texts(app)


def test_a_fix_is_kept_for_the_next_visit(home):
    import_dataset(home, [*ROWS, ("gone.jpg", "dog", False)], images={"gone.jpg": None})
    button(opened(), "Exclude it").click().run()
    check_results.forget()
    assert "Ready for training" in texts(opened())


def test_a_table_that_was_edited_in_place_is_read_again(home):
    import_dataset(home)
    app = opened()
    table = home / "mine" / "train.csv"
    with table.open("a") as file:
        file.write("1.jpg,dog,False\n")
    assert "Fix 1 of" in texts(app.run())


def test_a_picture_outside_the_folder_is_never_opened(home, monkeypatch):
    opened_files = []
    real = image_tiles.thumbnail
    monkeypatch.setattr(
        image_tiles, "thumbnail", lambda path, *how: opened_files.append(path.name) or real(path, *how)
    )
    put(home, {"secret.jpg": saved(scene(70))})
    import_dataset(home, [*ROWS, ("../secret.jpg", "dog", False)], images={"../secret.jpg": None})
    app = opened()
    assert "Names must stay inside" in texts(app) and "secret.jpg" not in opened_files


def test_several_findings_of_one_kind_stand_beside_each_other(home):
    import_dataset(home, [("1.jpg", "dog", False)])
    said = texts(opened())
    assert "Too few images for training" in said and "No image is for validation" in said


def test_many_labels_stand_in_a_table_that_scrolls(home):
    import_dataset(home, [(f"{n}.jpg", f"kind{n // 2}", n % 2 == 1) for n in range(62)])
    app = opened()
    assert len(app.dataframe[0].value) == 31 and not app.exception


def test_the_last_page_of_a_finding_stays_open_when_it_gets_shorter(home):
    rows = [(f"{n}.jpg", ("dog", "cat")[n % 2] if n < 4 else "", n % 3 == 0) for n in range(30)]
    one = import_dataset(home, rows)
    app = opened()
    app.toggle(key="finding_no label_0_all").set_value(True).run()
    app.number_input(key="finding_no label_0_page").set_value(2).run()
    for fname in ("train/28.jpg", "train/29.jpg"):
        app.button(key=f"finding_no label_0_out_{fname}").click().run()
    assert not app.exception and len(one.record().table) == 28
    assert ":small[train\\/27\\.jpg" in texts(app) or ":small[train\\/4\\.jpg" in texts(app)
