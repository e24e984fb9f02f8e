"""The form of a person: skull, face, hair, glasses, neck and shoulders as one signed distance.

Head space: millimetres from the head's centre (between the ears, at eye level), x right and y down in the image and
-z towards the camera when the head looks straight at it. Body space has the same axes, starts at the foot of the
neck, and stays upright whatever the head does.
"""

import numpy as np

from engine.synthetic.camera import Pose, about_y
from engine.synthetic.person import Person
from engine.synthetic.sdf import smooth_union
from engine.synthetic.solids import ball, ellipsoid, limb, ring, smooth_cut, turned

SKIN, HAIR, EYE, FRAME, CLOTH, CLOTH_SECOND, HAT = range(7)
NECK_TOP = np.array([0.0, 62.0, 20.0])
NECK_LENGTH = np.array([0.0, 76.0, 14.0])
BODY_TURN = 0.35
_NECK_TOP_IN_BODY = tuple((-NECK_LENGTH).tolist())
HEAD_REACH = {
    "long": 215.0,
    "afro": 190.0,
    "ponytail": 205.0,
    "bun": 195.0,
    "cap": 190.0,
    "beanie": 180.0,
    "bob": 175.0,
}
NEAR = 25.0
COLLAR_TOP_MM = 42.0


class Figure:
    """A person in a pose: answers how far away the nearest surface is, and what it is made of."""

    def __init__(self, person: Person, pose: Pose):
        self.person, self.pose = person, pose
        self.turn = pose.rotation().astype(np.float32)
        self.centre = pose.centre_mm().astype(np.float32)[:, None]
        self.body_turn = about_y(-BODY_TURN * pose.yaw).astype(np.float32)
        foot = self.turn @ NECK_TOP + self.body_turn @ NECK_LENGTH
        self.foot = self.centre + foot.astype(np.float32)[:, None]
        self.reach = HEAD_REACH.get(person.hair_style, 160.0) * max(person.head_width, person.head_height)

    def to_head(self, points: np.ndarray) -> np.ndarray:
        """Points (3, N) of camera space in head space."""
        return turned(self.turn.T, points - self.centre)

    def to_body(self, points: np.ndarray) -> np.ndarray:
        """Points (3, N) of camera space in body space."""
        return turned(self.body_turn.T, points - self.foot)

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Signed distance in millimetres at points (3, N) of camera space."""
        below = self.to_body(points)
        neck = self._neck(below)
        body = np.minimum(neck, self._clothes_or_less(below))
        head = self.to_head(points)
        bound = np.sqrt((head * head).sum(0)) - self.reach
        result = np.minimum(body, bound + 8)
        near = np.flatnonzero(bound < NEAR)
        if len(near):
            skin, *rest = self._head(head[:, near])
            skin = smooth_union(skin, neck[near], 22.0)
            result[near] = np.minimum(np.minimum.reduce([skin, *rest]), body[near])
        return result

    def materials(self, points: np.ndarray) -> np.ndarray:
        """What each surface point (3, N) is made of: one of SKIN, HAIR, EYE, FRAME, CLOTH, CLOTH_SECOND, HAT."""
        below = self.to_body(points)
        neck, (cloth, second) = self._neck(below), self._clothes(below)
        skin, hair, eye, frame, hat = self._head(self.to_head(points))
        skin = np.minimum(smooth_union(skin, neck, 22.0), neck)
        return np.argmin([skin, hair, eye, frame, cloth, second, hat], axis=0)

    # ---- body

    def _neck(self, p: np.ndarray) -> np.ndarray:
        wide = self.person.neck_mm
        x, y, z = p
        return limb(x, y, z, _NECK_TOP_IN_BODY, (0, 10, 12), wide, wide + 4)

    def _clothes_or_less(self, p: np.ndarray) -> np.ndarray:
        """Distance to the clothes; high above them only a distance that is surely not too large."""
        result = -COLLAR_TOP_MM - p[1]
        near = np.flatnonzero(result < NEAR)
        if len(near):
            result[near] = np.minimum(*self._clothes(p[:, near]))
        return result

    def _clothes(self, p: np.ndarray):
        """Distances (clothes, clothes of the second colour) in body space."""
        who = self.person
        x, y, z = p
        ax = np.abs(x)
        wide = who.shoulders_mm
        chest = ellipsoid(x, np.minimum(y, 300.0), z, (0, 300, 20), (wide - 8, 262, 108))
        yoke = ellipsoid(x, y + 0.3 * z, z, (0, 62, 16), (who.neck_mm + 46, 52, who.neck_mm + 26))
        shoulder = limb(ax, y, z, (25, 44, 16), (wide - 4, 88, 22), 52, 52)
        arm = limb(ax, y, z, (wide + 4, 98, 22), (wide + 52, 800, 0), 50, 42)
        cloth = smooth_union(smooth_union(chest, shoulder, 45.0), yoke, 20.0)
        cloth = smooth_union(cloth, arm, 14.0)
        return cloth, _COLLARS[who.collar](who, x, y, z, ax)

    # ---- head

    def _head(self, p: np.ndarray):
        """Distances (skin, hair, eye, glasses, hat) in head space."""
        who = self.person
        x, y, z = p[0] / who.head_width, p[1] / who.head_height, p[2]
        ax = np.abs(x)
        skull = ellipsoid(x, y, z, (0, -26, 9), (75, 87, 95))
        skin = face(who, skull, x, y, z, ax)
        eye = ball(ax, y, z, (who.eye_gap_mm, 0, EYE_Z), who.eye_mm)
        skin = smooth_union(skin, lids(who, eye, ax, y, z), 2.5)
        hair, hat = _HAIR[who.hair_style](who, skull, x, y, z, ax)
        hair = np.minimum(hair, _beard(who, skin, x, y, z, ax))
        return skin, hair, eye, _glasses(who, x, y, z, ax), hat


EYE_Z = -70.0


def lids(who: Person, eye, ax, y, z):
    """Upper and lower lid: a thin shell around the eye that is open in front between two slanted planes."""
    return np.maximum(eye - 1.8, np.minimum(*lid_planes(who, ax, y, z)))


def lid_planes(who: Person, ax, y, z):
    """Heights (upper, lower) beyond the edges of the two lids; negative on the lid."""
    dz = z - EYE_Z
    down = y + who.eye_tilt * (ax - who.eye_gap_mm)
    return down - dz * 0.56 * who.eye_open, -down - dz * (0.5 - 0.12 * who.smile)


def face(who: Person, skull, x, y, z, ax):
    """Distance to the bare skin of head and ears."""
    jaw = ellipsoid(x, y, z, (0, 32, -24), (59 * who.jaw_width, 80, 64))
    skin = smooth_union(skull, jaw, 38.0)
    skin = smooth_union(skin, ball(x, y, z, (0, 90, -64), who.chin_mm), 32.0)
    skin = smooth_union(skin, ball(ax, y, z, (36, 30, -62), 24 * who.cheeks), 26.0)
    brow = limb(ax, y, z, (0, -16, -79), (44, -18, -66), 8, 6)
    skin = smooth_union(skin, brow, 16.0)
    skin = smooth_cut(skin, ball(ax, y, z, (who.eye_gap_mm, 3, -94), 15), 18.0)
    skin = smooth_union(skin, nose(who, x, y, z, ax), 9.0)
    skin = smooth_union(skin, lips(who, x, y, z, ax), 6.0)
    return smooth_union(skin, ear(who, ax, y, z), 6.0)


def nose(who: Person, x, y, z, ax):
    """Distance to the nose: a bridge, a tip and two wings."""
    long = 36 * who.nose_length
    tip_z = -97 - 10 * who.nose_length
    bridge = limb(x, y, z, (0, -8, -84), (0, long, tip_z), 6.5, 8.5)
    tip = ball(x, y, z, (0, long, tip_z), 9.5 * who.nose_tip)
    wing = ball(ax, y, z, (11.5 * who.nose_width, long + 4, -92), 7.2 * who.nose_width)
    return smooth_union(smooth_union(bridge, tip, 8.0), wing, 9.0)


def mouth_y(who: Person, x, y):
    """Height below the line between the lips, which a smile bends up at the corners."""
    bend = np.minimum((x * (1 / who.mouth_width_mm)) ** 2, 1.6)
    return y - who.mouth_mm + 6.5 * who.smile * bend


def lips(who: Person, x, y, z, ax):
    """Distance to the two lips."""
    down = mouth_y(who, x, y)
    wide, full = who.mouth_width_mm, who.lips
    depth = z + 0.010 * x * x
    upper = ellipsoid(x, down, depth, (0, -4.5, -81), (wide, 5.5 * full, 8))
    lower = ellipsoid(x, down, depth, (0, 5.5 + 0.8 * open_mm(who), -80), (0.85 * wide, 6.5 * full, 9))
    return np.minimum(upper, lower)


def open_mm(who: Person) -> float:
    """How far the lips are apart in the middle: only a broad smile shows teeth."""
    return 11.0 * who.teeth if who.smile > 0.5 else 0.0


def ear(who: Person, ax, y, z):
    """Distance to the ears: flat shells with a bowl in them."""
    turn = np.radians(who.ear_angle)
    c, s = float(np.cos(turn)), float(np.sin(turn))
    dx, dz = ax - 76, z - 14
    out, along = dx * c - dz * s, dz * c + dx * s
    size = who.ear_size
    up = y - 6 - 0.18 * along
    shell = ellipsoid(along, up, out, (6, 0, 0), (21 * size, 33 * size, 7.5))
    return smooth_cut(shell, ellipsoid(along, up, out, (3, -3, 8), (12 * size, 21 * size, 8)), 4.0)


# ---- hair, hats, glasses: what sits on the head. Far away stands for "there is none".


def _none(x):
    return np.full_like(x, 999.0)


def _hairline(who: Person, x, y, z, part=0.0):
    """Inside (negative) where the face, and not the hair, is."""
    loose = 1.9 if who.hair_style in ("short", "side", "curly") else 0.5
    fringe = loose * np.sin(0.42 * x + 1.6 * np.sin(0.17 * x + who.seed % 5))
    return ellipsoid(x, y, z, (part, 28, -92), (66, 92 + who.hairline_mm, 78)) + fringe


def _cut_short(who: Person, cap, x, y, z, ax, part=0.0):
    """A cap of hair without the face, the ears and the nape."""
    cap = smooth_cut(cap, _hairline(who, x, y, z, part), 7.0)
    cap = np.maximum(cap, y - 34 - 0.28 * z)
    return smooth_cut(cap, ball(ax, y, z, (92, 14, 8), 36 * who.ear_size), 5.0)


def _cap_of(who, skull, thick, y):
    """Hair around the skull, thickest on the crown."""
    return skull - thick * np.clip(0.62 - 0.006 * y, 0.3, 1.25)


def _short(who, skull, x, y, z, ax):
    tuft = 2.2 * np.sin(0.15 * x + 0.1 * z) * np.sin(0.13 * z + 0.5)
    return _cut_short(who, _cap_of(who, skull, who.hair_mm, y) + tuft, x, y, z, ax), _none(x)


def _side(who, skull, x, y, z, ax):
    sweep = ellipsoid(x, y, z, (14, -84, -38), (62, 30, 52))
    cap = smooth_union(_cap_of(who, skull, who.hair_mm, y), sweep, 18.0)
    return _cut_short(who, cap + 1.2 * np.sin(0.22 * x - 0.1 * z), x, y, z, ax, part=-16.0), _none(x)


def _buzz(who, skull, x, y, z, ax):
    return _cut_short(who, skull - 2.5, x, y, z, ax), _none(x)


def _bald(who, skull, x, y, z, ax):
    return _none(x), _none(x)


def _hanging(who, skull, x, y, z, ax, low, wide, depth):
    """Hair that falls around the face to `low` mm below the centre."""
    fall = ellipsoid(x, np.minimum(y, low), z, (0, low - 60, 30), (wide, 120, depth))
    fall = np.maximum(fall, y - low - 12 - 6 * np.sin(0.09 * x))
    cap = smooth_union(_cap_of(who, skull, who.hair_mm + 3, y), fall, 22.0)
    cap = cap + 1.8 * np.sin(0.16 * x + 0.05 * z) * np.sin(0.045 * y + 0.09 * z)
    opening = ellipsoid(x, y, z, (8, 34, -100), (61, 98 + who.hairline_mm, 92))
    below = limb(x, y, z, (0, 60, -70), (0, 230, -80), 56, 70)
    return smooth_cut(cap, smooth_union(opening, below, 20.0), 7.0), _none(x)


def _long(who, skull, x, y, z, ax):
    return _hanging(who, skull, x, y, z, ax, 165.0, 90, 66)


def _bob(who, skull, x, y, z, ax):
    return _hanging(who, skull, x, y, z, ax, 88.0, 93, 78)


def _bun(who, skull, x, y, z, ax):
    hair = _cut_short(who, _cap_of(who, skull, 0.7 * who.hair_mm, y), x, y, z, ax)
    knot = ball(x, y, z, (0, -122, 46), 36) + 1.5 * np.sin(0.2 * x + 0.25 * y)
    return smooth_union(hair, knot, 8.0), _none(x)


def _ponytail(who, skull, x, y, z, ax):
    hair = _cut_short(who, _cap_of(who, skull, 0.7 * who.hair_mm, y), x, y, z, ax)
    tail = limb(x, y, z, (0, -58, 106), (4, -22, 140), 13, 25)
    tail = smooth_union(tail, limb(x, y, z, (4, -22, 140), (20, 100, 118), 25, 10), 14.0)
    return smooth_union(hair, tail, 5.0), ball(x, y, z, (0, -60, 108), 17)


def _curls(x, y, z, pitch, height):
    return height * np.sin(pitch * x) * np.sin(pitch * y + 0.6) * np.sin(pitch * z + 1.1)


def _curly(who, skull, x, y, z, ax):
    cap = _cap_of(who, skull, who.hair_mm + 11, y) + _curls(x, y, z, 0.17, 6.0)
    return _cut_short(who, cap, x, y, z, ax), _none(x)


def _afro(who, skull, x, y, z, ax):
    globe = ellipsoid(x, y, z, (0, -48, 26), (122, 108, 118)) + _curls(x, y, z, 0.21, 4.0)
    globe = smooth_cut(globe, ellipsoid(x, y, z, (0, 40, -104), (66, 104 + who.hairline_mm, 96)), 9.0)
    return smooth_cut(globe, ball(ax, y, z, (96, 24, 2), 36), 6.0), _none(x)


def _cap(who, skull, x, y, z, ax):
    """A peaked cap over short hair."""
    dome = ellipsoid(x, y, z, (0, -44, 8), (84, 80, 103))
    dome = np.maximum(dome, y + 42 + 0.10 * z)
    outline = (np.sqrt((x / 70) ** 2 + ((z + 74) / 88) ** 2) - 1) * 60
    brim = np.maximum(np.maximum(outline, np.abs(y + 46 - 0.0028 * x * x + 0.05 * (z + 90)) - 2), z + 55) - 2
    hat = smooth_union(dome, brim, 4.0)
    hat = np.minimum(hat, ball(x, y, z, (0, -123, 10), 7))
    return _cut_short(who, _cap_of(who, skull, 6.0, y), x, y, z, ax), hat


def _beanie(who, skull, x, y, z, ax):
    dome = ellipsoid(x, y, z, (0, -46, 12), (86, 92, 102)) + 0.8 * np.sin(np.arctan2(x, z - 12) * 34)
    dome = np.maximum(dome, y + 40 - 0.22 * z)
    ring_y = y + 42 - 0.22 * z
    band = np.sqrt((x / 83) ** 2 + ((z - 10) / 99) ** 2)
    band = np.maximum(np.abs((band - 1) * 88) - 5.5, np.abs(ring_y) - 15) - 3
    pom = ball(x, y, z, (0, -146, 14), 25) + _curls(x, y, z, 0.4, 2.5)
    hat = np.minimum(np.minimum(dome, band), pom)
    return _cut_short(who, _cap_of(who, skull, 8.0, y), x, y, z, ax), hat


_HAIR = {
    "short": _short,
    "side": _side,
    "buzz": _buzz,
    "bald": _bald,
    "long": _long,
    "bob": _bob,
    "bun": _bun,
    "ponytail": _ponytail,
    "curly": _curly,
    "afro": _afro,
    "cap": _cap,
    "beanie": _beanie,
}


def beard_region(who: Person, x, y, z, ax):
    """Inside (negative) where a beard grows: jaw, chin and upper lip, without the mouth."""
    cheek = np.exp(-(((ax - 40) / 18) ** 2))
    region = np.maximum(50 - 0.42 * (z + 88) + 8 * cheek - y, z - 6)
    if who.beard in ("goatee", "moustache"):
        region = np.maximum(region, ax - (who.mouth_width_mm + 4))
    if who.beard == "moustache":
        region = np.maximum(region, y - who.mouth_mm + 3)
    mouth = ellipsoid(x, mouth_y(who, x, y), z, (0, 1, -88), (who.mouth_width_mm + 1, 11 * who.lips, 40))
    return np.maximum(region, -mouth)


def _beard(who, skin, x, y, z, ax):
    if who.beard not in ("full", "moustache", "goatee"):
        return _none(x)
    thick = 7.0 if who.beard == "full" else 5.0
    rough = 0.4 * np.sin(0.5 * x + 0.2 * y) * np.sin(0.4 * y + 0.3 * z)
    region = beard_region(who, x, y, z, ax)
    return np.maximum(skin - thick * np.minimum(np.maximum(-region * 0.055, 0), 1) + rough, region)


def _glasses(who: Person, x, y, z, ax):
    """Two rims, a bridge between them, and temples to the ears."""
    if who.glasses == "none":
        return _none(x)
    dx, dy = ax - who.eye_gap_mm - 1, y - 3
    dz = z + 99 - 0.006 * ax * ax
    if who.glasses == "round":
        around = np.sqrt(dx * dx + dy * dy) - 24
    else:
        ox, oy = np.abs(dx) - 16, np.abs(dy) - 10
        around = (
            np.sqrt(np.maximum(ox, 0) ** 2 + np.maximum(oy, 0) ** 2) + np.minimum(np.maximum(ox, oy), 0) - 9
        )
    rim = np.sqrt(around * around + dz * dz) - 2.4
    bridge = limb(ax, y, z, (0, -6, -101), (9, -3, -99), 2.2, 2.2)
    temple = limb(ax, y, z, (59, -4, -80), (81, -6, 6), 2.2, 2.2)
    return np.minimum(np.minimum(rim, bridge), temple)


# ---- collars: clothes of the second colour around the neck


def _crew(who, x, y, z, ax):
    return ring(x, y + 0.3 * z, z, (0, 12, 12), who.neck_mm + 12, 7)


def _turtle(who, x, y, z, ax):
    return limb(x, y, z, (0, -26, 0), (0, 34, 10), who.neck_mm + 6, who.neck_mm + 14)


def _hood(who, x, y, z, ax):
    thick = 18 + 0.12 * z
    return ring(x, y + 0.25 * z, z, (0, 14, 22), who.neck_mm + 26, thick)


def _scarf(who, x, y, z, ax):
    lower = ring(x, y + 0.12 * z + 3 * np.sin(0.06 * x), z, (0, 16, 10), who.neck_mm + 20, 22)
    upper = ring(x, y - 0.1 * z, z, (4, -14, 6), who.neck_mm + 14, 17)
    end = limb(x, y, z, (38, 30, -70), (46, 200, -112), 20, 24)
    return np.minimum(smooth_union(lower, upper, 8.0), end)


def _shirt(who, x, y, z, ax):
    """A shirt's collar: a folded cone around the neck, open in front, longest at its two points."""
    front = np.clip((8 - z) / 60, 0, 1)
    around = np.sqrt(x * x + (z - 8) ** 2) - (who.neck_mm + 6 + 0.36 * np.maximum(y + 14, 0))
    edge = np.maximum(-17 + 9 * front - y, y - (10 + 24 * front * front))
    gap = (5 + 0.42 * (y + 12) - ax) * front
    return np.maximum(np.maximum(np.abs(around) - 2.5, edge), gap) * 0.8 - 1.5


_COLLARS = {"crew": _crew, "turtle": _turtle, "hood": _hood, "scarf": _scarf, "shirt": _shirt}
