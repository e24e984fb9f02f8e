"""Held-out points: their file, and that no head predicts for a person it was fitted on."""

import numpy as np
import pytest
from PIL import Image

from engine.training.photo_models import files, fit_point, held_out_points
from engine.training.photo_models.face_scenes import PER_FACE, SIDE, Face
from engine.training.photo_models.held_out_points import HeldOutPoint
from engine.training.photo_models.point_head import PointHead


def test_points_come_back_as_they_were_written(tmp_path):
    points = [
        HeldOutPoint("p001", 3, True, (121, 148), (0.25, 0.5), (0.125, 0.75), 0.5),
        HeldOutPoint("p002", 0, False, (224, 224), (0.0, 1.0), (-0.0625, 1.0), 1.0),
    ]
    held_out_points.write(points, tmp_path)
    assert held_out_points.read(tmp_path) == points


def test_missing_and_damaged_files_are_named(tmp_path):
    with pytest.raises(files.PhotoModelError, match=r"held_out_points.csv is missing"):
        held_out_points.read(tmp_path)
    for text in ("", "person,fold\np001,1\n", "\x00", ",".join(held_out_points.COLUMNS) + "\n"):
        (tmp_path / held_out_points.FNAME).write_text(text)
        with pytest.raises(files.PhotoModelError, match=r"held_out_points.csv is damaged: restore it"):
            held_out_points.read(tmp_path)


@pytest.mark.parametrize(
    "row",
    [
        "p001,1,1,121,148,nan,0.3,0.5,0.3,0.9",
        "p001,1,1,121,148,1.5,0.3,0.5,0.3,0.9",
        "p001,1,1,121,148,0.5,0.3,inf,0.3,0.9",
        "p001,1,1,0,148,0.5,0.3,0.5,0.3,0.9",
        "p001,1,1,121,148,0.5,0.3,0.5,0.3,9",
        "p001,1,yes,121,148,0.5,0.3,0.5,0.3,0.9",
    ],
)
def test_a_row_with_an_impossible_number_is_damage(tmp_path, row):
    (tmp_path / held_out_points.FNAME).write_text(",".join(held_out_points.COLUMNS) + f"\n{row}\n")
    with pytest.raises(files.PhotoModelError, match=r"held_out_points.csv is damaged"):
        held_out_points.read(tmp_path)


def test_no_head_has_seen_the_person_it_predicts_for(monkeypatch):
    """A stand-in head remembers which points it was fitted on, and the grids tell which image is which."""
    faces = [
        Face(Image.new("RGB", (40, 50), (9 * at, 90, 90)), (20.0 + at / 10, 15.0), f"p{at // 2}")
        for at in range(20)
    ]
    fitted = []
    monkeypatch.setattr(
        fit_point.sessions, "run", lambda _, squares, __: [np.zeros((len(squares), 1, 2, 2), np.float32)]
    )

    def fit(grids, points):
        fitted.append(points)
        return PointHead(np.zeros((3, 1, 3, 3)), np.zeros(3))

    monkeypatch.setattr(fit_point.point_head, "fit", fit)
    rows = fit_point.held_out(faces, [Image.new("RGB", (300, 240))] * 5)
    assert len(rows) == PER_FACE * len(faces) and len(fitted) == 5
    assert [row.size_wh for row in rows[:2]] == [(40, 50), (SIDE, SIDE)]
    assert [row.is_crop for row in rows].count(True) == len(faces)
    for row in rows:
        assert not (fitted[row.fold] == row.true).all(axis=1).any()
    assert rows[0].true == pytest.approx((0.5, 0.3))


def test_a_missing_dataset_is_one_sentence(tmp_path, capsys):
    assert held_out_points.main(["--coco", str(tmp_path), "--faces", str(tmp_path)]) == 2
    assert "--coco and --faces should name the two datasets" in capsys.readouterr().err
