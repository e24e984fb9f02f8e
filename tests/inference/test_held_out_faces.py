"""The errors on held-out faces are those that the fitting measured, beside the mean point of the other folds."""

import numpy as np
import pytest

from engine.functional.coordinates import pixel_distance
from engine.inference import held_out_faces
from engine.inference.held_out_faces import CROPS, PASTED
from engine.training.photo_models import files, held_out_points
from engine.training.photo_models.held_out_points import HeldOutPoint


def test_the_bundled_predictions_give_the_figures_that_the_model_names():
    measured = files.read(files.FOLDER, "points")["measured"]
    rows = held_out_points.read()
    off = [np.subtract(row.true, row.predicted) for row in rows]
    assert np.median(np.linalg.norm(off, axis=1)) == pytest.approx(
        measured["median_error_in_sides"], abs=5e-4
    )
    crops, pasted = held_out_faces.load(CROPS), held_out_faces.load(PASTED)
    missed = np.concatenate([~crops.is_found, ~pasted.is_found])
    assert [len(missed), missed.mean()] == pytest.approx(
        [measured["images"][0], measured["faces_missed"]], abs=1e-4
    )
    assert (~crops.is_found).mean() == pytest.approx(measured["tight_crops_missed"], abs=1e-4)


@pytest.mark.parametrize("kind", [PASTED, CROPS])
def test_the_network_beats_the_mean_point(kind):
    faces = held_out_faces.load(kind)
    errors = pixel_distance(faces.predictions.points_px, faces.predictions.targets_px)
    assert np.median(errors) < 0.5 * np.median(faces.baseline_px)
    assert len(set(faces.predictions.groups)) == 40


def test_the_baseline_is_the_mean_of_the_same_kind_in_the_other_folds(monkeypatch):
    def row(person, fold, x, is_crop=True):
        return HeldOutPoint(person, fold, is_crop, (200, 100), (x, 0.5), (x, 0.75), 0.9)

    rows = [row("a", 0, 0.2), row("a", 0, 0.4), row("b", 1, 0.8), row("a", 0, 0.0, is_crop=False)]
    monkeypatch.setattr(held_out_points, "read", lambda: rows)
    faces = held_out_faces.load(CROPS)
    assert faces.baseline_px == pytest.approx([0.6 * 200, 0.4 * 200, 0.5 * 200])
    assert faces.predictions.fnames == ["a, image 1", "a, image 2", "b, image 1"]
    assert faces.predictions.points_px[0] == pytest.approx((40, 75))
    assert held_out_faces.mean_point_px((10, 10)) == pytest.approx((3.5, 5))


def test_another_kind_is_named():
    with pytest.raises(ValueError, match="'pasted' or 'crops', but is 'all'"):
        held_out_faces.load("all")


@pytest.mark.parametrize("kept", [slice(1), slice(2), slice(3)])
def test_rows_without_another_fold_are_damage(tmp_path, monkeypatch, kept):
    lines = (files.FOLDER / held_out_points.FNAME).read_text().splitlines()
    table = [line.split(",") for line in lines[1:]]
    of_one_fold = [lines[1 + at] for at, row in enumerate(table) if row[1] == table[0][1]]
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    (tmp_path / held_out_points.FNAME).write_text("\n".join([lines[0], *of_one_fold[kept]]) + "\n")
    for kind in (CROPS, PASTED):
        with pytest.raises(files.PhotoModelError, match=r"held_out_points.csv is damaged"):
            held_out_faces.load(kind)
