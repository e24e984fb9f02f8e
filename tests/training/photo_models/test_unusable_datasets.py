"""Datasets that cannot be fitted on: one plain sentence that names the file, exit status 2, and nothing is written."""

import pytest
from PIL import Image

from engine.training.photo_models import files, fit, held_out_labels, sources
from engine.training.photo_models.groups import SCENE_GROUPS
from tests import photo_model_files as models

NAMES = "".join(["names:\n", *(f"  {number}: {name}\n" for number, name in enumerate(SCENE_GROUPS))]).encode()


def dataset(folder, classes=(), yaml=NAMES, count=24, ending="jpg"):
    """Photographs that show one label each, in turn; the first have label files with these classes."""
    for part in ("images/train", "labels/train"):
        (folder / part).mkdir(parents=True)
    (folder / "data.yaml").write_bytes(yaml)
    for number in range(count):
        Image.new("RGB", (8, 8)).save(folder / f"images/train/{number}.{ending}", "JPEG")
        line = classes[number] if number < len(classes) else number % 12
        (folder / f"labels/train/{number}.txt").write_text(f"{line} .5 .5 .1 .1\n" if line != "" else "")
    return folder


def refused(folder, out, capsys, says):
    assert fit.main(["--coco", str(folder), "--only", "multi-label", "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert says in said and said.count("\n") == 1 and not out.exists()


@pytest.mark.parametrize("word", ["99", "12", "-1", "cat", "1.0", "nan", "\u0661", "9" * 5000])
def test_a_class_that_does_not_exist(tmp_path, capsys, word):
    refused(dataset(tmp_path / "coco", [word]), tmp_path / "out", capsys, "0.txt in labels/ has the class")


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        (b"", "data.yaml should list the names"),
        (b"names: 5\n", "data.yaml should list the names"),
        (b"names: {1: bear}\n", "data.yaml should list the names"),
        (b"names: [\n", "data.yaml cannot be read"),
        (b"\xff\xfe\x00", "data.yaml"),
        (NAMES.replace(b"sheep", b"apple"), "data.yaml does not name the label sheep"),
    ],
)
def test_names_that_cannot_be_used(tmp_path, capsys, yaml, says):
    refused(dataset(tmp_path / "coco", yaml=yaml), tmp_path / "out", capsys, says)


def test_labels_and_images_that_are_too_few(tmp_path, capsys):
    out = tmp_path / "out"
    refused(dataset(tmp_path / "few", count=3), out, capsys, "images/ should hold at least 10 photographs")
    refused(dataset(tmp_path / "none", [""] * 24), out, capsys, "No file in labels/ marks an object")
    refused(dataset(tmp_path / "one", [1, *range(1, 12)] * 2), out, capsys, "shows the label bear")


def test_files_that_cannot_be_read(tmp_path, capsys):
    folder = dataset(tmp_path / "coco")
    (folder / "labels/train/3.txt").write_bytes(b"\xff\xfe\x00")
    refused(folder, tmp_path / "out", capsys, "3.txt in labels/ is not UTF-8")
    (folder / "images/train/2.jpg").write_bytes(b"no image")
    refused(folder, tmp_path / "out", capsys, "2.jpg in images/ cannot be read")


@pytest.mark.parametrize(
    "yaml",
    [
        f"names: [{', '.join(SCENE_GROUPS)}]\n",
        "names:\n" + "".join(f"  {number}: '{name}'\n" for number, name in enumerate(SCENE_GROUPS)),
    ],
)
def test_names_may_be_a_list_or_quoted_and_endings_large(tmp_path, yaml):
    read = sources.read_coco(dataset(tmp_path / "coco", yaml=yaml.encode(), ending="JPG"))
    sources.check_labels(read, list(SCENE_GROUPS))
    assert read.names == list(SCENE_GROUPS) and len(read.paths) == 24


def test_only_the_points_model_needs_faces(tmp_path, capsys):
    folder = dataset(tmp_path / "coco")
    assert fit.main(["--coco", str(folder), "--only", "single-label", "--out", str(tmp_path / "out")]) == 0
    assert files.read(tmp_path / "out", "single-label")
    with pytest.raises(SystemExit) as stopped:
        fit.main(["--coco", str(folder), "--only", "points"])
    assert stopped.value.code == 2 and "--faces is needed" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "fname,x\n", "fname,x,y,group\na.jpg,one,2,p\n", "fname,x,y,group\na.jpg,nan,2,p\n"]
)
def test_faces_that_cannot_be_used(tmp_path, capsys, text):
    folder = dataset(tmp_path / "coco")
    (tmp_path / "points.csv").write_text(text)
    arguments = ["--coco", str(folder), "--faces", str(tmp_path), "--only", "points"]
    assert fit.main([*arguments, "--out", str(tmp_path / "out")]) == 2
    assert "points.csv" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_a_damaged_model_ends_the_command_with_its_sentence(tmp_path, capsys):
    folder = models.copy(tmp_path)
    models.change(folder, "multi-label", {"vocab": None})
    coco = dataset(tmp_path / "coco")
    assert held_out_labels.main(["--coco", str(coco), "--out", str(folder)]) == 2
    assert capsys.readouterr().err == "multi-label.json is damaged: restore it from the repository.\n"
