"""Page 10: how the labels or the point of one image are shown and corrected, one editor per task."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import streamlit as st

from engine.data import annotation
from engine.data.edits import KEPT, LABELS, POINT
from engine.experiments.label_review.session import ReviewSession
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from pages.parts.data.label.session import NUDGES
from pages.parts.review import chips, image_list, point_editor
from pages.parts.shared import page, point_image, thumbnails
from pages.parts.shared.text import plain

LONGEST = 720
MOST_PILLS = 40

Action = Callable[[ReviewSession, str], None]
"""What a key, a button or a click does to the image of that name."""


class Editor(Protocol):
    """What a person sees of an image's target, and the ways to correct it.

    Attributes:
        fix: the button that corrects it, and the tooltip of that button.
        fix_help, keys_help: what Enter does, and what the editor's own keys do.
    """

    fix: tuple[str, str | None]
    fix_help: str
    keys_help: str

    def keys(self, vocab: tuple[str, ...]) -> dict[str, Action]:
        """The editor's own keys."""

    def image(self, session: ReviewSession, fname: str, do: Callable[[Action], None]) -> None:
        """Show the image. Raises `ImageError` or OSError where it cannot be read."""

    def given_and_seen(self, session: ReviewSession, fname: str) -> None:
        """Show what is given and what the models see, unless the image shows it."""

    def field(self, session: ReviewSession, fname: str) -> None:
        """Show the field to choose in, if there is one."""

    def fixed(self, session: ReviewSession, fname: str) -> tuple[str, object] | None:
        """The kind and value of the decision that the button makes; None, with a message, where it cannot."""

    def why_nothing_changes(self, session: ReviewSession, fname: str) -> str:
        """Why the button would change nothing now, in one sentence; "" where it would."""

    def forget(self, session: ReviewSession, fname: str) -> None:
        """Forget what was chosen and not yet decided."""


class LabelEditor:
    """Pills to tick, or a list to choose from where there are more labels than `MOST_PILLS`."""

    fix: tuple[str, str | None] = ("Relabel", None)
    fix_help = "apply the selected labels"
    keys_help = "The key shown before a label selects it"

    def __init__(self, takes_several: bool):
        self.takes_several = takes_several

    def keys(self, vocab: tuple[str, ...]) -> dict[str, Action]:
        return {name: self._tick(label) for label, name in annotation.label_keys(vocab).items()}

    def image(self, session: ReviewSession, fname: str, do: Callable[[Action], None]) -> None:
        source = image_list.file_of(session, fname)
        with st.container(key=page.TALL + "review"):
            st.image(thumbnails.jpeg(source, LONGEST), width="stretch", alt=_alt(session, fname))

    def given_and_seen(self, session: ReviewSession, fname: str) -> None:
        st.html(chips.given_and_seen(session.ranking, session.place(fname)))

    def field(self, session: ReviewSession, fname: str) -> None:
        vocab, key = session.ranking.vocab, _labels_key(session, fname)
        if key not in st.session_state:
            st.session_state[key] = self._first_choice(session, fname)
        if len(vocab) > MOST_PILLS:
            most = None if self.takes_several else 1
            st.multiselect("Relabel to", vocab, key=key, max_selections=most)
            return
        by_label = annotation.label_keys(vocab)
        st.pills(
            "Relabel to",
            vocab,
            selection_mode="multi" if self.takes_several else "single",
            key=key,
            wrap=True,
            format_func=lambda label: (
                f":gray[{by_label[label]}] {plain(label)}" if label in by_label else plain(label)
            ),
        )

    def fixed(self, session: ReviewSession, fname: str) -> tuple[str, object] | None:
        chosen = self._chosen(session, fname)
        if not self.takes_several and len(chosen) != 1:
            st.toast("Choose the right label, or exclude the image.", icon=":material/error:")
            return None
        return (KEPT, None) if set(chosen) == set(_labels_now(session, fname)) else (LABELS, chosen)

    def why_nothing_changes(self, session: ReviewSession, fname: str) -> str:
        if set(self._chosen(session, fname)) != set(_labels_now(session, fname)):
            return ""
        return "To relabel, choose another label first."

    def _chosen(self, session: ReviewSession, fname: str) -> list[str]:
        seen = session.ranking.table.iloc[session.place(fname)].seen
        chosen = st.session_state.get(_labels_key(session, fname), list(seen))
        return [chosen] if isinstance(chosen, str) else list(chosen or [])

    def forget(self, session: ReviewSession, fname: str) -> None:
        st.session_state.pop(_labels_key(session, fname), None)

    def _first_choice(self, session: ReviewSession, fname: str) -> list[str] | str | None:
        """What was decided in this review or else is predicted, until the person chooses otherwise."""
        vocab = session.ranking.vocab
        row = session.ranking.table.iloc[session.place(fname)]
        is_decided = fname in session.made
        labels = _labels_now(session, fname) if is_decided else row.seen
        chosen = [label for label in labels if label in vocab]
        return chosen if self.takes_several or len(vocab) > MOST_PILLS else next(iter(chosen), None)

    def _tick(self, label: str) -> Action:
        """Tick a label, or take the tick away; it counts once Enter is pressed."""

        def tick(session: ReviewSession, fname: str) -> None:
            chosen = st.session_state.get(key := _labels_key(session, fname))
            if self.takes_several:
                st.session_state[key] = [*annotation.toggled(tuple(chosen or ()), label)]
            else:
                is_list = len(session.ranking.vocab) > MOST_PILLS
                st.session_state[key] = [label] if is_list else label

        return tick


class PointEditor:
    """The image with its point, to be moved by clicks and arrow keys."""

    fix: tuple[str, str | None] = ("Move", "Moves the point to the disc, the prediction.")
    fix_help = "move the point to the prediction"
    keys_help = "With `Shift`, an arrow moves the point by one pixel"

    def keys(self, vocab: tuple[str, ...]) -> dict[str, Action]:
        return {name: _nudge(step) for name, step in NUDGES.items()}

    def image(self, session: ReviewSession, fname: str, do: Callable[[Action], None]) -> None:
        point_editor.show(session, fname, lambda name, at: do(_moved(name, at)))

    def given_and_seen(self, session: ReviewSession, fname: str) -> None:
        return

    def field(self, session: ReviewSession, fname: str) -> None:
        return

    def fixed(self, session: ReviewSession, fname: str) -> tuple[str, object] | None:
        return POINT, point_editor.inside(session.ranking.table.iloc[session.place(fname)])

    def why_nothing_changes(self, session: ReviewSession, fname: str) -> str:
        return ""

    def forget(self, session: ReviewSession, fname: str) -> None:
        return


EDITORS: dict[str, Editor] = {
    SINGLE_LABEL: LabelEditor(takes_several=False),
    MULTI_LABEL: LabelEditor(takes_several=True),
    POINTS: PointEditor(),
}


def of(session: ReviewSession) -> Editor:
    """The editor for what is reviewed."""
    return EDITORS[session.ranking.task]


def _labels_now(session: ReviewSession, fname: str) -> tuple[str, ...]:
    given = session.ranking.table.iloc[session.place(fname)].given
    return session.subject.decisions.now.labels.get(fname, given)


def _alt(session: ReviewSession, fname: str) -> str:
    given = session.ranking.table.iloc[session.place(fname)].given
    name = Path(fname).stem
    return f"The image {name}, labelled {', '.join(given)}" if given else f"The image {name}, with no label"


def _labels_key(session: ReviewSession, fname: str) -> str:
    return f"review_labels_{session.subject.key}_{fname}"


def _moved(name: str, at: point_image.Share) -> Action:
    def move(session: ReviewSession, fname: str) -> None:
        if name in session.fnames:
            row = session.ranking.table.iloc[session.place(name)]
            session.subject.decide(name, POINT, point_editor.place(at, row))

    return move


def _nudge(step: tuple[int, int]) -> Action:
    def nudge(session: ReviewSession, fname: str) -> None:
        row = session.ranking.table.iloc[session.place(fname)]
        x, y = point_editor.now(session, fname)
        session.subject.decide(fname, POINT, point_editor.held((x + step[0], y + step[1]), row))

    return nudge
