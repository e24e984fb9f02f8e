"""Series told from names: what stands before the numbers, but not the random prefix of an upload."""

from engine.data.formats.parsed_source import Row
from engine.data.splits import groupings


def rows(*fnames: str) -> list[Row]:
    return [Row(fname) for fname in fnames]


def test_random_prefixes_of_uploads_are_no_series():
    uploads = ["a0bcc1d2-anna_1.jpg", "a1bcc1d2-anna_2.jpg", "99a08412-bert_1.jpg", "f4bea973-carl_1.jpg"]
    (told, *_) = groupings(rows(*(f"images/{name}" for name in uploads)))
    assert told.groups == ("images/anna", "images/anna", "images/bert", "images/carl")
    bare = rows("a0bcc1d2-0009.jpg", "a1bcc1d2-0025.jpg", "99a08412-0030.jpg", "f4bea973-0034.jpg")
    assert groupings(bare) == []


def test_a_date_that_several_images_share_is_kept():
    dated = rows("20240101-1.jpg", "20240101-2.jpg", "20240102-3.jpg", "20240103-4.jpg")
    assert groupings(dated)[0].groups == ("20240101", "20240101", "20240102", "20240103")
