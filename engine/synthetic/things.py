"""Toy figures of made things: each function draws one from random numbers, standing on y = 0, its front to +z."""

import numpy as np

from engine.synthetic.paints import bright, pick, stripes, varied
from engine.synthetic.sdf import Solid, rotation

SIDES = (-1, 1)
RUBBER, STEEL, GLASS = (0.09, 0.09, 0.1), (0.78, 0.8, 0.83), (0.2, 0.3, 0.4)
WHITE, LAMP, TAIL = (0.95, 0.95, 0.93), (1.0, 0.95, 0.7), (0.85, 0.08, 0.06)


def _wheels(solid, places, radius, half_width, hub=STEEL):
    for x, z in places:
        for side in SIDES:
            out = side * (x + half_width)
            solid.disc((side * x, radius, z), (1, 0, 0), radius, half_width, RUBBER, rounding=0.03)
            solid.disc((out, radius, z), (1, 0, 0), radius * 0.58, 0.012, hub, shine=0.6)
            solid.disc((out + side * 0.01, radius, z), (1, 0, 0), radius * 0.18, 0.012, RUBBER)


def car(rng) -> Solid:
    """A small car with windows, lamps and fat wheels: a saloon, a hatchback, an estate or a pick-up."""
    solid = Solid()
    paint = pick(
        rng, (bright(rng), bright(rng), bright(rng), (0.9, 0.9, 0.88), (0.16, 0.17, 0.19), (0.6, 0.62, 0.66))
    )
    glass = varied(rng, GLASS)
    cabin_z, cabin_half = pick(rng, ((-0.12, 0.52), (-0.3, 0.6), (-0.38, 0.74), (0.14, 0.34)))
    roof = pick(rng, (paint, paint, WHITE))
    solid.box((0, 0.42, 0), (0.5, 0.2, 1.16), paint, 0.04, 0.6, rounding=0.14)
    solid.box((0, 0.55, 0), (0.46, 0.13, 1.0), paint, 0.08, 0.6, rounding=0.12)
    solid.box((0, 0.76, cabin_z), (0.42, 0.26, cabin_half), paint, 0.05, 0.6, rounding=0.15)
    solid.box((0, 0.99, cabin_z), (0.35, 0.04, cabin_half - 0.15), roof, 0.04, 0.6, rounding=0.04)
    for end, lean in ((1, -32), (-1, 28)):
        place = (0, 0.8, cabin_z + end * (cabin_half - 0.06))
        solid.box(place, (0.335, 0.145, 0.05), glass, 0, 0.9, rounding=0.04, turn=rotation(0, lean))
    for side in SIDES:
        for z in (cabin_z - cabin_half * 0.42, cabin_z + cabin_half * 0.4):
            solid.box(
                (side * 0.405, 0.81, z), (0.025, 0.115, cabin_half * 0.34), glass, 0, 0.9, rounding=0.02
            )
        solid.ball((side * 0.33, 0.47, 1.12), 0.095, LAMP, 0, 0.9)
        solid.box((side * 0.36, 0.5, -1.13), (0.09, 0.06, 0.04), TAIL, 0, 0.6)
        solid.box((side * 0.53, 0.68, cabin_z + cabin_half - 0.1), (0.05, 0.045, 0.03), paint, 0, 0.5)
        solid.box((side * 0.49, 0.6, cabin_z - 0.02), (0.02, 0.014, 0.06), STEEL, 0, 0.8, rounding=0.01)
    for end in SIDES:
        solid.box((0, 0.28, end * 1.13), (0.45, 0.055, 0.07), STEEL, 0, 0.6, rounding=0.05)
    solid.box((0, 0.42, 1.15), (0.16, 0.05, 0.03), RUBBER)
    if rng.random() < 0.15:
        solid.box(
            (0, 1.07, cabin_z), (0.14, 0.06, 0.08), pick(rng, ((0.98, 0.8, 0.1), (0.15, 0.35, 0.9))), 0, 0.5
        )
    _wheels(solid, ((0.44, 0.7), (0.44, -0.7)), 0.25, 0.09)
    return solid


def bus(rng) -> Solid:
    """A tall, long bus with a row of windows, a door and a board above the windscreen; one deck or two."""
    solid = Solid()
    paint = pick(rng, ((0.98, 0.76, 0.1), (0.85, 0.14, 0.12), bright(rng), bright(rng)))
    band, glass = pick(rng, (WHITE, paint, (0.15, 0.2, 0.35))), varied(rng, GLASS)
    decks = 2 if rng.random() < 0.3 else 1
    top = 1.42 + 0.62 * (decks - 1)
    solid.box((0, (top + 0.2) / 2, 0), (0.52, (top - 0.2) / 2, 1.6), paint, 0, 0.5, rounding=0.11)
    solid.box((0, 0.62, 0), (0.528, 0.05, 1.606), band, 0, 0.4, rounding=0.04)
    solid.box((0, top, 0), (0.44, 0.05, 1.45), pick(rng, (WHITE, paint)), 0.03, 0.3, rounding=0.04)
    for deck in range(decks):
        y = 1.0 + 0.62 * deck
        for z in np.linspace(-1.22, 0.86, 5):
            for side in SIDES:
                solid.box((side * 0.52, y, z), (0.02, 0.19, 0.215), glass, 0, 0.9, rounding=0.018)
        for end in SIDES:
            solid.box((0, y, end * 1.6), (0.42, 0.2, 0.02), glass, 0, 0.9, rounding=0.018)
    for side in SIDES:
        solid.box((side * 0.52, 0.78, 1.28), (0.02, 0.42, 0.14), glass, 0, 0.9, rounding=0.018)
        solid.ball((side * 0.36, 0.43, 1.58), 0.08, LAMP, 0, 0.9)
        solid.box((side * 0.4, 0.48, -1.6), (0.07, 0.07, 0.025), TAIL, 0, 0.5)
        solid.box((side * 0.62, 1.12, 1.62), (0.05, 0.1, 0.03), RUBBER)
    solid.box((0, top - 0.13, 1.6), (0.3, 0.05, 0.02), (0.98, 0.85, 0.3), rounding=0.015)
    for end in SIDES:
        solid.box((0, 0.28, end * 1.6), (0.48, 0.06, 0.06), (0.25, 0.25, 0.27), 0, 0.3, rounding=0.04)
    _wheels(solid, ((0.46, 0.98), (0.46, -1.0)), 0.27, 0.08)
    return solid


def bicycle(rng) -> Solid:
    """A bicycle: two thin wheels with spokes, a frame, a saddle, handlebars, pedals; some have a basket."""
    solid = Solid()
    paint = bright(rng) if rng.random() < 0.85 else (0.12, 0.12, 0.13)
    tyre = pick(rng, (RUBBER, RUBBER, (0.45, 0.3, 0.18)))
    saddle_paint = pick(rng, (RUBBER, (0.5, 0.28, 0.13)))
    radius = 0.42
    front, rear, crank = np.array((0, radius, 0.72)), np.array((0, radius, -0.68)), np.array((0, 0.36, -0.08))
    seat, post, head = np.array((0, 0.98, -0.28)), np.array((0, 0.82, -0.24)), np.array((0, 0.9, 0.5))
    for hub in (front, rear):
        solid.ring(hub, (1, 0, 0), radius - 0.04, 0.04, tyre)
        solid.ring(hub, (1, 0, 0), radius - 0.085, 0.014, STEEL, shine=0.6)
        solid.disc(hub, (1, 0, 0), 0.05, 0.06, STEEL, shine=0.5)
        turn = rng.uniform(0, np.pi)
        for angle in turn + np.arange(5) * np.pi / 5:
            out = np.array((0, np.sin(angle), np.cos(angle))) * (radius - 0.08)
            solid.limb(hub - out, hub + out, 0.009, 0.009, STEEL)
    tube = 0.036
    step_through = rng.random() < 0.3
    cross = np.array((0, 0.62, -0.17)) if step_through else post
    for a, b in (
        (cross, head - (0, 0.06, -0.02)),
        (crank, head - (0, 0.14, -0.04)),
        (crank, seat - (0, 0.08, 0)),
    ):
        solid.limb(a, b, tube, tube, paint, 0, 0.6)
    for side in SIDES:
        offset = np.array((side * 0.05, 0, 0))
        for a, b in ((crank, rear), (post, rear), (head - (0, 0.16, -0.05), front)):
            solid.limb(a + offset * (a is not crank) * 0.5, b + offset, 0.022, 0.02, paint, 0, 0.6)
    bar = np.array((0, 1.08, 0.44))
    solid.limb(head - (0, 0.16, -0.05), bar, tube, 0.03, paint, 0, 0.6)
    for side in SIDES:
        grip = bar + np.array((side * 0.28, rng.uniform(0.02, 0.08), -0.1))
        solid.limb(bar, grip, 0.026, 0.024, STEEL, 0, 0.7)
        solid.limb(grip, grip + np.array((side * 0.02, 0, -0.12)), 0.036, 0.036, saddle_paint)
    solid.limb(seat - (0, 0.1, -0.01), seat, 0.025, 0.025, STEEL, 0, 0.6)
    solid.limb(
        np.add(seat, (0, 0.04, -0.12)), np.add(seat, (0, 0.04, 0.16)), 0.085, 0.038, saddle_paint, 0.02, 0.3
    )
    solid.disc(crank, (1, 0, 0), 0.11, 0.02, STEEL, shine=0.5)
    pedal = rng.uniform(0, 2 * np.pi)
    for side in SIDES:
        out = crank + np.array((side * 0.09, side * 0.17 * np.sin(pedal), side * 0.17 * np.cos(pedal)))
        solid.limb(np.add(crank, (side * 0.07, 0, 0)), out, 0.02, 0.02, STEEL, 0, 0.5)
        solid.box(np.add(out, (side * 0.07, 0, 0)), (0.065, 0.022, 0.05), RUBBER)
    if rng.random() < 0.3:
        solid.box(np.add(bar, (0, -0.14, 0.22)), (0.17, 0.12, 0.13), (0.72, 0.52, 0.3), rounding=0.03)
    return solid


def chair(rng) -> Solid:
    """A chair: wooden with slats or a full back, or an upholstered armchair."""
    return _armchair(rng) if rng.random() < 0.25 else _wooden_chair(rng)


def _wooden_chair(rng):
    solid = Solid()
    wood = varied(rng, (0.66, 0.43, 0.23)) if rng.random() < 0.5 else bright(rng)
    cushion = pick(rng, (wood, bright(rng), tuple(np.array(wood) * 0.75)))
    top = rng.uniform(1.22, 1.42)
    for x in SIDES:
        solid.limb((x * 0.26, 0.56, 0.26), (x * 0.29, 0.035, 0.3), 0.04, 0.035, wood, 0, 0.3)
        solid.limb((x * 0.26, 0.56, -0.27), (x * 0.28, 0.035, -0.33), 0.04, 0.035, wood, 0, 0.3)
        solid.limb((x * 0.26, 0.58, -0.27), (x * 0.27, top, -0.36), 0.04, 0.036, wood, 0, 0.3)
    solid.box((0, 0.6, 0), (0.34, 0.04, 0.34), wood, 0, 0.3, rounding=0.035)
    if cushion != wood:
        solid.box((0, 0.655, 0.02), (0.29, 0.045, 0.28), cushion, rounding=0.045)
    lean = rotation(0, -6)
    style = rng.random()
    if style < 0.4:
        for y in np.linspace(0.84, top - 0.04, 3):
            solid.box((0, y, -0.3 - 0.1 * (y - 0.7)), (0.26, 0.055, 0.025), wood, 0, 0.3, turn=lean)
    elif style < 0.75:
        solid.box((0, top - 0.02, -0.355), (0.31, 0.065, 0.032), wood, 0, 0.3, turn=lean)
        for across in (-0.15, 0, 0.15):
            solid.limb((across, 0.62, -0.28), (across, top - 0.05, -0.35), 0.024, 0.024, wood, 0, 0.3)
    else:
        solid.box((0, (top + 0.8) / 2, -0.32), (0.28, (top - 0.8) / 2, 0.035), cushion, 0, 0.2, turn=lean)
    for z in (-0.29, 0.27):
        solid.limb((-0.27, 0.27, z), (0.27, 0.27, z), 0.022, 0.022, wood)
    return solid


def _armchair(rng):
    solid = Solid()
    cloth = bright(rng)
    if rng.random() < 0.3:
        cloth = stripes(cloth, WHITE, (1, 0, 0), 5, 0.4, 0)
    wood = (0.35, 0.22, 0.13)
    solid.box((0, 0.36, 0), (0.4, 0.19, 0.4), cloth, 0.02, rounding=0.08)
    solid.box((0, 0.58, 0.04), (0.32, 0.1, 0.37), cloth, 0, rounding=0.09)
    solid.box((0, 0.82, -0.36), (0.42, 0.47, 0.13), cloth, 0.02, rounding=0.12, turn=rotation(0, -9))
    for side in SIDES:
        solid.box((side * 0.44, 0.5, 0.03), (0.11, 0.27, 0.42), cloth, 0.02, rounding=0.1)
        for z in (-0.34, 0.34):
            solid.limb((side * 0.38, 0.16, z), (side * 0.4, 0.04, z * 1.05), 0.045, 0.035, wood)
    return solid


def boat(rng) -> Solid:
    """A boat on its keel: a sailing boat with two sails, or a little steamer with a cabin and a funnel."""
    solid = Solid()
    hull, deck = pick(rng, (bright(rng), bright(rng), WHITE)), varied(rng, (0.76, 0.55, 0.32))
    stripe = WHITE if hull != WHITE else bright(rng)
    for dark, low, wide in ((hull, 0.36, 1.0), (stripe, 0.45, 1.012)):
        solid.ellipsoid((0, 0.46, 0), (0.42 * wide, 0.46, 1.08 * wide), dark, 0, 0.4, top=low - 0.46)
        if dark is hull:
            solid.ellipsoid((0, 0.46, 0), (0.415, 0.455, 1.07), hull, 0, 0.4, top=0.0)
    solid.ellipsoid((0, 0.47, 0), (0.37, 0.05, 0.98), deck)
    solid.limb((0, 0.4, 0.98), (0, 0.56, 1.2), 0.07, 0.04, hull, 0.04, 0.4)
    if rng.random() < 0.62:
        _sails(solid, rng)
    else:
        _cabin(solid, rng)
    return solid


def _sails(solid, rng):
    cloth = pick(rng, (WHITE, WHITE, (0.9, 0.3, 0.2), (0.98, 0.85, 0.5)))
    cloth = stripes(WHITE, bright(rng), (0, 1, 0), 2.5, 0.5, 0) if rng.random() < 0.3 else cloth
    belly = rng.uniform(0.08, 0.22) * pick(rng, SIDES)
    solid.limb((0, 0.45, 0.16), (0, 2.0, 0.16), 0.035, 0.025, (0.55, 0.36, 0.2))
    solid.limb((0, 0.66, 0.16), (belly, 0.66, -0.85), 0.026, 0.022, (0.55, 0.36, 0.2))
    solid.sheet((0, 0.74, 0.1), (belly, 0.72, -0.8), (0, 1.9, 0.1), 0.022, cloth, 0.01)
    solid.sheet(
        (0, 0.64, 1.04), (belly * 0.6, 0.7, 0.28), (0, 1.7, 0.22), 0.022, pick(rng, (cloth, WHITE)), 0.01
    )
    solid.sheet((0, 1.92, 0.16), (0, 2.1, 0.16), (belly, 2.01, -0.16), 0.014, bright(rng))


def _cabin(solid, rng):
    walls, funnel = pick(rng, (WHITE, (0.95, 0.88, 0.7))), bright(rng)
    solid.box((0, 0.68, -0.12), (0.27, 0.2, 0.48), walls, 0, 0.3, rounding=0.04)
    solid.box((0, 0.9, -0.12), (0.31, 0.035, 0.54), funnel, 0, 0.3, rounding=0.03)
    solid.box((0, 1.05, 0.12), (0.21, 0.14, 0.2), walls, 0, 0.3, rounding=0.04)
    solid.box((0, 1.22, 0.12), (0.25, 0.03, 0.25), funnel, 0, 0.3, rounding=0.025)
    for side in SIDES:
        for z in (-0.4, -0.12, 0.16):
            solid.disc((side * 0.27, 0.7, z), (1, 0, 0), 0.075, 0.015, GLASS, shine=0.9)
        solid.box((side * 0.21, 1.07, 0.12), (0.015, 0.07, 0.11), GLASS, 0, 0.9, rounding=0.01)
    solid.box((0, 1.07, 0.32), (0.15, 0.07, 0.015), GLASS, 0, 0.9, rounding=0.01)
    solid.disc((0, 1.2, -0.3), (0, 1, -0.12), 0.12, 0.32, funnel, 0, 0.3, rounding=0.02)
    solid.disc((0, 1.4, -0.325), (0, 1, -0.12), 0.126, 0.06, WHITE, 0, 0.3, rounding=0.02)
    solid.ring((0.3, 0.62, 0.52), (1, 0, 0.35), 0.1, 0.035, (0.95, 0.4, 0.2))
