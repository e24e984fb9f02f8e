"""Figures of points say what the numbers say, in pixels, and show names as plain text."""

import numpy as np
import pandas as pd
import pytest

from engine.functional.coordinates import sigmoid_range
from engine.functional.point_metrics import error_table, frame_of, root_mse_px, unit_mse
from engine.plots import points as figures
from engine.plots.point_units import error_under_the_lens, point_in_both_units
from engine.plots.y_range import descend, descent_race, range_curve, range_slope
from engine.runs import PointPredictions

BASELINE_PX = [8.0, 20.0, 30.0, 12.0]
SIZE = (640, 480)


@pytest.fixture
def predictions():
    """Four pictures of 640 x 480: the network is 3-4-5 px off on two, right on one, 10 px off on one."""
    targets = np.array([[100.0, 100], [300, 200], [500, 400], [320, 240]])
    off = np.array([[3.0, 4], [-3, 4], [0, 0], [0, -10]])
    return PointPredictions(
        ["a.jpg", "b.jpg", "<b>c</b>.jpg", "d.jpg"],
        targets + off,
        targets,
        np.tile(SIZE, (4, 1)),
        ["01", "01", "02", "<i>02</i>"],
    )


def test_errors_are_distances_in_pixels(predictions):
    errors = error_table(predictions)
    assert errors["error_px"].tolist() == pytest.approx([5, 5, 0, 10])
    assert errors["error_share"].tolist() == pytest.approx([5 / 640, 5 / 640, 0, 10 / 640])


def test_the_baseline_stands_next_to_each_error(predictions):
    assert error_table(predictions, BASELINE_PX)["baseline_px"].tolist() == BASELINE_PX
    assert error_table(predictions)["baseline_px"].isna().all()


def test_an_unknown_baseline_is_left_out(predictions):
    figure = figures.error_distribution(error_table(predictions))
    assert len(figure.data) == 2 and "mean centre" not in figure.layout.title.text


def test_the_loss_of_the_chapter_in_pixels():
    """An MSE of 0.0001 is a root of 0.01 units: 3.2 px across and 2.4 px down on 640 x 480."""
    assert root_mse_px(0.0001, SIZE) == pytest.approx([3.2, 2.4])


def test_unit_mse_is_the_mean_over_both_coordinates(predictions):
    off = np.array([[3 / 320, 4 / 240], [-3 / 320, 4 / 240], [0, 0], [0, -10 / 240]])
    assert unit_mse(predictions) == pytest.approx((off**2).mean())


def test_the_frame_is_the_commonest_size():
    assert frame_of([[640, 480], [320, 240], [320, 240]]) == (320, 240)


def test_the_distribution_says_both_medians_in_its_title(predictions):
    errors = error_table(predictions, BASELINE_PX)
    title = figures.error_distribution(errors).layout.title.text
    assert "5.0 px" in title and f"{errors['baseline_px'].median():.1f} px" in title


def test_the_distribution_is_the_share_of_pictures_within_a_distance(predictions):
    network = figures.error_distribution(error_table(predictions, BASELINE_PX)).data[0]
    at_5 = max(y for x, y in zip(network.x, network.y, strict=True) if x <= 5)
    assert at_5 == pytest.approx(0.75)


def test_the_places_lead_from_the_truth_towards_the_prediction(predictions):
    lines, dots = figures.error_places(predictions, error_table(predictions, BASELINE_PX), longer=2).data
    assert np.column_stack([dots.x, dots.y]) == pytest.approx(predictions.targets_px)
    assert (lines.x[0], lines.y[0]) == pytest.approx((100, 100))
    assert (lines.x[1], lines.y[1]) == pytest.approx((106, 108))


def test_the_places_are_drawn_with_y_downwards(predictions):
    low, high = figures.error_places(predictions, error_table(predictions, BASELINE_PX)).layout.yaxis.range
    assert low > high


def test_every_person_has_a_row_and_its_own_median(predictions):
    strip, network, baseline = figures.error_by_group(error_table(predictions, BASELINE_PX)).data
    assert len(strip.x) == 4
    assert sorted(network.x) == pytest.approx([0, 5, 10])
    assert len(baseline.x) == 3


def test_names_are_shown_as_text_and_never_as_markup(predictions):
    errors = error_table(predictions, BASELINE_PX)
    for figure in (
        figures.error_by_group(errors),
        figures.error_places(predictions, errors),
        figures.error_distribution(errors),
    ):
        shown = figure.to_json().replace("\\u003c", "<").replace("\\u003e", ">")
        assert not any(mark in shown for mark in ("<b", "b>", "<i", "i>"))


def test_one_group_only_still_makes_a_figure(predictions):
    errors = error_table(predictions, BASELINE_PX).assign(group="")
    assert "One group" in figures.error_by_group(errors).layout.title.text


def test_both_numbers_of_a_point_and_the_ellipse_of_the_loss():
    figure = point_in_both_units((160, 360), SIZE, 0.0001)
    assert "(160, 360) px is (−0.500, +0.500)" in figure.layout.title.text
    assert "3.2 px across and 2.4 px down" in error_under_the_lens((160, 360), SIZE, 0.0001).layout.title.text
    ellipse = figure.layout.shapes[0]
    assert (ellipse.x0, ellipse.x1, ellipse.y0, ellipse.y1) == pytest.approx((156.8, 163.2, 357.6, 362.4))


@pytest.mark.parametrize("bounds", [(-1, 1), (0, 3), (-1.1, 1.1)])
def test_the_slope_of_y_range_equals_torch_autograd(bounds):
    torch = pytest.importorskip("torch")
    raw = torch.linspace(-6, 6, 25, dtype=torch.float64, requires_grad=True)
    sigmoid_range(raw, *bounds).sum().backward()
    assert range_slope(raw.detach().numpy(), *bounds) == pytest.approx(raw.grad.numpy(), abs=1e-12)


def test_the_curve_marks_the_current_output_on_both_curves():
    figure = range_curve(2.0)
    answer = 2 / (1 + np.exp(-2.0)) - 1
    assert figure.data[1].y[0] == pytest.approx(answer)
    assert figure.data[3].y[0] == pytest.approx((answer + 1) * (1 - answer) / 2)


@pytest.mark.parametrize("y_range", [(-1, 1), (-1.1, 1.1), None])
def test_descent_equals_torch_sgd(y_range):
    torch = pytest.importorskip("torch")
    raw = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimiser, answers = torch.optim.SGD([raw], lr=0.3), []
    for _ in range(11):
        answer = sigmoid_range(raw, *y_range) if y_range else raw
        answers.append(answer.item())
        optimiser.zero_grad()
        ((answer - 0.9) ** 2).backward()
        optimiser.step()
    assert descend(0.9, 10, 0.3, y_range) == pytest.approx(answers)


def test_y_range_never_reaches_its_own_border_and_the_race_shows_it():
    assert descend(1.0, 5000, 0.3, (-1, 1))[-1] < 1
    assert descend(1.0, 200, 0.3, None)[-1] == pytest.approx(1)
    bounded, wider, free = (trace.y[-1] for trace in descent_race(0.98, 640).data)
    assert bounded > wider > free


def test_errors_need_a_table_with_both_columns():
    with pytest.raises(KeyError):
        figures.error_distribution(pd.DataFrame({"error_px": [1.0]}))


def test_the_sweep_tells_errors_within_training_from_those_beyond():
    figure = figures.error_sweep("yaw (°)", [-90, -60, 0, 60, 90], [30, 4, 2, 5, 20], (-60, 60), 10)
    assert (
        figure.layout.title.text
        == "At most 5.0 px off within what training showed (grey), up to 30.0 px beyond it"
    )
    grey, now = figure.layout.shapes
    assert (grey.x0, grey.x1, now.x0) == (-60, 60, 10)


def test_a_sweep_that_stays_within_training_says_nothing_of_beyond():
    figure = figures.error_sweep("yaw (°)", [-10, 10], [3, 4], (-60, 60), 0)
    assert "beyond" not in figure.layout.title.text
