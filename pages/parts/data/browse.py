"""Page 9, browse: the labels and points on the images, before anything is trained."""

import streamlit as st

from engine import tasks
from engine.data.checks import Health
from engine.data.checks.check_input import Subject
from engine.data.checks.image_filter import NO_LABEL, chosen, label_counts
from engine.data.formats.parsed_source import Row
from engine.data.library import LibraryDataset
from engine.plots import point_map
from pages.parts.data import check_results, image_tiles
from pages.parts.shared import charts
from pages.parts.shared.text import plain

KEY = "look_"
ANY = "any"
PARTS = {"both": None, "training": False, "validation": True}
SIZES = {"small": (150, 40), "medium": (190, 24), "large": (400, 8)}


def show(dataset: LibraryDataset) -> None:
    """Everything under "Browse"."""
    health = check_results.of(dataset)
    if health is None:
        return
    if health.subject is None:
        st.info("This dataset cannot be read yet: **Check** shows why.")
        return
    names, size = _filters(health)
    width, on_a_page = SIZES[size]
    names = _page(names, on_a_page)
    by_name = health.subject.by_name
    image_tiles.show(health, names, width, about=lambda fname: _part(by_name.get(fname)))
    if tasks.get(health.task).has_points:
        _where_points_lie(health.subject)


def _filters(health: Health) -> tuple[list[str], str]:
    counts, kinds = label_counts(health), _kinds(health)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        label = ANY
        if counts:
            label = _choose("Label", [ANY, *counts], lambda label: _titled(label, counts), "label")
        finding = _choose(
            "Finding",
            [ANY, *kinds],
            lambda kind: kind if kind == ANY else f"{kind} ({kinds[kind]:,})",
            "finding",
        )
        part = st.segmented_control("Part", list(PARTS), default="both", required=True, key=KEY + "part")
        size = st.segmented_control("Size", list(SIZES), default="medium", required=True, key=KEY + "size")
    fitting = chosen(
        health, None if label == ANY else label, PARTS[part], None if finding == ANY else finding
    )
    return fitting, size


def _choose(says: str, options: list[str], titled, name: str) -> str:
    if st.session_state.get(KEY + name) not in options:
        st.session_state[KEY + name] = ANY
    return st.selectbox(says, options, format_func=titled, key=KEY + name, width=160)


def _titled(label: str, counts: dict[str, int]) -> str:
    if label == ANY:
        return ANY
    return f"{label if label != NO_LABEL else '(no label)'} ({counts[label]:,})"


def _kinds(health: Health) -> dict[str, int]:
    return {finding.kind: len(finding.fnames) for finding in health.findings if finding.fnames}


def _page(names: list[str], size: int) -> list[str]:
    """The images of the page that is open, with buttons to turn pages."""
    pages, at_key = max(1, -(-len(names) // size)), KEY + "at"
    at = min(st.session_state.get(at_key, 0), pages - 1)
    st.session_state[at_key] = at
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("", icon=":material/chevron_left:", help="Previous page", key=KEY + "before", disabled=at == 0,
                  on_click=_turn, args=(-1,))  # fmt: skip
        st.button("", icon=":material/chevron_right:", help="Next page", key=KEY + "next", disabled=at == pages - 1,
                  on_click=_turn, args=(1,))  # fmt: skip
        first = at * size
        shown = (
            f"{first + 1:,} to {min(first + size, len(names)):,} of {len(names):,}"
            if names
            else "No image matches"
        )
        st.markdown(shown)
    return names[at * size : (at + 1) * size]


def _turn(step: int) -> None:
    st.session_state[KEY + "at"] += step


def _part(row: Row | None) -> str:
    if row is None:
        return "unused"
    return "validation" if row.is_valid else "training"


def _where_points_lie(subject: Subject) -> None:
    sizes = subject.facts.sizes
    rows = [row for row in subject.used if row.fname in sizes]
    if rows:
        charts.show(point_map.of_points(rows, sizes), key=KEY + "places")
        st.caption(plain("A point far from all others may be wrong. Check that it belongs to its image."))
