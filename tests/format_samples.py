"""More formats that people import, written by hand: COCO, YOLO, Excel, JSON lines, tables of every shape."""

import json
from pathlib import Path

from openpyxl import Workbook

from tests.dataset_files import IMAGE, annotation, put

NAMES = [f"{number}.jpg" for number in range(1, 7)]
KINDS = {
    "1.jpg": ("dog", "bear"),
    "2.jpg": ("cat",),
    "3.jpg": (),
    "4.jpg": ("bear",),
    "5.jpg": ("dog",),
    "6.jpg": ("bear", "cat"),
}
"""The labels that every form below says."""
BOX = (8.0, 4.0, 16.0, 12.0)
"""The box of every object: left, top, width, height in pixels of 64 x 48; its middle is (16, 10)."""
MIDDLE = (16.0, 10.0)
CLASSES = ("bear", "cat", "dog")


def write_images(folder: Path, names=NAMES) -> Path:
    return put(folder, {name: IMAGE for name in names})


def text_table(folder: Path, name: str, header: list, rows: list, separator=",", beside="images") -> Path:
    """A table of text and its pictures."""
    lines = [separator.join(map(str, row)) for row in [header, *rows]]
    write_images(folder / beside)
    return put(folder, {name: "\n".join(lines) + "\n"})


def cells(folder: Path, separator: str, name="labels.csv") -> Path:
    """One cell of labels, in quotation marks."""
    rows = [(fname, '"' + separator.join(KINDS[fname]) + '"') for fname in NAMES]
    return text_table(folder, name, ["image", "tags"], rows, "\t" if name.endswith("tsv") else ",")


def class_columns(folder: Path, yes="1", no="0") -> Path:
    rows = [(fname, *(yes if kind in KINDS[fname] else no for kind in CLASSES), 7) for fname in NAMES]
    return text_table(folder, "classes.csv", ["filename", *CLASSES, "lens"], rows)


def label_rows(folder: Path) -> Path:
    rows = [(fname, kind) for fname in NAMES for kind in KINDS[fname] or ("",)]
    return text_table(folder, "rows.csv", ["fname", "label"], rows)


def json_lines(folder: Path) -> Path:
    write_images(folder / "images")
    lines = [json.dumps({"file_name": fname, "labels": list(KINDS[fname])}) for fname in NAMES]
    return put(folder, {"data.jsonl": "\n".join(lines) + "\n"})


def json_rows(folder: Path) -> Path:
    write_images(folder / "images")
    rows = [{"file_name": fname, "labels": list(KINDS[fname])} for fname in NAMES]
    return put(folder, {"data.json": json.dumps(rows)})


def excel(folder: Path) -> Path:
    write_images(folder / "images")
    workbook = Workbook()
    sheet = workbook.create_sheet("labels")
    sheet.append(["fname", "labels", "is_valid"])
    for at, fname in enumerate(NAMES):
        sheet.append([fname, " ".join(KINDS[fname]), at > 3])
    workbook.save(folder / "labels.xlsx")
    return folder


def coco(folder: Path, names=NAMES, file="annotations/instances.json", beside="images", **more) -> Path:
    """A COCO file with one box for each label."""
    categories = [{"id": 10 * at, "name": kind} for at, kind in enumerate(CLASSES, 1)]
    ids = {one["name"]: one["id"] for one in categories}
    images = [
        {"id": 100 + at, "file_name": fname, "width": 64, "height": 48} for at, fname in enumerate(names)
    ]
    objects = [(at, kind) for at, fname in enumerate(names) for kind in KINDS[fname]]
    annotations = [
        {
            "id": n,
            "image_id": 100 + at,
            "category_id": ids[kind],
            "bbox": list(BOX),
            "area": 192,
            "iscrowd": 0,
        }
        | more
        for n, (at, kind) in enumerate(objects, 1)
    ]
    held = {"images": images, "annotations": annotations, "categories": categories}
    write_images(folder / beside, names)
    return put(folder, {file: json.dumps(held)})


YOLO_BOX = "0.25 0.20833333 0.25 0.25"


def yolo(folder: Path, images_at="images", texts_at="labels", names=True, kinds=KINDS) -> Path:
    """YOLO text files; 3.jpg has none."""
    write_images(folder / images_at, kinds)
    for fname, labels in kinds.items():
        lines = [f"{CLASSES.index(label)} {YOLO_BOX}" for label in labels]
        if lines:
            put(folder / texts_at, {f"{Path(fname).stem}.txt": "\n".join(lines) + "\n"})
    return put(folder, {"classes.txt": "\n".join(CLASSES) + "\n"} if names else {})


def loose_voc(folder: Path, at="annotations", beside="images") -> Path:
    """XML files as tools that draw boxes write them, in a folder of any name."""
    write_images(folder / beside)
    left, top, width, height = BOX
    corners = (left, top, left + width, top + height)
    for fname, labels in KINDS.items():
        xml = annotation(fname, *((label, *corners) for label in labels))
        put(folder / at, {f"{Path(fname).stem}.xml": xml})
    return folder
