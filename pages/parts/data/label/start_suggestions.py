"""Label: let the photograph models look at the images, so that they can be grouped and labels suggested."""

import streamlit as st

from engine import tasks
from engine.data.annotation import Sheet
from engine.data.formats.phrases import counted
from engine.inference import known_labels, photo_suggestions
from engine.inference.photo_suggestions import PhotoSuggestions
from engine.jobs.status import FAILED, INTERRUPTED
from engine.training.time_estimate import in_words
from pages.parts.shared import progress
from pages.parts.shared.text import plain

SECONDS_BETWEEN_LOOKS = 0.8


def show(look: PhotoSuggestions, sheet: Sheet) -> None:
    """The button that starts it, how far it is, or what the models know. Stands outside of any fragment."""
    if not tasks.get(sheet.task).has_labels or not sheet.fnames:
        return
    if look.is_at_work:
        st.fragment(_watch, run_every=SECONDS_BETWEEN_LOOKS)(look)
        return
    status = look.job.status if look.job.exists else None
    if status and status.state in (FAILED, INTERRUPTED):
        st.error(plain(f"The images could not be grouped: {status.message}"))
    unseen = [fname for fname in sheet.fnames if fname not in look.fnames]
    if not look.fnames or (unseen and len(look.fnames) < photo_suggestions.MOST):
        _offer(look, sheet)
    elif missing := known_labels.unknown(sheet.vocab):
        names = ", ".join(missing[:8])
        st.caption(plain(f"No photograph model knows: {names}. Label these by hand; groups help."))


def _offer(look: PhotoSuggestions, sheet: Sheet) -> None:
    count = min(len(sheet.fnames), photo_suggestions.MOST)
    duration = in_words(photo_suggestions.seconds(look, count))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Group images and suggest labels",
            icon=":material/auto_awesome:",
            on_click=_ask,
            args=(look, sheet),
            key="label_suggest",
        )
        st.caption(
            f"A ready photograph model looks at {counted(count, 'image')}: {duration}.", width="content"
        )


def _ask(look: PhotoSuggestions, sheet: Sheet) -> None:
    try:
        photo_suggestions.ask(look, sheet.source.folder, sheet.fnames)
    except OSError as error:
        st.toast(plain(f"The images cannot be grouped: {error}"))


def _watch(look: PhotoSuggestions) -> None:
    status = look.job.status
    if not status.is_active:
        st.rerun()
    now = status.progress
    st.progress(now.share, plain(f"{now.text or 'Starting'}: {now.share:.0%}{progress.time_left(now)}"))
    st.button("Stop", icon=":material/stop:", on_click=look.job.request_stop, key="label_look_stop")
