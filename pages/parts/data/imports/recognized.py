"""Page 9, import: the recognized format of a dataset and why, a few of its images, and what can be changed."""

from dataclasses import replace

import streamlit as st

from engine import tasks
from engine.data import library
from engine.data.checks import STOPS, Health
from engine.data.formats import DatasetError
from engine.data.formats.forms import FORMS
from engine.data.formats.phrases import counted
from engine.data.formats.read_options import SEPARATORS, UNITS
from engine.data.library import Shelved
from engine.tasks import TASKS
from pages.parts.data import health as data_health
from pages.parts.data import tiles as data_tiles
from pages.parts.shared.text import plain

FEW = 4
REFUSED = "import_refused"


def show(chosen: Shelved) -> None:
    """What is known of a data set, and the way to training."""
    note = chosen.note
    title = FORMS[note.how.format].title if note.how.format else "each time it is read"
    st.subheader(f"Recognised: {title[0].lower() + title[1:] if title.startswith('A ') else title}")
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in note.recognised))
    if note.source:
        st.caption(plain(note.source))
    _change(chosen)
    health = data_health.of(chosen)
    if health is not None:
        _standing(chosen, health)


def _change(chosen: Shelved) -> None:
    """Controls for what may have been recognised wrongly; whatever is chosen is in force at once."""
    if REFUSED in st.session_state:
        st.error(
            "\n".join(f"- {plain(one)}" for one in st.session_state.pop(REFUSED)), icon=":material/block:"
        )
    how = chosen.note.how
    forms = list(dict.fromkeys([how.format, *chosen.note.others]))
    tasks = FORMS[how.format].tasks if how.format else TASKS
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if len(forms) > 1:
            _select(
                chosen,
                "Form",
                forms,
                how.format,
                "form",
                lambda one: FORMS[one].title if one else "As recognised",
            )
        _select(chosen, "Task", list(tasks), chosen.task, "task", str)
        if how.format == "cells":
            _select(chosen, "Between labels", list(SEPARATORS), how.separator, "separator", str)
        if how.format == "points":
            _select(chosen, "Unit of x and y", list(UNITS), how.units, "units", str)


def _select(chosen: Shelved, says: str, options: list, now, what: str, titled) -> None:
    """A list of options, the present one chosen; another is in force at once."""
    if now not in options:
        options = [now, *options]
    key = f"import_{what}_{chosen.folder.name}"
    st.session_state[key] = now
    st.selectbox(
        says, options, format_func=lambda one: titled(one) if one else "As recognised", key=key, width=230,
        on_change=_changed, args=(chosen, what, key),
    )  # fmt: skip


def _changed(chosen: Shelved, what: str, key: str) -> None:
    value, how = st.session_state[key], chosen.note.how
    if value is None:
        return
    try:
        if what == "form":
            library.read_as(chosen, value)
        elif what == "task":
            library.change(chosen, task=value)
        else:
            library.change(chosen, how=replace(how, **{what: value}))
    except (DatasetError, OSError) as error:
        st.session_state[REFUSED] = getattr(error, "problems", [f"It cannot be kept: {error}."])


def _standing(chosen: Shelved, health: Health) -> None:
    """How many pictures there are, what the check says, a few of them, and the link to training."""
    stops = sum(finding.severity == STOPS for finding in health.findings)
    unused = health.pictures - health.training - health.validation
    counts = f"{health.pictures:,} pictures: {health.training:,} for training, {health.validation:,} for validation"
    counts += f", {unused:,} unused by the task {health.task}." if unused else "."
    if stops:
        st.warning(
            f"Fix {stops} of {counted(len(health.findings), 'finding')} before training: see **Check**."
        )
    else:
        count = counted(len(health.findings), "finding")
        found = f" {count} to look at: see **Check**." if health.findings else ""
        st.success(f"{counts}{found}", icon=":material/check:")
    if health.subject is not None:
        names = [
            row.fname for row in health.subject.found.rows if row.fname in health.subject.found.listing.known
        ]
        step = max(1, len(names) // FEW)
        if tasks.get(health.task).has_points and names:
            st.caption("Do the rings lie where they should? If not, change the unit.")
        data_tiles.show(health, names[::step][:FEW], key="import")
    if st.button("Train on it", type="primary", icon=":material/model_training:", disabled=stops > 0):
        address = {"task": chosen.task, "data": str(chosen.data_path)}
        st.switch_page("pages/7_Train.py", query_params=address)
