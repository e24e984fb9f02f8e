"""From rays to an image: march rays to a figure, find normals and shadows, and smooth the edges."""

import numpy as np

from engine.synthetic.camera import Camera
from engine.synthetic.head_shape import Figure
from engine.synthetic.head_skin import shade
from engine.synthetic.sdf import unit

MOST_STEPS = 72
HIT_PIXELS = 0.14
STEP = 0.95
EDGE_MM = 9
_TETRAHEDRON = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)
_SUBPIXELS = ((-0.125, -0.375), (0.375, -0.125), (0.125, 0.375), (-0.375, 0.125))


def directions(u: np.ndarray, v: np.ndarray, camera: Camera) -> np.ndarray:
    """Unit rays (3, N) through pixel coordinates u, v; the middle of the first pixel is (0.5, 0.5)."""
    rays = np.stack([(u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy, np.ones_like(u)])
    return unit(rays.astype(np.float32))


def march(figure: Figure, rays: np.ndarray, start: np.ndarray, end: np.ndarray, camera: Camera) -> np.ndarray:
    """How far along each ray (3, N) the figure is met between start and end, in mm; infinity where it is not."""
    along = start.copy()
    last = np.full(rays.shape[1], np.inf, np.float32)
    met = np.full(rays.shape[1], np.inf, np.float32)
    left = np.flatnonzero(start < end)
    close = np.float32(HIT_PIXELS / camera.fx)
    for _ in range(MOST_STEPS):
        if not len(left):
            break
        here = along[left]
        gap = figure.distance(rays[:, left] * here)
        hit = gap < close * here
        met[left[hit]] = here[hit] + gap[hit]
        last[left] = gap
        along[left] = here = here + np.maximum(STEP * gap, 5 * close * here)
        left = left[~hit & (here < end[left])]
    grazed = left[last[left] < 4 * close * along[left]]
    met[grazed] = along[grazed]
    return met


def _span(figure: Figure, rays: np.ndarray):
    """Where each ray comes near the figure, and where it has left it: around the head, and above the body."""
    middle = figure.centre[:, 0]
    along = (figure.centre * rays).sum(0)
    half2 = figure.reach**2 - (middle @ middle - along * along)
    half = np.sqrt(np.maximum(half2, 0))
    start_head = np.where(half2 > 0, along - half, np.inf)
    depth = float(figure.foot[2, 0])
    wide = figure.person.shoulders_mm + 110
    in_body = figure.foot[:, 0][:, None] - rays * (depth / rays[2])
    beside = (np.abs(in_body[0]) < wide) & (in_body[1] < 120 + figure.person.neck_mm)
    start_body = np.where(beside, (depth - 220) / rays[2], np.inf)
    start = np.minimum(start_head, start_body).astype(np.float32)
    end = np.where(beside, (depth + 220) / rays[2], along + half)
    return start, np.maximum(end, np.where(half2 > 0, along + half, 0)).astype(np.float32)


def normals(figure: Figure, points: np.ndarray, step: float = 0.6) -> np.ndarray:
    """Outward unit normals (3, N) from four distances on a tetrahedron around each point."""
    n = points.shape[1]
    around = (points[:, None, :] + step * _TETRAHEDRON.T[:, :, None]).reshape(3, 4 * n)
    distances = figure.distance(around).reshape(4, n)
    return unit(
        sum(corner[:, None] * distance for corner, distance in zip(_TETRAHEDRON, distances, strict=True))
    )


def render(figure: Figure, camera: Camera, behind: np.ndarray) -> np.ndarray:
    """The figure in front of `behind`, both (height, width, 3) sRGB in 0..1, with smoothed edges."""
    width, height = camera.size_wh
    v, u = (a.ravel() for a in np.mgrid[0:height, 0:width].astype(np.float32) + np.float32(0.5))
    behind = behind.reshape(-1, 3)
    rays = directions(u, v, camera)
    start, end = _span(figure, rays)
    along = march(figure, rays, start, end, camera)
    edges = np.flatnonzero(_edges(figure, rays, along, (height, width)))
    fine = np.concatenate([directions(u[edges] + du, v[edges] + dv, camera) for du, dv in _SUBPIXELS], axis=1)
    start, end = _around(along.reshape(height, width), edges)
    fine_along = march(figure, fine, np.tile(start, 4), np.tile(end, 4), camera)
    once = np.isfinite(along)
    once[edges] = False
    where = np.concatenate([np.flatnonzero(once), len(along) + np.flatnonzero(np.isfinite(fine_along))])
    colours = np.concatenate([behind, np.tile(behind[edges], (4, 1))])
    if len(where):
        all_rays = np.concatenate([rays, fine], axis=1)[:, where]
        all_along = np.concatenate([along, fine_along])[where]
        colours[where] = _seen(figure, camera, all_rays, all_along)
    colours, smoothed = np.split(colours, [len(along)])
    colours[edges] = smoothed.reshape(4, -1, 3).mean(0)
    return colours.reshape(height, width, 3)


def _seen(figure, camera, rays, along):
    """Colours (N, 3) where rays (3, N) meet the figure."""
    points = rays * along
    return shade(figure, points, rays, normals(figure, points), along / np.float32(camera.fx)).T


def _around(along: np.ndarray, edges: np.ndarray):
    """From where to where finer rays have to be followed: what their pixel and its neighbours met, and some more."""
    height, width = along.shape
    padded = np.pad(along, 1, mode="edge")
    near = np.min([padded[i : i + height, j : j + width] for i in range(3) for j in range(3)], axis=0)
    start = near.ravel()[edges] - 12
    return start, start + 350


def _edges(figure, rays, along, shape) -> np.ndarray:
    """Where depth jumps or the material changes between neighbouring pixels."""
    depth = np.where(np.isfinite(along), along, 9000).astype(np.float32)
    met = np.flatnonzero(np.isfinite(along))
    if len(met):
        depth[met] += 100 * figure.materials(rays[:, met] * along[met])
    depth = depth.reshape(shape)
    edge = np.zeros(shape, bool)
    across, down = np.abs(np.diff(depth, axis=1)) > EDGE_MM, np.abs(np.diff(depth, axis=0)) > EDGE_MM
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    edge[1:] |= down
    edge[:-1] |= down
    return edge
