"""Predict images with this network, with nothing but onnxruntime, numpy and Pillow (pip install these three).

    python predict.py IMAGE_OR_FOLDER... [--csv FILE]

One line of JSON for each image: its labels and probabilities, or its point in the image's own pixels. --csv writes a
table instead. Files that are not images get one sentence on standard error, and the rest are predicted. From Python:

    from predict import Network
    Network().answer("image.jpg")
"""

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageCms

HERE = Path(__file__).resolve().parent
ENDINGS = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".avif", ".ppm",
           ".pgm", ".pbm", ".mpo"}  # fmt: skip
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MOST_PIXELS = 3840 * 2160
Image.MAX_IMAGE_PIXELS = 150_000_000  # Pillow refuses what has twice as many, as Loss Lab does with JPEGs
ORIENTATION = 274
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Network:
    """The network of this folder with its vocabulary, its thresholds and how images must reach it."""

    def __init__(self, folder: Path = HERE):
        self.task = _read(folder / "config.json")["task"]
        self.vocab, self.thresholds = _read(folder / "vocab.json"), _read(folder / "thresholds.json")
        self.how = _read(folder / "preprocessing.json")
        self.session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), providers=["CPUExecutionProvider"]
        )

    def answer(self, file: str | Path) -> dict:
        """The prediction for one image file; Pillow's own errors if it is not an image."""
        image, (width, height) = upright(file)
        found = self.session.run([self.how["answer"]], {self.how["input"]: self.batch(image)})[0][0]
        about = {"fname": str(file), "width": width, "height": height}
        if self.task == "points":
            x, y = ((float(unit) + 1) / 2 * side for unit, side in zip(found, (width, height), strict=True))
            return about | {"x_px": x, "y_px": y}
        return about | {"labels": self.labels(found), "probabilities": self.named(found)}

    def batch(self, image: Image.Image) -> np.ndarray:
        """An upright RGB image as the network takes it: (1, 3, size, size) float32."""
        size, seen = self.how["size"], self.seen(image)
        pixels = np.asarray(seen.resize((size, size), Image.Resampling.BILINEAR), np.float32) / 255
        mean, std = (np.array(self.how[name], np.float32) for name in ("mean", "std"))
        return ((pixels - mean) / std).transpose(2, 0, 1)[None]

    def seen(self, image: Image.Image) -> Image.Image:
        """What the network sees of an image: all of it, or the largest square in its middle."""
        if self.how["resize"] == "squish":
            return image
        (width, height), side = image.size, min(image.size)
        left, top = (width - side) // 2, (height - side) // 2
        return image.crop((left, top, left + side, top + side))

    def labels(self, probabilities: np.ndarray) -> list[str]:
        """Every label above its threshold; of a single-label network the most probable one."""
        if self.task == "single-label":
            return [self.vocab[int(probabilities.argmax())]]
        return [
            label for label, p in zip(self.vocab, probabilities, strict=True) if p > self.thresholds[label]
        ]

    def named(self, probabilities: np.ndarray) -> dict[str, float]:
        """Label -> probability."""
        return {label: float(p) for label, p in zip(self.vocab, probabilities, strict=True)}


def upright(file: str | Path) -> tuple[Image.Image, tuple[int, int]]:
    """The image as 8-bit RGB, turned as its EXIF asks and never above 4K, and the size of the file itself."""
    with Image.open(file) as image:
        size, kind = image.size, image.format
        if kind in {"JPEG", "MPO"}:
            image.draft(None, _within(size))
        image.load()
        orientation = image.getexif().get(ORIENTATION, 1) if kind != "TIFF" else 1
        rgb = _small(_rgb(image)) if _is_special(image) else _rgb(_small(image))
        turned = rgb.transpose(TURNS[orientation]) if orientation in TURNS else rgb
        return turned, (size[::-1] if orientation in (5, 6, 7, 8) else size)


def _is_special(image: Image.Image) -> bool:
    return image.mode not in {"L", "RGB", "CMYK", "YCbCr", "LAB"} or image.has_transparency_data


def _rgb(image: Image.Image) -> Image.Image:
    """8-bit sRGB: deep greys scaled, transparency laid on white, a colour profile applied."""
    if image.mode in {"I", "F"} or image.mode.startswith("I;"):
        return _deep_grey(image).convert("RGB")
    if image.has_transparency_data:
        above = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(above.convert("RGB"), mask=above.getchannel("A"))
        return paper
    return _with_profile(image) or image.convert("RGB")


def _deep_grey(image: Image.Image) -> Image.Image:
    """More than 8 bits: white is 65535 in a PNG, otherwise the smallest usual white that no pixel exceeds."""
    values = np.nan_to_num(np.asarray(image, np.float64), posinf=0.0, neginf=0.0)
    black, brightest = min(values.min(), 0.0), values.max()
    whites = (65535,) if image.format == "PNG" else (1, 255, 1023, 4095, 16383, 65535)
    white = next((white for white in whites if black == 0 and brightest <= white), brightest)
    return Image.fromarray(((values - black) / (white - black) * 255 + 0.5).clip(0, 255).astype(np.uint8))


def _with_profile(image: Image.Image) -> Image.Image | None:
    data = image.info.get("icc_profile")
    spaces = {b"RGB ": "RGB", b"CMYK": "CMYK", b"GRAY": "L", b"Lab ": "LAB"}
    if not data or b"sRGB" in data or spaces.get(data[16:20]) != image.mode:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(data))
        return ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _within(size: tuple[int, int]) -> tuple[int, int]:
    width, height = size
    scale = min(1.0, (MOST_PIXELS / (width * height)) ** 0.5)
    width, height = max(1, int(width * scale)), max(1, int(height * scale))
    return min(width, MOST_PIXELS // height or 1), min(height, MOST_PIXELS)


def _small(image: Image.Image) -> Image.Image:
    size = _within(image.size)
    if size == image.size:
        return image
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)


def files_of(names: Iterable[str]) -> Iterator[Path]:
    """The files as named; of a folder every image below it."""
    for name in map(Path, names):
        if not name.is_dir():
            yield name
            continue
        for folder, folders, files in os.walk(name):
            folders.sort()
            yield from (Path(folder, file) for file in sorted(files) if Path(file).suffix.lower() in ENDINGS)


def answers(network: Network, names: Iterable[str]) -> Iterator[dict]:
    """One prediction after the other; a file that cannot be read is named on standard error and left out."""
    for file in files_of(names):
        try:
            yield network.answer(file)
        except Exception as error:  # Pillow raises a dozen kinds for files that are no images
            print(f"{file}: not predicted ({type(error).__name__}: {error})", file=sys.stderr)


def cells(answer: dict) -> dict:
    """A prediction as a row of a table: what Loss Lab itself writes, without its last column, familiar."""
    if "x_px" in answer:
        return {"fname": answer["fname"], "x_px": round(answer["x_px"], 2), "y_px": round(answer["y_px"], 2)}
    probabilities = {f"p({label})": round(p, 6) for label, p in answer["probabilities"].items()}
    return {"fname": answer["fname"], "labels": " ".join(answer["labels"])} | probabilities


def safe(cell: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    runs = isinstance(cell, str) and (
        cell.startswith(FORMULA_STARTS) or cell.lstrip(" \u00a0").startswith(FORMULA_STARTS)
    )
    return f"'{cell}" if runs else cell


def write_csv(found: Iterable[dict], file: Path) -> int:
    """Write the table, whole or not at all, and say how many rows it has."""
    beside, count = file.with_name(file.name + ".part"), 0
    with open(beside, "w", newline="", encoding="utf-8", errors="backslashreplace") as opened:
        writer = csv.writer(opened)
        for count, row in enumerate(map(cells, found), 1):
            if count == 1:
                writer.writerow(map(safe, row))
            writer.writerow(map(safe, row.values()))
    os.replace(beside, file)
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", nargs="+", metavar="IMAGE_OR_FOLDER")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a table instead of JSON lines")
    options = parser.parse_args()
    found = answers(Network(), options.images)
    if options.csv:
        count = write_csv(found, options.csv)
    else:
        count = sum(1 for answer in found if print(json.dumps(answer), flush=True) is None)
    return 0 if count else 2


def _read(file: Path):
    return json.loads(file.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
