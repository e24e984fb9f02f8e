"""Compared runs: their curves with the book's and the baseline; their settings against what they reached."""

import numpy as np
import pandas as pd
import pytest

from engine.plots import run_comparison, training
from engine.plots.hyper_parameters import in_words, parallel
from engine.plots.style import RUNS, TRUTH
from engine.runs.published_results import REFERENCES, reference
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


def _history(column, values):
    return pd.DataFrame({"epoch": range(1, len(values) + 1), column: values})


HISTORIES = {
    "slow": _history("accuracy_multi", [0.5, 0.6]),
    "fast": _history("accuracy_multi", [0.7, 0.9, 0.92]),
}


def test_every_run_has_its_line_its_colour_and_its_letter_at_the_end():
    figure = run_comparison.together(HISTORIES, "accuracy_multi")
    assert [(list(one.x), list(one.y)) for one in figure.data] == [
        ([1, 2], [0.5, 0.6]),
        ([1, 2, 3], [0.7, 0.9, 0.92]),
    ]
    assert [one.line.color for one in figure.data] == list(RUNS[:2])
    said = [(one.text, one.font.color, one.x, one.y) for one in figure.layout.annotations]
    assert said == [("<b>A</b>", RUNS[0], 2, 0.6), ("<b>B</b>", RUNS[1], 3, 0.92)]
    assert figure.layout.title.text == "fast ends highest: accuracy_multi 0.92"
    assert figure.layout.showlegend is False


def test_letters_at_the_ends_never_cover_each_other():
    close = {str(number): _history("accuracy", [0.5, 0.9 + number / 1e5]) for number in range(6)}
    shifts = [one.xshift for one in run_comparison.together(close, "accuracy").layout.annotations]
    assert min(np.diff(shifts)) >= 20
    apart = {"low": _history("accuracy", [0.5, 0.6]), "high": _history("accuracy", [0.5, 0.9])}
    low, high = run_comparison.together(apart, "accuracy").layout.annotations
    assert low.xshift == high.xshift


def test_no_epoch_is_told_twice():
    few = {"a": _history("accuracy", [0.5, 0.6])}
    many = few | {"b": _history("accuracy", [0.5] * 40)}
    assert run_comparison.together(few, "accuracy").layout.xaxis.dtick == 1
    assert run_comparison.together(many, "accuracy").layout.xaxis.dtick is None


def test_a_loss_is_best_low_and_a_name_is_never_markup():
    losses = {"<b>x</b>": [0.5, 0.4], "y": [0.5, 0.3]}
    histories = {name: _history("valid_loss", values) for name, values in losses.items()}
    figure = run_comparison.together(histories, "valid_loss")
    assert figure.layout.title.text.startswith("y ends lowest")
    assert figure.data[0].name == "&lt;b&gt;x&lt;/b&gt;"


def test_the_baseline_and_the_text_stand_beside_the_runs():
    text = REFERENCES[MULTI_LABEL]
    figure = run_comparison.together(
        HISTORIES, "accuracy_multi", {"predicting nothing": 0.83}, (text.title, text.history)
    )
    assert figure.data[2].line.dash == "dot" and figure.data[2].y[-1] == 0.9516
    assert [(one.y0, one.y1) for one in figure.layout.shapes] == [(0.83, 0.83)]
    assert {"predicting nothing", "the book"} < {one.text for one in figure.layout.annotations}
    low, high = figure.layout.yaxis.range
    assert low < 0.2333 and high > 0.9516


def test_curves_of_very_different_heights_are_drawn_by_their_logarithm():
    figure = run_comparison.together(
        {"a": _history("median_error_px", [80.0, 1.0])}, "median_error_px", {"mean point": 76}
    )
    assert figure.layout.yaxis.type == "log"
    end, level = figure.layout.annotations
    assert (end.y, level.y) == (pytest.approx(0), pytest.approx(np.log10(76)))
    assert figure.layout.shapes[0].y0 == 76
    assert run_comparison.together(HISTORIES, "accuracy_multi").layout.yaxis.type == "linear"


def test_no_run_has_the_colour_of_the_truth():
    assert TRUTH not in RUNS and len(set(RUNS)) == len(RUNS)
    assert [run_comparison.letter(place) for place in (0, 1, 7)] == ["A", "B", "H"]


def test_the_texts_curves_are_those_of_its_notebook():
    labels, points = REFERENCES[MULTI_LABEL].history, REFERENCES[POINTS].history
    assert (
        labels["accuracy_multi"].tolist()[-1] == 0.9516
        and labels["frozen"].tolist() == [True] * 4 + [False] * 3
    )
    assert labels["valid_loss"].tolist()[0] == 0.7037
    assert points["valid_loss"].tolist() == [0.0076, 0.0043, 0.0007, 0.000036]


def test_a_loss_is_held_only_against_the_same_loss():
    assert reference(MULTI_LABEL, "focal", "accuracy_multi") is not None
    assert reference(MULTI_LABEL, "focal", "valid_loss") is None
    assert reference(MULTI_LABEL, "binary_cross_entropy", "valid_loss") is not None
    assert reference(POINTS, "mean_squared_error", "median_error_px") is None
    assert reference(SINGLE_LABEL, "cross_entropy", "valid_loss") is None


def test_one_runs_measure_stands_beside_its_baseline():
    figure = training.metric(HISTORIES["fast"], "accuracy_multi", {"predicting nothing": 0.83})
    assert figure.layout.shapes[0].y0 == figure.layout.shapes[0].y1 == 0.83
    assert figure.layout.title.text == "accuracy_multi is 0.92 after epoch 3; predicting nothing has 0.83"
    assert not training.metric(HISTORIES["fast"], "accuracy_multi").layout.shapes


RATE = "learning<br>rate (log)"
FOUND = pd.DataFrame(
    {
        "loss": ["focal", "focal", "asymmetric"],
        "lr": [1e-2, 1e-3, 1e-2],
        "augment": [True, False, True],
        "epochs": [3, 5, 3],
        "y_range": [(-1.0, 1.0), (), (-1.0, 1.0)],
        "median_error_px": [2.0, 3.0, 7.0],
    },
    index=["best", "second", "third"],
)


def test_every_setting_is_an_axis_and_the_result_the_last():
    figure = parallel(FOUND)
    axes = {axis.label: axis for axis in figure.data[0].dimensions}
    assert list(axes) == ["loss", RATE, "augmentation", "epochs", "y_range", "median<br>error (px)"]
    assert list(axes["loss"]["values"]) == [1, 1, 0] and list(axes["loss"].ticktext) == [
        "asymmetric",
        "focal",
    ]
    np.testing.assert_allclose(axes[RATE]["values"], [-2, -3, -2])
    assert list(axes[RATE].ticktext) == ["0.001", "0.01"]
    assert list(axes["augmentation"].ticktext) == ["no", "yes"] and list(axes["augmentation"]["values"]) == [
        1,
        0,
        1,
    ]
    assert list(axes["epochs"]["values"]) == [3, 5, 3]
    assert list(axes["y_range"].ticktext) == ["-1 to 1", "none"]
    assert list(axes["median<br>error (px)"]["values"]) == [2, 3, 7]
    assert list(figure.data[0].line.color) == [2, 3, 7] and figure.data[0].line.reversescale is True
    assert figure.layout.title.text == "best has the lowest median error (px) of 3 runs: 2"


def test_a_setting_that_is_0_somewhere_has_an_ordinary_axis():
    decay = pd.DataFrame({"weight_decay": [0.1, 0.001], "accuracy": [0.9, 0.8]}, index=["Trial 0", "Trial 1"])
    assert parallel(decay).data[0].dimensions[0].label == "weight<br>decay (log)"
    some_none = parallel(decay.assign(weight_decay=[0.1, 0.0]), noun="trial")
    assert some_none.data[0].dimensions[0].label == "weight<br>decay"
    assert some_none.layout.title.text == "Trial 0 has the highest accuracy of 2 trials: 0.9"


def test_a_setting_that_one_run_does_not_have_is_a_word_of_its_axis():
    seeds = pd.DataFrame({"split_seed": [0.0, np.nan], "accuracy": [0.9, 0.8]}, index=["a", "b"])
    axis = parallel(seeds).data[0].dimensions[0]
    assert list(axis.ticktext) == ["0", "none"] and list(axis["values"]) == [0, 1]


def test_ticks_that_would_cover_each_other_are_left_out():
    close = pd.DataFrame(
        {"lr": [1.0, 2.0, 3.0, 4.0], "accuracy_multi": [0.5, 0.899, 0.9, 0.1]}, index=list("abcd")
    )
    ticks = parallel(close).data[0].dimensions[-1]
    assert list(ticks.ticktext) == ["0.1", "0.5", "0.9"]
    np.testing.assert_allclose(ticks.tickvals, [0.1, 0.5, 0.9])


def test_settings_in_words():
    assert [in_words(value) for value in (True, np.bool_(False), (), (-1.0, 1.0), 0.001, "x", 3, None)] == [
        "yes", "no", "none", "-1 to 1", "0.001", "x", "3", "none",
    ]  # fmt: skip


def test_runs_on_different_data_are_not_ranked():
    alike = run_comparison.together(HISTORIES, "accuracy_multi").layout.title.text
    apart = run_comparison.together(HISTORIES, "accuracy_multi", same_data=False).layout.title.text
    assert "ends highest" in alike
    assert "highest" not in apart and "different data" in apart
