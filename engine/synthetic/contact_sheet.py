"""One image of many small ones: `python -m engine.synthetic.contact_sheet FOLDER OUT.jpg [--columns 8]`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps


def contact_sheet(
    images: Sequence[Image.Image], columns: int, cell_wh=(160, 120), gap: int = 6
) -> Image.Image:
    """The images row by row on white paper, each trimmed at its middle to fill its cell."""
    rows = -(-len(images) // columns)
    (width, height), paper = cell_wh, "white"
    sheet = Image.new("RGB", (columns * (width + gap) + gap, rows * (height + gap) + gap), paper)
    for i, image in enumerate(images):
        row, column = divmod(i, columns)
        cell = ImageOps.fit(image.convert("RGB"), cell_wh, Image.Resampling.LANCZOS, centering=(0.5, 0.6))
        sheet.paste(cell, (gap + column * (width + gap), gap + row * (height + gap)))
    return sheet


def spread(paths: Sequence[Path], count: int) -> list[Path]:
    """`count` of the paths, evenly from the first to the last."""
    return [paths[i] for i in np.linspace(0, len(paths) - 1, min(count, len(paths))).round().astype(int)]


def main(arguments: list[str] | None = None) -> None:
    """Write a contact sheet of the images below a folder."""
    parser = argparse.ArgumentParser(
        prog="python -m engine.synthetic.contact_sheet", description=main.__doc__
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--rows", type=int, default=5)
    parser.add_argument("--quality", type=int, default=82)
    options = parser.parse_args(arguments)
    paths = spread(sorted(options.folder.rglob("*.jpg")), options.columns * options.rows)
    if not paths:
        parser.error(f"no .jpg below {options.folder}")
    sheet = contact_sheet([Image.open(path) for path in paths], options.columns)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(options.out, "JPEG", quality=options.quality, optimize=True)


if __name__ == "__main__":
    main()
