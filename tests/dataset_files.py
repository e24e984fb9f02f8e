"""Small datasets in the formats that people import, written by the tests: pictures of 64 x 48, never square."""

import csv
from pathlib import Path

from tests.odd_images import exif_with, quarters, saved, stored_turned

IMAGE = saved(quarters(), "JPEG")
TURNED = saved(stored_turned(quarters(), 6), "JPEG", exif=exif_with(6))


def put(folder: Path, files: dict[str, bytes | str]) -> Path:
    """Write files, by their names relative to the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def write_table(path: Path, header: str, rows: list[tuple]) -> Path:
    """Write a CSV with a header such as "fname,labels,is_valid"."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return path


PASCAL_ROWS = [
    ("1.jpg", "dog bear", False),
    ("2.jpg", "cat", False),
    ("3.jpg", "", False),
    ("4.jpg", "horse", True),
    ("5.jpg", "dog", True),
    ("6.jpg", "bear", False),
]


def pascal(
    folder: Path, rows=PASCAL_ROWS, header="fname,labels,is_valid", beside="train", table="train.csv"
) -> Path:
    """A PASCAL_2007 folder: the table, and a picture for each row."""
    write_table(folder / table, header, rows)
    return put(folder, {f"{beside}/{row[0]}" if beside else row[0]: IMAGE for row in rows})


def annotation(name: str, *objects: tuple) -> str:
    """The Pascal VOC annotation of a picture with objects (name, xmin, ymin, xmax, ymax)."""
    boxes = "".join(
        f"<object><name>{label}</name><difficult>0</difficult><bndbox><xmin>{left}</xmin><ymin>{top}</ymin>"
        f"<xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>"
        for label, left, top, right, bottom in objects
    )
    size = "<size><width>64</width><height>48</height><depth>3</depth></size>"
    return f"<annotation><filename>{name}</filename>{size}{boxes}</annotation>"


VOC_OBJECTS = {
    "000001": [("dog", 10, 20, 30, 40), ("dog", 1, 1, 5, 5)],
    "000002": [("cat", 2, 4, 12, 24)],
    "000003": [],
    "000004": [("dog", 1, 2, 3, 4), ("person", 5, 6, 7, 8)],
    "000005": [("person", 10, 10, 31, 21)],
    "000006": [("sofa", 1, 1, 9, 9)],
}
VOC_LISTS = {"train": ["000001", "000002", "000003"], "val": ["000004", "000005"], "test": ["000006"]}


def voc(folder: Path, objects=VOC_OBJECTS, lists=VOC_LISTS) -> Path:
    """A Pascal VOC folder."""
    put(folder, {f"JPEGImages/{name}.jpg": IMAGE for name in objects})
    put(
        folder,
        {f"Annotations/{name}.xml": annotation(f"{name}.jpg", *boxes) for name, boxes in objects.items()},
    )
    return put(
        folder, {f"ImageSets/Main/{part}.txt": "\n".join(names) + "\n" for part, names in lists.items()}
    )


CAMERA = "50 0 32 \n0 40 24 \n0 0 1 \n\n0 0 0 0 \n"
WIDE_CAMERA = "25 0 30 \n0 20 20 \n0 0 1 \n"


def pose(x: float, y: float, z: float) -> str:
    """A BIWI pose file."""
    return f"0.9 0.1 0.2 \n0.1 0.8 0.3 \n-0.2 0.1 0.9 \n\n{x} {y} {z} \n"


def biwi(folder: Path, people=("01", "02", "13"), frames=2, camera=CAMERA, at=(100.0, -50.0, 1000.0)) -> Path:
    """A BIWI folder as fastai ships it, with the files that lie beside the people."""
    for person in people:
        put(folder, {f"{person}/rgb.cal": camera, f"{person}/depth.cal": camera, f"{person}.obj": "v 0 0 0"})
        for frame in range(3, 3 + frames):
            put(folder, {f"{person}/frame_{frame:05}_rgb.jpg": IMAGE})
            put(folder, {f"{person}/frame_{frame:05}_pose.txt": pose(*at)})
    return put(folder, {"readme.txt": "about", "io_sample.cpp": ""})


POINT_ROWS = [(f"{at}.jpg", 10 * at, 8 * at) for at in range(1, 6)]


def points(folder: Path, rows=POINT_ROWS, header="fname,x,y", beside="images", image=IMAGE) -> Path:
    """A table of points with its pictures."""
    write_table(folder / "points.csv", header, rows)
    return put(folder, {f"{beside}/{row[0]}" if beside else row[0]: image for row in rows})
