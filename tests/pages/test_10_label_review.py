"""Page 10: what looks wrong comes one by one; every decision is kept at once, told, and can be undone."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from engine import paths
from engine.data import formats, library
from engine.data.edits import KEPT, LABELS, LEFT_OUT, POINT
from engine.experiments.label_review import job, residuals, targets
from engine.experiments.label_review.confident_learning import judge_each
from engine.jobs import status
from engine.jobs.status import FAILED, INTERRUPTED, RUNNING, Progress, Status
from engine.tasks import MULTI_LABEL, POINTS
from pages.parts.review import code as review_code
from pages.parts.review import effect_of_fixes, image_list, point_editor, start_review
from tests.lesson_data import button, chart, texts
from tests.pages.reviews import WRONG, now, open_review, press, ranked, samples
from tests.shown_code import shown_code
from tests.tiny_data import use_as_samples


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return samples(tmp_path_factory.mktemp("page10"))


@pytest.fixture(autouse=True)
def home(data, tmp_path, monkeypatch):
    use_as_samples(monkeypatch, *data, own=tmp_path)


def shown(app) -> str:
    key = app.session_state["review_data"]
    return app.session_state[f"review_at_{key}"]


def test_the_first_doubtful_picture_stands_there_with_given_seen_and_why():
    session = ranked()
    app = open_review()
    first = session.ranking.table.iloc[0]
    assert shown(app) == first.fname
    said = texts(app).replace("\\", "")
    assert first.why in said and "Labelled" in said and "Predicted" in said
    assert len(session.doubtful) > 0
    assert f"{len(session.doubtful)} of 60 images look" in app.get("progress")[0].proto.text
    assert first.fname in app.query_params["at"]


def test_the_shown_code_accuses_the_same_labels_as_the_engine():
    ranked()
    code = shown_code(open_review()).partition("# confident learning")[2].partition("\n")[2]
    rng = np.random.default_rng(0)
    shown = {
        "np": np,
        "bear": 1,
        "probs": rng.beta(0.4, 0.6, (200, 3)),
        "targets": rng.integers(0, 2, (200, 3)),
    }
    exec(code, shown)
    judged = judge_each(shown["probs"], shown["targets"])[1]
    assert 0 < judged.is_wrong.sum() < 200
    np.testing.assert_array_equal(shown["looks_wrong"], judged.is_wrong)


def test_the_code_for_points_accuses_the_same_points_as_the_engine():
    rng = np.random.default_rng(0)
    expected = rng.uniform(-1, 1, (200, 2))
    given = expected + rng.normal(0, 0.1, (200, 2)) + (rng.random((200, 1)) < 0.05)
    shown_values = {"np": np, "NearestNeighbors": NearestNeighbors, "expected": expected, "given": given}
    exec(review_code.shown(POINTS).partition("# a residual")[2].partition("\n")[2], shown_values)
    judged = residuals.far(expected, given)
    assert 0 < shown_values["looks_wrong"].sum() < 200
    np.testing.assert_allclose(shown_values["z"], judged.z)
    np.testing.assert_array_equal(shown_values["looks_wrong"], judged.z > residuals.FAR)


def test_keep_relabel_and_drop_are_kept_at_once_and_lead_on():
    session = ranked()
    app = open_review()
    first = shown(app)
    press(app, "Keep")
    assert now().decided[first].kind == KEPT
    second = session.fnames[1]
    app = open_review(at=second)
    press(app, "Exclude")
    assert now().decided[second].kind == LEFT_OUT
    third = session.fnames[2]
    app = open_review(at=third)
    given = session.ranking.table.set_index("fname").loc[third, "given"]
    other = "blue" if given == ("red",) else "red"
    field = next(one for one in app.button_group if third in one.key)
    field.set_value(list(given)).run()
    assert button(app, "Relabel").disabled and "choose another label first" in texts(app)
    next(one for one in app.button_group if third in one.key).set_value([other]).run()
    assert "choose another label first" not in texts(app)
    press(app, "Relabel")
    assert now().decided[third].kind == LABELS
    one = start_review.find("scenes")
    table = formats.load(one.data, MULTI_LABEL).table.set_index("fname")
    assert table.loc[third, "labels"] == (other,) and second not in table.index


def _standing(app) -> list[str]:
    """How far a review is: a bar while pictures are open, a message once all are decided."""
    return [one.proto.text for one in app.get("progress")] + [one.value for one in app.success]


def test_undo_leads_back_to_the_picture():
    ranked()
    app = open_review()
    first = shown(app)
    assert button(app, "Undo").disabled
    press(app, "Exclude")
    assert any("1 excluded" in said for said in _standing(app))
    press(app, "Undo")
    assert shown(app) == first and now().decided == {} and button(app, "Undo").disabled


def test_decisions_are_there_after_the_page_is_opened_again():
    ranked()
    app = open_review()
    first = shown(app)
    press(app, "Keep")
    app = open_review(at=first)
    assert "Decided: kept" in texts(app).replace("\\", "")


def test_next_and_previous_walk_the_ranking_round():
    session = ranked()
    app = open_review(at=session.fnames[0])
    press_icon(app, "review_next")
    assert shown(app) == session.fnames[1]
    press_icon(app, "review_previous")
    press_icon(app, "review_previous")
    assert shown(app) == session.fnames[-1]


def press_icon(app, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def test_points_are_moved_to_where_they_are_seen_or_where_somebody_clicks():
    session = ranked("heads")
    app = open_review(data="heads")
    first = shown(app)
    press(app, "Move")
    row = session.ranking.table.iloc[0]
    assert now("heads").decided[first].given[first] == point_editor.inside(row)
    assert point_editor.place((0.25, 0.1), row) == (16.0, 4.8)
    assert point_editor.held((-5, 900), row) == (0.0, 48.0)
    assert now("heads").decided[first].kind == POINT


def test_the_found_curve_stands_beside_chance_where_wrong_labels_are_known():
    session = ranked()
    is_wrong = session.ranking.table["fname"].isin(WRONG)
    app = open_review(review_view="Check against known errors")
    figure = chart(app, 0)
    assert figure.data[1].y[-1] == is_wrong[: len(figure.data[1].y) - 1].sum()
    ranked("heads")
    (views,) = [one for one in open_review(data="heads").button_group if one.key == "review_view"]
    assert "Check against known errors" not in views.options


def test_the_difference_is_shown_once_it_was_measured():
    session = ranked()
    one = start_review.find("scenes")
    one.decide(session.fnames[0], LEFT_OUT)
    one = start_review.find("scenes")
    job.work(one.job, one.data, one.task, True, lambda *_: None)
    app = open_review(review_view="Effect of your fixes")
    said = texts(app)
    assert "Mean of 5 seeds" in said and "baseline" in said


def test_how_far_the_measuring_is_stands_below_its_button_and_the_review_goes_on(monkeypatch):
    ranked()
    shown = Status(RUNNING, progress=Progress("Training before and after", 0.25))
    monkeypatch.setattr(job.Review, "status", property(lambda self: shown))
    app = open_review(review_view="Effect of your fixes")
    told = [one.proto.text for one in app.get("progress")]
    assert len(told) == 1 and told[0].startswith("Training before and after")
    assert button(app, "Measure the effect").disabled and not button(open_review(), "Keep").disabled
    shown = Status(FAILED, "The disk is full.")
    assert [one.value for one in open_review(review_view="Effect of your fixes").error] == [
        "The disk is full\\."
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([0.5, 0.51, 0.5], [0.6, 0.61, 0.62], "made it better: accuracy from 0.5033 to 0.6100"),
        ([0.6, 0.61, 0.62], [0.5, 0.51, 0.5], "made it worse"),
        ([0.5, 0.6, 0.4], [0.6, 0.4, 0.52], "No difference beyond the noise between seeds"),
    ],
)
def test_a_difference_within_the_noise_is_called_that(before, after, expected):
    told = {"before": before, "after": after, "baseline": 0.1, "higher": True}
    assert expected in effect_of_fixes.says({"changed": 3, "measures": {"accuracy": told}}, "accuracy")


def test_the_way_to_a_whole_run_takes_the_decisions_along():
    session = ranked()
    session.subject.decide(session.fnames[0], LEFT_OUT)
    app = open_review()
    link = next(one for one in app.get("page_link") if "Train again" in one.proto.label)
    assert any("Export the fixed" in one.proto.label for one in app.get("page_link"))
    assert "with these decisions" in link.proto.label
    assert str(start_review.find("scenes").data.name) in link.proto.query_string


def test_a_failed_review_says_why_and_can_be_begun_again():
    one = start_review.find("scenes-one-label")
    one.job.folder.mkdir(parents=True, exist_ok=True)
    (one.job.folder / "status.json").write_text(
        '{"state": "failed", "message": "A picture <b>is</b> broken."}'
    )
    app = open_review(data="scenes-one-label")
    assert "broken" in app.error[0].value and button(app, "Find wrong labels")


def test_an_interrupted_review_says_so_and_can_be_begun_again():
    one = start_review.find("scenes-one-label")
    one.job.folder.mkdir(parents=True, exist_ok=True)
    status.write(one.job.folder, Status(INTERRUPTED, "its process exited unexpectedly"))
    app = open_review(data="scenes-one-label")
    assert "was interrupted" in app.error[0].value and button(app, "Find wrong labels")


def test_a_sample_waits_to_be_asked_and_says_how_long_it_takes(monkeypatch, tmp_path):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "never reviewed"))
    app = open_review()
    assert not start_review.find("scenes").job.exists
    assert button(
        app, "Find wrong labels"
    ) and "60 images: this takes at least 8 seconds on two CPU cores" in texts(app)


def test_a_data_set_of_ones_own_waits_to_be_asked(data):
    one = library.add("mine", MULTI_LABEL, in_place=data[0].parent / "points" / "points.csv")
    app = open_review(data=one.folder.name)
    assert button(app, "Find wrong labels") and "Nothing changes" in texts(app)


def test_without_samples_or_sets_there_is_a_way_on(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "SCENES", tmp_path / "none")
    monkeypatch.setattr(paths, "HEADS", tmp_path / "none")
    app = open_review()
    assert "nothing to review" in app.info[0].value
    assert targets.all_subjects() == []


def test_the_list_holds_what_looks_wrong_and_what_was_decided():
    session = ranked()
    last = session.fnames[-1]
    session.subject.decide(last, KEPT)
    rows = image_list.listed(now())
    assert set(session.doubtful) <= set(rows) and rows[-1] == last


def test_after_a_decision_the_page_offers_to_train_again():
    ranked()
    app = open_review()
    if "You decided" not in texts(app):
        press(app, "Keep")
    assert "**You decided 1 image.**" in texts(app)
    assert "Train again with these decisions" in [link.proto.label for link in app.get("page_link")]
