"""A large COCO file is streamed once, and read from the cache until it changes."""

import json
import os

from engine.data.formats.coco import large_file_cache
from engine.data.formats.coco.large_file_cache import read_cached
from engine.jobs.array_cache import Store

HELD = {
    "images": [{"id": 1, "file_name": "ä.jpg", "group": "g"}, {"id": "2", "file_name": "b.jpg"}],
    "annotations": [
        {"image_id": 1, "category_id": 7, "bbox": [1, 2, 3.5, 4], "keypoints": [5, 6.5, 2]},
        {"image_id": "2", "category_id": 7, "bbox": ["?", 2, 3, 4]},
        {"image_id": 1, "category_id": 8.0},
    ],
    "categories": [{"id": 7, "name": "hen", "keypoints": ["beak"]}, {"id": 8, "name": "fox"}],
}


def written(path, held=HELD):
    path.write_text(json.dumps(held), encoding="utf-8")
    os.utime(path, (1_000_000, 1_000_000))
    return path


def content(held: dict) -> dict:
    return held | {"annotations": list(held["annotations"])}


def test_the_cache_gives_what_streaming_gave_and_streams_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(large_file_cache, "UNSETTLED_SECONDS", -1)
    path, store = written(tmp_path / "a.json"), Store(tmp_path / "cache")
    streamed = content(read_cached(path, store))
    assert len(streamed["annotations"]) == 3 and streamed["images"][0]["file_name"] == "ä.jpg"
    monkeypatch.setattr(large_file_cache, "read_large", lambda path: None)
    assert content(read_cached(path, store)) == streamed


def test_a_changed_file_is_streamed_again(tmp_path, monkeypatch):
    monkeypatch.setattr(large_file_cache, "UNSETTLED_SECONDS", -1)
    path, store = written(tmp_path / "a.json"), Store(tmp_path / "cache")
    read_cached(path, store)
    written(path, HELD | {"categories": [{"id": 7, "name": "duck"}]})
    assert read_cached(path, store)["categories"][0]["name"] == "duck"


def test_a_file_that_may_still_be_written_is_not_kept(tmp_path):
    store = Store(tmp_path / "cache")
    read_cached(written(tmp_path / "a.json"), store)
    assert not list(store.folder.glob("*")) if store.folder.exists() else True
