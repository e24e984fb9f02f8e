"""Page 9, import: the recognized format of a dataset and why, a few of its images, and what can be changed."""

import streamlit as st

from engine import tasks
from engine.data import library
from engine.data.checks import STOPS, Health
from engine.data.formats.apply_edits import UNLABELLED
from engine.data.formats.forms import FORMS
from engine.data.formats.phrases import counted
from engine.data.library import LibraryDataset
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from pages.parts.data import check_results, image_tiles
from pages.parts.data.imports import apply_reading, assumptions, mapping, reading_cache, readings
from pages.parts.shared.text import plain

FEW = 4
_TASK_HELP = {
    SINGLE_LABEL: "Every image has exactly one label, such as apple or banana.",
    MULTI_LABEL: "An image can have several labels, such as apple and banana, or none.",
    POINTS: "Every image has one point, such as the centre of a head.",
}


def show(chosen: LibraryDataset) -> None:
    """What is known of a dataset, and the way to training."""
    manifest = chosen.manifest
    reading = reading_cache.preview(chosen, manifest.chosen_options, chosen.task)
    if reading.question:
        readings.show(chosen, reading.question)
        return
    health = check_results.of(chosen)
    _next_step(chosen, health)
    title = FORMS[manifest.options.format].title if manifest.options.format else "each time it is read"
    st.header(f"Recognized: {title[0].lower() + title[1:] if title.startswith(('A ', 'Images ')) else title}")
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in manifest.reasons))
    if manifest.source:
        st.caption(plain(manifest.source))
    apply_reading.refusal()
    _task(chosen)
    assumptions.show(chosen, reading)
    mapping.show(chosen)
    if health is not None:
        _standing(health)


def _task(chosen: LibraryDataset) -> None:
    """The task; another is in force at once."""
    served = FORMS[chosen.manifest.options.format].tasks if chosen.manifest.options.format else TASKS
    key = f"import_task_{chosen.folder.name}"
    st.session_state[key] = chosen.task
    options = list(dict.fromkeys([chosen.task, *served]))
    st.selectbox(
        "Task",
        options,
        key=key,
        width=310,
        on_change=_change_task,
        args=(chosen, key),
        format_func=tasks.full_title,
    )
    st.caption(_TASK_HELP[chosen.task])


def _change_task(chosen: LibraryDataset, key: str) -> None:
    library.change(chosen, task=st.session_state[key])


def _next_step(chosen: LibraryDataset, health: Health | None) -> None:
    """The one thing to do now, before all that can be read: label, fix what stops training, or train."""
    if health is None:
        return
    kinds = [finding.kind for finding in health.findings if finding.severity == STOPS]
    if kinds == [UNLABELLED]:
        count = len(health.findings[0].fnames)
        noun = "Label" if tasks.get(chosen.task).has_labels else "Set the points of"
        _to_section(f"{noun} {counted(count, 'image')}", ":material/label:", "Label")
    elif kinds:
        _to_section(f"Fix {counted(len(kinds), 'finding')}", ":material/healing:", "Check")
    elif st.button("Train on it", type="primary", icon=":material/model_training:"):
        address = {"task": chosen.task, "data": str(chosen.data_path)}
        st.switch_page("pages/7_Train.py", query_params=address)


def _to_section(says: str, icon: str, section: str) -> None:
    st.button(says, type="primary", icon=icon, key="import_next", on_click=_open, args=(section,))


def _open(section: str) -> None:
    st.session_state["do"] = section


def _standing(health: Health) -> None:
    """How many images there are, what the check says, and a few of them."""
    stops = sum(finding.severity == STOPS for finding in health.findings)
    unused = health.image_count - health.training - health.validation
    count = counted(health.image_count, "image")
    counts = f"{count}: {health.training:,} for training, {health.validation:,} for validation"
    counts += f", {unused:,} unused by the task {health.task}." if unused else "."
    if any(finding.kind == UNLABELLED and finding.severity == STOPS for finding in health.findings):
        return  # the first reason says so, and the button above is the way on
    if stops:
        st.warning(
            f"Fix {stops} of {counted(len(health.findings), 'finding')} before training: see **Check**."
        )
    else:
        count = counted(len(health.findings), "finding")
        to_look_at = f" {count} to look at: see **Check**." if health.findings else ""
        st.success(f"{counts}{to_look_at}", icon=":material/check:")
    if health.subject is not None:
        names = [
            row.fname
            for row in health.subject.parsed.rows
            if row.fname in health.subject.parsed.listing.known
        ]
        step = max(1, len(names) // FEW)
        if tasks.get(health.task).has_points and names:
            st.caption("Are the rings in the right places? If not, change the unit.")
        image_tiles.show(health, names[::step][:FEW], key="import")
