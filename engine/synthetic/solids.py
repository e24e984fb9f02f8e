"""Signed distances of the few solids a head is put together from, on separate float32 arrays x, y, z.

The formulas are the well-known ones of Inigo Quilez (iquilezles.org/articles/distfunctions). Arrays stand apart, and
not in rows as in `sdf`, so that a face that is the same left and right can be folded with one absolute value.
"""

import numpy as np


def turned(matrix, points):
    """A (3, 3) matrix times points (3, N), summed term by term: the same bits on every machine and for any N."""
    return matrix[:, 0:1] * points[0] + matrix[:, 1:2] * points[1] + matrix[:, 2:3] * points[2]


def ball(x, y, z, centre, radius):
    """A sphere."""
    x, y, z = x - centre[0], y - centre[1], z - centre[2]
    return np.sqrt(x * x + y * y + z * z) - radius


def ellipsoid(x, y, z, centre, radii):
    """An ellipsoid with half axes along x, y, z; the distance is a close estimate."""
    x, y, z = (x - centre[0]) / radii[0], (y - centre[1]) / radii[1], (z - centre[2]) / radii[2]
    x2, y2, z2 = x * x, y * y, z * z
    k0 = np.sqrt(x2 + y2 + z2)
    k1 = np.sqrt(x2 * (1 / radii[0] ** 2) + y2 * (1 / radii[1] ** 2) + z2 * (1 / radii[2] ** 2))
    return k0 * (k0 - 1) / np.maximum(k1, 1e-9)


def limb(x, y, z, a, b, radius_a, radius_b):
    """A capsule from a to b whose radius runs from one to the other."""
    dx, dy, dz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    x, y, z = x - a[0], y - a[1], z - a[2]
    h = (x * dx + y * dy + z * dz) * (1 / max(dx * dx + dy * dy + dz * dz, 1e-9))
    h = np.minimum(np.maximum(h, 0), 1)
    x, y, z = x - h * dx, y - h * dy, z - h * dz
    return np.sqrt(x * x + y * y + z * z) - (radius_a + (radius_b - radius_a) * h)


def ring(x, y, z, centre, radius, thickness):
    """A torus lying level: its axis is y."""
    x, y, z = x - centre[0], y - centre[1], z - centre[2]
    around = np.sqrt(x * x + z * z) - radius
    return np.sqrt(around * around + y * y) - thickness


def smooth_cut(a, b, width):
    """`a` minus `b`, with an edge rounded over `width`."""
    bridge = np.maximum(width - np.abs(a + b), 0)
    return np.maximum(a, -b) + bridge * bridge * (0.25 / width)
