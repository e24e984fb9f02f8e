"""Page 10, a point: the given one and the one that is seen over the image; a click or a key moves the given one."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from engine.experiments.label_review.session import ReviewSession
from pages.parts.review import image_list
from pages.parts.shared import point_image, thumbnails
from pages.parts.shared.point_image import Share

SIDE = 900


def show(session: ReviewSession, fname: str, on_point: Callable[[str, Share], None]) -> None:
    """The image with both points. Raises `ImageError` and OSError where it cannot be read."""
    row = session.ranking.table.iloc[session.place(fname)]
    jpeg = thumbnails.jpeg(image_list.file_of(session, fname), SIDE)
    given, seen = (_share(at, row) for at in (now(session, fname), inside(row)))
    point_image.show(f"review_point_{session.subject.key}", jpeg, fname, given, seen, on_point)
    st.caption("The ring marks the given point, the disc the prediction. Click to move the point.")


def now(session: ReviewSession, fname: str) -> tuple[float, float]:
    """The point of an image as it is decided by now, in its own pixels."""
    row = session.ranking.table.iloc[session.place(fname)]
    return session.subject.decisions.now.points.get(fname, (row.x, row.y))


def place(at: Share, row) -> tuple[float, float]:
    """Where a share of the width and the height is in the image's own pixels."""
    return held((at[0] * row.width, at[1] * row.height), row)


def inside(row) -> tuple[float, float]:
    """Where the point is seen."""
    return held((row.seen_x, row.seen_y), row)


def held(point: tuple[float, float], row) -> tuple[float, float]:
    """A point to a tenth of a pixel and never outside the image."""
    x, y = np.clip(point, 0, [row.width, row.height])
    return round(float(x), 1), round(float(y), 1)


def _share(point: tuple[float, float], row) -> Share:
    return float(point[0] / row.width), float(point[1] / row.height)
