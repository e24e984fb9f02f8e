"""Made-up people: every number and choice that makes a face, a haircut, clothes and a room unique."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.synthetic.room import Room, room

Colour = tuple[float, float, float]

SKINS = (
    (252, 220, 198),
    (243, 201, 172),
    (228, 180, 145),
    (206, 152, 112),
    (172, 117, 78),
    (128, 82, 54),
    (88, 55, 38),
)
HAIRS = (
    (28, 22, 20),
    (52, 34, 24),
    (86, 54, 32),
    (128, 82, 44),
    (176, 126, 66),
    (214, 176, 110),
    (158, 66, 34),
)
ODD_HAIRS = ((150, 148, 150), (212, 210, 208), (96, 62, 120), (44, 96, 130), (196, 84, 110))
EYES = ((92, 58, 32), (62, 40, 26), (74, 112, 150), (92, 132, 92), (120, 96, 52), (110, 126, 138))
CLOTHES = (
    (38, 54, 92), (176, 52, 48), (226, 222, 212), (54, 108, 96), (212, 156, 52), (92, 66, 108), (60, 62, 68),
    (112, 150, 186), (198, 112, 120), (86, 106, 58), (148, 92, 58), (40, 122, 148),
)  # fmt: skip
HAIR_STYLES = (
    "short",
    "side",
    "buzz",
    "bald",
    "long",
    "bob",
    "bun",
    "curly",
    "afro",
    "ponytail",
    "cap",
    "beanie",
)
BEARDS = ("none", "none", "none", "stubble", "full", "moustache", "goatee")
GLASSES = ("none", "none", "none", "none", "none", "round", "square")
PATTERNS = ("plain", "plain", "stripes", "checks", "dots", "badge", "buttons")
COLLARS = ("crew", "crew", "turtle", "hood", "shirt", "scarf")


@dataclass(frozen=True)
class Person:
    """Appearance of one person; colours are sRGB in 0..1, sizes are factors around 1 unless a name says mm."""

    skin: Colour
    ruddy: float
    freckles: float
    hair: Colour
    hair_style: str
    hairline_mm: float
    hair_mm: float
    brow: Colour
    beard: str
    eyes: Colour
    glasses: str
    glasses_colour: Colour
    head_width: float
    head_height: float
    jaw_width: float
    chin_mm: float
    cheeks: float
    nose_length: float
    nose_width: float
    nose_tip: float
    ear_size: float
    ear_angle: float
    eye_gap_mm: float
    eye_mm: float
    eye_open: float
    eye_tilt: float
    brow_mm: float
    brow_arch: float
    brow_thick: float
    brow_tilt: float
    mouth_width_mm: float
    mouth_mm: float
    lips: float
    lip_colour: Colour
    smile: float
    teeth: float
    neck_mm: float
    shoulders_mm: float
    cloth: Colour
    cloth_second: Colour
    pattern: str
    collar: str
    seed: int
    room: Room


def person(rng: int | np.random.Generator, hair_style: str | None = None) -> Person:
    """A new person from a seed or a random generator; `hair_style` fixes the haircut, one of `HAIR_STYLES`."""
    rng = np.random.default_rng(rng)
    skin_depth = rng.uniform() ** 1.3
    skin = _tint(rng, _between(SKINS, skin_depth))
    hair = _hair_colour(rng, skin_depth)
    style = hair_style or str(rng.choice(HAIR_STYLES))
    soft = rng.uniform()  # a softer face: smaller jaw and nose, fuller lips, no beard
    beard = "none" if soft > 0.5 else str(rng.choice(BEARDS))
    cloth, second = rng.choice(len(CLOTHES), 2, replace=False)
    spread = rng.normal
    return Person(
        skin=skin,
        ruddy=rng.uniform(0.5, 1.2),
        freckles=float(rng.uniform(0.4, 1) * (rng.uniform() < 0.2 and skin_depth < 0.45)),
        hair=hair,
        hair_style=style,
        hairline_mm=rng.uniform(-8, 10),
        hair_mm=rng.uniform(8, 15),
        brow=_colour(0.75 * c for c in hair),
        beard=beard,
        eyes=_jitter(rng, _pick(rng, EYES[:2] if skin_depth > 0.62 else EYES), 0.03),
        glasses=str(rng.choice(GLASSES)),
        glasses_colour=_pick(rng, ((24, 22, 24), (96, 52, 28), (140, 34, 40), (36, 58, 104), (176, 150, 96))),
        head_width=1 + 0.05 * _clip(spread()),
        head_height=1 + 0.045 * _clip(spread()),
        jaw_width=1.06 - 0.14 * soft + 0.06 * _clip(spread()),
        chin_mm=rng.uniform(14, 21) + 4 * (1 - soft),
        cheeks=rng.uniform(0.85, 1.2),
        nose_length=1.05 - 0.12 * soft + 0.10 * _clip(spread()),
        nose_width=1 + 0.16 * _clip(spread()) + 0.15 * (skin_depth - 0.4),
        nose_tip=rng.uniform(0.8, 1.35),
        ear_size=1 + 0.13 * _clip(spread()),
        ear_angle=rng.uniform(18, 42),
        eye_gap_mm=32 + 1.6 * _clip(spread()),
        eye_mm=rng.uniform(16.5, 19.5),
        eye_open=rng.uniform(0.75, 1.0),
        eye_tilt=rng.uniform(-0.12, 0.16),
        brow_mm=rng.uniform(-26, -21),
        brow_arch=rng.uniform(1, 5.5),
        brow_thick=rng.uniform(2.2, 3.4) + 1.6 * (1 - soft),
        brow_tilt=rng.uniform(-0.18, 0.16),
        mouth_width_mm=rng.uniform(21, 28),
        mouth_mm=rng.uniform(66, 71),
        lips=rng.uniform(0.7, 1.0) + 0.35 * soft,
        lip_colour=_lips(rng, skin, soft),
        smile=rng.uniform(0.0, 1.0),
        teeth=float(rng.uniform(0.6, 1) * (rng.uniform() < 0.5)),
        neck_mm=47 + 6 * (1 - soft) + 2 * _clip(spread()),
        shoulders_mm=150 + 30 * (1 - soft) + 8 * _clip(spread()),
        cloth=_jitter(rng, _srgb(CLOTHES[cloth]), 0.03),
        cloth_second=_jitter(rng, _srgb(CLOTHES[second]), 0.03),
        pattern=str(rng.choice(PATTERNS)),
        collar=str(rng.choice(COLLARS)),
        seed=int(rng.integers(2**31)),
        room=room(rng),
    )


def _clip(value: float) -> float:
    return float(np.clip(value, -1.8, 1.8))


def _srgb(bytes_: tuple) -> Colour:
    return tuple(c / 255 for c in bytes_)


def _colour(values: Iterable[float]) -> Colour:
    red, green, blue = (float(value) for value in values)
    return red, green, blue


def _pick(rng, colours) -> Colour:
    return _srgb(colours[rng.integers(len(colours))])


def _jitter(rng, colour: Colour, size: float) -> Colour:
    return _colour(np.clip(np.array(colour) + rng.normal(0, size, 3), 0.02, 0.98))


def _tint(rng, skin: Colour) -> Colour:
    """A little lighter or darker, and a little more rosy or golden: skin is never green."""
    light, rosy = rng.normal(0, 0.03), rng.normal(0, 0.018)
    return _colour(
        np.clip(c * (1 + light) * f, 0.02, 0.97) for c, f in zip(skin, (1.01, 1 - rosy, 1.01), strict=True)
    )


def _between(colours, at: float) -> Colour:
    positions = np.linspace(0, 1, len(colours))
    return _colour(np.interp(at, positions, [c[i] / 255 for c in colours]) for i in range(3))


def _hair_colour(rng, skin_depth: float) -> Colour:
    if rng.uniform() < 0.16:
        return _jitter(rng, _pick(rng, ODD_HAIRS), 0.02)
    return _jitter(rng, _pick(rng, HAIRS[:2] if skin_depth > 0.6 else HAIRS), 0.015)


def _lips(rng, skin: Colour, soft: float) -> Colour:
    natural = np.array(skin) * (0.93, 0.66, 0.66)
    painted = np.array(_pick(rng, ((178, 40, 52), (196, 84, 96), (140, 38, 62))))
    share = 0.75 if soft > 0.55 and rng.uniform() < 0.45 else 0.0
    return _colour((1 - share) * natural + share * painted)
