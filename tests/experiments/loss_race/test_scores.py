"""The scores of a race are the metrics of its heads' predictions."""

from dataclasses import replace

import numpy as np
import pytest

from engine.experiments import loss_race
from engine.functional import metrics
from engine.functional.constant_predictions import mean_point_px
from engine.functional.coordinates import pixel_distance, to_unit
from engine.tasks import MULTI_LABEL, POINTS
from tests.experiments.loss_race.small_races import CONFIGS, COURSES, SIZE_WH, VOCAB, final_scores, run_race


def test_scores_are_the_metrics_of_the_predictions():
    finished, course = run_race(MULTI_LABEL), COURSES[MULTI_LABEL]
    ranking = loss_race.mean_average_precisions(finished, course)
    scores = loss_race.label_scores(finished, course, 0.3, ranking).set_index(["lane", "epoch"])
    assert len(scores) == 6 * 7
    for head, lane in enumerate(finished.lanes):
        probs = lane.predictions(finished.valid_raw[4, head].astype(float))
        row = scores.loc[(lane.name, 4)]
        wanted = metrics.all_metrics(probs, course.valid_targets, 0.3)
        assert row["exact_match"] == wanted["exact_match"] and row["accuracy"] == wanted["accuracy"]
        assert row["skill"] == pytest.approx(wanted["skill"])
        assert row["mean_average_precision"] == pytest.approx(
            metrics.mean_average_precision(probs, course.valid_targets)
        )


def test_exact_match_by_the_number_of_labels_adds_up():
    finished, course = run_race(MULTI_LABEL), COURSES[MULTI_LABEL]
    counts = course.valid_targets.sum(1)
    shares = np.array([(counts == 0).mean(), (counts == 1).mean(), (counts > 1).mean()])
    whole = loss_race.by_labels(finished, course, 0.5) @ shares
    assert whole.to_dict() == pytest.approx(final_scores(finished, course, "exact_match").to_dict())


def test_softmax_cannot_predict_two_labels_at_a_half():
    finished, course = run_race(MULTI_LABEL), COURSES[MULTI_LABEL]
    assert loss_race.by_labels(finished, course, 0.5).loc["cross_entropy", "several labels"] == 0
    assert loss_race.by_labels(finished, course, 0.5).loc["binary_cross_entropy", "several labels"] > 0.3


def test_average_precision_of_each_class_is_that_of_its_predictions():
    finished, course = run_race(MULTI_LABEL), COURSES[MULTI_LABEL]
    table = loss_race.class_average_precisions(finished, course)
    assert tuple(table) == VOCAB
    means = table.mean(axis=1)
    assert means.to_dict() == pytest.approx(
        final_scores(finished, course, "mean_average_precision").to_dict()
    )


def test_ranks_stay_apart_where_probabilities_round_to_one():
    lane = loss_race.lanes(MULTI_LABEL)[0]
    raw = np.array([[100.0], [200.0]])
    assert lane.predictions(raw).tolist() == [[1], [1]] and lane.ranks(raw)[0] < lane.ranks(raw)[1]


@pytest.mark.parametrize("task", CONFIGS)
def test_a_head_predicts_any_image_as_in_the_validation_part(task):
    finished, course = run_race(task), COURSES[task]
    seen = course.valid_features[5] * course.deviation + course.mean
    predictions = finished.predictions(course.standardised(seen))
    expected = [
        lane.predictions(raw[5]) for lane, raw in zip(finished.lanes, finished.valid_raw[-1], strict=True)
    ]
    np.testing.assert_allclose(predictions, expected, rtol=1e-3, atol=1e-4)


def test_points_are_scored_in_pixels_of_their_images():
    finished, course = run_race(POINTS), COURSES[POINTS]
    scores = loss_race.point_scores(finished, course).set_index(["lane", "epoch"])
    for head, lane in enumerate(finished.lanes):
        unit = lane.predictions(finished.valid_raw[6, head])
        error = pixel_distance((unit + 1) / 2 * np.array(SIZE_WH), course.valid.points_px())
        row = scores.loc[(lane.name, 6)]
        assert row["median_error_px"] == pytest.approx(np.median(error), rel=1e-4)
        assert row["worst_error_px"] == pytest.approx(error.max(), rel=1e-4)
        assert row["median_error_px"] < loss_race.point_baseline_px(course)


def test_the_mean_point_is_the_baseline():
    course = COURSES[POINTS]
    truth = course.valid.points_px()
    assert loss_race.point_baseline_px(course) == np.median(
        pixel_distance(
            mean_point_px(course.train.points_px(), course.train.sizes_wh(), course.valid.sizes_wh()), truth
        )
    )
    np.testing.assert_allclose(course.valid_targets, to_unit(truth, SIZE_WH), atol=1e-6)


def test_training_errors_are_measured_as_the_validation_errors_are():
    """A course whose two parts are the same has the same error on both."""
    course = COURSES[POINTS]
    twice = replace(course, train=course.valid, train_features=course.valid_features)
    finished = run_race(POINTS)
    last = loss_race.point_scores(finished, course).groupby("lane", sort=False).last()["median_error_px"]
    np.testing.assert_allclose(loss_race.point_training_errors_px(finished, twice), last, rtol=1e-3)


def test_no_prediction_leaves_the_image_with_a_range_and_many_do_without():
    finished = run_race(POINTS, lr=1.0, epochs=1)
    outside = loss_race.point_scores(finished, COURSES[POINTS]).groupby("lane").last()["outside"]
    for lane in finished.lanes:
        assert (outside[lane.name] == 0) == bool(lane.y_range)


def test_random_scores_and_predicting_nothing():
    targets = np.array([[1, 0, 0], [1, 0, 1], [0, 0, 0], [0, 0, 0]])
    assert loss_race.chance_average_precision(targets) == pytest.approx((0.5 + 0.25) / 2)
    assert loss_race.nothing_right(targets) == 0.5
