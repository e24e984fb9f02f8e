"""The race: every head is trained as it would be alone, by its own loss, and a seed decides everything."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from engine.config import ConfigError
from engine.data.formats import Dataset
from engine.experiments import loss_race
from engine.experiments.loss_race import Course, RaceConfig, train_heads
from engine.experiments.loss_race.heads import Y_RANGE
from engine.functional import metrics
from engine.functional.constant_predictions import mean_point_px
from engine.functional.coordinates import pixel_distance, to_unit
from engine.tasks import LOSSES, MULTI_LABEL, POINTS

VOCAB = ("bear", "cat", "dog")
SIZE_WH = (640, 480)


def labels_course(train: int = 90, valid: int = 60, inputs: int = 24) -> Course:
    """Features in which each class can be read, but not easily."""
    rng = np.random.default_rng(0)
    targets = (rng.random((train + valid, len(VOCAB))) < 0.3).astype(int)
    features = (
        targets @ rng.normal(0, 1, (len(VOCAB), inputs)) + rng.normal(0, 0.7, (train + valid, inputs)) + 3
    )
    table = pd.DataFrame(
        {
            "fname": [f"{at}.jpg" for at in range(train + valid)],
            "labels": [tuple(np.array(VOCAB)[row == 1]) for row in targets],
            "is_valid": np.arange(train + valid) >= train,
        }
    )
    return Course.of(Dataset("tiny", MULTI_LABEL, Path("."), table, VOCAB), features.astype(np.float32))


def points_course(train: int = 90, valid: int = 60, inputs: int = 24) -> Course:
    """Features in which the point can be read; pictures are not square."""
    rng = np.random.default_rng(1)
    unit = rng.uniform(-0.8, 0.8, (train + valid, 2))
    features = unit @ rng.normal(0, 1, (2, inputs)) + rng.normal(0, 0.1, (train + valid, inputs))
    px = (unit + 1) * np.array(SIZE_WH) / 2
    table = pd.DataFrame(
        {
            "fname": [f"{at}.jpg" for at in range(train + valid)],
            "x": px[:, 0],
            "y": px[:, 1],
            "is_valid": np.arange(train + valid) >= train,
            "width": SIZE_WH[0],
            "height": SIZE_WH[1],
        }
    )
    return Course.of(Dataset("tiny", POINTS, Path("."), table), features.astype(np.float32))


COURSES = {MULTI_LABEL: labels_course(), POINTS: points_course()}
CONFIGS = {
    MULTI_LABEL: RaceConfig(MULTI_LABEL, lr=0.01, epochs=6, batch_size=32),
    POINTS: RaceConfig(POINTS, lr=0.01, epochs=6, batch_size=32),
}


def run(task: str, **changes):
    return train_heads.run(replace(CONFIGS[task], **changes), COURSES[task])


def the_end(finished, course, measure, threshold=0.5):
    scores = loss_race.label_scores(
        finished, course, threshold, loss_race.mean_average_precisions(finished, course)
    )
    return scores.groupby("lane").last()[measure]


# -- what is trained -------------------------------------------------------------------------------


def test_there_are_six_lanes_for_labels_and_three_pairs_for_points():
    assert tuple(lane.loss.name for lane in loss_race.lanes(MULTI_LABEL)) == LOSSES[MULTI_LABEL]
    points = loss_race.lanes(POINTS)
    assert [(lane.loss.name, lane.y_range) for lane in points] == [
        (name, y_range) for name in LOSSES[POINTS] for y_range in ((), Y_RANGE)
    ]
    assert len({lane.name for lane in points}) == len({lane.title for lane in points}) == 6


@pytest.mark.parametrize("task", CONFIGS)
@pytest.mark.parametrize("at", range(6))
def test_each_head_is_what_a_plain_loop_makes_of_it_alone(task, at):
    """torch.nn.Linear and AdamW, one loss, with the race's beginning and order of batches."""
    course, config, lane = COURSES[task], CONFIGS[task], loss_race.lanes(task)[at]
    chance = torch.Generator().manual_seed(config.seed)
    features, targets = map(torch.from_numpy, (course.train_features, course.train_targets))
    head = torch.nn.Linear(features.shape[1], targets.shape[1])
    with torch.no_grad():
        head.weight.copy_(((2 * torch.rand(*head.weight.T.shape, generator=chance) - 1) * 0.1 / 24**0.5).T)
        mean = targets.mean(0)
        head.bias.copy_(
            torch.logit(mean)
            if task == MULTI_LABEL
            else torch.logit((mean + 1) / 2)
            if lane.y_range
            else mean
        )
    groups = [
        {"params": [head.weight], "weight_decay": config.weight_decay},
        {"params": [head.bias], "weight_decay": 0},
    ]
    optimiser, losses = torch.optim.AdamW(groups, lr=config.lr), []
    for _ in range(config.epochs):
        for rows in torch.randperm(len(features), generator=chance).split(config.batch_size):
            raw = head(features[rows])
            outputs = raw.sigmoid() * 2 - 1 if lane.y_range else raw
            loss = lane.loss.function(outputs, targets[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    finished = run(task)
    np.testing.assert_allclose(finished.step_losses[at], losses, rtol=2e-3, atol=1e-5)
    np.testing.assert_allclose(finished.weights[at], head.weight.detach().T, rtol=1e-2, atol=1e-4)
    expected = head(torch.from_numpy(course.valid_features)).detach()
    np.testing.assert_allclose(finished.valid_raw[-1, at], expected, rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("task", CONFIGS)
def test_all_heads_begin_with_the_answer_that_needs_no_network(task):
    finished, course = run(task), COURSES[task]
    mean = course.train_targets.mean(0)
    for lane, raw in zip(finished.lanes, finished.valid_raw[0], strict=True):
        answers = np.median(lane.answers(raw), axis=0)
        wanted = mean if lane.loss.name != "cross_entropy" else mean / (1 - mean) / (mean / (1 - mean)).sum()
        np.testing.assert_allclose(answers, wanted, atol=0.05)


@pytest.mark.parametrize("task", CONFIGS)
def test_a_seed_decides_everything_and_another_one_changes_it(task):
    first, again, other = run(task), run(task), run(task, seed=1)
    for name in ("step_losses", "valid_raw", "weights", "biases"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.allclose(first.valid_raw[0], other.valid_raw[0])
    assert not np.allclose(first.step_losses, other.step_losses)


def test_a_longer_race_begins_as_the_shorter_one():
    short, long = run(MULTI_LABEL, epochs=3), run(MULTI_LABEL)
    np.testing.assert_array_equal(long.valid_raw[:4], short.valid_raw)


@pytest.mark.parametrize(
    ("name", "value"), [("lr", 0.02), ("batch_size", 16), ("weight_decay", 1.0), ("epochs", 7)]
)
def test_every_setting_changes_the_heads(name, value):
    assert not np.allclose(run(MULTI_LABEL, **{name: value}).weights, run(MULTI_LABEL).weights, atol=1e-4)


def test_weight_decay_makes_weights_smaller():
    assert np.abs(run(MULTI_LABEL, weight_decay=5.0).weights).sum() < np.abs(run(MULTI_LABEL).weights).sum()


def test_twenty_visitors_at_once_get_what_one_gets_and_torchs_own_chance_is_left_alone():
    before, wanted, found = torch.get_rng_state(), run(MULTI_LABEL), {}
    threads = [
        threading.Thread(target=lambda at=at: found.update({at: run(MULTI_LABEL, seed=at % 2)}))
        for at in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    for at in range(0, 20, 2):
        np.testing.assert_array_equal(found[at].weights, wanted.weights)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_race_uses_one_thread_and_leaves_the_others_theirs():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        run(MULTI_LABEL, epochs=1)
        assert torch.get_num_threads() == 2
        assert ThreadPoolExecutor(1).submit(torch.get_num_threads).result() == 2
        assert train_heads._ONE_AT_A_TIME.submit(torch.get_num_threads).result() == 1
    finally:
        torch.set_num_threads(before)


def test_logits_of_any_size_stay_finite():
    for task in CONFIGS:
        finished = run(task, lr=1.0)
        assert np.isfinite(finished.step_losses).all() and np.isfinite(finished.valid_raw).all()


# -- what comes out of it --------------------------------------------------------------------------


def test_every_loss_falls_and_the_inverted_one_learns_to_be_wrong():
    finished, course = run(MULTI_LABEL), COURSES[MULTI_LABEL]
    steps = finished.step_losses.shape[1]
    assert (finished.step_losses[:, -3:].mean(1) < finished.step_losses[:, :3].mean(1)).all()
    assert steps == 6 * 3
    ranked, chance = (
        the_end(finished, course, "mean_average_precision"),
        loss_race.chance_average_precision(course.valid_targets),
    )
    skill = the_end(finished, course, "skill")
    for name in LOSSES[MULTI_LABEL]:
        if name == "binary_cross_entropy_as_printed":
            assert ranked[name] < chance - 0.05 and skill[name] < -0.5
        else:
            assert ranked[name] > chance + 0.3


def test_scores_are_the_metrics_of_the_answers():
    finished, course = run(MULTI_LABEL), COURSES[MULTI_LABEL]
    ranking = loss_race.mean_average_precisions(finished, course)
    scores = loss_race.label_scores(finished, course, 0.3, ranking).set_index(["lane", "epoch"])
    assert len(scores) == 6 * 7
    for head, lane in enumerate(finished.lanes):
        probs = lane.answers(finished.valid_raw[4, head].astype(float))
        row = scores.loc[(lane.name, 4)]
        wanted = metrics.all_metrics(probs, course.valid_targets, 0.3)
        assert row["exact_match"] == wanted["exact_match"] and row["accuracy"] == wanted["accuracy"]
        assert row["skill"] == pytest.approx(wanted["skill"])
        assert row["mean_average_precision"] == pytest.approx(
            metrics.mean_average_precision(probs, course.valid_targets)
        )


def test_exact_match_by_the_number_of_labels_adds_up():
    finished, course = run(MULTI_LABEL), COURSES[MULTI_LABEL]
    counts = course.valid_targets.sum(1)
    shares = np.array([(counts == 0).mean(), (counts == 1).mean(), (counts > 1).mean()])
    whole = loss_race.by_labels(finished, course, 0.5) @ shares
    assert whole.to_dict() == pytest.approx(the_end(finished, course, "exact_match").to_dict())


def test_softmax_cannot_say_two_things_at_a_half():
    finished, course = run(MULTI_LABEL), COURSES[MULTI_LABEL]
    assert loss_race.by_labels(finished, course, 0.5).loc["cross_entropy", "several labels"] == 0
    assert loss_race.by_labels(finished, course, 0.5).loc["binary_cross_entropy", "several labels"] > 0.3


def test_average_precision_of_each_class_is_that_of_its_answers():
    finished, course = run(MULTI_LABEL), COURSES[MULTI_LABEL]
    table = loss_race.class_average_precisions(finished, course)
    assert tuple(table) == VOCAB
    means = table.mean(axis=1)
    assert means.to_dict() == pytest.approx(the_end(finished, course, "mean_average_precision").to_dict())


def test_ranks_stay_apart_where_probabilities_round_to_one():
    lane = loss_race.lanes(MULTI_LABEL)[0]
    raw = np.array([[100.0], [200.0]])
    assert lane.answers(raw).tolist() == [[1], [1]] and lane.ranks(raw)[0] < lane.ranks(raw)[1]


@pytest.mark.parametrize("task", CONFIGS)
def test_a_head_answers_any_picture_as_it_answered_the_validation_part(task):
    finished, course = run(task), COURSES[task]
    seen = course.valid_features[5] * course.deviation + course.mean
    answers = finished.answers(course.standardised(seen))
    expected = [
        lane.answers(raw[5]) for lane, raw in zip(finished.lanes, finished.valid_raw[-1], strict=True)
    ]
    np.testing.assert_allclose(answers, expected, rtol=1e-3, atol=1e-4)


def test_points_are_scored_in_pixels_of_their_pictures():
    finished, course = run(POINTS), COURSES[POINTS]
    scores = loss_race.point_scores(finished, course).set_index(["lane", "epoch"])
    for head, lane in enumerate(finished.lanes):
        unit = lane.answers(finished.valid_raw[6, head])
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
    finished = run(POINTS)
    last = loss_race.point_scores(finished, course).groupby("lane", sort=False).last()["median_error_px"]
    np.testing.assert_allclose(loss_race.point_training_errors_px(finished, twice), last, rtol=1e-3)


def test_no_answer_leaves_the_picture_with_a_range_and_many_do_without():
    finished = run(POINTS, lr=1.0, epochs=1)
    outside = loss_race.point_scores(finished, COURSES[POINTS]).groupby("lane").last()["outside"]
    for lane in finished.lanes:
        assert (outside[lane.name] == 0) == bool(lane.y_range)


# -- what is asked ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"lr": 0.0}, "lr should be 1e-05 to 1.0"),
        ({"lr": float("nan")}, "lr should be"),
        ({"epochs": 61}, "epochs should be 1 to 60, but is 61"),
        ({"epochs": 2.5}, "epochs should be a number"),
        ({"batch_size": 4}, "batch_size should be 8"),
        ({"seed": -1}, "seed should be 0"),
        ({"seed": True}, "seed should be a number"),
        ({"threshold": 1.1, "weight_decay": -1.0}, "weight_decay should be .*; threshold should be"),
        ({"task": "single-label"}, "task should be multi-label or points"),
    ],
)
def test_what_cannot_be_raced_is_told_all_at_once(asked, says):
    with pytest.raises(ConfigError, match=says):
        RaceConfig(**asked)


def test_the_threshold_is_no_part_of_the_training():
    a, b = RaceConfig(threshold=0.2), RaceConfig(threshold=0.7)
    assert a != b and a.for_training() == b.for_training()
    assert a.for_training() != replace(a, seed=1).for_training()


def test_standardising_uses_the_training_part_only():
    course = COURSES[MULTI_LABEL]
    np.testing.assert_allclose(course.train_features.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(course.train_features.std(0), 1, atol=1e-3)
    assert np.abs(course.valid_features.mean(0)).max() > 0.01


def test_guessing_and_doing_nothing():
    targets = np.array([[1, 0, 0], [1, 0, 1], [0, 0, 0], [0, 0, 0]])
    assert loss_race.chance_average_precision(targets) == pytest.approx((0.5 + 0.25) / 2)
    assert loss_race.nothing_right(targets) == 0.5
