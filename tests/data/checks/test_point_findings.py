"""Faults of points: outside, exchanged, different for copies."""

from engine.data.checks import HARMS, check
from tests.data.checks.small_datasets import POINTS, kinds, pointed, saved, scene, sound_after
from tests.dataset_files import biwi


def test_a_point_outside_is_left_out_and_never_invented(home):
    folder = pointed(home / "set", [*POINTS, ("x.jpg", 70, -3, False)])
    finding = kinds(check(folder, "points"))["outside"]
    assert (finding.fnames, finding.severity) == (("train/x.jpg",), HARMS)
    assert [fix.says for fix in finding.fixes] == ["Exclude it"]
    assert len(sound_after(folder, finding.fixes[0], "points").table) == 10


def test_exchanged_axes_are_offered_to_be_exchanged(home):
    folder = pointed(home / "set", [(f"{n}.jpg", 20 + n, 55 - n, n >= 6) for n in range(10)])
    finding = kinds(check(folder, "points"))["outside"]
    assert finding.fixes[0].says.startswith("Swap x and y")
    assert sound_after(folder, finding.fixes[0], "points").points_px()[0].tolist() == [55, 20]


def test_the_same_picture_with_far_points_is_told_and_with_near_ones_not(home):
    twin = saved(scene(50))
    for name, x, is_told in (("near", 31, False), ("far", 50, True)):
        rows = [*POINTS, ("a.jpg", 30, 20, False), ("b.jpg", x, 20, False)]
        folder = pointed(home / name, rows, images={"a.jpg": twin, "b.jpg": twin})
        assert ("same, other labels" in kinds(check(folder, "points"))) == is_told


def test_biwi_is_examined(home):
    health = check(biwi(home / "set"), "points")
    assert health.is_accepted and health.labels.empty
