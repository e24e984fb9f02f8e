"""A sweep's charts show every trial and the baseline, and their titles state the figures."""

import pandas as pd

from engine.plots import sweeps as figures

TRIALS = pd.DataFrame(
    {
        "trial": [0, 1, 2],
        "value": [0.5, 0.8, 0.7],
        "best": [0.5, 0.8, 0.8],
        "lr": [0.001, 0.01, 0.1],
        "augment": [True, False, True],
    }
)
BASE = pd.Series({"value": 0.75, "lr": 0.005, "augment": False})


def test_the_history_has_each_trial_the_best_so_far_and_the_baseline():
    figure = figures.history(TRIALS, "mean_average_precision", 0.75)
    assert list(figure.data[0].y) == [0.5, 0.8, 0.7] and list(figure.data[1].y) == [0.5, 0.8, 0.8]
    assert figure.layout.shapes[0].y0 == 0.75
    assert (
        "highest mean average precision so far is 0.8, and the baseline has 0.75" in figure.layout.title.text
    )
    assert (
        "precision is 0.8," in figures.history(TRIALS, "mean_average_precision", 0.75, True).layout.title.text
    )
    assert "lowest" in figures.history(TRIALS, "median_error_px", None).layout.title.text
    assert figures.history(TRIALS[:0], "accuracy", None).layout.title.text == "No trial has ended yet"


def test_the_axis_of_a_share_ends_just_above_1_where_all_trials_reach_it():
    low, high = figures.history(TRIALS.assign(value=1.0, best=1.0), "accuracy", 1.0).layout.yaxis.range
    assert 0.9 < low < 1 < high < 1.02


def test_one_setting_has_a_mark_for_the_baseline_and_a_fitting_axis():
    by_rate = figures.one_setting(TRIALS, "lr", "accuracy", BASE)
    assert by_rate.layout.xaxis.type == "log" and list(by_rate.data[0].x) == [0.001, 0.01, 0.1]
    assert list(by_rate.data[1].x) == [0.005] and list(by_rate.data[1].y) == [0.75]
    by_flag = figures.one_setting(TRIALS, "augment", "accuracy", None)
    assert by_flag.layout.xaxis.type == "category" and list(by_flag.data[0].x) == ["yes", "no", "yes"]
    assert len(by_flag.data) == 1


def test_the_most_important_setting_is_on_top_and_in_the_title():
    figure = figures.importances({"lr": 0.2, "loss": 0.8})
    assert list(figure.data[0].y) == ["learning rate", "loss"] and list(figure.data[0].x) == [0.2, 0.8]
    assert figure.layout.title.text == "80% of the differences between trials come from the loss"
