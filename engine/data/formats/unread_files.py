"""Annotation files that are not read: each is named, with the reason and what would work instead."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import PurePosixPath

from engine.data.formats.annotation_files import TABLES
from engine.data.formats.assumptions import Assumption
from engine.data.formats.coco.large_file import LargeAnnotations
from engine.data.formats.files.text_file import read_text
from engine.data.formats.images.image_names import tidy
from engine.data.formats.phrases import some
from engine.data.formats.record import DatasetError
from engine.data.formats.source import MOST_TABLES_READ, Source
from engine.data.formats.yolo.labels import read_lines

TABLE_ENDINGS = {
    *TABLES,
    ".xls",
    ".ods",
    ".parquet",
    ".arrow",
    ".mat",
    ".pkl",
    ".npy",
    ".npz",
    ".h5",
    ".tfrecord",
}
ARCHIVE_ENDINGS = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".xz", ".bz2"}
OTHER_IMAGES = {
    *(".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf"),
    *(".psd", ".svg", ".jxl", ".jp2", ".j2k", ".exr", ".hdr", ".tga", ".ico", ".dcm", ".pdf", ".eps"),
    *(".mp4", ".mov", ".avi", ".mkv", ".webm"),
}
"""What holds images or a film in a form that is not read."""
ANNOTATIONS = {*OTHER_IMAGES, *TABLE_ENDINGS, *ARCHIVE_ENDINGS, ".json", ".xml", ".txt", ".yaml", ".yml"}
MOST_TEXTS_TRIED = 20
NO_TEXT = "text that describes none of the images"
LOOKED_AT = 20
READMES = ("readme", "license", "licence", "citation", "changelog", "requirements", "notes")


def unread_files(source: Source, read: set[str], endings: tuple[str, ...] = ()) -> list[Assumption]:
    """An assumption for each reason why annotation files other than those that were `read` are not.

    Files with one of the `endings` were read, too. Readmes and licences count as no annotations.
    """
    reasons: dict[str, list[str]] = defaultdict(list)
    for name in source.listing.names:
        ending = os.path.splitext(name)[1].lower()
        if ending in ANNOTATIONS and ending not in endings and name not in read and not is_readme(name):
            reasons[_reason(source, name, ending)].append(name)
    return [
        Assumption("ignored files", some([f"“{name}”" for name in names]), f"not read: {reason}", "format")
        for reason, names in reasons.items()
    ]


def is_readme(name: str) -> bool:
    """Whether a file tells people about a dataset, and no program."""
    stem = PurePosixPath(name).stem.lower()
    return any(stem.startswith(word) for word in READMES)


def _reason(source: Source, name: str, ending: str) -> str:
    if name in source.unread_tables:
        return source.unread_tables[name]
    if ending == ".json":
        held = source.jsons.get(name)
        if isinstance(held, DatasetError):
            return " ".join(held.problems)
        return _KNOWN.get(_tool(held), "JSON of an unknown format; export COCO, or a table (CSV)")
    if ending == ".xml":
        return "no Pascal VOC annotation of an image that is there; export Pascal VOC or COCO"
    if ending in OTHER_IMAGES:
        return "images of this kind are not read; save them as JPEG or PNG"
    if ending in TABLES:
        return _why_no_table(source, name)
    if ending in TABLE_ENDINGS:
        return f"{ending} files are not read; save it as CSV"
    if ending in ARCHIVE_ENDINGS:
        return "an archive in a folder is not unpacked; unpack it there, or choose it as the dataset"
    return _why_no_text(source, name)


def _why_no_text(source: Source, name: str) -> str:
    """What is in a text file: lines that are no YOLO objects, a list of images, or nothing about any image."""
    tried = source.memo.setdefault("texts tried", set())
    if len(tried) >= MOST_TEXTS_TRIED and name not in tried:
        return NO_TEXT
    tried.add(name)
    try:
        text, _ = read_text(source.listing.folder / name)
    except DatasetError:
        return NO_TEXT
    if source.listing.candidates(PurePosixPath(name).stem):
        try:
            read_lines(text)
        except ValueError as error:
            return f"no objects as YOLO writes them ({error})"
        return "no objects as YOLO writes them (its numbers are not shares of the image)"
    words = [line.split()[0].partition(",")[0] for line in text.splitlines()[:LOOKED_AT] if line.strip()]
    if any(not word.isdigit() and source.listing.candidates(tidy(word)) for word in words):
        return "it lists images; save it as CSV with a header such as image,label"
    return NO_TEXT


def _why_no_table(source: Source, name: str) -> str:
    for table in source.tables:
        if name in (source.name_of(table), *table.joined):
            try:
                columns = source.columns(table)
            except DatasetError as error:
                return " ".join(error.problems)
            if columns.labels is None and not columns.classes and columns.x is None:
                return "it has neither a column of labels nor columns “x” and “y”"
            return "another table or format is read"
    return (
        f"more than {MOST_TABLES_READ} tables are below the folder"
        if "/" in name
        else "another table is read"
    )


def _tool(held: object) -> str:
    if isinstance(held, dict):
        if "shapes" in held and "imagePath" in held:
            return "LabelMe"
        if set(held) >= {"classes", "labels"}:
            return "FiftyOne"
        if isinstance(held.get("samples"), list):
            return "FiftyOne"
        if isinstance(held.get("images"), list) and "annotations" in held:
            return "captions" if _has_captions(held["annotations"]) else "COCO"
    return ""


def _has_captions(annotations: object) -> bool:
    if isinstance(annotations, LargeAnnotations):
        return annotations.has_captions
    first = annotations[0] if isinstance(annotations, list) and annotations else None
    return isinstance(first, dict) and "caption" in first


_KNOWN = {
    "captions": "COCO with captions, which are not labels; choose the instances file",
    "COCO": "COCO without categories, so that nothing names the labels; export it with “categories”",
    "LabelMe": "a LabelMe file; export COCO or Pascal VOC (labelme2coco, labelme2voc)",
    "FiftyOne": "a FiftyOne export; export COCODetectionDataset or an image classification directory tree",
}
