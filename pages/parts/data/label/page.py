"""Page 9, label: unlabelled images get a label by key, by click, or many at once; each decision is saved."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from engine import tasks
from engine.data import annotation, bounded_read, edits, library
from engine.data.annotation import Sheet, Source
from engine.data.edits import DecisionError
from engine.data.files import MANIFEST
from engine.data.formats import DatasetError
from engine.data.formats.read_options import ReadOptions
from engine.data.library import LibraryDataset
from engine.inference import known_labels, photo_suggestions
from engine.inference.photo_suggestions import PhotoSuggestions
from pages.parts.data.label import (
    accept,
    enough,
    many_images,
    one_image,
    proposals,
    similar,
    start_suggestions,
    undo,
    vocab,
    ways,
)
from pages.parts.data.label.proposals import Choice
from pages.parts.data.label.session import LabelSession
from pages.parts.data.label.ways import DECIDED, GROUPS, MANY, ONE
from pages.parts.shared import workflow
from pages.parts.shared.text import plain
from pages.parts.shared.workflow_steps import LABEL

MOST_TOLD = 200
SECONDS_KEPT = 120
IMAGES_ONLY = "pictures"


def show(chosen: LibraryDataset) -> None:
    """Everything under "Label", the workflow's stepper included, which changes with every label."""
    if not _begin(chosen):
        workflow.show(LABEL, chosen, section=LABEL)


def _begin(chosen: LibraryDataset) -> bool:
    """The images to label; False, with one sentence, where they cannot be read."""
    try:
        note = (chosen.folder / MANIFEST).stat().st_mtime_ns
        source = _source(str(chosen.data_path), chosen.task, note)
    except (DatasetError, OSError) as error:
        _cannot_read(chosen, error)
        return False
    session = LabelSession(edits.home(chosen.data_path), source)
    try:
        able = proposals.able(session.sheet)
        with st.container():  # what stands below keeps its place, and stays open, when the progress bar goes
            choice = proposals.choose(session.sheet, chosen.data_path, able)
    except DecisionError as error:
        st.error(plain(error))
        return False
    if choice:
        uncertainty = choice.found.uncertainty(choice.measure)
        order = (
            f"{choice.found.run.name} {choice.measure}"
            if uncertainty and not choice.found.job.is_active
            else ""
        )
        session = replace(session, proposals=choice.found, uncertainty=uncertainty, order=order)
    seen = photo_suggestions.of(chosen.data_path, chosen.task, session.sheet.vocab)
    trouble = None if session.is_points else known_labels.trouble()
    with st.container():
        if trouble:
            st.warning(plain(f"Images cannot be grouped, and no labels suggested. {trouble}"))
        else:
            start_suggestions.show(seen, session.sheet)
    has_groups = not session.is_points and not trouble
    if choice is None and has_groups and seen.fnames:
        session = replace(session, proposals=seen)
    _section(chosen, session, choice, seen if has_groups else None, has_runs=bool(able))
    return True


def _cannot_read(chosen: LibraryDataset, error: DatasetError | OSError) -> None:
    """What keeps the source from being read; its images can be labelled all the same."""
    st.error("\n".join(f"- {plain(problem)}" for problem in getattr(error, "problems", [error])))
    if chosen.manifest.options.format == IMAGES_ONLY:
        return
    st.markdown("You can label its images from scratch. Other files in the folder are then ignored.")
    if st.button("Label its images from scratch"):
        library.change(chosen, options=ReadOptions(format=IMAGES_ONLY))
        st.rerun()


@st.cache_resource(max_entries=8, ttl=SECONDS_KEPT, show_spinner="Reading the names of the images…")
def _source(path: str, task: str, note_changed_ns: int) -> Source:
    return bounded_read.read(path, annotation.read, Path(path), task)


@st.fragment
def _section(
    chosen: LibraryDataset,
    session: LabelSession,
    choice: Choice | None,
    seen: PhotoSuggestions | None,
    has_runs: bool,
) -> None:
    """`seen` is None where images cannot be grouped."""
    sheet = session.sheet
    session.show_told()
    _progress(sheet)
    if session.is_points or sheet.vocab:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            way = ways.show(has_groups=seen is not None)
            which = _which(sheet) if way != DECIDED else annotation.WITHOUT
        _way(replace(session, which=which), sheet, choice, seen, way)
    else:
        _first_labels(session, sheet, seen)
    if not has_runs and (says := proposals.none_can(sheet)):
        st.caption(says)
    workflow.show(LABEL, chosen, counts=(len(sheet.fnames), len(sheet.without)), section=LABEL)


def _way(
    session: LabelSession, sheet: Sheet, choice: Choice | None, seen: PhotoSuggestions | None, way: str
) -> None:
    """The images, gone through in the chosen way."""
    if way in (ONE, MANY, GROUPS):
        with st.container():  # there once the models have looked, which may be while a person types below
            accept.show(session, sheet)
    if choice and way != DECIDED:
        st.caption(choice.says(sheet))
    if way == DECIDED:
        _decided(session, sheet)
    elif way == ONE:
        one_image.show(session, sheet)
    elif way == GROUPS and seen is not None:
        similar.show(session, sheet, seen)
    else:
        many_images.show(session, sheet)


def _first_labels(session: LabelSession, sheet: Sheet, seen: PhotoSuggestions | None) -> None:
    """Name the labels; where that takes a moment, the images are grouped at once."""
    if seen is None or not start_suggestions.comes_with_labels(seen, sheet):
        vocab.begin(session, lambda _: None, "")
        return

    def group(named: LabelSession) -> None:
        now = named.sheet
        start_suggestions.begin(replace(seen, vocab=now.vocab), now)

    takes = start_suggestions.duration(seen, sheet)
    vocab.begin(session, group, f"A photograph model then groups similar images. This takes {takes}.")


def _which(sheet: Sheet) -> str:
    return st.segmented_control(
        "Images",
        annotation.WHICH,
        default=annotation.WITHOUT,
        required=True,
        key="label_which",
        format_func=lambda choice: f"{choice} ({len(sheet.those(choice)):,})",
    )


def _progress(sheet: Sheet) -> None:
    every, open_ones = len(sheet.fnames), len(sheet.without)
    noun = "have a point" if tasks.get(sheet.task).has_points else "are labelled"
    done = every - open_ones
    st.progress(done / every if every else 1.0, f"**{done:,} of {every:,}** images {noun}")
    if hint := enough.hint(sheet):
        st.caption(plain(hint))
    if sheet.on_empty:
        st.caption(plain(sheet.on_empty))
    for note in sheet.decisions.notes:
        st.warning(plain(note))


def _decided(session: LabelSession, sheet: Sheet) -> None:
    """The latest decisions, those that were undone included."""
    history = sheet.decisions.history()[:MOST_TOLD]
    if not history:
        st.info("You have not labelled anything yet.")
        return
    with st.container(horizontal=True, gap="small"):
        undo.both(session)
    st.dataframe(
        pd.DataFrame(
            {
                "When (UTC)": [decision.at[:16].replace("T", " ") for decision, _ in history],
                "What": [decision.says for decision, _ in history],
                "In effect": ["yes" if stands else "undone" for _, stands in history],
            }
        ),
        hide_index=True,
        width="stretch",
    )
