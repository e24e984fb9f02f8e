"""The results of one Label Studio annotation: choices about the image, and regions with labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.data.formats.objects.numbers import finite
from engine.data.formats.tools.annotated_images import Point, middle

REGIONS = (
    *("rectanglelabels", "polygonlabels", "keypointlabels", "ellipselabels", "brushlabels", "labels"),
    *("polylinelabels", "bitmasklabels", "hypertextlabels"),
)


@dataclass(frozen=True)
class Result:
    """What one tag of the labelling page gave: labels, and for a region its place in percent of the image."""

    tag: str
    labels: tuple[str, ...]
    is_region: bool = False
    place: Point | None = None


def results_of(listed: Any) -> Iterator[Result]:
    """The results in the "result" list of an annotation; ratings and texts are none."""
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and isinstance(one.get("value"), dict):
            yield from _result(str(one.get("from_name") or one.get("type") or ""), one["value"])


def results_of_column(name: str, value: Any) -> Iterator[Result]:
    """The results in a column of JSON-MIN or CSV: a word, several choices, or a list of regions."""
    if isinstance(value, str):
        if value.strip():
            yield Result(name, (value,))
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield from _result(name, one)
        elif isinstance(one, str):
            yield Result(name, (one,))


def _result(tag: str, value: dict[str, Any]) -> Iterator[Result]:
    if isinstance(value.get("choices"), list):
        yield Result(tag, _words(value["choices"]))
    elif isinstance(value.get("taxonomy"), list):
        paths = [path for path in value["taxonomy"] if isinstance(path, list)]
        yield Result(tag, tuple(" / ".join(_words(path)) for path in paths))
    else:
        labels = next((value[kind] for kind in REGIONS if isinstance(value.get(kind), list)), None)
        if labels is not None:
            yield Result(tag, _words(labels), True, _place(value))


def _words(listed: list) -> tuple[str, ...]:
    return tuple(str(one) for one in listed if isinstance(one, str | int | float))


def _place(value: dict[str, Any]) -> Point | None:
    """A keypoint, or the middle of a rectangle, ellipse or outline, in percent of the image."""
    try:
        if isinstance(value.get("points"), list):
            return middle([(finite(x), finite(y)) for x, y in value["points"]])
        x, y = finite(value["x"]), finite(value["y"])
        if "height" not in value:
            return x, y
        if finite(value.get("rotation", 0)) % 360:
            return None
        return x + finite(value["width"]) / 2, y + finite(value["height"]) / 2
    except (KeyError, TypeError, ValueError):
        return None
