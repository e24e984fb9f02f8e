"""Every head of a race is trained as it would be alone, by its own loss, and a seed decides everything."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.config import ConfigError
from engine.experiments import loss_race
from engine.experiments.loss_race import RaceConfig, train_heads
from engine.experiments.loss_race.heads import Y_RANGE
from engine.tasks import LOSSES, MULTI_LABEL, POINTS
from tests.experiments.loss_race.small_races import (
    CONFIGS,
    COURSES,
    final_scores,
    run_race,
)


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
    finished = run_race(task)
    np.testing.assert_allclose(finished.step_losses[at], losses, rtol=2e-3, atol=1e-5)
    np.testing.assert_allclose(finished.weights[at], head.weight.detach().T, rtol=1e-2, atol=1e-4)
    expected = head(torch.from_numpy(course.valid_features)).detach()
    np.testing.assert_allclose(finished.valid_raw[-1, at], expected, rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("task", CONFIGS)
def test_all_heads_start_with_the_constant_prediction(task):
    finished, course = run_race(task), COURSES[task]
    mean = course.train_targets.mean(0)
    for lane, raw in zip(finished.lanes, finished.valid_raw[0], strict=True):
        predictions = np.median(lane.predictions(raw), axis=0)
        wanted = mean if lane.loss.name != "cross_entropy" else mean / (1 - mean) / (mean / (1 - mean)).sum()
        np.testing.assert_allclose(predictions, wanted, atol=0.05)


@pytest.mark.parametrize("task", CONFIGS)
def test_a_seed_decides_everything_and_another_one_changes_it(task):
    first, again, other = run_race(task), run_race(task), run_race(task, seed=1)
    for name in ("step_losses", "valid_raw", "weights", "biases"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.allclose(first.valid_raw[0], other.valid_raw[0])
    assert not np.allclose(first.step_losses, other.step_losses)


def test_a_longer_race_begins_as_the_shorter_one():
    short, long = run_race(MULTI_LABEL, epochs=3), run_race(MULTI_LABEL)
    np.testing.assert_array_equal(long.valid_raw[:4], short.valid_raw)


@pytest.mark.parametrize(
    ("name", "value"), [("lr", 0.02), ("batch_size", 16), ("weight_decay", 1.0), ("epochs", 7)]
)
def test_every_setting_changes_the_heads(name, value):
    assert not np.allclose(
        run_race(MULTI_LABEL, **{name: value}).weights, run_race(MULTI_LABEL).weights, atol=1e-4
    )


def test_weight_decay_makes_weights_smaller():
    assert (
        np.abs(run_race(MULTI_LABEL, weight_decay=5.0).weights).sum()
        < np.abs(run_race(MULTI_LABEL).weights).sum()
    )


def test_twenty_concurrent_races_equal_a_single_one_and_keep_torchs_random_state():
    before, wanted, found = torch.get_rng_state(), run_race(MULTI_LABEL), {}
    threads = [
        threading.Thread(target=lambda at=at: found.update({at: run_race(MULTI_LABEL, seed=at % 2)}))
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
        run_race(MULTI_LABEL, epochs=1)
        assert torch.get_num_threads() == 2
        assert ThreadPoolExecutor(1).submit(torch.get_num_threads).result() == 2
        assert train_heads._QUEUE.submit(torch.get_num_threads).result() == 1
    finally:
        torch.set_num_threads(before)


def test_logits_of_any_size_stay_finite():
    for task in CONFIGS:
        finished = run_race(task, lr=1.0)
        assert np.isfinite(finished.step_losses).all() and np.isfinite(finished.valid_raw).all()


def test_every_loss_falls_and_the_inverted_one_learns_to_be_wrong():
    finished, course = run_race(MULTI_LABEL), COURSES[MULTI_LABEL]
    steps = finished.step_losses.shape[1]
    assert (finished.step_losses[:, -3:].mean(1) < finished.step_losses[:, :3].mean(1)).all()
    assert steps == 6 * 3
    ranked, chance = (
        final_scores(finished, course, "mean_average_precision"),
        loss_race.chance_average_precision(course.valid_targets),
    )
    skill = final_scores(finished, course, "skill")
    for name in LOSSES[MULTI_LABEL]:
        if name == "binary_cross_entropy_as_printed":
            assert ranked[name] < chance - 0.05 and skill[name] < -0.5
        else:
            assert ranked[name] > chance + 0.3


@pytest.mark.parametrize(
    ("settings", "message"),
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
def test_all_invalid_settings_are_reported_at_once(settings, message):
    with pytest.raises(ConfigError, match=message):
        RaceConfig(**settings)


def test_the_threshold_is_no_part_of_the_training():
    a, b = RaceConfig(threshold=0.2), RaceConfig(threshold=0.7)
    assert a != b and a.for_training() == b.for_training()
    assert a.for_training() != replace(a, seed=1).for_training()


def test_standardising_uses_the_training_part_only():
    course = COURSES[MULTI_LABEL]
    np.testing.assert_allclose(course.train_features.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(course.train_features.std(0), 1, atol=1e-3)
    assert np.abs(course.valid_features.mean(0)).max() > 0.01
