"""The journal of decisions: whole lines, undo, and what they make of the rows of a source."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import paths
from engine.data import edits
from engine.data.edits import DecisionError
from engine.data.formats.apply_edits import apply_decisions
from engine.data.formats.files.file_index import Listing
from engine.data.formats.parsed_source import ParsedSource, Row

FILES = ("a.jpg", "A.JPG", "b.jpg", "c.jpg", "d.jpg", "new.jpg")
LABELLED = {"a.jpg": (("cat",), False), "b.jpg": (("Cat", "dog"), False), "c.jpg": ((), True)}
POINTS = {"a.jpg": (1.0, 3.0), "b.jpg": (2.0, 4.0)}


def applied(folder, task="multi-label") -> dict[str, Row]:
    """The rows of `LABELLED`, or of `POINTS`, by name after the decisions kept in a folder."""
    rows = [Row(fname, labels=labels, is_valid=is_valid) for fname, (labels, is_valid) in LABELLED.items()]
    if task == "points":
        rows = [Row(fname, point_px=point, is_valid=False) for fname, point in POINTS.items()]
    found = ParsedSource(Listing(folder, FILES), rows, has_split=True)
    apply_decisions(found, edits.read(folder), task)
    return {row.fname: row for row in found.rows}


def labels_of(folder) -> dict[str, tuple[str, ...]]:
    return {fname: row.labels for fname, row in applied(folder).items()}


# --- what each kind does ----------------------------------------------------------------------------------------


def test_without_decisions_the_rows_stay_as_they_are(tmp_path):
    assert {name: (row.labels, row.is_valid) for name, row in applied(tmp_path).items()} == LABELLED
    assert edits.read(tmp_path / "nowhere").history() == []
    assert edits.undo(tmp_path / "nowhere") is None
    assert not (tmp_path / "nowhere").exists()


def test_labels_of_one_and_of_many(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog", "bear", "dog"])
    edits.add(tmp_path, ["b.jpg", "new.jpg"], edits.LABELS, [])
    assert labels_of(tmp_path) == {"a.jpg": ("dog", "bear"), "b.jpg": (), "c.jpg": (), "new.jpg": ()}
    assert [row.is_valid for row in applied(tmp_path).values()] == [False, False, True, False]


def test_a_point_is_set_and_an_image_without_a_row_gets_one(tmp_path):
    edits.add_each(tmp_path, edits.POINT, {"b.jpg": (20, 30), "new.jpg": (5.5, 6)})
    points = {fname: row.point_px for fname, row in applied(tmp_path, "points").items()}
    assert points == {"a.jpg": (1, 3), "b.jpg": (20, 30), "new.jpg": (5.5, 6)}


def test_left_out_and_put_back(tmp_path):
    edits.add(tmp_path, ["a.jpg", "c.jpg"], edits.LEFT_OUT)
    edits.add(tmp_path, "c.jpg", edits.PUT_BACK)
    assert list(applied(tmp_path)) == ["b.jpg", "c.jpg"]


def test_a_label_left_out_of_the_table_is_not_imported_back_by_labels_alone(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LEFT_OUT)
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    assert "a.jpg" not in applied(tmp_path)


def test_a_renamed_label_is_renamed_everywhere_and_joins_another(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["Cat", "cat"])
    edits.add(tmp_path, "Cat", edits.LABEL_RENAMED, "cat")
    edits.add(tmp_path, "dog", edits.LABEL_RENAMED, "")
    assert labels_of(tmp_path) == {
        "a.jpg": ("cat",),
        "b.jpg": ("cat",),
        "c.jpg": (),
    }


def test_labels_can_change_places(tmp_path):
    for old, new in (("cat", "x"), ("dog", "cat"), ("x", "dog")):
        edits.add(tmp_path, old, edits.LABEL_RENAMED, new)
    assert labels_of(tmp_path) == {
        "a.jpg": ("dog",),
        "b.jpg": ("Cat", "cat"),
        "c.jpg": (),
    }


def test_a_picture_can_be_another_file_and_keeps_what_was_decided(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    edits.add(tmp_path, "a.jpg", edits.IMAGE, "A.JPG")
    edits.add(tmp_path, "A.JPG", edits.SPLIT, True)
    first = next(iter(applied(tmp_path).values()))
    assert (first.fname, first.labels, first.is_valid) == ("A.JPG", ("dog",), True)


def test_kept_ends_where_labels_are_set_anew(tmp_path):
    edits.add(tmp_path, ["a.jpg", "b.jpg"], edits.KEPT)
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    now = edits.read(tmp_path).now
    assert now.kept == {"b.jpg"}
    assert now.last == {"a.jpg": edits.LABELS, "b.jpg": edits.KEPT}


def test_new_labels_are_known_before_any_picture_has_them(tmp_path):
    for label in ("horse", "ape", "horse"):
        edits.add(tmp_path, label, edits.NEW_LABEL)
    edits.add(tmp_path, "ape", edits.LABEL_RENAMED, "monkey")
    assert edits.read(tmp_path).now.new_labels == ["horse", "monkey"]


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("guess", None, "known are labels"),
        (edits.LABELS, "cat", "must be a list"),
        (edits.LABELS, [3], "must be text"),
        (edits.POINT, (1,), "two numbers"),
        (edits.POINT, (1, float("nan")), "finite"),
        (edits.LEFT_OUT, "because", "takes no value"),
        (edits.SPLIT, "yes", "true or false"),
    ],
)
def test_what_is_no_decision_is_refused_and_nothing_is_written(tmp_path, kind, value, says):
    with pytest.raises(DecisionError, match=says):
        edits.add(tmp_path, "a.jpg", kind, value)
    with pytest.raises(DecisionError, match="at least one"):
        edits.add(tmp_path, [], edits.LEFT_OUT)
    assert list(tmp_path.iterdir()) == []


# --- undo and redo ----------------------------------------------------------------------------------------------


def test_undo_and_redo(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    edits.add(tmp_path, ["a.jpg", "b.jpg"], edits.LABELS, ["bear"])
    assert edits.undo(tmp_path).given == {"a.jpg": ("bear",), "b.jpg": ("bear",)}
    assert edits.read(tmp_path).now.labels == {"a.jpg": ("dog",)}
    assert edits.undo(tmp_path).given == {"a.jpg": ("dog",)}
    assert edits.undo(tmp_path) is None
    assert edits.redo(tmp_path).given == {"a.jpg": ("dog",)}
    assert edits.redo(tmp_path).given == {"a.jpg": ("bear",), "b.jpg": ("bear",)}
    assert edits.redo(tmp_path) is None
    assert edits.read(tmp_path).now.labels == {"a.jpg": ("bear",), "b.jpg": ("bear",)}


def test_after_a_new_decision_nothing_can_be_redone(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    edits.undo(tmp_path)
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["cat"])
    assert edits.redo(tmp_path) is None


def test_undo_of_some_kinds_only(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    edits.add(tmp_path, "b.jpg", edits.LEFT_OUT)
    assert edits.undo(tmp_path, kinds={edits.LABELS}).kind == edits.LABELS
    assert edits.read(tmp_path).now.left_out == {"b.jpg"}


def test_the_history_tells_everything_the_latest_first(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog", "cat"])
    edits.add(tmp_path, ["a.jpg", "b.jpg"], edits.LEFT_OUT)
    edits.undo(tmp_path)
    edits.add_each(tmp_path, edits.LABELS, {"a.jpg": ["dog"], "b.jpg": []})
    edits.add(tmp_path, ["ape", "cow"], edits.NEW_LABEL)
    told = [(decision.says, stands) for decision, stands in edits.read(tmp_path).history()]
    assert told == [
        ("2 labels: new label", True),
        ("2 pictures: each its own labels", True),
        ("2 pictures: left out", False),
        ("a.jpg: dog, cat", True),
    ]


# --- any sequence -----------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a.jpg", "b.jpg", "c.jpg", "d.jpg"])
LABEL = st.sampled_from(["cat", "Cat", "dog", "bear"])
MADE = st.one_of(
    st.tuples(st.just(edits.LABELS), st.dictionaries(NAMES, st.lists(LABEL, max_size=3), min_size=1)),
    st.tuples(st.just(edits.LEFT_OUT), st.dictionaries(NAMES, st.none(), min_size=1)),
    st.tuples(st.just(edits.PUT_BACK), st.dictionaries(NAMES, st.none(), min_size=1)),
    st.tuples(st.just(edits.SPLIT), st.dictionaries(NAMES, st.booleans(), min_size=1)),
    st.tuples(
        st.just(edits.LABEL_RENAMED), st.dictionaries(LABEL, LABEL | st.just(""), min_size=1, max_size=1)
    ),
)
STEPS = st.lists(st.one_of(MADE, st.just("undo"), st.just("redo")), max_size=14)


def one_by_one(made: list) -> dict[str, tuple[tuple[str, ...], bool]]:
    """The oracle: the rows as a dictionary, changed by one decision after the other; left-out images are marked."""
    state = {fname: list(row) for fname, row in LABELLED.items()}
    out, late_split = set(), {}
    for kind, about in made:
        for name, value in about.items():
            if kind == edits.LABELS:
                state.setdefault(name, [(), late_split.get(name, False)])[0] = tuple(dict.fromkeys(value))
            elif kind == edits.LEFT_OUT:
                out.add(name)
            elif kind == edits.PUT_BACK:
                out.discard(name)
            elif kind == edits.SPLIT:
                late_split[name] = value
                if name in state:
                    state[name][1] = value
            else:
                for row in state.values():
                    renamed = (value if label == name else label for label in row[0])
                    row[0] = tuple(dict.fromkeys(label for label in renamed if label))
    return {name: tuple(row) for name, row in state.items() if name not in out}


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_any_decisions_undos_and_redos_equal_replaying_the_remaining_ones(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("journal")
    remaining, undone = [], []
    for step in steps:
        if step == "undo":
            edits.undo(folder)
            undone += [remaining.pop()] if remaining else []
        elif step == "redo":
            edits.redo(folder)
            remaining += [undone.pop()] if undone else []
        else:
            edits.add_each(folder, *step)
            remaining.append(step)
            undone = []
    found = {fname: (row.labels, row.is_valid) for fname, row in applied(folder).items()}
    assert found == one_by_one(remaining)


# --- the file ---------------------------------------------------------------------------------------------------


def test_a_torn_last_line_is_left_out_with_a_note_and_the_next_one_is_whole(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    journal = tmp_path / edits.JOURNAL
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole[: len(whole) // 2])
    found = edits.read(tmp_path)
    assert found.now.labels == {"a.jpg": ("dog",)}
    assert found.notes == ("Line 2 of decisions.jsonl cannot be read; what it decided is left out.",)
    edits.add(tmp_path, "b.jpg", edits.LABELS, ["cat"])
    assert edits.read(tmp_path).now.labels == {"a.jpg": ("dog",), "b.jpg": ("cat",)}
    assert len(edits.read(tmp_path).notes) == 1


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe",
        b"[" * 100_000,
        b"3",
        b'{"undo": ["x"]}',
        b'{"id": "1", "at": "", "kind": "labels", "given": {"a.jpg": "cat"}}',
        b'{"id": "1", "at": "", "kind": "labels", "given": {}}',
        b'{"id": "1", "at": "", "kind": "point", "given": {"a.jpg": [NaN, 1]}}',
        b'{"id": "1", "at": "", "kind": "format the disk", "given": {"a.jpg": 1}}',
    ],
)
def test_a_line_that_somebody_else_wrote_cannot_break_the_rest(tmp_path, line):
    (tmp_path / edits.JOURNAL).write_bytes(line + b"\n")
    edits.add(tmp_path, "b.jpg", edits.LABELS, ["cat"])
    found = edits.read(tmp_path)
    assert found.now.labels == {"b.jpg": ("cat",)}
    assert len(found.notes) == 1


def test_decisions_of_another_version_are_left_out_in_one_sentence(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    line = (tmp_path / edits.JOURNAL).read_text()
    without = line.replace('"version": 1, ', "").replace('"id": "', '"id": "x')
    others = [
        line.replace('"version": 1', '"version": 2').replace('"id": "', f'"id": "{n}') for n in range(3)
    ]
    (tmp_path / edits.JOURNAL).write_text("".join([line, without.replace("a.jpg", "b.jpg"), *others]))
    decisions = edits.read(tmp_path)
    assert decisions.now.labels == {"a.jpg": ("dog",), "b.jpg": ("dog",)}
    [note] = decisions.notes
    assert "another version of Loss Lab" in note and "(3): make them again." in note


def test_labels_keep_their_letters_and_hold_no_line_ends(tmp_path):
    edits.add(tmp_path, "Bär\n.jpg", edits.LABELS, ["  <b>Bär</b>\n in der Höhle ", "=1+1"])
    assert len((tmp_path / edits.JOURNAL).read_bytes().splitlines()) == 1
    assert edits.read(tmp_path).now.labels == {"Bär\n.jpg": ("<b>Bär</b> in der Höhle", "=1+1")}


ADD_MANY = """
import sys
from engine.data import edits
for number in range(40):
    edits.add(sys.argv[1], f"{sys.argv[2]}-{number}.jpg", edits.LABELS, ["x" * 4000])
    if number % 4 == 3:
        edits.undo(sys.argv[1])
"""


def test_two_tabs_decide_at_the_same_time(tmp_path):
    command = [sys.executable, "-c", ADD_MANY, str(tmp_path)]
    tabs = [subprocess.Popen([*command, name], cwd=paths.ROOT) for name in ("one", "two")]
    assert [tab.wait(60) for tab in tabs] == [0, 0]
    found = edits.read(tmp_path)
    assert found.notes == ()
    assert (len(found.history()), len(found.standing)) == (80, 60)
    assert {decision.id for decision in found.standing}.isdisjoint(one.id for one in found.undone)


def test_a_decision_is_on_the_disk_as_one_line_of_json(tmp_path):
    made = edits.add(tmp_path / "new" / "folder", "a.jpg", edits.POINT, (1, 2))
    (line,) = (tmp_path / "new" / "folder" / edits.JOURNAL).read_text().splitlines()
    about = {"version": 1, "id": made.id, "at": made.at, "kind": "point"}
    assert json.loads(line) == about | {"given": {"a.jpg": [1.0, 2.0]}}


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DecisionError, match="could not be saved"):
        edits.add(tmp_path / "file", "a.jpg", edits.LEFT_OUT)


# --- where it lies ----------------------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    return tmp_path / "library"


@pytest.mark.parametrize("place", ["bears", "visitors/one/bears"])
def test_a_set_of_the_library_keeps_its_own_decisions(library, place):
    (library / place / "pictures").mkdir(parents=True)
    (library / place / "set.json").write_text("{}")
    assert edits.home(library / place) == library / place
    assert edits.home(library / place / "pictures" / "train.csv") == library / place


def test_any_other_data_has_a_place_of_its_own_in_the_library(library, tmp_path):
    here, there = edits.home(tmp_path / "one" / "bears"), edits.home(tmp_path / "two" / "bears")
    assert here.parent == there.parent == library / "_decisions"
    assert here != there
    assert here.name.startswith("bears-")
    assert edits.home(f"{tmp_path}/one/../one/bears") == here


# --- laid over the rows of a source -----------------------------------------------------------------------------


def found_rows(tmp_path, *names: str, has_split=False) -> ParsedSource:
    rows = [Row("a.jpg", "line 2", ("cat",)), Row("b.jpg", "line 3", ("dog",))]
    return ParsedSource(Listing(tmp_path, names), rows, has_split=has_split)


def test_rows_are_changed_left_out_and_added(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    edits.add(tmp_path, "b.jpg", edits.LEFT_OUT)
    edits.add(tmp_path, ["bare.jpg", "gone.jpg"], edits.LABELS, ["cat"])
    found = found_rows(tmp_path, "a.jpg", "b.jpg", "bare.jpg")
    apply_decisions(found, edits.read(tmp_path), "multi-label")
    assert [(row.fname, row.labels, row.is_valid) for row in found.rows] == [
        ("a.jpg", ("dog",), None),
        ("bare.jpg", ("cat",), None),
    ]
    assert found.notes == [
        "Decided upon, but not there any more: gone.jpg.",
        "Left out by you: 1 picture.",
        "Labelled by you: 1 picture that the source does not name.",
    ]


def test_added_rows_join_the_training_part_of_a_divided_source(tmp_path):
    edits.add(tmp_path, "bare.jpg", edits.POINT, (3, 4))
    found = found_rows(tmp_path, "bare.jpg", has_split=True)
    apply_decisions(found, edits.read(tmp_path), "points")
    assert (found.rows[-1].point_px, found.rows[-1].is_valid) == ((3, 4), False)
