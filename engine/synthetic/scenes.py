"""Scenes of toy figures in drawn places: what stands where is a record, and drawing it is a pure function."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from engine.synthetic import backgrounds, clutter, creatures, things
from engine.synthetic.backgrounds import INDOORS, OUTDOORS, PLACES, Background, random_background
from engine.synthetic.sdf import Light, Solid
from engine.synthetic.sprites import Camera, Sprite, extent, sprite

_BUILDERS = {
    "bear": creatures.bear,
    "bicycle": things.bicycle,
    "bird": creatures.bird,
    "boat": things.boat,
    "bus": things.bus,
    "car": things.car,
    "cat": creatures.cat,
    "chair": things.chair,
    "dog": creatures.dog,
    "horse": creatures.horse,
    "person": creatures.person,
    "sheep": creatures.sheep,
}
KINDS: tuple[str, ...] = tuple(sorted(_BUILDERS))
CLUTTER = {
    "tree": clutter.tree,
    "fir": clutter.fir,
    "ball": clutter.ball,
    "blocks": clutter.blocks,
    "mushroom": clutter.mushroom,
    "plant": clutter.plant,
    "house": clutter.house,
    "rock": clutter.rock,
    "parasol": clutter.parasol,
}
SAMPLE, FRESH, APP = 1, 2, 3
SMALLEST = 0.18
MOST_HIDDEN = 0.5
ELEVATION = 13.0

_OFTEN = dict(zip(KINDS, (7.5, 6.5, 6, 5, 5, 9, 8.5, 8, 10, 6.5, 19, 5), strict=True))
_TOGETHER = {
    "person": {"dog": 4, "bicycle": 4, "horse": 3, "chair": 3, "cat": 2, "boat": 2},
    "dog": {"person": 4, "cat": 3, "bear": 2},
    "cat": {"chair": 4, "dog": 3, "bird": 2},
    "bear": {"bird": 2, "dog": 2},
    "car": {"bus": 6, "person": 2, "bicycle": 3},
    "bus": {"car": 5, "person": 3, "bicycle": 2},
    "bicycle": {"person": 4, "car": 2, "bus": 2},
    "horse": {"person": 3, "sheep": 3, "dog": 2},
    "sheep": {"sheep": 5, "dog": 3, "horse": 3},
    "chair": {"cat": 4, "person": 3, "chair": 3},
    "boat": {"person": 4, "bird": 4},
    "bird": {"bird": 3, "cat": 2, "boat": 2},
}
_AT_HOME = {
    "bear": ("forest", "snow", "playroom", "meadow"),
    "bicycle": ("street", "park", "street"),
    "bird": ("meadow", "park", "beach", "forest"),
    "boat": ("beach", "beach", "playroom"),
    "bus": ("street", "street", "desert"),
    "car": ("street", "street", "desert", "playroom"),
    "cat": ("room", "kitchen", "street", "park"),
    "chair": ("room", "kitchen", "studio", "room"),
    "dog": ("park", "room", "meadow", "beach", "snow"),
    "horse": ("meadow", "desert", "beach", "meadow"),
    "person": (*OUTDOORS, *INDOORS),
    "sheep": ("meadow", "meadow", "park", "snow"),
}
_STANDS = {
    "meadow": ("tree", "rock", "house", "mushroom", "ball"),
    "street": ("tree", "plant", "ball"),
    "beach": ("ball", "parasol", "rock", "blocks", "parasol"),
    "snow": ("fir", "house", "rock"),
    "forest": ("mushroom", "rock", "tree", "fir"),
    "desert": ("rock", "ball"),
    "park": ("tree", "ball", "plant", "mushroom"),
    "room": ("plant", "ball", "blocks"),
    "playroom": ("ball", "blocks", "house"),
    "kitchen": ("plant", "ball"),
    "studio": ("ball", "blocks", "plant", "mushroom"),
}
_FIRST_COME = (
    "bear",
    "dog",
    "cat",
    "horse",
    "person",
    "car",
    "bird",
    "chair",
    "bicycle",
    "sheep",
    "bus",
    "boat",
)
_DEPTHS = dict.fromkeys(KINDS, (0.2, 0.8)) | {
    "bus": (0.0, 0.25),
    "boat": (0.0, 0.3),
    "horse": (0.1, 0.5),
    "car": (0.1, 0.5),
    "dog": (0.6, 1.0),
    "cat": (0.6, 1.0),
    "bird": (0.5, 1.0),
}
_COUNTS = (0.08, 0.44, 0.31, 0.125, 0.045)


@dataclass(frozen=True)
class Thing:
    """A figure and where its foot stands (fractions of width and height).

    `scale` is how many image units (the shorter side is 1) one unit of the figure takes; `turn` in degrees is 0
    towards the viewer; `seed` decides colours and pose.
    """

    kind: str
    x: float
    y: float
    scale: float
    turn: float
    seed: int


@dataclass(frozen=True)
class SceneSpec:
    """Everything that decides an image: its size, the place and hour, the light, and the things in it."""

    size_wh: tuple[int, int]
    background: Background
    light: Light
    things: tuple[Thing, ...]


def labels(spec: SceneSpec) -> list[str]:
    """The kinds that the scene holds, sorted, each once; things outside the vocabulary do not count."""
    return sorted({thing.kind for thing in spec.things} & set(KINDS))


def draw(spec: SceneSpec) -> Image.Image:
    """The image of the scene, RGB; the same spec gives the same pixels."""
    light = backgrounds.paint(spec.background, spec.size_wh)
    sprites = [_sprite(spec, thing) for thing in _from_back(spec)]
    for each in sprites:
        _under(light, each.shadow, each.shadow_corner, round(spec.background.horizon * spec.size_wh[1]))
    for each in sprites:
        _over(light, each)
    return Image.fromarray(_developed(light))


def random_spec(
    rng: np.random.Generator, size_wh=(160, 120), kinds: Sequence[str] | None = None
) -> SceneSpec:
    """A scene by chance; `kinds` says what is in it (a kind may come twice), otherwise chance does that too.

    Where there is no room for a thing it is left out, so ask `labels` what the scene holds.
    """
    kinds = list(kinds) if kinds is not None else _random_kinds(rng)
    background = random_background(rng, _random_place(rng, kinds))
    some = (0.6, 0.3, 0.1, 0) if kinds else (0.15, 0.4, 0.3, 0.15)
    extra = [str(kind) for kind in rng.choice(_STANDS[background.place], rng.choice(4, p=some))]
    placed = _placed(rng, size_wh, background, kinds, extra)
    return SceneSpec(tuple(size_wh), background, backgrounds.light_of(background), placed)


def spec_with(kinds: Sequence[str], seed: int, size_wh=(480, 360)) -> SceneSpec:
    """The scene of a seed with just these kinds in it; each kind has its own place, whatever else is there.

    Unknown kinds are a ValueError. Adding or removing a kind changes nothing else in the scene.
    """
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise ValueError(f"kinds must be among {', '.join(KINDS)}; got {', '.join(unknown)}")
    rng = np.random.default_rng((APP, seed))
    background = random_background(rng, str(rng.choice(PLACES)))
    slots = _slots(rng, background, size_wh)
    chosen = tuple(slots[kind] for kind in sorted(set(kinds)))
    return SceneSpec(tuple(size_wh), background, backgrounds.light_of(background), chosen)


def fresh(seed: int, count: int, size_wh=(160, 120)) -> Iterator[tuple[Image.Image, list[str]]]:
    """Newly drawn scenes with their labels for training; never one of the bundled sample.

    A third of them stand upright (width and height change places). Image i depends on `seed` and i only.
    """
    for i in range(count):
        spec = stream_spec(FRESH, seed, i, size_wh)
        yield draw(spec), labels(spec)


def stream_spec(stream: int, seed: int, index: int, size_wh) -> SceneSpec:
    """Scene number `index` of a stream of random scenes: `SAMPLE` for the bundled set, `FRESH` for training."""
    rng = np.random.default_rng((stream, seed, index))
    width, height = size_wh
    return random_spec(rng, (height, width) if rng.random() < 1 / 3 else (width, height))


@lru_cache(maxsize=64)
def figure(kind: str, seed: int) -> Solid:
    """The solid of a kind, its colours and pose decided by the seed."""
    return (_BUILDERS | CLUTTER)[kind](np.random.default_rng((seed, 7)))


def _camera(thing: Thing, size_wh) -> Camera:
    foot = thing.x * size_wh[0], thing.y * size_wh[1]
    return Camera(foot, thing.scale * min(size_wh), ELEVATION, thing.turn)


def _sprite(spec: SceneSpec, thing: Thing) -> Sprite:
    hardness = backgrounds.hour_of(spec.background).shadow
    return sprite(
        figure(thing.kind, thing.seed), _camera(thing, spec.size_wh), spec.light, spec.size_wh, hardness
    )


def _from_back(spec: SceneSpec) -> list[Thing]:
    return sorted(spec.things, key=lambda thing: (thing.y, thing.x))


def _window(image, corner, shape):
    return image[corner[1] : corner[1] + shape[0], corner[0] : corner[0] + shape[1]]


def _under(light, shadow, corner, horizon_row):
    """Darken the ground, and nothing above its far edge."""
    above = max(horizon_row - corner[1], 0)
    _window(light, corner, shadow.shape)[above:] *= 1 - 0.85 * shadow[above:, :, None]


def _over(light, each: Sprite):
    cover = each.cover[..., None]
    window = _window(light, each.corner, each.cover.shape)
    window[...] = window * (1 - cover) + each.colour * cover


def _developed(light) -> np.ndarray:
    """Linear light as 8-bit sRGB, with soft shoulders so that highlights keep their colour."""
    soft = np.where(light > 0.7, 0.7 + 0.3 * np.tanh((light - 0.7) / 0.3), light)
    return (np.clip(soft, 0, 1) ** np.float32(1 / 2.2) * 255 + 0.5).astype(np.uint8)


def _random_kinds(rng) -> list[str]:
    count = int(rng.choice(len(_COUNTS), p=_COUNTS))
    kinds: list[str] = []
    while len(kinds) < count:
        liking = _TOGETHER[kinds[0]] if kinds else {}
        weights = np.array([_OFTEN[kind] * liking.get(kind, 0.15 if kind in kinds else 1) for kind in KINDS])
        kinds.append(str(rng.choice(KINDS, p=weights / weights.sum())))
    return kinds


def _random_place(rng, kinds) -> str:
    if kinds and rng.random() < 0.7:
        return str(rng.choice(_AT_HOME[kinds[0]]))
    return str(rng.choice(PLACES))


def _random_turn(rng, kind) -> float:
    """Seldom straight from behind; long things seldom from the front."""
    side = rng.choice((-1, 1))
    if kind in ("bicycle", "bus", "car", "horse", "boat"):
        return float(side * rng.choice((rng.uniform(25, 80), rng.uniform(80, 150)), p=(0.7, 0.3)))
    return float(side * rng.choice((rng.uniform(0, 85), rng.uniform(85, 150)), p=(0.85, 0.15)))


@dataclass(frozen=True)
class _Cutout:
    """A figure that has been chosen and turned, not placed: how far it reaches from its foot at scale 1.

    Left, top, right and bottom in shorter sides of the image.
    """

    kind: str
    turn: float
    seed: int
    reach: np.ndarray

    def at(self, x, y, scale) -> Thing:
        return Thing(
            self.kind, round(float(x), 4), round(float(y), 4), round(float(scale), 4), self.turn, self.seed
        )

    def box(self, thing: Thing, size_wh) -> np.ndarray:
        """Left, top, right, bottom in pixels of this figure placed as `thing`."""
        foot = np.array((thing.x * size_wh[0], thing.y * size_wh[1]) * 2)
        return foot + self.reach * thing.scale * min(size_wh)

    def scale(self, depth, zoom, size_wh) -> float:
        """As large as its depth (0 far, 1 near) says, yet neither too small to tell nor too large to fit."""
        wide, high = self.reach[2] - self.reach[0], self.reach[3] - self.reach[1]
        least = max(SMALLEST / min(1.8 * wide, high), 1.2 * SMALLEST / np.sqrt(wide * high))
        most = min(0.82 * size_wh[0] / wide, 0.82 * size_wh[1] / high) / min(size_wh)
        return min(max(zoom * (0.6 + 0.4 * depth), least), most)


def _cutout(rng, kind: str, most_turned: float = 180) -> _Cutout:
    turn = round(float(np.clip(_random_turn(rng, kind), -most_turned, most_turned)), 1)
    seed = int(rng.integers(2**31))
    camera = Camera((0.0, 0.0), 100.0, ELEVATION, turn)
    return _Cutout(kind, turn, seed, np.array(extent(figure(kind, seed), camera)) / 100)


def _area(box) -> float:
    return max(box[2] - box[0], 0) * max(box[3] - box[1], 0)


def _common(a, b) -> float:
    return _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def _placed(rng, size_wh, background, kinds, extra) -> tuple[Thing, ...]:
    """Find places, thing by thing: inside the frame, often overlapping a little, never hiding much."""
    zoom = rng.uniform(0.27, 0.47) * (1.12 if len(kinds) == 1 else 0.9 if len(kinds) > 2 else 1)
    placed: list[tuple[Thing, np.ndarray]] = []
    for kind in [*kinds, *extra]:
        cutout, wanted = _cutout(rng, kind), rng.choice((0.0, rng.uniform(0.15, 0.4)))
        depths = rng.beta(1.6, 1.3, 40)
        candidates = [_try(rng, cutout, background.horizon, zoom, size_wh, depth) for depth in depths]
        costs = [_cost(thing, box, placed, wanted, size_wh) for thing, box in candidates]
        best = int(np.argmin(costs))
        if costs[best] < (1.2 if kind in KINDS else 0.4):
            placed.append(candidates[best])
    return tuple(thing for thing, _ in placed)


def _try(rng, cutout, horizon, zoom, size_wh, depth) -> tuple[Thing, np.ndarray]:
    y = horizon + 0.1 + (0.86 - horizon) * depth
    thing = cutout.at(rng.uniform(0.08, 0.92), y, cutout.scale(depth, zoom, size_wh))
    return thing, cutout.box(thing, size_wh)


def _cost(thing, box, placed, wanted, size_wh) -> float:
    """How bad a place is: what lies outside the frame, an overlap that is not as wanted, too much hidden."""
    outside = 1 - _common(box, (0, 0, *size_wh)) / _area(box)
    overlaps = [_common(box, other) / min(_area(box), _area(other)) for _, other in placed]
    everything = [*placed, (thing, box)]
    hidden = max(_hidden(each, everything) for each in everything)
    return 6 * outside + abs(max(overlaps, default=wanted) - wanted) + 4 * (hidden > MOST_HIDDEN)


def _hidden(each, everything) -> float:
    """At most this share of a thing's rectangle lies behind nearer ones."""
    thing, box = each
    return sum(_common(box, other) for nearer, other in everything if nearer.y > thing.y) / _area(box)


def _slots(rng, background, size_wh) -> dict[str, Thing]:
    """A place of its own for every kind: large kinds further back; the first few have the most room."""
    zoom = 0.33 * min(1.0, 0.75 * size_wh[0] / size_wh[1])
    placed: list[tuple[Thing, np.ndarray]] = []
    for kind in _FIRST_COME:
        cutout, (far, near) = _cutout(rng, kind, most_turned=75), _DEPTHS[kind]
        depths = rng.uniform(far, near, 60)
        candidates = [_try(rng, cutout, background.horizon, zoom, size_wh, depth) for depth in depths]
        costs = [_cost(thing, box, placed, 0.0, size_wh) for thing, box in candidates]
        placed.append(candidates[int(np.argmin(costs))])
    return {thing.kind: thing for thing, _ in placed}
