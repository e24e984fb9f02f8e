"""More small files that ask for much: one huge cell, bombs of aliases and entities, and images that unfold."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image

MEGABYTE = 1024**2


def huge_cell(megabytes: int = 50) -> str:
    """A table with one cell of so many MB."""
    cell = " ".join(map(str, range(megabytes * MEGABYTE // 8)))
    return f"fname,label\n0.jpg,{cell}\n1.jpg,cat\n"


def alias_bomb() -> str:
    """YAML whose names would be 10 to the power of 9 words, if aliases were followed."""
    levels = (f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]\n" for at in range(1, 10))
    return f"a0: &a0 [x]\n{''.join(levels)}names: *a9\n"


def entity_bomb(levels: int = 9) -> str:
    """A VOC file whose label would have 10 to the power of `levels` letters, if entities were expanded."""
    entities = "".join(
        f'<!ENTITY e{at} "{f"&e{at - 1};" * 10 if at else "lol"}">' for at in range(levels + 1)
    )
    return f"<!DOCTYPE x [{entities}]><annotation><object><name>&e{levels};</name></object></annotation>"


def long_entity(megabytes: int = 1) -> str:
    """A VOC file that names one long entity 100,000 times."""
    entity = f'<!ENTITY e "{"x" * megabytes * MEGABYTE}">'
    return f"<!DOCTYPE x [{entity}]><annotation><object><name>{'&e;' * 100_000}</name></object></annotation>"


def large_png(side: int = 32_768) -> bytes:
    """A PNG of `side` x `side` grey pixels, all of them there: 32,768 make 1e9."""
    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(b"\0" * (side + 1)) for _ in range(side)) + packer.flush()
    header = struct.pack(">2I5B", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def animation(kind: str, frames: int = 10_000) -> bytes:
    """An animation of so many frames of 64 x 64 pixels; two of them in turn, so that none is dropped."""
    pair = [Image.new("RGB", (64, 64), color) for color in ("gray", "white")]
    buffer = io.BytesIO()
    pair[0].save(buffer, kind, save_all=True, append_images=(pair[at % 2] for at in range(1, frames)))
    return buffer.getvalue()


def tiff_with_directories(count: int = 100_000, is_ring: bool = False) -> bytes:
    """A TIFF with so many directories of a pixel each; as a ring, the last one leads to the first."""
    fields = [
        (256, 4, 1),
        (257, 4, 1),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (279, 4, 1),
    ]
    length, first = 2 + len(fields) * 12 + 4, 10
    entries = b"".join(struct.pack("<2H2L", tag, kind, 1, value) for tag, kind, value in fields)
    listed = b"".join(
        struct.pack("<H", len(fields)) + entries + struct.pack("<L", first + (at + 1) * length)
        for at in range(count)
    )
    return (
        b"II*\0"
        + struct.pack("<L", first)
        + b"\x80\0"
        + listed[:-4]
        + struct.pack("<L", first if is_ring else 0)
    )


def parquet_bomb(place: Path, rows: int = 100_000_000) -> Path:
    """A zip with a Parquet file of one cell of bytes, so many times: a few kB that would be many images."""
    import pyarrow as pa
    from pyarrow import parquet

    file = place / "train.parquet"
    schema = pa.schema([("image", pa.binary()), ("label", pa.string())])
    chunk = pa.table(
        {"image": [b"\xff\xd8\xff\xe0" + b"x" * 1000] * 1_000_000, "label": ["cat"] * 1_000_000}, schema
    )
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for _ in range(rows // 1_000_000):
            writer.write_table(chunk)
    return file


def excel_bomb() -> bytes:
    """An Excel file whose sheet unpacks to 127 MB of filled cells."""
    row = b'<row><c t="inlineStr"><is><t>0.jpg</t></is></c><c t="inlineStr"><is><t>cat</t></is></c></row>'
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    sheet += row * (127 * MEGABYTE // len(row)) + b"</sheetData></worksheet>"
    return _workbook(sheet)


def _workbook(sheet: bytes) -> bytes:
    from openpyxl import Workbook

    plain, buffer = io.BytesIO(), io.BytesIO()
    workbook = Workbook()
    workbook.active.append(["fname", "label"])
    workbook.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    return buffer.getvalue()


def nested_folders(depth: int = 2_000) -> str:
    """The name of a file so many folders deep."""
    return "/".join(["d"] * depth) + "/0.jpg"


IMAGES: dict[str, Callable[[], bytes]] = {
    "PNG of 1e9 pixels": large_png,
    "GIF of 10,000 frames": lambda: animation("GIF"),
    "WebP of 10,000 frames": lambda: animation("WEBP"),
    "TIFF with 100,000 directories": tiff_with_directories,
    "TIFF with a ring of directories": lambda: tiff_with_directories(1_000, is_ring=True),
}
"""Files that a program may take for far more than the one small image that is used."""
