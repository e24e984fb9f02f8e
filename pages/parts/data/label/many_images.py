"""Page 9, label many at once: select small images, then apply a label to all of them."""

from collections.abc import Callable

import streamlit as st

from engine.data import annotation, edits
from engine.data.annotation import Sheet
from engine.data.formats.phrases import counted
from engine.images import ImageError, image_size, open_image
from engine.images.drawing import to_jpeg
from engine.plots.image_overlays import with_points
from pages.parts.data.label import finished, undo, vocab
from pages.parts.data.label.session import NEXT, NOTHING, OUT, REDO, UNDO, LabelSession
from pages.parts.shared import image_grid, page_keys, thumbnails
from pages.parts.shared.image_grid import Cell
from pages.parts.shared.text import plain

AT_ONCE = 24
_THUMB_WH = (224, 168)


def show(session: LabelSession, sheet: Sheet) -> None:
    """A page of small images, and the labels to apply to the selected ones."""
    if st.session_state.pop("label_group", None):
        _tick(set())  # the selection was of a group
    fnames = session.in_order(sheet.those(session.which))
    if fnames:
        shown = _page(fnames)
        ticked = tuple(fname for fname in shown if fname in _ticked())
        _tick(set(ticked))
        _pick_buttons(session, sheet, shown, ticked)
        image_grid.show("label_grid", [_cell(session, sheet, fname) for fname in shown], ticked, _tick)
        _turn_pages(len(fnames))
    else:
        finished.show(session, sheet)
    _listen(session, sheet)


def show_group(session: LabelSession, sheet: Sheet, fnames: list[str]) -> None:
    """A group of images, all selected until you deselect some, and the labels to apply to them."""
    if st.session_state.get("label_group") != fnames:
        st.session_state["label_group"] = fnames
        _tick({fname for fname in fnames if _thumbnail(session.source.folder / fname)})
    ticked = tuple(fname for fname in fnames if fname in _ticked())
    _pick_buttons(session, sheet, fnames, ticked)
    image_grid.show("label_group_grid", [_cell(session, sheet, fname) for fname in fnames], ticked, _tick)
    _listen(session, sheet)


def _listen(session: LabelSession, sheet: Sheet) -> None:
    actions = _keys(session, sheet)

    def pressed(names: list[str]) -> None:
        for name in names:
            actions[name]()

    page_keys.listen("label_many_keys", actions.keys(), pressed)


def _keys(session: LabelSession, sheet: Sheet) -> dict[str, Callable[[], None]]:
    """What each key does to whatever is ticked when it is pressed."""

    def to_ticked(act: Callable, *more) -> Callable[[], None]:
        return lambda: _act(session, act, *more)

    actions = {UNDO: session.undo, "Ctrl+z": session.undo, REDO: session.redo}
    actions |= {NEXT: to_ticked(_confirm_all), OUT: to_ticked(_leave_out)}
    if session.is_points:
        return actions
    by_label = annotation.label_keys(sheet.vocab)
    actions |= {key: to_ticked(_label_all, label) for label, key in by_label.items()}
    return actions if session.takes_one else actions | {NOTHING: to_ticked(_set_all, ())}


def _act(session: LabelSession, act: Callable, *more) -> None:
    """Do it to what is ticked, or say that nothing is."""
    if _ticked():
        act(session, tuple(sorted(_ticked())), *more)
    else:
        session.tell("Select images first.")


# --- which are ticked, and which are shown


def _ticked() -> set[str]:
    """Pictures that are shown, and ticked."""
    return st.session_state.setdefault("label_ticked", set())


def _tick(names: set[str]) -> None:
    st.session_state["label_ticked"] = names


def _page(fnames: list[str]) -> list[str]:
    last = (len(fnames) - 1) // AT_ONCE
    at = min(st.session_state.get("label_many_page", 0), last)
    st.session_state["label_many_page"] = at
    return fnames[at * AT_ONCE : (at + 1) * AT_ONCE]


def _turn_pages(count: int) -> None:
    pages = -(-count // AT_ONCE)
    if pages < 2:
        return
    at = st.session_state["label_many_page"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("", icon=":material/chevron_left:", help="Previous images", disabled=at == 0,
                  on_click=_turn, args=(-1,), key="label_page_before")  # fmt: skip
        st.markdown(f"{at + 1} of {pages:,}", width="content")
        st.button("", icon=":material/chevron_right:", help="Next images", disabled=at == pages - 1,
                  on_click=_turn, args=(1,), key="label_page_after")  # fmt: skip


def _turn(step: int) -> None:
    st.session_state["label_many_page"] += step
    _tick(set())


def _cell(session: LabelSession, sheet: Sheet, fname: str) -> Cell:
    path = session.source.folder / fname
    is_answered = sheet.is_answered(fname)
    try:
        if session.is_points:
            point = sheet.point(fname) if is_answered else session.proposed_point(fname)
            return Cell(fname, _with_point(path, point, is_answered), _point_words(point), not is_answered)
    except (ImageError, OSError):
        return Cell(fname, b"", "cannot be displayed", True)
    jpeg = _thumbnail(path)
    if not jpeg:
        return Cell(fname, b"", "cannot be displayed", True)
    labels = session.shown_labels(sheet, fname)
    if is_answered:
        return Cell(fname, jpeg, ", ".join(labels) or "none of these")
    return Cell(fname, jpeg, ", ".join(labels) + "?" if labels else "unlabelled", True)


def _with_point(path, point, is_given: bool) -> bytes:
    if point is None:
        return thumbnails.cropped(path, _THUMB_WH)
    return _drawn(str(path), path.stat().st_mtime_ns, tuple(point), is_given)


@st.cache_data(max_entries=512, show_spinner=False)
def _drawn(path: str, changed_ns: int, point: tuple[float, float], is_given: bool) -> bytes:
    from pathlib import Path

    image = open_image(Path(path))
    real = image_size(Path(path))
    at = [place * shown / side for place, shown, side in zip(point, image.size, real, strict=True)]
    truth_px, predicted_px = (at, None) if is_given else (None, at)
    return to_jpeg(with_points(image, truth_px=truth_px, predicted_px=predicted_px, width=_THUMB_WH[0]))


def _point_words(point) -> str:
    return f"({point[0]:.0f}, {point[1]:.0f}) px" if point else "no point"


# --- what is said of all that are ticked


def _pick_buttons(session: LabelSession, sheet: Sheet, shown: list[str], ticked: tuple[str, ...]) -> None:
    """The labels first: they and the images are what a small screen must show at once."""
    if not session.is_points:
        _label_pills(session, sheet, ticked)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Select all", on_click=_tick, args=(set(shown),), key="label_tick_all")
        st.button("Select none", on_click=_tick, args=(set(),), disabled=not ticked, key="label_tick_none")
        if session.proposals is not None:
            waits = any(_proposed(session, sheet, fname) for fname in ticked)
            st.button("Accept suggestions", type="primary", disabled=not waits, on_click=_confirm_all,
                      args=(session, ticked), key="label_confirm_all")  # fmt: skip
        st.button("Exclude", icon=":material/block:", disabled=not ticked, on_click=_leave_out,
                  args=(session, ticked), key="label_out_all",
                  help="Takes the selected images out of training. Undo puts them back.")  # fmt: skip
        undo.both(session)
    if not ticked:
        st.caption("Select images first (`Shift`-click for a range). Then choose a label for all of them.")


def _label_pills(session: LabelSession, sheet: Sheet, ticked: tuple[str, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        in_all = [
            label for label in sheet.vocab if ticked and all(label in sheet.labels(fname) for fname in ticked)
        ]
        by_label = annotation.label_keys(sheet.vocab)
        key = session.key_of(f"label_all {ticked} {in_all}")
        says = (
            f"{counted(len(ticked), 'image')} selected: choose a label"
            if ticked
            else "Labels: select images first"
        )
        st.pills(
            says,
            sheet.vocab,
            selection_mode="multi",
            default=in_all,
            format_func=lambda label: f":gray[{by_label.get(label, '')}] {plain(label)}",
            key=key,
            on_change=_pills_changed,
            args=(session, ticked, tuple(in_all), key),
            wrap=True,
            disabled=not ticked,
        )
        if not session.takes_one:
            st.button(
                "None of these",
                on_click=_set_all,
                args=(session, ticked, ()),
                key="label_nothing_all",
                disabled=not ticked,
            )
        vocab.add_one(session, sheet.vocab, ticked)


def _pills_changed(session: LabelSession, ticked: tuple[str, ...], before: tuple[str, ...], key: str) -> None:
    for label in sorted(session.changed(key, st.session_state[key], before)):
        _label_all(session, ticked, label)


def _label_all(session: LabelSession, ticked: tuple[str, ...], label: str) -> None:
    """Give a label to all pictures, or take it from all where all have it."""
    if session.takes_one:
        _set_all(session, ticked, (label,))
        return
    sheet, ticked = session.sheet, _displayed(session, ticked)
    have = {fname: sheet.labels(fname) for fname in ticked}
    takes = all(label in labels for labels in have.values())
    given = {
        fname: tuple(kept for kept in labels if kept != label)
        if takes
        else tuple(dict.fromkeys([*labels, label]))
        for fname, labels in have.items()
    }
    if given:
        session.decide_each(edits.LABELS, given)


def _set_all(session: LabelSession, ticked: tuple[str, ...], labels: tuple[str, ...]) -> None:
    seen = _displayed(session, ticked)
    if seen and session.decide(seen, edits.LABELS, labels):
        _tick(set())


def _displayed(session: LabelSession, ticked: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the selected images that you can see: no other may get a label. Says so where others are left."""
    seen = tuple(fname for fname in ticked if _thumbnail(session.source.folder / fname))
    if len(seen) < len(ticked):
        hidden = len(ticked) - len(seen)
        session.tell(f"{counted(hidden, 'image')} cannot be displayed and got no label. You can exclude it."
                     if hidden == 1 else
                     f"{hidden:,} images cannot be displayed and got no label. You can exclude them.")  # fmt: skip
    return seen


def _thumbnail(path) -> bytes:
    """The image as the grid shows it; empty where it cannot be displayed."""
    try:
        return thumbnails.cropped(path, _THUMB_WH)
    except (ImageError, OSError):
        return b""


def _confirm_all(session: LabelSession, ticked: tuple[str, ...]) -> None:
    """What stands under the selected unlabelled images becomes their label; a proposal of nothing does not."""
    sheet = session.sheet
    waiting = [fname for fname in _displayed(session, ticked) if not sheet.is_answered(fname)]
    given = {fname: proposal for fname in waiting if (proposal := _proposed(session, sheet, fname))}
    if not given:
        session.tell("None of the selected images has a suggestion.")
    elif session.decide_each(edits.POINT if session.is_points else edits.LABELS, given):
        _tick(set())


def _proposed(session: LabelSession, sheet: Sheet, fname: str) -> tuple | None:
    """What is suggested for an unlabelled image; nothing for one that is labelled, or cannot be displayed."""
    if sheet.is_answered(fname) or not _thumbnail(session.source.folder / fname):
        return None
    return session.proposed_point(fname) if session.is_points else session.shown_labels(sheet, fname)


def _leave_out(session: LabelSession, ticked: tuple[str, ...]) -> None:
    if session.decide(ticked, edits.LEFT_OUT):
        _tick(set())
