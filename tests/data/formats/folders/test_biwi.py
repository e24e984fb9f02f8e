"""BIWI head poses: projection, whole people held out, and faults."""

import numpy as np
import pytest

from engine.data.formats import load
from engine.data.formats.folders.biwi import project
from tests import dataset_files
from tests.data.formats.reading import refusal
from tests.dataset_files import put


def test_projection_by_hand():
    """500 x 100 / 1000 + 320 = 370; 450 x -50 / 1000 + 240 = 217.5."""
    assert project((100.0, -50.0, 1000.0), [[500, 0, 320], [0, 450, 240], [0, 0, 1]]) == (370.0, 217.5)
    with pytest.raises(ValueError, match="more than 0"):
        project((1.0, 1.0, 0.0), [[500, 0, 320], [0, 450, 240], [0, 0, 1]])


def test_biwi_is_read(tmp_path):
    dataset = load(dataset_files.biwi(tmp_path), "points")
    assert dataset.vocab == () and len(dataset.table) == 6
    assert dataset.table["fname"].iloc[0] == "01/frame_00003_rgb.jpg"
    assert dataset.table["group"].tolist() == ["01", "01", "02", "02", "13", "13"]
    np.testing.assert_allclose(dataset.points_px(), [[50 * 100 / 1000 + 32, 40 * -50 / 1000 + 24]] * 6)
    assert dataset.sizes_wh().tolist() == [[64, 48]] * 6


def test_biwi_uses_each_folders_own_camera(tmp_path):
    dataset_files.biwi(tmp_path, people=("01", "02"))
    put(tmp_path, {"02/rgb.cal": dataset_files.WIDE_CAMERA})
    points = load(tmp_path, "points").points_px()
    assert points[0].tolist() == [37.0, 22.0] and points[2].tolist() == [32.5, 19.0]


@pytest.mark.parametrize(
    ("people", "listed", "held_out"),
    [
        (("01", "02", "13", "14"), None, {"13"}),
        (("01", "02", "13", "14"), "02\n14\n", {"02", "14"}),
        (("01", "02", "03", "04", "05", "06", "07", "08", "09", "10"), None, {"09", "10"}),
        (("anna", "bert"), None, {"bert"}),
    ],
)
def test_biwi_holds_whole_people_out(tmp_path, people, listed, held_out):
    dataset_files.biwi(tmp_path, people)
    if listed:
        put(tmp_path, {"valid_people.txt": listed})
    assert set(load(tmp_path, "points").part(valid=True).table["group"]) == held_out


def test_biwi_of_one_person_warns_of_the_leak(tmp_path):
    dataset = load(dataset_files.biwi(tmp_path, people=("01",), frames=5), "points")
    assert dataset.table["is_valid"].sum() == 1
    assert any("“01” is in both parts" in note for note in dataset.notes)


def test_a_head_beyond_the_frame_is_left_out_with_a_note(tmp_path):
    dataset_files.biwi(tmp_path)
    put(tmp_path, {"02/frame_00003_pose.txt": dataset_files.pose(5000, 0, 1000)})
    dataset = load(tmp_path, "points")
    assert len(dataset.table) == 5
    assert any("Left out: 1 image whose point lies outside." in note for note in dataset.notes)


def test_biwi_faults_are_told_together(tmp_path):
    dataset_files.biwi(tmp_path, people=("01", "02", "03", "04"), frames=4)
    (tmp_path / "01" / "rgb.cal").unlink()
    put(
        tmp_path,
        {"02/rgb.cal": "1 2 3", "03/frame_00003_pose.txt": "1 2", "03/frame_00004_pose.txt": "a b c"},
    )
    put(tmp_path, {"03/frame_00005_pose.txt": dataset_files.pose(1, 2, -3), "valid_people.txt": "04\n99\n"})
    (tmp_path / "04" / "frame_00003_rgb.jpg").unlink()
    (tmp_path / "04" / "frame_00004_pose.txt").unlink()
    said = refusal(tmp_path, "points")
    assert "cameras are missing" in said and "01/rgb.cal" in said
    assert "These files cannot be read (4)" in said and "3 numbers, fewer than the 9" in said
    assert "These poses have no image (1): 04/frame_00003_pose.txt" in said
    assert "names people that have no folder: 99" in said


def test_biwi_has_no_labels(tmp_path):
    assert "choose the task points" in refusal(dataset_files.biwi(tmp_path), "multi-label")
