"""Other programs read what is exported: the libraries of COCO, Pascal VOC, YOLO's class folders and Hugging Face."""

import io
import json
from contextlib import redirect_stdout
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
import yaml
from pycocotools.coco import COCO

from engine.data.exports import plan_export
from engine.data.formats import load
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from tests.data.exports.round_trip import labelled, pointed, unpacked
from tests.dataset_files import voc

LABELS = {
    "cat/1.jpg": ("cat", "yes"), "cat/2.jpg": (), "dog/1.jpg": ("hot dog",), "käse 猫.jpg": ("no",),
    "5.jpg": ("a/b", "no"), "6.jpg": ("yes",),
}  # fmt: skip
POINTS_PX = {f"{at}.jpg": (at, 2 * at) for at in range(6)} | {"sub/turned.jpg": (10, 30)}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    return tmp_path


@pytest.fixture
def several(home):
    return labelled(home / "set", LABELS)


@pytest.fixture
def points(home):
    return pointed(home / "set", POINTS_PX, turned=("sub/turned.jpg",))


def exported(dataset, task, name, home):
    return unpacked(plan_export(dataset, task, name), home)


def expected(dataset):
    """For each image its labels and whether it validates."""
    return {row.fname: (set(row.labels), row.is_valid) for row in dataset.table.itertuples()}


def read_coco(file) -> COCO:
    with redirect_stdout(io.StringIO()):
        return COCO(str(file))


def test_the_books_code_reads_pascal(home):
    folder = exported(load(voc(home / "set"), MULTI_LABEL), MULTI_LABEL, "pascal", home)
    table = pd.read_csv(folder / "train.csv", keep_default_na=False)
    assert table.columns.tolist() == ["fname", "labels", "is_valid"]
    row = table[table["fname"] == "000004.jpg"].iloc[0]
    assert (row["labels"].split(" "), bool(row["is_valid"])) == (["dog", "person"], True)
    assert all((folder / "train" / fname).is_file() for fname in table["fname"])


def test_pycocotools_reads_labels(home, several):
    folder, seen = exported(several, MULTI_LABEL, "coco", home), {}
    for part in ("train", "val"):
        coco = read_coco(folder / f"instances_{part}.json")
        names = {one["id"]: one["name"] for one in coco.loadCats(coco.getCatIds())}
        assert tuple(names.values()) == several.vocab
        for image in coco.loadImgs(coco.getImgIds()):
            held = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
            assert all(one["bbox"] == [0, 0, 64, 48] and one["area"] == 64 * 48 for one in held)
            seen[image["file_name"]] = {names[one["category_id"]] for one in held}, part == "val"
    assert seen == expected(several)


def test_pycocotools_reads_points(home, points):
    folder, seen = exported(points, POINTS, "coco", home), {}
    for part in ("train", "val"):
        coco = read_coco(folder / f"instances_{part}.json")
        assert coco.loadCats(coco.getCatIds())[0]["keypoints"] == ["point"]
        for image in coco.loadImgs(coco.getImgIds()):
            [one] = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
            seen[image["file_name"]] = (*one["keypoints"], image["width"], image["height"])
    assert seen == {name: (*point, 2, 64, 48) for name, point in POINTS_PX.items()}


def test_torchvision_reads_voc(home, several):
    from torchvision.datasets import VOCDetection

    folder = exported(several, MULTI_LABEL, "voc", home)
    (home / "VOCdevkit").mkdir()
    folder.rename(home / "VOCdevkit" / "VOC2012")
    seen = {}
    for part in ("train", "val"):
        for image, told in VOCDetection(str(home), "2012", part):
            annotation = told["annotation"]
            assert image.size == (64, 48) and annotation["size"] == {
                "width": "64",
                "height": "48",
                "depth": "3",
            }
            objects = annotation.get("object", [])
            whole = {"xmin": "1", "ymin": "1", "xmax": "64", "ymax": "48"}
            assert all(one["bndbox"] == whole for one in objects)
            seen[annotation["filename"]] = {one["name"] for one in objects}, part == "val"
    assert seen == {name.replace("/", "_"): row for name, row in expected(several).items()}


def test_torchvision_reads_the_classes_of_yolo(home):
    from torchvision.datasets import ImageFolder

    labels = {f"{name}/{at}.jpg": (name,) for name in ("hot dog", "no", "猫") for at in range(3)}
    folder = exported(labelled(home / "set", labels), SINGLE_LABEL, "yolo", home)
    for part, count in (("train", 6), ("val", 3)):
        images = ImageFolder(str(folder / part))
        assert images.classes == ["hot dog", "no", "猫"] and len(images) == count


def yolo(folder):
    """What Ultralytics' documentation says of a folder: the configuration, and the lines of each image."""
    config = yaml.safe_load((folder / "data.yaml").read_text("utf-8"))
    lines = {}
    for part in ("train", "val"):
        home = folder / config[part]
        for image in filter(lambda path: path.suffix == ".jpg", home.rglob("*")):
            text = folder / "labels" / part / image.relative_to(home).with_suffix(".txt")
            lines[part, image.relative_to(home).as_posix()] = text.read_text().splitlines()
    return config, lines


def test_the_documented_rules_of_yolo_find_labels(home, several):
    config, lines = yolo(exported(several, MULTI_LABEL, "yolo", home))
    names = config["names"]
    assert names == dict(enumerate(several.vocab))
    assert all(line.split()[1:] == ["0.5", "0.5", "1", "1"] for held in lines.values() for line in held)
    seen = {
        name: ({names[int(line.split()[0])] for line in held}, part == "val")
        for (part, name), held in lines.items()
    }
    assert seen == expected(several)


def test_the_documented_rules_of_yolo_find_points(home, points):
    config, lines = yolo(exported(points, POINTS, "yolo", home))
    assert (config["kpt_shape"], config["flip_idx"], config["names"]) == ([1, 3], [0], {0: "object"})
    for (_, name), [line] in lines.items():
        kind, *numbers = map(float, line.split())
        assert (kind, numbers[:4], numbers[6]) == (0, [0.5, 0.5, 1, 1], 2) and max(numbers[:6]) <= 1
        assert (numbers[4] * 64, numbers[5] * 48) == pytest.approx(POINTS_PX[name], abs=1e-6)


def label_studio(folder):
    """Each task by the file that its address serves below the document root."""
    tasks = json.loads((folder / "tasks.json").read_text("utf-8"))
    files = [parse_qs(urlsplit(one["data"]["image"]).query)["d"][0] for one in tasks]
    assert all((folder / file).is_file() for file in files)
    return {file.partition("/")[2]: one for file, one in zip(files, tasks, strict=True)}


def test_the_documented_rules_of_label_studio_find_choices(home, several):
    folder = exported(several, MULTI_LABEL, "label-studio", home)
    seen = {}
    for file, task in label_studio(folder).items():
        [annotation] = task["annotations"]
        assert all(one["type"] == "choices" for one in annotation["result"])
        labels = {label for one in annotation["result"] for label in one["value"]["choices"]}
        part, _, name = file.partition("/")
        seen[name] = labels, part == "valid"
    assert seen == expected(several)
    config = (folder / "readme.txt").read_text("utf-8")
    assert '<Choice value="a/b"/>' in config and 'choice="multiple"' in config


def test_the_documented_rules_of_label_studio_find_points(home, points):
    for file, task in label_studio(exported(points, POINTS, "label-studio", home)).items():
        [result] = task["annotations"][0]["result"]
        value = result["value"]
        assert (result["original_width"], result["original_height"]) == (64, 48)
        assert value["keypointlabels"] == ["point"]
        x, y = POINTS_PX[file.partition("/")[2]]
        assert (value["x"], value["y"]) == pytest.approx((100 * x / 64, 100 * y / 48))


@pytest.fixture
def datasets(home, monkeypatch):
    """The library of Hugging Face, without a network and with a cache of its own."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    return lambda folder: datasets.load_dataset(
        "imagefolder", data_dir=str(folder), cache_dir=str(home / "hugging_face")
    )


def test_hugging_face_reads_labels(home, several, datasets):
    read = datasets(exported(several, MULTI_LABEL, "hugging-face", home))
    rows = several.table
    for part, is_valid in (("train", False), ("validation", True)):
        expected = rows[rows["is_valid"] == is_valid]
        assert sorted(read[part]["labels"]) == sorted(map(list, expected["labels"]))
        assert all(image.size == (64, 48) for image in read[part]["image"])


def test_hugging_face_reads_one_label(home, datasets):
    labels = {f"{at}.jpg": (("hot dog", "no")[at % 2],) for at in range(6)}
    read = datasets(exported(labelled(home / "set", labels), SINGLE_LABEL, "hugging-face", home))
    assert [*read["train"]["label"], *read["validation"]["label"]] == [
        *("hot dog", "no", "no", "hot dog"),
        *("hot dog", "no"),
    ]


def test_hugging_face_reads_points(home, points, datasets):
    read = datasets(exported(points, POINTS, "hugging-face", home))
    seen = [(row["x"], row["y"]) for part in ("train", "validation") for row in read[part]]
    assert sorted(seen) == sorted((float(x), float(y)) for x, y in POINTS_PX.values())
