"""Labels that are codes get the names that a file of the dataset gives them, unless it may mean something else."""

import json

import pytest

from engine.data.formats import detect
from engine.data.formats.class_names import MOST_DEPTH
from tests.data.formats.reading import labels_of, told_of
from tests.dataset_files import IMAGE, put

NUMBERS, CODES, WORDS = ("0", "1", "2"), ("/m/01yrx", "/m/0bt9lr", "/m/015p6"), ("cat", "dog", "bird")
PAIRS = list(zip(NUMBERS, WORDS, strict=True))
NAMES_IN_INFO = {"features": {"label": {"_type": "ClassLabel", "names": WORDS}}}
LISTS = {
    "label_map.json": json.dumps(dict(PAIRS)),
    "class_to_idx.json": json.dumps({word: int(number) for number, word in PAIRS}),
    "dataset_info.json": json.dumps({"default": NAMES_IN_INFO}),
    "classes.txt": "cat\ndog\nbird\n",
    "class_numbers.txt": "0 cat\n1 dog\n2 bird\n",
    "signnames.csv": "ClassId,SignName\n0,cat\n1,dog\n2,bird\n",
}


def dataset(folder, labels, **files):
    rows = [f"{at}.jpg,{label}" for at, label in enumerate(labels * 2)]
    tables = {name.replace("__", "."): text for name, text in files.items()}
    images = {f"images/{at}.jpg": IMAGE for at in range(len(rows))}
    return put(folder, {"labels.csv": "\n".join(["image,label", *rows])} | tables | images)


def read(folder, **options):
    return [labels_of(folder, **options)[f"{at}.jpg"] for at in range(3)]


@pytest.mark.parametrize("name", LISTS)
def test_a_file_names_the_numbers(tmp_path, name):
    folder = put(dataset(tmp_path, NUMBERS), {name: LISTS[name]})
    assert read(folder) == [{"cat"}, {"dog"}, {"bird"}]
    assert f"from “{name}”" in told_of(folder) and "not read" not in "".join(detect(folder).reasons)
    assert read(folder, classes=NUMBERS) == [{"0"}, {"1"}, {"2"}]


@pytest.mark.parametrize("header", ["", "LabelName,DisplayName\n"])
def test_machine_names_become_words(tmp_path, header):
    rows = "".join(f"{code},{word}\n" for code, word in zip(CODES, WORDS, strict=True))
    assert read(dataset(tmp_path, CODES, descriptions__csv=f"{header}{rows}/m/09,Zebra\n"))[0] == {"cat"}


def test_folders_of_codes_get_names(tmp_path):
    files = {f"train/n0000000{at}/{at}{copy}.jpg": IMAGE for at in (1, 2) for copy in (0, 1)}
    mapping = {"LOC_synset_mapping.txt": "n00000001 cat, tabby\nn00000002 dog\n"}
    assert labels_of(put(tmp_path, files | mapping))["10.jpg"] == {"cat, tabby"}


def test_a_list_that_counts_from_one(tmp_path):
    folder = dataset(tmp_path, ("1", "2", "3"), classes__txt="cat\ndog\nbird\n")
    assert read(folder) == [{"cat"}, {"dog"}, {"bird"}]


@pytest.mark.parametrize(
    "files",
    [
        {"people.csv": "number,name\n0,Ann\n1,Bob\n2,Cy\n"},
        {"classes.csv": "id,name\n0,cat\n1,dog\n"},
        {"classes.csv": "id,name\n0,cat\n1,cat\n2,dog\n"},
        {"classes.csv": "id,count\n0,12\n1,13\n2,14\n"},
        {"label_map.json": json.dumps(dict(PAIRS)), "classes.txt": "cat\nbird\ndog\n"},
        {"label_map.json": "[" * 100 + "]" * 100},
        {"label_map.json": '{"a":' * (MOST_DEPTH + 2) + json.dumps(dict(PAIRS)) + "}" * (MOST_DEPTH + 2)},
    ],
)
def test_numbers_stay_where_no_file_surely_names_them_all(tmp_path, files):
    assert read(put(dataset(tmp_path, NUMBERS), files)) == [{"0"}, {"1"}, {"2"}]
