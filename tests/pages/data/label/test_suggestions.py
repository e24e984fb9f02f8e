"""Your data, label: what the photograph models suggest and group, accepted and labelled together, undone together."""

import pytest

from engine.data import edits
from engine.inference import known_labels, photo_suggestions
from engine.inference.photo_suggestions import PhotoSuggestions
from pages.parts.data.label import accept, enough, many_images, proposals, similar, start_suggestions
from tests import photo_model_files
from tests.lesson_data import button, identity, open_page, texts
from tests.pages.data.label.label_sessions import bare, desk_of, now

PAGE = "9_Your_data"
PROBS = {"0.jpg": 0.95, "1.jpg": 0.92, "2.jpg": 0.6, "3.jpg": 0.1}


class Seen(PhotoSuggestions):
    """Photograph models that saw a bear with the probabilities that the test says; the last image is unreadable."""

    fnames = property(lambda self: sorted(PROBS))
    tried = property(lambda self: {*PROBS, "broken.jpg"})
    groups = property(lambda self: [["1.jpg", "2.jpg", "3.jpg"], ["0.jpg"]])

    def probs(self, fname):
        return {"bear": PROBS.get(fname, 0.0)}


@pytest.fixture
def seen(home):
    return Seen(home / "seen", "single-label", ("bear", "cat"))


@pytest.fixture
def looked(seen, monkeypatch):
    """A page on which the photograph models have looked."""
    monkeypatch.setattr(photo_suggestions, "of", lambda *_: seen)


def way(app, title):
    return next(group for group in app.button_group if group.key == "label_way").set_value(title).run()


def test_only_unlabelled_images_above_the_probability_are_accepted(home, state, seen):
    one = bare(home, task="single-label")
    edits.add(one.folder, "0.jpg", edits.LABELS, ["cat"])
    sheet = desk_of(one).sheet
    assert accept.suggested(seen, sheet, 0.9) == {"1.jpg": ("bear",)}
    assert set(accept.suggested(seen, sheet, 0.6)) == {"1.jpg", "2.jpg"}
    assert accept.suggested(seen, sheet, 0.99) == {}


def test_accepting_all_is_one_decision_and_one_undo(home, looked):
    one = bare(home, task="single-label")
    app = open_page(PAGE, set="mine", do="Label")
    button(app, "Accept 2 suggestions").click().run()
    assert not app.exception and now(one).labels == {"0.jpg": ("bear",), "1.jpg": ("bear",)}
    button(app, "Undo").click().run()
    assert now(one).labels == {}


def test_a_group_is_selected_labelled_and_undone_at_once(home, looked):
    one = bare(home, task="single-label")
    app = way(open_page(PAGE, set="mine", do="Label"), similar_title())
    assert not app.exception and "3 images look alike" in texts(app) and "group 1 of 2" in texts(app)
    assert app.session_state["label_ticked"] == {"1.jpg", "2.jpg", "3.jpg"}
    (pills,) = [group for group in app.button_group if group.key.startswith("label_all")]
    pills.set_value(["cat"]).run()
    assert now(one).labels == dict.fromkeys(["1.jpg", "2.jpg", "3.jpg"], ("cat",))
    assert "looks like no other" in texts(app)
    button(app, "Undo").click().run()
    assert now(one).labels == {}


def test_the_selection_of_a_group_does_not_stay_when_many_are_labelled(home, looked):
    bare(home, task="single-label")
    app = way(way(open_page(PAGE, set="mine", do="Label"), similar_title()), "Many at once")
    assert not app.exception and app.session_state["label_ticked"] == set()


def test_after_the_last_group_training_comes_next_or_what_is_in_no_group(home, looked):
    one = bare(home, task="single-label", count=5)
    edits.add(one.folder, ["0.jpg", "1.jpg", "2.jpg", "3.jpg"], edits.LABELS, ["cat"])
    app = way(open_page(PAGE, set="mine", do="Label"), similar_title())
    assert "Every group is done. 1 image is in no group." in texts(app)
    button(app, "Label it one by one").click().run()
    (pills,) = [group for group in app.button_group if group.key.startswith("label_ticks")]
    pills.set_value("bear").run()
    app = way(app, similar_title())
    assert not app.exception and "Every image is labelled." in texts(app) and button(app, "Train on it")


def test_grouping_opens_the_groups(home, monkeypatch):
    monkeypatch.setattr(photo_suggestions, "ask", lambda *_: None)
    bare(home)
    app = open_page(PAGE, set="mine", do="Label")
    button(app, "Group images and suggest labels").click().run()
    shown = next(group for group in app.button_group if group.key == "label_way").value
    assert not app.exception and shown == similar_title()


def similar_title():
    return "Groups of similar images"


def test_groups_shrink_and_keep_the_largest_first(home, state, seen):
    one = bare(home)
    edits.add(one.folder, ["1.jpg", "2.jpg", "3.jpg"], edits.LABELS, ["cat"])
    sheet = desk_of(one).sheet
    assert similar.remaining(seen.groups, sheet, "unlabelled") == [["0.jpg"]]
    partly = [["4.jpg", "5.jpg"], ["0.jpg", "1.jpg", "2.jpg"]]
    assert similar.remaining(partly, sheet, "unlabelled")[0] == ["0.jpg"]
    assert similar.remaining([["0.jpg"], ["1.jpg", "2.jpg"]], sheet, "all") == [["1.jpg", "2.jpg"], ["0.jpg"]]


@pytest.mark.parametrize("task", ["single-label", "multi-label"])
def test_what_cannot_be_displayed_gets_no_label_but_can_be_excluded(home, state, task):
    one = bare(home, task=task)
    (home / "bare" / "1.jpg").write_bytes(b"nothing")
    session = desk_of(one)
    many_images._tick({"0.jpg", "1.jpg"})
    many_images._keys(session, session.sheet)["1"]()
    assert now(one).labels == {"0.jpg": ("bear",)}
    many_images._tick({"1.jpg"})
    many_images._keys(session, session.sheet)["1"]()
    assert now(one).labels == {"0.jpg": ("bear",)}
    many_images._tick({"1.jpg"})
    many_images._keys(session, session.sheet)["Delete"]()
    assert now(one).left_out == {"1.jpg"}


def test_the_hint_counts_the_rarest_label_and_the_missing_points(home, state):
    one = bare(home, count=16)
    names = [f"{number}.jpg" for number in range(16)]
    edits.add(one.folder, names, edits.LABELS, ["cat"])
    assert "Fewest so far: bear, 0" in enough.hint(desk_of(one).sheet)
    edits.add(one.folder, names, edits.LABELS, ["cat", "bear"])
    assert enough.hint(desk_of(one).sheet).startswith("This is a good start")


def test_the_hint_never_asks_for_more_images_than_there_are(home, state):
    one = bare(home, task="single-label", count=20, labels=("apple", "banana", "orange"))
    assert enough.hint(desk_of(one).sheet) == "20 images can train a first model if you label all of them."
    edits.add(one.folder, [f"{number}.jpg" for number in range(20)], edits.LABELS, ["apple"])
    assert enough.hint(desk_of(one).sheet).startswith("You can train a first model with 20 images.")
    edits.add(one.folder, [f"{number}.jpg" for number in range(5, 20)], edits.LEFT_OUT)
    assert enough.hint(desk_of(one).sheet).startswith("5 images are too few.")


def test_the_hint_for_points_says_how_many_are_missing(home, state):
    one = bare(home, task="points", labels=(), count=30)
    edits.add(one.folder, "0.jpg", edits.POINT, (1, 2))
    assert enough.hint(desk_of(one).sheet) == "Set 29 more points for a good start."


def test_looking_is_offered_until_every_image_was_tried(home, state, seen):
    one = bare(home)
    sheet = desk_of(one).sheet
    assert not start_suggestions.is_offered(seen, sheet)
    never = photo_suggestions.of(one.data_path, "single-label", ("bear",))
    assert start_suggestions.is_offered(never, sheet)


def test_the_button_says_how_long_it_takes_and_points_have_none(home):
    bare(home)
    app = open_page(PAGE, set="mine", do="Label")
    assert button(app, "Group images and suggest labels")
    assert "A photograph model looks at 4 images. This takes" in texts(app)


def test_points_have_no_groups_and_no_suggestions_of_the_photograph_models(home):
    bare(home, task="points", labels=())
    app = open_page(PAGE, set="mine", do="Label")
    assert not app.exception and proposals.NO_RUN not in texts(app)
    assert "Group images and suggest labels" not in [one.label for one in app.button]
    assert (
        similar_title() not in next(group for group in app.button_group if group.key == "label_way").options
    )


def test_a_label_that_is_being_typed_is_not_lost_when_the_models_have_looked(home, seen, monkeypatch):
    bare(home, task="single-label")
    blind = PhotoSuggestions(seen.folder, seen.task, seen.vocab)
    blind.job.create()
    monkeypatch.setattr(photo_suggestions, "of", lambda *_: blind)
    app = open_page(PAGE, set="mine", do="Label")
    app = way(app, "One by one")
    before = identity(app, "label_new_open")
    seen.job.update(state="finished")
    monkeypatch.setattr(photo_suggestions, "of", lambda *_: seen)
    app.run()
    assert button(app, "Accept 2 suggestions") and identity(app, "label_new_open") == before


def test_labels_that_no_model_knows_are_named(home, looked):
    bare(home, task="single-label", labels=("orange", "unicorn"))
    said = texts(open_page(PAGE, set="mine", do="Label")).replace("\\", "")
    assert "do not know unicorn." in said


@pytest.mark.parametrize("labels", [("bear", "unicorn"), ()])
@pytest.mark.parametrize("changes", [{"version": 1}, {"vocab": None}])
def test_a_damaged_model_is_one_sentence_and_labels_are_set_all_the_same(
    home, tmp_path, monkeypatch, changes, labels
):
    folder = photo_model_files.copy(tmp_path)
    photo_model_files.change(folder, "multi-label", changes)
    monkeypatch.setattr(known_labels.files, "FOLDER", folder)
    known_labels._several.cache_clear()
    bare(home, task="multi-label", labels=labels)
    app = open_page(PAGE, set="mine", do="Label")
    known_labels._several.cache_clear()
    assert not app.exception and "multi\\-label\\.json" in app.warning[0].value
    assert "Group images and suggest labels" not in [one.label for one in app.button]
    if labels:
        ways = next(group for group in app.button_group if group.key == "label_way").options
        assert similar_title() not in ways
    else:
        app.text_input(key="label_first_names").set_value("bear")
        button(app, "Use these labels").click().run()
        assert not app.exception
