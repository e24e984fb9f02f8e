"""Paint for solids: plain colours from a rule, and patterns that are functions of the place on the figure."""

import colorsys

import numpy as np

from engine.synthetic.sdf import product


def hsv(hue: float, saturation: float, value: float) -> tuple[float, float, float]:
    """An RGB colour in 0..1 from hue (turns), saturation and value."""
    return colorsys.hsv_to_rgb(hue % 1, saturation, value)


def varied(rng, colour, amount=0.06) -> tuple[float, float, float]:
    """The colour, a little lighter or darker, warmer or colder."""
    shift = rng.normal(0, amount / 2) + rng.normal(0, amount / 3, 3)
    return tuple(np.clip(np.array(colour) * (1 + shift), 0.02, 1))


def pick(rng, choices):
    """One of the choices; works for tuples, which `rng.choice` would take apart."""
    return choices[int(rng.integers(len(choices)))]


def bright(rng) -> tuple[float, float, float]:
    """A cheerful colour, as toys are painted."""
    hue = pick(rng, (0.0, 0.03, 0.08, 0.13, 0.16, 0.28, 0.38, 0.47, 0.55, 0.6, 0.66, 0.78, 0.92))
    return hsv(hue + rng.normal(0, 0.012), rng.uniform(0.55, 0.9), rng.uniform(0.65, 0.98))


def _mix(share, first, second):
    first, second = np.array(first, np.float32)[:, None], np.array(second, np.float32)[:, None]
    return first * (1 - share) + second * share


def stripes(base, other, along=(0, 0, 1), count=6.0, share=0.35, bend=0.35):
    """Soft bands across the direction `along`, `count` to a unit of length, bent a little by height."""
    along = np.array(along, np.float32)

    def paint(points):
        wave = np.sin(2 * np.pi * (count * product(along, points) + bend * np.cos(9 * points[1])))
        return _mix(np.clip((wave - 1 + 2 * share) * 4 + 0.5, 0, 1), base, other)

    return paint


def patches(base, other, rng, size=0.3, share=0.4):
    """Islands of a second colour, from a few random waves."""
    waves = rng.normal(0, 2.2 / size, (5, 3)).astype(np.float32)
    phases = rng.uniform(0, 2 * np.pi, (5, 1)).astype(np.float32)
    level = np.float32(1.6 * (1 - 2 * share))

    def paint(points):
        height = np.sin(product(waves, points) + phases).sum(0)
        return _mix(np.clip((height - level) * 3 + 0.5, 0, 1), base, other)

    return paint


def below(upper, lower, height, softness=0.05):
    """One colour above a height and another below it."""

    def paint(points):
        return _mix(np.clip((height - points[1]) / softness + 0.5, 0, 1), upper, lower)

    return paint
