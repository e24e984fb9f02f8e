"""Drawn heads: the centre is where the files say, the angles turn the way they say, and the set is BIWI's form."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from engine.paths import HEADS
from engine.synthetic import heads
from engine.synthetic.camera import Camera, Pose, centre_px
from engine.synthetic.head_shape import SKIN, Figure
from engine.synthetic.head_tracer import directions, march, render
from engine.synthetic.room import backdrop

CAMERA = Camera(283.0, 279.0, 166.5, 113.25, (320, 240))
SMALL = CAMERA.resized((160, 120))
MOST_BYTES = 5_500_000


class Ball(Figure):
    """A figure that is nothing but a sphere around the head's centre, to see where the tracer puts it."""

    def distance(self, points):
        return np.sqrt((self.to_head(points) ** 2).sum(0)) - np.float32(70)

    def materials(self, points):
        return np.full(points.shape[1], SKIN)


def silhouette(figure, camera):
    """Which pixels see the figure: (height, width) of bool."""
    width, height = camera.size_wh
    v, u = (a.ravel() for a in np.mgrid[0:height, 0:width].astype(np.float32) + 0.5)
    rays = directions(u, v, camera)
    start = np.full(len(u), 100, np.float32)
    return np.isfinite(march(figure, rays, start, start + 3000, camera)).reshape(height, width)


def sphere_outline_centre(centre_mm, radius, camera):
    """Middle of the bounding box of a sphere's image, by the tangents in the xz and yz planes."""
    middle = []
    for axis, focal, principal in ((0, camera.fx, camera.cx), (1, camera.fy, camera.cy)):
        a, z = centre_mm[axis], centre_mm[2]
        angle, half = np.arctan2(a, z), np.arcsin(radius / np.hypot(a, z))
        middle.append((np.tan(angle - half) + np.tan(angle + half)) / 2 * focal + principal)
    return middle


@pytest.mark.parametrize("place", [(160.0, 120.0), (70.0, 60.0), (250.0, 170.0), (61.5, 180.25)])
def test_a_sphere_around_the_centre_is_drawn_where_the_projection_says(place):
    pose = Pose.at(place, 900, CAMERA, yaw=40, pitch=-20, roll=10)
    assert centre_px(pose, CAMERA) == pytest.approx(place)
    rows, columns = np.nonzero(silhouette(Ball(heads.person(1), pose), CAMERA))
    seen = (columns.min() + columns.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2
    expected = sphere_outline_centre(pose.centre_mm(), 70, CAMERA)
    assert seen == pytest.approx(expected, abs=0.5)
    assert expected == pytest.approx(place, abs=0.8)


def test_a_small_marker_in_the_finished_picture_lies_on_the_projection_to_half_a_pixel():
    class Marker(Ball):
        def distance(self, points):
            return np.sqrt((self.to_head(points) ** 2).sum(0)) - np.float32(15)

    for place in ((40.3, 30.7), (250.6, 200.2), (161.0, 90.0)):
        pose = Pose.at(place, 1100, CAMERA)
        empty = np.zeros((240, 320, 3), np.float32)
        drawn = render(Marker(heads.person(2), pose), CAMERA, empty).sum(2) > 0
        rows, columns = np.nonzero(drawn)
        assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(place, abs=0.5)


def test_the_centre_of_a_drawn_head_lies_inside_its_silhouette():
    for number in range(6):
        rng = np.random.default_rng(number)
        pose = heads.random_pose(rng, CAMERA)
        x, y = centre_px(pose, CAMERA)
        assert silhouette(Figure(heads.person(rng), pose), CAMERA)[int(y), int(x)]


def test_moving_the_pose_moves_the_silhouette_as_the_projection_says():
    who = heads.sample_person(9)
    before, after = (Pose.at(place, 1000, CAMERA) for place in ((140, 90), (180, 90)))
    outline = [head_columns(silhouette(Figure(who, pose), CAMERA)) for pose in (before, after)]
    moved = np.subtract(outline[1], outline[0])
    assert moved == pytest.approx([40, 40], abs=4)  # seen more from the side, so not exactly


def head_columns(seen):
    """Left and right edge of the head at the height of the eyes."""
    columns = np.flatnonzero(seen[86])
    return columns.min(), columns.max()


def test_a_nearer_head_is_larger_in_proportion():
    who = heads.sample_person(9)
    width = [
        np.ptp(head_columns(silhouette(Figure(who, Pose.at((160, 90), mm, CAMERA)), CAMERA)))
        for mm in (700, 1400)
    ]
    assert width[0] / width[1] == pytest.approx(2, abs=0.12)


@pytest.mark.parametrize(
    ("angles", "sign_xy"),
    [({"yaw": 40}, (1, 0)), ({"yaw": -40}, (-1, 0)), ({"pitch": 30}, (0, -1)), ({"pitch": -30}, (0, 1))],
)
def test_positive_yaw_brings_the_nose_to_the_right_and_positive_pitch_lifts_it(angles, sign_xy):
    pose = Pose.at((160, 100), 800, CAMERA, **angles)
    nose = Figure(heads.person(3), pose).turn @ np.array([0, 30, -105]) - Figure(
        heads.person(3), Pose()
    ).turn @ [0, 30, -105]
    assert np.sign(np.round(nose[:2] / 20)).tolist() == list(sign_xy)


@pytest.mark.parametrize("yaw", [50, -50])
def test_the_drawn_nose_sticks_out_on_the_side_of_the_yaw(yaw):
    figure = Figure(heads.person(4, "bald"), Pose.at((160, 100), 800, CAMERA, yaw=yaw))
    tip = figure.turn @ np.array([[0.0], [36.0], [-104.0]], np.float32) + figure.centre
    assert figure.distance(tip.astype(np.float32))[0] < 3
    assert (tip[0, 0] - figure.centre[0, 0]) * yaw > 0
    opposite = figure.centre - (tip - figure.centre) * np.array([[1], [-1], [-1]])
    assert figure.distance(opposite.astype(np.float32))[0] > 10


def test_positive_roll_tips_the_crown_to_the_right():
    seen = silhouette(Figure(heads.person(5, "bald"), Pose.at((160, 120), 800, CAMERA, roll=25)), CAMERA)
    top = np.flatnonzero(seen.any(1))[0]
    assert np.flatnonzero(seen[top]).mean() > 165


def test_the_body_stays_upright_when_the_head_rolls():
    who = heads.person(6, "bald")
    upright, rolled = (
        silhouette(Figure(who, Pose.at((160, 90), 1000, CAMERA, roll=r)), CAMERA)[215] for r in (0, 25)
    )
    assert rolled.sum() == pytest.approx(upright.sum(), rel=0.05)


def test_rotations_are_proper_and_the_rest_pose_is_the_identity():
    assert Pose().rotation() == pytest.approx(np.eye(3))
    matrix = Pose(50, -30, 20).rotation()
    assert matrix @ matrix.T == pytest.approx(np.eye(3))
    assert np.linalg.det(matrix) == pytest.approx(1)


def test_the_same_seed_draws_the_same_picture_and_another_person_another_one():
    pose = Pose.at((80, 55), 700, SMALL, 20, 10, 5)
    first, again, other = (heads.draw(heads.sample_person(i), pose, SMALL).tobytes() for i in (1, 1, 2))
    assert first == again
    assert first != other


def test_pictures_have_the_size_of_their_camera():
    for size in ((320, 240), (160, 120), (120, 200)):
        camera = CAMERA.resized(size)
        assert heads.draw(heads.person(8), Pose(distance=900), camera).size == size


def test_a_smaller_camera_sees_the_same_thing():
    pose = Pose.at((150, 110), 800, CAMERA, 15, 5, -8)
    who = heads.person(12)
    large = heads.draw(who, pose, CAMERA).resize((160, 120), Image.Resampling.BOX)
    small = heads.draw(who, pose, SMALL)
    assert np.abs(np.asarray(large, float) - np.asarray(small, float)).mean() < 4


def test_the_head_is_drawn_over_its_room():
    who, pose = heads.person(7), Pose.at((80, 60), 700, SMALL)
    drawn = np.asarray(heads.draw(who, pose, SMALL), float) / 255
    changed = np.abs(drawn - backdrop(who.room, SMALL)).max(2) > 0.02
    seen = silhouette(Figure(who, pose), SMALL)
    assert changed[seen].mean() > 0.9
    assert changed[~seen].mean() < 0.05


def test_fresh_pictures_repeat_by_seed_and_keep_a_person_for_a_few():
    first, again = list(heads.fresh(5, 4, (64, 48))), list(heads.fresh(5, 4, (64, 48)))
    assert [(a.tobytes(), p) for a, p in first] == [(a.tobytes(), p) for a, p in again]
    assert all(0 < x < 64 and 0 < y < 48 for _, (x, y) in first)
    assert len({picture.tobytes() for picture, _ in first}) == 4
    assert first[0][0].tobytes() != next(heads.fresh(6, 1, (64, 48)))[0].tobytes()


def test_fresh_people_are_never_sample_people(monkeypatch):
    made = []
    monkeypatch.setattr(heads, "draw", lambda who, pose, camera: made.append(who))
    for seed in (0, 1, 2):
        list(heads.fresh(seed, 90))
    samples = {heads.sample_person(i) for i in range(1, 25)}
    assert len(samples) == 24
    assert len(set(made)) == 90
    assert not samples & set(made)
    faces = {(who.skin, who.head_width) for who in samples}
    assert not faces & {(who.skin, who.head_width) for who in made}


def test_people_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        heads.sample_person(1).smile = 1


def test_poses_cover_the_whole_range_and_stay_inside_the_picture():
    poses, places = [], []
    for index in range(1, 25):
        camera = heads.sample_camera(index)
        for pose in heads.sample_poses(index):
            poses.append((pose.yaw, pose.pitch, pose.roll, pose.distance))
            places.append(np.array(centre_px(pose, camera)) / camera.size_wh)
    poses, places = np.array(poses), np.array(places)
    for column, (low, high) in enumerate([(-60, 60), (-35, 35), (-25, 25), (600, 1400)]):
        counts, _ = np.histogram(poses[:, column], 8, (low, high))
        assert counts.sum() == 720
        assert counts.min() > 0.75 * 90
    assert places.min() > 0.1
    assert places.max() < 0.9
    assert np.histogram2d(*places.T, 4)[0].min() > 25


def test_every_person_has_a_camera_of_their_own():
    cameras = {heads.sample_camera(i) for i in range(1, 25)}
    assert len(cameras) == 24
    assert all(camera.fx != camera.fy and camera.cx != 160 for camera in cameras)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("heads")
    done = []
    heads.write_people(folder, seed=3, people=2, frames=2, progress=lambda *at: done.append(at))
    return folder, done


def read_numbers(path):
    """The numbers of a text file, line by line, without empty lines."""
    return [[float(word) for word in line.split()] for line in path.read_text().splitlines() if line.strip()]


def test_the_set_has_biwi_s_form(written):
    folder, done = written
    assert done == [(1, 2), (2, 2)]
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    frames = [
        f"{home}/frame_0000{n}_{kind}"
        for home in ("01", "02")
        for n in (3, 4)
        for kind in ("pose.txt", "rgb.jpg")
    ]
    assert names == sorted([*frames, "01/rgb.cal", "02/rgb.cal", "valid_people.txt"])
    with Image.open(folder / "01" / "frame_00003_rgb.jpg") as picture:
        assert (picture.size, picture.mode, picture.format) == ((320, 240), "RGB", "JPEG")


def test_files_read_by_hand_project_to_the_pixel_that_the_program_says(written):
    folder, _ = written
    for index in (1, 2):
        calibration = read_numbers(folder / f"{index:02d}" / "rgb.cal")
        (fx, _, cx), (_, fy, cy), _ = calibration[:3]
        assert calibration[3:] == [[0, 0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [320, 240]]
        for number, pose in enumerate(heads.sample_poses(index, 3, 2), 3):
            path = folder / f"{index:02d}" / f"frame_0000{number}_pose.txt"
            assert path.read_text().splitlines()[3] == ""
            *rotation, (x, y, z) = read_numbers(path)
            assert np.array(rotation) == pytest.approx(pose.rotation(), abs=1e-8)
            expected = centre_px(pose, heads.sample_camera(index, 3))
            assert (x * fx / z + cx, y * fy / z + cy) == pytest.approx(expected, abs=1e-4)


def test_numpy_reads_the_files_as_the_book_does(written):
    folder, _ = written
    matrix = np.genfromtxt(folder / "01" / "rgb.cal", skip_footer=6)
    centre = np.genfromtxt(folder / "01" / "frame_00003_pose.txt", skip_header=3)
    assert matrix == pytest.approx(heads.sample_camera(1, 3).matrix())
    assert centre == pytest.approx(heads.sample_poses(1, 3, 2)[0].centre_mm())


def test_the_same_bytes_for_any_number_of_processes(written, tmp_path):
    folder, _ = written
    heads.write_people(tmp_path, seed=3, people=2, frames=2, processes=2)
    for path in folder.rglob("*.*"):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_five_people_are_held_out_and_13_is_one_of_them(written):
    names = (written[0] / "valid_people.txt").read_text().split()
    assert len(set(names)) == 5
    assert "13" in names
    assert all(1 <= int(name) <= 24 and len(name) == 2 for name in names)


@pytest.mark.skipif(not HEADS.exists(), reason="the sample set has not been drawn here")
def test_the_bundled_set_is_complete_and_small():
    files = [path for path in HEADS.rglob("*") if path.is_file()]
    assert len(files) == 24 * (2 * 30 + 1) + 1
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES


@pytest.mark.skipif(not HEADS.exists(), reason="the sample set has not been drawn here")
def test_the_bundled_pictures_are_what_the_program_draws():
    pose, camera = heads.sample_poses(13)[0], heads.sample_camera(13)
    drawn = np.asarray(heads.draw(heads.sample_person(13), pose, camera), float)
    with Image.open(HEADS / "13" / "frame_00003_rgb.jpg") as bundled:
        assert np.abs(np.asarray(bundled, float) - drawn).mean() < 6
