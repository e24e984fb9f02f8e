"""The journal as a file: torn lines, foreign lines, other versions, two writers, and where it lies."""

import json
import subprocess
import sys

import pytest

from engine import paths
from engine.data import edits
from engine.data.edits import DecisionError


def test_a_torn_last_line_is_left_out_with_a_note_and_the_next_one_is_whole(tmp_path):
    edits.add(tmp_path, "a.jpg", edits.LABELS, ["dog"])
    journal = tmp_path / edits.JOURNAL
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole[: len(whole) // 2])
    found = edits.read(tmp_path)
    assert found.now.labels == {"a.jpg": ("dog",)}
    assert found.notes == ("Line 2 of decisions.jsonl cannot be read, so its decision is ignored.",)
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
    edits.add(tmp_path, "Bär.jpg", edits.LABELS, ["  <b>Bär</b>\n in der Höhle ", "=1+1"])
    assert len((tmp_path / edits.JOURNAL).read_bytes().splitlines()) == 1
    assert edits.read(tmp_path).now.labels == {"Bär.jpg": ("<b>Bär</b> in der Höhle", "=1+1")}


ADD_MANY = """
import sys
from engine.data import edits
for number in range(40):
    edits.add(sys.argv[1], f"{sys.argv[2]}-{number}.jpg", edits.LABELS, [f"{at}{'x' * 190}" for at in range(20)])
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
