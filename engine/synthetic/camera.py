"""Where a head is and how the camera sees it: poses, calibrations, and the BIWI files that hold them.

Camera space is BIWI's: millimetres, x to the right of the image, y down, z away from the camera. A point
(x, y, z) lies at pixel (x * fx / z + cx, y * fy / z + cy), where (0, 0) is the outer corner of the first pixel.
A head at rest looks at the camera, along -z. Angles are in degrees and turn, in this order, the head about its own
nose (roll), then about the line through its ears (pitch), then about the vertical (yaw):

- positive yaw moves the nose to the right of the image,
- positive pitch lifts the nose,
- positive roll tips the crown to the right of the image.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Camera:
    """A pinhole camera without distortion; focal lengths and principal point in pixels of a `size_wh` image."""

    fx: float
    fy: float
    cx: float
    cy: float
    size_wh: tuple[int, int] = (320, 240)

    def resized(self, size_wh: tuple[int, int]) -> "Camera":
        """The same camera with another image size; relative positions in the image stay the same."""
        width, height = size_wh
        across, down = width / self.size_wh[0], height / self.size_wh[1]
        return Camera(self.fx * across, self.fy * down, self.cx * across, self.cy * down, (width, height))

    def matrix(self) -> np.ndarray:
        """The (3, 3) calibration matrix, first part of BIWI's `rgb.cal`."""
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1.0]])


@dataclass(frozen=True)
class Pose:
    """Angles of a head in degrees and its centre in millimetres of camera space; `distance` is the depth z."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    distance: float = 1000.0

    @classmethod
    def at(cls, place_px, distance: float, camera: Camera, yaw=0.0, pitch=0.0, roll=0.0) -> "Pose":
        """The pose whose centre is seen at pixel `place_px` (x, y) when it is `distance` mm deep."""
        x = (place_px[0] - camera.cx) * distance / camera.fx
        y = (place_px[1] - camera.cy) * distance / camera.fy
        return cls(yaw, pitch, roll, x, y, distance)

    def centre_mm(self) -> np.ndarray:
        """The head's centre (3,) in camera space."""
        return np.array([self.x, self.y, self.distance])

    def rotation(self) -> np.ndarray:
        """The (3, 3) matrix from head space to camera space, as BIWI stores it."""
        return about_y(-self.yaw) @ about_x(-self.pitch) @ about_z(self.roll)


def centre_px(pose: Pose, camera: Camera) -> tuple[float, float]:
    """The pixel (x, y) at which the camera sees the centre of the head."""
    return (
        pose.x * camera.fx / pose.distance + camera.cx,
        pose.y * camera.fy / pose.distance + camera.cy,
    )


def about_x(degrees: float) -> np.ndarray:
    """Rotation about x that takes y towards z."""
    c, s = _cos_sin(degrees)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def about_y(degrees: float) -> np.ndarray:
    """Rotation about y that takes z towards x."""
    c, s = _cos_sin(degrees)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def about_z(degrees: float) -> np.ndarray:
    """Rotation about z that takes x towards y."""
    c, s = _cos_sin(degrees)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def calibration_text(camera: Camera) -> str:
    """The text of a BIWI `rgb.cal`: matrix, distortion, rotation, translation, image size."""
    width, height = camera.size_wh
    parts = [_rows(camera.matrix()), "0 0 0 0", _rows(np.eye(3)), "0 0 0", f"{width} {height}"]
    return "\n\n".join(parts) + "\n"


def pose_text(pose: Pose) -> str:
    """The text of a BIWI `frame_*_pose.txt`: three rows of rotation, a blank line, the centre in millimetres."""
    return f"{_rows(pose.rotation())}\n\n{_rows(pose.centre_mm()[None])}\n"


def _rows(matrix: np.ndarray) -> str:
    return "\n".join(" ".join(f"{value:.9g}" for value in row) for row in matrix)


def _cos_sin(degrees: float) -> tuple[float, float]:
    return np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
