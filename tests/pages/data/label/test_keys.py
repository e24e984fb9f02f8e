"""Your data, label: keys select, confirm, skip and undo, and proposals come most uncertain first."""

from engine.data import edits
from pages.parts.data.label.session import LabelSession
from tests.pages.data.label.label_sessions import Proposed, bare, desk_of, now


def press(session: LabelSession, *names: str) -> str | None:
    """Press keys; the picture that lies before the person then."""
    for name in names:
        session.keys(session.sheet)[name]()
    return session.at_hand(session.sheet)


def test_keys_tick_go_on_say_nothing_and_undo(home, state):
    one = bare(home)
    session = desk_of(one)
    assert press(session, "1", "2", "1") == "0.jpg"
    assert now(one).labels == {"0.jpg": ("cat",)}
    assert press(session, "Enter", "0") == "2.jpg"
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ()}
    assert press(session, "Backspace") == "1.jpg"
    assert press(session, "Backspace") == "0.jpg"
    assert now(one).labels == {"0.jpg": ("bear", "cat")}
    assert press(session, "Ctrl+y", "Ctrl+y") == "1.jpg"
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ()}


def test_enter_decides_nothing_where_nothing_was_ticked_or_proposed(home, state):
    one = bare(home)
    assert press(desk_of(one), "Enter", "ArrowRight") == "2.jpg"
    assert now(one).labels == {}
    assert press(desk_of(one), "ArrowLeft", "ArrowLeft", "ArrowLeft") == "0.jpg"


def test_a_single_label_is_an_answer_and_the_next_picture_comes(home, state):
    one = bare(home, task="single-label")
    session = desk_of(one)
    assert press(session, "2", "1") == "2.jpg"
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ("bear",)}
    assert press(session, "ArrowLeft", "1") == "2.jpg"
    assert now(one).labels == {"0.jpg": ("cat",), "1.jpg": ("bear",)}
    assert "0" not in session.keys(session.sheet)


def test_after_the_last_picture_none_is_left_and_undo_brings_it_back(home, state):
    one = bare(home, count=2)
    session = desk_of(one)
    assert press(session, "1", "Enter", "2", "Enter") is None
    assert press(session, "1", "0", "Enter", "Delete") is None
    assert now(one).labels == {"0.jpg": ("bear",), "1.jpg": ("cat",)}
    assert press(session, "Backspace") == "1.jpg"


def test_a_picture_is_left_out_and_the_next_one_comes(home, state):
    one = bare(home, count=3)
    session = desk_of(one)
    assert press(session, "Delete") == "1.jpg"
    assert press(session, "Delete", "Delete") is None
    assert now(one).left_out == {"0.jpg", "1.jpg", "2.jpg"}
    assert press(session, "Backspace") == "2.jpg"


def test_enter_confirms_a_proposal_and_a_key_changes_it(home, state):
    one = bare(home)
    session = desk_of(one, proposals=Proposed(("bear",)))
    assert press(session, "Enter", "2") == "1.jpg"
    assert now(one).labels == {"0.jpg": ("bear",), "1.jpg": ("bear", "cat")}


def test_the_most_uncertain_comes_first(home, state):
    session = desk_of(bare(home), uncertainty={"2.jpg": 0.9, "1.jpg": 0.4})
    assert [press(session), press(session, "1", "Enter"), press(session, "1", "Enter")] == [
        "2.jpg",
        "1.jpg",
        "0.jpg",
    ]


def test_once_a_run_has_looked_the_most_uncertain_takes_the_place_of_the_first(home, state):
    one = bare(home)
    assert press(desk_of(one)) == "0.jpg"
    asked = {"uncertainty": {"2.jpg": 0.9, "1.jpg": 0.4}, "order": "a run by entropy"}
    assert press(desk_of(one, **asked)) == "2.jpg"
    assert press(desk_of(one, **asked), "ArrowRight") == "1.jpg" == press(desk_of(one, **asked))


def test_a_point_is_proposed_nudged_and_held_inside_the_picture(home, state):
    one = bare(home, task="points", labels=())
    session = desk_of(one, proposals=Proposed(point=(63.5, 20.0)))
    press(session, "Shift+ArrowRight", "Shift+ArrowUp")
    assert now(one).points == {"0.jpg": (64, 19)}
    press(session, "Enter", "Enter")
    assert now(one).points["1.jpg"] == (63.5, 20)
    session.set_point("2.jpg", (0.5, 0.25))
    assert now(one).points["2.jpg"] == (32, 12)
    session.set_point("../secret.jpg", (0.5, 0.25))
    assert set(now(one).points) == {"0.jpg", "1.jpg", "2.jpg"}


def test_two_tabs_do_not_undo_what_they_do_not_see(home, state):
    """Whoever undoes takes back the latest decision, wherever it was made; nothing is lost or done twice."""
    one = bare(home)
    first, second = desk_of(one), desk_of(one)
    first.decide("0.jpg", edits.LABELS, ["cat"])
    second.decide("1.jpg", edits.LABELS, ["bear"])
    first.undo()
    assert now(one).labels == {"0.jpg": ("cat",)}


def test_keys_decide_nothing_while_the_image_cannot_be_displayed(home, state):
    one = bare(home)
    for number in (0, 1):
        (home / "bare" / f"{number}.jpg").write_bytes(b"nothing")
    session = desk_of(one, proposals=Proposed(labels=("bear",)))
    assert press(session, "1", "2", "0", "Enter", "Delete") == "0.jpg"
    assert press(session, "ArrowRight", "1", "Enter") == "1.jpg"
    assert now(one).labels == {} and not now(one).left_out
    assert press(session, "ArrowRight", "2", "Enter") == "3.jpg"
    assert now(one).labels == {"2.jpg": ("bear", "cat")}
