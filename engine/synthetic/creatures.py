"""Toy figures of living things: each function draws one from random numbers, feet at y = 0, facing +z."""

from itertools import pairwise

import numpy as np

from engine.synthetic.paints import below, bright, patches, pick, stripes, varied
from engine.synthetic.sdf import Solid, rotation

SIDES = (-1, 1)
BLACK, WHITE = (0.05, 0.05, 0.06), (0.95, 0.94, 0.9)


def _eyes(head, place, size, iris=BLACK, white=0.0):
    """A pair of shining eyes at (+-x, y, z) of a head; `white` > 0 puts the iris on an eyeball."""
    x, y, z = place
    for side in SIDES:
        if white:
            head.ball((side * x, y, z), size * white, WHITE, shine=0.5)
            head.ball((side * x, y, z + size * white * 0.62), size * 0.72, iris, shine=0.3)
        else:
            head.ball((side * x, y, z), size, iris, shine=0.25)
        glint = (side * x - 0.3 * size, y + 0.4 * size, z + size * (0.75 + 0.5 * white))
        head.ball(glint, 0.3 * size, WHITE)


def bear(rng) -> Solid:
    """A stout bear with round ears: brown, black, white or a panda; on all fours or sitting."""
    solid = Solid()
    coat = varied(
        rng, pick(rng, ((0.45, 0.27, 0.14), (0.33, 0.19, 0.11), (0.58, 0.38, 0.2), (0.13, 0.11, 0.11)))
    )
    dark, muzzle = coat, varied(rng, (0.78, 0.6, 0.42))
    look = rng.random()
    if look < 0.16:
        coat, dark, muzzle = (0.94, 0.92, 0.85), (0.93, 0.91, 0.84), (0.88, 0.85, 0.78)
    elif look < 0.28:
        coat, dark, muzzle = (0.95, 0.94, 0.92), (0.09, 0.08, 0.09), (0.93, 0.92, 0.9)
    panda = 0.16 <= look < 0.28
    stout = rng.uniform(0.92, 1.1)
    if rng.random() < 0.5:
        _bear_sitting(solid, coat, dark, muzzle, stout, rng)
        head = solid.at(
            (0, 1.08, 0.06), rotation(rng.uniform(-25, 25), rng.uniform(-6, 14), rng.uniform(-10, 10))
        )
    else:
        _bear_walking(solid, coat, dark, stout, rng)
        head = solid.at(
            (0, 0.86, 0.66), rotation(rng.uniform(-30, 30), rng.uniform(-4, 20), rng.uniform(-6, 6))
        )
    _bear_head(head, coat, dark, muzzle, panda)
    return solid


def _bear_head(head, coat, dark, muzzle, panda):
    head.ellipsoid((0, 0, 0), (0.33, 0.29, 0.29), coat, 0.08)
    for side in SIDES:
        head.ellipsoid((side * 0.24, 0.24, -0.02), (0.115, 0.115, 0.06), dark, 0.03)
        head.ellipsoid((side * 0.24, 0.235, 0.035), (0.065, 0.065, 0.03), muzzle if not panda else dark)
        if panda:
            head.ellipsoid((side * 0.12, 0.04, 0.235), (0.075, 0.09, 0.05), dark)
    head.ellipsoid((0, -0.09, 0.25), (0.16, 0.125, 0.15), muzzle, 0.03)
    head.ellipsoid((0, -0.03, 0.385), (0.065, 0.045, 0.04), BLACK, shine=0.7)
    head.limb((0, -0.08, 0.395), (0, -0.13, 0.385), 0.012, 0.012, BLACK)
    for side in SIDES:
        head.limb((0, -0.135, 0.385), (side * 0.06, -0.15, 0.36), 0.012, 0.01, BLACK)
    _eyes(head, (0.12, 0.05, 0.262), 0.038, WHITE if panda else BLACK)
    if panda:
        _eyes(head, (0.12, 0.05, 0.275), 0.03)


def _bear_sitting(solid, coat, dark, muzzle, stout, rng):
    solid.ellipsoid((0, 0.45, -0.05), (0.42 * stout, 0.46, 0.38 * stout), coat, 0.1)
    solid.ellipsoid((0, 0.43, 0.19), (0.27 * stout, 0.3, 0.16 * stout), muzzle, 0.04)
    wave = rng.random() < 0.35
    for side in SIDES:
        solid.limb((side * 0.24, 0.17, 0.1), (side * 0.34, 0.15, 0.44), 0.17, 0.14, dark, 0.05)
        solid.ellipsoid((side * 0.35, 0.18, 0.53), (0.13, 0.16, 0.07), dark, 0.04)
        solid.ellipsoid((side * 0.35, 0.17, 0.59), (0.075, 0.09, 0.025), muzzle)
        raised = wave and side == 1
        hand = (side * 0.62, 1.0, 0.12) if raised else (side * 0.44, 0.36, 0.28)
        solid.limb((side * 0.33, 0.76, 0.0), hand, 0.15, 0.12, dark, 0.06)


def _bear_walking(solid, coat, dark, stout, rng):
    solid.ellipsoid((0, 0.64, -0.12), (0.37 * stout, 0.37 * stout, 0.6), coat, 0.1)
    solid.ellipsoid((0, 0.78, 0.22), (0.33, 0.3, 0.34), dark, 0.12)
    solid.limb((0, 0.78, 0.3), (0, 0.86, 0.6), 0.27, 0.24, coat, 0.1)
    solid.ball((0, 0.74, -0.74), 0.09, coat, 0.05)
    step = rng.uniform(0, 0.14)
    for side in SIDES:
        for z, swing in ((0.3, step), (-0.48, -step)):
            foot = z + side * swing
            solid.limb((side * 0.22, 0.5, z), (side * 0.24, 0.14, foot), 0.18, 0.14, dark, 0.06)
            solid.ellipsoid((side * 0.24, 0.09, foot + 0.08), (0.14, 0.09, 0.18), dark, 0.04)


def dog(rng) -> Solid:
    """A dog with a snout and a collar; ears hang or stand; standing or sitting."""
    solid = Solid()
    base = varied(
        rng,
        pick(
            rng,
            ((0.85, 0.62, 0.33), (0.5, 0.31, 0.17), (0.93, 0.9, 0.84), (0.6, 0.57, 0.54), (0.74, 0.43, 0.2)),
        ),
    )
    second = pick(rng, (WHITE, (0.3, 0.18, 0.1), (0.12, 0.11, 0.11)))
    coat = pick(rng, (base, base, patches(base, second, rng, 0.5, 0.3)))
    ears = varied(rng, tuple(np.array(base) * 0.55)) if rng.random() < 0.7 else base
    muzzle = pick(rng, (base, tuple(np.minimum(np.array(base) * 1.25, 0.97)), WHITE))
    collar = bright(rng)
    look = rotation(rng.uniform(-35, 35), rng.uniform(-8, 10), rng.uniform(-14, 14))
    if rng.random() < 0.4:
        solid.limb((0, 0.2, -0.2), (0, 0.56, 0.04), 0.21, 0.155, coat, 0.08)
        solid.ellipsoid((0, 0.5, 0.1), (0.12, 0.18, 0.09), muzzle, 0.05)
        for side in SIDES:
            solid.ellipsoid((side * 0.17, 0.17, -0.16), (0.1, 0.17, 0.2), coat, 0.04)
            solid.ellipsoid((side * 0.2, 0.05, 0.03), (0.07, 0.05, 0.13), coat, 0.03)
            solid.limb((side * 0.1, 0.5, 0.09), (side * 0.11, 0.06, 0.19), 0.085, 0.06, coat, 0.04)
            solid.ellipsoid((side * 0.11, 0.05, 0.23), (0.07, 0.05, 0.09), muzzle, 0.02)
        solid.limb((0, 0.1, -0.36), (0.22 * pick(rng, SIDES), 0.3, -0.56), 0.065, 0.035, coat, 0.04)
        neck, crown = (0, 0.63, 0.07), (0, 0.83, 0.11)
    else:
        solid.limb((0, 0.5, -0.34), (0, 0.52, 0.2), 0.165, 0.19, coat, 0.07)
        step = rng.uniform(-0.09, 0.09)
        for side in SIDES:
            for z, swing in ((0.24, step), (-0.36, -step)):
                foot = z + side * swing
                solid.limb((side * 0.11, 0.45, z), (side * 0.12, 0.08, foot), 0.09, 0.055, coat, 0.05)
                solid.ellipsoid((side * 0.12, 0.045, foot + 0.04), (0.065, 0.045, 0.09), muzzle, 0.02)
        wag = rng.uniform(-0.2, 0.2)
        solid.limb((0, 0.6, -0.46), (wag, 0.92, -0.66), 0.065, 0.035, coat, 0.05)
        solid.limb((0, 0.56, 0.24), (0, 0.74, 0.38), 0.14, 0.12, coat, 0.06)
        neck, crown = (0, 0.72, 0.36), (0, 0.9, 0.45)
    solid.ring(neck, (0, 0.9, 0.25), 0.125, 0.034, collar, shine=0.3)
    solid.ball((0, neck[1] - 0.07, neck[2] + 0.155), 0.035, (0.95, 0.8, 0.25), shine=0.8)
    _dog_head(solid.at(crown, look), coat, ears, muzzle, rng)
    return solid


def _dog_head(head, coat, ears, muzzle, rng):
    head.ellipsoid((0, 0, 0), (0.2, 0.19, 0.2), coat, 0.05)
    length = rng.uniform(0.2, 0.3)
    head.limb((0, -0.05, 0.12), (0, -0.065, 0.1 + length), 0.115, 0.08, muzzle, 0.05)
    head.ellipsoid((0, -0.015, 0.17 + length), (0.05, 0.038, 0.035), BLACK, shine=0.8)
    if rng.random() < 0.5:
        head.ellipsoid((0, -0.14, 0.08 + length), (0.04, 0.05, 0.03), (0.93, 0.45, 0.5))
    hanging = rng.random() < 0.65
    for side in SIDES:
        if hanging:
            head.limb((side * 0.17, 0.1, 0.0), (side * 0.245, -0.14, 0.03), 0.055, 0.085, ears, 0.015)
        else:
            head.limb((side * 0.12, 0.12, -0.01), (side * 0.17, 0.32, -0.02), 0.085, 0.018, ears, 0.03)
    _eyes(head, (0.085, 0.055, 0.175), 0.034)


def cat(rng) -> Solid:
    """A slim cat with pointed ears, whiskers and a long tail; plain, striped or patched; sitting or walking."""
    solid = Solid()
    base = varied(
        rng,
        pick(
            rng,
            ((0.93, 0.58, 0.22), (0.55, 0.55, 0.58), (0.1, 0.1, 0.11), (0.95, 0.92, 0.86), (0.68, 0.54, 0.4)),
        ),
    )
    dark = tuple(np.array(base) * 0.5)
    coat, mark = base, base
    if max(base) > 0.3 and rng.random() < 0.65:
        coat, mark = (
            stripes(base, dark, (0, 0.45, 0.9), 5.5, 0.35),
            stripes(base, dark, (0, 0.9, 0.1), 7, 0.4),
        )
    bib = pick(rng, (WHITE, coat, WHITE))
    iris = pick(rng, ((0.35, 0.75, 0.3), (0.95, 0.75, 0.15), (0.3, 0.65, 0.9)))
    look = rotation(rng.uniform(-35, 35), rng.uniform(-6, 10), rng.uniform(-12, 12))
    if rng.random() < 0.5:
        solid.limb((0, 0.19, -0.12), (0, 0.52, 0.03), 0.19, 0.11, coat, 0.07)
        solid.ellipsoid((0, 0.45, 0.1), (0.08, 0.15, 0.06), bib, 0.04)
        for side in SIDES:
            solid.ellipsoid((side * 0.14, 0.14, -0.06), (0.085, 0.14, 0.16), coat, 0.04)
            solid.limb((side * 0.065, 0.42, 0.08), (side * 0.07, 0.04, 0.15), 0.055, 0.045, coat, 0.03)
            solid.ellipsoid((side * 0.07, 0.035, 0.18), (0.05, 0.035, 0.065), bib, 0.015)
        curl = pick(rng, SIDES)
        bends = (
            (0, 0.07, -0.28),
            (curl * 0.3, 0.06, -0.26),
            (curl * 0.42, 0.07, 0.0),
            (curl * 0.34, 0.1, 0.2),
        )
        crown = (0, 0.7, 0.07)
    else:
        solid.limb((0, 0.4, -0.3), (0, 0.42, 0.2), 0.125, 0.12, coat, 0.06)
        step = rng.uniform(0.02, 0.1) * pick(rng, SIDES)
        for side in SIDES:
            for z, swing in ((0.2, step), (-0.3, -step)):
                foot = z + side * swing
                solid.limb((side * 0.07, 0.36, z), (side * 0.08, 0.05, foot), 0.065, 0.042, coat, 0.04)
                solid.ellipsoid((side * 0.08, 0.035, foot + 0.03), (0.045, 0.035, 0.065), bib, 0.015)
        sway = rng.uniform(-0.2, 0.2)
        bends = ((0, 0.45, -0.4), (sway, 0.62, -0.55), (sway * 1.5, 0.85, -0.5), (sway, 1.02, -0.6))
        crown = (0, 0.6, 0.36)
        solid.limb((0, 0.44, 0.18), (0, 0.55, 0.3), 0.1, 0.1, coat, 0.05)
    for start, end in pairwise(bends):
        solid.limb(start, end, 0.048, 0.044, mark, 0.03)
    _cat_head(solid.at(crown, look), mark, base, bib, iris)
    return solid


def _cat_head(head, coat, base, bib, iris):
    head.ellipsoid((0, 0, 0), (0.2, 0.165, 0.165), coat, 0.04)
    for side in SIDES:
        tip = (side * 0.18, 0.25, -0.02)
        head.sheet((side * 0.04, 0.11, 0), (side * 0.195, 0.03, 0), tip, 0.022, base, 0.02)
        inner = ((side * 0.09, 0.12, 0.024), (side * 0.17, 0.09, 0.024), (side * 0.172, 0.2, 0.005))
        head.sheet(*inner, 0.006, (0.95, 0.62, 0.62))
        head.ellipsoid((side * 0.042, -0.06, 0.14), (0.058, 0.045, 0.045), bib, 0.015)
        head.ellipsoid((side * 0.085, 0.025, 0.125), (0.04, 0.045, 0.03), iris, shine=0.3)
        head.ellipsoid((side * 0.087, 0.025, 0.15), (0.015, 0.038, 0.012), BLACK, shine=0.3)
        for lift in (-0.02, 0.03):
            head.limb(
                (side * 0.07, -0.06, 0.16), (side * 0.3, -0.06 + lift, 0.15), 0.004, 0.003, (0.97, 0.97, 0.97)
            )
    head.ellipsoid((0, -0.03, 0.185), (0.026, 0.018, 0.016), (0.9, 0.45, 0.45), shine=0.5)


def horse(rng) -> Solid:
    """A horse with long legs, a neck, a mane and a tail; plain or patched; standing or trotting."""
    solid = Solid()
    base = varied(
        rng,
        pick(
            rng,
            (
                (0.48, 0.26, 0.13),
                (0.62, 0.34, 0.16),
                (0.92, 0.9, 0.86),
                (0.16, 0.13, 0.13),
                (0.86, 0.68, 0.4),
                (0.6, 0.58, 0.57),
            ),
        ),
    )
    coat = patches(base, WHITE, rng, 0.6, 0.35) if rng.random() < 0.25 else base
    mane = pick(rng, ((0.1, 0.08, 0.07), (0.95, 0.88, 0.7), tuple(np.array(base) * 0.45)))
    socks = pick(rng, (WHITE, base, tuple(np.array(base) * 0.5)))
    solid.limb((0, 0.98, -0.44), (0, 0.97, 0.26), 0.265, 0.25, coat, 0.08)
    trot = rng.uniform(0, 0.22) * pick(rng, SIDES)
    for side in SIDES:
        for z, swing in ((0.33, trot), (-0.53, -trot)):
            foot = z + side * swing
            knee = (side * 0.145, 0.46, (z + foot) / 2 + 0.04 * abs(swing) * 8)
            solid.limb((side * 0.13, 0.86, z), knee, 0.135, 0.075, coat, 0.06)
            solid.limb(knee, (side * 0.15, 0.12, foot), 0.07, 0.055, below(base, socks, 0.3), 0.03)
            solid.limb(
                (side * 0.15, 0.1, foot + 0.01),
                (side * 0.15, 0.03, foot + 0.03),
                0.06,
                0.085,
                (0.18, 0.15, 0.14),
            )
    nod = rng.uniform(-0.1, 0.08)
    crown = np.array((0, 1.6 + nod, 0.68 - nod * 0.5))
    solid.limb((0, 1.03, 0.26), crown - (0, 0.06, 0.04), 0.22, 0.13, coat, 0.1)
    head = solid.at(crown, rotation(rng.uniform(-25, 25), rng.uniform(28, 48)))
    head.ellipsoid((0, 0, 0), (0.13, 0.15, 0.17), coat, 0.06)
    head.limb((0, -0.01, 0.08), (0, -0.02, 0.38), 0.115, 0.09, coat, 0.06)
    head.ellipsoid((0, -0.02, 0.42), (0.09, 0.085, 0.08), pick(rng, (WHITE, (0.35, 0.25, 0.22), base)), 0.04)
    for side in SIDES:
        head.limb((side * 0.07, 0.11, -0.04), (side * 0.085, 0.25, -0.09), 0.05, 0.012, base, 0.02)
        head.ball((side * 0.045, 0.02, 0.485), 0.018, BLACK)
        head.ball((side * 0.115, 0.04, 0.08), 0.034, BLACK, shine=0.9)
    head.limb((0, 0.16, -0.04), (0, 0.1, 0.16), 0.055, 0.03, mane, 0.03)
    for share in (0.0, 0.3, 0.6, 0.9):
        place = crown * (1 - share) + np.array((0, 1.18, 0.2)) * share
        solid.ellipsoid(np.add(place, (0, 0.04, -0.13)), (0.06, 0.15, 0.1), mane, 0.05, turn=rotation(0, -35))
    sway = rng.uniform(-0.15, 0.15)
    solid.limb((0, 1.1, -0.68), (sway * 0.5, 0.92, -0.86), 0.06, 0.085, mane, 0.04)
    solid.limb((sway * 0.5, 0.92, -0.86), (sway, 0.45, -0.88), 0.09, 0.03, mane, 0.04)
    if rng.random() < 0.3:
        cloth = bright(rng)
        solid.disc((0, 0.975, -0.1), (0, 0, 1), 0.275, 0.17, cloth, rounding=0.04)
        solid.ellipsoid((0, 1.25, -0.1), (0.13, 0.07, 0.19), (0.35, 0.2, 0.12), shine=0.3)
        solid.ellipsoid((0, 1.3, -0.25), (0.1, 0.07, 0.05), (0.35, 0.2, 0.12), 0.04, shine=0.3)
    return solid


def sheep(rng) -> Solid:
    """A fluffy sheep: a cluster of woolly balls, thin legs and ears to the side."""
    solid = Solid()
    wool = varied(
        rng, pick(rng, ((0.96, 0.94, 0.88), (0.96, 0.94, 0.88), (0.82, 0.78, 0.7), (0.38, 0.33, 0.3))), 0.04
    )
    face = varied(rng, pick(rng, ((0.14, 0.12, 0.12), (0.14, 0.12, 0.12), (0.9, 0.78, 0.68))))
    solid.ellipsoid((0, 0.56, -0.06), (0.29, 0.27, 0.43), wool, 0.05)
    turns = np.pi * (3 - np.sqrt(5)) * np.arange(26) + rng.uniform(0, 6)
    heights = np.linspace(-0.75, 0.98, 26)
    around = np.sqrt(1 - heights**2)
    for turn, height, wide in zip(turns, heights, around, strict=True):
        place = np.array(
            (0.3 * wide * np.cos(turn), 0.56 + 0.28 * height, -0.06 + 0.44 * wide * np.sin(turn))
        )
        solid.ball(place, rng.uniform(0.11, 0.14), wool, 0.025)
    for side in SIDES:
        for z in (0.2, -0.32):
            foot = z + rng.uniform(-0.05, 0.05)
            solid.limb((side * 0.15, 0.4, z), (side * 0.155, 0.06, foot), 0.062, 0.05, face)
            solid.limb(
                (side * 0.155, 0.05, foot), (side * 0.155, 0.03, foot + 0.02), 0.055, 0.055, (0.12, 0.1, 0.1)
            )
    graze = rng.random() < 0.25
    head_place = (0, 0.56, 0.52) if graze else (0, 0.83, 0.42)
    head = solid.at(
        head_place, rotation(rng.uniform(-30, 30), 55 if graze else rng.uniform(8, 22), rng.uniform(-8, 8))
    )
    head.ellipsoid((0, 0, 0.04), (0.135, 0.135, 0.16), face, 0.04)
    head.ellipsoid((0, -0.05, 0.16), (0.095, 0.085, 0.1), face, 0.05)
    for x, y, z in (
        (0, 0.14, -0.03),
        (0.09, 0.12, -0.06),
        (-0.09, 0.12, -0.06),
        (0, 0.1, -0.13),
        (0, 0.17, 0.03),
    ):
        head.ball((x, y, z), 0.085, wool, 0.02)
    for side in SIDES:
        head.limb((side * 0.13, 0.05, -0.01), (side * 0.27, 0.0, 0.0), 0.04, 0.05, face, 0.02)
        head.ball((side * 0.07, 0.04, 0.165), 0.036, WHITE, shine=0.5)
        head.ball((side * 0.073, 0.04, 0.19), 0.021, BLACK, shine=0.9)
        head.ball((side * 0.03, -0.04, 0.255), 0.012, (0.85, 0.6, 0.6) if max(face) < 0.3 else BLACK)
    return solid


def bird(rng) -> Solid:
    """A plump song-bird with a beak, wings and a tail; standing, or with its wings spread."""
    solid = Solid()
    back = bright(rng) if rng.random() < 0.8 else varied(rng, (0.45, 0.32, 0.22))
    belly = pick(
        rng, (WHITE, (0.95, 0.5, 0.2), (0.98, 0.85, 0.4), tuple(np.minimum(np.array(back) * 1.3 + 0.1, 1)))
    )
    wing, beak = tuple(np.array(back) * 0.62), varied(rng, (0.97, 0.62, 0.12))
    solid.ellipsoid((0, 0.42, -0.03), (0.235, 0.245, 0.31), back, 0.06, turn=rotation(0, -22))
    solid.ellipsoid((0, 0.38, 0.1), (0.195, 0.2, 0.2), belly, 0.04)
    spread = rng.random() < 0.3
    for side in SIDES:
        if spread:
            for lift, reach in ((0.42, 0.62), (0.3, 0.66), (0.16, 0.6)):
                solid.sheet(
                    (side * 0.16, 0.5, 0.08),
                    (side * 0.16, 0.42, -0.22),
                    (side * reach, 0.5 + lift, -0.16),
                    0.03,
                    wing,
                    0.02,
                )
        else:
            solid.ellipsoid(
                (side * 0.215, 0.42, -0.09), (0.05, 0.145, 0.26), wing, 0.015, turn=rotation(side * 8, -32)
            )
        solid.limb((side * 0.09, 0.24, 0.02), (side * 0.1, 0.03, 0.05), 0.026, 0.02, beak)
        for toe in (-35, 0, 35):
            tip = (side * 0.1 + 0.11 * np.sin(np.radians(toe)), 0.02, 0.05 + 0.11 * np.cos(np.radians(toe)))
            solid.limb((side * 0.1, 0.025, 0.05), tip, 0.02, 0.016, beak)
    for sway in (-0.09, 0.0, 0.09):
        solid.limb((sway * 0.4, 0.36, -0.27), (sway, 0.36, -0.62), 0.07, 0.045, wing, 0.03)
    head = solid.at(
        (0, 0.71, 0.13), rotation(rng.uniform(-45, 45), rng.uniform(-8, 12), rng.uniform(-10, 10))
    )
    head.ball((0, 0, 0), 0.2, back, 0.07)
    head.limb((0, -0.02, 0.17), (0, -0.05, 0.36), 0.07, 0.01, beak, 0.01)
    for side in SIDES:
        head.ellipsoid((side * 0.1, -0.02, 0.13), (0.07, 0.08, 0.05), belly, 0.03)
    _eyes(head, (0.105, 0.05, 0.155), 0.036)
    if rng.random() < 0.4:
        for back_by, up in ((-0.04, 0.34), (-0.14, 0.31)):
            head.limb((0, 0.17, 0.02), (0, up, back_by), 0.04, 0.015, wing, 0.03)
    return solid


SKINS = ((0.96, 0.78, 0.64), (0.9, 0.68, 0.5), (0.74, 0.5, 0.34), (0.52, 0.33, 0.21), (0.36, 0.22, 0.15))
HAIRS = (
    (0.12, 0.09, 0.08),
    (0.3, 0.18, 0.1),
    (0.55, 0.33, 0.15),
    (0.9, 0.72, 0.35),
    (0.7, 0.28, 0.12),
    (0.75, 0.74, 0.72),
)


def person(rng) -> Solid:
    """A person in bright clothes with arms, hair and a face; standing, walking or waving."""
    solid = Solid()
    skin, hair = varied(rng, pick(rng, SKINS), 0.04), varied(rng, pick(rng, HAIRS))
    shirt, legs = (
        bright(rng),
        pick(rng, ((0.16, 0.22, 0.42), (0.2, 0.2, 0.22), (0.45, 0.36, 0.26), bright(rng))),
    )
    sleeve = pick(rng, (shirt, shirt, skin))
    top = stripes(shirt, WHITE, (0, 1, 0), 7, 0.5, 0.0) if rng.random() < 0.3 else shirt
    dress = rng.random() < 0.3
    stride = rng.uniform(0, 0.2) * pick(rng, SIDES)
    shoes = pick(rng, (BLACK, (0.85, 0.2, 0.2), WHITE, (0.4, 0.25, 0.15)))
    for side in SIDES:
        foot = np.array((side * 0.13, 0.08, side * stride))
        solid.limb((side * 0.11, 0.72, 0), foot, 0.115, 0.085, skin if dress else legs, 0.03)
        solid.ellipsoid(np.add(foot, (0, -0.02, 0.06)), (0.09, 0.07, 0.15), shoes, shine=0.3)
    solid.limb((0, 0.8, 0), (0, 1.14, 0), 0.185, 0.185, top, 0.05)
    if dress:
        solid.ellipsoid((0, 0.5, 0), (0.33, 0.58, 0.32), top, 0.02, turn=rotation(0, 180), top=0.0)
    else:
        solid.ellipsoid((0, 0.74, 0), (0.205, 0.13, 0.19), legs, 0.02)
    _arms(solid, rng, sleeve, skin, stride)
    solid.limb((0, 1.25, 0), (0, 1.36, 0), 0.085, 0.085, skin)
    turn = rotation(rng.uniform(-25, 25), rng.uniform(-8, 6), rng.uniform(-8, 8))
    head = solid.at((0, 1.59, 0.02), turn, 1.15)
    _face(head, skin, hair)
    _hair(head, rng, hair)
    return solid


def _arms(solid, rng, sleeve, skin, stride):
    waving = int(rng.random() < 0.4) * pick(rng, SIDES)
    for side in SIDES:
        shoulder = (side * 0.24, 1.2, 0)
        elbow, hand = (side * 0.36, 0.97, -side * stride * 0.4), (side * 0.36, 0.72, -side * stride + 0.08)
        if waving == side:
            elbow, hand = (side * 0.47, 1.25, 0.04), (side * 0.54, 1.56, 0.1)
        solid.limb(shoulder, elbow, 0.092, 0.075, sleeve, 0.03)
        solid.limb(elbow, hand, 0.075, 0.06, sleeve, 0.02)
        solid.ball(hand, 0.078, skin, 0.0)


def _face(head, skin, hair):
    head.ellipsoid((0, 0, 0), (0.225, 0.25, 0.225), skin, 0.02)
    head.ball((0, -0.02, 0.23), 0.038, skin, 0.03)
    for side in SIDES:
        head.ball((side * 0.225, -0.01, 0), 0.05, skin, 0.02)
        head.ellipsoid((side * 0.085, 0.035, 0.205), (0.032, 0.043, 0.02), BLACK, shine=0.2)
        head.limb(
            (side * 0.055, 0.1, 0.205), (side * 0.12, 0.1, 0.19), 0.013, 0.01, tuple(np.array(hair) * 0.7)
        )
        head.ellipsoid(
            (side * 0.13, -0.06, 0.175),
            (0.045, 0.03, 0.02),
            tuple(np.clip(np.array(skin) * (1.08, 0.8, 0.78), 0, 1)),
            0.02,
        )
        head.limb((0, -0.115, 0.205), (side * 0.065, -0.09, 0.2), 0.014, 0.01, (0.72, 0.25, 0.25))


def _hair(head, rng, hair):
    head.ellipsoid((0, 0.05, -0.03), (0.25, 0.24, 0.245), hair, 0.0, turn=rotation(0, 148), top=0.1)
    style = rng.random()
    if style < 0.3:
        for side in SIDES:
            head.limb((side * 0.2, 0.05, -0.06), (side * 0.22, -0.28, -0.05), 0.09, 0.07, hair, 0.04)
        head.limb((0, 0.0, -0.18), (0, -0.3, -0.14), 0.16, 0.13, hair, 0.05)
    elif style < 0.45:
        head.ball((0, 0.27, -0.1), 0.12, hair, 0.02)
    elif style < 0.7:
        hat = bright(rng)
        head.ellipsoid(
            (0, 0.11, -0.01), (0.26, 0.22, 0.255), hat, turn=rotation(0, 180), top=-0.02, shine=0.1
        )
        if rng.random() < 0.5:
            head.disc((0, 0.15, -0.02), (0, 1, -0.12), 0.37, 0.02, hat, 0.02)
        else:
            head.ellipsoid((0, 0.16, 0.22), (0.19, 0.025, 0.17), hat, 0.02)
