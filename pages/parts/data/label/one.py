"""Page 9, label one by one: a large picture, its labels to tick or its point to click on, and the keys that do it."""

from html import escape

import streamlit as st

from engine.data import annotation, edits
from engine.data.annotation import Sheet
from engine.images import ImageError, image_size
from engine.plots.style import BASELINE, PREDICTION
from pages.parts.data.label import undo as label_undo
from pages.parts.data.label import vocab as label_vocab
from pages.parts.data.label.session import Desk
from pages.parts.shared import keys, point_picture, thumbnails
from pages.parts.shared.text import plain

SIDE = 900
MOST_PROBS = 6
_STYLE = f"""<style>
.probs {{display: flex; flex-wrap: wrap; gap: .25rem; margin-bottom: .2rem}}
.probs span {{border: 2px solid {BASELINE}; border-radius: .6rem; padding: .05rem .5rem; font-size: .85rem;
  white-space: nowrap}}
.probs .yes {{background: {PREDICTION}; border-color: {PREDICTION}; color: #fff}}
</style>"""


def show(desk: Desk, sheet: Sheet) -> None:
    """The picture at hand and everything that can be decided about it."""
    fname = desk.at_hand(sheet)
    if fname is None:
        _done(desk, sheet)
    else:
        left, right = st.columns([11, 9], gap="medium")
        with left:
            is_readable = _image(desk, sheet, fname)
            st.caption(_caption(desk, sheet, fname))
        with right:
            if is_readable:
                (_point if desk.is_points else _labels)(desk, sheet, fname)
            _buttons(desk, sheet, fname)
    actions = desk.keys(sheet)

    def pressed(names: list[str]) -> None:
        for name in names:
            actions[name]()

    keys.listen("label_keys", actions.keys(), pressed)


def _done(desk: Desk, sheet: Sheet) -> None:
    if not sheet.fnames:
        st.info("There are no images here.")
    elif desk.which == annotation.WITHOUT:
        st.success("Every image is labelled.", icon=":material/check:")
    else:
        st.info("You have not labelled any image yet.")
    label_undo.undo(desk)


def _image(desk: Desk, sheet: Sheet, fname: str) -> bool:
    """The picture itself; False, with one sentence, where it cannot be read."""
    try:
        jpeg = thumbnails.jpeg(desk.source.folder / fname, SIDE)
        size = image_size(desk.source.folder / fname)
    except (ImageError, OSError) as error:
        st.error(plain(f"{fname} cannot be shown: {error} Leave it out, or look at the next one."))
        return False
    if not desk.is_points:
        st.image(jpeg, width="stretch", alt=f"The picture {fname}")
        return True
    proposed = None if sheet.is_answered(fname) else desk.proposed_point(fname)
    point_picture.show(
        "label_point", jpeg, fname, _share(sheet.point(fname), size), _share(proposed, size), desk.set_point
    )
    return True


def _share(point, size) -> tuple[float, float] | None:
    return (point[0] / size[0], point[1] / size[1]) if point else None


def _caption(desk: Desk, sheet: Sheet, fname: str) -> str:
    state = "labelled by you" if sheet.is_yours(fname) else "as imported" if sheet.is_answered(fname) else ""
    sure = desk.uncertainty.get(fname)
    how_sure = f"the run's uncertainty {sure:.2f}" if sure is not None and not state else ""
    return plain(" · ".join(part for part in (fname, state, how_sure) if part))


def _labels(desk: Desk, sheet: Sheet, fname: str) -> None:
    shown = [label for label in desk.shown_labels(sheet, fname) if label in sheet.vocab]
    is_proposed = not sheet.is_answered(fname) and bool(shown)
    _probs(desk, sheet, fname)
    by_label = annotation.label_keys(sheet.vocab)
    key = desk.key_of(f"label_ticks {fname} {shown}")
    st.pills(
        "Proposed: Enter confirms"
        if is_proposed
        else "One label"
        if desk.takes_one
        else "Every label that is there",
        sheet.vocab,
        selection_mode="single" if desk.takes_one else "multi",
        default=(shown[0] if shown else None) if desk.takes_one else shown,
        format_func=lambda label: (
            f":gray[{by_label[label]}] {plain(label)}" if label in by_label else plain(label)
        ),
        key=key,
        on_change=_ticked,
        args=(desk, fname, key, shown),
        wrap=True,
    )


def _ticked(desk: Desk, fname: str, key: str, shown: list[str]) -> None:
    """A label of this picture was clicked on."""
    told = st.session_state[key]
    labels = ([told] if told else []) if desk.takes_one else told
    if not desk.changed(key, labels, shown) or (desk.takes_one and not labels):
        return
    if desk.decide(fname, edits.LABELS, labels) and desk.takes_one:
        desk.go_on()


def _probs(desk: Desk, sheet: Sheet, fname: str) -> None:
    """What the run predicts, likeliest first. All names are escaped."""
    if desk.proposals is None or sheet.is_answered(fname):
        return
    proposed = desk.proposals.labels(fname)
    chips = "".join(
        f"<span{' class=yes' if label in proposed else ''}>{escape(label)} {prob:.2f}</span>"
        for label, prob in list(desk.proposals.probs(fname).items())[:MOST_PROBS]
    )
    if chips:
        st.html(f'{_STYLE}<div class="probs">{chips}</div>')


def _point(desk: Desk, sheet: Sheet, fname: str) -> None:
    point = sheet.point(fname)
    if point:
        st.markdown(f"**○** The point lies at ({point[0]:.0f}, {point[1]:.0f}) px. Click to move it.")
    elif proposed := desk.proposed_point(fname):
        st.markdown(
            f"**●** proposed at ({proposed[0]:.0f}, {proposed[1]:.0f}) px: Enter confirms, a click corrects."
        )
    else:
        st.markdown("Click on the picture where the point is.")


def _buttons(desk: Desk, sheet: Sheet, fname: str) -> None:
    if not desk.is_points:
        label_vocab.add_one(desk, sheet.vocab, (fname,))
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Next", icon=":material/arrow_forward:", on_click=desk.confirm, key="label_next", type="primary"
        )
        if not (desk.is_points or desk.takes_one):
            st.button("None of these", on_click=desk.say_nothing, key="label_nothing")
        st.button("Back", icon=":material/arrow_back:", on_click=desk.go_back, key="label_back")
    with st.container(horizontal=True, gap="small"):
        label_undo.both(desk)
        st.button("Leave it out", icon=":material/block:", on_click=desk.leave_out, key="label_out")
    st.caption(_help(desk))


def _help(desk: Desk) -> str:
    moves = "`Enter` confirms and goes on, `→` skips the image, `←` goes back, `Backspace` undoes"
    if desk.is_points:
        return f"Keys: {moves}, `Shift` with an arrow moves the point by a pixel, `Delete` leaves the picture out."
    nothing = "" if desk.takes_one else "`0` says that none of the labels is there, "
    return f"Keys: the sign before a label ticks it, {nothing}{moves}, `Delete` leaves the picture out."
