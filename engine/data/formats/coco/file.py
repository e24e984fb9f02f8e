"""What one COCO file says, with ids of any type made alike and faults counted, before images are looked for."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from engine.data.formats.coco.large_file import LargeAnnotations
from engine.data.formats.phrases import some


@dataclass(frozen=True)
class Annotation:
    """One object: its category, "" where it has none that is listed, and where it is, as written."""

    category: str
    box: Any = None
    keypoints: Any = None


@lru_cache(maxsize=1000)
def _only_category(category: str) -> Annotation:
    """An object of a category, the same one for all images that have several objects."""
    return Annotation(category)


@dataclass
class Image:
    """One listed image with its objects; `is_torn` where a category of one of them is not listed."""

    name: str
    where: str
    group: str | None = None
    objects: list[Annotation] = field(default_factory=list)
    is_torn: bool = False

    def add(self, one: Annotation) -> None:
        """Add an object; where an image has only one does it matter where it is, so only then it is kept."""
        if self.objects:
            self.objects[0], one = _only_category(self.objects[0].category), _only_category(one.category)
        self.objects.append(one)


@dataclass
class Faults:
    """What is wrong with the entries of all files together, so that each kind is told once."""

    nameless: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    same_image: list[str] = field(default_factory=list)
    same_category: list[str] = field(default_factory=list)
    same_name: list[str] = field(default_factory=list)
    no_objects: list[str] = field(default_factory=list)

    def set_aside(self) -> list[str]:
        """Sentences on entries that say nothing about an image that is used."""
        told = {
            "Set aside: images without a file name": self.nameless,
            "Set aside: annotations of an image that is not listed": self.lost,
            "Set aside: entries that are not JSON objects": self.no_objects,
            "Read as one label: categories of the same name": self.same_name,
        }
        return _sentences(told)

    def problems(self, for_points: bool) -> list[str]:
        """Sentences on entries that could be read in two ways; for points, categories do not matter."""
        told = {
            "Images that have the id of another image": self.same_image,
            "Categories that have the id of another category": [] if for_points else self.same_category,
        }
        return _sentences(told)


def _sentences(told: dict[str, list[str]]) -> list[str]:
    return [f"{kind} ({len(where):,}): {some(where)}." for kind, where in told.items() if where]


def is_coco(held: object) -> bool:
    """Whether something read from JSON has the three lists of COCO and annotations that name a category."""
    if not isinstance(held, dict):
        return False
    lists = [held.get(key) for key in ("images", "annotations", "categories")]
    if not all(isinstance(one, list | LargeAnnotations) for one in lists):
        return False
    annotations = objects(held["annotations"])
    return not annotations or any("category_id" in one for one in annotations)


def objects(listed: object) -> list[dict] | LargeAnnotations:
    """The JSON objects in a list; anything else in it, and anything else than a list, counts as nothing."""
    if isinstance(listed, LargeAnnotations):
        return listed
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def read_images(file: str, held: dict, faults: Faults) -> list[Image]:
    """The images of one file with their objects."""
    names = _category_names(file, held, faults)
    images = _images(file, held, faults)
    for key in ("images", "annotations", "categories"):
        if isinstance(held[key], list) and (others := len(held[key]) - len(objects(held[key]))):
            faults.no_objects.append(f"{others} of “{key}” of “{file}”")
    for at, one in enumerate(objects(held["annotations"]), 1):
        image, category = (
            images.get(key_of(one.get("image_id"))),
            names.get(key_of(one.get("category_id")), ""),
        )
        if image is None:
            faults.lost.append(f"annotation {at} of “{file}”")
            continue
        if not category:
            faults.unknown.append(f"annotation {at} of “{file}”")
            image.is_torn = True
        image.add(Annotation(category, one.get("bbox"), one.get("keypoints")))
    return list(images.values())


def _category_names(file: str, held: dict, faults: Faults) -> dict[str, str]:
    names: dict[str, str] = {}
    for one in objects(held["categories"]):
        key, name = key_of(one.get("id")), _text(one.get("name"))
        if names.setdefault(key, name) != name:
            faults.same_category.append(f"“{name}” and “{names[key]}” in “{file}”")
    twice = Counter(name for name in names.values() if name)
    faults.same_name += [f"“{name}” in “{file}”" for name, count in twice.items() if count > 1]
    return names


def _text(value: object) -> str:
    """A name that is text or a number; "" for anything else."""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _images(file: str, held: dict, faults: Faults) -> dict[str, Image]:
    """The images by their ids."""
    images: dict[str, Image] = {}
    for at, one in enumerate(objects(held["images"]), 1):
        name, where = one.get("file_name") or one.get("coco_url"), f"image {at} of “{file}”"
        if not isinstance(name, str) or not name.strip():
            faults.nameless.append(where)
            continue
        group = one.get("group") if isinstance(one.get("group"), str) else None
        key = key_of(one.get("id"))
        if key in images:
            faults.same_image.append(where)
        images[key] = Image(name.strip(), where, group)
    return images


def key_of(value: object) -> str:
    """An id as text: the number 1, 1.0 and the text "1" are the same.

    >>> key_of(1) == key_of("1") == key_of(1.0), key_of("01") == key_of(1)
    (True, False)
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() if isinstance(value, str | int) else repr(value)[:80]


def keypoint_names(held: dict) -> list[str]:
    """The names of the keypoints of the first category that has some."""
    listed = (one.get("keypoints") for one in objects(held["categories"]))
    return next(([str(name) for name in names] for names in listed if isinstance(names, list) and names), [])


def labelled_keypoints(one: Annotation) -> Counter[int]:
    """Which keypoints of an object are labelled, by their places; none where they are not numbers."""
    try:
        return Counter(at for at in range(len(one.keypoints or ()) // 3) if one.keypoints[3 * at + 2])
    except (TypeError, IndexError, KeyError):
        return Counter()


def are_no_triples(keypoints: object) -> bool:
    """Whether keypoints are given, but not as x, y and visibility of each."""
    return bool(keypoints) and not (isinstance(keypoints, list) and len(keypoints) % 3 == 0)


def keypoint_of(one: Annotation, at: int) -> tuple[float, float] | None:
    """A keypoint in pixels, None where it is not labelled. Raises ValueError where it is not numbers."""
    try:
        x, y, is_there = one.keypoints[3 * at : 3 * at + 3] if one.keypoints else (0, 0, 0)
        return (_finite(x), _finite(y)) if is_there else None
    except (TypeError, KeyError) as error:
        raise ValueError("keypoints") from error


def middle_of(one: Annotation) -> tuple[float, float] | None:
    """The middle of the box in pixels, None without a box. Raises ValueError where it is not numbers."""
    if one.box is None:
        return None
    try:
        left, top, width, height = map(_finite, one.box)
    except TypeError as error:
        raise ValueError("box") from error
    return left + width / 2, top + height / 2


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number
