"""Inputs with two plausible readings, or none that is safe: each is read rightly, refused with a reason, or asked."""

import json

import pytest

from engine.data.formats import DatasetError, detect, load
from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.read_options import ReadOptions
from tests.data.formats.reading import labels_of, points_of, problems_of, valid_of
from tests.dataset_files import IMAGE, annotation, put

NAMES = [f"{at}.jpg" for at in range(6)]
HEN_OR_FOX = ["hen", "fox"] * 3
EXPECTED = {name: {label} for name, label in zip(NAMES, HEN_OR_FOX, strict=True)}


def images(*folders: str, names=NAMES) -> dict:
    return {f"{folder}{name}": IMAGE for folder in folders or ("",) for name in names}


def table(header: str, cells, names=NAMES) -> str:
    return "\n".join([header, *(f"{name},{cell}" for name, cell in zip(names, cells, strict=True)), ""])


def one_hot(names=NAMES) -> str:
    return table("image,hen,fox", ["1,0", "0,1", "1,1", "1,0", "0,0", "0,1"], names)


def ask(folder, task="multi-label") -> AmbiguousError:
    with pytest.raises(AmbiguousError) as raised:
        load(folder, task)
    with pytest.raises(AmbiguousError):
        detect(folder)
    return raised.value


# --- which table ------------------------------------------------------------------------------------------------


def test_two_tables_that_label_the_same_images_are_asked(tmp_path):
    files = {"a.csv": table("image,label", HEN_OR_FOX), "b.csv": table("image,kind", ["owl", "cow"] * 3)}
    folder = put(tmp_path, images() | files)
    assert ask(folder).options == ("table",)
    assert labels_of(folder, table="a.csv") == EXPECTED
    assert labels_of(folder, table="b.csv")["0.jpg"] == {"owl"}


def test_tables_that_say_the_same_and_tables_of_other_images_are_no_question(tmp_path):
    same = table("image,label", HEN_OR_FOX)
    assert labels_of(put(tmp_path / "a", images() | {"a.csv": same, "copy.csv": same})) == EXPECTED
    halves = {
        "a.csv": table("image,label", HEN_OR_FOX[:3], NAMES[:3]),
        "b.csv": table("image,label", HEN_OR_FOX[3:], NAMES[3:]),
    }
    assert labels_of(put(tmp_path / "b", images() | halves)) == EXPECTED


def test_a_sample_of_a_submission_gives_no_labels(tmp_path):
    files = {
        "labels.csv": table("id,label", HEN_OR_FOX[:4], ["0", "1", "2", "3"]),
        "sample_submission.csv": "id,label\n4,hen\n5,hen\n",
    }
    folder = put(tmp_path, images("train/", names=NAMES[:4]) | images("test/", names=NAMES[4:]) | files)
    assert labels_of(folder) == {name: EXPECTED[name] for name in NAMES[:4]}


def test_a_table_of_parts_divides_the_labels_and_is_none_itself(tmp_path):
    parts = table("image,partition", ["0", "0", "1", "1", "2", "2"])
    folder = put(tmp_path, images("img/") | {"list_attr.csv": one_hot(), "list_eval_partition.csv": parts})
    assert labels_of(folder) == {
        "0.jpg": {"hen"},
        "1.jpg": {"fox"},
        "2.jpg": {"hen", "fox"},
        "3.jpg": {"hen"},
    }
    assert valid_of(folder) == ["2.jpg", "3.jpg"]


# --- which column, which row ------------------------------------------------------------------------------------


def test_a_first_row_of_words_may_be_an_image(tmp_path):
    names = ["anna", "berta", "carl", "dora"]
    text = "".join(f"{name},{label}\n" for name, label in zip(names, HEN_OR_FOX, strict=False))
    folder = put(tmp_path, {f"{name}.jpg": IMAGE for name in names} | {"t.csv": text})
    assert labels_of(folder)["anna.jpg"] == {"hen"}


@pytest.mark.parametrize("heading", ["present", "Confidence", "rating"])
@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("1.0", "0.0"), ("True", "False")])
def test_a_row_may_say_that_its_label_is_absent(tmp_path, heading, yes, no):
    rows = [
        f"{name},{label},{yes if {label} == EXPECTED[name] else no}"
        for name in NAMES
        for label in ("hen", "fox")
    ]
    text = "\n".join([f"image,label,{heading}", *rows, ""])
    assert labels_of(put(tmp_path, images() | {"t.csv": text})) == EXPECTED


def test_columns_of_one_heading_with_other_cells_are_refused(tmp_path):
    cells = ["1,0,0", "0,1,1", "1,1,0", "1,0,1", "0,0,1", "0,1,0"]
    folder = put(tmp_path, images() | {"t.csv": table("image,hen,hen,fox", cells)})
    assert "the same heading hold different cells: “hen”" in problems_of(folder)


@pytest.mark.parametrize("mark", ["/", "+", "&", " + ", " "])
def test_a_label_made_of_other_labels_is_refused_unless_it_is_said(tmp_path, mark):
    text = table("image,label", ["hen", "fox", f"hen{mark}fox", "fox", "hen", "fox"])
    folder = put(tmp_path, images() | {"t.csv": text})
    assert f"“hen{mark}fox” in line 4" in problems_of(folder)
    assert labels_of(folder, separator="none")["2.jpg"] == {f"hen{mark}fox"}


@pytest.mark.parametrize("cell", ["['it''s']", "['hen' + 'fox']", "{'hen': 1}", "['hen', ['fox']]"])
def test_a_cell_that_is_more_than_a_list_of_words_is_refused(tmp_path, cell):
    text = table("image,labels", ["['hen']", f'"{cell}"', "['fox']", "['hen']", "['fox']", "[]"])
    assert "more than a list of words" in problems_of(put(tmp_path, images() | {"t.csv": text}))


def test_parts_are_told_by_words_in_cells(tmp_path):
    cells = ["Training", "Training", "PublicTest", "training_set", "PrivateTest", "val_2"]
    text = table("image,label,Usage", [f"{a},{b}" for a, b in zip(HEN_OR_FOX, cells, strict=True)])
    folder = put(tmp_path, images() | {"t.csv": text})
    assert labels_of(folder).keys() == {"0.jpg", "1.jpg", "3.jpg", "5.jpg"} and valid_of(folder) == ["5.jpg"]


@pytest.mark.parametrize("held", [EXPECTED, {n: next(iter(e)) for n, e in EXPECTED.items()}])
def test_a_json_object_may_give_images_their_labels(tmp_path, held):
    text = json.dumps({name: sorted(one) if isinstance(one, set) else one for name, one in held.items()})
    assert labels_of(put(tmp_path, images() | {"l.json": text})) == EXPECTED


# --- encodings and names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "words"), [("gbk", "猫狗"), ("koi8-r", ["кот", "пёс"]), ("cp1251", ["кот", "пёс"])]
)
def test_an_encoding_that_nothing_names_is_refused(tmp_path, encoding, words):
    text = table("image,label", [*words] * 3).encode(encoding)
    assert "save it as “CSV (UTF-8)”" in problems_of(put(tmp_path, images() | {"t.csv": text}))


def test_broken_utf_8_is_not_read_as_western_letters(tmp_path):
    text = table("image,label", ["Käse", "Brot"] * 3).encode() + b"# \xff\n"
    assert "is UTF-8 with an invalid character in line 8" in problems_of(
        put(tmp_path, images() | {"t.csv": text})
    )
    western = table("image,label", ["Größe", "crêpe"] * 3).encode("cp1252")
    assert load(put(tmp_path / "b", images() | {"t.csv": western}), "single-label").vocab == (
        "Größe",
        "crêpe",
    )


def test_two_folders_with_the_same_names_are_unclear(tmp_path):
    folder = put(tmp_path, images("a/", "b/") | {"t.csv": table("image,label", HEN_OR_FOX)})
    assert "unclear which is meant: 0.jpg (a/0.jpg, b/0.jpg)" in problems_of(folder)


def test_archives_in_a_folder_are_named(tmp_path):
    folder = put(
        tmp_path, {"images.7z": b"7z", "labels.csv": table("image,label", HEN_OR_FOX), "x.jpg": IMAGE}
    )
    (folder / "labels.csv").unlink()
    assert "an archive in a folder is not unpacked" in problems_of(folder)


# --- folders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("trainA", "trainB", "testA", "testB"), ("train_cat", "train_dog")])
def test_folders_that_may_be_classes_or_parts_are_asked(tmp_path, names):
    folder = put(tmp_path, images(*(f"{name}/" for name in names)))
    assert ask(folder, "single-label").options == ("format",)
    assert load(folder, "single-label", ReadOptions(format="folders")).vocab == tuple(sorted(names))


def test_a_lone_folder_for_test_among_classes_is_asked(tmp_path):
    folder = put(tmp_path, images("hen/", "fox/", "test/", names=NAMES[:3]))
    assert ask(folder, "single-label").options == ("classes",)
    assert load(folder, "single-label", ReadOptions(classes=("hen", "fox"))).vocab == ("fox", "hen")


@pytest.mark.parametrize(
    "names", [("train_images", "test_images"), ("images", "masks"), ("train_1", "train_2")]
)
def test_folders_that_say_no_labels_are_none(tmp_path, names):
    with pytest.raises(DatasetError):
        load(put(tmp_path, images(*(f"{name}/" for name in names))), "single-label")


# --- what images are listed in ----------------------------------------------------------------------------------


def coco(**changes) -> str:
    held = {
        "images": [{"id": at, "file_name": name} for at, name in enumerate(NAMES)],
        "annotations": [{"image_id": at, "category_id": at % 2, "bbox": [8, 4, 16, 12]} for at in range(6)],
        "categories": [{"id": 0, "name": "hen"}, {"id": 1, "name": "fox"}],
    }
    return json.dumps(held | changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"categories": None}, "COCO without categories"),
        ({"annotations": [{"image_id": 0, "caption": "a hen"}]}, "captions, which are not labels"),
        ({"images": [{"id": [1], "file_name": {}}]}, "without a file name"),
        ({"annotations": [{"image_id": at, "category_id": [at]} for at in range(6)]}, "not listed"),
    ],
)
def test_coco_without_what_it_needs_is_refused_on_import_too(tmp_path, changes, words):
    folder = put(tmp_path, images() | {"a.json": coco(**changes)})
    assert words in problems_of(folder)
    try:
        assert words in " ".join(detect(folder).reasons)
    except DatasetError as error:
        assert words in str(error)


def test_names_of_coco_may_be_numbers_or_addresses(tmp_path):
    numbers = coco(categories=[{"id": 0, "name": 7}, {"id": 1, "name": 0}])
    assert labels_of(put(tmp_path / "a", images() | {"a.json": numbers}))["1.jpg"] == {"0"}
    urls = [{"id": at, "coco_url": f"http://x.org/train/{name}"} for at, name in enumerate(NAMES)]
    assert labels_of(put(tmp_path / "b", images() | {"a.json": coco(images=urls)})) == EXPECTED


def test_keypoints_that_are_no_triples_never_become_a_box(tmp_path):
    broken = [
        {"image_id": at, "category_id": 0, "bbox": [8, 4, 16, 12], "keypoints": [1, 2]} for at in range(6)
    ]
    folder = put(tmp_path, images() | {"a.json": coco(annotations=broken)})
    assert "box or keypoints are not numbers (6)" in problems_of(folder, "points")
    assert points_of(folder, keypoint="box")["0.jpg"] == [16, 10]


def test_an_annotation_that_names_another_image_is_told_or_set_aside(tmp_path):
    xml = {f"{at}.xml": annotation(f"{5 - at}.jpg", (HEN_OR_FOX[at], 8, 4, 24, 16)) for at in range(6)}
    notes = load(put(tmp_path / "voc", images() | xml), "multi-label").notes
    assert any("naming another" in note and "0.xml names 5.jpg" in note for note in notes)
    other = put(
        tmp_path / "x", images("JPEGImages/") | {f"Annotations/{name}": text for name, text in xml.items()}
    )
    put(other, {"Annotations/0.xml": "<x/>"})
    assert "its root is “x”, not “annotation”" in " ".join(load(other, "multi-label").notes)
    shape = {"label": "hen", "points": [[8, 4], [24, 16]], "shape_type": "rectangle"}
    held = {
        f"{at}.json": json.dumps({"shapes": [shape], "imagePath": f"{5 - at}.jpg", "flags": {}})
        for at in range(6)
    }
    assert "it lies next to “0.jpg” and names “5.jpg”" in problems_of(put(tmp_path / "me", images() | held))


def test_odd_names_of_yolo_classes_are_told(tmp_path):
    texts = {f"{at}.txt": f"{at % 3} 0.5 0.5 0.1 0.1\n" for at in range(6)}
    folder = put(tmp_path, images() | texts | {"data.yaml": "nc: 5\nnames: [hen, hen, fox]\n"})
    notes = " ".join(load(folder, "multi-label").notes)
    assert (
        "classes of the same name in “data.yaml”: “hen”" in notes
        and "says nc: 5, and names 3 classes" in notes
    )
    put(folder, {f"{at}.txt": "-1 0.5 0.5 0.1 0.1\n" for at in range(6)})
    assert "begins with “-1”" in problems_of(folder)


def test_predictions_alone_are_named(tmp_path):
    rows = [{"id": 1, "data": {"image": name}, "annotations": [], "predictions": [{}]} for name in NAMES]
    assert "predictions alone are not read" in problems_of(
        put(tmp_path, images() | {"e.json": json.dumps(rows)})
    )


def test_several_kinds_of_labels_are_asked_on_import(tmp_path):
    made = [
        {"type": "choices", "from_name": name, "value": {"choices": [label]}}
        for name, label in (("light", "day"), ("animal", "hen"))
    ]
    rows = [{"id": 1, "data": {"image": name}, "annotations": [{"result": made}]} for name in NAMES]
    folder = put(tmp_path, images() | {"e.json": json.dumps(rows)})
    assert ask(folder).options == ("label_columns",)
