"""Pascal VOC datasets: lists, encodings and boxes of any kind."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.formats import load
from tests.data.formats.reading import labels_of, points_of, problems_of, told_of, valid_of
from tests.dataset_files import IMAGE, annotation, put

NAMES = ["a b", "c -1 d", "e", "f", "g", "h.i"]


def voc(folder, names=NAMES, lists=None, home="", xml=None):
    """Images that show a cat, a dog, a cat ..., with an annotation each."""
    kinds = {name: ("cat", "dog")[at % 2] for at, name in enumerate(names)}
    put(folder / home, {f"JPEGImages/{name}.jpg": IMAGE for name in names})
    put(
        folder / home,
        {f"Annotations/{n}.xml": annotation(n, (kind, 8, 4, 24, 16)) for n, kind in kinds.items()},
    )
    put(folder / home, {f"ImageSets/Main/{part}.txt": text for part, text in (lists or {}).items()})
    return put(folder / home, {f"Annotations/{name}.xml": text for name, text in (xml or {}).items()})


@given(st.lists(st.sets(st.sampled_from(["ant", "bee", "fly"]), max_size=3), min_size=6, max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_agrees_with_torchvision(tmp_path_factory, rows):
    from torchvision.datasets import VOCDetection

    root = tmp_path_factory.mktemp("voc")
    rows[0], rows[5] = {"ant"}, {"bee"}
    xml = {
        n: annotation(f"{n}.jpg", *((k, 8, 4, 24, 16) for k in sorted(row)))
        for n, row in zip(NAMES, rows, strict=True)
    }
    lists = {"train": "\n".join(NAMES[:4]), "val": "\n".join(NAMES[4:]) + "\n"}
    folder = voc(root / "VOCdevkit" / "VOC2007", lists=lists, xml=xml)
    theirs = {
        part: {
            held["annotation"]["filename"]: {one["name"] for one in held["annotation"].get("object", [])}
            for _, held in VOCDetection(root, "2007", part)
        }
        for part in ("train", "val")
    }
    assert labels_of(folder) == theirs["train"] | theirs["val"]
    assert valid_of(folder) == sorted(theirs["val"])


@pytest.mark.parametrize(
    ("train", "val"),
    [
        ("a b\nc -1 d\ne\nf", "g\nh.i"),
        ("a b  1\nc -1 d -1\ne -1\nf  1", "g  1\nh.i -1"),
        ("a b.jpg\r\nc -1 d.jpg\r\ne.jpg\r\nf.jpg\r\n", "JPEGImages/g.jpg\r\nh.i.jpg\r\n"),
        ("\ufeffa b\nc -1 d\ne\nf", "g\nh.i".encode("utf-16")),
    ],
)
def test_lists_name_images_in_any_way(tmp_path, train, val):
    folder = voc(tmp_path, lists={"train": train, "val": val})
    assert valid_of(folder) == ["g.jpg", "h.i.jpg"] and len(labels_of(folder)) == 6


def test_an_image_in_no_list_is_left_out_and_told(tmp_path):
    folder = voc(tmp_path, lists={"train": "a b\nc -1 d\ne", "val": "f\ng"})
    assert "h.i.jpg" not in labels_of(folder) and "Left out: 1 image in no list" in told_of(folder)


def test_test_is_left_out_without_its_annotations_or_validates_where_nothing_else_does(tmp_path):
    folder = voc(tmp_path, lists={"train": "a b\nc -1 d\ne", "val": "f", "test": "g\nh.i\nnot here"})
    (folder / "Annotations/g.xml").unlink()
    assert labels_of(folder).keys() == {"a b.jpg", "c -1 d.jpg", "e.jpg", "f.jpg"}
    other = voc(tmp_path / "other", lists={"trainval": "a b\nc -1 d\ne\nf", "test": "g\nh.i"})
    assert valid_of(other) == ["g.jpg", "h.i.jpg"] and "test is used as validation" in told_of(other)


def test_lists_count_beside_folders_of_other_names(tmp_path):
    put(tmp_path, {f"images/{name}.jpg": IMAGE for name in NAMES})
    put(tmp_path, {f"xml/{n}.xml": annotation(n, ("ab"[at % 2], 1, 1, 2, 2)) for at, n in enumerate(NAMES)})
    put(
        tmp_path,
        {
            "ImageSets/Main/train.txt": "a b\nc -1 d\ne\nf",
            "ImageSets/Main/val.txt": "g",
            "ImageSets/Main/test.txt": "h.i",
        },
    )
    assert valid_of(tmp_path) == ["g.jpg"] and "h.i.jpg" not in labels_of(tmp_path)


def test_two_years_are_read_together(tmp_path):
    for year, names in (("VOC2007", NAMES[:3]), ("VOC2012", NAMES[3:])):
        lists = {"train": "\n".join(names[:2]), "val": names[2]}
        voc(tmp_path, names, lists, f"VOCdevkit/{year}")
    assert valid_of(tmp_path) == ["e.jpg", "h.i.jpg"] and len(labels_of(tmp_path)) == 6


@pytest.mark.parametrize("corner", ["NaN", "inf", "", "ten", None])
def test_a_box_matters_for_points_only(tmp_path, corner):
    held = f"<xmin>{corner}</xmin>" if corner is not None else ""
    box = f"<bndbox>{held}<ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>"
    folder = voc(tmp_path, xml={"e": f"<annotation><object><name>cow</name>{box}</object></annotation>"})
    assert labels_of(folder)["e.jpg"] == {"cow"}
    assert points_of(folder)["f.jpg"] == [16, 10] and "e.jpg" not in points_of(folder)
    assert "e.jpg" in told_of(folder, "points")


def test_a_name_matters_for_labels_only(tmp_path):
    folder = voc(tmp_path, xml={"e": annotation("e.jpg", (" ", 8, 4, 24, 16))})
    assert "e.jpg" not in labels_of(folder) and points_of(folder)["e.jpg"] == [16, 10]
    assert "1 annotation cannot be read: “Annotations/e.xml” (an object has no name)." in told_of(folder)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "gbk"])
def test_declared_encodings_are_read(tmp_path, encoding):
    word = "猫" if encoding in ("gbk", "utf-16") else "Kätzchen"
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    xml = (declared + annotation("e.jpg", (word, 1, 1, 3, 3))).encode(encoding)
    assert labels_of(voc(tmp_path, xml={"e": xml}))["e.jpg"] == {word}


def test_an_undeclared_encoding_is_read_unless_a_name_depends_on_it(tmp_path):
    xml = {"e": annotation("Bär.jpg", ("cow", 1, 1, 3, 3)).encode("latin-1")}
    folder = voc(tmp_path, xml=xml | {"f": annotation("f.jpg", ("Bär", 1, 1, 3, 3)).encode("latin-1")})
    assert labels_of(folder)["e.jpg"] == {"cow"} and "f.jpg" not in labels_of(folder)
    assert "save it as UTF-8" in told_of(folder)


def test_where_most_annotations_cannot_be_read_nothing_is(tmp_path):
    folder = voc(tmp_path, xml=dict.fromkeys(NAMES[:4], "<annotation><object>"))
    assert "4 annotations cannot be read" in problems_of(folder)


def test_xml_that_belongs_to_no_image_is_named(tmp_path):
    put(tmp_path, {f"{n}.jpg": IMAGE for n in range(4)})
    put(tmp_path, {f"{n}.xml": annotation(f"{n}.jpg", ("ab"[n % 2], 1, 1, 2, 2)) for n in range(5)})
    assert "“4.xml”" in told_of(tmp_path) and len(load(tmp_path, "single-label").table) == 4
