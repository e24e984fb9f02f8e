"""All formats that are known, in the order in which they are looked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.data.formats.coco import reader as coco
from engine.data.formats.evidence import Evidence
from engine.data.formats.folders import biwi, class_folders, images_only
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.source import Source
from engine.data.formats.tables import csv_long, csv_multilabel, csv_onehot, object_table, point_columns
from engine.data.formats.tools import createml, cvat, fiftyone, label_studio, labelme, via
from engine.data.formats.voc import reader as voc
from engine.data.formats.yolo import reader as yolo
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS

LABELS = (SINGLE_LABEL, MULTI_LABEL)


@dataclass(frozen=True)
class Form:
    """A format: its name, what a person calls it, what tasks it serves, how it is found and read.

    `find(source)` gives the evidence or None; `read(source, task, options, valid_share)` the rows. `holds` completes
    “this holds ...”. A table serves where it has the columns, so another may be looked for; a folder is what it is.
    `endings` are those of the annotation files that it reads all of; a table names the files that it has read.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    find: Callable[[Source], Evidence | None]
    read: Callable[[Source, str, ReadOptions, float], ParsedSource]
    holds: str = ""
    is_table: bool = False
    endings: tuple[str, ...] = ()


FORMS = {
    form.name: form
    for form in (
        Form("voc", "Pascal VOC (XML)", TASKS, voc.find, lambda s, task, options, share: voc.read(s, task)),
        Form("biwi", "BIWI head poses", (POINTS,), biwi.find, lambda s, task, options, share: biwi.read(s, share),
             "head poses", endings=(".txt", ".cal")),
        Form("coco", "COCO (JSON)", TASKS, coco.find,
             lambda s, task, options, share: coco.read(s, task, options.keypoint)),
        Form("yolo", "YOLO (text files)", TASKS, yolo.find,
             lambda s, task, options, share: yolo.read(s, task, options.keypoint)),
        Form("cvat", "CVAT for images 1.1 (XML)", TASKS, cvat.find,
             lambda s, task, options, share: cvat.read(s, task)),
        Form("labelme", "LabelMe (JSON)", TASKS, labelme.find,
             lambda s, task, options, share: labelme.read(s, task, options)),
        Form("label-studio", "Label Studio (JSON or CSV)", TASKS, label_studio.find,
             lambda s, task, options, share: label_studio.read(s, task, options)),
        Form("createml", "CreateML (JSON)", TASKS, createml.find,
             lambda s, task, options, share: createml.read(s, task)),
        Form("fiftyone", "FiftyOne (labels.json)", TASKS, fiftyone.find,
             lambda s, task, options, share: fiftyone.read(s, task)),
        Form("via", "VGG Image Annotator (JSON or CSV)", TASKS, via.find,
             lambda s, task, options, share: via.read(s, task, options)),
        Form("points", "A table with x and y", (POINTS,), point_columns.find,
             lambda s, task, options, share: point_columns.read(s, options), "points, not labels", True),
        Form("rows", "A table with a row for each label", LABELS, csv_long.find,
             lambda s, task, options, share: csv_long.read(s, options), "labels, not points", True),
        Form("cells", "A table with a cell of labels", LABELS, csv_multilabel.find,
             lambda s, task, options, share: csv_multilabel.read(s, options), "labels, not points", True),
        Form("columns", "A table with a column for each class", LABELS, csv_onehot.find,
             lambda s, task, options, share: csv_onehot.read(s, options), "labels, not points", True),
        Form("objects", "A table with a box in each row", (POINTS,), object_table.find,
             lambda s, task, options, share: object_table.read(s), "boxes", True),
        Form("folders", "A folder for each class", LABELS, class_folders.find,
             lambda s, task, options, share: class_folders.read(s), "a folder for each class"),
        Form("pictures", "Images only, to be labelled", TASKS, images_only.find,
             lambda s, task, options, share: images_only.read(s)),
    )
}  # fmt: skip
"""Every format by its name."""
