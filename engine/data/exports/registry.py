"""The export formats of each task, the usual one first."""

from __future__ import annotations

from engine.data.exports.coco import COCO
from engine.data.exports.export_format import ExportError, ExportFormat
from engine.data.exports.hugging_face import HUGGING_FACE
from engine.data.exports.label_studio import LABEL_STUDIO
from engine.data.exports.pascal import PASCAL
from engine.data.exports.points_table import POINTS_TABLE
from engine.data.exports.voc import VOC
from engine.data.exports.yolo import BOXES, CLASSES, POSE
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

FORMATS: dict[str, tuple[ExportFormat, ...]] = {
    SINGLE_LABEL: (PASCAL, COCO, CLASSES, VOC, LABEL_STUDIO, HUGGING_FACE),
    MULTI_LABEL: (PASCAL, COCO, BOXES, VOC, LABEL_STUDIO, HUGGING_FACE),
    POINTS: (POINTS_TABLE, COCO, POSE, VOC, LABEL_STUDIO, HUGGING_FACE),
}
NAMES = tuple(dict.fromkeys(one.name for formats in FORMATS.values() for one in formats))
"""The names of all formats, as on the command line."""


def formats_for(task: str) -> dict[str, ExportFormat]:
    """The formats that serve a task, by name."""
    return {one.name: one for one in FORMATS[task]}


def format_for(task: str, name: str) -> ExportFormat:
    """A format as a task uses it. Raises `ExportError` where it does not serve the task."""
    if one := formats_for(task).get(name):
        return one
    others = ", ".join(formats_for(task))
    raise ExportError(f"The format {name} does not hold {task}; choose one of {others}.")
