"""CVAT for images 1.1: one XML file with the tags, boxes and other shapes of all images.

docs.cvat.ai/docs/dataset_management/formats/format-cvat. A task keeps the names of its subsets, such as Train.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from engine.data.formats.evidence import Evidence
from engine.data.formats.objects.numbers import finite
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import some
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source
from engine.data.formats.tables.cells import part_named
from engine.data.formats.tools.annotated_images import Annotated, Point, middle, parsed_images, unique

MOST_BYTES, MOST_TRIED, START = 256 * 1024**2, 20, 4096
DOTS = "points"
"""The name of a shape of one or more dots, and of the attribute that places them."""
SHAPES = ("box", "polygon", "polyline", DOTS, "ellipse", "mask", "cuboid", "skeleton")
BROKEN = (ElementTree.ParseError, DefusedXmlException, ValueError, OSError, LookupError, RecursionError)


def find(source: Source) -> Evidence | None:
    """An XML file of annotations with images in it."""
    files = _files(source)
    return (
        Evidence((f"{some([f'“{name}”' for name in files])}: images with tags and boxes, as in CVAT.",))
        if files
        else None
    )


def read(source: Source, task: str) -> ParsedSource:
    """One row for each image, labelled by its tags and shapes.

    For points, the place of the only shape. Raises `DatasetError` where a file cannot be read.
    """
    images, attributes = [], False
    for file in _files(source):
        for element in _elements(source.listing.folder / file, file):
            images.append(_image(element, file))
            attributes = attributes or element.find(".//attribute") is not None
    parsed = parsed_images(source, images, task)
    if attributes:
        parsed.notes.append("Attributes of tags and shapes are not read; only their labels are.")
    return parsed


def is_cvat(path: Path) -> bool:
    """Whether the beginning of an XML file is that of CVAT's."""
    try:
        with path.open("rb") as file:
            start = file.read(START)
    except OSError:
        return False
    return (
        b"<annotations" in start
        and b"<annotation>" not in start
        and (b"<image " in start or b"<meta" in start or b"<track " in start)
    )


def _files(source: Source) -> list[str]:
    names = [name for name in source.listing.names if name.lower().endswith(".xml")]
    tried = sorted(names, key=lambda name: name.count("/"))[:MOST_TRIED]
    return [name for name in tried if is_cvat(source.listing.folder / name)]


def _elements(path: Path, file: str) -> Iterator[Element]:
    """Each image; what was read of it is thrown away afterwards."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES // 1024**2} MB")
        for _, element in ElementTree.iterparse(path):
            if element.tag == "track":
                raise ValueError("it is for video; export CVAT for images 1.1")
            if element.tag == "image":
                yield element
                element.clear()
    except BROKEN as error:
        raise DatasetError(f"“{file}” cannot be read: {' '.join(str(error).split())}.") from error


def _image(element: Element, file: str) -> Annotated:
    name = element.get("name", "")
    tagged = [one for one in element if one.tag == "tag" or one.tag in SHAPES]
    labels = [one.get("label", "") for one in tagged]
    objects = [place for one in tagged if one.tag in SHAPES for place in _places(one)]
    return Annotated(
        name,
        f"“{name}” in “{file}”",
        file,
        unique(labels),
        [place for _, place in objects],
        part=part_named(element.get("subset", "")),
        fault="" if all(label.strip() for label in labels) else "a tag or shape has no label",
        object_names=[called for called, _ in objects],
    )


def _places(shape: Element) -> list[tuple[str, Point | None]]:
    """The name and place of a shape, or of each point of a skeleton that is in the image.

    “points” may be several, of which none is marked as the middle.
    """
    if shape.tag == "skeleton":
        return [one for inner in shape if inner.get("outside") != "1" for one in _places(inner)]
    called = shape.get("label", "").strip()
    several = shape.tag == DOTS and len((shape.get(DOTS) or "").split(";")) > 1
    return [(called, None)] * 2 if several else [(called, _place(shape))]


def _place(shape: Element) -> Point | None:
    try:
        if shape.tag == "box":
            return middle([(finite(shape.get(f"x{at}")), finite(shape.get(f"y{at}"))) for at in ("tl", "br")])
        if shape.tag == "ellipse":
            return finite(shape.get("cx")), finite(shape.get("cy"))
        pairs = [pair.split(",") for pair in (shape.get("points") or "").split(";")]
        return middle([(finite(x), finite(y)) for x, y in pairs])
    except ValueError:
        return None
