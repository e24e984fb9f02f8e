"""What is exported reads back as the same record, here and in the peers' own libraries, and runs in no spreadsheet."""

import csv
import io
import json
import zipfile
from contextlib import redirect_stdout

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO

from engine import __main__ as command_line
from engine.data.csv_safety import guarded, is_formula, unguarded
from engine.data.exports import ExportError, contents, export, forms_for, zipping
from engine.data.formats import Dataset, detect, load
from tests.data.checks.small_datasets import POINTS, labelled, pointed, saved, scene
from tests.dataset_files import biwi, pascal, put, voc
from tests.tiny_data import last_json


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    return tmp_path


def unpacked(dataset: Dataset, form: str, folder):
    """The folder that the export makes when it is unpacked by zipfile itself."""
    export(dataset, form, folder / "out.zip")
    with zipfile.ZipFile(folder / "out.zip") as packed:
        assert packed.testzip() is None
        packed.extractall(folder / form)
    return folder / form


def comparable(dataset: Dataset) -> pd.DataFrame:
    """The table without the folder that all pictures lie in, in the order of the names."""
    table = dataset.table.copy()
    for usual in ("train/", "images/", "JPEGImages/"):
        if all(fname.startswith(usual) for fname in table["fname"]):
            table["fname"] = table["fname"].str.removeprefix(usual)
    return table.sort_values("fname", ignore_index=True)


def assert_same(before: Dataset, after: Dataset) -> None:
    pd.testing.assert_frame_equal(comparable(before), comparable(after), check_like=True)
    assert after.vocab == before.vocab and after.task == before.task
    paths = [dict(zip(comparable(one)["fname"], sorted(one.paths()), strict=True)) for one in (before, after)]
    assert [path.read_bytes() for path in paths[0].values()] == [
        path.read_bytes() for path in paths[1].values()
    ]


LABEL_SETS = {
    "pascal": lambda folder: pascal(folder),
    "voc": lambda folder: voc(folder),
    "folders": lambda folder: put(
        folder, {f"{kind}/{n}.jpg": saved(scene(n)) for kind in ("traffic light", "cat") for n in range(4)}
    ),
    "groups": lambda folder: labelled(
        folder,
        [(f"{n}.jpg", ("dog", "cat")[n % 2], n > 5, ("", "a", "b")[n % 3]) for n in range(9)],
        "fname,labels,is_valid,group",
    ),
}


@pytest.mark.parametrize("form", ["pascal", "coco"])
@pytest.mark.parametrize("kind", LABEL_SETS)
def test_labels_come_back(home, kind, form):
    before = load(LABEL_SETS[kind](home / "set"), "multi-label")
    assert_same(before, load(unpacked(before, form, home), "multi-label"))


@pytest.mark.parametrize("form", ["points", "coco"])
@pytest.mark.parametrize("kind", ["table", "biwi"])
def test_points_come_back_to_the_last_digit(home, kind, form):
    rows = [*POINTS, ("x.jpg", 0.1 + 0.2, 1 / 3, True), ("y.jpg", 64, 48, False)]
    folder = pointed(home / "set", rows) if kind == "table" else biwi(home / "set")
    before = load(folder, "points")
    exported = unpacked(before, form, home)
    assert detect(exported).task == "points"
    assert_same(before, load(exported, "points"))


def test_points_near_the_corner_are_not_taken_for_shares(home):
    rows = [(f"{n}.jpg", n / 10, 0.5, n > 5) for n in range(9)]
    folder = labelled(
        home / "set", [(*row, 64, 48) for row in rows], "fname,x,y,is_valid,width,height", table="points.csv"
    )
    before = load(folder, "points")
    assert_same(before, load(unpacked(before, "points", home), "points"))


def test_pascal_is_what_the_books_code_reads(home):
    folder = unpacked(load(voc(home / "set"), "multi-label"), "pascal", home)
    table = pd.read_csv(folder / "train.csv", keep_default_na=False)
    assert table.columns.tolist() == ["fname", "labels", "is_valid"]
    row = table[table["fname"] == "000004.jpg"].iloc[0]
    assert (row["labels"].split(" "), bool(row["is_valid"])) == (["dog", "person"], True)
    assert all((folder / "train" / fname).is_file() for fname in table["fname"])


def test_pycocotools_reads_the_labels(home):
    before = load(voc(home / "set"), "multi-label")
    folder = unpacked(before, "coco", home)
    seen = {}
    for part in ("train", "val"):
        with redirect_stdout(io.StringIO()):
            coco = COCO(str(folder / f"instances_{part}.json"))
        names = {one["id"]: one["name"] for one in coco.loadCats(coco.getCatIds())}
        assert tuple(names.values()) == before.vocab
        for image in coco.loadImgs(coco.getImgIds()):
            told = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
            assert (image["width"], image["height"]) == (64, 48)
            assert all(one["bbox"] == [0, 0, 64, 48] and one["area"] == 64 * 48 for one in told)
            seen[f"JPEGImages/{image['file_name']}"] = (
                {names[one["category_id"]] for one in told},
                part == "val",
            )
    expected = {row.fname: (set(row.labels), row.is_valid) for row in before.table.itertuples()}
    assert seen == expected


def test_pycocotools_reads_the_points(home):
    before = load(pointed(home / "set", POINTS), "points")
    folder = unpacked(before, "coco", home)
    with redirect_stdout(io.StringIO()):
        coco = COCO(str(folder / "instances_val.json"))
    (category,) = coco.loadCats(coco.getCatIds())
    assert category["keypoints"] == ["point"]
    points = [coco.loadAnns(coco.getAnnIds(imgIds=one))[0]["keypoints"] for one in sorted(coco.getImgIds())]
    assert points == [[10 + n, 20, 2] for n in range(6, 10)]


# --- what would not read back -------------------------------------------------------------------------------------


def made(home, *labels, names=None) -> Dataset:
    names = names or [f"{n}.jpg" for n in range(len(labels))]
    put(home / "set", {f"train/{name}": saved(scene(n)) for n, name in enumerate(names)})
    table = pd.DataFrame(
        {
            "fname": pd.Series([f"train/{name}" for name in names], dtype=object),
            "labels": pd.Series(list(labels), dtype=object),
            "is_valid": [n % 2 == 0 for n in range(len(names))],
        }
    )
    vocab = tuple(sorted({label for some in labels for label in some}))
    return Dataset("made", "multi-label", home / "set", table, vocab)


def test_a_label_with_a_comma_needs_coco(home):
    dataset = made(home, ("a,b",), ("c",), ("a,b", "c"), ("c",))
    with pytest.raises(ExportError, match="cannot hold"):
        contents(dataset, "pascal")
    assert_same(dataset, load(unpacked(dataset, "coco", home), "multi-label"))


def test_labels_with_spaces_are_separated_by_bars(home):
    dataset = made(home, ("traffic light",), ("cat", "traffic light"), (), ("cat",))
    assert "traffic light|" in contents(dataset, "pascal").texts["train.csv"]
    assert_same(dataset, load(unpacked(dataset, "pascal", home), "multi-label"))


def test_a_form_for_another_task_is_refused(home):
    with pytest.raises(ExportError, match="choose another form"):
        contents(made(home, ("a",), ("b",)), "points")
    assert forms_for("points") == ["points", "coco"] and forms_for("single-label") == ["pascal", "coco"]


# --- cells that a spreadsheet would run ---------------------------------------------------------------------------


STRANGE = [
    "=1+1.jpg",
    "+x.jpg",
    "-x.jpg",
    "@x.jpg",
    "'=x.jpg",
    "''=x.jpg",
    "'tis.jpg",
    " =x.jpg",
    "a b.jpg",
    "käse 猫.jpg",
]


def test_no_cell_runs_in_a_spreadsheet_and_all_come_back(home):
    names = [name for name in STRANGE if not name.startswith(" ")]
    labels = [("=cmd",), ("-1", "x"), (), ("@SUM",), ("'=q",), ("x",), ("+1",), ("x",), ("<script>",)]
    dataset = made(home, *labels, names=names)
    folder = unpacked(dataset, "pascal", home)
    cells = [
        cell for row in csv.reader((folder / "train.csv").open(newline="", encoding="utf-8")) for cell in row
    ]
    assert not any(is_formula(cell) for cell in cells)
    assert_same(dataset, load(folder, "multi-label"))


@given(st.text("='+-@ \t\nab", max_size=8))
def test_every_text_comes_back_from_its_guarded_cell(text):
    assert unguarded(guarded(text)) == text
    assert not is_formula(guarded(text))


NAMES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="/\\."),
            min_size=1, max_size=6),
    min_size=3, max_size=6, unique_by=lambda name: name.casefold(),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(NAMES, st.data())
def test_any_names_and_labels_come_back_or_are_refused(tmp_path_factory, names, data):
    """Names in any script; labels of any letters. Nothing is ever read back as something else."""
    label = st.text(
        st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=5
    )
    vocab = data.draw(st.lists(label.map(str.strip).filter(bool), min_size=2, max_size=4, unique=True))
    labels = [tuple(data.draw(st.lists(st.sampled_from(vocab), unique=True))) for _ in names]
    table = pd.DataFrame(
        {
            "fname": [f"images/{name}.jpg" for name in names],
            "labels": pd.Series(labels, dtype=object),
            "is_valid": [n == 0 for n in range(len(names))],
        }
    )
    dataset = Dataset("any", "multi-label", tmp_path_factory.getbasetemp(), table, tuple(sorted(vocab)))
    for form in ("pascal", "coco"):
        try:
            texts = contents(dataset, form).texts
        except ExportError as error:
            assert "cannot hold" in str(error)
            continue
        assert set(texts) == (
            {"train.csv"} if form == "pascal" else {"instances_train.json", "instances_val.json"}
        )


# --- the zip ------------------------------------------------------------------------------------------------------


def test_the_same_record_gives_the_same_bytes_and_progress_is_told(home):
    dataset, told = load(pascal(home / "set"), "multi-label"), []
    for name in ("a.zip", "b.zip"):
        export(dataset, "pascal", home / name, told.append)
    assert (home / "a.zip").read_bytes() == (home / "b.zip").read_bytes()
    assert told[:6] == [pytest.approx(n / 6) for n in range(1, 7)]


def test_a_picture_that_is_gone_leaves_no_half_zip(home):
    dataset = load(pascal(home / "set"), "multi-label")
    dataset.paths()[2].unlink()
    with pytest.raises(ExportError, match="could not be written"):
        export(dataset, "pascal", home / "a.zip")
    assert [file.name for file in home.iterdir()] == ["set"]


def test_a_full_disk_is_told_first(home, monkeypatch):
    monkeypatch.setattr(zipping, "KEPT_FREE", 10**18)
    with pytest.raises(ExportError, match="the disk has room for 0 MB"):
        export(load(pascal(home / "set"), "multi-label"), "pascal", home / "a.zip")


def test_the_command_writes_the_zip(home, capsys):
    out = home / "x" / "out.zip"
    folder = str(pascal(home / "set"))
    assert (
        command_line.main(
            ["export-data", folder, "--task", "multi-label", "--form", "coco", "--out", str(out)]
        )
        == 0
    )
    assert last_json(capsys.readouterr().out) == {"file": str(out), "images": 6}
    with zipfile.ZipFile(out) as packed:
        assert len(json.loads(packed.read("instances_train.json"))["images"]) == 4
    assert (
        command_line.main(
            ["export-data", folder, "--task", "multi-label", "--form", "points", "--out", str(out)]
        )
        == 2
    )
