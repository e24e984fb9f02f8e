"""Label: let the photograph models look at the images, so that they can be grouped and labels suggested."""

import streamlit as st

from engine import tasks
from engine.data.annotation import Sheet
from engine.data.formats.phrases import counted
from engine.inference import known_labels, photo_suggestions
from engine.inference.photo_suggestions import PhotoSuggestions
from pages.parts.data.label import ways
from pages.parts.shared import durations, progress
from pages.parts.shared.text import plain

SECONDS_BETWEEN_LOOKS = 0.8
MOMENT = 60
"""A look that takes no more seconds begins with the first labels, without a button of its own."""


def show(look: PhotoSuggestions, sheet: Sheet) -> None:
    """The button that starts it, how far it is, or what the models know. Stands outside of any fragment."""
    if not tasks.get(sheet.task).has_labels or not sheet.fnames:
        return
    if look.job.is_active:
        st.fragment(_watch, run_every=SECONDS_BETWEEN_LOOKS)(look)
        return
    if trouble := look.job.trouble:
        st.error(plain(f"The images could not be grouped. {trouble}"))
    if is_offered(look, sheet) and not comes_with_labels(look, sheet):
        _offer(look, sheet)
    elif sheet.vocab and (missing := known_labels.unknown(sheet.vocab)):
        names = ", ".join(missing[:8])
        st.caption(plain(f"The photograph models do not know {names}. Label those images in groups."))


def is_offered(look: PhotoSuggestions, sheet: Sheet) -> bool:
    """Whether there are images that a look would show for the first time; those that cannot be read were seen."""
    seen = look.tried
    return not seen or (len(seen) < photo_suggestions.MOST and not seen.issuperset(sheet.fnames))


def comes_with_labels(look: PhotoSuggestions, sheet: Sheet) -> bool:
    """Whether the images are grouped as soon as the first labels are named, since that takes a moment."""
    return not sheet.vocab and is_offered(look, sheet) and _seconds(look, sheet) <= MOMENT


def duration(look: PhotoSuggestions, sheet: Sheet) -> str:
    """How long a look takes, in words."""
    return durations.in_words(_seconds(look, sheet))


def _seconds(look: PhotoSuggestions, sheet: Sheet) -> float:
    return photo_suggestions.seconds(look, min(len(sheet.fnames), photo_suggestions.MOST))


def _offer(look: PhotoSuggestions, sheet: Sheet) -> None:
    count = min(len(sheet.fnames), photo_suggestions.MOST)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Group images and suggest labels",
            icon=":material/auto_awesome:",
            on_click=begin,
            args=(look, sheet),
            key="label_suggest",
        )
        takes = duration(look, sheet)
        st.caption(
            f"A photograph model looks at {counted(count, 'image')}. This takes {takes}.", width="content"
        )


def begin(look: PhotoSuggestions, sheet: Sheet) -> None:
    """Let the models look, and open the groups."""
    ways.choose(ways.GROUPS)
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
