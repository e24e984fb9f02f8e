"""Your data, label: the page says what is labelled, and saves each decision at once."""

from engine.data import edits, library
from engine.inference import photo_suggestions
from pages.parts.data.label import ways
from tests.dataset_files import IMAGE, put
from tests.lesson_data import button, open_page, texts
from tests.pages.data.label.label_sessions import bare, now, progress

PAGE = "9_Your_data"


def test_the_first_labels_are_typed_and_group_the_images(home, monkeypatch):
    looks = []
    monkeypatch.setattr(
        photo_suggestions, "ask", lambda look, folder, fnames: looks.append((look.vocab, fnames))
    )
    one = bare(home, labels=())
    app = open_page(PAGE, set="mine", do="Label")
    assert not app.exception and "Which labels do you need" in texts(app)
    app.text_input(key="label_first_names").set_value("bear, polar bear,bear")
    button(app, "Use these labels").click().run()
    assert "There is already a label “bear”" in texts(app)
    app.text_input(key="label_first_names").set_value("bear, polar bear")
    button(app, "Use these labels").click().run()
    assert not app.exception
    assert now(one).new_labels == ["bear", "polar bear"]
    assert progress(app) == "**0 of 4** images are labelled"
    assert looks == [(("bear", "polar bear"), tuple(f"{number}.jpg" for number in range(4)))]
    assert _way(app) == ways.GROUPS


def _way(app) -> str:
    return next(group for group in app.button_group if group.key == "label_way").value


def _next(app) -> list[str]:
    """What the stepper offers; its six steps come first."""
    return [link.proto.label for link in app.main.get("page_link")][6:]


def _left(app) -> str:
    """What the stepper says of labelling."""
    (step,) = [link.proto.help for link in app.main.get("page_link") if link.proto.label == "Label"]
    return step


def test_a_label_is_ticked_by_click_and_kept_at_once(home):
    one = bare(home)
    app = open_page(PAGE, set="mine", do="Label")
    (pills,) = [group for group in app.button_group if group.key.startswith("label_ticks")]
    pills.set_value(["cat"]).run()
    assert not app.exception
    assert now(one).labels == {"0.jpg": ("cat",)}
    button(app, "Next").click().run()
    button(app, "None of these").click().run()
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ()}
    again = open_page(PAGE, set="mine", do="Label")
    assert progress(again) == "**2 of 4** images are labelled"
    button(again, "Undo").click().run()
    assert now(one).labels == {"0.jpg": ("cat",)}


def test_when_everything_has_its_answer_the_page_says_so(home):
    one = bare(home)
    edits.add(one.folder, [f"{number}.jpg" for number in range(4)], edits.LABELS, ["cat"])
    app = open_page(PAGE, set="mine", do="Label")
    assert not app.exception and "Every image is labelled" in texts(app)
    assert "None of your runs" not in texts(app)
    button(app, "Train on it").click().run()
    assert not app.exception and app.selectbox(key="train_data").value == str(one.data_path)


def test_the_stepper_counts_what_is_left_after_every_label(home):
    one = bare(home, task="single-label", labels=("ape", "bee"))
    app = open_page(PAGE, set="mine", do="Label")
    assert _left(app) == "Label: 4 to do" and "None of your runs" not in texts(app)
    for left, label in enumerate(("ape", "bee", "ape", "bee")):
        (pills,) = [group for group in app.button_group if group.key.startswith("label_ticks")]
        pills.set_value(label).run()
        assert not app.exception
        if left == 0:
            assert _left(app) == "Label: 3 to do" and "None of your runs knows" in texts(app)
            assert _next(app) == []  # what is left is done on the page that is open
    assert len(now(one).labels) == 4 and _next(app) == ["Train on it"]


def test_what_was_decided_is_told_and_never_read_as_markup(home):
    one = bare(home, labels=("<script>alert(1)</script>", "**bold**"))
    edits.add(one.folder, "0.jpg", edits.LABELS, ["<script>alert(1)</script>"])
    app = open_page(PAGE, set="mine", do="Label")
    assert not app.exception
    (pills,) = [group for group in app.button_group if group.key.startswith("label_ticks")]
    assert pills.options[0] == r":gray[1] \<script\>alert\(1\)\<\/script\>"
    next(group for group in app.button_group if group.key == "label_way").set_value("History").run()
    assert "0.jpg: <script>alert(1)</script>" in app.dataframe[0].value["What"].tolist()


def test_a_picture_that_cannot_be_read_is_one_sentence_and_can_be_left_out(home):
    one = bare(home)
    (home / "bare" / "0.jpg").write_bytes(b"nothing")
    app = open_page(PAGE, set="mine", do="Label")
    assert not app.exception and "cannot be displayed" in texts(app)
    assert {one.label for one in app.button} & {"None of these", "Add"} == set()
    button(app, "Exclude").click().run()
    assert now(one).left_out == {"0.jpg"}


def test_a_folder_of_another_kind_can_be_labelled_from_nothing(home):
    folder = put(home / "classes", {f"{name}.jpg": IMAGE for name in ("bear/1", "bear/2", "cat/3")})
    one = library.add("mine", "points", in_place=folder)
    app = open_page(PAGE, set="mine", do="Label")
    assert "choose the task" in texts(app)
    button(app, "Label its images from scratch").click().run()
    assert not app.exception and progress(app) == "**0 of 3** images have a point"
    edits.add_each(one.folder, edits.POINT, {f"{name}.jpg": (1, 2) for name in ("bear/1", "bear/2", "cat/3")})
    assert one.record().points_px().tolist() == [[1, 2]] * 3


def test_undo_and_redo_are_grey_where_there_is_nothing_to_undo(home):
    one = bare(home, task="points", labels=())
    app = open_page(PAGE, set="mine", do="Label")
    assert button(app, "Undo").disabled and button(app, "Redo").disabled
    edits.add(one.folder, "0.jpg", edits.POINT, [1.0, 2.0])
    app.run()
    assert not button(app, "Undo").disabled
    button(app, "Undo").click().run()
    assert button(app, "Undo").disabled and not button(app, "Redo").disabled
