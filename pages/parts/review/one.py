"""Page 10, one picture after the other: what is given, what is seen, why, and what the person makes of it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from engine.data.edits import KEPT, LABELS, LEFT_OUT, POINT, DecisionError
from engine.data.library import LibraryError
from engine.experiments.label_review.session import WORDS, Sitting
from engine.experiments.label_review.storage import ReviewError
from engine.images import ImageError
from pages.parts.review import editors
from pages.parts.review import list as review_list
from pages.parts.review import start as review_start
from pages.parts.shared import address, keys
from pages.parts.shared.text import plain

KEYS = {
    " ": "keep",
    "Enter": "fix",
    "Delete": "drop",
    "Backspace": "undo",
    "Ctrl+z": "undo",
    "ArrowLeft": "previous",
    "ArrowRight": "next",
}
"""What each key does; those of labels and of nudges, as on the page Your data, come on top."""


@st.fragment
def show(key: str) -> None:
    """Everything about going through a ranking; a decision redraws only this."""
    try:
        sitting = Sitting.of(review_start.find(key))
    except ReviewError as error:
        st.warning(plain(error))
        return
    fname = _current(sitting)
    _standing(sitting)
    picture, about = st.columns([3, 2], gap="large")
    with about:
        _about(sitting, fname)
        _buttons(sitting, fname)
    with picture:
        _picture(sitting, fname)
    review_list.show(sitting, fname, lambda chosen: _go_to(sitting, chosen))
    st.caption(_help(sitting))
    actions = _on_keys(sitting)

    def pressed(names: list[str]) -> None:
        for name in names:
            actions[name]()

    keys.listen("review_keys", actions.keys(), pressed)


def _help(sitting: Sitting) -> str:
    editor = editors.of(sitting)
    return (
        f"Keys: `Enter` {editor.fix_help}, `Space` keeps what is given, `Delete` drops the picture, `Backspace` "
        f"undoes, `←` and `→` go without deciding; {editor.keys_help}. Every decision is saved at once."
    )


def _on_keys(sitting: Sitting) -> dict[str, Callable[[], None]]:
    """What each key does to the picture that is looked at when it is pressed."""
    key = sitting.subject.key
    actions = {name: _ACTIONS[action] for name, action in KEYS.items()}
    actions |= editors.of(sitting).keys(sitting.ranking.vocab)
    return {name: partial(_do, key, action) for name, action in actions.items()}


def _current(sitting: Sitting) -> str:
    """The picture that is looked at: the one in the address, else the first that is open."""
    at = _at(sitting)
    if st.session_state.get(at) not in sitting.fnames:
        first = sitting.next_open() or sitting.fnames[0]
        st.session_state[at] = address.recall("at", sitting.fnames, first)
    fname = st.session_state[at]
    address.remember("at", fname, "")
    return fname


def _at(sitting: Sitting) -> str:
    return f"review_at_{sitting.subject.key}"


def _standing(sitting: Sitting) -> None:
    doubtful = sitting.doubtful
    open_ones = [fname for fname in doubtful if fname not in sitting.decided]
    done = len(doubtful) - len(open_ones)
    counts = ", ".join(f"{count} {word}" for word, count in sitting.counts().items())
    said = f"{len(doubtful)} of {len(sitting.fnames):,} pictures look wrong"
    judges = sitting.ranking.judges
    if judges is not None:
        (st.caption if judges.is_fit else st.info)(plain(judges.verdict))
    if not doubtful and (judges is None or judges.is_fit):
        st.info(
            f"Among {len(sitting.fnames):,} images, too few labels are contradicted with certainty to call any of "
            "them wrong. The most doubtful come first: single mistakes among them are still possible."
        )
    elif doubtful and not open_ones:
        st.success(f"All {len(doubtful)} that look wrong are decided: {counts}.", icon=":material/check:")
    elif doubtful:
        st.progress(done / len(doubtful), f"**{said}**; {done} decided{f': {counts}' if counts else ''}")
    if not doubtful and counts:
        st.caption(f"Decided so far: {counts}")
    for note in sitting.ranking.notes:
        st.caption(plain(note))


def _about(sitting: Sitting, fname: str) -> None:
    row = sitting.ranking.table.iloc[sitting.place(fname)]
    doubted = "looks wrong" if row.looks_wrong else "not flagged as wrong"
    st.markdown(
        f"**{sitting.place(fname) + 1}. {plain(Path(fname).name)}** · {doubted}"
        f"{' · validation' if row.is_valid else ''}"
    )
    editors.of(sitting).given_and_seen(sitting, fname)
    st.markdown(plain(row.why))
    decision = sitting.decided.get(fname)
    if decision is not None:
        st.info(f"Decided: {plain(_word(decision, fname))}", icon=":material/edit_note:")


def _word(decision, fname: str) -> str:
    value = decision.given.get(fname)
    if decision.kind == LABELS:
        return f"relabelled to {', '.join(value) or 'nothing of the vocabulary'}."
    if decision.kind == POINT:
        return f"point moved to ({value[0]:.0f}, {value[1]:.0f})."
    return f"{WORDS[decision.kind]}."


def _buttons(sitting: Sitting, fname: str) -> None:
    key = sitting.subject.key
    editor = editors.of(sitting)
    editor.field(sitting, fname)
    says, why = editor.fix
    with st.container(horizontal=True, gap="small"):
        _button(says, ":material/edit:", "fix", key, type="primary", help=why)
        _button("Keep", ":material/check:", "keep", key)
        _button(
            "Drop", ":material/delete:", "drop", key, help="Leaves the image out of training and validation."
        )
    with st.container(horizontal=True, gap="small"):
        _button("", ":material/chevron_left:", "previous", key, help="The picture before")
        _button("", ":material/chevron_right:", "next", key, help="The picture after")
        _button(
            "Undo",
            ":material/undo:",
            "undo",
            key,
            disabled=not sitting.subject.made_since(sitting.before),
        )


def _button(says: str, icon: str, name: str, key: str, **more) -> None:
    st.button(says, icon=icon, key=f"review_{name}", on_click=_do, args=(key, _ACTIONS[name]), **more)


def _picture(sitting: Sitting, fname: str) -> None:
    try:
        editors.of(sitting).image(sitting, fname, partial(_do, sitting.subject.key))
    except (ImageError, OSError) as error:
        st.warning(plain(f"{fname} cannot be shown: {error}"))


def _do(key: str, action: editors.Action) -> None:
    """One action, by button, key or click, on the picture that is looked at now."""
    try:
        sitting = Sitting.of(review_start.find(key))
        action(sitting, _current(sitting))
    except (DecisionError, LibraryError, ReviewError, OSError) as error:
        st.toast(plain(error), icon=":material/error:")


def _decide(sitting: Sitting, fname: str, kind: str, value: object = None) -> Sitting:
    """Keep a decision at once; the sitting as it is then."""
    return Sitting.of(sitting.subject.decide(fname, kind, value))


def _keep(sitting: Sitting, fname: str) -> None:
    _go_on(_decide(sitting, fname, KEPT), fname)


def _drop(sitting: Sitting, fname: str) -> None:
    _go_on(_decide(sitting, fname, LEFT_OUT), fname)


def _fix(sitting: Sitting, fname: str) -> None:
    if fixed := editors.of(sitting).fixed(sitting, fname):
        _go_on(_decide(sitting, fname, *fixed), fname)


def _undo(sitting: Sitting, fname: str) -> None:
    undone = sitting.subject.undo(sitting.before)
    if undone is None:
        return
    back = next(iter(undone.given))
    if back in sitting.fnames:
        editors.of(sitting).forget(sitting, back)
        _go_to(sitting, back)


def _go_on(sitting: Sitting, fname: str) -> None:
    _go_to(sitting, sitting.next_undecided(sitting.place(fname)) or fname)


def _go_to(sitting: Sitting, fname: str) -> None:
    st.session_state[_at(sitting)] = fname


def _step(by: int) -> editors.Action:
    def go(sitting: Sitting, fname: str) -> None:
        _go_to(sitting, sitting.fnames[(sitting.place(fname) + by) % len(sitting.fnames)])

    return go


_ACTIONS = {
    "keep": _keep,
    "fix": _fix,
    "drop": _drop,
    "undo": _undo,
    "previous": _step(-1),
    "next": _step(+1),
}
