import numpy as np
import pytest
import torch

from engine.functional import coordinates

SIZE = (640, 480)


def test_the_corners_and_the_middle():
    corners = [[0, 0], [640, 480], [320, 240], [640, 0]]
    assert coordinates.to_unit(corners, SIZE).tolist() == [[-1, -1], [1, 1], [0, 0], [1, -1]]


def test_same_scaling_as_fastai():
    from fastai.vision.core import TensorPoint, _scale_pnts, _unscale_pnts

    points_px = torch.tensor([[12.5, 470.0], [630.0, 3.0]])
    theirs = _scale_pnts(TensorPoint(points_px.clone()), SIZE)
    torch.testing.assert_close(coordinates.to_unit(points_px, SIZE), theirs.as_subclass(torch.Tensor))
    back = _unscale_pnts(theirs, SIZE).as_subclass(torch.Tensor)
    torch.testing.assert_close(coordinates.to_px(coordinates.to_unit(points_px, SIZE), SIZE), back)


def test_round_trip_with_a_size_for_each_image():
    rng = np.random.default_rng(0)
    sizes = rng.integers(50, 900, (20, 2))
    points_px = rng.random((20, 2)) * 1.2 * sizes
    there = coordinates.to_unit(points_px, sizes)
    for k in range(20):
        assert there[k] == pytest.approx(
            [2 * points_px[k, 0] / sizes[k, 0] - 1, 2 * points_px[k, 1] / sizes[k, 1] - 1]
        )
    assert np.allclose(coordinates.to_px(there, sizes), points_px)


def test_gradients_pass():
    points_unit = torch.zeros(3, 2, requires_grad=True)
    coordinates.to_px(points_unit, SIZE).sum().backward()
    assert points_unit.grad.tolist() == [[320, 240]] * 3


def test_sigmoid_range_equals_fastai():
    from fastai.layers import sigmoid_range

    x = torch.linspace(-8, 8, 33)
    torch.testing.assert_close(coordinates.sigmoid_range(x, -1, 1), sigmoid_range(x, -1, 1))
    assert coordinates.sigmoid_range(np.array([-1000.0, 0, 1000]), -1, 1).tolist() == [-1, 0, 1]


def test_pixel_distance_by_hand():
    assert coordinates.pixel_distance([[0, 0], [10, 10]], [[3, 4], [10, 10]]).tolist() == [5, 0]
    assert float(coordinates.pixel_distance(torch.tensor([3.0, 0]), torch.tensor([0, 4.0]))) == 5


def test_in_frame_includes_the_edges():
    inside = coordinates.in_frame([[0, 0], [640, 480], [641, 100], [100, 481], [-1, 5]], SIZE)
    assert inside.tolist() == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: coordinates.to_unit([1, 2, 3], SIZE), r"points_px has shape \(3,\); expected \(N, 2\)"),
        (lambda: coordinates.to_px([[1, 2]], [[1, 2], [3, 4]]), r"size_wh has shape \(2, 2\)"),
        (lambda: coordinates.to_unit([1, 2], (640, 0)), "size_wh holds a size of 0"),
        (lambda: coordinates.sigmoid_range([0.0], 1, -1), "low is 1 and high is -1"),
        (lambda: coordinates.pixel_distance([[1, 2]], [1, 2]), r"b_px has shape \(2,\)"),
    ],
)
def test_bad_input_is_named_with_its_remedy(call, says):
    with pytest.raises(ValueError, match=says):
        call()
