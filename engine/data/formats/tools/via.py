"""VGG Image Annotator 2: its projects, and its exports as JSON and CSV.

Dutta and Zisserman, The VIA Annotation Software for Images, Audio and Video, 2019; robots.ox.ac.uk/~vgg/software/via.
Regions and files have attributes, which a person names: a text, or a mark for each option of a checkbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.evidence import Evidence
from engine.data.formats.files.json_documents import documents, sample
from engine.data.formats.objects.lone_objects import wants_points
from engine.data.formats.objects.numbers import finite
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import counted, quoted, some
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.source import Source
from engine.data.formats.tables.text_table import TextTable
from engine.data.formats.tools.annotated_images import Annotated, Point, middle, parsed_images, unique

PROJECT = "_via_img_metadata"
SHAPE, REGION, FILE = "region_shape_attributes", "region_attributes", "file_attributes"


@dataclass(frozen=True)
class ViaImage:
    """An image with the shapes and attributes of its regions, and its own attributes; `where` is where it stands."""

    name: str
    where: str
    file: str
    regions: tuple[tuple[dict, dict], ...]
    attributes: dict


def find(source: Source) -> Evidence | None:
    """JSON of images with regions by their names and sizes, or a table with shapes and attributes of regions."""
    count = sum(len(images) for held in sample(source) if (images := _metadata(held)))
    tables = [source.name_of(table) for table in source.tables if _is_via_table(table)]
    if not count and not tables:
        return None
    told = (
        f"{some(quoted(tables))}: regions" if tables else f"JSON lists {counted(count, 'image')} with regions"
    )
    return Evidence((f"{told} and attributes, as in VGG Image Annotator.",))


def read(source: Source, task: str, options: ReadOptions) -> ParsedSource:
    """One row for each image, labelled by the attribute of its regions, or of the image.

    `label_columns` names the attribute, where there are several. For points, the place of the only region.
    """
    images = [*_from_json(source), *_from_tables(source)]
    kinds = _attributes(images)
    chosen = _chosen(kinds, options.label_columns, wants_points(task))
    parsed = parsed_images(source, [_annotated(image, chosen) for image in images], task)
    if len(chosen) == 1 and not wants_points(task):
        parsed.assume("labels", chosen[0], "the attribute that holds the labels", "label_columns")
    return parsed


def _metadata(held: object) -> dict | None:
    """What a JSON document says of each image; None where it is not of this tool."""
    if isinstance(held, dict) and PROJECT in held:
        held = held[PROJECT]
    if not isinstance(held, dict) or not held:
        return None
    return held if all(map(_is_image, held.values())) else None


def _is_image(one: object) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("filename"), str):
        return False
    return isinstance(one.get("regions"), list | dict)


def _from_json(source: Source) -> Iterator[ViaImage]:
    for file, held in documents(source):
        for one in (_metadata(held) or {}).values():
            listed = one["regions"].values() if isinstance(one["regions"], dict) else one["regions"]
            regions = tuple(
                (_object(region.get("shape_attributes")), _object(region.get(REGION)))
                for region in listed
                if isinstance(region, dict)
            )
            where = f"“{one['filename']}” in “{file}”"
            yield ViaImage(one["filename"], where, file, regions, _object(one.get(FILE)))


def _is_via_table(table: TextTable) -> bool:
    return {"filename", SHAPE, REGION} <= {heading.strip() for heading in table.header}


def _from_tables(source: Source) -> Iterator[ViaImage]:
    """A row is a region, or an image without one."""
    for table in filter(_is_via_table, source.tables):
        at = {heading.strip(): place for place, heading in enumerate(table.header)}
        file = source.name_of(table)
        images: dict[str, ViaImage] = {}
        for (_, cells), place in zip(table.rows, table.places(), strict=True):
            name = cells[at["filename"]].strip()
            region = _object(cells[at[SHAPE]]), _object(cells[at[REGION]])
            attributes = _object(cells[at[FILE]]) if FILE in at else {}
            first = images.get(name) or ViaImage(name, f"{place} of “{file}”", file, (), attributes)
            regions = (*first.regions, region) if any(region) else first.regions
            images[name] = ViaImage(name, first.where, file, regions, first.attributes)
        yield from images.values()


def _object(held: Any) -> dict:
    """A JSON object, also as text in a cell; {} for anything else."""
    if isinstance(held, str):
        try:
            held = json.loads(held)
        except (ValueError, RecursionError):
            return {}
    return held if isinstance(held, dict) else {}


def _attributes(images: Sequence[ViaImage]) -> dict[str, bool]:
    """The names of attributes with a value, and whether regions have them; those of regions come first."""
    of_regions = [
        name for image in images for _, named in image.regions for name in named if _labels(named, name)
    ]
    of_files = [name for image in images for name in image.attributes if _labels(image.attributes, name)]
    return dict.fromkeys(of_files, False) | dict.fromkeys(of_regions, True)


def _chosen(kinds: Mapping[str, bool], said: Sequence[str], for_points: bool) -> list[str]:
    """The attributes that count: those that were said, or the only one; for points those of regions."""
    if said:
        return list(said)
    names = [name for name, is_of_region in kinds.items() if is_of_region or not for_points]
    if len(names) > 1 and not for_points:
        raise AmbiguousError(
            f"The images and regions have several attributes: {some(quoted(names))}.",
            ["label_columns"],
            [{"label_columns": (name,)} for name in names],
        )
    return names


def _annotated(image: ViaImage, chosen: Sequence[str]) -> Annotated:
    names = [_labels_of(attributes, chosen) for _, attributes in image.regions]
    own = _labels_of(image.attributes, chosen)
    has_own = any(image.attributes.get(name) not in (None, "") for name in chosen)
    is_of_regions = any(names) or not has_own
    fault = "a region has no label" if is_of_regions and not all(names) else ""
    return Annotated(
        image.name,
        image.where,
        image.file,
        unique([*own, *(label for labels in names for label in labels)]),
        [_place(shape) for shape, _ in image.regions],
        fault=fault,
        object_names=[labels[0] if labels else "" for labels in names],
    )


def _labels_of(attributes: Mapping[str, Any], chosen: Sequence[str]) -> list[str]:
    return [label for name in chosen for label in _labels(attributes, name)]


def _labels(attributes: Mapping[str, Any], name: str) -> list[str]:
    """The labels that an attribute gives: its text, or each option that is marked."""
    value = attributes.get(name)
    if isinstance(value, dict):
        return [str(option).strip() for option, is_marked in value.items() if is_marked is True]
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return [text] if text else []


def _place(shape: Mapping[str, Any]) -> Point | None:
    """A point, or the middle of a circle, an ellipse, a box or an outline."""
    try:
        if "cx" in shape:
            return finite(shape["cx"]), finite(shape["cy"])
        if "all_points_x" in shape:
            xs, ys = map(finite, shape["all_points_x"]), map(finite, shape["all_points_y"])
            return middle(list(zip(xs, ys, strict=True)))
        left, top = finite(shape["x"]), finite(shape["y"])
        return left + finite(shape["width"]) / 2, top + finite(shape["height"]) / 2
    except (KeyError, TypeError, ValueError):
        return None
