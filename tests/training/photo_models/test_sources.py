"""The readers of the two datasets, sizes, pasted faces, and names."""

import numpy as np
import pytest
from PIL import Image

from engine.training.photo_models import face_scenes, fit, sizing, sources
from engine.training.photo_models.face_scenes import Face
from engine.training.photo_models.imagenet_names import short_names


def test_photographs_are_read_with_their_labels(tmp_path):
    (tmp_path / "data.yaml").write_text("path: .\nnames:\n  0: person\n  1: traffic light\n")
    for name, lines in {"a": "1 .5 .5 .1 .1\n1 .2 .2 .1 .1\n", "b": "0 .5 .5 1 1\n"}.items():
        for folder in ("images/val", "labels/val"):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8)).save(tmp_path / f"images/val/{name}.jpg")
        (tmp_path / f"labels/val/{name}.txt").write_text(lines)
    Image.new("RGB", (8, 8)).save(tmp_path / "images/val/c.jpg")
    photographs = sources.read_coco(tmp_path)
    assert photographs.targets.tolist() == [[0, 1], [1, 0], [0, 0]]
    assert photographs.of(["traffic light"]).ravel().tolist() == [1, 0, 0]


def test_a_missing_dataset_is_one_sentence(tmp_path, capsys):
    assert fit.main(["--coco", str(tmp_path), "--faces", str(tmp_path)]) == 2
    assert "data.yaml is missing: --coco and --faces should name" in capsys.readouterr().err


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (100, 100), (4000, 50), (1, 1)])
def test_sizes_are_multiples_of_a_cell_of_about_the_same_area(size):
    height, width, _ = sizing.proportional(Image.new("RGB", size), 320 * 240).shape
    assert height % 32 == width % 32 == 0 and min(height, width) >= 160
    assert 0.75 <= height * width / (320 * 240) <= 1.25


def test_the_middle_is_a_centred_square():
    image = Image.new("RGB", (400, 200))
    image.paste((255, 0, 0), (108, 8, 292, 192))
    assert sizing.middle(image, 64).min(axis=(0, 1))[0] > 250


def marked_face() -> Face:
    image = Image.new("RGB", (60, 80), (40, 40, 40))
    image.paste((255, 0, 0), (27, 37, 34, 44))
    return Face(image, (30.5, 40.5), "p")


def test_pasted_points_lie_where_the_face_was_pasted():
    scenes = face_scenes.make([marked_face()], [Image.new("RGB", (300, 200), (0, 120, 0))])
    count = face_scenes.PER_FACE
    for square, point in zip(scenes.squares[:count], scenes.points[:count], strict=True):
        redness = square[:, :, 0].astype(float) - square[:, :, 1]
        rows, columns = np.nonzero(redness > 0.7 * redness.max())
        centre = (columns.mean() + 0.5) / face_scenes.SIDE, (rows.mean() + 0.5) / face_scenes.SIDE
        np.testing.assert_allclose(point, centre, atol=0.02)
    assert np.isnan(scenes.points[count:]).all() and len(scenes.points) == count + face_scenes.PER_BACKGROUND


def test_the_same_seed_makes_the_same_scenes():
    background = [Image.new("RGB", (300, 200), (0, 120, 0))]
    first, second = (face_scenes.make([marked_face()], background) for _ in range(2))
    assert (first.squares == second.squares).all()


def test_names_are_unique_and_short():
    names = short_names()
    assert len(set(names)) == 1000 and not any("," in name for name in names)
    assert names[207] == "golden retriever" and names[134] == "crane (bird)"
