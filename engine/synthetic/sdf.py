"""Solids from signed distances, in plain NumPy: build with a few primitives, trace rays, shade.

Points and directions are `(3, N)` float32 arrays, y up. Distances are negative inside. The formulas for the
primitives and the polynomial smooth union are the well-known ones of Inigo Quilez (iquilezles.org/articles).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

Paint = tuple[float, float, float] | Callable[[np.ndarray], np.ndarray]
_TETRAHEDRON = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)


def rotation(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> np.ndarray:
    """The (3, 3) matrix that rolls about z, then pitches about x, then yaws about y; angles in degrees."""
    (cy, cp, cr), (sy, sp, sr) = (
        np.cos(np.radians([yaw, pitch, roll])),
        np.sin(np.radians([yaw, pitch, roll])),
    )
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return (about_y @ about_x @ about_z).astype(np.float32)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors of length one, along the first axis: `(3,)` or `(3, N)`; a zero vector stays zero."""
    return vectors / np.maximum(np.sqrt((vectors * vectors).sum(0)), 1e-12)


def product(rows: ArrayLike, columns: np.ndarray) -> np.ndarray:
    """The matrix product (P, K) @ (K, N) or (K,) @ (K, N), without threads, so that it rounds alike everywhere."""
    return np.einsum("...k,kn->...n", np.asarray(rows, np.float32), columns)


def smooth_union(a: np.ndarray, b: np.ndarray, width: float) -> np.ndarray:
    """The union of two distances, rounded where they are within `width` of each other; 0 is the plain minimum."""
    if width <= 0:
        return np.minimum(a, b)
    bridge = np.maximum(width - np.abs(a - b), 0)
    return np.minimum(a, b) - bridge * bridge * np.float32(0.25 / width)


@dataclass
class Part:
    """One primitive with its paint; `blend` is how widely it melts into the parts before it."""

    form: str
    values: tuple
    paint: Paint
    blend: float = 0.0
    shine: float = 0.0


@dataclass
class Solid:
    """A solid put together from painted primitives; ask it for distances, normals and colours.

    `at` gives a second pen for the same solid, in a frame of its own: what is added there is moved, turned, scaled.
    """

    parts: list[Part] = field(default_factory=list)
    origin: np.ndarray = field(default_factory=lambda: np.zeros(3, np.float32))
    turn: np.ndarray = field(default_factory=lambda: np.eye(3, dtype=np.float32))
    scale: float = 1.0
    _compiled: tuple = field(default=(0, []), repr=False)

    def at(self, origin, turn=None, scale=1.0) -> "Solid":
        """A pen for the same solid whose own origin, axes and unit lie here."""
        return Solid(self.parts, self._place(origin), self.turn @ _turn(turn), self.scale * scale)

    def _place(self, point) -> np.ndarray:
        return self.origin + self.scale * (self.turn @ np.asarray(point, np.float32))

    def _size(self, size):
        return np.asarray(size, np.float32) * self.scale

    def _add(self, form, values, paint, blend, shine):
        self.parts.append(Part(form, values, paint, blend * self.scale, shine))

    def limb(self, a, b, radius_a, radius_b, paint, blend=0.0, shine=0.0):
        """A capsule from a to b whose radius runs from one to the other."""
        radii = self._size(radius_a), self._size(radius_b)
        self._add("limb", (self._place(a), self._place(b), *radii), paint, blend, shine)

    def ball(self, centre, radius, paint, blend=0.0, shine=0.0):
        """A sphere."""
        self.limb(centre, centre, radius, radius, paint, blend, shine)

    def ellipsoid(self, centre, radii, paint, blend=0.0, shine=0.0, turn=None, top=np.inf):
        """An ellipsoid with three half axes, turned by a matrix, cut off above `top` along its own second axis."""
        values = (self._place(centre), self._size(radii), self.turn @ _turn(turn), self._size(top))
        self._add("ellipsoid", values, paint, blend, shine)

    def box(self, centre, half, paint, blend=0.0, shine=0.0, rounding=0.02, turn=None):
        """A box with half sizes (rounding included) and rounded edges, turned by a matrix."""
        values = (self._place(centre), self._size(half), self._size(rounding), self.turn @ _turn(turn))
        self._add("box", values, paint, blend, shine)

    def disc(self, centre, axis, radius, half_height, paint, blend=0.0, shine=0.0, rounding=0.01):
        """A cylinder along `axis` with rounded rims."""
        sizes = (self._size(size) for size in (radius, half_height, rounding))
        self._add("disc", (self._place(centre), self._axis(axis), *sizes), paint, blend, shine)

    def ring(self, centre, axis, radius, thickness, paint, blend=0.0, shine=0.0):
        """A torus around `axis`."""
        values = (self._place(centre), self._axis(axis), self._size(radius), self._size(thickness))
        self._add("ring", values, paint, blend, shine)

    def sheet(self, a, b, c, thickness, paint, blend=0.0, shine=0.0):
        """A triangle of three corners with rounded edges, `thickness` to each side."""
        values = (self._place(a), self._place(b), self._place(c), self._size(thickness))
        self._add("sheet", values, paint, blend, shine)

    def _axis(self, axis) -> np.ndarray:
        return unit(self.turn @ np.asarray(axis, np.float32))

    def outline(self) -> tuple[np.ndarray, np.ndarray]:
        """Spheres whose hull just holds the solid: centres (3, M) and radii (M,); points where a part has edges."""
        spheres = [_OUTLINES[part.form](*part.values) for part in self.parts]
        counts = [len(centres) for centres, _ in spheres]
        radii = np.repeat([radius for _, radius in spheres], counts)
        return np.concatenate([centres for centres, _ in spheres]).T.astype(np.float32), radii.astype(
            np.float32
        )

    def part_distances(self, points: np.ndarray) -> np.ndarray:
        """Distances to every part, `(parts, N)`, in the order the parts were added."""
        squared = (points * points).sum(0)
        out = np.empty((len(self.parts), points.shape[1]), np.float32)
        for rows, distance in self._compile():
            out[rows] = distance(points, squared)
        return out

    def join(self, distances: np.ndarray) -> np.ndarray:
        """The distance of the whole solid from the distances of its parts."""
        soft = [i for i, part in enumerate(self.parts) if part.blend > 0]
        hard = [i for i, part in enumerate(self.parts) if part.blend <= 0]
        total = distances[hard].min(0) if hard else None
        melted: np.ndarray | None = None
        for i in soft:
            melted = (
                distances[i] if melted is None else smooth_union(melted, distances[i], self.parts[i].blend)
            )
        if melted is None:
            if total is None:
                raise ValueError("a solid without parts has no distance.")
            return total
        return melted if total is None else np.minimum(total, melted)

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Signed distance at each point, `(N,)`."""
        return self.join(self.part_distances(points))

    def normals(self, points: np.ndarray, step: float = 1.5e-3) -> np.ndarray:
        """Outward unit normals `(3, N)` from four distances on a tetrahedron around each point."""
        n = points.shape[1]
        around = (points[:, None, :] + step * _TETRAHEDRON.T[:, :, None]).reshape(3, 4 * n)
        return unit(product(_TETRAHEDRON.T, self.distance(around).reshape(4, n)))

    def colours(self, points: np.ndarray, edge: float = 0.005) -> tuple[np.ndarray, np.ndarray]:
        """Paint `(3, N)` and shine `(N,)` at points of the surface, mixed over `edge` where parts meet."""
        distances = self.part_distances(points)
        softness = np.array([max(edge, 0.22 * part.blend) for part in self.parts], np.float32)[:, None]
        weights = np.exp(-np.maximum(distances - distances.min(0), 0) / softness)
        weights /= weights.sum(0)
        flat = np.array(
            [(0, 0, 0) if callable(part.paint) else part.paint for part in self.parts], np.float32
        )
        colour = product(flat.T, weights)
        for i, part in enumerate(self.parts):
            if callable(part.paint):
                colour += part.paint(points) * weights[i]
        return colour, product([part.shine for part in self.parts], weights)

    def _compile(self):
        if self._compiled[0] != len(self.parts):
            rows = {form: [i for i, p in enumerate(self.parts) if p.form == form] for form in _FORMS}
            forms = [(index, self._stack(form, index)) for form, index in rows.items() if index]
            self._compiled = len(self.parts), forms
        return self._compiled[1]

    def _stack(self, form, index):
        columns = zip(*(self.parts[i].values for i in index), strict=True)
        return _FORMS[form](*(np.array(column, np.float32) for column in columns))


def _turn(turn) -> np.ndarray:
    return np.eye(3, dtype=np.float32) if turn is None else np.asarray(turn, np.float32)


def _column(values) -> np.ndarray:
    return np.asarray(values, np.float32)[:, None]


def _segment(a, b):
    """Function of points: squared distance to each segment (P, N), and how far along it the nearest point lies."""
    axis = b - a
    length2 = _column(np.maximum((axis * axis).sum(1), 1e-12))
    a_axis, a_squared = _column((a * axis).sum(1)), _column((a * a).sum(1))

    def nearest(points, squared):
        along = product(axis, points) - a_axis
        h = np.clip(along / length2, 0, 1)
        from_axis = squared - 2 * product(a, points) + a_squared + h * (h * length2 - 2 * along)
        return np.maximum(from_axis, 0), h

    return nearest


def _limbs(a, b, radius_a, radius_b):
    nearest, first, growth = _segment(a, b), _column(radius_a), _column(radius_b - radius_a)

    def distance(points, squared):
        from_axis, h = nearest(points, squared)
        return np.sqrt(from_axis) - first - growth * h

    return distance


def _sheets(a, b, c, thicknesses):
    normals = np.cross(b - a, c - a)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    edges = [(a, b), (b, c), (c, a)]
    segments = [_segment(start, end) for start, end in edges]
    inward = [np.cross(normals, end - start) for start, end in edges]
    offsets = [_column((side * start).sum(1)) for side, (start, _) in zip(inward, edges, strict=True)]
    height, thickness = _column((normals * a).sum(1)), _column(thicknesses)

    def distance(points, squared):
        within = np.ones((len(a), points.shape[1]), bool)
        for side, offset in zip(inward, offsets, strict=True):
            within &= product(side, points) > offset
        rim = np.minimum.reduce([segment(points, squared)[0] for segment in segments])
        return np.where(within, np.abs(product(normals, points) - height), np.sqrt(rim)) - thickness

    return distance


def _local(centres, turns, scale=None):
    """Matrix and offset that transform points into the local frame of each of P parts, as one (3 P, 3) product."""
    inverse = turns.transpose(0, 2, 1)
    if scale is not None:
        inverse = inverse * scale[:, :, None]
    offset = -np.einsum("pij,pj->pi", inverse, centres)
    return inverse.reshape(-1, 3).astype(np.float32), offset.reshape(-1, 1).astype(np.float32)


def _ellipsoids(centres, radii, turns, tops):
    matrix, offset = _local(centres, turns, 1 / radii)
    inverse_radii = (1 / radii).astype(np.float32)[:, :, None]
    cut, top, upward = np.flatnonzero(np.isfinite(tops)), _column(tops), _column(radii[:, 1])

    def distance(points, _squared):
        scaled = (product(matrix, points) + offset).reshape(len(centres), 3, -1)
        again = scaled * inverse_radii
        k0 = np.sqrt((scaled * scaled).sum(1))
        k1 = np.sqrt((again * again).sum(1))
        whole = k0 * (k0 - 1) / np.maximum(k1, 1e-9)
        for i in cut:
            whole[i] = np.maximum(whole[i], scaled[i, 1] * upward[i] - top[i])
        return whole

    return distance


def _boxes(centres, halves, roundings, turns):
    matrix, offset = _local(centres, turns)
    rounding = _column(roundings)
    inner = (halves - rounding).astype(np.float32)[:, :, None]

    def distance(points, _squared):
        over = np.abs((product(matrix, points) + offset).reshape(len(centres), 3, -1)) - inner
        outside = np.maximum(over, 0)
        return np.sqrt((outside * outside).sum(1)) + np.minimum(over.max(1), 0) - rounding

    return distance


def _along_and_across(points, squared, centres, axes):
    """Height along each axis and distance from it, both (P, N)."""
    along = product(axes, points) - _column((axes * centres).sum(1))
    from_centre = squared - 2 * product(centres, points) + _column((centres * centres).sum(1))
    return along, np.sqrt(np.maximum(from_centre - along * along, 0))


def _discs(centres, axes, radii, half_heights, roundings):
    rounding = _column(roundings)
    rim, top = _column(radii) - rounding, _column(half_heights) - rounding

    def distance(points, squared):
        along, across = _along_and_across(points, squared, centres, axes)
        out, up = across - rim, np.abs(along) - top
        corner = np.sqrt(np.maximum(out, 0) ** 2 + np.maximum(up, 0) ** 2)
        return corner + np.minimum(np.maximum(out, up), 0) - rounding

    return distance


def _rings(centres, axes, radii, thicknesses):
    radius, thickness = _column(radii), _column(thicknesses)

    def distance(points, squared):
        along, across = _along_and_across(points, squared, centres, axes)
        return np.sqrt((across - radius) ** 2 + along * along) - thickness

    return distance


_FORMS: dict[str, Callable[..., Callable[[np.ndarray, np.ndarray], np.ndarray]]] = {
    "limb": _limbs,
    "ellipsoid": _ellipsoids,
    "box": _boxes,
    "disc": _discs,
    "ring": _rings,
    "sheet": _sheets,
}
_CORNERS = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
_TIPS = np.concatenate([np.eye(3), -np.eye(3), _CORNERS / np.sqrt(3)]).astype(np.float32)


def _rim(centre, axis, radius, half_height):
    """Points around the two rims of a cylinder."""
    across = unit(np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))]))
    beside = np.cross(axis, across)
    turns = np.arange(8)[:, None] * np.pi / 4
    circle = radius * (np.cos(turns) * across + np.sin(turns) * beside)
    return centre + np.concatenate([circle + half_height * axis, circle - half_height * axis])


_OUTLINES: dict[str, Callable[..., tuple[np.ndarray, float]]] = {
    "limb": lambda a, b, r, s: (np.array([a, b]), max(r, s)),
    "ellipsoid": lambda centre, radii, turn, _: (centre + (_TIPS * radii) @ turn.T, 0.0),
    "box": lambda centre, half, rounding, turn: (centre + (_CORNERS * (half - rounding)) @ turn.T, rounding),
    "disc": lambda centre, axis, radius, half, _: (_rim(centre, axis, radius, half), 0.0),
    "ring": lambda centre, axis, radius, thickness: (_rim(centre, axis, radius, 0.0), thickness),
    "sheet": lambda a, b, c, thickness: (np.array([a, b, c]), thickness),
}


@dataclass(frozen=True)
class Hits:
    """Where rays met a solid: distance along the ray, and how much of the pixel is covered, 0 to 1."""

    along: np.ndarray
    cover: np.ndarray


def trace(distance, origin, directions, near, far, pixel: float, steps: int = 60, pace: float = 0.95) -> Hits:
    """Sphere-trace a batch of rays and say where each came nearest to the surface, with soft edges.

    `directions (3, N)` have length one; `near` and `far` (N,) bound the search; `pixel` is the width of a pixel
    per unit of distance. A ray that passes within one pixel of the surface covers part of its pixel.
    Source: J. C. Hart, Sphere tracing (1996).
    """
    n = directions.shape[1]
    along, nearest, best = near.astype(np.float32), np.full(n, np.inf, np.float32), near.astype(np.float32)
    active = np.flatnonzero(far > near)
    for _ in range(steps):
        if not len(active):
            break
        t = along[active]
        d = distance(origin[:, None] + directions[:, active] * t)
        in_pixels = d / (pixel * t)
        closer = in_pixels < nearest[active]
        improved = active[closer]
        nearest[improved], best[improved] = in_pixels[closer], t[closer]
        t = t + pace * np.maximum(d, 0.7 * pixel * t)
        along[active] = t
        active = active[(in_pixels > 0.1) & (t < far[active])]
    nearest[active[nearest[active] < 4]] = 0
    return Hits(best, np.clip((1 - nearest) / 0.9, 0, 1))


def sphere_span(origin, directions, centre, radius):
    """Where rays enter and leave a sphere, `(near, far)`; a ray that misses has far below near."""
    to_centre = np.asarray(centre, np.float32) - origin
    middle = product(to_centre, directions)
    inside = radius**2 - (to_centre @ to_centre - middle * middle)
    half = np.sqrt(np.maximum(inside, 0))
    near = np.maximum(middle - half, 1e-3)
    return near.astype(np.float32), np.where(inside > 0, middle + half, near - 1).astype(np.float32)


def openness(distance, points, normals, reach: float) -> np.ndarray:
    """Ambient light that reaches each point, 0 to 1: how free the way along the normal is up to `reach`."""
    steps = np.array([0.25, 0.55, 1.0], np.float32) * reach
    n = points.shape[1]
    ahead = (points[:, None, :] + normals[:, None, :] * steps[:, None]).reshape(3, -1)
    missing = np.maximum(steps[:, None] - distance(ahead).reshape(3, n), 0) / steps[:, None]
    return np.clip(1 - product((0.45, 0.35, 0.25), missing), 0, 1)


def sunlight(distance, points, light, reach: float, start: float, softness: float = 7.0, steps: int = 12):
    """Share of the light from direction `light` that reaches each point, 0 to 1, with soft edges."""
    share = np.ones(points.shape[1], np.float32)
    along = np.full(points.shape[1], start, np.float32)
    active = np.arange(points.shape[1])
    for _ in range(steps):
        if not len(active):
            break
        t = along[active]
        d = distance(points[:, active] + light[:, None] * t)
        share[active] = np.minimum(share[active], np.clip(0.5 + 0.5 * softness * d / t, 0, 1))
        along[active] = t + np.clip(d, 0.02 * reach, 0.25 * reach)
        active = active[(share[active] > 0.01) & (along[active] < reach)]
    return share * share * (3 - 2 * share)


@dataclass(frozen=True)
class Light:
    """A sun with a direction (towards it) and colour, a sky above and a ground below that throw light back."""

    towards: tuple[float, float, float] = (0.5, 0.7, 0.5)
    sun: tuple[float, float, float] = (1.0, 0.95, 0.85)
    sky: tuple[float, float, float] = (0.42, 0.48, 0.58)
    ground: tuple[float, float, float] = (0.28, 0.25, 0.2)


def shade(colour, shine, normals, directions, light: Light, open_sky=1.0, sun_share=1.0) -> np.ndarray:
    """Colour `(3, N)` seen along `directions`: soft Lambert, sky and ground light, a gloss and a rim of sky."""
    towards = unit(np.asarray(light.towards, np.float32))
    facing = np.clip((product(towards, normals) + 0.15) / 1.15, 0, 1) * sun_share
    up = 0.5 + 0.5 * normals[1]
    sky, ground, sun = (np.asarray(c, np.float32)[:, None] for c in (light.sky, light.ground, light.sun))
    lit = sun * facing + (sky * up + ground * (1 - up)) * open_sky
    half = unit(towards[:, None] - directions)
    gloss = shine * sun_share * np.clip((half * normals).sum(0), 0, 1) ** 40
    grazing = np.clip(1 + (normals * directions).sum(0), 0, 1) ** 3
    return colour * lit + sun * gloss + sky * (0.22 * grazing * up * open_sky)
