import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from sklearn.linear_model import LinearRegression

from engine.functional import linear_regression


def some_line(seed=0, n=25):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 20, n)
    return x, 3 + 2 * x + rng.normal(0, 4, n)


@pytest.mark.parametrize("inputs", [1, 2, 5])
def test_hyperplane_equals_scikit_learn(inputs):
    rng = np.random.default_rng(inputs)
    x, y = rng.normal(3, 2, (30, inputs)), rng.normal(size=30)
    theirs = LinearRegression().fit(x, y)
    plane = linear_regression.fit_hyperplane(x, y)
    assert plane.weights == pytest.approx(theirs.coef_) and plane.intercept == pytest.approx(
        theirs.intercept_
    )
    assert plane.predict(x) == pytest.approx(theirs.predict(x))


def test_points_on_a_plane_give_that_plane():
    x = np.array([[0.0, 0], [1, 0], [0, 1], [2, 5]])
    plane = linear_regression.fit_hyperplane(x, 7 + 2 * x[:, 0] - 3 * x[:, 1])
    assert plane.weights == pytest.approx([2, -3]) and plane.intercept == pytest.approx(7)


def test_repeated_inputs_share_the_weight():
    x = np.arange(6.0)
    plane = linear_regression.fit_hyperplane(np.stack([x, x], axis=1), 4 * x + 1)
    assert plane.weights == pytest.approx([2, 2]) and plane.intercept == pytest.approx(1)


def test_fewer_points_than_inputs_and_a_single_point():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(3, 5)), rng.normal(size=3)
    plane = linear_regression.fit_hyperplane(x, y)
    assert plane.weights == pytest.approx(LinearRegression().fit(x, y).coef_)
    assert plane.predict(x) == pytest.approx(y)
    alone = linear_regression.fit_hyperplane([5.0], [7.0])
    assert alone.weights == pytest.approx([0]) and alone.intercept == 7


def test_torch_gives_the_same_plane_with_gradients():
    x, y = some_line()
    targets = torch.tensor(y, requires_grad=True)
    plane = linear_regression.fit_hyperplane(torch.tensor(x), targets)
    expected = linear_regression.fit_hyperplane(x, y)
    assert plane.weights[0].item() == pytest.approx(expected.weights[0])
    plane.intercept.backward()
    assert float(targets.grad.sum()) == pytest.approx(1)


def least_absolute_error_by_linear_programming(x, y):
    n = len(x)
    lines = np.stack([x, np.ones(n)], axis=1)
    constraints = np.block([[lines, -np.eye(n)], [-lines, -np.eye(n)]])
    bounds = [(None, None)] * 2 + [(0, None)] * n
    answer = linprog([0, 0] + [1 / n] * n, constraints, np.concatenate([y, -y]), bounds=bounds)
    return answer.fun


@pytest.mark.parametrize("seed", range(8))
def test_least_absolute_line_is_as_good_as_linear_programming_finds(seed):
    x, y = some_line(seed, n=3 + 4 * seed)
    y[0] += 100 * seed
    line = linear_regression.fit_least_absolute(x, y)
    error = np.abs(line.predict(x) - y).mean()
    assert error == pytest.approx(least_absolute_error_by_linear_programming(x, y), rel=1e-6)


def test_least_absolute_line_ignores_how_far_out_an_outlier_is():
    x = np.arange(8.0)
    y = 2 * x + 1
    y[3] = 1e6
    line = linear_regression.fit_least_absolute(x, y)
    assert line.weights == pytest.approx([2]) and line.intercept == pytest.approx(1)
    assert linear_regression.fit_hyperplane(x, y).intercept > 1e5


def test_least_absolute_line_with_one_x_is_the_median():
    line = linear_regression.fit_least_absolute([4.0, 4, 4], [1.0, 2, 90])
    assert line.weights.tolist() == [0] and line.intercept == 2


def test_of_equally_good_lines_the_flattest():
    line = linear_regression.fit_least_absolute([0.0, 0, 1, 1], [0.0, 1, 0, 1])
    assert line.weights.tolist() == [0]


def test_errors_of_lines_by_hand():
    x, y = some_line(n=5)
    lines = [[[0.0, -1], [1, 4]], [[2, 3], [-1, 0]]]
    errors = linear_regression.mse_of_lines(x, y, lines)
    assert errors.shape == (2, 2)
    for row, several in enumerate(lines):
        for column, (slope, intercept) in enumerate(several):
            by_hand = sum((slope * a + intercept - b) ** 2 for a, b in zip(x, y, strict=True)) / 5
            assert errors[row, column] == pytest.approx(by_hand)


def test_every_line_of_an_ellipse_has_the_same_error():
    x, y = some_line()
    ellipse = linear_regression.mse_ellipse(x, y, 100.0)
    assert linear_regression.mse_of_lines(x, y, ellipse) == pytest.approx(np.full(len(ellipse), 100.0))
    assert ellipse[0] == pytest.approx(ellipse[-1])
    assert np.ptp(ellipse, axis=0).min() > 1


def test_an_ellipse_below_the_least_error_is_refused():
    with pytest.raises(ValueError, match="level is 0; expected at least"):
        linear_regression.mse_ellipse(*some_line(), 0)


def test_an_ellipse_of_people_with_the_same_x_is_long_but_finite():
    ellipse = linear_regression.mse_ellipse([3.0, 3], [1.0, 2], 5.0)
    assert np.isfinite(ellipse).all() and np.ptp(ellipse, axis=0).max() > 1000


def test_standardized_inputs_have_mean_0_and_spread_1_and_lines_go_there_and_back():
    x, y = some_line()
    inputs = linear_regression.standardize(x)
    assert inputs.x.mean() == pytest.approx(0) and inputs.x.std() == pytest.approx(1)
    there = inputs.line(2.5, 30.0)
    assert linear_regression.mse_of_lines(inputs.x, y, there) == pytest.approx(
        linear_regression.mse_of_lines(x, y, (2.5, 30))
    )
    assert inputs.raw_line(*there) == pytest.approx((2.5, 30))
    assert linear_regression.largest_stable_learning_rate(inputs.x) == pytest.approx(1)
    assert linear_regression.standardize([4.0, 4]).x.tolist() == [0, 0]


def test_gradient_equals_autograd():
    x, y = some_line()
    line = torch.tensor([1.5, -2.0], dtype=torch.float64, requires_grad=True)
    ((line[0] * torch.tensor(x) + line[1] - torch.tensor(y)) ** 2).mean().backward()
    assert linear_regression.mse_gradient(x, y, 1.5, -2.0) == pytest.approx(line.grad.numpy())


def test_descent_equals_torch_sgd():
    x, y = some_line()
    line = torch.tensor([0.0, 5.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([line], lr=0.004)
    for _ in range(10):
        optimizer.zero_grad()
        ((line[0] * torch.tensor(x) + line[1] - torch.tensor(y)) ** 2).mean().backward()
        optimizer.step()
    path = linear_regression.gradient_descent(x, y, 0.004, 10, start=(0, 5))
    assert path.shape == (11, 2) and path[0].tolist() == [0, 5]
    assert path[-1] == pytest.approx(line.detach().numpy())


def test_descent_converges_below_the_largest_stable_rate_and_diverges_above():
    x, y = some_line()
    best = linear_regression.fit_hyperplane(x, y)
    limit = linear_regression.largest_stable_learning_rate(x)
    calm = linear_regression.gradient_descent(x, y, 0.98 * limit, 5000)
    wild = linear_regression.gradient_descent(x, y, 1.02 * limit, 5000)
    assert calm[-1] == pytest.approx([best.weights[0], best.intercept], rel=1e-4)
    assert np.abs(wild[-1]).max() > 1e6


def test_descent_far_beyond_the_limit_ends_without_a_warning_or_a_crash(recwarn):
    path = linear_regression.gradient_descent(*some_line(), 10.0, 2000)
    assert path.shape == (2001, 2) and not np.isfinite(path[-1]).any() and not recwarn.list


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: linear_regression.fit_hyperplane([[1.0, 2]], [1.0, 2]),
            r"x has shape \(1, 2\) and y has shape \(2,\)",
        ),
        (lambda: linear_regression.fit_hyperplane([], []), "x is empty"),
        (
            lambda: linear_regression.fit_hyperplane([1.0, np.nan], [1.0, 2]),
            "x holds NaN.*leave those rows out",
        ),
        (lambda: linear_regression.fit_hyperplane([1.0, 2], [1.0, np.inf]), "y holds NaN or infinity"),
        (
            lambda: linear_regression.fit_least_absolute(np.ones((4, 2)), np.ones(4)),
            "x has 2 inputs; expected 1",
        ),
        (lambda: linear_regression.gradient_descent([1.0], [1.0], 0, 5), "learning_rate is 0"),
        (lambda: linear_regression.gradient_descent([1.0], [1.0], 0.1, -5), "steps is -5"),
    ],
)
def test_bad_input_is_named_with_its_remedy(call, says):
    with pytest.raises(ValueError, match=says):
        call()
