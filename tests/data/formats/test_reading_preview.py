"""What a reading gives before it is chosen, and the readings between which an ambiguous dataset asks to decide."""

import pytest

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.reading_preview import preview_reading
from tests.dataset_files import IMAGE, points, put

NAMES = [f"{n}.jpg" for n in range(8)]


def folder(path, header, cells):
    rows = "".join(f"{name},{cell}\n" for name, cell in zip(NAMES, cells * len(NAMES), strict=False))
    return put(path, {name: IMAGE for name in NAMES} | {"t.csv": f"{header}\n{rows}"})


def test_a_reading_counts_images_and_labels(tmp_path):
    read = preview_reading(folder(tmp_path, "image,label", ["cat", "dog"]), ReadOptions())
    assert (read.form, read.task, read.image_count, read.there_count) == ("cells", "single-label", 8, 8)
    assert read.label_counts == (("cat", 4), ("dog", 4)) and read.is_usable
    assert [row.labels for row in read.examples[:2]] == [("cat",), ("dog",)]
    assert read.summary == "8 of 8 images found; 2 labels: cat (4), dog (4)."
    told = {one.option: one for one in read.assumptions}
    assert not told["format"].is_said and told["separator"].value == "one label in each cell"


def test_what_was_said_is_no_assumption(tmp_path):
    options = ReadOptions(format="points", units="pixels")
    read = preview_reading(points(tmp_path), options)
    assert {one.option for one in read.assumptions if one.is_said} == {"format", "units"}
    assert read.examples[0].point_px == (10, 8) and read.summary == "5 of 5 images found; 5 points."


@pytest.mark.parametrize("options", [ReadOptions(format="voc"), ReadOptions("cells", image_column="nothing")])
def test_an_impossible_reading_is_sentences(tmp_path, options):
    read = preview_reading(folder(tmp_path, "image,label", ["cat", "dog"]), options)
    assert not read.is_usable and read.problems and not read.question
    assert read.summary == "It cannot be read this way."


AMBIGUOUS = {
    "separator": ("image,label", ['"ant, red"', "bee"], {("ant, red", "bee"), ("ant", "bee", "red")}),
    "two separators": (
        "image,labels", ['"hen,fox"', "hen;fox", "hen"], {("fox", "hen", "hen,fox"), ("fox", "hen", "hen;fox")},
    ),
    "label column": ("image,hue,site", ["red,a", "red,b", "sea,b"], {("red", "sea"), ("a", "b")}),
    "vectors": ("image,labels", ["0 1", "1 0"], {("class 0", "class 1"), ("0", "1")}),
}  # fmt: skip


@pytest.mark.parametrize("case", AMBIGUOUS)
def test_every_choice_decides_and_they_differ(tmp_path, case):
    header, cells, vocabs = AMBIGUOUS[case]
    path = folder(tmp_path, header, cells)
    question = preview_reading(path, ReadOptions()).question
    assert isinstance(question, AmbiguousError) and "--" not in question.question
    readings = [preview_reading(path, choice, "multi-label") for choice in question.choices]
    assert {tuple(sorted(dict(one.label_counts))) for one in readings} == vocabs
