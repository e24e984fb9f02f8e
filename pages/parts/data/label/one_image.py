"""Page 9, label one by one: a large picture, its labels to tick or its point to click on, and the keys that do it."""

from pathlib import Path

import streamlit as st

from engine.data import annotation, edits
from engine.data.annotation import Sheet
from engine.images import ImageError, image_size
from pages.parts.data.label import displayed, finished, undo, vocab
from pages.parts.data.label.session import LabelSession
from pages.parts.shared import page, page_keys, point_image
from pages.parts.shared.text import plain

MOST_PROBS = 6


def show(session: LabelSession, sheet: Sheet) -> None:
    """The picture at hand and everything that can be decided about it."""
    fname = session.at_hand(sheet)
    if fname is None:
        finished.show(session, sheet)
    else:
        left, right = st.columns([11, 9], gap="medium")
        with left:
            is_readable = _picture(session, sheet, fname)
            st.caption(_caption(session, sheet, fname))
        with right:
            if is_readable:
                (_point if session.is_points else _labels)(session, sheet, fname)
            _buttons(session, sheet, fname, is_readable)
    actions = session.keys(sheet)

    def pressed(names: list[str]) -> None:
        for name in names:
            actions[name]()

    page_keys.listen("label_keys", actions.keys(), pressed)


def _picture(session: LabelSession, sheet: Sheet, fname: str) -> bool:
    """The picture itself; False, with one sentence, where it cannot be read."""
    try:
        jpeg = displayed.jpeg(session.source.folder / fname)
        size = image_size(session.source.folder / fname)
    except (ImageError, OSError) as error:
        st.error(plain(f"{fname} cannot be displayed: {error} Exclude it, or go to the next one."))
        return False
    if not session.is_points:
        with st.container(key=page.TALL + "label"):
            st.image(jpeg, width="stretch", alt=f"The image {Path(fname).stem}")
        return True
    proposed = None if sheet.is_answered(fname) else session.proposed_point(fname)
    point_image.show(
        "label_point",
        jpeg,
        fname,
        _share(sheet.point(fname), size),
        _share(proposed, size),
        session.set_point,
    )
    return True


def _share(point, size) -> tuple[float, float] | None:
    return (point[0] / size[0], point[1] / size[1]) if point else None


def _caption(session: LabelSession, sheet: Sheet, fname: str) -> str:
    state = "labelled by you" if sheet.is_yours(fname) else "as imported" if sheet.is_answered(fname) else ""
    sure = session.uncertainty.get(fname)
    how_sure = f"uncertainty {sure:.2f}" if sure is not None and not state else ""
    return plain(" · ".join(part for part in (fname, state, how_sure) if part))


def _labels(session: LabelSession, sheet: Sheet, fname: str) -> None:
    shown = [label for label in session.shown_labels(sheet, fname) if label in sheet.vocab]
    is_proposed = not sheet.is_answered(fname) and bool(shown)
    _probs(session, sheet, fname)
    by_label = annotation.label_keys(sheet.vocab)
    key = session.key_of(f"label_ticks {fname} {shown}")
    st.pills(
        "Suggested: press Next to accept"
        if is_proposed
        else "Choose one label"
        if session.takes_one
        else "Choose every label that fits",
        sheet.vocab,
        selection_mode="single" if session.takes_one else "multi",
        default=(shown[0] if shown else None) if session.takes_one else shown,
        format_func=lambda label: (
            f":gray[{by_label[label]}] {plain(label)}" if label in by_label else plain(label)
        ),
        key=key,
        on_change=_ticked,
        args=(session, fname, key, shown),
        wrap=True,
    )


def _ticked(session: LabelSession, fname: str, key: str, shown: list[str]) -> None:
    """A label of this picture was clicked on."""
    ticked = st.session_state[key]
    labels = ([ticked] if ticked else []) if session.takes_one else ticked
    if not session.changed(key, labels, shown) or (session.takes_one and not labels):
        return
    if session.decide(fname, edits.LABELS, labels) and session.takes_one:
        session.go_on()


def _probs(session: LabelSession, sheet: Sheet, fname: str) -> None:
    """What a model predicts, likeliest first, in words: chips would look like the labels to choose from."""
    if session.proposals is None or sheet.is_answered(fname):
        return
    proposed = session.proposals.labels(fname)
    likeliest = list(session.proposals.probs(fname).items())[:MOST_PROBS]
    words = [f"{plain(label)} {prob:.2f}" for label, prob in likeliest]
    if words:
        is_bold = [label in proposed for label, _ in likeliest]
        listed = ", ".join(f"**{word}**" if bold else word for word, bold in zip(words, is_bold, strict=True))
        st.caption(f"Predicted: {listed}")


def _point(session: LabelSession, sheet: Sheet, fname: str) -> None:
    point = sheet.point(fname)
    if point:
        st.markdown(f"**○** The point lies at ({point[0]:.0f}, {point[1]:.0f}) px. Click to move it.")
    elif proposed := session.proposed_point(fname):
        st.markdown(
            f"**●** Suggested at ({proposed[0]:.0f}, {proposed[1]:.0f}) px. Press Next to accept, or click to correct."
        )
    else:
        st.markdown("Click or tap where the point is.")


def _buttons(session: LabelSession, sheet: Sheet, fname: str, is_readable: bool) -> None:
    if is_readable and not session.is_points:
        vocab.add_one(session, sheet.vocab, (fname,))
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Next",
            icon=":material/arrow_forward:",
            on_click=session.confirm if is_readable else session.go_on,
            key="label_next",
            type="primary",
        )
        if is_readable and not (session.is_points or session.takes_one):
            st.button("None of these", on_click=session.say_nothing, key="label_nothing")
        st.button("Back", icon=":material/arrow_back:", on_click=session.go_back, key="label_back")
    with st.container(horizontal=True, gap="small"):
        undo.both(session)
        st.button(
            "Exclude",
            icon=":material/block:",
            on_click=session.leave_out,
            key="label_out",
            help="Takes the image out of training and shows the next one. Undo puts it back.",
        )
    with st.container(key=page.KEYS + "label"):
        st.caption(_help(session) if is_readable else _HELP_UNREADABLE)


_HELP_UNREADABLE = (
    "This image cannot be displayed, so label keys are off. `→` skips it, `←` goes back, `Backspace` undoes."
)


def _help(session: LabelSession) -> str:
    moves = "`Enter` confirms and goes on, `→` skips the image, `←` goes back, `Backspace` undoes"
    if session.is_points:
        return (
            f"Keys: {moves}. `Shift` with an arrow moves the point by one pixel. `Delete` excludes the image."
        )
    nothing = "" if session.takes_one else "`0` means none of these. "
    return (
        f"Keys: press the key shown before a label to select it. {nothing}{moves}. `Delete` excludes the "
        "image."
    )
