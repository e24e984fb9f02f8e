"""Names in storage: in the order of a local folder, page by page, and no more of them in memory than a page."""

import tracemalloc

import pytest

from engine.data.storage import StorageError, listing
from engine.inference.batch.find_images import images_below
from tests.data.storage.stored import BUCKET, put

NAMES = [
    "b.png",
    "a/z.png",
    "a/b/c.jpg",
    "a.b/1.png",
    "B.PNG",
    "é.png",
    "a/notes.txt",
    ".x.png",
    "a/.h/1.png",
]


class Paged:
    """S3's listing of some keys, `size` of them a page; counts the requests."""

    def __init__(self, keys, size=3):
        self.keys, self.size, self.requests = sorted(keys, key=str.encode), size, 0

    def call_s3(self, method, Bucket, Prefix, Delimiter, ContinuationToken="0"):
        assert (method, Bucket) == ("list_objects_v2", "bucket")
        self.requests += 1
        listed = {}
        for key in self.keys:
            if key.startswith(Prefix):
                inside, is_folder, _ = key[len(Prefix) :].partition(Delimiter)
                listed[Prefix + inside + is_folder] = bool(is_folder)
        start = int(ContinuationToken)
        page, rest = list(listed.items())[start : start + self.size], len(listed) > start + self.size
        return {
            "CommonPrefixes": [{"Prefix": key} for key, is_folder in page if is_folder],
            "Contents": [{"Key": key, "Size": 1, "ETag": "e"} for key, is_folder in page if not is_folder],
            "IsTruncated": rest,
        } | ({"NextContinuationToken": str(start + self.size)} if rest else {})


@pytest.fixture
def on_this_machine(tmp_path):
    for name in NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return [name[len(str(tmp_path)) :] for name in images_below([str(tmp_path)])]


def test_the_order_is_that_of_a_local_folder(on_this_machine):
    for name in NAMES:
        put(f"{BUCKET}/images/{name}")
    listed = list(images_below([f"{BUCKET}/images/"]))
    assert [name.removeprefix(f"{BUCKET}/images") for name in listed] == on_this_machine
    assert len(listed) == 6


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_so_it_is_from_s3_however_large_its_pages_are(on_this_machine, monkeypatch, size):
    paged = Paged([f"images/{name}" for name in (*NAMES, "", "a/")] + ["images2/x.png"], size)
    monkeypatch.setattr(listing, "opened", lambda address: (paged, "bucket/images"))
    listed = list(listing.images_below("s3://bucket/images"))
    assert [name.removeprefix("s3://bucket/images") for name in listed] == on_this_machine


def test_a_long_listing_is_read_as_it_is_needed_and_not_held(monkeypatch):
    count, page = 20_000, 1000

    class Long:
        requests = 0

        def call_s3(self, method, ContinuationToken="0", **_):
            self.requests += 1
            start = int(ContinuationToken)
            return {
                "Contents": [{"Key": f"{n:09}.png", "Size": 1, "ETag": "e"} for n in range(start, start + page)],
                "IsTruncated": start + page < count,
                "NextContinuationToken": str(start + page),
            }  # fmt: skip

    long = Long()
    monkeypatch.setattr(listing, "opened", lambda address: (long, "bucket"))
    names = listing.images_below("s3://bucket")
    next(names)
    assert long.requests == 1
    tracemalloc.start()
    assert sum(1 for _ in names) == count - 1
    assert tracemalloc.get_traced_memory()[1] < 1_500_000
    tracemalloc.stop()


def test_one_file_is_itself_and_nothing_is_a_sentence():
    put(f"{BUCKET}/one.png")
    assert list(listing.images_below(f"{BUCKET}/one.png")) == [f"{BUCKET}/one.png"]
    with pytest.raises(StorageError, match=r"There is nothing at memory://bucket/two: check the bucket"):
        list(listing.images_below(f"{BUCKET}/two"))


def test_the_files_of_one_folder_do_not_include_those_below():
    put(f"{BUCKET}/run/config.json", b"{}")
    put(f"{BUCKET}/run/more/config.json")
    assert list(listing.files_in(f"{BUCKET}/run")) == ["config.json"]
    assert listing.files_in(f"{BUCKET}/run")["config.json"].size == 2
