"""Label groups: images that look alike are selected together, and get a label in one action."""

import streamlit as st

from engine.data.annotation import Sheet
from engine.data.formats.phrases import counted
from engine.inference.photo_suggestions import PhotoSuggestions
from pages.parts.data.label import finished, many_images, start_suggestions
from pages.parts.data.label.session import LabelSession

_AT = "label_group_at"


def show(session: LabelSession, sheet: Sheet, look: PhotoSuggestions) -> None:
    """One group at a time, all of it selected; deselect what does not belong, then choose a label."""
    if not look.groups:
        _not_grouped(look, sheet)
        return
    left = remaining(look.groups, sheet, session.which)
    if not left:
        finished.show(session, sheet)
        return
    at = min(st.session_state.get(_AT, 0), len(left) - 1)
    _choose(at, left)
    many_images.show_group(session, sheet, left[at])


def _not_grouped(look: PhotoSuggestions, sheet: Sheet) -> None:
    if look.job.is_active:
        st.info("The groups appear here in a moment.")
    elif start_suggestions.is_offered(look, sheet):
        st.info("Images are not grouped yet. Choose **Group images and suggest labels** above.")
    else:
        st.info("These images could not be grouped. Label them one by one.")


def remaining(groups: list[list[str]], sheet: Sheet, which: str) -> list[list[str]]:
    """The groups with the images that are to be gone through, the largest group first, as it was before any label.

    So a group of which a part was labelled stays where it is.
    """
    wanted = set(sheet.those(which))
    by_size = sorted(groups, key=len, reverse=True)
    left = ([fname for fname in group if fname in wanted] for group in by_size)
    return [group for group in left if group]


def _choose(at: int, left: list[list[str]]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("", icon=":material/chevron_left:", help="Previous group", disabled=at == 0,
                  on_click=_go, args=(at - 1,), key="label_group_before")  # fmt: skip
        like = "look alike" if len(left[at]) > 1 else "looks like no other"
        st.markdown(
            f"**{counted(len(left[at]), 'image')} {like}** · group {at + 1} of {len(left):,}", width="content"
        )
        st.button("", icon=":material/chevron_right:", help="Next group", disabled=at == len(left) - 1,
                  on_click=_go, args=(at + 1,), key="label_group_after")  # fmt: skip


def _go(at: int) -> None:
    st.session_state[_AT] = at
