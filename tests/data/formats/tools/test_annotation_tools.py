"""Exports of Label Studio, CVAT, LabelMe, CreateML and FiftyOne, and tables of boxes: the same labels and points."""

import csv
import io
import json
from pathlib import Path

import pytest

from engine.data.checks import run_checks
from engine.data.formats import detect
from tests.data.formats.reading import labels_of, points_of, problems_of, told_of, valid_of
from tests.dataset_files import IMAGE, put

LABELS = {
    "0.jpg": ["cat"],
    "1.jpg": ["dog"],
    "2.jpg": ["cat", "dog"],
    "3.jpg": [],
    "4.jpg": ["dog"],
    "5.jpg": ["cat"],
}
ALL = {name: set(labels) for name, labels in LABELS.items()}
SHAPE = '<box label="cat" xtl="8" ytl="4" xbr="24" ybr="16"/>'
LONE = {name: [16, 10] for name, labels in LABELS.items() if len(labels) == 1}
"""Every object is a box from (8, 4) to (24, 16) in images of 64 x 48."""


def images(folder, at="images", prefix=""):
    put(folder / at, {f"{prefix}{name}": IMAGE for name in LABELS})
    return folder


def write(folder, **files):
    held = {name.replace("__", "."): content for name, content in files.items()}
    return put(folder, {name: one if isinstance(one, str) else json.dumps(one) for name, one in held.items()})


# --- each tool, boxes -------------------------------------------------------------------------------------------

RECT = {"x": 12.5, "y": 100 / 12, "width": 25, "height": 25, "rotation": 0}


def studio_task(name, labels, number=1, kind="rectanglelabels"):
    regions = [{"type": kind, "from_name": "label", "value": RECT | {kind: [label]}} for label in labels]
    return {
        "id": number,
        "annotations": [{"result": regions, "was_cancelled": False}],
        "data": {"image": f"/data/upload/3/1a2b3c4d-{name}"},
    }


def label_studio(folder):
    return write(images(folder), export__json=[studio_task(*one) for one in LABELS.items()])


def label_studio_min(folder):
    rows = [
        {"image": f"/data/upload/3/1a2b3c4d-{name}", "id": 1, "annotator": 1, "annotation_id": 5, "lead_time": 1.5,
         "label": [RECT | {"rectanglelabels": [label]} for label in labels]}
        for name, labels in LABELS.items()
    ]  # fmt: skip
    return write(images(folder, prefix="1a2b3c4d-"), min__json=rows)


def cvat(folder):
    boxes = '<box label="{}" xtl="8" ytl="4" xbr="24" ybr="16"/>'
    held = [
        f'<image id="1" name="{n}">{"".join(map(boxes.format, labels))}</image>'
        for n, labels in LABELS.items()
    ]
    return write(images(folder), annotations__xml=f"<annotations><meta/>{''.join(held)}</annotations>")


def labelme(folder, kind="rectangle", points=((8, 4), (24, 16))):
    for name, labels in LABELS.items():
        shapes = [{"label": label, "points": points, "shape_type": kind} for label in labels]
        held = {"shapes": shapes, "flags": {}, "imagePath": f"..\\images\\{name}", "imageData": "AAAA"}
        put(folder, {f"json/{name[0]}.json": json.dumps(held)})
    return images(folder)


def createml(folder):
    where = {"x": 16, "y": 10, "width": 16, "height": 12}
    rows = [
        {"image": name, "annotations": [{"label": label, "coordinates": where} for label in labels]}
        for name, labels in LABELS.items()
    ]
    return write(images(folder), annotations__json=rows)


def fiftyone(folder):
    box = [0.125, 1 / 12, 0.25, 0.25]
    rows = {
        name[0]: [{"label": ["cat", "dog"].index(label), "bounding_box": box} for label in labels]
        for name, labels in LABELS.items()
    }
    return write(images(folder, "data"), labels__json={"classes": ["cat", "dog"], "labels": rows})


TOOLS = {
    "label-studio": label_studio,
    "label-studio min": label_studio_min,
    "cvat": cvat,
    "labelme": labelme,
    "createml": createml,
    "fiftyone": fiftyone,
}


@pytest.mark.parametrize("tool", TOOLS)
def test_labels_and_points(tmp_path, tool):
    folder = TOOLS[tool](tmp_path)
    assert detect(folder).form == tool.split()[0]
    assert {name[-5:]: labels for name, labels in labels_of(folder).items()} == ALL
    assert {name[-5:]: point for name, point in points_of(folder).items()} == LONE


# --- Label Studio -----------------------------------------------------------------------------------------------


def choices(folder, **changes):
    tasks = [
        {
            "id": at,
            "annotations": [{"result": [{"from_name": "kind", "value": {"choices": labels}}]}]
            if labels
            else [],
            "data": {"photo": f"s3://bucket/a%20b/{name}?X=1"},
        }
        | changes.get(name, {})
        for at, (name, labels) in enumerate(LABELS.items())
    ]
    return write(images(folder), tasks__json=tasks)


def test_label_studio_leaves_unlabelled_images_out(tmp_path):
    folder = choices(tmp_path)
    assert labels_of(folder) == {name: labels for name, labels in ALL.items() if labels}
    assert "1 image without annotations: 3.jpg" in told_of(folder).replace("s3://bucket/a%20b/", "").replace(
        "bucket/a b/", ""
    ).replace("a b/", "")


def test_label_studio_annotators_who_disagree_set_an_image_aside(tmp_path):
    results = [{"result": [{"from_name": "kind", "value": {"choices": [kind]}}]} for kind in ("cat", "dog")]
    folder = choices(
        tmp_path, **{"0.jpg": {"annotations": results}, "1.jpg": {"annotations": results[1:] * 2}}
    )
    assert "0.jpg" not in labels_of(folder) and labels_of(folder)["1.jpg"] == {"dog"}
    assert "its 2 annotations disagree" in told_of(folder)


def test_label_studio_with_several_questions_asks(tmp_path):
    result = [
        {"from_name": name, "value": {"choices": [word]}} for name, word in (("kind", "cat"), ("sky", "blue"))
    ]
    folder = choices(tmp_path, **{"0.jpg": {"annotations": [{"result": result}]}})
    assert (
        "“kind”, “sky”. Decide with --label-column when you import it, or on the page Your data."
        in problems_of(folder)
    )
    assert labels_of(folder, label_columns=("kind",))["0.jpg"] == {"cat"}
    assert labels_of(folder, label_columns=("kind", "sky"))["0.jpg"] == {"cat", "blue"}


def test_label_studio_csv(tmp_path):
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(["annotation_id", "annotator", "choice", "id", "image", "lead_time"])
    for at, (name, labels) in enumerate(LABELS.items()):
        cell = labels[0] if len(labels) == 1 else json.dumps({"choices": labels})
        writer.writerow([at, "me", cell, at, f"/data/local-files/?d=in/images/{name}", 1.5])
    assert labels_of(write(images(tmp_path), export__csv=lines.getvalue())) == ALL


# --- CVAT -------------------------------------------------------------------------------------------------------


def test_cvat_tags_subsets_and_attributes(tmp_path):
    held = "".join(
        f'<image name="{name}" subset="{("Train", "Test", "Validation")[at % 3]}">'
        f'<tag label="{"ab"[at % 2]}"><attribute name="size">big</attribute></tag></image>'
        for at, name in enumerate(LABELS)
    )
    folder = write(images(tmp_path), annotations__xml=f"<annotations><meta/>{held}</annotations>")
    assert labels_of(folder) == {"0.jpg": {"a"}, "2.jpg": {"a"}, "3.jpg": {"b"}, "5.jpg": {"b"}}
    assert valid_of(folder) == ["2.jpg", "5.jpg"] and "Attributes of tags and shapes are not read" in told_of(
        folder
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<meta/><track id="0" label="a"></track>', "export CVAT for images 1.1"),
        ("<meta/><image name='0.jpg'>", "cannot be read"),
    ],
)
def test_cvat_that_cannot_be_read_is_named(tmp_path, body, said):
    folder = write(images(tmp_path), annotations__xml=f"<annotations>{body}</annotations>")
    assert said in problems_of(folder) and "annotations.xml" in problems_of(folder)


# --- LabelMe ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "points", "point"),
    [
        ("polygon", [(8, 4), (24, 4), (24, 16)], [16, 10]),
        ("point", [(3, 5)], [3, 5]),
        ("circle", [(20, 9), (22, 9)], [20, 9]),
    ],
)
def test_labelme_shapes(tmp_path, kind, points, point):
    folder = labelme(tmp_path, kind, points)
    assert labels_of(folder) == ALL and points_of(folder) == dict.fromkeys(LONE, point)


def test_labelme_flags_are_labels_where_there_are_no_shapes(tmp_path):
    for name, labels in LABELS.items():
        flags = {kind: kind in labels for kind in ("cat", "dog")}
        put(tmp_path, {f"{name[0]}.json": json.dumps({"shapes": [], "flags": flags, "imagePath": name})})
    folder = images(tmp_path, "")
    assert labels_of(folder) == ALL
    shape = {"label": "owl", "points": [[1, 1]], "shape_type": "point"}
    put(folder, {"0.json": json.dumps({"shapes": [shape], "flags": {"cat": True}, "imagePath": "0.jpg"})})
    assert "“shapes” or “flags”" in problems_of(folder)
    assert labels_of(folder, label_columns=("flags",))["0.jpg"] == {"cat"}


# --- CreateML and FiftyOne --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["annotations", "annotation"])
def test_createml_for_classification(tmp_path, key):
    rows = [{"image": name, key: labels or ["none"]} for name, labels in LABELS.items()]
    assert labels_of(write(images(tmp_path, ""), a__json=rows)) == ALL | {"3.jpg": {"none"}}


@pytest.mark.parametrize("names", [True, False])
def test_fiftyone_for_classification(tmp_path, names):
    value = (lambda label: label) if names else ["cat", "dog"].index
    rows = {name[0]: list(map(value, labels)) for name, labels in LABELS.items()} | {
        "0": value("cat"),
        "3": None,
    }
    folder = write(images(tmp_path, "data"), labels__json={"classes": ["cat", "dog"], "labels": rows})
    assert labels_of(folder) == {name: labels for name, labels in ALL.items() if labels}
    rows["0"] = 7 if not names else rows["0"]
    write(folder, labels__json={"classes": ["cat", "dog"], "labels": rows})
    assert names or "not the number of a class" in told_of(folder)


# --- several points in an image ---------------------------------------------------------------------------------


def named_points(folder, tool):
    """A point “nose” at (3, 4) and a point “tail” at (5, 6) in every image."""
    places = {"nose": (3, 4), "tail": (5, 6)}
    points = "".join(f'<points label="{name}" points="{x},{y}"/>' for name, (x, y) in places.items())
    inner = points if tool == "cvat" else f'<skeleton label="cat">{points}</skeleton>'
    held = "".join(f'<image name="{name}">{inner}</image>' for name in LABELS)
    if tool != "labelme":
        return write(images(folder), annotations__xml=f"<annotations><meta/>{held}</annotations>")
    shapes = [{"label": name, "points": [xy], "shape_type": "point"} for name, xy in places.items()]
    files = {f"{name[0]}.json": json.dumps({"shapes": shapes, "imagePath": name}) for name in LABELS}
    return put(images(folder, ""), files)


@pytest.mark.parametrize("tool", ["labelme", "cvat", "skeleton"])
def test_the_keypoint_names_one_of_several_points(tmp_path, tool):
    folder = named_points(tmp_path, tool)
    assert detect(folder).task == "points"
    assert "6 images have several points: “nose”, “tail”. Decide with --keypoint" in problems_of(
        folder, "points"
    )
    assert points_of(folder, keypoint="tail") == {name: [5, 6] for name in LABELS}


def test_images_with_several_objects_of_one_name_are_not_called_absent(tmp_path):
    held = "".join(f"<image name='{name}'>{2 * SHAPE}</image>" for name in LABELS)
    folder = write(images(tmp_path), annotations__xml=f"<annotations><meta/>{held}</annotations>")
    assert "No image has exactly one object that has a place" in problems_of(folder, "points")


# --- tables of boxes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [(1, 1), (64, 48)])
def test_tables_of_boxes_give_points(tmp_path, whole):
    rows = [
        f"{name},{label},{8 / whole[0]},{4 / whole[1]},{24 / whole[0]},{16 / whole[1]}"
        for name, labels in LABELS.items()
        for label in labels
    ]
    folder = write(images(tmp_path), t__csv="\n".join(["filename,class,xmin,ymin,xmax,ymax", *rows]))
    assert points_of(folder) == LONE
    assert labels_of(folder) == {name: labels for name, labels in ALL.items() if labels}


@pytest.mark.parametrize("result", ["x", None, [None]])
def test_a_label_studio_result_that_cannot_be_read_sets_its_image_aside(tmp_path, result):
    folder = choices(tmp_path, **{"0.jpg": {"annotations": [{"result": result}]}})
    assert "0.jpg" not in labels_of(folder)
    assert "its result is not a list of objects" in told_of(folder)


def test_images_that_are_not_annotated_yet_are_called_so(tmp_path):
    findings = {one.kind: one for one in run_checks.check(choices(tmp_path), "multi-label").findings}
    assert [Path(fname).name for fname in findings["not annotated"].fnames] == ["3.jpg"]
    assert "not named" not in findings
