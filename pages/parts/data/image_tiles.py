"""Images of a dataset in rows that wrap: each with its point on it, and its name and labels below."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from PIL import Image, ImageOps

from engine.data.checks import Health
from engine.data.formats.parsed_source import Row
from engine.images import ImageError, image_size, open_image
from engine.images.drawing import draw_point, fit, mark_radius, to_jpeg
from engine.plots.style import TRUTH
from pages.parts.shared.streamlit_internals import BLOCK, IMAGE
from pages.parts.shared.text import plain

SHAPE = 3 / 4
MOST_LABELS = 12
WIDE = 300
_STYLE = f"""<style>
.no-picture {{border: 1px dashed; opacity: .6; padding: .4rem; text-align: center; font-size: .875rem}}
@media (max-width: 640px) {{
  [class*="st-key-tiles"] > * {{width: calc(50% - .5rem) !important; max-width: none !important; flex: none !important}}
  [class*="st-key-tiles_wide"] > * {{width: 100% !important}}
  [class*="st-key-tiles"] :is(img, {IMAGE}, {BLOCK}) {{width: 100% !important}}
}}
</style>"""


def show(
    health: Health,
    fnames: Sequence[str],
    width: int = 165,
    about: Callable[[str], str] | None = None,
    below: Callable[[str], None] | None = None,
    key: str = "",
) -> None:
    """A tile for each image, `width` pixels wide, on a narrow screen two in a row (or one, if they are wide).

    `about` gives a phrase and `below` draws more under it; `key` tells several such rows on one page apart.
    """
    st.html(_STYLE)
    with st.container(horizontal=True, gap="small", key=f"tiles_{'wide' if width > WIDE else 'two'}_{key}"):
        for fname in fnames:
            with st.container(width=width, gap=None):
                _tile(health, fname, width, about(fname) if about else "")
                if below:
                    below(fname)


def show_rows(folder: Path, rows: Sequence[Row], width: int = 165, key: str = "") -> None:
    """A tile for each row of a reading whose images are known to lie in the folder."""
    st.html(_STYLE)
    with st.container(horizontal=True, gap="small", key=f"tiles_two_{key}"):
        for row in rows:
            with st.container(width=width, gap=None):
                _draw(folder / row.fname, row.fname, row, width, "")


def _tile(health: Health, fname: str, width: int, about: str) -> None:
    if health.subject is None:
        raise ValueError("Only a dataset that can be read has images to show.")
    row, parsed = health.subject.by_name.get(fname), health.subject.parsed
    is_there = fname in parsed.listing.known  # nothing outside the folder is ever opened
    _draw(parsed.folder / fname if is_there else None, fname, row, width, about)


def _draw(path: Path | None, fname: str, row: Row | None, width: int, about: str) -> None:
    try:
        if path is None:
            raise FileNotFoundError(fname)
        seen = thumbnail(path, width, row.point_px if row else None)
        st.image(seen, width=width, alt=f"The image {Path(fname).stem}{_spoken(row)}")
    except (ImageError, OSError):
        st.html('<div class="no-picture">not displayed</div>')
    st.markdown(_caption(fname, row, about))


def _caption(fname: str, row: Row | None, about: str) -> str:
    """The labels as chips, then the name and the phrase in small letters."""
    chips = " ".join(f":blue-badge[{plain(label)}]" for label in (row.labels if row else ())[:MOST_LABELS])
    if row and not row.labels and not row.point_px:
        chips = ":gray-badge[no label]"
    shown = {fname, Path(fname).name, ", ".join(row.labels) if row else ""}
    phrase = f" :gray[{plain(about)}]" if about and about not in shown else ""
    return "  \n".join(part for part in (chips, f":small[{plain(shortened(fname))}{phrase}]") if part)


def shortened(fname: str, most: int = 24) -> str:
    """A long name without its folders; the end of it, where what differs usually stands, if it is still too long."""
    if len(fname) <= most:
        return fname
    last = Path(fname).name
    return f"…/{last}" if len(last) <= most - 2 and "/" in fname else f"…{last[1 - most :]}"


def _spoken(row: Row | None) -> str:
    return f", labelled {', '.join(row.labels)}" if row and row.labels else ""


def thumbnail(path: Path, width: int, point_px: tuple[float, float] | None = None) -> bytes:
    """The upright image cropped to 4:3, its point marked and in sight, as JPEG for a screen of twice the pixels."""
    return _image(str(path), path.stat().st_mtime_ns, min(2 * width, 960), point_px)


@st.cache_data(max_entries=1024, show_spinner=False)
def _image(path: str, changed_ns: int, width: int, point_px: tuple[float, float] | None) -> bytes:
    opened = open_image(Path(path), max_pixels=4 * width * width)
    size = (width, round(width * SHAPE))
    if point_px is None:
        return to_jpeg(ImageOps.fit(opened, size, Image.Resampling.LANCZOS, centering=(0.5, 0.35)))
    own = image_size(Path(path))
    x, y = (min(max(at / side, 0.0), 1.0) for at, side in zip(point_px, own, strict=True))
    marked = _marked(opened, path, point_px, 2 * max(size))
    return to_jpeg(ImageOps.fit(marked, size, Image.Resampling.LANCZOS, centering=(x, y)))


def _marked(opened: Image.Image, path: str, point_px: tuple[float, float], side: int) -> Image.Image:
    """The image as small as it is shown, with the ring that stands for the truth on every page."""
    own = image_size(Path(path))
    small = fit(opened, side)
    at = (point_px[0] * small.width / own[0], point_px[1] * small.height / own[1])
    return draw_point(small, at, TRUTH, "ring", 1.6 * mark_radius(small.size))
