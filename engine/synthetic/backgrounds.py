"""Drawn backgrounds: places indoors and outdoors, at a time of day that gives the light of the whole scene."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from engine.synthetic.paints import hsv, pick, varied
from engine.synthetic.sdf import Light

OUTDOORS = ("meadow", "street", "beach", "snow", "forest", "desert", "park")
INDOORS = ("room", "playroom", "kitchen", "studio")
PLACES = OUTDOORS + INDOORS


@dataclass(frozen=True)
class Hour:
    """Sun and sky at a time of day: colours of light, of the sky from top to horizon, and how hard shadows are."""

    sun: tuple[float, float, float]
    sky: tuple[float, float, float]
    top: tuple[float, float, float]
    horizon: tuple[float, float, float]
    height: tuple[float, float]
    shadow: float


HOURS = {
    "day": Hour((1.05, 1.0, 0.9), (0.5, 0.56, 0.66), (0.3, 0.58, 0.92), (0.78, 0.9, 0.98), (45, 65), 0.62),
    "morning": Hour(
        (1.0, 0.92, 0.78), (0.5, 0.54, 0.62), (0.5, 0.72, 0.92), (0.99, 0.92, 0.82), (35, 50), 0.55
    ),
    "dusk": Hour(
        (1.05, 0.66, 0.4), (0.42, 0.38, 0.52), (0.32, 0.3, 0.56), (0.99, 0.66, 0.42), (28, 40), 0.55
    ),
    "grey": Hour(
        (0.45, 0.46, 0.48), (0.72, 0.74, 0.78), (0.66, 0.71, 0.76), (0.87, 0.89, 0.9), (55, 70), 0.3
    ),
    "night": Hour((0.42, 0.5, 0.72), (0.28, 0.32, 0.46), (0.06, 0.09, 0.22), (0.24, 0.3, 0.5), (45, 60), 0.5),
}
LAMPS = {
    "window": Hour((0.9, 0.9, 0.86), (0.58, 0.58, 0.6), (0.5, 0.7, 0.9), (0.8, 0.9, 0.97), (42, 60), 0.48),
    "lamp": Hour((0.95, 0.76, 0.52), (0.5, 0.44, 0.4), (0.1, 0.12, 0.25), (0.2, 0.24, 0.4), (52, 68), 0.5),
}


@dataclass(frozen=True)
class Background:
    """A place, an hour, where the far edge of the ground lies (fraction of the height) and a seed for the rest."""

    place: str
    hour: str
    horizon: float
    seed: int


def random_background(rng, place: str) -> Background:
    """A background at the place, its hour and horizon by chance."""
    if place in INDOORS:
        hour = "window" if rng.random() < 0.65 else "lamp"
    else:
        hour = rng.choice(list(HOURS), p=[0.46, 0.18, 0.16, 0.12, 0.08])
    return Background(place, str(hour), round(float(rng.uniform(0.3, 0.5)), 3), int(rng.integers(2**31)))


def hour_of(background: Background) -> Hour:
    """The lighting of the background."""
    return (HOURS | LAMPS)[background.hour]


def light_of(background: Background) -> Light:
    """The light of a scene; the sun is in front of the scene, to the left or the right."""
    rng = np.random.default_rng((background.seed, 1))
    hour = hour_of(background)
    high, side = np.radians(rng.uniform(*hour.height)), np.radians(pick(rng, (-1, 1)) * rng.uniform(15, 75))
    towards = (
        float(np.cos(high) * np.sin(side)),
        float(np.sin(high)),
        float(np.cos(high) * np.cos(side)),
    )
    back = np.array(hour.sun) * 0.25 + np.array(hour.sky) * 0.3
    red, green, blue = back * {"snow": 1.5, "beach": 1.2, "desert": 1.2}.get(background.place, 0.85)
    return Light(towards, hour.sun, hour.sky, (float(red), float(green), float(blue)))


def paint(background: Background, size_wh) -> np.ndarray:
    """The empty place as linear light `(h, w, 3)`."""
    sheet = Sheet(size_wh, background)
    _PAINTERS[background.place](sheet)
    return sheet.finish()


class Sheet:
    """Paper of twice the size to draw on; lengths are fractions of its height, x runs from 0 to `wide`."""

    def __init__(self, size_wh, background):
        self.size_wh = size_wh
        self.pixels = 2 * size_wh[1]
        self.wide = size_wh[0] / size_wh[1]
        self.horizon = background.horizon
        self.hour = hour_of(background)
        self.rng = np.random.default_rng((background.seed, 2))
        tint = np.array(self.hour.sun) * 0.6 + np.array(self.hour.sky) * 0.75
        self.tint = tint if background.hour in ("dusk", "night", "lamp", "grey") else tint * 0.5 + 0.5
        self.image = Image.new("RGB", (2 * size_wh[0], 2 * size_wh[1]))
        self.pen = ImageDraw.Draw(self.image)

    def ink(self, colour, lit=True):
        """A colour as the hour shows it, as integers; things that shine or sky are not `lit`."""
        linear = np.array(colour) ** 2.2 * (self.tint if lit else 1)
        return tuple((np.clip(linear, 0, 1) ** (1 / 2.2) * 255).astype(int).tolist())

    def scaled(self, points):
        return [(float(x) * self.pixels, float(y) * self.pixels) for x, y in points]

    def shape(self, points, colour, lit=True):
        self.pen.polygon(self.scaled(points), self.ink(colour, lit))

    def block(self, left, top, right, bottom, colour, lit=True, round=0.0):
        box = [v * self.pixels for v in (left, top, right, bottom)]
        self.pen.rounded_rectangle(box, round * self.pixels, self.ink(colour, lit))

    def blob(self, x, y, across, high, colour, lit=True):
        box = [v * self.pixels for v in (x - across, y - high, x + across, y + high)]
        self.pen.ellipse(box, self.ink(colour, lit))

    def line(self, points, colour, width, lit=True):
        self.pen.line(self.scaled(points), self.ink(colour, lit), max(1, round(width * self.pixels)))

    def shades(self, top, bottom, upper, lower, lit=True):
        """A gradient between two heights."""
        first, last = round(top * self.pixels), round(bottom * self.pixels)
        share = np.linspace(0, 1, max(last - first, 1))[:, None]
        upper, lower = (np.array(self.ink(c, lit)) for c in (upper, lower))
        column = (upper * (1 - share) + lower * share).astype(np.uint8)[:, None]
        self.image.paste(Image.fromarray(column).resize((self.image.width, len(share))), (0, first))

    def soften(self, radius):
        self.image = self.image.filter(ImageFilter.GaussianBlur(radius * self.pixels))
        self.pen = ImageDraw.Draw(self.image)

    def ridge(self, base, rise, colour, waves=3, rough=0.0):
        """A row of hills whose tops wander about `base`."""
        x = np.linspace(0, self.wide, 48)
        y = np.full_like(x, base)
        for k in range(1, waves + 1):
            y -= rise / k * np.sin(x * self.rng.uniform(1.5, 3.2) * k + self.rng.uniform(0, 7))
        y += self.rng.normal(0, rough, len(x))
        self.shape([(0, 1.1), *zip(x, y, strict=True), (self.wide, 1.1)], colour)

    def finish(self):
        small = self.image.resize(self.size_wh, Image.Resampling.BOX)
        return (np.asarray(small, np.float32) / 255) ** np.float32(2.2)


def _sky(sheet):
    rng, hour = sheet.rng, sheet.hour
    sheet.shades(0, sheet.horizon + 0.06, hour.top, hour.horizon, lit=False)
    if hour is HOURS["night"]:
        for x, y in zip(rng.uniform(0, sheet.wide, 40), rng.uniform(0, sheet.horizon, 40), strict=True):
            sheet.blob(x, y, 0.003, 0.003, (0.9, 0.92, 1), lit=False)
        sheet.blob(rng.uniform(0.1, sheet.wide - 0.1), 0.12, 0.05, 0.05, (0.95, 0.95, 0.85), lit=False)
    elif hour is HOURS["dusk"]:
        sheet.blob(
            rng.uniform(0.1, sheet.wide - 0.1), sheet.horizon - 0.05, 0.07, 0.07, (1, 0.9, 0.6), lit=False
        )
    white = np.array(hour.horizon) * 0.25 + np.array((0.75, 0.75, 0.75)) * (
        0.4 if hour is HOURS["night"] else 1
    )
    for _ in range(rng.integers(0, 5)):
        x, y, size = (
            rng.uniform(0, sheet.wide),
            rng.uniform(0.04, sheet.horizon * 0.75),
            rng.uniform(0.03, 0.07),
        )
        for _ in range(6):
            sheet.blob(
                x + rng.normal(0, size * 1.2),
                y + rng.normal(0, size * 0.2),
                size * rng.uniform(0.7, 1.4),
                size * 0.6,
                white,
                lit=False,
            )
    sheet.soften(0.008)
    if rng.random() < 0.1 and hour is not HOURS["night"]:
        _balloon(sheet, rng.uniform(0.1, 0.9) * sheet.wide, rng.uniform(0.1, 0.18), rng.uniform(0.04, 0.07))


def _balloon(sheet, x, y, size):
    """A hot-air balloon with its basket."""
    first, second = hsv(sheet.rng.random(), 0.7, 0.95), hsv(sheet.rng.random(), 0.4, 0.98)
    for side in (-0.8, 0.8):
        sheet.line(
            [(x + side * size, y + size * 0.5), (x + side * size * 0.2, y + size * 1.7)],
            (0.4, 0.3, 0.2),
            0.003,
        )
    for across, colour in ((1.0, first), (0.68, second), (0.3, first)):
        sheet.blob(x, y, size * across, size * 1.12, colour)
    sheet.block(x - size * 0.24, y + size * 1.6, x + size * 0.24, y + size * 1.95, (0.55, 0.38, 0.2))


def _ground(sheet, far, near, specks=(), count=60, size=0.012):
    """The ground from the horizon down, with specks that grow towards the viewer."""
    rng = sheet.rng
    sheet.shades(sheet.horizon, 1, far, near)
    if not specks:
        return
    depth = np.sort(rng.uniform(0.02, 1, count) ** 0.8)
    for share, x in zip(depth, rng.uniform(0, sheet.wide, count), strict=True):
        y = sheet.horizon + share * (1 - sheet.horizon)
        wide = size * (0.25 + share) * rng.uniform(0.5, 1.3)
        sheet.blob(x, y, wide, wide * 0.4, pick(rng, specks))


def _tufts(sheet, colour, count):
    rng = sheet.rng
    for share, x in zip(np.sort(rng.uniform(0.05, 1, count)), rng.uniform(0, sheet.wide, count), strict=True):
        y, high = sheet.horizon + share * (1 - sheet.horizon), 0.012 + 0.03 * share
        for lean in (-0.5, 0, 0.5):
            sheet.line([(x, y), (x + lean * high, y - high)], colour, 0.004)


def _trees(sheet, base, count, colour, low=0.08, high=0.2):
    rng = sheet.rng
    for x in np.sort(rng.uniform(-0.05, sheet.wide + 0.05, count)):
        tall, leaf = rng.uniform(low, high), varied(rng, colour, 0.2)
        sheet.block(x - 0.008, base - tall * 0.4, x + 0.008, base + 0.005, (0.36, 0.27, 0.2))
        for dx, dy, size in ((0, 0.62, 0.3), (-0.17, 0.5, 0.22), (0.17, 0.5, 0.22), (0, 0.85, 0.2)):
            sheet.blob(x + dx * tall, base - dy * tall, size * tall, size * tall, leaf)


def _firs(sheet, base, count, colour, low=0.1, high=0.25):
    rng = sheet.rng
    for x in np.sort(rng.uniform(-0.05, sheet.wide + 0.05, count)):
        tall, leaf = rng.uniform(low, high), varied(rng, colour, 0.2)
        for step in (0, 0.28, 0.54):
            wide = tall * (0.3 - 0.3 * step)
            foot = base - tall * (0.08 + step)
            sheet.shape([(x - wide, foot), (x + wide, foot), (x, foot - tall * 0.46)], leaf)


def _meadow(sheet):
    _sky(sheet)
    rng, h = sheet.rng, sheet.horizon
    green = varied(rng, (0.45, 0.66, 0.28), 0.1)
    for lift, blue in ((0.1, 0.35), (0.05, 0.18)):
        colour = np.array(green) * (1 - blue) + np.array((0.55, 0.68, 0.75)) * blue
        sheet.ridge(h - lift * 0.6, 0.05, colour)
    if rng.random() < 0.7:
        _trees(sheet, h + 0.005, int(rng.integers(2, 9)), (0.3, 0.5, 0.22))
    _ground(sheet, np.array(green) * 1.12, np.array(green) * 0.78)
    if rng.random() < 0.3:
        _fence(sheet, h + rng.uniform(0.02, 0.05))
    petals = (hsv(rng.random(), 0.6, 0.95), (0.98, 0.96, 0.9), (0.98, 0.85, 0.3))
    _tufts(sheet, np.array(green) * 0.68, 40)
    if rng.random() < 0.6:
        for share in np.sort(rng.uniform(0.08, 1, 26)):
            size = 0.004 + 0.007 * share
            sheet.blob(rng.uniform(0, sheet.wide), h + share * (1 - h), size, size, pick(rng, petals))


def _fence(sheet, foot):
    """A white fence from side to side."""
    tall, paint = sheet.rng.uniform(0.07, 0.1), varied(sheet.rng, (0.93, 0.91, 0.86))
    for y in (foot - tall * 0.8, foot - tall * 0.4):
        sheet.block(0, y, sheet.wide, y + 0.012, np.array(paint) * 0.94)
    for x in np.arange(sheet.rng.uniform(0, 0.06), sheet.wide, 0.075):
        sheet.block(x - 0.009, foot - tall, x + 0.009, foot, paint, round=0.006)


def _park(sheet):
    _sky(sheet)
    rng, h = sheet.rng, sheet.horizon
    green, sand = varied(rng, (0.42, 0.62, 0.3), 0.1), varied(rng, (0.84, 0.76, 0.6))
    _trees(sheet, h + 0.01, int(rng.integers(9, 16)), (0.28, 0.5, 0.24), 0.12, 0.3)
    _ground(sheet, np.array(green) * 1.1, np.array(green) * 0.85)
    start, bend = rng.uniform(0.2, 0.8) * sheet.wide, rng.uniform(-0.5, 0.5)
    share = np.linspace(0, 1, 24)
    y, middle = h + share * (1 - h), start + bend * np.sin(2.2 * share)
    half = 0.02 + 0.26 * share
    left, right = zip(middle - half, y, strict=True), zip(middle + half, y, strict=True)
    sheet.shape([*left, *reversed(list(right))], sand)
    _tufts(sheet, np.array(green) * 0.7, 20)


def _street(sheet):
    _sky(sheet)
    rng, h = sheet.rng, sheet.horizon
    x = -0.1
    while x < sheet.wide:
        wide, tall = rng.uniform(0.16, 0.34), rng.uniform(0.2, 0.55) * (0.5 + h)
        _building(sheet, x, h - tall, x + wide, h + 0.03)
        x += wide
    walk = h + 0.03 + rng.uniform(0.05, 0.12)
    kerb = varied(rng, (0.72, 0.71, 0.69))
    sheet.shades(h + 0.02, walk, np.array(kerb) * 0.95, kerb)
    for share in np.linspace(-0.2, 1.2, 15) * sheet.wide:
        sheet.line(
            [(share, h + 0.02), (share + (share - sheet.wide / 2) * 0.25, walk)], np.array(kerb) * 0.85, 0.003
        )
    sheet.block(0, walk, sheet.wide, walk + 0.014, np.array(kerb) * 0.7)
    road = varied(rng, (0.4, 0.41, 0.43))
    sheet.shades(walk + 0.014, 1, np.array(road) * 1.08, np.array(road) * 0.92)
    dash, lane = rng.uniform(0, 0.2), walk + 0.45 * (1 - walk)
    for x in np.arange(-0.2, sheet.wide + 0.2, 0.3) + dash:
        sheet.shape(
            [(x, lane), (x + 0.16, lane), (x + 0.17, lane + 0.018), (x + 0.005, lane + 0.018)],
            (0.93, 0.9, 0.8),
        )


def _building(sheet, left, top, right, bottom):
    rng = sheet.rng
    wall = pick(
        rng,
        (
            (0.82, 0.55, 0.42),
            (0.9, 0.82, 0.66),
            (0.7, 0.74, 0.78),
            (0.86, 0.7, 0.58),
            (0.62, 0.45, 0.4),
            (0.75, 0.82, 0.72),
        ),
    )
    wall = varied(rng, wall, 0.08)
    sheet.block(left, top, right, bottom, wall)
    sheet.block(left - 0.005, top, right + 0.005, top + 0.02, np.array(wall) * 0.75)
    night = sheet.hour in (HOURS["night"], HOURS["dusk"])
    columns, rows = max(int((right - left) / 0.07), 2), max(int((bottom - top - 0.1) / 0.09), 1)
    for i in range(columns):
        for j in range(rows):
            x, y = left + (i + 0.5) * (right - left) / columns, top + 0.04 + j * 0.09
            glow = night and rng.random() < 0.5
            sheet.block(
                x - 0.016,
                y,
                x + 0.016,
                y + 0.05,
                (1, 0.85, 0.5) if glow else (0.42, 0.52, 0.62),
                lit=not glow,
            )
    shop = hsv(rng.random(), 0.5, 0.7)
    sheet.block(left + 0.02, bottom - 0.075, right - 0.02, bottom, np.array(wall) * 0.6)
    sheet.block(left + 0.01, bottom - 0.095, right - 0.01, bottom - 0.07, shop)


def _beach(sheet):
    _sky(sheet)
    rng, h = sheet.rng, sheet.horizon
    shore = h + rng.uniform(0.1, 0.24)
    sea = varied(rng, (0.2, 0.56, 0.72), 0.1)
    sheet.shades(h, shore + 0.08, np.array(sea) * 0.85, np.array(sea) * 1.2)
    for share in rng.uniform(0.05, 1, 16):
        x, y = rng.uniform(0, sheet.wide), h + share * (shore - h)
        sheet.line([(x, y), (x + 0.05 + 0.1 * share, y)], (0.85, 0.94, 0.96), 0.003)
    x = np.linspace(0, sheet.wide, 30)
    edge = shore + 0.02 * np.sin(x * rng.uniform(3, 6) + rng.uniform(0, 6))
    sand = np.array(varied(rng, (0.93, 0.83, 0.62)))
    for down, colour in ((-0.012, (0.97, 0.98, 0.98)), (0.0, sand * 0.85), (0.03, sand)):
        sheet.shape([(0, 1.1), *zip(x, edge + down, strict=True), (sheet.wide, 1.1)], colour)
    for share in np.sort(rng.uniform(0, 1, 50)):
        y = shore + 0.07 + share * (0.93 - shore)
        sheet.blob(rng.uniform(0, sheet.wide), y, 0.004 + 0.006 * share, 0.002 + 0.003 * share, sand * 0.86)


def _snow(sheet):
    _sky(sheet)
    rng, h = sheet.rng, sheet.horizon
    for _ in range(4):
        x, tall = rng.uniform(0, sheet.wide), rng.uniform(0.12, 0.3)
        rock = varied(rng, (0.55, 0.62, 0.72))
        sheet.shape([(x - tall * 1.1, h + 0.02), (x, h - tall), (x + tall * 1.1, h + 0.02)], rock)
        cap = [(x - tall * 0.42, h - tall * 0.62), (x, h - tall), (x + tall * 0.42, h - tall * 0.62)]
        sheet.shape(
            [*cap, (x + tall * 0.18, h - tall * 0.7), (x, h - tall * 0.56), (x - tall * 0.2, h - tall * 0.7)],
            (0.95, 0.97, 1),
        )
    sheet.ridge(h - 0.01, 0.02, (0.86, 0.91, 0.97))
    _firs(sheet, h + 0.02, int(rng.integers(3, 11)), (0.2, 0.4, 0.32))
    _ground(sheet, (0.9, 0.94, 0.98), (0.86, 0.89, 0.94), ((0.85, 0.9, 0.95), (0.93, 0.95, 0.98)), 30, 0.06)
    if rng.random() < 0.6:
        for x, y in zip(rng.uniform(0, sheet.wide, 60), rng.uniform(0, 1, 60), strict=True):
            size = rng.uniform(0.002, 0.006)
            sheet.blob(x, y, size, size, (0.99, 0.99, 1))


def _forest(sheet):
    _sky(sheet)
    rng, h = sheet.rng, sheet.horizon
    green = varied(rng, (0.2, 0.4, 0.22), 0.12)
    sheet.block(0, h - 0.1, sheet.wide, h + 0.05, np.array(green) * 0.7)
    _firs(sheet, h + 0.02, 14, np.array(green) * 0.55 + np.array((0.35, 0.42, 0.45)), 0.3, 0.55)
    _firs(sheet, h + 0.03, 9, np.array(green) * 1.15, 0.25, 0.6)
    floor = varied(rng, pick(rng, ((0.42, 0.5, 0.24), (0.5, 0.4, 0.26))), 0.1)
    _ground(
        sheet,
        np.array(floor) * 1.05,
        np.array(floor) * 0.8,
        (np.array(floor) * 0.75, np.array(floor) * 1.2, (0.6, 0.42, 0.2)),
        60,
    )
    for x in rng.uniform(0, sheet.wide, int(rng.integers(1, 4))):
        wide, foot = rng.uniform(0.025, 0.05), h + rng.uniform(0.03, 0.1)
        bark = varied(rng, (0.4, 0.29, 0.2))
        sheet.shape(
            [(x - wide * 0.8, -0.1), (x + wide * 0.8, -0.1), (x + wide, foot), (x - wide, foot)], bark
        )
        sheet.shape(
            [(x + wide * 0.2, -0.1), (x + wide * 0.8, -0.1), (x + wide, foot), (x + wide * 0.3, foot)],
            np.array(bark) * 0.8,
        )
    _tufts(sheet, np.array(green) * 1.2, 22)


def _desert(sheet):
    _sky(sheet)
    rng, h = sheet.rng, sheet.horizon
    sand = np.array(varied(rng, pick(rng, ((0.9, 0.7, 0.45), (0.85, 0.58, 0.4)))))
    for x in rng.uniform(0, sheet.wide, int(rng.integers(1, 4))):
        wide, tall = rng.uniform(0.08, 0.2), rng.uniform(0.08, 0.2)
        sheet.shape(
            [
                (x - wide, h + 0.02),
                (x - wide * 0.7, h - tall),
                (x + wide * 0.7, h - tall),
                (x + wide, h + 0.02),
            ],
            sand * 0.82,
        )
        sheet.block(x - wide * 0.75, h - tall * 0.6, x + wide * 0.75, h - tall * 0.5, sand * 0.72)
    sheet.ridge(h - 0.01, 0.025, sand * 1.05)
    _ground(sheet, sand * 1.06, sand * 0.86, (sand * 0.78, sand * 1.12), 50)
    for x in rng.uniform(0, sheet.wide, int(rng.integers(0, 4))):
        y, tall = h + rng.uniform(0.02, 0.12), rng.uniform(0.08, 0.16)
        for dx, low, up in ((0, 0, 1), (-0.3, 0.35, 0.75), (0.3, 0.25, 0.65)):
            cactus = (0.32, 0.52, 0.32)
            sheet.block(
                x + dx * tall - 0.012,
                y - up * tall,
                x + dx * tall + 0.012,
                y - low * tall,
                cactus,
                round=0.012,
            )
            sheet.block(
                min(x, x + dx * tall), y - low * tall - 0.02, max(x, x + dx * tall), y - low * tall, cactus
            )


def _wall(sheet, colour):
    """A wall, plain or papered, down to a skirting board at the horizon."""
    rng, h = sheet.rng, sheet.horizon
    colour = np.array(colour)
    sheet.shades(0, h, colour * 0.95, colour * 1.03)
    pattern = rng.random()
    other = np.clip(colour * pick(rng, (0.88, 1.1)), 0, 1)
    gap = rng.uniform(0.06, 0.14)
    if pattern < 0.3:
        for x in np.arange(0, sheet.wide, gap):
            sheet.block(x, 0, x + gap / 2, h, other)
    elif pattern < 0.5:
        for i, y in enumerate(np.arange(gap / 2, h, gap)):
            for x in np.arange(gap / 2 * (i % 2), sheet.wide, gap):
                sheet.blob(x, y, gap * 0.16, gap * 0.16, other)
    sheet.block(0, h - 0.035, sheet.wide, h, np.clip(colour * 1.25, 0, 0.97))


def _window(sheet, x, y, across, high):
    hour = sheet.hour
    sheet.block(x - across, y - high, x + across, y + high, (0.95, 0.94, 0.9))
    for dx in (-1, 1):
        for dy in (-1, 1):
            left, top = x + (dx - 1) * across / 2 + 0.012, y + (dy - 1) * high / 2 + 0.012
            box = (left, top, left + across - 0.024, top + high - 0.024)
            sheet.block(*box, hour.top if dy < 0 else hour.horizon, lit=False)
    cloth = hsv(sheet.rng.random(), 0.4, 0.8)
    for side in (-1, 1):
        near, far = x + side * (across + 0.05), x + side * across * 0.72
        sheet.block(min(near, far), y - high - 0.03, max(near, far), y + high + 0.04, cloth)


def _picture(sheet, x, y, size):
    rng = sheet.rng
    sheet.block(
        x - size,
        y - size * 0.8,
        x + size,
        y + size * 0.8,
        pick(rng, ((0.45, 0.3, 0.18), (0.9, 0.88, 0.8), (0.15, 0.15, 0.16))),
    )
    sheet.block(
        x - size * 0.85, y - size * 0.65, x + size * 0.85, y + size * 0.65, hsv(rng.random(), 0.3, 0.9)
    )
    sheet.blob(x + rng.uniform(-0.3, 0.3) * size, y, size * 0.35, size * 0.35, hsv(rng.random(), 0.6, 0.8))
    sheet.block(
        x - size * 0.85, y + size * 0.25, x + size * 0.85, y + size * 0.65, hsv(rng.random(), 0.5, 0.6)
    )


def _boards(sheet, wood):
    """A wooden floor whose boards run away from the viewer."""
    rng, h = sheet.rng, sheet.horizon
    wood = np.array(wood)
    sheet.shades(h, 1, wood * 0.92, wood * 1.04)
    middle = sheet.wide / 2
    edges = np.arange(-12, 13) * rng.uniform(0.14, 0.22) + rng.uniform(0, 0.1)
    for near, after in pairwise(edges):
        corners = [
            (middle + near * 0.45, h),
            (middle + after * 0.45, h),
            (middle + after, 1),
            (middle + near, 1),
        ]
        if rng.random() < 0.5:
            sheet.shape(corners, varied(rng, np.clip(wood, 0, 1), 0.09))
        sheet.line([corners[0], corners[3]], wood * 0.78, 0.003)


def _rug(sheet):
    rng, h = sheet.rng, sheet.horizon
    x, y = sheet.wide * rng.uniform(0.35, 0.65), h + (1 - h) * rng.uniform(0.5, 0.65)
    wide, high = sheet.wide * rng.uniform(0.3, 0.45), (1 - h) * rng.uniform(0.28, 0.38)
    for share in (1.0, 0.86, 0.6):
        sheet.blob(
            x, y, wide * share, high * share, hsv(rng.random(), rng.uniform(0.25, 0.6), rng.uniform(0.6, 0.9))
        )


def _room(sheet):
    rng, h = sheet.rng, sheet.horizon
    _wall(sheet, hsv(rng.random(), rng.uniform(0.05, 0.35), rng.uniform(0.72, 0.93)))
    spots = rng.permutation([0.2, 0.5, 0.8]) * sheet.wide
    if rng.random() < 0.6:
        _window(sheet, spots[0], h * 0.42, rng.uniform(0.09, 0.14), h * 0.32)
    if rng.random() < 0.6:
        _picture(sheet, spots[1], h * rng.uniform(0.3, 0.5), rng.uniform(0.06, 0.1))
    _boards(sheet, varied(rng, pick(rng, ((0.72, 0.53, 0.35), (0.55, 0.38, 0.25), (0.82, 0.7, 0.54))), 0.08))
    if rng.random() < 0.6:
        _rug(sheet)


def _playroom(sheet):
    rng, h = sheet.rng, sheet.horizon
    _wall(sheet, hsv(rng.random(), rng.uniform(0.15, 0.4), 0.92))
    left, wide = rng.uniform(0.02, 0.4) * sheet.wide, rng.uniform(0.4, 0.6) * sheet.wide
    wood = varied(rng, (0.85, 0.7, 0.5))
    sheet.block(left, h * 0.3, left + wide, h, np.array(wood) * 0.6)
    for y in (h * 0.3, h * 0.62, h - 0.02):
        sheet.block(left - 0.01, y, left + wide + 0.01, y + 0.02, wood)
        x = left + 0.02
        while x < left + wide - 0.07 and y > h * 0.4:
            size, tall = rng.uniform(0.015, 0.05), rng.uniform(0.05, h * 0.24)
            sheet.block(x, y - tall, x + size, y, hsv(rng.random(), 0.6, 0.85), round=0.006)
            x += size + rng.uniform(0.002, 0.03)
    tile, first, second = rng.uniform(0.22, 0.34), hsv(rng.random(), 0.35, 0.85), hsv(rng.random(), 0.35, 0.9)
    _tiles(sheet, tile, pick(rng, ((first, second), (first, np.array(first) * 0.94))))


def _kitchen(sheet):
    rng, h = sheet.rng, sheet.horizon
    wall, front = (
        hsv(rng.random(), 0.12, 0.93),
        np.array(hsv(rng.random(), rng.uniform(0.1, 0.45), rng.uniform(0.6, 0.95))),
    )
    sheet.shades(0, h, wall, wall)
    for y in np.arange(0, h * 0.6, 0.05):
        sheet.line([(0, y), (sheet.wide, y)], np.array(wall) * 0.9, 0.003)
    for x in np.arange(0, sheet.wide, 0.08):
        sheet.line([(x, 0), (x, h * 0.6)], np.array(wall) * 0.9, 0.003)
    sheet.block(0, h * 0.56, sheet.wide, h, front)
    sheet.block(0, h * 0.53, sheet.wide, h * 0.58, (0.8, 0.76, 0.7))
    for x in np.arange(rng.uniform(-0.2, 0), sheet.wide, 0.26):
        sheet.block(x + 0.012, h * 0.61, x + 0.248, h - 0.02, front * 0.93, round=0.01)
        sheet.block(x + 0.11, h * 0.66, x + 0.15, h * 0.675, (0.5, 0.5, 0.52))
    _tiles(
        sheet,
        rng.uniform(0.2, 0.3),
        ((0.92, 0.91, 0.88), pick(rng, ((0.3, 0.32, 0.36), (0.75, 0.6, 0.5), (0.6, 0.7, 0.75)))),
    )


def _tiles(sheet, size, colours):
    """A floor of square tiles in two colours, in perspective."""
    h, middle = sheet.horizon, sheet.wide / 2
    sheet.shades(h, 1, colours[0], colours[0])
    rows = [h + (1 - h) * (1 / (1 + 0.16 * k) - 1 / 3.0) / (1 - 1 / 3.0) for k in range(14)]
    rows = [y for y in rows if y > h] + [h]
    for k, (near, far) in enumerate(pairwise(rows)):
        spread = [0.4 + 0.6 * (y - h) / (1 - h) for y in (near, far)]
        for i in range(-9, 10):
            if (i + k) % 2:
                x = np.array((i, i + 1)) * size * 1.3
                a, b = middle + x * spread[0], middle + x * spread[1]
                sheet.shape([(a[0], near), (a[1], near), (b[1], far), (b[0], far)], colours[1])


def _studio(sheet):
    """A sweep of one colour, as photographers use."""
    rng, h = sheet.rng, sheet.horizon
    colour = np.array(hsv(rng.random(), rng.uniform(0.1, 0.5), rng.uniform(0.6, 0.92)))
    sheet.shades(0, h, colour * 0.82, colour)
    sheet.shades(h, h + 0.12, colour, colour * 1.05)
    sheet.shades(h + 0.12, 1, colour * 1.05, colour * 0.95)


_PAINTERS = {
    "meadow": _meadow,
    "street": _street,
    "beach": _beach,
    "snow": _snow,
    "forest": _forest,
    "desert": _desert,
    "park": _park,
    "room": _room,
    "playroom": _playroom,
    "kitchen": _kitchen,
    "studio": _studio,
}
