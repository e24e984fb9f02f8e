"""Label Studio: tasks.json with choices or keypoints for each image, and the labelling configuration to import it with.

labelstud.io/guide/export and /guide/storage: a local file is named by its path below the storage's folder, and a
keypoint lies in percent of the upright image.
"""

from __future__ import annotations

import json
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from engine import tasks
from engine.data.exports.export_format import Contents, ExportFormat
from engine.data.exports.layout import into_parts, names_in_parts, placed
from engine.data.exports.limitations import turned_images
from engine.data.formats import Dataset

TAG, IMAGE, POINT = "label", "image", "point"
README = """Label Studio reads this folder in three steps.

1. Start it with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT set to this
   folder, and add the folder "images" to your project as a local storage.
2. Choose this labelling configuration:

{config}
3. Import tasks.json.
"""


def contents(dataset: Dataset) -> Contents:
    """A task for each image with one annotation, which has no result where the image has no label."""
    names = [f"images/{name}" for name in into_parts(dataset, names_in_parts(dataset), "train", "valid")]
    rows = zip(names, dataset.table.to_dict("records"), strict=True)
    made = [_task(number, name, row) for number, (name, row) in enumerate(rows, 1)]
    texts = {
        "tasks.json": json.dumps(made, ensure_ascii=False, indent=1),
        "readme.txt": README.format(config=_config(dataset)),
    }
    limitations = turned_images(dataset) if tasks.get(dataset.task).has_points else []
    return Contents(texts, placed(dataset, names), tuple(limitations))


def _task(number: int, name: str, row: dict) -> dict:
    data = {IMAGE: f"/data/local-files/?d={quote(name)}", "split": "valid" if row["is_valid"] else "train"}
    data |= {"group": row["group"]} if row.get("group") else {}
    return {"id": number, "data": data, "annotations": [{"id": number, "result": _results(number, row)}]}


def _results(number: int, row: dict) -> list[dict]:
    common = {"id": f"result{number}", "from_name": TAG, "to_name": IMAGE, "origin": "manual"}
    if "x" in row:
        width, height = int(row["width"]), int(row["height"])
        place = {"x": 100 * float(row["x"]) / width, "y": 100 * float(row["y"]) / height, "width": 0.5}
        size = {"original_width": width, "original_height": height, "image_rotation": 0}
        return [common | size | {"type": "keypointlabels", "value": place | {"keypointlabels": [POINT]}}]
    if not row["labels"]:
        return []
    return [common | {"type": "choices", "value": {"choices": list(row["labels"])}}]


def _config(dataset: Dataset) -> str:
    """The labelling configuration to which the results belong."""
    if tasks.get(dataset.task).has_points:
        controls = f'<KeyPointLabels name="{TAG}" toName="{IMAGE}"><Label value="{POINT}"/></KeyPointLabels>'
    else:
        choices = "".join(f"<Choice value={quoteattr(label)}/>" for label in dataset.vocab)
        several = any(len(labels) != 1 for labels in dataset.table["labels"])
        how = "multiple" if several else "single"
        controls = f'<Choices name="{TAG}" toName="{IMAGE}" choice="{how}">{choices}</Choices>'
    return f'<View>\n  <Image name="{IMAGE}" value="${IMAGE}"/>\n  {controls}\n</View>\n'


LABEL_STUDIO = ExportFormat(
    "label-studio",
    "Label Studio (JSON)",
    "`tasks.json` with choices, or keypoints in percent; images in `images/train/` and `images/valid/`."
    " `readme.txt` has the labelling configuration.",
    contents,
)
