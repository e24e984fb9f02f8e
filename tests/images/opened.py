"""Checks of opened images, error messages and peak memory that several tests share."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import paths
from engine.images import ImageError, open_image
from tests import odd_images as odd

DATA = Path(__file__).resolve().parent
HEIC = (DATA / "quarters.heic").read_bytes()


SIZE = (64, 48)


KINDS = {
    "JPEG": odd.saved(odd.noise(), "JPEG"),
    "progressive JPEG": odd.saved(odd.noise(), "JPEG", progressive=True),
    "PNG": odd.saved(odd.noise(), "PNG"),
    "GIF": odd.saved(odd.noise(), "GIF"),
    "BMP": odd.saved(odd.noise(), "BMP"),
    "PPM": odd.saved(odd.noise(), "PPM"),
    "TIFF": odd.saved(odd.noise(), "TIFF"),
    "TIFF packed": odd.saved(odd.noise(), "TIFF", compression="tiff_lzw"),
    "WEBP": odd.saved(odd.noise(), "WEBP"),
    "AVIF": odd.saved(odd.noise(), "AVIF"),
    "HEIF": HEIC,
}
LOSSY = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"quality": 95}, "AVIF": {"quality": 95}}


def corner_colours(image):
    """The names of the colours in the four corners: upper left, upper right, lower left, lower right."""
    width, height = image.size
    spots = [(2, 2), (width - 3, 2), (2, height - 3), (width - 3, height - 3)]
    return [nearest_colour(image.getpixel(spot)) for spot in spots]


def nearest_colour(pixel):
    distance = {name: np.abs(np.subtract(pixel, colour)).sum() for name, colour in odd.CORNERS.items()}
    return min(distance, key=distance.get)


def assert_plain(image):
    assert type(image) is Image.Image
    assert image.mode == "RGB"
    assert image.info == {}
    assert not image.getexif()
    image.getpixel((0, 0))


def error_message(source, **options):
    with pytest.raises(ImageError) as raised:
        open_image(source, **options)
    sentence = str(raised.value)
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 240
    assert "Error" not in sentence and "0x" not in sentence
    return sentence


ONE_FILE = r"""
import json, pathlib, re, sys
from engine.images import ImageError, open_image
outcome = {}
try:
    outcome["size"] = open_image(sys.argv[1]).size
except ImageError as error:
    outcome["sentence"] = str(error)
status = pathlib.Path("/proc/self/status").read_text()  # ru_maxrss would count the parent's memory too
outcome["peak_mb"] = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
print(json.dumps(outcome))
"""


def open_in_subprocess(source, name="image"):
    """Open a file in a subprocess: its size or error message, and the subprocess's peak memory in MB."""
    if isinstance(source, bytes):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(source)
            return open_in_subprocess(path)
    done = subprocess.run(
        [sys.executable, "-c", ONE_FILE, str(source)], cwd=paths.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr and "Traceback" not in done.stderr
    return json.loads(done.stdout)
