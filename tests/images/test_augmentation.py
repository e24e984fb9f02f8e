"""The image and its point move together; torch's own affine sampling is the yardstick."""

import numpy as np
import pytest
from PIL import Image

from engine.functional.coordinates import in_frame
from engine.images.augmentation import Motion, matrix, move_image, move_points

SIZE = (640, 480)
MOTIONS = [
    Motion(flip=True),
    Motion(turn_degrees=25),
    Motion(zoom=1.4),
    Motion(zoom=0.7),
    Motion(shift_x=0.1, shift_y=-0.2),
    Motion(flip=True, turn_degrees=-15, zoom=1.2, shift_x=-0.05, shift_y=0.08),
]


def image_with_a_blob(at_px, size_wh=SIZE):
    columns, rows = np.meshgrid(np.arange(size_wh[0]) + 0.5, np.arange(size_wh[1]) + 0.5)
    blob = np.exp(-((columns - at_px[0]) ** 2 + (rows - at_px[1]) ** 2) / (2 * 6.0**2))
    return Image.fromarray((255 * blob).round().astype(np.uint8)).convert("RGB")


def brightest_place(image):
    light = np.asarray(image)[..., 1].astype(float)
    light[np.asarray(image)[..., 1] == 128] = 0  # the grey filling
    light[light < 20] = 0
    columns, rows = np.meshgrid(np.arange(light.shape[1]) + 0.5, np.arange(light.shape[0]) + 0.5)
    return np.array([(columns * light).sum(), (rows * light).sum()]) / light.sum()


def test_a_flip_by_hand():
    assert move_points([100, 50], Motion(flip=True), SIZE) == pytest.approx([540, 50])


def test_a_quarter_turn_anticlockwise_by_hand():
    """A point 100 px right of the centre goes to 100 px above it."""
    assert move_points([420, 240], Motion(turn_degrees=90), SIZE) == pytest.approx([320, 140])


def test_zoom_leaves_the_centre_and_doubles_the_distance():
    moved = move_points([[320, 240], [330, 220]], Motion(zoom=2), SIZE)
    assert moved == pytest.approx(np.array([[320, 240], [340, 200]]))


def test_shift_is_a_share_of_width_and_of_height():
    assert move_points([0, 0], Motion(shift_x=0.25, shift_y=0.5), SIZE) == pytest.approx([160, 240])


def test_no_motion_changes_nothing():
    image = image_with_a_blob((200, 300))
    assert np.array_equal(np.asarray(move_image(image, Motion())), np.asarray(image))
    assert move_points([[1.5, 2.5]], Motion(), SIZE) == pytest.approx(np.array([[1.5, 2.5]]))


@pytest.mark.parametrize("motion", MOTIONS)
def test_the_blob_in_the_picture_goes_where_the_point_goes(motion):
    at = (400.0, 200.0)
    moved = move_image(image_with_a_blob(at), motion)
    assert brightest_place(moved) == pytest.approx(move_points(at, motion, SIZE), abs=0.6)


@pytest.mark.parametrize("motion", MOTIONS)
def test_the_picture_equals_torch_affine_grid_and_grid_sample(motion):
    torch = pytest.importorskip("torch")
    noise = np.random.default_rng(0).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((64, 48), Image.Resampling.BICUBIC)
    width, height = image.size
    to_px = np.array([[width / 2, 0, width / 2], [0, height / 2, height / 2], [0, 0, 1]])
    backwards = np.linalg.inv(to_px) @ np.linalg.inv(matrix(motion, image.size)) @ to_px
    tensor = torch.tensor(np.asarray(image)).permute(2, 0, 1)[None].double()
    grid = torch.nn.functional.affine_grid(
        torch.tensor(backwards[None, :2]), tuple(tensor.shape), align_corners=False
    )
    expected = torch.nn.functional.grid_sample(tensor, grid, align_corners=False)[0].permute(1, 2, 0).numpy()
    within = (grid[0].abs() < 0.9).all(-1).numpy()
    moved = np.asarray(move_image(image, motion)).astype(float)
    assert within.sum() > 200
    assert np.abs(moved - expected)[within].max() < 2.0


def test_a_shift_takes_a_point_near_the_edge_out_of_the_frame_and_a_smaller_one_does_not():
    near_the_right_edge = [600, 240]
    assert in_frame(move_points(near_the_right_edge, Motion(shift_x=40 / 640), SIZE), SIZE)
    assert not in_frame(move_points(near_the_right_edge, Motion(shift_x=41 / 640), SIZE), SIZE)


def test_a_zoom_of_nothing_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="zoom must be above 0, got 0"):
        Motion(zoom=0)
