"""Large COCO files: read item by item, with the same result as those that are held whole, and within limits."""

import json

import pytest

from engine.data.formats import annotation_files, detect, load
from engine.data.formats.coco import large_file
from engine.data.formats.coco.large_file import read_large
from engine.data.formats.record import DatasetError
from tests.data.formats.reading import labels_of, points_of, problems_of
from tests.dataset_files import IMAGE, put

NAMES = [f"{at}.jpg" for at in range(6)]


@pytest.fixture
def _every_file_is_large(monkeypatch):
    monkeypatch.setattr(annotation_files, "MOST_HELD_BYTES", 10)


def coco(*order: str, **more) -> dict:
    held = {
        "info": {"images": [1], "year": 2017},
        "images": [{"id": at, "file_name": name, "license": 3} for at, name in enumerate(NAMES)],
        "annotations": [
            {
                "id": at,
                "image_id": at % 6,
                "category_id": at % 2,
                "bbox": [8, at, 16.5, 12],
                "segmentation": [[1, 2, 3]],
            }
            | more
            for at in range(8)
        ],
        "categories": [{"id": 0, "name": "hen", "keypoints": ["beak"]}, {"id": 1, "name": "fox"}],
    }
    return {key: held[key] for key in order or held}


ORDERS = [
    ("info", "images", "annotations", "categories"),
    ("categories", "annotations", "images"),
    ("annotations", "categories", "images", "info"),
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("chunk", [7, 200, 10_000])
def test_it_is_read_like_one_that_is_held_whole(tmp_path, monkeypatch, order, chunk):
    held = coco(*order, keypoints=[3, 4, 2])
    held["annotations"][4] |= {"bbox": None, "keypoints": [5.5, 6, 1]}
    folder = put(tmp_path, {name: IMAGE for name in NAMES} | {"a.json": json.dumps(held)})
    readings = [labels_of, points_of, lambda folder: points_of(folder, keypoint="box"), detect]
    whole = [read(folder) for read in readings]
    monkeypatch.setattr(annotation_files, "MOST_HELD_BYTES", 10)
    monkeypatch.setattr(large_file, "CHUNK", chunk)
    assert [read(folder) for read in readings] == whole


@pytest.mark.usefixtures("_every_file_is_large")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"image": "0.jpg", "label": "hen"}]', "only COCO files may be"),
        (json.dumps(coco())[:-40], "cannot be read as JSON"),
        (json.dumps(coco("images", "annotations")), "COCO without categories"),
        (
            json.dumps(coco() | {"annotations": [{"image_id": 0, "caption": "a hen"}]}),
            "captions, which are not labels",
        ),
        ("", "cannot be read as JSON"),
        ('{"images": [[[[', "cannot be read as JSON"),
    ],
)
def test_what_is_no_coco_is_refused_in_a_sentence(tmp_path, text, words):
    assert words in problems_of(put(tmp_path, {name: IMAGE for name in NAMES} | {"a.json": text + " " * 20}))


@pytest.mark.usefixtures("_every_file_is_large")
def test_odd_ids_and_boxes_stay_what_they_are(tmp_path):
    held = coco()
    held["annotations"][0] |= {"image_id": "0", "category_id": 1.0}
    held["annotations"][3] |= {"category_id": [1]}
    held["annotations"][4] |= {"bbox": [1, 2, None, 3]}
    folder = put(tmp_path, {name: IMAGE for name in NAMES} | {"a.json": json.dumps(held)})
    assert labels_of(folder)["0.jpg"] == {"fox", "hen"} and "3.jpg" not in labels_of(folder)
    assert "category that is not listed (1): image 4" in " ".join(load(folder, "multi-label").notes)


def test_it_has_limits(tmp_path, monkeypatch):
    folder = put(tmp_path, {"a.json": json.dumps(coco())})
    monkeypatch.setattr(large_file, "MOST_IMAGES", 3)
    with pytest.raises(DatasetError, match=r"more than 3 images or .* too many"):
        read_large(folder / "a.json")
    monkeypatch.setattr(large_file, "MOST_BYTES", 100)
    with pytest.raises(DatasetError, match=r"“a\.json” is larger than 0 MB; split it up"):
        read_large(folder / "a.json")
