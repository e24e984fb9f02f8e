"""Pascal VOC: JPEGImages/, an XML file for each image in Annotations/, and the split in ImageSets/Main/.

Everingham et al., The Pascal Visual Object Classes (VOC) Challenge, 2010. Its first pixel is number 1.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from engine import tasks
from engine.data.exports.export_format import Contents, ExportFormat, Limitation
from engine.data.exports.layout import flat_names, placed, short_names
from engine.data.exports.limitations import empty_files, point_boxes, turned_images, whole_image_boxes
from engine.data.exports.sizes import size_wh
from engine.data.formats import Dataset

TITLE, POINT = "Pascal VOC", "point"
CORNERS = ("xmin", "ymin", "xmax", "ymax")
LISTS = "ImageSets/Main"


def contents(dataset: Dataset) -> Contents:
    """The annotations and lists. The box of a label is the whole image; that of a point has the point in its middle."""
    names, other_names = flat_names(short_names(dataset), TITLE)
    texts = {
        f"Annotations/{_stem(name)}.xml": _annotation(name, size_wh(dataset, row), row)
        for name, row in zip(names, dataset.table.to_dict("records"), strict=True)
    }
    images = placed(dataset, [f"JPEGImages/{name}" for name in names])
    return Contents(texts | _lists(dataset, names), images, (*_limitations(dataset), *other_names))


def _limitations(dataset: Dataset) -> list[Limitation]:
    if tasks.get(dataset.task).has_points:
        return [*point_boxes(TITLE, "one pixel wide, around the point"), *turned_images(dataset)]
    bare = empty_files(dataset, TITLE, "an annotation without objects is written")
    return [*whole_image_boxes(dataset, TITLE), *bare]


def _lists(dataset: Dataset, names: list[str]) -> dict[str, str]:
    rows = list(zip(map(_stem, names), dataset.table["is_valid"], strict=True))
    train, valid = ([stem for stem, is_valid in rows if bool(is_valid) == part] for part in (False, True))
    lists = {"train": train, "val": valid, "trainval": train + valid}
    return {f"{LISTS}/{part}.txt": "".join(f"{stem}\n" for stem in stems) for part, stems in lists.items()}


def _annotation(name: str, size: tuple[int, int], row: dict) -> str:
    root = Element("annotation")
    _add(root, folder="JPEGImages", filename=name)
    _add(SubElement(root, "size"), width=size[0], height=size[1], depth=3)
    _add(root, segmented=0)
    if "x" in row:
        x, y = float(row["x"]), float(row["y"])
        _add(SubElement(_object(root, POINT, (x - 0.5, y - 0.5, x + 0.5, y + 0.5)), "point"), x=x, y=y)
    else:
        for label in row["labels"]:
            _object(root, label, (1, 1, *size))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _object(root: Element, name: str, box: tuple[float, ...]) -> Element:
    thing = SubElement(root, "object")
    _add(thing, name=name, pose="Unspecified", truncated=0, difficult=0)
    _add(SubElement(thing, "bndbox"), **dict(zip(CORNERS, box, strict=True)))
    return thing


def _add(parent: Element, **children: str | float) -> None:
    for tag, value in children.items():
        SubElement(parent, tag).text = str(value)


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


VOC = ExportFormat(
    "voc",
    "Pascal VOC (XML)",
    "Images in `JPEGImages/`, an XML file for each in `Annotations/`, and the split in `ImageSets/Main/`. torchvision's"
    " VOCDetection reads it from a folder called `VOCdevkit/VOC2012`.",
    contents,
)
