"""The format of a file, recognized by its first bytes and never by its name.

Only the formats in `IMAGES` are ever passed to a decoder: others could start programs (EPS, WMF) or run decoders
that are rarely tested.
"""

from __future__ import annotations

BEGINNING = 512
"""How many bytes `kind_of` needs to see."""

IMAGES = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    **{b"P%d" % digit: "PPM" for digit in range(1, 7)},
}

OTHERS = {
    b"%PDF": "a PDF document",
    b"%!PS": "a PostScript file",
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "a ZIP archive",
    b"\x1f\x8b": "a GZIP archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"8BPS": "a Photoshop file",
    b"DDS ": "a DirectDraw texture",
    b"\0\0\1\0": "a Windows icon",
    b"\0\0\2\0": "a Windows cursor",
    b"icns": "an Apple icon",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 file",
    b"\xff\x4f\xff\x51": "a JPEG 2000 file",
    b"\0\0\0\x0cJXL ": "a JPEG XL file",
    b"\xff\x0a": "a JPEG XL file",
    b"\xd7\xcd\xc6\x9a": "a Windows metafile",
    b"qoif": "a QOI file",
    b"SIMPLE  =": "a FITS file",
    b"\x1aE\xdf\xa3": "a film",
    b"{\\rtf": "a text document",
}

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
AVIF_BRANDS = {b"avif", b"avis"}


def kind_of(beginning: bytes) -> str | None:
    """The image format, such as "JPEG", or `None` if the format is not supported."""
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "WEBP"
    if beginning[4:8] == b"ftyp":
        return _kind_of_box(beginning)
    return next((kind for magic, kind in IMAGES.items() if beginning.startswith(magic)), None)


def described(beginning: bytes) -> str:
    """A description of a file that is not an image: "a PDF document"."""
    if beginning[4:8] == b"ftyp":
        return "a film"
    if beginning[128:132] == b"DICM":
        return "a DICOM file"
    known = next((words for magic, words in OTHERS.items() if beginning.startswith(magic)), None)
    return known or _described_text(beginning)


def _kind_of_box(beginning: bytes) -> str | None:
    length = min(int.from_bytes(beginning[:4], "big"), BEGINNING)
    brands = {beginning[8:12]} | {beginning[at : at + 4] for at in range(16, length, 4)}
    if brands & AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & HEIF_BRANDS else None


def _described_text(beginning: bytes) -> str:
    try:
        text = beginning.decode("utf-8", errors="strict" if len(beginning) < BEGINNING else "ignore").lower()
    except UnicodeDecodeError:
        return "in an unknown format"
    if "<svg" in text:
        return "an SVG drawing"
    if "<html" in text or "<!doctype html" in text:
        return "a web page"
    return "a text file" if "\0" not in text and "\ufffd" not in text else "in an unknown format"
