"""One figure seen by a camera, in the light of a scene: colours, coverage, and its shadow on the ground."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from engine.synthetic.sdf import (
    Light,
    Solid,
    openness,
    product,
    rotation,
    shade,
    sphere_span,
    sunlight,
    trace,
    unit,
)

DISTANCE = 7.0
BLOCK = 4


@dataclass(frozen=True)
class Sprite:
    """Colour (h, w, 3) linear and cover (h, w) with its corner in the image; shadow (h, w) with its corner."""

    colour: np.ndarray
    cover: np.ndarray
    corner: tuple[int, int]
    shadow: np.ndarray
    shadow_corner: tuple[int, int]


@dataclass(frozen=True)
class Camera:
    """A camera that looks down by `elevation` degrees on a figure whose foot lies at pixel `foot_px`.

    The figure is turned by `turned` degrees; both angles, and the size `px_per_unit`, are for this figure alone.
    """

    foot_px: tuple[float, float]
    px_per_unit: float
    elevation: float
    turned: float

    @property
    def basis(self) -> np.ndarray:
        """Rows: right, up and backward (towards the camera) in the figure's own frame."""
        return (rotation(-self.turned) @ rotation(0, -self.elevation)).T

    @property
    def origin(self) -> np.ndarray:
        return DISTANCE * self.basis[2]

    @property
    def pixel(self) -> float:
        """Width of a pixel per unit of distance from the camera."""
        return 1 / (DISTANCE * self.px_per_unit)

    def rays(self, columns, rows) -> np.ndarray:
        """Unit directions `(3, N)` through the middles of pixels."""
        x, y = columns + 0.5 - self.foot_px[0], self.foot_px[1] - rows - 0.5
        right, up, backward = self.basis
        return unit(
            np.outer(right, x * self.pixel) + np.outer(up, y * self.pixel) - backward[:, None]
        ).astype(np.float32)

    def project(self, points) -> np.ndarray:
        """Pixel places `(2, N)` of points `(3, N)`."""
        x, y, z = product(self.basis, points)
        scale = DISTANCE / (DISTANCE - z)
        return np.stack(
            [
                self.foot_px[0] + self.px_per_unit * x * scale,
                self.foot_px[1] - self.px_per_unit * y * scale,
            ]
        )


def sprite(solid: Solid, camera: Camera, light: Light, size_wh, shadow: float = 0.6) -> Sprite:
    """The figure as the camera sees it, clipped to an image of `size_wh`.

    The light is given in the image's frame (x right, y up, z towards the camera); `shadow` is how much of the
    ground's light the sun gives, 0 to 1.
    """
    to_figure = rotation(-camera.turned)
    light = Light(tuple(to_figure @ np.array(light.towards, np.float32)), light.sun, light.sky, light.ground)
    centres, radii = solid.outline()
    box = _box(camera, centres, radii, size_wh)
    colour, cover = _figure(solid, camera, light, box, centres, radii)
    ground_box = _shadow_box(camera, light, centres, radii, size_wh)
    return Sprite(colour, cover, box[:2], _ground(solid, camera, light, ground_box, shadow), ground_box[:2])


def extent(solid: Solid, camera: Camera) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the figure in pixels, to within a few hundredths of its size."""
    centres, radii = solid.outline()
    x, y = camera.project(centres)
    reach = radii * camera.px_per_unit
    return (x - reach).min(), (y - reach).min(), (x + reach).max(), (y + reach).max()


def _box(camera, places, radii, size_wh):
    x, y = camera.project(places)
    reach = 1.1 * radii * camera.px_per_unit + 2 + 0.03 * camera.px_per_unit
    left, top = max(int((x - reach).min()), 0), max(int((y - reach).min()), 0)
    right, bottom = min(int((x + reach).max()) + 1, size_wh[0]), min(int((y + reach).max()) + 1, size_wh[1])
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _shadow_box(camera, light, centres, radii, size_wh):
    towards = np.array(light.towards)[:, None]
    on_ground = centres - towards * (centres[1] / towards[1])
    below = centres * np.array([[1], [0], [1]])
    return _box(camera, np.concatenate([on_ground, below], 1), np.concatenate([radii, radii]) + 0.15, size_wh)


def _pixels(box, step=1):
    rows, columns = np.mgrid[box[1] : box[3] : step, box[0] : box[2] : step]
    shift = (step - 1) / 2
    return columns.ravel() + shift, rows.ravel() + shift, rows.shape


def _touched(solid, camera, box, sphere):
    """Which pixels lie in blocks that the figure touches, from one wide ray per block."""
    columns, rows, shape = _pixels(box, BLOCK)
    rays = camera.rays(columns, rows)
    near, far = sphere_span(camera.origin, rays, sphere[0], sphere[1] + 2 * BLOCK / camera.px_per_unit)
    hits = trace(solid.distance, camera.origin, rays, near, far, camera.pixel * BLOCK * 0.9, steps=24)
    coarse = (hits.cover > 0).reshape(shape)
    fine = coarse.repeat(BLOCK, 0).repeat(BLOCK, 1)
    return fine[: box[3] - box[1], : box[2] - box[0]]


def _figure(solid, camera, light, box, centres, radii):
    middle = (centres.min(1) + centres.max(1)) / 2
    sphere = middle, float(1.05 * (np.linalg.norm(centres - middle[:, None], axis=0) + radii).max())
    touched = _touched(solid, camera, box, sphere)
    rows, columns = np.nonzero(touched)
    rays = camera.rays(columns + box[0], rows + box[1])
    near, far = sphere_span(camera.origin, rays, *sphere)
    hits = trace(solid.distance, camera.origin, rays, near, far, camera.pixel)
    seen = hits.cover > 0
    colour = np.zeros((*touched.shape, 3), np.float32)
    cover = np.zeros(touched.shape, np.float32)
    if seen.any():
        rows, columns, rays = rows[seen], columns[seen], rays[:, seen]
        points = camera.origin[:, None] + rays * hits.along[seen]
        colour[rows, columns] = _lit(solid, points, rays, light, sphere[1]).T
        cover[rows, columns] = hits.cover[seen]
    return colour, cover


def _lit(solid, points, rays, light, size):
    normals = solid.normals(points)
    paint, shine = solid.colours(points)
    towards = np.array(light.towards, np.float32)

    def with_ground(places):
        return np.minimum(solid.distance(places), places[1])

    above = points + normals * (0.012 * size)
    return shade(
        paint**2.2,
        shine,
        normals,
        rays,
        light,
        openness(with_ground, points, normals, 0.28 * size),
        sunlight(solid.distance, above, towards, 1.6 * size, 0.03 * size),
    )


def _ground(solid, camera, light, box, strength):
    """How dark the figure makes the ground in each pixel of the box, 0 to 1; traced at half the resolution."""
    columns, rows, shape = _pixels(box, 2)
    rays = camera.rays(columns, rows)
    down = rays[1] < -1e-3
    along = np.where(down, -camera.origin[1] / np.minimum(rays[1], -1e-3), 0)
    points = (camera.origin[:, None] + rays * along)[:, down]
    points[1] = 0
    up = np.zeros_like(points)
    up[1] = 1
    share = sunlight(solid.distance, points, np.array(light.towards, np.float32), 3.0, 0.03, softness=5)
    lit = strength * share + (1 - strength) * openness(solid.distance, points, up, 0.35)
    dark = np.zeros(len(rays[1]), np.float32)
    dark[down] = 1 - lit
    shadow = Image.fromarray(dark.reshape(shape))
    return np.asarray(shadow.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR))
