"""Every file that is not an intact image gives an image or one plain sentence."""

import csv
import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from engine.images import MAX_PIXELS, ImageError, open_image
from tests import odd_images as odd
from tests.images.opened import (
    KINDS,
    assert_plain,
    error_message,
    open_in_subprocess,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_file_is_an_image_or_a_sentence(kind):
    data = KINDS[kind]
    refused = 0
    for length in range(1, len(data), max(1, len(data) // 40)):
        try:
            assert_plain(open_image(data[:length], name="cut"))
        except ImageError as error:
            refused += 1
            assert str(error).startswith("“cut”")
    assert refused >= 20


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bits_are_an_image_or_a_sentence(kind):
    chance = np.random.default_rng(7)
    for _ in range(60):
        data = bytearray(KINDS[kind])
        for at in chance.integers(0, min(len(data), 300), 4):
            data[at] ^= 1 << int(chance.integers(8))
        try:
            assert_plain(open_image(bytes(data)))
        except ImageError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("name", odd.NOT_IMAGES)
def test_what_is_not_an_image_is_named(name):
    data, what = odd.NOT_IMAGES[name]
    sentence = error_message(data, name=name)
    assert sentence.startswith(f"“{name}”") and what in sentence


def test_nothing_and_nowhere(tmp_path):
    (tmp_path / "empty.jpg").touch()
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "“empty.jpg” is empty" in error_message(tmp_path / "empty.jpg")
    assert "is empty" in error_message(b"")
    assert "“no.jpg” is not there" in error_message(tmp_path / "no.jpg")
    assert "is not a file" in error_message(tmp_path)
    assert "“pipe.jpg” is not a file" in error_message(tmp_path / "pipe.jpg")
    assert "cannot be opened" in error_message("a\0b.jpg")


def test_names_are_shown_on_one_short_line():
    sentence = error_message(b"%PDF", name="a\nb\x1b[31m" + "x" * 300 + ".jpg")
    assert "a?b?[31m" in sentence and "….jpg" not in sentence and ".jpg”" in sentence
    assert len(sentence) < 200


def test_bytes_without_a_name_are_called_the_image():
    assert error_message(b"%PDF").startswith("The image is a PDF document")


def test_an_uploaded_file_is_called_by_its_own_name():
    upload = BytesIO(b"%PDF")
    upload.name = "mine.pdf"
    assert "“mine.pdf”" in error_message(upload)


ODD = os.environ.get("LOSS_LAB_ODD")


@pytest.mark.skipif(not ODD, reason="LOSS_LAB_ODD names no folder; the files made above cover the same kinds")
def test_the_whole_collection_of_odd_files():
    rows = list(csv.DictReader(Path(ODD, "MANIFEST.csv").read_text().splitlines()))
    assert len(rows) == 64
    for row in rows:
        outcome = open_in_subprocess(Path(ODD, row["file"]))
        assert outcome["peak_mb"] < 400, row["file"]
        shown = "size" in outcome
        if row["pillow_result"] == "ok":
            assert shown, row["file"]
        if shown:
            assert outcome["size"][0] * outcome["size"][1] <= MAX_PIXELS
        else:
            assert row["file"][:20] in outcome["sentence"]


@pytest.mark.parametrize("source", [None, 3, {"a": 1}])
def test_what_is_no_file_at_all(source):
    assert "must be bytes, a file or a path" in error_message(source)
