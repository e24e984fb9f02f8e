"""Points in an image: pixels, the -1..1 that a network learns, and distances.

Points are `(..., 2)`, x first, from the image's upper left corner; sizes are `(w, h)`, one for all points or
one for each.
"""

from engine.functional.arrays import require_same_shape, shape_text, to_float, together
from engine.functional.losses import sigmoid


def to_unit(points_px, size_wh):
    """Scale pixels to -1..1: (0, 0) px becomes (-1, -1) and (w, h) px becomes (1, 1).

    The same as fastai's `PointScaler`, but with each image's own size. `points_px` is `(..., 2)`; `size_wh` is
    `(2,)` or `(N, 2)`, in pixels. Points outside the image land outside -1..1. Raises ValueError for other
    shapes and for sizes that are not positive.

    >>> to_unit([320, 120], (640, 480))
    array([ 0. , -0.5])
    """
    _, points, size = _points_and_size("points_px", points_px, size_wh)
    return points * 2 / size - 1


def to_px(points_unit, size_wh):
    """Scale -1..1 back to pixels: the inverse of `to_unit`, with the same shapes and errors.

    >>> to_px([0, -0.5], (640, 480))
    array([320., 120.])
    """
    _, points, size = _points_and_size("points_unit", points_unit, size_wh)
    return (points + 1) * size / 2


def in_frame(points_px, size_wh):
    """Return for each point whether it lies in the image, edges included; `(...)` booleans."""
    xp, points, size = _points_and_size("points_px", points_px, size_wh)
    return xp.all((points >= 0) & (points <= size), axis=-1)


def sigmoid_range(x, low, high):
    """Map any numbers into (low, high) with a sigmoid, as fastai's `y_range` does with a network's outputs.

    Any shape. Raises ValueError unless `low` is below `high`.
    """
    if not low < high:
        raise ValueError(f"low is {low} and high is {high}; expected low below high: swap them.")
    return sigmoid(x) * (high - low) + low


def sigmoid_range_gradient(x, low, high):
    """Return the derivative of `sigmoid_range`: at most a quarter of the range, and 0 far from the middle."""
    return sigmoid(x) * sigmoid(-x) * (high - low)


def pixel_distance(a_px, b_px):
    """Return the Euclidean distance between corresponding points `(..., 2)`, in pixels; `(...)`."""
    xp, a, b = together(a_px=a_px, b_px=b_px)
    _require_pairs("a_px", a)
    require_same_shape("a_px", a, "b_px", b)
    return xp.linalg.vector_norm(to_float(a, xp) - to_float(b, xp), axis=-1)


def _points_and_size(name, points, size_wh):
    xp, points, size = together(**{name: points, "size_wh": size_wh})
    points = to_float(points, xp)
    _require_pairs(name, points)
    if tuple(size.shape) not in {(2,), tuple(points.shape)}:
        raise ValueError(
            f"size_wh has shape {shape_text(size)}; expected (2,), one size for all points, or {shape_text(points)}, "
            f"a width and a height for each of {name}."
        )
    if not bool(xp.all(size > 0)):
        raise ValueError(
            "size_wh holds a size of 0 or less; expected width and height in pixels, both above 0."
        )
    return xp, points, xp.astype(size, points.dtype)


def _require_pairs(name, points) -> None:
    if points.ndim == 0 or points.shape[-1] != 2:
        raise ValueError(
            f"{name} has shape {shape_text(points)}; expected (N, 2) or (2,), x first, then y: "
            f"reshape it to one pair for each point."
        )
