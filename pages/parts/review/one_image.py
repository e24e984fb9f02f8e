"""Page 10, one image after the other: its label, the prediction, why they differ, and what you decide."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from engine.data.edits import KEPT, LABELS, LEFT_OUT, POINT, DecisionError
from engine.data.formats.phrases import counted
from engine.data.library import LibraryError
from engine.experiments.label_review.session import WORDS, ReviewSession
from engine.experiments.label_review.storage import ReviewError
from engine.experiments.label_review.targets import Subject
from engine.images import ImageError
from pages.parts.review import editors, image_list, next_steps, start_review
from pages.parts.shared import address, page, page_keys
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


def show_subject(subject: Subject) -> None:
    """Go through the ranking of a subject."""
    show(subject.key)


@st.fragment
def show(key: str) -> None:
    """Everything about going through a ranking; a decision redraws only this."""
    try:
        session = ReviewSession.of(start_review.find(key))
    except ReviewError as error:
        st.warning(plain(error))
        return
    fname = _current(session)
    _standing(session)
    image_side, about = st.columns([3, 2], gap="large")
    with about:
        _about(session, fname)
        _buttons(session, fname)
    with image_side:
        _picture(session, fname)
    image_list.show(session, fname, lambda chosen: _go_to(session, chosen))
    with st.container(key=page.KEYS + "review"):
        st.caption(_help(session))
    next_steps.show(session)
    actions = _on_keys(session)

    def pressed(names: list[str]) -> None:
        for name in names:
            actions[name]()

    page_keys.listen("review_keys", actions.keys(), pressed)


def _help(session: ReviewSession) -> str:
    editor = editors.of(session)
    return (
        f"Press `Enter` to {editor.fix_help}, or `Space` to keep the current one. Press `Delete` to exclude the "
        "image, or `Backspace` to undo. Press `←` or `→` to move without deciding. "
        f"{editor.keys_help}. Every decision is saved at once."
    )


def _on_keys(session: ReviewSession) -> dict[str, Callable[[], None]]:
    """What each key does to the image on screen when it is pressed."""
    key = session.subject.key
    actions = {name: _ACTIONS[action] for name, action in KEYS.items()}
    actions |= editors.of(session).keys(session.ranking.vocab)
    return {name: partial(_do, key, action) for name, action in actions.items()}


def _current(session: ReviewSession) -> str:
    """The image on screen: the one in the address, else the first that is open."""
    at = _at(session)
    if st.session_state.get(at) not in session.fnames:
        first = session.next_open() or session.fnames[0]
        st.session_state[at] = address.recall("at", session.fnames, first)
    fname = st.session_state[at]
    address.remember("at", fname, "")
    return fname


def _at(session: ReviewSession) -> str:
    return f"review_at_{session.subject.key}"


def _standing(session: ReviewSession) -> None:
    doubtful = session.doubtful
    open_ones = [fname for fname in doubtful if fname not in session.decided]
    done = len(doubtful) - len(open_ones)
    counts = ", ".join(f"{count} {word}" for word, count in session.counts().items())
    verb = "looks" if len(doubtful) == 1 else "look"
    summary = f"{len(doubtful)} of {counted(len(session.fnames), 'image')} {verb} wrong"
    judges = session.ranking.judges
    if judges is not None:
        (st.caption if judges.is_fit else st.info)(plain(judges.verdict))
    if not doubtful and (judges is None or judges.is_fit):
        st.info(
            f"Too few labels among {len(session.fnames):,} images look wrong to flag any. "
            "The most doubtful come first, and some of them may still be mistakes."
        )
    elif doubtful and not open_ones:
        st.success(f"Every image that looked wrong is decided: {counts}.", icon=":material/check:")
    elif doubtful:
        st.progress(done / len(doubtful), f"**{summary}**; {done} of them decided")
    if counts and (open_ones or not doubtful):
        st.caption(f"Your decisions so far: {counts}.")
    for note in session.ranking.notes:
        st.caption(plain(note))


def _about(session: ReviewSession, fname: str) -> None:
    row = session.ranking.table.iloc[session.place(fname)]
    doubted = "looks wrong" if row.looks_wrong else "not flagged as wrong"
    st.markdown(
        f"**{session.place(fname) + 1}. {plain(Path(fname).name)}** · {doubted}"
        f"{' · validation' if row.is_valid else ''}"
    )
    editors.of(session).given_and_seen(session, fname)
    st.markdown(plain(row.why))
    decision = session.decided.get(fname)
    if decision is not None:
        st.info(f"Decided: {plain(_word(decision, fname))}", icon=":material/edit_note:")


def _word(decision, fname: str) -> str:
    value = decision.given.get(fname)
    if decision.kind == LABELS:
        return f"relabelled to {', '.join(value) or 'none of the labels'}."
    if decision.kind == POINT:
        return f"point moved to ({value[0]:.0f}, {value[1]:.0f})."
    return f"{WORDS[decision.kind]}."


def _buttons(session: ReviewSession, fname: str) -> None:
    key = session.subject.key
    editor = editors.of(session)
    editor.field(session, fname)
    says, why = editor.fix
    why_not = editor.why_nothing_changes(session, fname)
    with st.container(horizontal=True, gap="small"):
        _button(
            says, ":material/edit:", "fix", key, type=_weight(not why_not), help=why_not or why,
            disabled=bool(why_not),
        )  # fmt: skip
        _button("Keep", ":material/check:", "keep", key, type=_weight(bool(why_not)))
        _button(
            "Exclude",
            ":material/block:",
            "drop",
            key,
            help="Takes the image out of training and validation. Undo puts it back.",
        )
    if why_not:
        st.caption(why_not)
    with st.container(horizontal=True, gap="small"):
        _button("", ":material/chevron_left:", "previous", key, help="Previous image")
        _button("", ":material/chevron_right:", "next", key, help="Next image")
        _button(
            "Undo",
            ":material/undo:",
            "undo",
            key,
            disabled=not session.subject.made_since(session.before),
        )


def _weight(is_main: bool) -> str:
    return "primary" if is_main else "secondary"


def _button(says: str, icon: str, name: str, key: str, **more) -> None:
    st.button(says, icon=icon, key=f"review_{name}", on_click=_do, args=(key, _ACTIONS[name]), **more)


def _picture(session: ReviewSession, fname: str) -> None:
    try:
        editors.of(session).image(session, fname, partial(_do, session.subject.key))
    except (ImageError, OSError) as error:
        st.warning(plain(f"{fname} cannot be displayed: {error}"))


def _do(key: str, action: editors.Action) -> None:
    """One action, by button, key or click, on the image on screen now."""
    try:
        session = ReviewSession.of(start_review.find(key))
        action(session, _current(session))
    except (DecisionError, LibraryError, ReviewError, OSError) as error:
        st.toast(plain(error), icon=":material/error:")


def _decide(session: ReviewSession, fname: str, kind: str, value: object = None) -> ReviewSession:
    """Keep a decision at once; the session as it is then."""
    return ReviewSession.of(session.subject.decide(fname, kind, value))


def _keep(session: ReviewSession, fname: str) -> None:
    _go_on(_decide(session, fname, KEPT), fname)


def _drop(session: ReviewSession, fname: str) -> None:
    _go_on(_decide(session, fname, LEFT_OUT), fname)


def _fix(session: ReviewSession, fname: str) -> None:
    if fixed := editors.of(session).fixed(session, fname):
        _go_on(_decide(session, fname, *fixed), fname)


def _undo(session: ReviewSession, fname: str) -> None:
    undone = session.subject.undo(session.before)
    if undone is None:
        return
    back = next(iter(undone.given))
    if back in session.fnames:
        editors.of(session).forget(session, back)
        _go_to(session, back)


def _go_on(session: ReviewSession, fname: str) -> None:
    _go_to(session, session.next_undecided(session.place(fname)) or fname)


def _go_to(session: ReviewSession, fname: str) -> None:
    st.session_state[_at(session)] = fname


def _step(by: int) -> editors.Action:
    def go(session: ReviewSession, fname: str) -> None:
        _go_to(session, session.fnames[(session.place(fname) + by) % len(session.fnames)])

    return go


_ACTIONS = {
    "keep": _keep,
    "fix": _fix,
    "drop": _drop,
    "undo": _undo,
    "previous": _step(-1),
    "next": _step(+1),
}
