"""A COCO file that is too large to be held whole: read item by item, its annotations kept as numbers.

instances_train2017.json has 470 MB, most of it outlines that are not needed; what is needed fits into 60 MB.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ijson
import numpy as np

from engine.data.formats.record import DatasetError
from engine.data.formats.tables.text_table import MOST_ROWS

MOST_BYTES = 1024**3
CHUNK = 1024**2
BEGINS_WITHIN = 64 * CHUNK
"""A file that lists nothing so far is none of COCO, and is not read to its end."""
MOST_IMAGES, MOST_ANNOTATIONS = MOST_ROWS, 5 * MOST_ROWS
LISTS = ("images", "annotations", "categories")
IMAGE_KEYS = ("id", "file_name", "coco_url", "group")
_NONE, _NUMBERS, _BROKEN = 0, 1, 2


class LargeAnnotations:
    """The annotations of a large file, as objects with their image, category, box and keypoints.

    Each object is made when it is asked for: a million of them would take a gigabyte.
    """

    def __init__(self) -> None:
        self._ids: dict[Any, int] = {}
        self._images, self._categories = array("q"), array("q")
        self._boxes, self._kinds = array("d"), bytearray()
        self._keypoints: dict[int, array] = {}
        self.has_captions = False

    def __len__(self) -> int:
        return len(self._kinds)

    def append(self, held: dict) -> None:
        """Keep what is needed of an annotation."""
        box, keypoints = held.get("bbox"), held.get("keypoints")
        numbers = _numbers(box)
        self._images.append(self._number_of(held.get("image_id")))
        self._categories.append(self._number_of(held["category_id"]) if "category_id" in held else -1)
        self._boxes.extend(numbers or (0.0, 0.0, 0.0, 0.0))
        self._kinds.append(_NUMBERS if numbers else _NONE if box is None else _BROKEN)
        self.has_captions = self.has_captions or "caption" in held
        if isinstance(keypoints, list) and all(isinstance(one, int | float) for one in keypoints):
            self._keypoints[len(self) - 1] = array("d", keypoints)

    def _number_of(self, value: Any) -> int:
        known = value if isinstance(value, str | int | float) else repr(value)[:80]
        return self._ids.setdefault((type(known), known), len(self._ids))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        ids = [value for _, value in self._ids]
        for at, (image, category, kind) in enumerate(
            zip(self._images, self._categories, self._kinds, strict=True)
        ):
            held: dict[str, Any] = {"image_id": ids[image], "keypoints": self._keypoints_at(at)}
            if category >= 0:
                held["category_id"] = ids[category]
            box = tuple(self._boxes[4 * at : 4 * at + 4])
            held["bbox"] = {_NONE: None, _NUMBERS: box, _BROKEN: "no numbers"}[kind]
            yield held

    def to_arrays(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Everything that it holds: arrays by name, and what else there is, as JSON can write it."""
        arrays: dict[str, np.ndarray] = {
            "images": np.array(self._images, np.int64),
            "categories": np.array(self._categories, np.int64),
            "boxes": np.array(self._boxes, np.float64),
            "kinds": np.frombuffer(bytes(self._kinds), np.uint8),
        }
        keypoints = {str(at): values.tolist() for at, values in self._keypoints.items()}
        ids = [value for _, value in self._ids]
        return arrays, {"ids": ids, "keypoints": keypoints, "has_captions": self.has_captions}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], texts: dict[str, Any]) -> LargeAnnotations:
        """The annotations that `to_arrays` gave."""
        made = cls()
        made._ids = {(type(value), value): at for at, value in enumerate(texts["ids"])}
        made._images = array("q", arrays["images"].tobytes())
        made._categories = array("q", arrays["categories"].tobytes())
        made._boxes = array("d", arrays["boxes"].tobytes())
        made._kinds = bytearray(arrays["kinds"].tobytes())
        made._keypoints = {int(at): array("d", values) for at, values in texts["keypoints"].items()}
        made.has_captions = texts["has_captions"]
        return made

    def _keypoints_at(self, at: int) -> list[float] | None:
        return self._keypoints[at].tolist() if at in self._keypoints else None


def read_large(path: Path) -> dict[str, Any]:
    """The images, annotations and categories of a large COCO file.

    Raises `DatasetError` where it is larger than `MOST_BYTES`, is no COCO file, or lists too much for one dataset.
    """
    if path.stat().st_size > MOST_BYTES:
        raise DatasetError(f"“{path.name}” is larger than {MOST_BYTES // 1024**2:,} MB; split it up.")
    held: dict[str, Any] = {"images": [], "annotations": LargeAnnotations(), "categories": []}
    try:
        for key, item in _items(path):
            if isinstance(item, dict):
                held[key].append({name: item.get(name) for name in IMAGE_KEYS} if key == "images" else item)
                _check_counts(path, held)
    except ijson.JSONError as error:
        why = " ".join(str(error).split())[:200]
        raise DatasetError(f"“{path.name}” cannot be read as JSON: {why}.") from error
    except OSError as error:
        raise DatasetError(f"“{path.name}” cannot be read: {error.strerror}.") from error
    if not held["images"] or not len(held["annotations"]):
        raise DatasetError(f"“{path.name}” is larger than 64 MB, which only COCO files may be; split it up.")
    return held if held["categories"] else {key: held[key] for key in LISTS[:2]}


def _items(path: Path) -> Iterator[tuple[str, Any]]:
    """The items of the three lists, each with the name of its list.

    Each list has a parser of its own, which ends as soon as items of another list follow.
    """
    sinks = {key: ijson.sendable_list() for key in LISTS}
    parsers = {key: ijson.items_coro(sinks[key], f"{key}.item", use_float=True) for key in LISTS}
    begun: set[str] = set()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if not begun and file.tell() > BEGINS_WITHIN:
                return
            for parser in parsers.values():
                parser.send(chunk)
            new = {key for key in parsers if sinks[key]}
            for key in new:
                yield from ((key, item) for item in sinks[key])
                sinks[key].clear()
            for key in (begun - new) if new else ():
                parsers.pop(key, None)
            begun |= new
    for parser in parsers.values():
        parser.close()


def _check_counts(path: Path, held: dict[str, Any]) -> None:
    if len(held["images"]) > MOST_IMAGES or len(held["annotations"]) > MOST_ANNOTATIONS:
        raise DatasetError(
            f"“{path.name}” lists more than {MOST_IMAGES:,} images or {MOST_ANNOTATIONS:,} annotations, too many for"
            " one dataset; split it up."
        )


def _numbers(box: Any) -> tuple[float, ...] | None:
    if not isinstance(box, list) or len(box) != 4:
        return None
    return tuple(box) if all(isinstance(one, int | float) for one in box) else None
