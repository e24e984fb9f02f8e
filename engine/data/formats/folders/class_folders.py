"""A folder for each class, its name the label; optionally inside, or around, folders that divide them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.evidence import Evidence
from engine.data.formats.images.locate_images import IMAGE_FOLDERS
from engine.data.formats.parsed_source import ParsedSource, Row
from engine.data.formats.phrases import counted, quoted, some
from engine.data.formats.source import Source
from engine.data.formats.splits.folders import is_whole_name
from engine.data.formats.tables.cells import PARTS, TEST, TRAIN, VALID, part_named
from engine.functional.label_text import composed

GENERIC = {*(name.lower() for name in IMAGE_FOLDERS), "data", "imgs", "img", "photos", "dataset", "masks",
           "mask", "labels", "annotations", "annots", "gt", "groundtruth", "ground_truth", "segmentations"}  # fmt: skip
"""What folders of images are called that are no class."""
UNLABELLED = {"unlabeled", "unlabelled", "nolabel", "notlabeled", "notlabelled", "unannotated"}
"""What tools call a folder of images without a label, as CVAT and FiftyOne do; words count, not what joins them."""


@dataclass
class ClassFolders:
    """The label of each image, and its part where folders divide them; `tests` are the images in folders for test,
    `stray` those in no folder of a class, `unlabelled` those in a folder for images without a label, with that folder,
    and `part_folders` the folders that divide, with their parts."""

    labels: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    tests: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    unlabelled: dict[str, str] = field(default_factory=dict)
    part_folders: dict[str, str] = field(default_factory=dict)

    @property
    def classes(self) -> list[str]:
        """The labels, sorted."""
        return sorted(set(self.labels.values()))


def find(source: Source) -> Evidence | None:
    """Images that lie in folders for classes; folders that are called images, or train and test, are none.

    Raises `AmbiguousError` where folders may be classes or parts of the data, such as trainA or test.
    """
    if source.options.format is None and not source.options.classes:
        ask_about_parts(source.images)
    folders = _folders_of(source)
    if not folders.labels or {label.lower() for label in folders.classes} <= GENERIC:
        return None
    if folders.part_folders:
        says = f"The images are in {some(list(folders.part_folders))}, in subfolders"
        return Evidence((f"{says}, whose names are taken as labels: {some(folders.classes)}.",))
    return Evidence(
        (f"The images are in folders, whose names are taken as labels: {some(folders.classes)}.",)
    )


def read(source: Source) -> ParsedSource:
    """One row for each image, labelled by the folder it lies in; with the option `classes` for those folders only."""
    folders = _folders_of(source)
    if classes := source.options.classes:
        folders.stray += [name for name, label in folders.labels.items() if label not in classes]
        folders.labels = {name: label for name, label in folders.labels.items() if label in classes}
    parsed = ParsedSource(source.listing)
    has_valid = VALID in folders.parts.values()
    for name, label in folders.labels.items():
        is_valid = folders.parts.get(name) == VALID if has_valid else None
        parsed.rows.append(Row(name, name, labels=(label,), is_valid=is_valid))
    parsed.has_split = has_valid
    parsed.for_testing += folders.tests
    parsed.waiting = [*folders.unlabelled]
    parsed.assume("labels", some(folders.classes), "images are in folders with these names", "format")
    for folder, part in folders.part_folders.items():
        use = {TRAIN: "for training", VALID: "for validation", TEST: "kept for test, not used"}[part]
        parsed.assume("split", f"“{folder}”: {use}", "by its name")
    _say_what_is_left_out(parsed, folders)
    return parsed


def _folders_of(source: Source) -> ClassFolders:
    """The folders of a source; one for images without a label is no class, unless it is chosen as one."""
    folders = class_folders(source.images, source.options.format == "folders")
    names = {name for name in folders.classes if re.sub(r"[\W_]+", "", name).lower() in UNLABELLED}
    if len(folders.classes) - len(names) > 1 and not names & {*source.options.classes}:
        folders.unlabelled = {name: label for name, label in folders.labels.items() if label in names}
        folders.labels = {name: label for name, label in folders.labels.items() if label not in names}
    return folders


def ask_about_parts(images: Sequence[str]) -> None:
    """Raise `AmbiguousError` for folders called as parts with a word besides, or a lone one for test among classes."""
    inside = _without_wrapper({name: parts for name in images if (parts := PurePosixPath(name).parts[:-1])})
    tops = sorted({parts[0] for parts in inside.values()})
    if any(len(parts) > 1 for parts in inside.values()):
        return
    divided = [top for top in tops if part_named(top)]
    if (
        divided == tops
        and len(tops) > 1
        and not any(map(is_whole_name, tops))
        and len(set(map(_rest, tops))) > 1
    ):
        raise AmbiguousError(
            f"The folders {some(tops)} may be classes, or parts of the data.",
            ("format",),
            [{"format": "folders"}, {"format": "pictures"}],
        )
    lone = [top for top in divided if is_whole_name(top) and part_named(top) != TRAIN]
    others = tuple(top for top in tops if top not in lone)
    if len(lone) == 1 and len(divided) == 1 and len(others) > 1:
        raise AmbiguousError(
            f"The folder “{lone[0]}” may be a class like {some(list(others))}, or hold images for that part.",
            ("classes",),
            [{"classes": others}, {"classes": tuple(tops)}],
        )


def _rest(folder: str) -> str:
    """What a folder's name says besides its part."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", folder).lower()
    return " ".join(word for word in re.split(r"[\W\d_]+", spaced) if word not in PARTS)


def class_folders(images: Sequence[str], is_said: bool = False) -> ClassFolders:
    """Where the classes are among the folders of images; nothing where folders only divide the images.

    With `is_said` a person said that folders are classes, so none only divides.
    """
    folders = ClassFolders()
    parts_of = {name: PurePosixPath(composed(name)).parts[:-1] for name in images}
    inside = {name: parts for name, parts in parts_of.items() if parts}
    folders.stray = [name for name in images if name not in inside]
    inside = _without_wrapper(inside)
    tops = dict.fromkeys(parts[0] for parts in inside.values())
    divided = {top: part for top in tops if (part := part_named(top))}
    nested = {
        top: part for top, part in divided.items() if any(p[0] == top and len(p) > 1 for p in inside.values())
    }
    if TRAIN in nested.values() or (nested and len(nested) == len(tops)):
        _labels_below(inside, divided, folders)
    elif _only_divide(divided) or (not is_said and len(divided) == len(tops) > 1 and not folders.stray):
        folders.stray = list(images)
    elif inner := _parts_inside(inside):
        folders.part_folders = inner
        folders.tests = [name for name, parts in inside.items() if inner[parts[1]] == TEST]
        tests = set(folders.tests)
        for name in (one for one in inside if one not in tests):
            folders.labels[name], folders.parts[name] = inside[name][0], inner[inside[name][1]]
    else:
        folders.labels = {name: parts[0] for name, parts in inside.items()}
    return folders


def _without_wrapper(inside: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Folders without those around all of them, as long as each image lies deeper."""
    while inside and len({parts[0] for parts in inside.values()}) == 1 and min(map(len, inside.values())) > 1:
        inside = {name: parts[1:] for name, parts in inside.items()}
    return inside


def _only_divide(divided: dict[str, str]) -> bool:
    """Whether folders without folders in them are parts and no classes: two different ones, or whole names."""
    return len(set(divided.values())) > 1 and sum(map(is_whole_name, divided)) > 0


def _parts_inside(inside: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """The folders below each class that split it up, as cat/train and cat/val do; {} where there are none."""
    seconds = {parts[1] if len(parts) > 1 else "" for parts in inside.values()}
    divided = {second: part_named(second) for second in sorted(seconds)}
    if None in divided.values() or TRAIN not in divided.values() or not all(map(is_whole_name, divided)):
        return {}
    return {second: part for second, part in divided.items() if part}


def _labels_below(inside: dict[str, tuple[str, ...]], divided: dict[str, str], folders: ClassFolders) -> None:
    """The classes are the folders in those that divide, without folders around all classes of a part."""
    folders.part_folders = dict(divided)
    for top, part in divided.items():
        below = {name: parts[1:] for name, parts in inside.items() if parts[0] == top}
        if part == TEST:
            folders.tests += below
            continue
        deep = _without_wrapper({name: parts for name, parts in below.items() if parts})
        folders.stray += [name for name in below if name not in deep]
        for name, parts in deep.items():
            folders.labels[name], folders.parts[name] = parts[0], part
    folders.stray += [name for name, parts in inside.items() if parts[0] not in divided]


def _say_what_is_left_out(parsed: ParsedSource, folders: ClassFolders) -> None:
    if parsed.for_testing:
        parsed.notes.append(f"Left out: {counted(len(parsed.for_testing), 'image')} in a test folder.")
    if folders.unlabelled:
        count, names = counted(len(folders.unlabelled), "image"), sorted({*folders.unlabelled.values()})
        parsed.notes.append(
            f"Left out: {count} in {some(quoted(names))}, which holds images without a label."
        )
    if folders.stray:
        note = f"{counted(len(folders.stray), 'image')} outside the class folders: {some(folders.stray)}."
        parsed.notes.append(f"Left out: {note}")
        parsed.assume("ignored files", counted(len(folders.stray), "image"), note)
