"""How a person chooses an image: one of the samples, or one of their own."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from engine import paths
from engine.data import formats
from engine.images import ImageError, open_image
from pages.parts.shared import address, streamlit_internals, thumbnails
from pages.parts.shared.text import plain

SAMPLES, OWN = "Samples", "Your own"


@dataclass(frozen=True)
class Chosen:
    """A chosen image: its name, where its bytes are, and its labels where they are known."""

    name: str
    source: Path | bytes
    labels: tuple[str, ...] | None
    is_sample: bool

    @property
    def stem(self) -> str:
        """The name without folder and ending, for keys of widgets."""
        return Path(self.name).stem

    @property
    def content(self) -> bytes:
        """The bytes of the image file."""
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()

    def open(self) -> Image.Image:
        """The image, upright, as RGB."""
        return open_image(self.source)


@st.cache_resource(max_entries=2, show_spinner=False)
def _load(folder: str, task: str, changed_ns: int) -> formats.Dataset:
    return formats.load(Path(folder), task)


def scenes(task: str = "multi-label") -> formats.Dataset:
    """The sample scenes, loaded once; a page that needs them says so and stops where they are missing."""
    table = paths.SCENES / "train.csv"
    try:
        return _load(str(paths.SCENES), task, table.stat().st_mtime_ns if table.exists() else 0)
    except formats.DatasetError as error:
        st.info(f"There are no sample scenes to show yet: {error}")
        st.code("python -m engine.synthetic sample_data", language="bash")
        st.stop()


def choose(data: formats.Dataset, first: str | None = None, name: str = "image") -> Chosen:
    """Let the person choose one image of a labelled dataset; typing finds images by their labels.

    The choice stays in the address under `name`; `first` (a `fname`) is shown before anything is touched.
    """
    fnames = data.table["fname"].tolist()
    labels = dict(zip(fnames, data.table["labels"], strict=True))
    default: str = first if first is not None and first in labels else fnames[0]
    if st.session_state.get(name) not in labels or streamlit_internals.came_by_history():
        st.session_state[name] = address.recall(name, fnames, default)
    fname = st.selectbox(
        "Image (type to search by label)",
        fnames,
        format_func=lambda fname: _titled(fname, labels[fname]),
        key=name,
    )
    with st.container(horizontal=True, gap="small"):
        _step_button("Previous", ":material/chevron_left:", name, fnames, -1)
        _step_button("Next", ":material/chevron_right:", name, fnames, +1)
        st.button("Surprise me", on_click=_go_to, args=(name, random.choice(fnames)), key=f"{name}_any")
    address.remember(name, fname, default)
    return Chosen(fname, data.folder / fname, tuple(labels[fname]), is_sample=True)


def choose_or_upload(data: formats.Dataset, first: str | None = None, name: str = "image") -> Chosen:
    """As `choose`, or the person's own image; a sample stands in until one is uploaded."""
    origin = st.segmented_control(
        "Image from",
        [SAMPLES, OWN],
        default=SAMPLES,
        required=True,
        key=f"{name}_from",
        bind="query-params",
    )
    if origin == OWN:
        uploaded = upload(name)
        if uploaded is not None:
            return uploaded
    return choose(data, first, name)


def upload(name: str = "image") -> Chosen | None:
    """One image of the person's own; a file that is no image gets one sentence and counts as none."""
    from engine.inference import uploads  # a tenth of a second that the first lesson need not wait

    file = st.file_uploader(
        "Your own image (kept in memory only, never saved)",
        key=f"{name}_upload",
        accept_multiple_files=False,
        max_upload_size=uploads.MAX_MB,
    )
    if file is None:
        return None
    source = file.getvalue()
    try:
        thumbnails.jpeg(source)
    except ImageError as error:
        st.error(plain(f"{file.name}: {error}"))
        return None
    return Chosen(file.name, source, None, is_sample=False)


def with_labels(data: formats.Dataset, count: int) -> str | None:
    """The first image that has exactly so many labels, or None."""
    counts = data.targets().sum(1)
    fitting = np.flatnonzero(counts == count)
    return data.table["fname"].iloc[int(fitting[0])] if len(fitting) else None


@st.cache_data(max_entries=2, show_spinner=False)
def _wrong_labels(table: str, changed_ns: int) -> dict[str, tuple[str, str]]:
    rows = pd.read_csv(table, dtype=str, keep_default_na=False).to_dict("records")
    return {f"train/{row['fname']}": (row["given"], row["right"]) for row in rows}


def labelled_wrong(data: formats.Dataset) -> dict[str, tuple[str, str]]:
    """For each image that is labelled wrongly on purpose: the given ones and the right ones."""
    table = data.folder / "wrong_labels.csv"
    return _wrong_labels(str(table), table.stat().st_mtime_ns) if table.exists() else {}


def examples(data: formats.Dataset, name: str = "image") -> None:
    """Buttons that lead to an image with two labels, with none, with one, or with a wrong label."""
    by_title = {
        says: with_labels(data, count)
        for says, count in (("Two labels", 2), ("No label", 0), ("One label", 1))
    }
    dogs = [
        fname for fname, (given, right) in labelled_wrong(data).items() if (given, right) == ("bear", "dog")
    ]
    by_title["A dog labelled bear"] = dogs[0] if dogs else None
    with st.container(horizontal=True, gap="small"):
        for says, fname in by_title.items():
            if fname is not None:
                st.button(says, key=f"{name}_{says}", on_click=_go_to, args=(name, fname))


def _go_to(name: str, fname: str) -> None:
    st.session_state[name] = fname
    st.session_state[f"{name}_from"] = SAMPLES


def _titled(fname: str, labels: tuple[str, ...]) -> str:
    return f"{Path(fname).stem} · {', '.join(labels) or 'no label'}"


def _step_button(says: str, icon: str, name: str, fnames: list[str], step: int) -> None:
    def go() -> None:
        at = fnames.index(st.session_state[name])
        st.session_state[name] = fnames[(at + step) % len(fnames)]

    side: Literal["right", "left"] = "right" if step > 0 else "left"
    st.button(says, icon=icon, icon_position=side, on_click=go, key=f"{name}_{step:+d}")
