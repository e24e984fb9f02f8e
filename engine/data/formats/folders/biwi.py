"""BIWI head poses: a folder for each person, a pose and a camera for each image.

Fanelli et al., Random Forests for Real Time 3D Face Analysis, 2013. A `frame_00003_pose.txt` holds three rows of
rotation and then the head's centre in millimetres before the camera; `rgb.cal` begins with the camera's matrix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial

from engine.data.formats.evidence import Evidence
from engine.data.formats.files.file_index import is_image
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.source import Source

POSE, IMAGE, CAMERA = "_pose.txt", "_rgb", "rgb.cal"
VALID_PEOPLE = "valid_people.txt"
HELD_OUT_IN_THE_BOOK = "13"


@dataclass
class Faults:
    """What is wrong with the files of all people together, so that each kind is told once."""

    unread: list[tuple[str, str]] = field(default_factory=list)
    without_camera: list[tuple[str, str]] = field(default_factory=list)
    without_image: list[tuple[str, str]] = field(default_factory=list)
    without_pose: list[str] = field(default_factory=list)

    def problems(self) -> list[Problem]:
        """One for each kind that makes the dataset unusable."""
        kinds = {
            "These files cannot be read": self.unread,
            "These cameras are missing, so their points cannot be projected": self.without_camera,
            "These poses have no image": self.without_image,
        }
        return [Problem(kind, tuple(names), partial(_says, kind)) for kind, names in kinds.items() if names]


def _says(kind: str, told: list[str]) -> str:
    return f"{kind} ({len(told):,}): {some(told)}."


def find(source: Source) -> Evidence | None:
    """Folders that hold poses."""
    poses = sum(name.endswith(POSE) for name in source.listing.names)
    if not poses:
        return None
    return Evidence((f"There are {counted(poses, 'file')} that end with “{POSE}”, as in BIWI's head poses.",))


def read(source: Source, valid_share: float) -> ParsedSource:
    """One row for each image with a pose: the head's centre, projected with its own folder's camera."""
    listing = source.listing
    parsed = ParsedSource(listing, has_split=True, may_leave_out_points=True)
    people = [
        folder for folder, names in listing.folders.items() if any(name.endswith(POSE) for name in names)
    ]
    faults = Faults()
    for person in people:
        _read_person(parsed, person, faults)
    parsed.problems += faults.problems()
    if faults.without_pose:
        left_out = counted(len(faults.without_pose), "image")
        parsed.notes.append(f"Left out: {left_out} without a pose: {some(faults.without_pose)}.")
    _hold_people_out(parsed, sorted(people), valid_share)
    return parsed


def project(centre_mm: tuple[float, float, float], camera: list[list[float]]) -> tuple[float, float]:
    """Where a point before the camera appears, in pixels: (x fx / z + cx, y fy / z + cy).

    `centre_mm` is (x, y, z) in millimetres, z away from the camera; `camera` the 3 x 3 matrix. Raises ValueError for
    a point that is not before the camera.

    >>> project((100.0, -50.0, 1000.0), [[500, 0, 320], [0, 500, 240], [0, 0, 1]])
    (370.0, 215.0)
    """
    x, y, z = centre_mm
    if z <= 0:
        raise ValueError(f"the head is {z} mm in front of the camera; it must be more than 0")
    return x * camera[0][0] / z + camera[0][2], y * camera[1][1] / z + camera[1][2]


def read_centre(text: str) -> tuple[float, float, float]:
    """The head's centre (x, y, z) in millimetres from a pose file. Raises ValueError for another file."""
    numbers = _numbers(text)
    if len(numbers) != 12:
        raise ValueError(f"{counted(len(numbers), 'number')} instead of 12")
    return numbers[9], numbers[10], numbers[11]


def read_camera(text: str) -> list[list[float]]:
    """The 3 x 3 matrix at the beginning of a calibration file. Raises ValueError for another file."""
    numbers = _numbers(text)
    if len(numbers) < 9:
        raise ValueError(f"{counted(len(numbers), 'number')}, fewer than the 9 of a camera's matrix")
    if numbers[0] <= 0 or numbers[4] <= 0:
        raise ValueError("a focal length is not above 0")
    return [numbers[0:3], numbers[3:6], numbers[6:9]]


def _numbers(text: str) -> list[float]:
    numbers = [float(word) for word in text.split()]
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a value is not a number")
    return numbers


def _read_person(parsed: ParsedSource, person: str, faults: Faults) -> None:
    names = parsed.listing.folders[person]
    poses = {name.removesuffix(POSE) for name in names if name.endswith(POSE)}
    frames = {name.rpartition(IMAGE)[0]: name for name in names if is_image(name) and IMAGE in name}
    faults.without_pose += sorted(frames[frame] for frame in frames.keys() - poses)
    faults.without_image += sorted((frame + POSE, frame + POSE) for frame in poses - frames.keys())
    camera = _camera_of(parsed, f"{person}/{CAMERA}" if person else CAMERA, faults)
    if camera is None:
        return
    for frame in sorted(poses & frames.keys()):
        try:
            point = project(read_centre(_text(parsed, frame + POSE)), camera)
        except (ValueError, OSError) as error:
            faults.unread.append((frames[frame], f"“{frame}{POSE}” ({error})"))
            continue
        parsed.rows.append(Row(frames[frame], frame + POSE, point_px=point, group=person))


def _camera_of(parsed: ParsedSource, name: str, faults: Faults) -> list[list[float]] | None:
    if name not in parsed.listing.known:
        faults.without_camera.append((name, name))
        return None
    try:
        return read_camera(_text(parsed, name))
    except (ValueError, OSError) as error:
        faults.unread.append((name, f"“{name}” ({error})"))
        return None


def _text(parsed: ParsedSource, name: str) -> str:
    return (parsed.folder / name).read_text(encoding="utf-8")


def _hold_people_out(parsed: ParsedSource, people: list[str], valid_share: float) -> None:
    """Whole people are for validation: those of `valid_people.txt`, or the book's, or the last ones."""
    held_out = _listed_people(parsed, people)
    if not held_out and HELD_OUT_IN_THE_BOOK in people and len(people) > 1:
        held_out = {HELD_OUT_IN_THE_BOOK}
    if not held_out:
        held_out = set(people[len(people) - max(1, round(len(people) * valid_share)) :])
    for row in parsed.rows:
        row.is_valid = row.group in held_out
    parsed.has_split = len(people) > 1


def _listed_people(parsed: ParsedSource, people: list[str]) -> set[str]:
    if VALID_PEOPLE not in parsed.listing.known:
        return set()
    listed = (parsed.folder / VALID_PEOPLE).read_text(encoding="utf-8", errors="replace").split()
    unknown = sorted(set(listed) - set(people))
    if unknown:
        parsed.problems.append(f"“{VALID_PEOPLE}” names people that have no folder: {some(unknown)}.")
    return set(listed) & set(people)
