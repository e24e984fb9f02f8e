"""What varies between the trials of a sweep: ranges of numbers and lists of options, each written as text.

`0.0001..0.1` is a range, whose ends belong to it; `focal,asymmetric` is a list of options.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FLOAT, WHOLE, TEXT, FLAG = "a number", "a whole number", "a name", "yes or no"
KINDS = {
    "lr": FLOAT, "loss": TEXT, "epochs": WHOLE, "freeze_epochs": WHOLE, "weights": TEXT, "arch": TEXT, "size": WHOLE,
    "augment": FLAG, "weight_decay": FLOAT, "seed": WHOLE, "batch_size": WHOLE, "dropout": FLOAT, "hidden": WHOLE,
    "balance": FLAG, "resize": TEXT,
}  # fmt: skip
"""The fields of `TrainConfig` that may vary, and the kind of each."""

LOGARITHMIC = ("lr", "weight_decay")
"""Fields whose ranges are drawn from evenly on a logarithmic scale."""

GRID_POINTS = 4
"""So many values of a range are on a grid; a range of fewer whole numbers has all of them."""

_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_RANGE = re.compile(r"\s*(\S+?)\s*\.\.\s*(\S+)\s*")

Value = float | int | bool | str


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included."""

    name: str
    low: float
    high: float

    @property
    def is_whole(self) -> bool:
        return KINDS[self.name] == WHOLE

    @property
    def is_logarithmic(self) -> bool:
        return self.name in LOGARITHMIC

    @property
    def extremes(self) -> tuple[Value, ...]:
        """The values that show whether a configuration may have all the others."""
        return (self.low, self.high)

    @property
    def grid(self) -> tuple[Value, ...]:
        """The values of a grid, in order."""
        if self.is_whole and self.high - self.low < GRID_POINTS:
            return tuple(range(int(self.low), int(self.high) + 1))
        shares = [step / (GRID_POINTS - 1) for step in range(GRID_POINTS)]
        values = [self._at(share) for share in shares]
        return tuple(dict.fromkeys(round(value) for value in values)) if self.is_whole else tuple(values)

    def _at(self, share: float) -> float:
        if share in (0, 1):
            return self.high if share else self.low
        if self.is_logarithmic:
            return math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        return self.low + share * (self.high - self.low)

    def __str__(self) -> str:
        return f"{self.low!r}..{self.high!r}"


@dataclass(frozen=True)
class Choice:
    """A list of options."""

    name: str
    options: tuple[Value, ...]

    @property
    def extremes(self) -> tuple[Value, ...]:
        """The values that show whether a configuration may have all the others."""
        return self.options

    @property
    def grid(self) -> tuple[Value, ...]:
        """The values of a grid, in order."""
        return self.options

    def __str__(self) -> str:
        return ",".join(_written(option) for option in self.options)


Dimension = Range | Choice


def parse(name: str, text: str) -> Dimension:
    """What varies, from text such as `0.001..0.1` or `yes,no`. Raises ValueError with part of a sentence.

    >>> [round(value, 4) for value in parse("lr", "0.001..0.1").grid]
    [0.001, 0.0046, 0.0215, 0.1]
    >>> str(parse("augment", "yes, no"))
    'yes,no'
    """
    if name not in KINDS:
        raise ValueError(f"{name!r} cannot vary: choose among {', '.join(KINDS)}")
    if between := _RANGE.fullmatch(text):
        return _range(name, *between.groups())
    options = tuple(dict.fromkeys(_value(name, part.strip()) for part in text.split(",") if part.strip()))
    if not options:
        raise ValueError(f"{name} needs a range such as 0.001..0.1 or options such as a,b")
    return Choice(name, options)


def parse_all(vary: Mapping[str, str]) -> tuple[tuple[Dimension, ...], list[str]]:
    """All that varies, and every problem with it."""
    dimensions, problems = [], []
    for name, text in vary.items():
        try:
            dimensions.append(parse(name, str(text)))
        except ValueError as error:
            problems.append(str(error))
    return tuple(dimensions), problems


def combinations(dimensions: Iterable[Dimension]) -> int:
    """How many combinations the grid has."""
    return math.prod(len(dimension.grid) for dimension in dimensions)


def _range(name: str, low_text: str, high_text: str) -> Range:
    if KINDS[name] not in (FLOAT, WHOLE):
        raise ValueError(f"{name} takes options such as a,b, not a range")
    low, high = _value(name, low_text), _value(name, high_text)
    assert not isinstance(low, str) and not isinstance(high, str)
    if not low < high:
        raise ValueError(f"{name} needs a range with the lower number first, but has {low!r}..{high!r}")
    if name in LOGARITHMIC and low <= 0:
        raise ValueError(f"{name} needs a range above 0, but begins at {low!r}")
    return Range(name, low, high)


def _value(name: str, text: str) -> Value:
    kind = KINDS[name]
    try:
        if kind == FLAG:
            return _FLAGS[text.casefold()]
        value: Value = text if kind == TEXT else int(text) if kind == WHOLE else float(text)
    except (KeyError, ValueError) as error:
        raise ValueError(f"{name} should be {kind}, but is {text!r}") from error
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} should be {kind}, but is {text!r}")
    return value


def _written(option: Value) -> str:
    return ("yes" if option else "no") if isinstance(option, bool) else str(option)
