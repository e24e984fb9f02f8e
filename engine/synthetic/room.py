"""Rooms that people sit in: a wall with its furniture, seen a little out of focus, and the light in front of it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from engine.synthetic.camera import Camera

WALL_MM = 2500.0
FLOOR_MM = 1150.0
OVERSAMPLING = 2
WALLS = (
    (214, 204, 188), (188, 206, 214), (204, 190, 206), (196, 212, 188), (232, 214, 176), (176, 186, 200),
    (222, 188, 168), (150, 172, 166), (122, 134, 156), (226, 222, 214), (168, 122, 104), (96, 116, 124),
)  # fmt: skip
WALL_STYLES = ("plain", "plain", "stripes", "panel", "bricks", "dots", "planks")
THINGS = ("window", "wall_shelf", "plant", "lamp", "poster", "clock", "frames", "door", "curtain", "bookcase")
WOOD = ((150, 104, 66), (108, 72, 48), (196, 156, 110), (230, 224, 214), (70, 60, 58))
BRIGHT = (
    (196, 70, 58), (222, 158, 60), (66, 120, 140), (84, 130, 92), (126, 84, 128), (232, 222, 200), (58, 72, 108),
    (210, 120, 120),
)  # fmt: skip


@dataclass(frozen=True)
class Room:
    """A wall, the things in front of it, and the light: a direction in camera space towards the lamp."""

    wall: tuple[int, int, int]
    style: str
    things: tuple[tuple[str, float, int], ...]
    light: tuple[float, float, float]
    light_colour: tuple[float, float, float]
    ambient: float
    rim: tuple[float, float, float]
    rim_colour: tuple[float, float, float]


def _wall_colour(rng: np.random.Generator) -> tuple[int, int, int]:
    colour = np.array(WALLS[rng.integers(len(WALLS))]) + rng.normal(0, 7, 3)
    red, green, blue = (int(value) for value in np.clip(colour, 0, 255))
    return red, green, blue


def room(rng: np.random.Generator) -> Room:
    """A new room from a random generator."""
    side = rng.choice([-1, 1])
    warmth = rng.uniform(-1, 1)
    kinds = rng.permutation(THINGS)[: rng.integers(3, 5)]
    places = np.linspace(-1450, 1450, len(kinds)) + rng.uniform(-140, 140, len(kinds))
    return Room(
        wall=_wall_colour(rng),
        style=str(rng.choice(WALL_STYLES)),
        things=tuple(
            (str(k), float(x), int(rng.integers(2**31))) for k, x in zip(kinds, places, strict=True)
        ),
        light=(float(side * rng.uniform(0.35, 0.8)), float(-rng.uniform(0.35, 0.75)), -0.75),
        light_colour=(1.0 + 0.07 * warmth, 1.0, 1.0 - 0.10 * warmth),
        ambient=rng.uniform(0.34, 0.5),
        rim=(float(-side * rng.uniform(0.6, 0.9)), -0.35, float(rng.uniform(0.45, 0.7))),
        rim_colour=(1.0 - 0.15 * warmth, 1.0, 1.0 + 0.18 * warmth),
    )


@lru_cache(maxsize=32)
def backdrop(room: Room, camera: Camera) -> np.ndarray:
    """The empty room: (height, width, 3) float32 sRGB in 0..1."""
    scale = OVERSAMPLING
    width, height = camera.size_wh
    large = camera.resized((width * scale, height * scale))
    image = Image.new("RGB", large.size_wh, room.wall)
    wall = _Wall(ImageDraw.Draw(image), large)
    _STYLES[room.style](wall, room)
    _skirting(wall, room)
    image = image.filter(ImageFilter.GaussianBlur(0.35 * scale * width / 320))
    wall.draw = ImageDraw.Draw(image)
    for kind, x, seed in room.things:
        _DRAW[kind](wall, x, np.random.default_rng(seed))
    image = image.filter(ImageFilter.GaussianBlur(1.5 * scale * width / 320))
    image = image.resize((width, height), Image.Resampling.BOX)
    pixels = np.asarray(image, np.float32) / 255 * _lighting(room, width, height)
    pixels.flags.writeable = False
    return np.clip(pixels, 0, 1)


def _lighting(room: Room, width: int, height: int) -> np.ndarray:
    """Brighter towards the lamp, darker in the corners."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
    glow = 0.9 + 0.16 * (room.light[0] * x + room.light[1] * y) - 0.09 * (x * x + y * y)
    return glow * np.array(room.light_colour, np.float32)


class _Wall:
    """A pencil that works in millimetres on the wall, x to the right and y down from the camera's axis."""

    def __init__(self, draw: ImageDraw.ImageDraw, camera: Camera):
        self.draw, self.camera = draw, camera

    def px(self, x: float, y: float) -> tuple[float, float]:
        c = self.camera
        return x * c.fx / WALL_MM + c.cx, y * c.fy / WALL_MM + c.cy

    def box(self, x0, y0, x1, y1, colour, round_mm=0.0):
        corners = [self.px(x0, y0), self.px(x1, y1)]
        radius = round_mm * self.camera.fx / WALL_MM
        self.draw.rounded_rectangle(corners, radius, fill=colour)

    def oval(self, x, y, rx, ry, colour):
        self.draw.ellipse([self.px(x - rx, y - ry), self.px(x + rx, y + ry)], fill=colour)

    def shape(self, points, colour):
        self.draw.polygon([self.px(*p) for p in points], fill=colour)

    def line(self, points, width_mm, colour):
        width = max(1, round(width_mm * self.camera.fx / WALL_MM))
        self.draw.line([self.px(*p) for p in points], fill=colour, width=width, joint="curve")


def _shade(colour, factor: float) -> tuple[int, int, int]:
    red, green, blue = (int(min(255, c * factor)) for c in colour)
    return red, green, blue


def _one(rng, colours):
    return colours[rng.integers(len(colours))]


# ---- walls


def _plain(wall: _Wall, room: Room):
    pass


def _stripes(wall: _Wall, room: Room):
    for x in range(-2400, 2400, 240):
        wall.box(x, -2000, x + 120, 2000, _shade(room.wall, 0.94))


def _panel(wall: _Wall, room: Room):
    wall.box(-3000, 250, 3000, 2000, _shade(room.wall, 0.82))
    wall.box(-3000, 225, 3000, 265, _shade(room.wall, 1.1))
    for x in range(-2400, 2400, 420):
        wall.box(x, 340, x + 340, 900, _shade(room.wall, 0.76))
        wall.box(x + 12, 352, x + 328, 888, _shade(room.wall, 0.84))


def _bricks(wall: _Wall, room: Room):
    rng = np.random.default_rng(sum(room.wall))
    wall.box(-3000, -2000, 3000, 2000, _shade(room.wall, 1.08))
    for row, y in enumerate(range(-1600, 1600, 100)):
        for x in range(-2400 - 130 * (row % 2), 2400, 260):
            wall.box(x, y, x + 244, y + 86, _shade(room.wall, rng.uniform(0.86, 1.0)))


def _dots(wall: _Wall, room: Room):
    for row, y in enumerate(range(-1600, 1600, 150)):
        for x in range(-2400 - 90 * (row % 2), 2400, 180):
            wall.oval(x, y, 26, 26, _shade(room.wall, 0.9 if (x // 180 + row) % 3 else 1.12))


def _planks(wall: _Wall, room: Room):
    rng = np.random.default_rng(sum(room.wall))
    for x in range(-2400, 2400, 170):
        wall.box(x, -2000, x + 164, 2000, _shade(room.wall, rng.uniform(0.9, 1.02)))
        wall.box(x + 162, -2000, x + 170, 2000, _shade(room.wall, 0.75))


def _skirting(wall: _Wall, room: Room):
    wall.box(-3000, FLOOR_MM - 110, 3000, FLOOR_MM, _shade(room.wall, 1.12))
    wall.box(-3000, FLOOR_MM, 3000, 2600, _shade((150, 118, 90), 0.7 + 0.3 * sum(room.wall) / 765))


# ---- things, each at its own x


def _window(wall: _Wall, x: float, rng):
    frame = _one(rng, ((240, 238, 232), (120, 88, 62), (84, 92, 96)))
    wall.box(x - 480, -900, x + 480, 250, frame)
    sky = _one(rng, ((176, 208, 234), (232, 214, 196), (120, 150, 190)))
    wall.box(x - 430, -850, x + 430, 190, sky)
    wall.box(x - 430, -850, x + 430, -450, _shade(sky, 0.92))
    green = _one(rng, ((104, 140, 96), (130, 150, 90), (92, 120, 120)))
    for _ in range(4):
        wall.oval(
            x + rng.uniform(-330, 330),
            rng.uniform(0, 120),
            rng.uniform(90, 150),
            150,
            _shade(green, rng.uniform(0.8, 1.1)),
        )
    wall.box(x - 430, 110, x + 430, 190, _shade(green, 0.8))
    wall.box(x - 520, 190, x + 520, 270, _shade(frame, 0.97))
    wall.box(x - 22, -860, x + 22, 200, frame)
    wall.box(x - 440, -350, x + 440, -310, frame)


def _books(wall: _Wall, x0: float, x1: float, y: float, rng, tallest: float):
    x = x0
    while x < x1 - 60:
        thick, tall = rng.uniform(26, 60), rng.uniform(0.6, 0.95) * tallest
        if rng.uniform() < 0.12:
            x += 90
            continue
        colour = _shade(_one(rng, BRIGHT), rng.uniform(0.75, 1.05))
        wall.box(x, y - tall, x + thick, y, colour)
        wall.box(x, y - 0.8 * tall, x + thick, y - 0.72 * tall, _shade(colour, 1.25))
        x += thick + 3


def _shelf(wall: _Wall, x: float, rng):
    wood = _one(rng, WOOD)
    for y in (-560, -170):
        _books(wall, x - 380, x + 380, y, rng, 270)
        wall.box(x - 430, y, x + 430, y + 34, wood)
        wall.box(x - 430, y + 34, x + 430, y + 60, _shade(wood, 0.7))


def _bookcase(wall: _Wall, x: float, rng):
    wood = _one(rng, WOOD)
    wall.box(x - 460, -980, x + 460, FLOOR_MM, wood)
    for y in range(-940, 1000, 340):
        wall.box(x - 415, y, x + 415, y + 300, _shade(wood, 0.62))
        _books(wall, x - 405, x + 405, y + 300, rng, 280)


def _plant(wall: _Wall, x: float, rng):
    green = _one(rng, ((74, 122, 72), (96, 146, 84), (58, 104, 88)))
    pot = _one(rng, BRIGHT)
    top = rng.uniform(350, 500)
    for _ in range(26):
        angle, length = rng.uniform(-1.35, 1.35), rng.uniform(330, 760)
        tip = (x + length * np.sin(angle), top - length * np.cos(angle))
        middle = (x + 0.5 * length * np.sin(0.6 * angle), top - 0.6 * length * np.cos(0.6 * angle))
        across = rng.uniform(35, 70)
        sides = [(middle[0] - across, middle[1] - 20), tip, (middle[0] + across, middle[1] + 20), (x, top)]
        wall.shape(sides, _shade(green, rng.uniform(0.65, 1.25)))
    wall.shape([(x - 170, top - 10), (x + 170, top - 10), (x + 120, top + 360), (x - 120, top + 360)], pot)
    wall.box(x - 190, top - 30, x + 190, top + 50, _shade(pot, 1.12))
    wall.box(x - 230, top + 360, x + 230, top + 400, (120, 90, 66))
    wall.box(x - 200, top + 400, x - 170, 1700, (100, 74, 54))
    wall.box(x + 170, top + 400, x + 200, 1700, (100, 74, 54))


def _lamp(wall: _Wall, x: float, rng):
    shade = _one(rng, ((250, 226, 170), (244, 204, 160), (250, 240, 214), (226, 150, 110)))
    y = rng.uniform(-600, -380)
    wall.box(x - 14, y + 150, x + 14, 1500, (70, 62, 58))
    wall.shape([(x - 130, y - 170), (x + 130, y - 170), (x + 230, y + 180), (x - 230, y + 180)], shade)
    wall.shape(
        [(x - 60, y - 165), (x + 60, y - 165), (x + 110, y + 175), (x - 110, y + 175)], _shade(shade, 1.1)
    )


def _poster(wall: _Wall, x: float, rng):
    back, front, third = (BRIGHT[i] for i in rng.choice(len(BRIGHT), 3, replace=False))
    y = rng.uniform(-450, -250)
    wall.box(x - 320, y - 440, x + 320, y + 440, (52, 48, 46))
    wall.box(x - 300, y - 420, x + 300, y + 420, (238, 234, 226))
    wall.box(x - 260, y - 380, x + 260, y + 380, back)
    if rng.uniform() < 0.5:
        wall.oval(x + rng.uniform(-80, 80), y - 120, 150, 150, front)
        wall.shape([(x - 260, y + 380), (x - 60, y + 40), (x + 90, y + 380)], third)
        wall.shape([(x - 90, y + 380), (x + 130, y + 110), (x + 260, y + 380)], _shade(third, 0.8))
    else:
        for i in range(4):
            wall.box(
                x - 210, y - 320 + 170 * i, x + rng.uniform(0, 210), y - 230 + 170 * i, (front, third)[i % 2]
            )


def _clock(wall: _Wall, x: float, rng):
    rim = _one(rng, ((50, 48, 50), (190, 80, 60), (200, 170, 110)))
    y = -430
    wall.oval(x, y, 215, 215, rim)
    wall.oval(x, y, 182, 182, (244, 242, 234))
    for i in range(12):
        c, s = np.cos(i * np.pi / 6), np.sin(i * np.pi / 6)
        wall.line([(x + 140 * c, y + 140 * s), (x + 168 * c, y + 168 * s)], 14, (60, 58, 60))
    for length, width in ((90, 26), (140, 18)):
        angle = rng.uniform(0, 2 * np.pi)
        wall.line([(x, y), (x + length * np.cos(angle), y + length * np.sin(angle))], width, (40, 38, 40))
    cupboard = _one(rng, WOOD)
    wall.box(x - 420, 420, x + 420, FLOOR_MM, cupboard)
    wall.box(x - 450, 400, x + 450, 440, _shade(cupboard, 0.8))
    wall.box(x - 6, 460, x + 6, FLOOR_MM, _shade(cupboard, 0.7))
    wall.oval(x + rng.uniform(-250, 250), 330, 70, 80, _one(rng, BRIGHT))


def _frames(wall: _Wall, x: float, rng):
    for dx, dy, w, h in (
        (-250, -380, 190, 240),
        (210, -470, 200, 150),
        (180, -60, 160, 190),
        (-240, 90, 220, 150),
    ):
        frame, art = _one(rng, WOOD), _one(rng, BRIGHT)
        wall.box(x + dx - w, dy - h, x + dx + w, dy + h, frame)
        wall.box(x + dx - w + 26, dy - h + 26, x + dx + w - 26, dy + h - 26, (240, 238, 230))
        wall.box(x + dx - w + 70, dy - h + 70, x + dx + w - 70, dy + h - 70, art)
        wall.oval(x + dx, dy, 0.4 * w, 0.4 * h, _shade(_one(rng, BRIGHT), 1.1))


def _door(wall: _Wall, x: float, rng):
    colour = _one(rng, (*WOOD, (84, 112, 124), (150, 160, 140)))
    wall.box(x - 500, -950, x + 500, FLOOR_MM, _shade(colour, 1.15))
    wall.box(x - 430, -880, x + 430, FLOOR_MM, colour)
    for dx in (-200, 200):
        for y0, y1 in ((-780, -250), (-130, 380), (500, 1000)):
            wall.box(x + dx - 150, y0, x + dx + 150, y1, _shade(colour, 0.8))
            wall.box(x + dx - 130, y0 + 24, x + dx + 150, y1, _shade(colour, 0.93))
    wall.oval(x + 370, 130, 36, 36, (206, 176, 108))


def _curtain(wall: _Wall, x: float, rng):
    colour = _one(rng, BRIGHT)
    wall.box(x - 560, -1060, x + 560, -1030, (80, 70, 62))
    for i, dx in enumerate(range(-520, 520, 65)):
        wall.box(x + dx, -1030, x + dx + 66, FLOOR_MM, _shade(colour, (0.78, 0.95, 1.08, 0.9)[i % 4]))


_STYLES = {
    "plain": _plain,
    "stripes": _stripes,
    "panel": _panel,
    "bricks": _bricks,
    "dots": _dots,
    "planks": _planks,
}
_DRAW = {
    "window": _window,
    "wall_shelf": _shelf,
    "plant": _plant,
    "lamp": _lamp,
    "poster": _poster,
    "clock": _clock,
    "frames": _frames,
    "door": _door,
    "curtain": _curtain,
    "bookcase": _bookcase,
}
