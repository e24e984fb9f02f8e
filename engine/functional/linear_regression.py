"""Linear regression: the hyperplane that best fits the points, and gradient descent to it."""

from dataclasses import dataclass

import numpy as np

from engine.functional.arrays import Array, require_not_empty, shape_text, to_float, to_numpy, together
from engine.functional.losses import mean_absolute_error, mean_squared_error

FLAT = ROUNDING = 1e-9


@dataclass(frozen=True)
class Hyperplane:
    """A linear prediction: `weights` `(D,)`, one per input, and the `intercept`, the value where all inputs are 0."""

    weights: Array
    intercept: Array

    def predict(self, x):
        """Return the prediction for each row of `x`, `(N, D)` or, with one input, `(N,)`; `(N,)`."""
        xp, x = together(x=x)
        return xp.matmul(_rows(to_float(x, xp)), self.weights) + self.intercept


def fit_hyperplane(x, y) -> Hyperplane:
    """Return the hyperplane with the least mean squared error.

    `x` is `(N, D)`, or `(N,)` for one input; `y` is `(N,)`. Where several hyperplanes are equally good (inputs
    that repeat each other, fewer points than inputs) the one with the smallest weights is returned, as
    scikit-learn's `LinearRegression` does. Raises ValueError for other shapes and for numbers that are not finite.
    """
    xp, x, y = _x_and_y(x, y)
    x_mean, y_mean = xp.mean(x, axis=0), xp.mean(y)
    weights = xp.matmul(xp.linalg.pinv(x - x_mean), y - y_mean)
    return Hyperplane(weights, y_mean - xp.sum(x_mean * weights))


def fit_least_absolute(x, y) -> Hyperplane:
    """Return the exact line with the least mean absolute error, for points with one input.

    `x` and `y` are `(N,)`. Some best line passes through two of the points (Bloomfield and Steiger, Least
    Absolute Deviations, 1983), so the lines through each two are compared: N * N * N / 2 steps, fast for 500
    points. Of several best lines the flattest is returned; where all x are equal, the horizontal line at the median.
    Raises ValueError as `fit_hyperplane` does.
    """
    _, x, y = _x_and_y(to_numpy(x), to_numpy(y))
    if x.shape[1] != 1:
        raise ValueError(
            f"x has {x.shape[1]} inputs; expected 1: only lines are fitted to the absolute error."
        )
    x = x[:, 0]
    best = min((_best_line_through(index, x, y) for index in range(len(x))), key=_error_then_flatness)
    return Hyperplane(np.array([best[1]]), np.float64(best[2]))


def _best_line_through(index, x, y) -> tuple[float, float, float]:
    others = x != x[index]
    if not others.any():
        return _absolute_error(x, y, 0.0, np.median(y)), 0.0, float(np.median(y))
    slopes = (y[others] - y[index]) / (x[others] - x[index])
    intercepts = y[index] - slopes * x[index]
    errors = np.abs(slopes[:, None] * x + intercepts[:, None] - y).mean(axis=1)
    best = min(range(len(slopes)), key=lambda line: _error_then_flatness((errors[line], slopes[line])))
    return float(errors[best]), float(slopes[best]), float(intercepts[best])


def _error_then_flatness(line) -> tuple[float, float]:
    error, slope, *_ = line
    return float(f"{error:.12g}"), abs(slope)


def _absolute_error(x, y, slope, intercept) -> float:
    return float(mean_absolute_error(slope * x + intercept, y))


@dataclass(frozen=True)
class Standardized:
    """Inputs with mean 0 and standard deviation 1, and conversions of lines between raw and standardized inputs."""

    x: np.ndarray
    mean: float
    spread: float

    def line(self, slope: float, intercept: float) -> tuple[float, float]:
        """Return the slope and intercept, over the standardized inputs, of a line over the raw ones."""
        return slope * self.spread, intercept + slope * self.mean

    def raw_line(self, slope: float, intercept: float) -> tuple[float, float]:
        """Return the slope and intercept, over the raw inputs, of a line over the standardized ones."""
        return slope / self.spread, intercept - slope * self.mean / self.spread


def standardize(x) -> Standardized:
    """Subtract the mean of the inputs `(N,)` and divide by their standard deviation; equal inputs become 0."""
    x = np.asarray(x, dtype=np.float64)
    spread = float(x.std()) or 1.0
    return Standardized((x - x.mean()) / spread, float(x.mean()), spread)


def mse_of_lines(x, y, lines) -> np.ndarray:
    """Return the mean squared error of each line.

    `x` and `y` are `(N,)`; `lines` is `(..., 2)`, a slope and an intercept each; the result is `(...)`.
    Infinite or NaN for lines of a diverged gradient descent.
    """
    lines = np.asarray(lines, dtype=np.float64)
    with np.errstate(all="ignore"):
        predictions = lines[..., :1] * np.asarray(x) + lines[..., 1:]
        targets = np.broadcast_to(np.asarray(y), predictions.shape)
        return mean_squared_error(predictions, targets, reduction="none").mean(axis=-1)


def mse_ellipse(x, y, level: float, corners: int = 97) -> np.ndarray:
    """Return the lines whose mean squared error is `level`: an ellipse around the fitted line.

    Returns `(corners, 2)`, a slope and an intercept each, the last equal to the first. Raises ValueError for a
    level below the least mean squared error there is.
    """
    _, inputs, y = _x_and_y(to_numpy(x), to_numpy(y))
    fitted = fit_hyperplane(inputs, y)
    best = np.array([fitted.weights[0], fitted.intercept])
    least = float(mse_of_lines(inputs[:, 0], y, best))
    if level < least - ROUNDING * float((y * y).mean()):
        raise ValueError(
            f"level is {level}; expected at least {least:.6g}, the least there is: ask for more."
        )
    strengths, directions = np.linalg.eigh(_curvature(inputs[:, 0]) / 2)
    angles = np.linspace(0, 2 * np.pi, corners)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    reach = np.sqrt(max(level - least, 0.0) / np.maximum(strengths, FLAT))
    return best + (directions @ (reach[:, None] * circle)).T


def gradient_descent(x, y, learning_rate: float, steps: int, start=(0.0, 0.0)) -> np.ndarray:
    """Minimize the mean squared error of a line by gradient descent.

    `x` and `y` are `(N,)`; `start` is a slope and an intercept. Returns `(steps + 1, 2)`, the start first; where it
    diverges the numbers grow up to infinity and NaN. Raises ValueError for a learning rate that is not
    positive or a negative number of steps.
    """
    if not learning_rate > 0 or steps < 0:
        raise ValueError(
            f"learning_rate is {learning_rate} and steps is {steps}; expected a learning rate above 0 and 0 steps "
            f"or more."
        )
    _, x, y = _x_and_y(to_numpy(x), to_numpy(y))
    line = np.asarray(start, dtype=np.float64)
    path = [line]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            line = line - learning_rate * mse_gradient(x[:, 0], y, *line)
            path.append(line)
    return np.array(path)


def mse_gradient(x, y, slope: float, intercept: float) -> np.ndarray:
    """Return the gradient of a line's mean squared error by slope and intercept; `(2,)`."""
    errors = slope * np.asarray(x) + intercept - np.asarray(y)
    return 2 * np.array([(errors * x).mean(), errors.mean()])


def largest_stable_learning_rate(x) -> float:
    """Return the learning rate above which gradient descent on the mean squared error of a line diverges.

    It is 2 / the surface's strongest curvature, the largest eigenvalue of its second derivatives (Goodfellow,
    Bengio and Courville, Deep Learning, 2016, section 4.3.1). `x` is `(N,)`.
    """
    return float(2 / np.linalg.eigvalsh(_curvature(np.asarray(x, dtype=np.float64)))[-1])


def _curvature(x) -> np.ndarray:
    """Second derivatives of the mean squared error by slope and intercept; the same everywhere."""
    return 2 * np.array([[(x * x).mean(), x.mean()], [x.mean(), 1.0]])


def _x_and_y(x, y):
    xp, x, y = together(x=x, y=y)
    x, y = _rows(to_float(x, xp)), to_float(y, xp)
    require_not_empty("x", x)
    if y.ndim != 1 or x.ndim != 2 or x.shape[0] != y.shape[0]:
        raise ValueError(
            f"x has shape {shape_text(x)} and y has shape {shape_text(y)}; expected (N, D) and (N,): "
            f"one row of inputs per number to predict."
        )
    for name, array in (("x", x), ("y", y)):
        if not bool(xp.all(xp.isfinite(array))):
            raise ValueError(f"{name} holds NaN or infinity; expected numbers: leave those rows out.")
    return xp, x, y


def _rows(x):
    return x[:, None] if x.ndim == 1 else x
