"""Small files that ask for much work, written from nothing: many names, deep nesting, many broken images."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from benchmarks import hostile_files
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


@dataclass(frozen=True)
class Case:
    """One file: what writes it into a folder, the command that takes it, and the task that it is read for."""

    make: Callable[[Path], Path]
    task: str = MULTI_LABEL
    command: str = "import"


def _jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), "gray").save(buffer, "JPEG")
    return buffer.getvalue()


IMAGES = [(f"{number}.jpg", _jpeg()) for number in range(4)]


def packed(place: Path, files: Iterable[tuple[str, bytes | str]]) -> Path:
    """A zip of these files."""
    file = place / "hostile.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return file


def _with_images(name: str, content: Callable[[], bytes | str]) -> Callable[[Path], Path]:
    return lambda place: packed(place, [*IMAGES, (name, content())])


def _many_entries(place: Path, count: int = 500_000) -> Path:
    """A zip that lists so many empty files."""
    directory, body = [], []
    at = 0
    for number in range(count):
        name = f"{number:x}.txt".encode()
        local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name
        about = (20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, at)
        directory.append(struct.pack("<4s6H3L5H2L", b"PK\1\2", *about) + name)
        body.append(local)
        at += len(local)
    listed = b"".join(directory)
    end_64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(listed), at)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at + len(listed), 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    file = place / "hostile.zip"
    file.write_bytes(b"".join(body) + listed + end_64 + locator + end)
    return file


def _bundle_hiding_its_list(place: Path) -> Path:
    """A run's zip whose 32-bit record says that its list is short, and whose 64-bit record is the one that counts."""
    file = _many_entries(place, 240_000)
    content = bytearray(file.read_bytes())
    struct.pack_into("<L", content, len(content) - 10, 100)
    file.write_bytes(content)
    return file


def _label_rows(place: Path) -> Path:
    rows = "".join(f"{number % 4}.jpg,label {number}\n" for number in range(199_000))
    return packed(place, [*IMAGES, ("labels.csv", f"fname,label\n{rows}")])


def _label_cells(place: Path) -> Path:
    cells = (";".join(f"label {number}" for number in range(at, 199_000, 4)) for at in range(4))
    rows = "".join(f"{at}.jpg,{cell}\n" for at, cell in enumerate(cells))
    return packed(place, [*IMAGES, ("labels.csv", f"fname,labels\n{rows}")])


def _labels_of_missing_images(place: Path) -> Path:
    rows = "".join(f"missing {number}.jpg,label {number}\n" for number in range(199_000))
    return packed(place, [*IMAGES, ("labels.csv", f"fname,label\n{rows}")])


def _labels_at_the_limit(place: Path) -> Path:
    """As many images and labels as are taken."""
    count = 5_000
    images = ((f"{number}.jpg", IMAGES[0][1]) for number in range(count))
    cell = ";".join("label {}" for _ in range(8))
    rows = "".join(
        f"{number}.jpg,{cell.format(*((number * 8 + at) % 19_999 for at in range(8)))}\n"
        for number in range(count)
    )
    return packed(place, [*images, ("labels.csv", f"fname,labels\n{rows}")])


def _alike_labels(place: Path) -> Path:
    rows = "".join(
        f"{number % 4}.jpg,label{'_' * (number % 90)}{number // 90}\n" for number in range(199_000)
    )
    return packed(place, [*IMAGES, ("labels.csv", f"fname,label\n{rows}")])


def _broken_images(place: Path, points: bool = False) -> Path:
    count = 49_000
    heading = "fname,x,y" if points else "fname,labels"
    says = (lambda number: "3,4") if points else (lambda number: f"{'cat' if number % 2 else 'dog'}")
    rows = "".join(f"{number}.jpg,{says(number)}\n" for number in range(count))
    broken = ((f"{number}.jpg", b"\xff\xd8\xff\xe0broken %d" % number) for number in range(count))
    return packed(place, [*broken, ("labels.csv", f"{heading}\n{rows}")])


def _deep_voc(place: Path) -> Path:
    depth = 200_000
    xml = f"<annotation>{'<object>' * depth}{'</object>' * depth}</annotation>"
    return packed(place, [("JPEGImages/0.jpg", IMAGES[0][1]), ("Annotations/0.xml", xml)])


def _yolo(content: str) -> Callable[[Path], Path]:
    files = [("images/0.jpg", IMAGES[0][1]), ("labels/0.txt", "0 0.5 0.5 0.1 0.1\n"), ("data.yaml", content)]
    return lambda place: packed(place, files)


def _coco(categories: int, annotations: int) -> str:
    return json.dumps(
        {
            "images": [
                {"id": at, "file_name": name, "width": 16, "height": 16}
                for at, (name, _) in enumerate(IMAGES)
            ],
            "categories": [{"id": at, "name": f"label {at}"} for at in range(categories)],
            "annotations": [
                {"id": at, "image_id": at % 4, "category_id": at % categories, "bbox": [1, 1, 2, 2]}
                for at in range(annotations)
            ],
        }
    )


def _wide_table() -> str:
    heads = ",".join(f"label {number}" for number in range(100_000))
    return f"fname,{heads}\n" + "".join(f"{name}{',1' * 100_000}\n" for name, _ in IMAGES)


def _voc(content: str) -> Callable[[Path], Path]:
    return lambda place: packed(place, [("JPEGImages/0.jpg", IMAGES[0][1]), ("Annotations/0.xml", content)])


def _image(make: Callable[[], bytes]) -> Callable[[Path], Path]:
    """Sound images, and one more in the same folder."""
    return lambda place: packed(
        place, [*((f"cat/{name}", content) for name, content in IMAGES), ("dog/0.png", make())]
    )


CASES: dict[str, Case] = {
    "500,000 entries": Case(_many_entries),
    "run with a hidden list": Case(_bundle_hiding_its_list, command="runs import"),
    "199,000 labels, a row each": Case(_label_rows),
    "199,000 labels in 4 cells": Case(_label_cells),
    "199,000 labels of missing images": Case(_labels_of_missing_images, SINGLE_LABEL),
    "199,000 labels, many alike": Case(_alike_labels),
    "20,000 labels of 5,000 images": Case(_labels_at_the_limit),
    "49,000 broken images": Case(_broken_images, SINGLE_LABEL),
    "49,000 broken images with points": Case(lambda place: _broken_images(place, True), POINTS),
    "JSON 100,000 deep": Case(_with_images("labels.json", lambda: "[" * 100_000)),
    "JSON 5,000,000 deep": Case(_with_images("labels.json", lambda: "[" * 5_000_000)),
    "JSON objects 100,000 deep": Case(_with_images("labels.json", lambda: '{"a":' * 100_000)),
    "JSON line 100,000 deep": Case(_with_images("labels.jsonl", lambda: "[" * 100_000)),
    "large JSON, deep": Case(_with_images("labels.json", lambda: " " * 65 * 1024**2 + "[" * 5_000_000)),
    "YAML 100,000 deep": Case(_yolo("names: " + "[" * 100_000)),
    "YAML mappings 20,000 deep": Case(_yolo("names: " + "{a: " * 20_000)),
    "YAML blocks 3,000 deep": Case(_yolo("".join(" " * at + "a:\n" for at in range(3_000)))),
    "YAML 140,000 names": Case(_yolo("names:\n" + "".join(f"- name {at}\n" for at in range(140_000)))),
    "VOC 200,000 deep": Case(_deep_voc),
    "COCO 199,000 labels": Case(_with_images("labels.json", lambda: _coco(199_000, 199_000))),
    "100,000 columns": Case(_with_images("labels.csv", _wide_table)),
    "CSV cell of 50 MB": Case(_with_images("labels.csv", hostile_files.huge_cell)),
    "Excel of 127 MB": Case(_with_images("labels.xlsx", hostile_files.excel_bomb)),
    "YAML alias bomb": Case(_yolo(hostile_files.alias_bomb())),
    "VOC entity bomb": Case(_voc(hostile_files.entity_bomb())),
    "VOC with a long entity": Case(lambda place: _voc(hostile_files.long_entity())(place)),
    "Parquet of 100,000,000 rows": Case(hostile_files.parquet_bomb, SINGLE_LABEL),
    "2,000 folders deep": Case(
        lambda place: packed(place, [*IMAGES, (hostile_files.nested_folders(), IMAGES[0][1])])
    ),
    **{name: Case(_image(make), SINGLE_LABEL) for name, make in hostile_files.IMAGES.items()},
}
"""Every case, by what it is."""
