"""Toy figures of things outside the vocabulary, to stand about in scenes: trees, balls, blocks, plants."""

import numpy as np

from engine.synthetic.paints import bright, patches, pick, stripes, varied
from engine.synthetic.sdf import Solid, rotation

WHITE = (0.95, 0.94, 0.9)


def tree(rng) -> Solid:
    """A round tree of a few balls of leaves on a trunk."""
    solid = Solid()
    leaf = varied(
        rng, pick(rng, ((0.3, 0.55, 0.2), (0.42, 0.62, 0.22), (0.82, 0.5, 0.15), (0.9, 0.6, 0.7))), 0.1
    )
    solid.limb((0, 0, 0), (0, 0.9, 0), 0.13, 0.09, (0.42, 0.29, 0.18))
    solid.ball((0, 1.3, 0), 0.48, leaf, 0.08)
    for turn in np.arange(5) * 1.257 + rng.uniform(0, 6):
        place = (0.34 * np.cos(turn), 1.15 + rng.uniform(-0.1, 0.3), 0.34 * np.sin(turn))
        solid.ball(place, rng.uniform(0.26, 0.36), leaf, 0.08)
    return solid


def fir(rng) -> Solid:
    """A fir of four cones."""
    solid = Solid()
    leaf = varied(rng, pick(rng, ((0.16, 0.42, 0.26), (0.2, 0.5, 0.3), (0.28, 0.46, 0.22))), 0.1)
    solid.limb((0, 0, 0), (0, 0.4, 0), 0.1, 0.09, (0.4, 0.27, 0.17))
    for low, wide in ((0.34, 0.46), (0.68, 0.38), (1.0, 0.3), (1.3, 0.21)):
        solid.limb((0, low + 0.06, 0), (0, low + 0.5, 0), wide, 0.03, leaf, 0.02)
        solid.disc((0, low, 0), (0, 1, 0), wide, 0.05, leaf, 0.04, rounding=0.04)
    return solid


def ball(rng) -> Solid:
    """A ball to play with: plain, banded or with patches."""
    solid = Solid()
    first, second = bright(rng), pick(rng, (WHITE, bright(rng)))
    paint = pick(
        rng, (stripes(first, second, (0.8, 0.6, 0), 2.2, 0.5, 0), patches(first, second, rng, 0.35), first)
    )
    solid.ball((0, 0.34, 0), 0.34, paint, shine=0.6)
    return solid


def blocks(rng) -> Solid:
    """Building blocks, one on top of two."""
    solid = Solid()
    for x, y in ((-0.25, 0.22), (0.26, 0.22), (0.02, 0.66)):
        turn = rotation(rng.uniform(-25, 25))
        solid.box(
            (x, y, rng.uniform(-0.06, 0.06)),
            (0.22, 0.22, 0.22),
            bright(rng),
            shine=0.3,
            rounding=0.04,
            turn=turn,
        )
    return solid


def mushroom(rng) -> Solid:
    """A mushroom with a spotted cap."""
    solid = Solid()
    cap = varied(rng, pick(rng, ((0.85, 0.15, 0.12), (0.75, 0.5, 0.28))))
    solid.limb((0, 0.08, 0), (0, 0.45, 0), 0.14, 0.1, WHITE)
    solid.ellipsoid((0, 0.42, 0), (0.4, 0.34, 0.4), cap, shine=0.3, turn=rotation(0, 180), top=0.0)
    for turn in np.arange(6) * 1.05 + rng.uniform(0, 6):
        solid.ball((0.3 * np.cos(turn), 0.6, 0.3 * np.sin(turn)), 0.06, WHITE)
    solid.ball((0, 0.75, 0), 0.08, WHITE)
    return solid


def plant(rng) -> Solid:
    """A plant in a pot."""
    solid = Solid()
    pot, leaf = (
        varied(rng, pick(rng, ((0.78, 0.42, 0.27), WHITE, bright(rng)))),
        varied(rng, (0.25, 0.55, 0.25), 0.15),
    )
    solid.limb((0, 0.16, 0), (0, 0.36, 0), 0.15, 0.21, pot)
    solid.disc((0, 0.46, 0), (0, 1, 0), 0.25, 0.06, pot, rounding=0.02)
    for turn in np.arange(9) * 2.4 + rng.uniform(0, 6):
        reach, high = rng.uniform(0.2, 0.45), rng.uniform(0.8, 1.3)
        tip = np.array((reach * np.cos(turn), high, reach * np.sin(turn)))
        solid.limb((0, 0.5, 0), tip * (0.6, 0.85, 0.6), 0.03, 0.07, leaf, 0.02)
        solid.limb(tip * (0.6, 0.85, 0.6), tip, 0.08, 0.01, leaf, 0.02)
    return solid


def house(rng) -> Solid:
    """A little house with a gable roof, a door and windows."""
    solid = Solid()
    wall = varied(rng, pick(rng, (WHITE, (0.95, 0.85, 0.6), (0.8, 0.5, 0.4), (0.7, 0.82, 0.88))))
    roof, door = pick(rng, ((0.7, 0.25, 0.18), (0.35, 0.35, 0.42), (0.3, 0.45, 0.35))), bright(rng)
    solid.box((0, 0.5, 0), (0.6, 0.5, 0.55), wall)
    solid.box((0, 1.0, 0), (0.4, 0.4, 0.54), wall, turn=rotation(0, 0, 45))
    for side in (-1, 1):
        solid.box((side * 0.36, 1.26, 0), (0.56, 0.05, 0.68), roof, turn=rotation(0, 0, -side * 45))
        solid.box((side * 0.34, 0.6, 0.55), (0.12, 0.14, 0.03), (0.35, 0.5, 0.6), shine=0.8)
        solid.box((side * 0.6, 0.6, 0), (0.03, 0.14, 0.2), (0.35, 0.5, 0.6), shine=0.8)
    solid.box((0, 0.32, 0.56), (0.13, 0.3, 0.03), door)
    solid.box((0.36, 1.5, -0.15), (0.09, 0.24, 0.09), (0.6, 0.35, 0.3))
    return solid


def rock(rng) -> Solid:
    """A pile of rounded stones."""
    solid = Solid()
    stone = varied(rng, (0.55, 0.54, 0.52), 0.15)
    for _ in range(4):
        radii = rng.uniform(0.16, 0.36, 3) * (1, 0.75, 1)
        place = (rng.uniform(-0.3, 0.3), radii[1] * 0.6, rng.uniform(-0.2, 0.2))
        solid.ellipsoid(place, radii, stone, 0.08, turn=rotation(rng.uniform(0, 180)))
    return solid


def parasol(rng) -> Solid:
    """A striped parasol on a leaning pole."""
    solid = Solid()
    first, second = bright(rng), pick(rng, (WHITE, WHITE, bright(rng)))
    lean = rotation(rng.uniform(0, 360), rng.uniform(4, 14))
    pen = solid.at((0, 0, 0), lean)
    pen.limb((0, 0, 0), (0, 1.62, 0), 0.035, 0.03, (0.9, 0.88, 0.82))
    pen.ellipsoid((0, 1.2, 0), (0.72, 0.42, 0.72), _segments(first, second), turn=rotation(0, 180), top=0.0)
    pen.ball((0, 1.65, 0), 0.05, first)
    return solid


def _segments(first, second):
    """Wedges of two colours around the upright axis."""
    first, second = np.array(first)[:, None], np.array(second)[:, None]

    def paint(points):
        return np.where(np.sin(5 * np.arctan2(points[2], points[0])) > 0, first, second).astype(np.float32)

    return paint
