"""What a person's surface looks like: paint for skin, eyes, hair and clothes, and the light that falls on it.

Colours are linear (not sRGB) while light is summed up, because light adds up there.
"""

import numpy as np

from engine.synthetic import head_shape as form
from engine.synthetic.head_shape import Figure
from engine.synthetic.person import Person
from engine.synthetic.sdf import unit
from engine.synthetic.solids import turned

LASHES = np.array([0.012, 0.008, 0.008], np.float32)
_MOUTH = np.array([[0.10], [0.015], [0.018]], np.float32)
SCATTER = np.array([0.42, 0.26, 0.2], np.float32)


def shade(figure: Figure, points, rays, normal, pixel_mm) -> np.ndarray:
    """Colours (3, N), sRGB in 0..1, of surface points (3, N) seen along `rays`."""
    made_of = figure.materials(points)
    paint = np.empty_like(points)
    shine = np.zeros(points.shape[1], np.float32)
    soft = np.zeros(points.shape[1], np.float32)
    for material, brush in _BRUSHES.items():
        at = np.flatnonzero(made_of == material)
        if len(at):
            paint[:, at], shine[at], soft[at] = brush(figure, points[:, at], normal[:, at], pixel_mm[at])
    colour = _lit(figure, points, rays, normal, paint, shine, soft)
    hair = np.flatnonzero(made_of == form.HAIR)
    if len(hair):
        colour[:, hair] += _hair_gloss(figure, points[:, hair], rays[:, hair], normal[:, hair])
    eye = np.flatnonzero(made_of == form.EYE)
    if len(eye):
        colour[:, eye] = _catchlight(figure, points[:, eye], rays[:, eye], pixel_mm[eye], colour[:, eye])
    return to_srgb(colour)


def to_linear(colour) -> np.ndarray:
    """sRGB in 0..1 as linear light, (3, 1) so that it spreads over points."""
    return (np.asarray(colour, np.float32) ** 2.2)[:, None]


def to_srgb(light: np.ndarray) -> np.ndarray:
    """Linear light as sRGB in 0..1; brightness over 0.72 is bent gently towards 1."""
    over = np.maximum(light - 0.72, 0)
    light = np.minimum(light, 0.72) + 0.28 * (1 - np.exp(-over / 0.28))
    return np.clip(light, 0, 1) ** np.float32(1 / 2.2)


# ---- light


def _lit(figure, points, rays, normal, paint, shine, soft):
    room = figure.person.room
    key = unit(np.array(room.light, np.float32))[:, None]
    rim = unit(np.array(room.rim, np.float32))[:, None]
    key_colour = np.array(room.light_colour, np.float32)[:, None]
    rim_colour = np.array(room.rim_colour, np.float32)[:, None]
    closed, shadow = _occlusion(figure, points, normal, key)
    facing = (normal * key).sum(0)
    wrap = SCATTER[:, None] * soft
    diffuse = np.maximum((facing + wrap) / (1 + wrap), 0)
    lit = np.minimum(shadow + 0.35 * soft * (1 - shadow) * np.array([[1.0], [0.35], [0.2]], np.float32), 1)
    up = 0.5 - 0.5 * normal[1]
    wall = to_linear(np.array(room.wall) / 255)
    ambient = (
        room.ambient * closed * ((0.55 + 0.6 * up) * (0.75 + 0.25 * key_colour) + 0.25 * wall * (1 - up))
    )
    light = paint * (0.92 * key_colour * diffuse * lit + ambient)
    half = unit(key - rays)
    gloss = np.maximum((normal * half).sum(0), 0)
    light += key_colour * shine * shadow * (0.11 * gloss**16 + 0.12 * gloss**60)
    grazing = (1 - np.maximum(-(normal * rays).sum(0), 0)) ** 3
    behind = np.maximum((normal * rim).sum(0) + 0.1, 0)
    return light + rim_colour * (0.7 * paint + 0.05) * grazing * behind * closed


def _occlusion(figure, points, normal, key):
    """How open each point is to the room, and how much of the lamp reaches it, both 0..1."""
    closed = np.zeros(points.shape[1], np.float32)
    for step, weight in ((7.0, 0.5), (22.0, 0.42)):
        closed += weight * np.clip(0.9 - figure.distance(points + normal * step) / step, 0, 1)
    shadow = np.ones(points.shape[1], np.float32)
    for step in (13.0, 48.0):
        gap = figure.distance(points + normal * 4 + key * step)
        shadow = np.minimum(shadow, np.clip(0.25 + gap / (0.28 * step), 0, 1))
    return 1 - 0.9 * closed, shadow * shadow * (3 - 2 * shadow)


# ---- skin


def _skin(figure, points, normal, pixel_mm):
    who = figure.person
    p = figure.to_head(points)
    x, y, z = p[0] / who.head_width, p[1] / who.head_height, p[2]
    ax = np.abs(x)
    front = np.clip((-z - 20) / 30, 0, 1)
    base = to_linear(who.skin)
    base = base * (1 - 0.42 * base.mean())  # the palest skin throws back three fifths of the light, no more
    paint = base * (1 + 0.03 * _noise(x * 0.02 + z * 0.015, y * 0.02 + 3))
    paint = _blush(who, paint, ax, y, z, front)
    paint = _freckles(who, paint, x, y, front)
    paint = _stubble(who, paint, x, y, z, ax)
    paint = _nostrils(who, paint, x, y, z, ax)
    shine = np.full(len(x), 0.8, np.float32)
    paint, shine = _mouth(who, paint, shine, x, y, ax, front, pixel_mm)
    paint = _lids(who, paint, ax, y, z, pixel_mm)
    paint, brow = _brows(who, paint, x, y, ax, front, pixel_mm)
    return paint, shine * (1 - 0.8 * brow), 1.0


def _mix(under, over, cover):
    return under + (over - under) * cover


def _inside(distance, pixel_mm, least=0.6):
    """Cover 0..1 of a painted shape from a signed distance, soft over about a pixel."""
    return np.clip(0.5 - distance / np.maximum(pixel_mm, least), 0, 1)


def _bell(x, width):
    return np.exp(-((x / width) ** 2))


def _noise(a, b):
    """A smooth wobble in -1..1 over the plane."""
    return np.sin(a * 6.1 + 1.7 * np.sin(b * 4.3)) * np.sin(b * 5.3 + 1.3 * np.sin(a * 3.7 + 2))


def _blush(who: Person, paint, ax, y, z, front):
    cheek = _bell(ax - 39, 17) * _bell(y - 33, 15) * front
    tip = _bell(ax, 13) * _bell(y - 36 * who.nose_length, 11) * np.clip((-z - 90) / 8, 0, 1)
    ears = np.clip((ax - 76) / 8, 0, 1) * _bell(z - 14, 30)
    red = who.ruddy * (0.5 * cheek + 0.45 * tip + 0.55 * ears)
    warm = np.array([[1.06], [0.70], [0.66]], np.float32)
    paint = paint * (1 + (warm - 1) * np.clip(red, 0, 1))
    under_eye = _bell(ax - who.eye_gap_mm, 15) * _bell(y - 20, 7) * front
    socket = _bell(ax - who.eye_gap_mm, 20) * _bell(y + 11, 8) * front
    return paint * (1 - np.array([[0.10], [0.15], [0.12]], np.float32) * (under_eye + socket))


def _freckles(who: Person, paint, x, y, front):
    if who.freckles <= 0:
        return paint
    spots = np.sin(x * 0.9 + 2 * np.sin(y * 0.41)) * np.sin(y * 0.83 + 2 * np.sin(x * 0.37))
    cover = np.clip(spots * 3 - 1.7, 0, 1) * _bell(np.abs(x) - 26, 24) * _bell(y - 26, 17) * front
    return paint * (1 - 0.55 * who.freckles * cover * np.array([[0.55], [0.9], [1.0]], np.float32))


def _stubble(who: Person, paint, x, y, z, ax):
    """Hair cut to the skin: a shadow where the beard or a shaved scalp is."""
    if who.beard == "stubble":
        region = form.beard_region(who, x, y, z, ax)
        paint = _mix(paint, to_linear(who.brow), 0.36 * np.clip(-region / 14, 0, 1))
    return paint


def _nostrils(who: Person, paint, x, y, z, ax):
    hole = _bell(ax - 6.5 * who.nose_width, 3.6) * _bell(y - 36 * who.nose_length - 10, 3.4)
    hole = hole * np.clip((-z - 84) / 6, 0, 1)
    return paint * (1 - 0.8 * hole)


def _mouth(who: Person, paint, shine, x, y, ax, front, pixel_mm):
    """Lips, the line or the teeth between them, and the corners."""
    wide = who.mouth_width_mm
    down = form.mouth_y(who, x, y)
    share = np.clip(ax / wide, 0, 1)
    arch = np.sqrt(1 - share * share)
    gape = form.open_mm(who) * (1 - share**2.2)
    upper = -(8.2 * arch - 1.6 * _bell(ax, 4.0)) * who.lips
    lower = gape + 10.5 * who.lips * arch
    beside = ax - wide
    lip = front * _inside(np.maximum(np.maximum(upper - down, down - lower), beside), pixel_mm, 1.6)
    paint = _mix(paint, to_linear(who.lip_colour) * np.where(down < 0, 0.8, 1.0), 0.92 * lip)
    gap = np.maximum(np.maximum(-down - 0.4, down - gape), beside + 2)
    if form.open_mm(who) > 0:
        inner = front * _inside(gap, pixel_mm, 1.0)
        tooth = np.array([[0.78], [0.75], [0.68]], np.float32) * (0.6 + 0.4 * arch)
        bite = _inside(down - 0.72 * gape, pixel_mm, 1.0)
        paint = _mix(paint, _mix(_MOUTH, tooth, bite), inner)
        shine = shine * (1 - 0.5 * inner)
    thin = np.maximum(0.9, 0.5 * pixel_mm)
    line = np.exp(-((np.minimum(np.abs(down), np.abs(down - gape)) / thin) ** 2)) * (beside < 1) * front
    paint = paint * (1 - 0.7 * line)
    corner = _bell(beside + 1, 3.0) * _bell(down, 3.0) * front
    return paint * (1 - 0.4 * corner), shine + 0.5 * lip


def _lids(who: Person, paint, ax, y, z, pixel_mm):
    """Lashes along the edges of the lids, and the crease above the eye."""
    dx, dz = ax - who.eye_gap_mm, z - form.EYE_Z
    from_eye = np.sqrt(dx * dx + y * y + dz * dz) - who.eye_mm
    on_lid = np.clip(1 - np.abs(from_eye - 1.2) / 1.8, 0, 1) * (dz < -2)
    above, below = form.lid_planes(who, ax, y, z)
    upper = np.exp(-((above / np.maximum(1.8, 0.6 * pixel_mm)) ** 2)) * (y < 4)
    lower = 0.45 * np.exp(-((below / np.maximum(1.1, 0.5 * pixel_mm)) ** 2)) * (y > 0)
    paint = _mix(paint, LASHES[:, None], 0.92 * np.clip(on_lid * np.maximum(upper, lower), 0, 1))
    return paint * (1 - 0.14 * on_lid * np.clip(-above / 4, 0, 1))


def _brows(who: Person, paint, x, y, ax, front, pixel_mm):
    along = (ax - 32) / 19
    middle = who.brow_mm - who.brow_arch * (1 - (along - 0.2) ** 2) + who.brow_tilt * (ax - 32)
    taper = np.clip(1.25 - 0.75 * along**2, 0.1, 1.2)
    strands = 0.25 * np.sin((ax * 1.0 - y * 0.8) * 1.3)
    shape = np.maximum(np.abs(y - middle) - who.brow_thick * taper * 0.95, (np.abs(along) - 1) * 18) + strands
    brow = 0.93 * _inside(shape, pixel_mm, 2.2) * front
    return _mix(paint, to_linear(who.brow) * 0.8, brow), brow


# ---- eyes


def _eye(figure, points, normal, pixel_mm):
    who = figure.person
    local, gaze = _eye_frame(figure, points)
    along = np.clip((local * gaze).sum(0), -1, 1)
    angle_mm = np.arccos(along) * who.eye_mm
    iris_mm, pupil_mm = 0.5 * who.eye_mm, 0.24 * who.eye_mm
    white = np.array([[0.82], [0.79], [0.76]], np.float32)
    rays = 0.85 + 0.3 * np.sin(np.arctan2(local[1] - gaze[1], local[0] - gaze[0]) * 17 + who.seed)
    iris = to_linear(who.eyes) * (1.0 + 0.9 * np.clip(local[1] - gaze[1] + 0.1, 0, 1)) * rays * 1.25
    paint = _mix(white, iris, _inside(angle_mm - iris_mm, pixel_mm, 0.8))
    ring = np.exp(-(((angle_mm - iris_mm) / np.maximum(1.0, 0.4 * pixel_mm)) ** 2))
    paint = paint * (1 - 0.75 * ring)
    paint = _mix(paint, np.full((3, 1), 0.008, np.float32), _inside(angle_mm - pupil_mm, pixel_mm, 0.8))
    return paint * (1 - 0.35 * np.clip(-local[1] * 2, 0, 1)), 0.6, 0.4


def _eye_frame(figure, points):
    """Directions from the middle of its eyeball to each point, and where that eye looks: at the camera if it can."""
    who = figure.person
    p = figure.to_head(points)
    p[0], p[1] = p[0] / who.head_width, p[1] / who.head_height
    side = np.where(p[0] < 0, -1, 1).astype(np.float32)
    middle = np.stack([who.eye_gap_mm * side, np.zeros_like(side), np.full_like(side, form.EYE_Z)])
    to_camera = unit(turned(figure.turn.T, -figure.centre))
    gaze = to_camera * np.array([[0.75], [0.7], [1]], np.float32)
    gaze[0] = np.clip(gaze[0], -0.5, 0.5)
    gaze[1] = np.clip(gaze[1], -0.22, 0.28)
    gaze[2] = -1
    return unit(p - middle), unit(gaze)


def _catchlight(figure, points, rays, pixel_mm, colour):
    """The lamp's reflection in the eye, a white spot next to the pupil."""
    who = figure.person
    local, gaze = _eye_frame(figure, points)
    lamp = turned(figure.turn.T, unit(np.array(who.room.light, np.float32))[:, None])
    spot = unit(gaze + 0.35 * lamp)
    away_mm = np.arccos(np.clip((local * spot).sum(0), -1, 1)) * who.eye_mm
    return _mix(colour, 1.0, 0.95 * _inside(away_mm - 0.14 * who.eye_mm, pixel_mm, 0.8))


# ---- hair


def _strand_angles(who, p):
    """Angle around the crown and depth below it: hair runs along the second, and varies along the first."""
    around = np.arctan2(p[0], p[2] + 6) * 12
    return around, p[1]


def _hair(figure, points, normal, pixel_mm):
    who = figure.person
    p = figure.to_head(points)
    around, down = _strand_angles(who, p)
    wobble = around + 0.02 * down + 0.5 * np.sin(0.05 * down + who.seed % 7)
    if who.hair_style in ("curly", "afro", "bald"):
        strand = np.sin(0.5 * p[0]) * np.sin(0.5 * p[1] + 0.4 * p[0]) * np.sin(0.45 * p[2])
        strand = 1.6 * strand
    else:
        fine = np.clip(5.0 / pixel_mm, 0, 1)
        strand = (
            0.6 * np.sin(2.3 * wobble)
            + 0.55 * fine * np.sin(6.7 * wobble + 1.3)
            + 0.3 * np.sin(1.1 * wobble + 4)
        )
    paint = to_linear(who.hair) * np.exp(0.34 * strand)
    roots = np.clip(0.9 - 0.003 * (down + 80), 0.72, 1.05)
    return paint * roots, 0.12, 0.25


def _hair_gloss(figure, points, rays, normal):
    """The band of light across combed hair: strands mirror the lamp around their own direction."""
    who = figure.person
    if who.hair_style in ("curly", "afro", "buzz", "cap", "beanie"):
        return 0.0
    p = figure.to_head(points)
    from_crown = np.stack([p[0], np.zeros_like(p[0]), p[2]])
    strand = unit(from_crown + np.array([[0], [60], [0]], np.float32))
    strand = unit(strand - normal_in_head(figure, normal) * (strand * normal_in_head(figure, normal)).sum(0))
    half = turned(figure.turn.T, unit(unit(np.array(who.room.light, np.float32))[:, None] - rays))
    sine = np.sqrt(np.maximum(1 - (strand * half).sum(0) ** 2, 0))
    open_ = np.maximum((normal * unit(np.array(who.room.light, np.float32))[:, None]).sum(0), 0)
    streak = 0.7 + 0.3 * np.sin(28 * np.arctan2(p[0], p[2] + 6))
    band = 0.75 * sine**40 + 0.25 * sine**10
    return (0.11 + 0.55 * to_linear(who.hair)) * band * open_ * streak


def normal_in_head(figure, normal):
    """Normals of camera space in head space."""
    return turned(figure.turn.T, normal)


# ---- things


def _frame(figure, points, normal, pixel_mm):
    return np.broadcast_to(to_linear(figure.person.glasses_colour), points.shape), 1.6, 0.0


def _hat(figure, points, normal, pixel_mm):
    who = figure.person
    p = figure.to_head(points)
    around = np.arctan2(p[0], p[2] - 10)
    if who.hair_style == "ponytail":
        return np.broadcast_to(to_linear(who.cloth), points.shape), 0.2, 0.1
    if who.hair_style == "beanie":
        knit = 0.12 * np.sin(around * 34)
        second = (p[1] > -62 + 0.22 * p[2]) | (p[1] < -124)
        paint = np.where(second, to_linear(who.cloth), to_linear(who.cloth_second)) * (1 + knit)
        return paint, 0.05, 0.2
    seam = np.exp(-((np.sin(around * 3) / 0.09) ** 2)) * (p[1] < -50)
    front = (np.abs(p[0]) < 22) & (p[1] > -98) & (p[1] < -62) & (p[2] < -40)
    paint = np.where(front, to_linear(who.cloth), to_linear(who.cloth_second))
    return paint * (1 - 0.3 * seam), 0.2, 0.1


def _cloth(figure, points, normal, pixel_mm):
    who = figure.person
    x, y, z = figure.to_body(points)
    cover = _PATTERNS[who.pattern](x, y, z, pixel_mm)
    weave = 1 + 0.02 * np.sin(0.05 * x + 0.09 * y) * np.sin(0.04 * y - 0.03 * x + 1)
    return _mix(to_linear(who.cloth), to_linear(who.cloth_second), cover) * weave, 0.08, 0.15


def _cloth_second(figure, points, normal, pixel_mm):
    who = figure.person
    x, y, z = figure.to_body(points)
    if who.collar == "scarf":
        bands = _inside(np.abs(np.mod(x + 0.6 * y, 44) - 22) - 8, pixel_mm, 2.0)
        return _mix(to_linear(who.cloth_second), to_linear(who.cloth) ** 0.8, bands), 0.05, 0.2
    if who.collar in ("hood", "crew", "turtle"):
        own = to_linear(who.cloth) * 0.82 if who.collar != "crew" else to_linear(who.cloth_second)
        rib = 1 + 0.08 * np.sin(np.arctan2(x, z) * 60)
        return own * rib, 0.05, 0.2
    return np.broadcast_to(to_linear(who.cloth_second), points.shape), 0.1, 0.1


def _plain(x, y, z, pixel_mm):
    return np.zeros_like(x)


def _stripes(x, y, z, pixel_mm):
    return _inside(np.abs(np.mod(y + 0.0008 * x * x, 60) - 30) - 13, pixel_mm, 1.5)


def _checks(x, y, z, pixel_mm):
    across = _inside(np.abs(np.mod(x, 64) - 32) - 12, pixel_mm, 1.5)
    down = _inside(np.abs(np.mod(y, 64) - 32) - 12, pixel_mm, 1.5)
    return 0.45 * across + 0.45 * down


def _dots(x, y, z, pixel_mm):
    row = np.floor(y / 42)
    dx, dy = np.mod(x + 24 * np.mod(row, 2), 48) - 24, np.mod(y, 42) - 21
    return _inside(np.sqrt(dx * dx + dy * dy) - 8, pixel_mm, 1.5)


def _badge(x, y, z, pixel_mm):
    disc = np.sqrt(x * x + (y - 190) ** 2) - 52
    hole = np.sqrt((x - 14) ** 2 + (y - 178) ** 2) - 34
    return _inside(np.maximum(disc, -hole), pixel_mm, 1.5) * (z < 0)


def _buttons(x, y, z, pixel_mm):
    dot = np.sqrt(x * x + (np.mod(y, 70) - 35) ** 2) - 6
    placket = np.abs(np.abs(x) - 18) - 1.0
    return np.maximum(_inside(dot, pixel_mm, 1.5), 0.5 * _inside(placket, pixel_mm, 2.0)) * (z < 0)


_PATTERNS = {
    "plain": _plain,
    "stripes": _stripes,
    "checks": _checks,
    "dots": _dots,
    "badge": _badge,
    "buttons": _buttons,
}
_BRUSHES = {
    form.SKIN: _skin,
    form.HAIR: _hair,
    form.EYE: _eye,
    form.FRAME: _frame,
    form.CLOTH: _cloth,
    form.CLOTH_SECOND: _cloth_second,
    form.HAT: _hat,
}
