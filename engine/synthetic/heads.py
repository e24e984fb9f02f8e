"""Images of people's heads whose centre is known exactly: `draw` makes one, `write_people` a dataset in BIWI's form.

Conventions (camera space, signs of the angles, pixel coordinates) are those of `engine.synthetic.camera`.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image

from engine.synthetic.camera import Camera, Pose, calibration_text, centre_px, pose_text
from engine.synthetic.head_shape import Figure
from engine.synthetic.head_tracer import render
from engine.synthetic.person import HAIR_STYLES, Person, person
from engine.synthetic.room import backdrop

__all__ = [
    "Camera", "Person", "Pose", "centre_px", "draw", "fresh", "person", "random_pose", "sample_camera",
    "sample_person", "sample_poses", "write_people",
]  # fmt: skip

SIZE_WH = (320, 240)
PEOPLE = 24
FRAMES = 30
FIRST_FRAME = 3
HELD_OUT = ("04", "09", "13", "18", "22")
JPEG_QUALITY = 75
FRAMES_PER_FRESH_PERSON = 3
YAW, PITCH, ROLL = 60.0, 35.0, 25.0
DISTANCE_MM = (600.0, 1400.0)
MARGIN = (0.14, 0.18)
_SAMPLE, _FRESH = 1, 2


def draw(person: Person, pose: Pose, camera: Camera) -> Image.Image:
    """The person in that pose, in their room, as an RGB image of the camera's size."""
    pixels = render(Figure(person, pose), camera, backdrop(person.room, camera))
    return Image.fromarray((pixels * 255 + 0.5).astype(np.uint8))


def sample_person(index: int, seed: int = 0) -> Person:
    """One of the people of the sample set, counted from 1 as its folders are."""
    styles = np.random.default_rng([seed, _SAMPLE]).permutation(np.resize(HAIR_STYLES, PEOPLE))
    return person(np.random.default_rng([seed, _SAMPLE, index]), str(styles[(index - 1) % PEOPLE]))


def sample_camera(index: int, seed: int = 0) -> Camera:
    """The camera of that person's room, 320 x 240."""
    return _camera(np.random.default_rng([seed, _SAMPLE, index, 1]))


def sample_poses(index: int, seed: int = 0, frames: int = FRAMES) -> list[Pose]:
    """The poses of that person: spread evenly over the whole range, and each near the one before."""
    rng = np.random.default_rng([seed, _SAMPLE, index, 2])
    camera = sample_camera(index, seed)
    shares = np.mod(rng.uniform(size=6) + np.arange(frames)[:, None] * _steps(6), 1)
    return [_pose(share, camera) for share in _as_a_walk(shares)]


def random_pose(rng: np.random.Generator, camera: Camera) -> Pose:
    """Any pose of the range with the head's centre inside the image, all equally likely."""
    return _pose(rng.uniform(size=6), camera)


def fresh(
    seed: int, count: int, size_wh: tuple[int, int] = SIZE_WH
) -> Iterator[tuple[Image.Image, tuple[float, float]]]:
    """Yield `count` images with the pixel of their head's centre, of people who are in no sample set."""
    for number in range(count):
        group, frame = divmod(number, FRAMES_PER_FRESH_PERSON)
        who = person(np.random.default_rng([seed, _FRESH, group]))
        camera = _camera(np.random.default_rng([seed, _FRESH, group, 1])).resized(size_wh)
        pose = random_pose(np.random.default_rng([seed, _FRESH, group, 2 + frame]), camera)
        yield draw(who, pose, camera), centre_px(pose, camera)


def write_people(
    folder: Path | str,
    seed: int = 0,
    people: int = PEOPLE,
    frames: int = FRAMES,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the sample set in BIWI's form, the same bytes whatever the number of processes.

    `folder/01` ... hold `frame_00003_rgb.jpg`, `frame_00003_pose.txt` and so on, and `rgb.cal`; `valid_people.txt`
    names the people held out. `progress(done, of)` is called after each person.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _write_whole(folder / "valid_people.txt", "".join(f"{name}\n" for name in HELD_OUT).encode())
    jobs = (repeat(folder), range(1, people + 1), repeat(seed), repeat(frames))
    if processes == 1:
        _report(map(_write_person, *jobs), people, progress)
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            _report(pool.map(_write_person, *jobs), people, progress)


def _report(done: Iterator, of: int, progress) -> None:
    for number, _ in enumerate(done, 1):
        if progress:
            progress(number, of)


def _write_person(folder: Path, index: int, seed: int, frames: int) -> None:
    home = folder / f"{index:02d}"
    home.mkdir(exist_ok=True)
    who, camera = sample_person(index, seed), sample_camera(index, seed)
    _write_whole(home / "rgb.cal", calibration_text(camera).encode())
    for number, pose in enumerate(sample_poses(index, seed, frames), FIRST_FRAME):
        _write_whole(home / f"frame_{number:05d}_pose.txt", pose_text(pose).encode())
        jpeg = BytesIO()
        draw(who, pose, camera).save(jpeg, "JPEG", quality=JPEG_QUALITY, optimize=True)
        _write_whole(home / f"frame_{number:05d}_rgb.jpg", jpeg.getvalue())


def _write_whole(path: Path, content: bytes) -> None:
    """A file is there with all its bytes or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    os.replace(part, path)


def _camera(rng: np.random.Generator) -> Camera:
    focal = rng.uniform(240, 330)
    width, height = SIZE_WH
    across, down = rng.uniform(-12, 12, 2)
    return Camera(
        round(focal, 3), round(focal * rng.uniform(0.985, 1.015), 3), round(width / 2 + across, 3),
        round(height / 2 + down, 3), SIZE_WH,
    )  # fmt: skip


def _pose(share: np.ndarray, camera: Camera) -> Pose:
    """The pose at six numbers in 0..1: yaw, pitch, roll, distance, place across, place down."""
    yaw, pitch, roll = (2 * share[:3] - 1) * (YAW, PITCH, ROLL)
    near, far = DISTANCE_MM
    place = [
        (m + (1 - 2 * m) * s) * size for m, s, size in zip(MARGIN, share[4:], camera.size_wh, strict=True)
    ]
    values = near + (far - near) * share[3], yaw, pitch, roll
    distance, yaw, pitch, roll = (round(float(value), 3) for value in values)
    pose = Pose.at(place, distance, camera, yaw, pitch, roll)
    return Pose(yaw, pitch, roll, round(float(pose.x), 3), round(float(pose.y), 3), distance)


def _steps(dimensions: int) -> np.ndarray:
    """Steps of the additive sequence that fills a cube of so many dimensions evenly (M. Roberts' R sequence, 2018)."""
    root = 2.0
    for _ in range(60):
        root = (1 + root) ** (1 / (dimensions + 1))
    return (1 / root) ** np.arange(1, dimensions + 1)


def _as_a_walk(shares: np.ndarray) -> np.ndarray:
    """The same rows, each next one the nearest to the last of those left."""
    left = list(range(1, len(shares)))
    order = [0]
    while left:
        gaps = np.linalg.norm(shares[left] - shares[order[-1]], axis=1)
        order.append(left.pop(int(gaps.argmin())))
    return shares[order]
