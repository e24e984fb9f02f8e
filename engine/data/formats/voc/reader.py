"""Pascal VOC: an XML file for each image with its named objects, and lists that divide the images.

As published: JPEGImages/, Annotations/*.xml, ImageSets/Main/*.txt. Tools that draw boxes write the XML files next to
the images or into a folder of any name; these are read, too.

Everingham et al., The Pascal Visual Object Classes (VOC) Challenge, 2010.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path, PurePosixPath

from engine.data.formats.evidence import Evidence
from engine.data.formats.files.file_index import Listing
from engine.data.formats.images.sidecars import sidecars
from engine.data.formats.objects.lone_objects import keep_lone_objects, wants_points
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.source import Source
from engine.data.formats.splits.folders import divide_by_folders
from engine.data.formats.splits.rows import split_rows
from engine.data.formats.tables.cells import TEST, VALID
from engine.data.formats.voc.annotation import BROKEN, Object, parse, read_annotation, read_bytes
from engine.data.formats.voc.lists import SETS, read_lists

IMAGES, ANNOTATIONS = "JPEGImages", "Annotations"
TRIED = 5


@dataclass
class Reading:
    """What is read together: the rows so far, the parts of listed images, and the annotations that cannot be read, or
    that name another image that is there."""

    parsed: ParsedSource
    task: str
    parts: dict[str, str] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)

    @cached_property
    def known_bases(self) -> set[str]:
        """The names of all images, without folders."""
        return {_base(name) for name in self.parsed.listing.names}


def find(source: Source) -> Evidence | None:
    """The folders of Pascal VOC, or XML annotations that bear the names of images."""
    if published(source.listing):
        return Evidence((f"There are the folders “{IMAGES}” and “{ANNOTATIONS}” of Pascal VOC.",))
    pairs = sidecars(source.images, _annotations(source.listing))
    tried = [source.listing.folder / name for name in list(pairs.values())[:TRIED]]
    if not any(_is_annotation(path) for path in tried):
        return None
    says = f"{counted(len(pairs), 'image')} of {len(source.images):,} have an XML file of the same name"
    return Evidence((f"{says} with objects, as in Pascal VOC.",))


def published(listing: Listing) -> list[str]:
    """The folders that hold the two folders of Pascal VOC as it was published."""
    homes = [str(PurePosixPath(name).parent) for name in listing.folders if _base(name) == ANNOTATIONS]
    plain = ["" if home == "." else home for home in homes]
    return sorted(home for home in plain if _join(home, IMAGES) in listing.folders)


def read(source: Source, task: str) -> ParsedSource:
    """One row for each image of the training and validation lists; without lists, for each annotation.

    The labels of an image are the names of its objects, difficult ones too, in the order of the file. For points, the
    middle of the box, where an image has exactly one object. An image whose annotation cannot be read is set aside.
    """
    parsed = ParsedSource(source.listing)
    reading = Reading(parsed, task)
    homes = published(source.listing)
    for home in homes:
        _read_home(reading, home, *_published_pairs(source.listing, home))
    if not homes:
        _read_sidecars(reading, source)
    _tell_unread(reading)
    if reading.parts:
        parts = [reading.parts.get(row.fname) for row in parsed.rows]
        split_rows(parsed, parts, "ImageSets")
    else:
        divide_by_folders(parsed)
    if wants_points(task):
        keep_lone_objects(parsed)
    return parsed


def _annotations(listing: Listing) -> list[str]:
    return [name for name in listing.names if name.lower().endswith(".xml")]


def _is_annotation(path: Path) -> bool:
    try:
        return parse(read_bytes(path))[0].tag == "annotation"
    except BROKEN:
        return False


def _published_pairs(listing: Listing, home: str) -> tuple[dict[str, str], dict[str, str]]:
    """The images and the annotations of a published dataset, by their names without endings."""
    images = listing.images_in(_join(home, IMAGES))
    xml = [name for name in listing.folders[_join(home, ANNOTATIONS)] if name.lower().endswith(".xml")]
    return {_stem(name): name for name in images}, {_stem(name): name for name in xml}


def _read_sidecars(reading: Reading, source: Source) -> None:
    pairs = sidecars(source.images, _annotations(source.listing))
    images, annotated = (
        {_stem(image): image for image in pairs},
        {_stem(image): xml for image, xml in pairs.items()},
    )
    if len(images) == len(pairs) and any(folder in source.listing.folders for folder in SETS):
        return _read_home(reading, "", images, annotated)
    reading.parsed.files_read |= {*pairs.values()}
    for image, annotation in pairs.items():
        _add_row(reading, annotation, image)
    if alone := len(source.images) - len(pairs):
        reading.parsed.notes.append(f"Left out: {counted(alone, 'image')} without an XML file.")


def _read_home(reading: Reading, home: str, images: dict[str, str], annotated: dict[str, str]) -> None:
    """The images that the lists below a folder name, or all that have an annotation.

    Images for testing may lack one where there are others for validation, so theirs are not read.
    """
    parsed = reading.parsed
    try:
        lists = read_lists(parsed.listing, home, images)
    except (ValueError, OSError) as error:
        parsed.problems.append(f"A list in “{_join(home, 'ImageSets')}” cannot be read: {error}.")
        return
    if lists.twice:
        parsed.problems.append(f"Images that are in both train.txt and val.txt: {some(lists.twice)}.")
    parsed.files_read |= {*lists.files, *annotated.values()}
    reading.parts |= {images[stem]: part for stem, part in lists.parts.items() if stem in images}
    spared = (
        {stem for stem, part in lists.parts.items() if part == TEST}
        if VALID in lists.parts.values()
        else set()
    )
    wanted = (lists.parts or annotated).keys() - spared
    parsed.rows += [Row(images[stem], annotated.get(stem, images[stem])) for stem in spared if stem in images]
    _tell_missing(parsed, home, wanted, annotated, images)
    for stem in sorted(wanted & annotated.keys() & images.keys()):
        _add_row(reading, annotated[stem], images[stem])
    unlisted = [images[stem] for stem in sorted((images.keys() & annotated.keys()) - wanted - spared)]
    if unlisted:
        parsed.notes.append(f"Left out: {counted(len(unlisted), 'image')} in no list: {some(unlisted)}.")


def _tell_missing(parsed: ParsedSource, home: str, wanted: set[str], annotated: dict, images: dict) -> None:
    for there, what, folder in ((annotated, "annotation", ANNOTATIONS), (images, "image", IMAGES)):
        absent = sorted(wanted - there.keys())
        if absent:
            told = tuple((images.get(name) or annotated.get(name) or name, name) for name in absent)
            says = partial(_says_missing, what, _join(home, folder))
            parsed.problems.append(Problem(f"missing {what}", told, says))


def _says_missing(what: str, folder: str, names: list[str]) -> str:
    return f"“{folder}” has no {what} for {counted(len(names), 'name')} of the dataset: {some(names)}."


def _add_row(reading: Reading, annotation: str, image: str) -> None:
    try:
        objects, named = read_annotation(read_bytes(reading.parsed.folder / annotation))
        labels = () if wants_points(reading.task) else _labels(objects)
    except BROKEN as error:
        reading.unread.append((image, f"“{annotation}” ({' '.join(str(error).split())})"))
        return
    if named != _base(image) and named in reading.known_bases:
        reading.misnamed.append(f"{annotation} names {named}")
    point = objects[0].middle if len(objects) == 1 else None
    reading.parsed.rows.append(Row(image, annotation, labels=labels, point_px=point))


def _labels(objects: list[Object]) -> tuple[str, ...]:
    if not all(thing.name for thing in objects):
        raise ValueError("an object has no name")
    return tuple(dict.fromkeys(thing.name for thing in objects))


def _tell_unread(reading: Reading) -> None:
    """Some annotations are set aside; where most cannot be read, nothing is."""
    if reading.misnamed:
        count = counted(len(reading.misnamed), "annotation")
        reading.parsed.notes.append(
            f"{count} called as one image and naming another, of which the first counts: {some(reading.misnamed)}."
        )
    if not reading.unread:
        return
    says = lambda told: f"{counted(len(told), 'annotation')} cannot be read: {some(told)}."  # noqa: E731
    problem = Problem("unread annotation", tuple(reading.unread), says)
    parsed = reading.parsed
    (parsed.problems if len(reading.unread) > len(parsed.rows) else parsed.set_aside).append(problem)


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def _base(name: str) -> str:
    return PurePosixPath(name).name


def _join(home: str, name: str) -> str:
    return f"{home}/{name}" if home else name
