"""Undo, redo and the history; any sequence equals replaying what remains; and the rows it changes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data import edits
from engine.data.formats.apply_edits import apply_decisions
from engine.data.formats.files.file_index import Listing
from engine.data.formats.parsed_source import ParsedSource, Row
from tests.data.edits.small_rows import LABELLED, applied


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
        ("2 images: each its own labels", True),
        ("2 images: excluded", False),
        ("a.jpg: dog, cat", True),
    ]


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
        "You decided on these, but they are no longer there: gone.jpg.",
        "Excluded by you: 1 image.",
        "Labelled by you: 1 image that the source does not name.",
    ]


def test_added_rows_join_the_training_part_of_a_divided_source(tmp_path):
    edits.add(tmp_path, "bare.jpg", edits.POINT, (3, 4))
    found = found_rows(tmp_path, "bare.jpg", has_split=True)
    apply_decisions(found, edits.read(tmp_path), "points")
    assert (found.rows[-1].point_px, found.rows[-1].is_valid) == ((3, 4), False)
